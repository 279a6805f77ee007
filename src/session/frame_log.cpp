#include "session/frame_log.h"

#include "base/reader.h"

namespace tunppp::session {
namespace {

/// Numbers from 8000 on are control and authentication protocols (RFC 1661 section 2), the others
/// carry packets. Address, control and the protocol's first octet may have been left out.
bool is_control(Bytes frame) {
  Reader reader(frame);
  unsigned octet = reader.u8();
  if (octet == 0xff) {
    reader.u8();
    octet = reader.u8();
  }
  return octet >= 0x80 && octet % 2 == 0;
}

}  // namespace

void FrameLog::frame(Instant, LineId, Direction direction, Bytes frame) {
  if (capture_) capture_->frame(direction, frame);
  if (dialogue_ && is_control(frame))
    reporter_.tell(
        Dialogue{.sent = direction == Direction::sent, .modem = false, .text = describe(frame)});
}

}  // namespace tunppp::session
