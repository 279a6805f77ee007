// Whether the peer is still there, and whether it sleeps.
#include <gtest/gtest.h>

#include <algorithm>

#include "one_end.h"
#include "two_muxers.h"

namespace tunppp::modem::cmux {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = Muxer::State;
using End = Muxer::End;

constexpr MuxerOptions watchful{.frame_size = 127, .retries = 9, .quiet = seconds(5)};

class CmuxAlive : public testing::TestWithParam<Option> {
 protected:
  MuxerOptions options() const {
    MuxerOptions options = watchful;
    options.option = GetParam();
    return options;
  }
};

TEST_P(CmuxAlive, AModemThatLosesItsPowerIsMissedWithinTenSeconds) {
  TwoMuxers two(options());
  two.open(1);
  two.run(seconds(20));  // quiet, but there
  ASSERT_FALSE(two.us.ended());
  ASSERT_EQ(two.us.state(1), State::open);
  two.modem_is_gone = true;
  two.run(seconds(10));
  EXPECT_EQ(two.us.ended(), End::silent);
  EXPECT_EQ(two.us.state(1), State::closed);
  EXPECT_FALSE(two.us.next_timeout());
}

TEST_P(CmuxAlive, ABusyLineIsNotAskedAgain) {
  TwoMuxers two(options());
  two.open(1);
  two.run(seconds(10));
  const auto echoes = two.us.echoes();
  EXPECT_GE(echoes, 1U);
  for (int i = 0; i < 20; ++i) {
    two.modem.write(1, from_hex("00"));
    two.run(seconds(1));
    two.us.consumed(two.now, 1, two.us.received(1).size());
  }
  EXPECT_LE(two.us.echoes(), echoes + 1);
}

TEST_P(CmuxAlive, ALineThatDamagesATenthOfAllIsNoDeadOne) {
  TwoMuxers two(options(), options(), {.damage = 0.1});
  two.open(1);
  ASSERT_EQ(two.us.state(1), State::open);
  two.run(seconds(100));
  EXPECT_FALSE(two.us.ended());
}

INSTANTIATE_TEST_SUITE_P(Both, CmuxAlive, testing::Values(Option::basic, Option::advanced));

class CmuxWatchful : public OneEnd {
 protected:
  CmuxWatchful() : OneEnd(watchful) {}
  const Octets question = our_message("230775703f");
  void answer_the_question() {
    wait(seconds(1));
    ASSERT_EQ(said(), question);
    message("210775703f");
  }
};

TEST_F(CmuxWatchful, AModemThatNeverAnsweredIsNotTakenForDead) {
  wait(seconds(60));
  EXPECT_FALSE(muxer.ended());
  EXPECT_FALSE(muxer.next_timeout());  // and not asked again and again
}

TEST_F(CmuxWatchful, ThatItDoesNotKnowTheQuestionIsAnAnswer) {
  wait(seconds(1));
  message("110323");  // NSC
  said();
  wait(seconds(10));
  EXPECT_EQ(muxer.ended(), End::silent);
}

TEST_F(CmuxWatchful, AModemThatBeganAnewSaysTextAndIsMissedAtOnce) {
  answer_the_question();
  wait(seconds(1));
  hear_text("\r\nRDY\r\n");
  wait(milliseconds(3050));  // half of T1, and N2 times T2
  EXPECT_EQ(muxer.ended(), End::silent);
  const Bytes stray = muxer.stray();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(stray.data()), stray.size()), "\r\nRDY\r\n");
}

TEST_F(CmuxWatchful, TextBetweenFramesOfAModemThatAnswersIsNoEnd) {
  answer_the_question();
  said();
  for (int i = 0; i < 20; ++i) {
    hear_text("\r\n+CREG: 1\r\n");
    wait(milliseconds(100));
    EXPECT_EQ(said(), question);
    message("210775703f");
  }
  EXPECT_FALSE(muxer.ended());
}

