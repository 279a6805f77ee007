#include "data.h"

#include "hdlc/framer.h"
#include "hdlc/header.h"

#include <array>

namespace tunppp::bench {
namespace {

/// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

template <class NextOctet>
Packets make(const std::vector<std::size_t>& sizes, NextOctet next) {
  Packets made;
  std::size_t total = 0;
  for (std::size_t size : sizes) total += size;
  made.octets.resize(total);
  for (std::byte& octet : made.octets) octet = next();
  std::size_t at = 0;
  for (std::size_t size : sizes) {
    made.packets.push_back(Bytes(made.octets).subspan(at, size));
    at += size;
  }
  return made;
}

std::vector<std::size_t> equal_sizes(std::size_t size, std::size_t count) {
  return std::vector<std::size_t>(count, size);
}

Packets random_packets(std::size_t size, std::size_t count) {
  Random random(1);
  return make(equal_sizes(size, count),
              [&] { return static_cast<std::byte>(random.next() & 0xff); });
}

Packets text_packets(std::size_t size, std::size_t count) {
  constexpr std::string_view words[] = {"the ",   "modem ", "answers ", "CONNECT ", "and ",
                                        "then ",  "PPP ",   "begins, ", "octet ",   "by ",
                                        "octet;", " a ",    "frame ",   "ends.\r\n"};
  Random random(2);
  std::string_view word;
  return make(equal_sizes(size, count), [&] {
    if (word.empty()) word = words[random.below(std::size(words))];
    const char c = word.front();
    word.remove_prefix(1);
    return static_cast<std::byte>(c);
  });
}

Packets flag_packets(std::size_t size, std::size_t count) {
  return make(equal_sizes(size, count), [] { return hdlc::flag; });
}

/// Every other octet wants escaping, at places that nobody can foresee.
Packets dense_packets(std::size_t size, std::size_t count) {
  Random random(3);
  return make(equal_sizes(size, count), [&] {
    const std::uint64_t draw = random.next();
    return (draw & 0x100) != 0 ? hdlc::escape : static_cast<std::byte>(draw & 0xff);
  });
}

/// As a line that carries TLS sees it: half full-size packets, a third bare acknowledgements.
Packets mixed_packets(std::size_t, std::size_t count) {
  Random random(4);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t draw = random.below(100);
    sizes.push_back(draw < 50 ? 1500 : draw < 85 ? 52 : 53 + random.below(1447));
  }
  return make(sizes, [&] { return static_cast<std::byte>(random.next() & 0xff); });
}

}  // namespace

const std::vector<DataSet>& data_sets() {
  using hdlc::Accm;
  static const std::vector<DataSet> sets = {
      {"random-accm0", random_packets, Accm::none(), true},
      {"random-accmall", random_packets, Accm::all(), true},
      {"random-accmsome", random_packets, Accm(0x000a0000), true},
      {"text-accm0", text_packets, Accm::none(), true},
      {"sevene-accm0", flag_packets, Accm::none(), true},
      {"dense-accm0", dense_packets, Accm::none(), true},
      {"mix-accm0", mixed_packets, Accm::none(), false},
  };
  return sets;
}

std::vector<std::byte> encode_all(const Packets& packets, hdlc::Accm accm) {
  hdlc::Framer framer;
  framer.set_accm(accm);
  const hdlc::EncodedHeader header = hdlc::encode_header(0x0021, false, false);
  std::vector<std::byte> line{hdlc::flag};
  for (Bytes packet : packets.packets) {
    const std::size_t before = line.size();
    line.resize(before + hdlc::Framer::max_encoded_size(header.size + packet.size()));
    const MutableBytes room = MutableBytes(line).subspan(before);
    line.resize(before + framer.encode(header.bytes(), packet, room));
  }
  return line;
}

}  // namespace tunppp::bench
