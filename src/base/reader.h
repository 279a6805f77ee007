#pragma once

#include <tunppp/bytes.h>

namespace tunppp {

/// Reads big-endian numbers and octets from the front of a span. Reading past the end yields zeros
/// and empty spans and makes ok() false for good, so a parser checks once, at its end.
class Reader {
 public:
  explicit Reader(Bytes in) : rest_(in) {}

  std::uint8_t u8() {
    Bytes b = bytes(1);
    return b.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(b[0]);
  }
  std::uint16_t u16() {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  Bytes bytes(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  Bytes rest() { return bytes(rest_.size()); }

  std::size_t remaining() const { return rest_.size(); }
  bool ok() const { return ok_; }

 private:
  Bytes rest_;
  bool ok_ = true;
};

}  // namespace tunppp
