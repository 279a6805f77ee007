#include "modem/cmux/frame.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace tunppp::modem::cmux {
namespace {

constexpr std::array<std::uint8_t, 256> make_table() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned i = 0; i < table.size(); ++i) {
    unsigned value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xe0U : 0U);
    table[i] = static_cast<std::uint8_t>(value);
  }
  return table;
}

constexpr auto table = make_table();

/// Copies into the line's octets, escaped where that option wants it.
class Output {
 public:
  Output(Option option, MutableBytes out) : option_(option), out_(out) {}

  void flag() { raw(flag_of(option_)); }
  void put(std::byte octet) {
    if (option_ == Option::advanced && is_escaped(octet)) {
      raw(advanced_escape);
      octet ^= advanced_modifier;
    }
    raw(octet);
  }
  void put(Bytes octets) {
    if (option_ == Option::basic) return copy(octets);
    while (!octets.empty()) {
      const auto end = std::find_if(octets.begin(), octets.end(), is_escaped);
      const auto plain = static_cast<std::size_t>(end - octets.begin());
      copy(octets.first(plain));
      octets = octets.subspan(plain);
      if (octets.empty()) return;
      put(octets.front());
      octets = octets.subspan(1);
    }
  }
  std::size_t size() const { return size_; }

 private:
  static bool is_escaped(std::byte octet) {
    return octet == advanced_flag || octet == advanced_escape;
  }
  void raw(std::byte octet) { out_[size_++] = octet; }
  void copy(Bytes octets) {
    std::copy(octets.begin(), octets.end(), out_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += octets.size();
  }

  Option option_;
  MutableBytes out_;
  std::size_t size_ = 0;
};

}  // namespace

std::uint8_t fcs_update(std::uint8_t seed, Bytes octets) {
  for (const std::byte octet : octets) seed = table[seed ^ std::to_integer<std::uint8_t>(octet)];
  return seed;
}

std::size_t write_frame(Option option, const Frame& frame, MutableBytes out) {
  assert(out.size() >= max_frame_octets(option, frame.info.size()));
  std::array<std::byte, 4> header{};
  std::size_t size = 0;
  header[size++] = static_cast<std::byte>(frame.dlci << 2 | (frame.command_response ? 2 : 0) | 1);
  header[size++] = static_cast<std::byte>(static_cast<unsigned>(frame.type) |
                                          (frame.poll_final ? poll_final_bit : 0U));
  if (option == Option::basic) {
    const std::size_t length = frame.info.size();
    header[size++] = static_cast<std::byte>((length << 1 | (length <= 127 ? 1 : 0)) & 0xff);
    if (length > 127) header[size++] = static_cast<std::byte>(length >> 7);
  }
  std::uint8_t fcs = fcs_update(fcs_seed, Bytes(header).first(size));
  // Clause 5.2.1.6: of UIH only the header is covered, of everything else the information, too.
  if (frame.type != FrameType::uih) fcs = fcs_update(fcs, frame.info);

  Output output(option, out);
  output.flag();
  for (std::size_t i = 0; i < size; ++i) output.put(header[i]);
  output.put(frame.info);
  output.put(static_cast<std::byte>(0xff - fcs));
  output.flag();
  return output.size();
}

}  // namespace tunppp::modem::cmux
