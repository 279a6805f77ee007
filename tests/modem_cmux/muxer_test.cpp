#include "modem/cmux/muxer.h"

#include <gtest/gtest.h>

#include "one_end.h"
#include "two_muxers.h"

namespace tunppp::modem::cmux {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = Muxer::State;
using End = Muxer::End;

/// Writes all of `octets` at one end and reads at the other until all is there or time is over.
Octets carried(TwoMuxers& two, Muxer& from, Muxer& to, std::uint8_t dlci, const Octets& octets,
               Duration patience = seconds(60)) {
  Octets arrived;
  std::size_t written = 0;
  const Instant end = two.now + patience;
  while (arrived.size() < octets.size() && two.now < end) {
    written += from.write(dlci, Bytes(octets).subspan(written));
    two.run(milliseconds(1));
    const Bytes in = to.received(dlci);
    arrived.insert(arrived.end(), in.begin(), in.end());
    to.consumed(two.now, dlci, in.size());
  }
  return arrived;
}

class CmuxBoth : public testing::TestWithParam<Option> {
 protected:
  MuxerOptions options() const { return {.option = GetParam(), .frame_size = 127}; }
};

TEST_P(CmuxBoth, TwoChannelsCarryEachItsOwnBothWays) {
  TwoMuxers two(options());
  two.us.open(two.now, 1);
  two.open(2);
  ASSERT_EQ(two.us.state(1), State::open);
  ASSERT_EQ(two.modem.state(2), State::open);
  const Octets first = pattern(5000, 1);
  const Octets second = pattern(5000, 2);
  EXPECT_EQ(carried(two, two.us, two.modem, 1, first), first);
  EXPECT_EQ(carried(two, two.modem, two.us, 2, second), second);
  EXPECT_TRUE(two.us.received(1).empty());
}

TEST_P(CmuxBoth, SignalsAreToldOnOpeningAndChanged) {
  TwoMuxers two(options());
  two.open(1);
  EXPECT_EQ(two.modem.peer_signals(1), signal::ready | signal::clear);
  two.modem.set_signals(two.now, 1, signal::ready | signal::clear | signal::carrier);
  two.run(milliseconds(50));
  EXPECT_EQ(two.us.peer_signals(1), signal::ready | signal::clear | signal::carrier);
  EXPECT_FALSE(two.us.next_timeout());  // everything was answered
}

TEST_P(CmuxBoth, OpensAndClosesOverALineThatLosesAThird) {
  TwoMuxers::Line line;
  line.loss = 0.3;
  MuxerOptions patient = options();
  patient.retries = 20;
  TwoMuxers two(patient, line);
  two.open(1);
  two.run(seconds(10));
  ASSERT_EQ(two.us.state(1), State::open);
  ASSERT_EQ(two.modem.state(1), State::open);
  two.us.stop(two.now);
  two.run(seconds(20));
  EXPECT_EQ(two.us.ended(), End::by_us);
  EXPECT_EQ(two.modem.ended(), End::by_peer);
}

TEST_P(CmuxBoth, FramesThatGetLostCostOnlyThemselves) {
  TwoMuxers::Line line;
  line.loss = 0.05;
  line.piece = 200;
  TwoMuxers two(options(), line);
  two.open(1);
  ASSERT_EQ(two.modem.state(1), State::open);
  const Octets arrived = carried(two, two.us, two.modem, 1, pattern(200000), seconds(2));
  EXPECT_GT(arrived.size(), 40000U);
  EXPECT_GT(two.modem.damaged_frames(), 0U);
  EXPECT_EQ(two.modem.state(1), State::open);
}

TEST_P(CmuxBoth, AReaderThatStopsStopsTheOtherEndAndNothingIsLost) {
  TwoMuxers two(options());
  two.open(1);
  const Octets octets = pattern(100000);
  std::size_t written = 0;
  for (int i = 0; i < 1000; ++i) {
    written += two.us.write(1, Bytes(octets).subspan(written));
    two.run(milliseconds(1));
  }
  EXPECT_FALSE(two.us.may_send(1));
  EXPECT_LT(written, 2 * Muxer::receive_capacity);
  EXPECT_EQ(two.modem.dropped(), 0U);

  Octets arrived;
  for (int i = 0; i < 1000; ++i) {
    const Bytes in = two.modem.received(1);
    arrived.insert(arrived.end(), in.begin(), in.end());
    two.modem.consumed(two.now, 1, in.size());
    written += two.us.write(1, Bytes(octets).subspan(written));
    two.run(milliseconds(1));
  }
  EXPECT_EQ(arrived, octets);
  EXPECT_TRUE(two.us.may_send(1));
}

TEST_P(CmuxBoth, PnMakesFramesSmallerNeverLarger) {
  MuxerOptions ours = options();
  ours.negotiate = true;
  MuxerOptions theirs = options();
  theirs.frame_size = 31;
  TwoMuxers two(ours, theirs, {});
  two.open(1);
  EXPECT_EQ(two.us.state(1), State::open);
  EXPECT_EQ(two.us.frame_size(1), 31U);
  EXPECT_EQ(two.modem.frame_size(1), 31U);

  TwoMuxers other(theirs, ours, {});
  other.open(1);
  EXPECT_EQ(other.modem.frame_size(1), 127U);  // no PN: each as it was told
}

INSTANTIATE_TEST_SUITE_P(Both, CmuxBoth, testing::Values(Option::basic, Option::advanced));

// --- one end, octet by octet ---

class CmuxInitiator : public OneEnd {};

TEST_F(CmuxInitiator, AnswersWhatHasToBeAnswered) {
  message("e305078d");  // MSC with DV
  EXPECT_EQ(said(), our_message("e105078d"));
  message("2307616263");  // Test
  EXPECT_EQ(said(), our_message("2107616263"));
  message(
      "931107070300111300"
      "00");  // RPN, all of it
  EXPECT_EQ(said(), our_message("91110707030011130000"));
  message("930307");  // RPN as a question: 115200 8N1, no flow control
  EXPECT_EQ(said(), our_message("91110707030011130000"));
  message("53050703");  // RLS
  EXPECT_EQ(said(), our_message("51050703"));
  message("4301");  // PSC
  EXPECT_EQ(said(), our_message("4101"));
}

TEST_F(CmuxInitiator, SaysOfUnknownMessagesThatTheyAre) {
  message("ff01");
  EXPECT_EQ(said(), our_message("1103ff"));
  message("1103e3");  // the answer to nothing
  EXPECT_TRUE(said().empty());
}

TEST_F(CmuxInitiator, FlowControlForAllChannels) {
  message("6301");  // FCoff
  EXPECT_EQ(said(), our_message("6101"));
  EXPECT_EQ(muxer.write(1, from_hex("123456")), 3U);
  EXPECT_TRUE(said().empty());
  message("a301");  // FCon
  EXPECT_EQ(said(), [this] {
    Octets both = our_message("a101");
    const Octets data = from_hex("f907ef07123456d3f9");
    both.insert(both.end(), data.begin(), data.end());
    return both;
  }());
}

TEST_F(CmuxInitiator, FlowControlOfOneChannel) {
  message("e305070f");  // MSC with FC
  said();
  muxer.write(1, from_hex("123456"));
  EXPECT_TRUE(said().empty());
  EXPECT_FALSE(muxer.may_send(1));
  message("e305070d");
  muxer.transmitted(our_message("e105070d").size());
  EXPECT_EQ(said(), from_hex("f907ef07123456d3f9"));
}

TEST_F(CmuxInitiator, CldFromThePeerEndsAll) {
  message("c301");
  EXPECT_EQ(said(), our_message("c101"));
  EXPECT_EQ(muxer.ended(), End::by_peer);
  EXPECT_EQ(muxer.state(1), State::closed);
  EXPECT_FALSE(muxer.next_timeout());
}

TEST_F(CmuxInitiator, ClosesChannelsAndThenSaysCld) {
  muxer.stop(now);
  Octets expected = from_hex("f90753013ff9");
  const Octets cld = from_hex("f903ef05c301f2f9");
  expected.insert(expected.end(), cld.begin(), cld.end());
  EXPECT_EQ(said(), expected);
  message("c101");
  EXPECT_EQ(muxer.ended(), End::by_us);
}

TEST_F(CmuxInitiator, DiscOfAChannelIsItsEndOnly) {
  hear(
      "f9055301"
      "55f9");  // wrong FCS
  EXPECT_EQ(muxer.state(1), State::open);
  Octets disc(16);
  disc.resize(
      write_frame(Option::basic, {.dlci = 1, .type = FrameType::disc, .poll_final = true}, disc));
  muxer.receive(now, disc);
  EXPECT_EQ(muxer.state(1), State::closed);
  EXPECT_FALSE(muxer.ended());
}

TEST_F(CmuxInitiator, DataOfAClosedChannelIsAnsweredWithDm) {
  Octets data(16);
  data.resize(write_frame(Option::basic, {.dlci = 3, .info = from_hex("01")}, data));
  muxer.receive(now, data);
  Octets dm(16);
  dm.resize(write_frame(Option::basic, {.dlci = 3, .type = FrameType::dm, .poll_final = true}, dm));
  EXPECT_EQ(said(), dm);
}

TEST_F(CmuxInitiator, AnEchoIsCountedAndLossRepeated) {
  muxer.test(now, from_hex("0102"));
  EXPECT_EQ(said(), our_message("23050102"));
  now += milliseconds(300);
  muxer.handle_timeout(now);
  EXPECT_EQ(said(), our_message("23050102"));
  message("21050102");
  EXPECT_EQ(muxer.echoes(), 1U);
}

TEST_F(CmuxInitiator, AWrongLengthSwallowsNothingForLongerThanHalfOfT1) {
  Octets octets = from_hex("f905efc9");  // 100 octets, it says, and never come
  const Octets test = framed("2307616263", true);
  octets.insert(octets.end(), test.begin(), test.end());
  muxer.receive(now, octets);
  EXPECT_TRUE(said().empty());
  ASSERT_EQ(muxer.next_timeout(), now + milliseconds(50));
  now += milliseconds(50);
  muxer.handle_timeout(now);
  EXPECT_EQ(said(), our_message("2107616263"));
  EXPECT_FALSE(muxer.next_timeout());
}

TEST_F(CmuxInitiator, APeerThatAsksAndNeverReadsCostsNoMemory) {
  for (int i = 0; i < 100000; ++i) message("2307616263");
  EXPECT_LT(said().size(), 4096U);
  EXPECT_GT(muxer.dropped(), 0U);
  message("2307616263");
  EXPECT_EQ(said(), our_message("2107616263"));
}

TEST(CmuxMuxer, NobodyThere) {
  Instant now{seconds(1)};
  Muxer muxer({});
  muxer.start(now);
  int tries = 0;
  const Instant began = now;
  while (!muxer.ended()) {
    if (!transmitted(muxer).empty()) ++tries;
    ASSERT_TRUE(muxer.next_timeout());
    now = *muxer.next_timeout();
    muxer.handle_timeout(now);
  }
  EXPECT_EQ(tries, 4);  // once, and N2 times more
  EXPECT_EQ(now - began, milliseconds(400));
  EXPECT_EQ(muxer.ended(), End::no_answer);
}

TEST(CmuxMuxer, AChannelThatIsRefused) {
  MuxerOptions few;
  few.channels = 1;
  TwoMuxers two({}, few, {});
  two.open(2);
  EXPECT_EQ(two.us.state(0), State::open);
  EXPECT_EQ(two.us.state(2), State::refused);
}

TEST(CmuxMuxer, AModemThatKnowsNoPnIsOpenedAllTheSame) {
  Instant now{seconds(1)};
  Muxer muxer({.negotiate = true});
  muxer.start(now);
  muxer.open(now, 1);
  transmitted(muxer);
  muxer.receive(now, from_hex("f9037301d7f9"));
  EXPECT_FALSE(transmitted(muxer).empty());  // PN
  for (int i = 0; i < 4; ++i) muxer.handle_timeout(now = *muxer.next_timeout());
  const Octets said = transmitted(muxer);
  const Octets sabm = from_hex("f9073f01def9");
  EXPECT_TRUE(std::equal(sabm.rbegin(), sabm.rend(), said.rbegin()));
}

}  // namespace
}  // namespace tunppp::modem::cmux
