#pragma once

#include <tunppp/bytes.h>

#include <algorithm>

namespace tunppp {

/// Appends big-endian numbers and octets to a span of fixed size. What does not fit is not written
/// and makes ok() false for good.
class Writer {
 public:
  explicit Writer(MutableBytes out) : out_(out) {}

  void u8(std::uint8_t value) {
    if (MutableBytes room = take(1); !room.empty()) room[0] = std::byte{value};
  }
  void u16(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value));
  }
  void u32(std::uint32_t value) {
    u16(static_cast<std::uint16_t>(value >> 16));
    u16(static_cast<std::uint16_t>(value));
  }
  void bytes(Bytes octets) {
    MutableBytes room = take(octets.size());
    std::copy_n(octets.begin(), room.size(), room.begin());
  }

  /// Overwrites a number written before, for lengths that are known last.
  void set_u8(std::size_t at, std::uint8_t value) {
    if (at < size_) out_[at] = std::byte{value};
  }
  void set_u16(std::size_t at, std::uint16_t value) {
    set_u8(at, static_cast<std::uint8_t>(value >> 8));
    set_u8(at + 1, static_cast<std::uint8_t>(value));
  }

  Bytes written() const { return out_.first(size_); }
  std::size_t size() const { return size_; }
  std::size_t room() const { return out_.size() - size_; }
  bool ok() const { return ok_; }

 private:
  MutableBytes take(std::size_t count) {
    if (!ok_ || count > room()) {
      ok_ = false;
      return {};
    }
    MutableBytes taken = out_.subspan(size_, count);
    size_ += count;
    return taken;
  }

  MutableBytes out_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace tunppp
