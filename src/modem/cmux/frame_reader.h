#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "modem/cmux/frame.h"

namespace tunppp::modem::cmux {

/// Finds frames in the octets of a line, however they are cut, and finds its way back after damage:
/// a frame that proves to be none costs no more than its opening flag, all that stands behind it is
/// looked at again.
class FrameReader {
 public:
  /// A frame of more than `max_info` octets is damage.
  FrameReader(Option option, std::size_t max_info);

  /// Takes octets from the front of `in`, up to the end of a frame at most; what it returns is
  /// valid until the next call, and as long as what `in` points to. Call again until it returns
  /// nothing.
  std::optional<Frame> next(Bytes& in);
  /// True in the middle of a frame. When nothing more comes of it, its length was damaged:
  /// give_up() looks again at what came behind its flag, and next() without octets finds what is
  /// there.
  bool partial() const { return option_ == Option::basic && size_ - used_ > 1; }
  void give_up();

  /// Times that something between flags was no frame.
  std::uint64_t damaged() const { return damaged_; }

 private:
  std::optional<Frame> next_basic(Bytes& in);
  std::optional<Frame> whole_frame(Bytes& in);
  std::optional<Frame> next_advanced(Bytes& in);
  void take_plain(Bytes& in);
  /// Address, control, information and FCS.
  std::size_t longest_advanced() const { return max_info_ + 3; }
  static std::size_t wanted(Bytes octets);
  bool sound(Bytes octets) const;
  std::optional<Frame> frame_of(Bytes octets);
  std::optional<Frame> parsed(Bytes octets, std::size_t header);
  void take(Bytes& in, std::size_t count);
  void drop(std::size_t count);
  void resynchronize();

  Option option_;
  std::size_t max_info_;
  std::vector<std::byte> octets_;  // room for the longest frame, never more
  std::size_t size_ = 0;
  std::size_t used_ = 0;  // of octets_, by the frame that was returned last
  bool escaped_ = false;
  bool hunting_ = true;
  std::uint64_t damaged_ = 0;
};

}  // namespace tunppp::modem::cmux
