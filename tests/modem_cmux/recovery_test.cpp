// A modem that multiplexes still, because the program that began it was killed, is dialled.
#include <gtest/gtest.h>

#include "modem/cmux/muxer.h"
#include "modem/dial.h"
#include "octets.h"

namespace tunppp::modem::cmux {
namespace {

using std::chrono::seconds;

class CmuxRecovery : public testing::TestWithParam<Option> {};

TEST_P(CmuxRecovery, TheDialEndsTheMultiplexerAndGoesOn) {
  Instant now{seconds(1)};
  Muxer modem({.option = GetParam(), .initiator = false});
  Octets open(32);
  open.resize(write_frame(
      GetParam(), {.command_response = true, .type = FrameType::sabm, .poll_final = true}, open));
  modem.receive(now, open);
  ASSERT_EQ(modem.state(0), Muxer::State::open);

  Dial dial(*find_profile("generic"), {});
  dial.start(now);
  std::string commands;  // that were heard once the multiplexer was gone
  const Instant end = now + seconds(30);
  while (commands.find("ATE0\r") == std::string::npos && !dial.outcome() && now < end) {
    const Bytes out = dial.poll_transmit();
    if (out.empty()) {
      ASSERT_TRUE(dial.next_timeout());
      now = *dial.next_timeout();
      dial.handle_timeout(now);
      continue;
    }
    const Octets heard(out.begin(), out.end());
    dial.transmitted(out.size());
    if (!modem.ended()) {
      modem.receive(now, heard);
      continue;
    }
    for (const std::byte octet : heard) commands += static_cast<char>(octet);
    if (commands.ends_with("AT\r")) dial.receive(now, from_hex("0d0a4f4b0d0a"));
  }
  EXPECT_EQ(modem.ended(), Muxer::End::by_peer);
  EXPECT_NE(commands.find("ATE0\r"), std::string::npos);
  EXPECT_FALSE(dial.outcome());
}

INSTANTIATE_TEST_SUITE_P(Both, CmuxRecovery, testing::Values(Option::basic, Option::advanced));

}  // namespace
}  // namespace tunppp::modem::cmux
