#include "differential.h"

#include "collector.h"
#include "guarded.h"
#include "hdlc/deframer.h"
#include "hdlc/framer.h"
#include "octets.h"

#include <algorithm>
#include <array>

namespace tunppp::hdlc::test {
namespace {

constexpr std::size_t largest = 2100;
constexpr std::byte untouched{0xa5};

std::string hex(Bytes octets) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::byte octet : octets.first(std::min<std::size_t>(octets.size(), 200))) {
    text += digits[std::to_integer<unsigned>(octet) >> 4];
    text += digits[std::to_integer<unsigned>(octet) & 15];
  }
  return text;
}

/// Octets of which about one in `rarity` is a special one.
Octets content(Random& random, std::size_t size, std::size_t rarity) {
  constexpr std::array<unsigned, 12> special = {0x7d, 0x7e, 0x7d, 0x7e, 0x00, 0x11,
                                                0x13, 0x1f, 0x20, 0x7f, 0x5d, 0x5e};
  Octets out(size);
  for (std::byte& octet : out)
    octet = random.below(rarity) == 0
                ? static_cast<std::byte>(special[random.below(special.size())])
                : random.octet();
  return out;
}

std::size_t some_size(Random& random) {
  switch (random.below(8)) {
    case 0:
      return 1500;
    case 1:
      return random.below(largest);
    default:
      return random.below(200);
  }
}

Accm some_map(Random& random) {
  switch (random.below(5)) {
    case 0:
    case 1:
      return Accm::none();
    case 2:
      return Accm::all();
    case 3:
      return Accm(0x000a0000);
    default:
      return Accm(static_cast<std::uint32_t>(random.next()));
  }
}

class Differential {
 public:
  explicit Differential(const Kernels& set)
      : set_(set), reference_(*select_kernels("reference").kernels) {}

  std::string run(unsigned rounds) {
    for (std::size_t size = 0; size < 600; ++size) {
      check_fcs(content(random_, size, 10));
      check_stuff(content(random_, size, 10), Accm::none());
      check_stuff(content(random_, size, 10), Accm::all());
      check_unstuff(content(random_, size, 20), Accm::none(), size + 1);
    }
    for (unsigned octet = 0; octet < 256; ++octet) uniform(static_cast<std::byte>(octet));
    places_of_one();
    for (unsigned round = 0; round < rounds && difference_.empty(); ++round) {
      const std::size_t rarity = std::array<std::size_t, 5>{1, 2, 8, 60, 100000}[random_.below(5)];
      const Accm accm = some_map(random_);
      const Octets octets = content(random_, some_size(random_), rarity);
      check_fcs(octets);
      check_stuff(octets, accm);
      check_unstuff(octets, accm, 1 + random_.below(octets.size() + 1));
      check_unstuff(octets, accm, 1 + random_.below(3));
      check_streams(accm, rarity);
    }
    return difference_;
  }

 private:
  /// Nothing but this octet.
  void uniform(std::byte octet) {
    for (std::size_t size : {1u, 7u, 8u, 15u, 16u, 31u, 33u, 63u, 64u, 65u, 130u, 300u}) {
      const Octets octets(size, octet);
      for (Accm accm : {Accm::none(), Accm::all(), Accm(0x000a0000)}) {
        check_stuff(octets, accm);
        check_unstuff(octets, accm, size);
        check_unstuff(octets, accm, 3);
      }
      check_fcs(octets);
    }
  }

  /// One or two special octets, at every place of a stretch that no kernel takes in one step.
  void places_of_one() {
    constexpr std::size_t size = 150;
    for (std::size_t at = 0; at < size && difference_.empty(); ++at) {
      for (std::byte octet : {escape, flag, std::byte{0x11}}) {
        Octets octets(size, std::byte{0x41});
        octets[at] = octet;
        check_both(octets);
        octets[(at + 1 + random_.below(8)) % size] = octet;
        check_both(octets);
        octets[(at + 1) % size] = random_.below(2) == 0 ? escape : std::byte{0x13};
        check_both(octets);
      }
    }
  }
  void check_both(const Octets& octets) {
    for (Accm accm : {Accm::none(), Accm::all(), Accm(0x00020000)}) {
      check_stuff(octets, accm);
      check_unstuff(octets, accm, octets.size());
    }
  }

  void check_fcs(const Octets& octets) {
    const Bytes in = in_.holding(octets);
    const auto start16 = static_cast<std::uint16_t>(random_.next());
    const auto start32 = static_cast<std::uint32_t>(random_.next());
    if (set_.fcs16(start16, in.data(), in.size()) !=
        reference_.fcs16(start16, in.data(), in.size()))
      differs("fcs16", Accm::none(), octets);
    if (set_.fcs32(start32, in.data(), in.size()) !=
        reference_.fcs32(start32, in.data(), in.size()))
      differs("fcs32", Accm::none(), octets);
  }