TEST_F(CmuxWatchful, AModemInCommandModeEchoesTheQuestionAndThatIsNoAnswer) {
  answer_the_question();
  wait(seconds(5));
  muxer.receive(now, said());
  EXPECT_EQ(muxer.ended(), End::silent);
}

TEST_F(CmuxWatchful, WhatWeDidNotReadIsNotThePeersFault) {
  answer_the_question();
  for (int i = 0; i < 60; ++i) {
    muxer.excuse(now);
    wait(seconds(1));
  }
  EXPECT_FALSE(muxer.ended());
}

TEST(CmuxEcho, AnEchoedSabmOpensNothing) {
  Instant now{seconds(1)};
  Muxer muxer(watchful);
  muxer.start(now);
  while (!muxer.ended()) {
    muxer.receive(now, transmitted(muxer));
    ASSERT_NE(muxer.state(0), State::open);
    now = *muxer.next_timeout();
    muxer.handle_timeout(now);
  }
  EXPECT_EQ(muxer.ended(), End::no_answer);
}

// --- PSC, clauses 5.4.6.3.2 and 5.4.7 ---

class CmuxSleep : public OneEnd {
 protected:
  CmuxSleep() : OneEnd({.frame_size = 127}) {}
  void SetUp() override {
    OneEnd::SetUp();
    message("4301");
    EXPECT_FALSE(muxer.peer_sleeps());  // it waits for the answer
    EXPECT_EQ(said(), our_message("4101"));
    EXPECT_TRUE(muxer.peer_sleeps());
  }
  /// What the owner does after a write.
  void due_now() {
    ASSERT_TRUE(muxer.next_timeout());
    ASSERT_LE(*muxer.next_timeout(), now);
    muxer.handle_timeout(now);
  }
};

TEST_F(CmuxSleep, APeerThatSleepsIsWokenByFlagsBeforeTheFirstFrame) {
  EXPECT_FALSE(muxer.next_timeout());  // nothing to say: let it sleep
  muxer.write(1, from_hex("123456"));
  EXPECT_TRUE(said().empty());
  due_now();
  EXPECT_EQ(said(), Octets(16, basic_flag));
  wait(milliseconds(100));
  EXPECT_EQ(said(), Octets(16, basic_flag));  // and again, until it says something
  hear("f9");
  EXPECT_FALSE(muxer.peer_sleeps());
  EXPECT_EQ(said(), from_hex("f907ef07123456d3f9"));
  EXPECT_FALSE(muxer.next_timeout());
}

TEST_F(CmuxSleep, OneThatDoesNotWakeWithinT3IsGone) {
  muxer.write(1, from_hex("123456"));
  due_now();
  wait(milliseconds(9900));
  EXPECT_FALSE(muxer.ended());
  wait(milliseconds(100));
  EXPECT_EQ(muxer.ended(), End::silent);
}

TEST_F(CmuxSleep, OneThatWakesByItselfIsHeard) {
  muxer.receive(now, frame_octets({.dlci = 1, .info = from_hex("61")}));
  EXPECT_FALSE(muxer.peer_sleeps());
  EXPECT_EQ(muxer.received(1).size(), 1U);
}

TEST_F(CmuxSleep, WhatItHasToBeAskedWaitsForItToWake) {
  muxer.stop(now);
  EXPECT_TRUE(said().empty());
  due_now();
  EXPECT_EQ(said(), Octets(16, basic_flag));
  hear("f9f9");
  EXPECT_EQ(said().size(), from_hex("f90753013ff9").size() + our_message("c301").size());
}

TEST_F(CmuxWatchful, FlagsInARowAreAnsweredWithOne) {
  hear("f9f9");
  EXPECT_TRUE(said().empty());
  hear("f9f9");
  EXPECT_EQ(said(), from_hex("f9"));
  hear("f9");
  EXPECT_TRUE(said().empty());
}

}  // namespace
}  // namespace tunppp::modem::cmux
