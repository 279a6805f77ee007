// A multiplexer against a line that says anything at any time. It must come to no harm, use no more
// room than it has, and come to an end when it is told to.
//
// First octet: option, role, PN, whether a quiet peer is asked. Then steps: what to do, and for octets from the line how many.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "modem/cmux/muxer.h"

namespace {

using namespace tunppp;
using namespace tunppp::modem::cmux;

constexpr std::size_t most_on_line = 16 * 1024;

void require(bool truth) {
  if (!truth) std::abort();
}

void drain(Muxer& muxer) {
  std::size_t total = 0;
  while (true) {
    const Bytes out = muxer.poll_transmit();
    if (out.empty()) return;
    const std::size_t taken = std::min<std::size_t>(out.size(), 7);
    total += taken;
    require(total <= most_on_line);
    muxer.transmitted(taken);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes input = std::as_bytes(std::span(data, size));
  Instant now{std::chrono::seconds(1)};
  const unsigned how = data[0];
  Muxer muxer({.option = (how & 1) != 0 ? Option::advanced : Option::basic,
               .initiator = (how & 2) == 0,
               .frame_size = 31,
               .channels = 3,
               .negotiate = (how & 4) != 0,
               .quiet = std::chrono::seconds((how & 8) != 0 ? 5 : 0)});
  if ((how & 2) == 0) muxer.start(now);

  for (std::size_t at = 1; at < size;) {
    const unsigned step = data[at++];
    const auto dlci = static_cast<std::uint8_t>(1 + step / 8 % 3);
    switch (step % 8) {
      case 0:
        muxer.open(now, dlci);
        break;
      case 1:
        muxer.close(now, dlci);
        break;
      case 2:
        muxer.write(dlci, input);
        break;
      case 3:
        muxer.consumed(now, dlci, muxer.received(dlci).size());
        break;
      case 4:
        if (muxer.next_timeout()) now = std::max(now, *muxer.next_timeout());
        muxer.handle_timeout(now);
        break;
      case 5:
        drain(muxer);
        break;
      default: {
        const std::size_t count = std::min<std::size_t>(1 + step / 8 * 4, size - at);
        muxer.receive(now, input.subspan(at, count));
        at += count;
      }
    }
    require(muxer.stray().size() <= 128);
    for (std::uint8_t each = 1; each <= 3; ++each)
      require(muxer.received(each).size() <= Muxer::receive_capacity);
  }

  muxer.stop(now);
  for (int i = 0; i < 1000 && !muxer.ended(); ++i) {
    drain(muxer);
    require(muxer.next_timeout().has_value());
    now = std::max(now, *muxer.next_timeout());
    muxer.handle_timeout(now);
  }
  require(muxer.ended().has_value());
  return 0;
}