  void check_stuff(const Octets& octets, Accm accm) {
    const Bytes in = in_.holding(octets);
    Octets expected(2 * in.size());
    const Encoded reference =
        reference_.encode_for(accm)(0x1234, in.data(), in.size(), expected.data(), accm.value());
    expected.resize(reference.produced);
    MutableBytes out = fresh(expected.size());
    const std::size_t size = set_.stuff_for(accm)(in.data(), in.size(), out.data(), accm.value());
    if (!produced(out, size, expected)) differs("stuff", accm, octets);

    out = fresh(expected.size());
    const Encoded done =
        set_.encode_for(accm)(0x1234, in.data(), in.size(), out.data(), accm.value());
    if (!produced(out, done.produced, expected) || done.fcs != reference.fcs)
      differs("encode", accm, octets);
  }

  void check_unstuff(const Octets& octets, Accm accm, std::size_t piece) {
    bool escaped = random_.below(4) == 0;
    for (std::size_t at = 0; at < octets.size();) {
      const Bytes in = in_.holding(Bytes(octets).subspan(at, std::min(piece, octets.size() - at)));
      Octets expected(in.size());
      bool expected_escaped = escaped;
      const Unstuffed reference = reference_.unstuff_for(accm)(
          in.data(), in.size(), expected.data(), accm.value(), expected_escaped);
      expected.resize(reference.produced);
      const MutableBytes out = fresh(expected.size());
      const Unstuffed done =
          set_.unstuff_for(accm)(in.data(), in.size(), out.data(), accm.value(), escaped);
      if (done.consumed != reference.consumed || escaped != expected_escaped ||
          !produced(out, done.produced, expected))
        return differs("unstuff", accm, octets);
      at += done.consumed;
      if (at < octets.size() && octets[at] == flag) ++at;
    }
  }

  /// Frames, then the same line with octets changed, lost and put in.
  void check_streams(Accm accm, std::size_t rarity) {
    Framer framer(set_);
    framer.set_accm(accm);
    const std::array<Fcs, 3> checks = {Fcs::fcs16, Fcs::fcs32, Fcs::none};
    const Fcs fcs = checks[random_.below(3)];
    framer.set_fcs(fcs);
    Octets line;
    for (int i = 0; i < 6; ++i) {
      const Octets header = content(random_, random_.below(5), 3);
      const Octets payload = content(random_, some_size(random_), rarity);
      Octets out(Framer::max_encoded_size(header.size() + payload.size()));
      append(line, Bytes(out).first(framer.encode(header, payload, out, {.opening_flag = i == 0})));
    }
    check_stream(line, accm, fcs);
    for (std::size_t damages = random_.below(20); damages > 0; --damages) {
      const auto at = line.begin() + static_cast<std::ptrdiff_t>(random_.below(line.size()));
      switch (random_.below(3)) {
        case 0:
          *at = content(random_, 1, 2)[0];
          break;
        case 1:
          line.erase(at);
          break;
        default:
          line.insert(at, content(random_, 1, 1)[0]);
      }
    }
    check_stream(line, accm, fcs);
  }
  void check_stream(const Octets& line, Accm accm, Fcs fcs) {
    const std::size_t limit = random_.below(3) == 0 ? 1 + random_.below(300) : largest;
    const Collector whole = deframe(reference_, line, accm, fcs, limit, line.size());
    for (std::size_t piece : {std::size_t{1}, std::size_t{1} + random_.below(200), line.size()})
      if (deframe(set_, line, accm, fcs, limit, piece) != whole) differs("stream", accm, line);
  }
  Collector deframe(const Kernels& kernels, const Octets& line, Accm accm, Fcs fcs,
                    std::size_t limit, std::size_t piece) {
    Deframer deframer(kernels);
    deframer.set_buffer(out_.last(limit + slack));
    deframer.set_receive_accm(accm);
    deframer.set_fcs(fcs);
    Collector collector;
    for (std::size_t at = 0; at < line.size(); at += piece)
      deframer.receive(in_.holding(Bytes(line).subspan(at, std::min(piece, line.size() - at))),
                       collector);
    return collector;
  }

  /// Room for so many octets and the slack, the guard behind it and marks in it.
  MutableBytes fresh(std::size_t size) {
    const MutableBytes all = out_.last(size + slack + 8);
    std::fill(all.begin(), all.end(), untouched);
    return all.subspan(8);
  }
  static bool produced(MutableBytes out, std::size_t size, const Octets& expected) {
    const std::byte* before = out.data() - 8;
    return size == expected.size() && std::equal(expected.begin(), expected.end(), out.begin()) &&
           std::all_of(before, before + 8, [](std::byte octet) { return octet == untouched; });
  }

  void differs(const char* what, Accm accm, Bytes octets) {
    if (!difference_.empty()) return;
    difference_ = std::string(set_.name) + ": " + what + " of " + std::to_string(octets.size()) +
                  " octets, map " + std::to_string(accm.value()) + ": " + hex(octets);
  }

  const Kernels& set_;
  const Kernels& reference_;
  Random random_{11};
  Guarded in_{20 * largest};
  Guarded out_{4 * largest};
  std::string difference_;
};

}  // namespace

std::string first_difference(const Kernels& set, unsigned rounds) {
  return Differential(set).run(rounds);
}

}  // namespace tunppp::hdlc::test
