// Single sentences of TS 27.010, octet by octet, that other tests do not come by.
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "modem/cmux/frame_reader.h"
#include "one_end.h"

namespace tunppp::modem::cmux {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = Muxer::State;

class CmuxClause : public OneEnd {};

TEST_F(CmuxClause, SabmAndDiscWithoutThePollBitAreDiscarded) {
  hear({.dlci = 2, .type = FrameType::sabm});
  hear({.dlci = 1, .type = FrameType::disc});
  EXPECT_TRUE(said().empty());
  EXPECT_EQ(muxer.state(1), State::open);
  EXPECT_EQ(muxer.state(2), State::closed);
}

TEST_F(CmuxClause, ThePeerMayOpenAChannelAndIsToldOurSignals) {
  hear({.dlci = 2, .type = FrameType::sabm, .poll_final = true});
  Octets expected = frame_octets({.dlci = 2, .type = FrameType::ua, .poll_final = true});
  const Octets status = our_message("e3050b0d");
  expected.insert(expected.end(), status.begin(), status.end());
  EXPECT_EQ(said(), expected);
  EXPECT_EQ(muxer.state(2), State::open);
}

TEST_F(CmuxClause, ASabmForAChannelThatThereIsNotIsRefused) {
  for (const std::uint8_t dlci : std::initializer_list<std::uint8_t>{5, 61, 63}) {
    hear({.dlci = dlci, .type = FrameType::sabm, .poll_final = true});
    EXPECT_EQ(said(), frame_octets({.dlci = dlci, .type = FrameType::dm, .poll_final = true}));
  }
}

TEST_F(CmuxClause, DiscOfWhatIsClosedIsAnsweredWithDm) {
  hear({.dlci = 3, .type = FrameType::disc, .poll_final = true});
  EXPECT_EQ(said(), frame_octets({.dlci = 3, .type = FrameType::dm, .poll_final = true}));
}

TEST_F(CmuxClause, AnUnsolicitedDmClosesWhatItNames) {
  for (const bool final : {false, true}) {
    if (final) {
      muxer.open(now, 1);
      hear("f907730115f9");
      said();
    }
    hear({.dlci = 1, .command_response = true, .type = FrameType::dm, .poll_final = final});
    EXPECT_EQ(muxer.state(1), State::closed);
  }
  EXPECT_FALSE(muxer.ended());
}

TEST_F(CmuxClause, DiscOfTheControlChannelEndsAll) {
  hear({.dlci = 0, .type = FrameType::disc, .poll_final = true});
  EXPECT_EQ(said(), frame_octets({.dlci = 0, .type = FrameType::ua, .poll_final = true}));
  EXPECT_EQ(muxer.ended(), Muxer::End::by_peer);
}

TEST_F(CmuxClause, UiIsTakenAsDataToo) {
  hear({.dlci = 1, .type = FrameType::ui, .info = from_hex("616263")});
  EXPECT_EQ(muxer.received(1).size(), 3U);
}

TEST_F(CmuxClause, FramesWithAnAddressThatGoesOnAreInvalid) {
  Octets frame = frame_octets({.dlci = 1, .info = from_hex("616263")});
  frame[1] &= std::byte{0xfe};
  frame[frame.size() - 2] =
      static_cast<std::byte>(0xff - fcs_update(fcs_seed, Bytes(frame).subspan(1, 3)));
  muxer.receive(now, frame);
  EXPECT_TRUE(muxer.received(1).empty());
}

TEST_F(CmuxClause, ParametersMayBecomeFewerNeverMore) {
  message("831102003f0a00400303");  // N1 16384, k 3, frame type UIH in its low bits replaced
  EXPECT_EQ(said(), our_message("811102003f0a7f000300"));
  EXPECT_EQ(muxer.frame_size(2), 127U);
  message("8311020007001f000300");
  EXPECT_EQ(said(), our_message("8111020007001f000300"));
  EXPECT_EQ(muxer.frame_size(2), 31U);
  message("83110200070000000300");  // none at all would be no channel
  EXPECT_EQ(muxer.frame_size(2), 1U);
}

TEST_F(CmuxClause, ErrorRecoveryAndOtherConvergenceLayersAreNotAgreedTo) {
  message("831102210a0a1f000302");  // I frames, layer 2
  EXPECT_EQ(said(), our_message("811102000a0a1f000300"));
}

TEST_F(CmuxClause, ParametersOfAChannelThatThereIsNotAreRefusedAsTheChannelIs) {
  message("83111500070a1f000300");
  EXPECT_EQ(said(), frame_octets({.dlci = 21, .type = FrameType::dm, .poll_final = true}));
}

TEST_F(CmuxClause, DmToParametersIsARefusalAndNoReasonToAskForEver) {
  muxer.open(now, 2);
  EXPECT_EQ(
      said(),
      frame_octets(
          {.dlci = 2, .command_response = true, .type = FrameType::sabm, .poll_final = true}));
  const Frame refusal{
      .dlci = 2, .command_response = true, .type = FrameType::dm, .poll_final = true};
  hear(refusal);
  EXPECT_EQ(said(), our_message("831102000"
                                "00a7f000300"));
  EXPECT_EQ(muxer.state(2), State::opening);
  hear(refusal);
  EXPECT_EQ(muxer.state(2), State::refused);
  EXPECT_FALSE(muxer.next_timeout());
}

TEST_F(CmuxClause, ABreakIsAnsweredAndTheSignalsBesideItCount) {
  message("e3070789f3");  // DV and RTR, break of 15 * 200 ms
  EXPECT_EQ(said(), our_message("e1070789f3"));
  EXPECT_EQ(muxer.peer_signals(1), signal::carrier | signal::clear);
}

TEST_F(CmuxClause, EverySignalOfModemStatusIsKept) {
  for (const std::uint8_t each :
       {signal::flow, signal::ready, signal::clear, signal::ring, signal::carrier}) {
    const Octets value{std::byte{0xe3}, std::byte{0x05}, std::byte{0x07},
                       static_cast<std::byte>(each | 1)};
    muxer.receive(now, frame_octets({.dlci = 0, .info = value}));
    EXPECT_EQ(muxer.peer_signals(1), each);
  }
}

TEST_F(CmuxClause, ServicesAreNotNegotiated) {
  message("d3050703");
  EXPECT_EQ(said(), our_message("1103d3"));  // NSC, of a command
}

TEST_F(CmuxClause, SeveralMessagesInOneFrameAreEachAnswered) {
  message(
      "e305078d"
      "2307616263");
  Octets expected = our_message("e105078d");
  const Octets test = our_message("2107616263");
  expected.insert(expected.end(), test.begin(), test.end());
  EXPECT_EQ(said(), expected);
}

TEST_F(CmuxClause, EveryChannelIsClosedInOrderAndThenTheMultiplexer) {
  muxer.open(now, 2);
  hear({.dlci = 2, .command_response = true, .type = FrameType::ua, .poll_final = true});
  message("e1050b0d");
  said();
  muxer.stop(now);
  Octets expected = from_hex("f90753013ff9");
  for (const Octets& next :
       {frame_octets(
            {.dlci = 2, .command_response = true, .type = FrameType::disc, .poll_final = true}),
        our_message("c301")})
    expected.insert(expected.end(), next.begin(), next.end());
  EXPECT_EQ(said(), expected);
  message("c101");
  EXPECT_EQ(muxer.ended(), Muxer::End::by_us);
}

TEST_F(CmuxClause, CloseDownIsRepeatedAndEndsWithoutAnAnswer) {
  muxer.stop(now);
  said();
  const Instant began = now;
  int times = 1;
  while (!muxer.ended()) {
    now = *muxer.next_timeout();
    muxer.handle_timeout(now);
    const Octets all = said();
    const Octets cld = our_message("c301");
    if (std::search(all.begin(), all.end(), cld.begin(), cld.end()) != all.end()) ++times;
  }
  EXPECT_EQ(times, 4);  // once, and N2 times more
  EXPECT_EQ(now - began, milliseconds(1200));
}

TEST_F(CmuxClause, TheResponderSpeaksWithTheOtherCommandBit) {
  Muxer modem({.initiator = false});
  modem.receive(now, from_hex("f9033f011cf9"));
  EXPECT_EQ(transmitted(modem), from_hex("f9037301d7f9"));
  modem.receive(now, from_hex("f9073f01def9"));
  Octets expected = from_hex("f907730115f9");
  const Octets status = from_hex("f901ef09e305070d9af9");
  expected.insert(expected.end(), status.begin(), status.end());
  EXPECT_EQ(transmitted(modem), expected);
}

TEST_F(CmuxClause, EscapedOctetsThatNeedNoneAndAbortedFramesInTheAdvancedOption) {
  FrameReader reader(Option::advanced, 64);
  const Octets plain = from_hex("7e07ef123456057e");
  // XON and XOFF may come escaped; 7D 7E takes back what was begun.
  const Octets line = from_hex(
      "7e07ef127d7e"
      "7e27277d7e"
      "7e7d27ef7d32347d76057e");
  Bytes in(line);
  const auto frame = reader.next(in);
  ASSERT_TRUE(frame);
  EXPECT_EQ(Octets(frame->info.begin(), frame->info.end()), from_hex("123456"));
  EXPECT_FALSE(reader.next(in));
}

}  // namespace
}  // namespace tunppp::modem::cmux
