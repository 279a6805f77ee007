#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "modem/cmux/muxer.h"
#include "octets.h"

namespace tunppp::modem::cmux {

/// All that a muxer has to say.
inline Octets transmitted(Muxer& muxer) {
  Octets all;
  while (!muxer.poll_transmit().empty()) {
    const Bytes part = muxer.poll_transmit();
    all.insert(all.end(), part.begin(), part.end());
    muxer.transmitted(part.size());
  }
  return all;
}

inline Octets frame_octets(const Frame& frame, Option option = Option::basic) {
  Octets octets(max_frame_octets(option, frame.info.size()));
  octets.resize(write_frame(option, frame, octets));
  return octets;
}

/// Our end with the control channel and channel 1 open, everything answered; octet by octet, in the
/// basic option.
class OneEnd : public testing::Test {
 protected:
  explicit OneEnd(MuxerOptions options = {.frame_size = 127}) : muxer(options) {}
  void SetUp() override {
    muxer.start(now);
    muxer.open(now, 1);
    EXPECT_EQ(said(), from_hex("f9033f011cf9"));
    hear("f9037301d7f9");
    EXPECT_EQ(said(), from_hex("f9073f01def9"));
    hear("f907730115f9");
    EXPECT_EQ(said(), from_hex("f903ef09e305070dfbf9"));
    message("e105070d");
  }
  Octets said() { return transmitted(muxer); }
  void hear(std::string_view hex) { muxer.receive(now, from_hex(hex)); }
  void hear(const Frame& frame) { muxer.receive(now, frame_octets(frame)); }
  void hear_text(std::string_view text) { muxer.receive(now, std::as_bytes(std::span(text))); }
  Octets framed(std::string_view hex, bool from_modem) {
    const Octets info = from_hex(hex);
    return frame_octets({.dlci = 0, .command_response = !from_modem, .info = info});
  }
  /// A message of the modem on the control channel.
  void message(std::string_view hex) { muxer.receive(now, framed(hex, true)); }
  /// Ours, as expected on the line.
  Octets our_message(std::string_view hex) { return framed(hex, false); }
  /// What is due until then, in its time.
  void wait(Duration duration) {
    const Instant end = now + duration;
    while (muxer.next_timeout() && *muxer.next_timeout() <= end) {
      now = std::max(now, *muxer.next_timeout());
      muxer.handle_timeout(now);
    }
    now = end;
  }

  Instant now{std::chrono::seconds(1)};
  Muxer muxer;
};

}  // namespace tunppp::modem::cmux
