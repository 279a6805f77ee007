#pragma once

#include "hdlc/accm.h"
#include "hdlc/fcs.h"
#include "hdlc/kernel.h"

#include <tunppp/bytes.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace tunppp::hdlc {

/// Why octets of the line came to nothing.
enum class Drop : std::uint8_t {
  fcs_error,
  /// Too short to be a frame: fewer than 4 octets with FCS-16 (RFC 1662 3.1: not an FCS error).
  runt,
  /// The sender gave it up with 7d 7e.
  aborted,
  /// More octets than the buffer takes. Told at once; the rest up to the next flag is skipped.
  overlong,
  /// Octets before the first flag of all: a modem's banner, the rest of `CONNECT 150000000`.
  before_first_flag,
  count
};

/// Finds frames in the stream of octets, in pieces of any size, and takes transparency and FCS off
/// them. It holds no buffer of its own: the caller says where the next frame goes, so that it can
/// go on from there without a copy.
///
///   deframer.set_buffer(room);                      // room.size() - slack octets of frame fit
///   std::size_t taken = deframer.receive(octets, sink);
///
/// The sink has two functions:
///   bool frame(MutableBytes content);               // without the FCS; may call set_buffer()
///   void dropped(Drop, Bytes content);              // what there was of it, FCS included
/// `frame` returns whether receive() is to go on; after false it returns, having consumed the
/// frame's closing flag and nothing more. A frame is never told twice and never kept: if the sink
/// sets no other buffer, the next frame overwrites this one.
class Deframer {
 public:
  explicit Deframer(const Kernels& kernels = active_kernels());

  /// Where the next frame goes: its first octet to room[0]. The last `slack` octets of `room` hold
  /// no frame but are written to; what headroom there is lies before `room` and is not touched.
  /// Only between frames, that is before the first receive() or from inside the sink.
  void set_buffer(MutableBytes room);
  /// Raw control characters that the line may have put in and that are dropped before the FCS is
  /// looked at (RFC 1662 4.2). At first all.
  void set_receive_accm(Accm accm);
  Accm receive_accm() const { return accm_; }
  void set_fcs(Fcs fcs) { set_fcs(fcs, fcs); }
  /// While FCS-Alternatives switch over, frames come with both kinds (RFC 1570 2.1.1): one that
  /// fails `fcs` may have `also` instead.
  void set_fcs(Fcs fcs, Fcs also) {
    fcs_ = fcs;
    also_ = also;
  }
  Fcs fcs() const { return fcs_; }
  /// Which of the two the frame had that the sink is being told of.
  Fcs found() const { return found_; }

  /// Returns how many octets were consumed: all, unless the sink stopped it.
  template <class Sink>
  std::size_t receive(Bytes in, Sink&& sink);

  /// What has come of the frame that is not finished, or what came before the first flag: there a
  /// modem's NO CARRIER can be read.
  Bytes pending() const { return {begin_, std::min(size_, limit_)}; }

  /// As if newly made, but buffer, map and FCS stay.
  void reset();

 private:
  enum class State : std::uint8_t {
    before_first_flag,  // not in a frame yet, but what comes is kept to be looked at
    in_frame,
    skipping,  // to the next flag, after an over-long frame
  };

  void take(Bytes& in);
  bool good(Bytes frame, Fcs fcs) const;
  bool check(Bytes frame);
  template <class Sink>
  bool finish(Sink& sink);
  template <class Sink>
  void overflow(Sink& sink);

  const Kernels* kernels_;
  Kernels::Unstuff unstuff_;
  Accm accm_;
  Fcs fcs_ = Fcs::fcs16;
  Fcs also_ = Fcs::fcs16;
  Fcs found_ = Fcs::fcs16;
  State state_ = State::before_first_flag;
  bool escaped_ = false;  // the last octet was 7d
  std::byte* begin_ = nullptr;
  std::size_t limit_ = 0;  // octets of frame that fit
  std::size_t size_ = 0;   // octets of frame so far; limit_ + 1 once it is too long
};

/// The end of a frame, at its flag. Returns whether to go on.
template <class Sink>
bool Deframer::finish(Sink& sink) {
  const MutableBytes content(begin_, size_);
  const bool opened = state_ == State::in_frame;
  const bool aborted = escaped_;
  const bool skipped = state_ == State::skipping;
  state_ = State::in_frame;
  escaped_ = false;
  size_ = 0;
  // One flag may close a frame and open the next, and idle lines carry flags: nothing in between
  // is no frame and no error.
  if (skipped || (content.empty() && !aborted)) return true;
  if (!opened) {
    sink.dropped(Drop::before_first_flag, Bytes(content));
    return true;
  }
  if (aborted) {
    sink.dropped(Drop::aborted, Bytes(content));
    return true;
  }
  if (content.size() < 2 + std::min(fcs_size(fcs_), fcs_size(also_))) {
    sink.dropped(Drop::runt, Bytes(content));
    return true;
  }
  if (!check(content)) {
    sink.dropped(Drop::fcs_error, Bytes(content));
    return true;
  }
  return sink.frame(content.first(content.size() - fcs_size(found_)));
}

template <class Sink>
std::size_t Deframer::receive(Bytes in, Sink&& sink) {
  assert(begin_ != nullptr);
  const std::size_t total = in.size();
  while (!in.empty()) {
    if (in.front() == flag) {
      in = in.subspan(1);
      if (!finish(sink)) break;
      continue;
    }
    take(in);
    if (size_ > limit_) overflow(sink);
  }
  return total - in.size();
}

/// The buffer is full. A frame is skipped to its end; text before the first flag starts over, so
/// that its latest part can still be looked at.
template <class Sink>
void Deframer::overflow(Sink& sink) {
  const Bytes content = pending();
  const bool opened = state_ == State::in_frame;
  if (opened) state_ = State::skipping;
  escaped_ = false;
  size_ = 0;
  sink.dropped(opened ? Drop::overlong : Drop::before_first_flag, content);
}

}  // namespace tunppp::hdlc
