// Two ends over lines that damage, lose, repeat and delay: they agree, or end with a reason.
#include <gtest/gtest.h>

#include "two_muxers.h"

namespace tunppp::modem::cmux {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = Muxer::State;

constexpr TwoMuxers::Line lines[] = {
    {.loss = 0.1},
    {.damage = 0.1},
    {.repeat = 0.2},
    {.jitter = 0.2},
    {.loss = 0.05, .damage = 0.05, .repeat = 0.05, .jitter = 0.05},
    {.loss = 0.3, .damage = 0.3, .repeat = 0.3, .jitter = 0.1},
    {.damage = 0.05, .piece = 1},
    {.loss = 0.02, .damage = 0.02, .piece = 3},
    {.loss = 0.9},
    {.loss = 1},
};

class CmuxLossy : public testing::TestWithParam<Option> {
 protected:
  MuxerOptions options() const {
    return {.option = GetParam(), .frame_size = 64, .negotiate = true, .quiet = seconds(5)};
  }
  static void chat(TwoMuxers& two, std::uint8_t dlci) {
    const Octets words = pattern(300, dlci);
    two.us.write(dlci, words);
    two.modem.write(dlci, words);
  }
  static void read(TwoMuxers& two, std::uint8_t dlci) {
    ASSERT_LE(two.us.received(dlci).size(), Muxer::receive_capacity);
    ASSERT_LE(two.modem.received(dlci).size(), Muxer::receive_capacity);
    two.us.consumed(two.now, dlci, two.us.received(dlci).size());
    two.modem.consumed(two.now, dlci, two.modem.received(dlci).size());
  }
};

TEST_P(CmuxLossy, TheyAgreeOrEndWithAReasonAndNeverHang) {
  for (const TwoMuxers::Line& line : lines)
    for (unsigned seed = 1; seed <= 6; ++seed) {
      MuxerOptions theirs = options();
      theirs.frame_size = 31;
      TwoMuxers two(options(), theirs, line, seed);
      two.us.open(two.now, 2);
      two.open(1);
      two.run(seconds(10));
      // Each channel is open, or known not to be.
      if (!two.us.ended()) {
        EXPECT_NE(two.us.state(1), State::opening) << seed;
        EXPECT_NE(two.us.state(2), State::opening) << seed;
      }
      for (int i = 0; i < 20 && !two.us.ended(); ++i) {
        chat(two, 1);
        chat(two, 2);
        two.run(milliseconds(100));
        read(two, 1);
        read(two, 2);
      }
      two.us.stop(two.now);
      two.run(seconds(5));
      EXPECT_TRUE(two.us.ended()) << seed;
      EXPECT_FALSE(two.us.next_timeout()) << seed;
    }
}

TEST_P(CmuxLossy, AChannelThatIsClosedOpensAgain) {
  MuxerOptions patient = options();
  patient.retries = 20;
  TwoMuxers two(patient, patient, {.loss = 0.2, .damage = 0.1});
  two.open(1);
  for (int i = 0; i < 10; ++i) {
    two.us.close(two.now, 1);
    two.run(seconds(8));
    ASSERT_EQ(two.us.state(1), State::closed) << i;
    two.us.open(two.now, 1);
    two.run(seconds(8));
    ASSERT_EQ(two.us.state(1), State::open) << i;
    ASSERT_EQ(two.modem.state(1), State::open) << i;
  }
}

/// One channel's reader stops: its own flow only is held, and the other's goes on.
TEST_P(CmuxLossy, AStalledReaderHoldsUpItsOwnChannelOnly) {
  MuxerOptions plain = options();
  plain.quiet = {};
  TwoMuxers two(plain);
  two.us.open(two.now, 2);
  two.open(1);
  std::size_t stalled = 0, read = 0;
  const Octets words = pattern(1000);
  for (int i = 0; i < 2000; ++i) {
    stalled += two.us.write(1, words);
    two.us.write(2, words);
    two.run(milliseconds(1));
    read += two.modem.received(2).size();
    two.modem.consumed(two.now, 2, two.modem.received(2).size());
  }
  EXPECT_FALSE(two.us.may_send(1));
  EXPECT_TRUE(two.us.may_send(2));
  EXPECT_LT(stalled, 2 * Muxer::receive_capacity);
  EXPECT_GT(read, 500'000U);
  EXPECT_EQ(two.modem.dropped(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Both, CmuxLossy, testing::Values(Option::basic, Option::advanced));

}  // namespace
}  // namespace tunppp::modem::cmux
