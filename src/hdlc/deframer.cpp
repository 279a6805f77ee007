#include "hdlc/deframer.h"

namespace tunppp::hdlc {

Deframer::Deframer(const Kernels& kernels) : kernels_(&kernels) {
  set_receive_accm(Accm::all());
}

void Deframer::set_buffer(MutableBytes room) {
  assert(room.size() > slack && size_ == 0);
  begin_ = room.data();
  limit_ = room.size() - slack;
}

void Deframer::set_receive_accm(Accm accm) {
  accm_ = accm;
  unstuff_ = kernels_->unstuff_for(accm);
}

void Deframer::reset() {
  state_ = State::before_first_flag;
  escaped_ = false;
  size_ = 0;
}

/// Takes octets up to the next flag, the end, or one more than the buffer is for.
void Deframer::take(Bytes& in) {
  if (state_ == State::skipping) {
    const void* next = std::memchr(in.data(), std::to_integer<int>(flag), in.size());
    in = next
             ? in.subspan(static_cast<std::size_t>(static_cast<const std::byte*>(next) - in.data()))
             : Bytes();
    return;
  }
  // An octet of input makes at most one of output, so this bounds what is stored.
  const std::size_t most = std::min(in.size(), limit_ + 1 - size_);
  const Unstuffed done = unstuff_(in.data(), most, begin_ + size_, accm_.value(), escaped_);
  size_ += done.produced;
  in = in.subspan(done.consumed);
}

bool Deframer::good(Bytes frame, Fcs fcs) const {
  if (frame.size() < 2 + fcs_size(fcs)) return false;
  switch (fcs) {
    case Fcs::fcs16:
      return kernels_->fcs16(fcs16_initial, frame.data(), frame.size()) == fcs16_good;
    case Fcs::fcs32:
      return kernels_->fcs32(fcs32_initial, frame.data(), frame.size()) == fcs32_good;
    case Fcs::none:
      break;
  }
  return true;
}

bool Deframer::check(Bytes frame) {
  found_ = fcs_;
  if (good(frame, fcs_)) return true;
  if (also_ == fcs_) return false;
  found_ = also_;
  return good(frame, also_);
}

}  // namespace tunppp::hdlc
