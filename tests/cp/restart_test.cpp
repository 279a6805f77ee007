// Restart timer and counters, RFC 1661 section 4.6, in virtual time.
#include <gtest/gtest.h>

#include "cp/fake_protocol.h"

namespace tunppp::cp::test {
namespace {

const RestartConfig defaults;

TEST(Restart, SilentPeerGetsTenRequestsThreeSecondsApart) {
  Bench bench;
  bench.start();
  bench.pass(Duration(seconds(30)) - Duration(1));
  EXPECT_EQ(bench.host.of_code(1), 10U);
  EXPECT_TRUE(bench.host.finished.empty());
  bench.pass(Duration(1));
  ASSERT_EQ(bench.host.finished, std::vector<Finish>{Finish::silent});
  EXPECT_EQ(bench.host.finished_at - Instant{}, seconds(30));
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(bench.host.sent[i].when - Instant{}, i * seconds(3));
    EXPECT_EQ(bench.host.sent[i].octets, bench.host.sent[0].octets) << "the same, identifier too";
  }
  EXPECT_EQ(bench.protocol.state(), State::stopped);
  EXPECT_EQ(bench.protocol.next_timeout(), std::nullopt);
}

TEST(Restart, TimerAndCountersAreThoseOfTheConfiguration) {
  for (unsigned count : {1U, 3U, 25U}) {
    RestartConfig config;
    config.restart_timer = milliseconds(700);
    config.max_configure = count;
    Bench bench(config);
    bench.start();
    bench.pass(seconds(1000));
    EXPECT_EQ(bench.host.of_code(1), count);
    EXPECT_EQ(bench.host.finished_at - Instant{}, count * milliseconds(700));
  }
}

TEST(Restart, TwoTerminateRequestsWhenThePeerDoesNotAnswer) {
  Bench bench;
  bench.become_opened();
  bench.pass(seconds(100));
  EXPECT_EQ(bench.protocol.next_timeout(), std::nullopt);
  bench.protocol.close(bench.host.now);
  EXPECT_EQ(bench.host.downs, 1);
  bench.pass(seconds(10));
  EXPECT_EQ(bench.host.of_code(5), 2U);
  ASSERT_EQ(bench.host.finished, std::vector<Finish>{Finish::closed});
  EXPECT_EQ(bench.host.finished_at - Instant{}, seconds(100 + 2 * 3));
  EXPECT_EQ(bench.protocol.state(), State::closed);
}

TEST(Restart, TerminateAckEndsItAtOnce) {
  Bench bench;
  bench.become_opened();
  bench.protocol.close(bench.host.now);
  bench.receive(packet(6, bench.host.last().identifier()));
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::closed});
}

/// zrc: "the sender of a Terminate-Ack ... must wait for at least one restart period" (section 4.4
/// and 3.7).
TEST(Restart, OneRestartPeriodAfterTerminateAck) {
  Bench bench;
  bench.become_opened();
  bench.pass(seconds(5));
  bench.receive(packet(5, 77, octets("bye")));
  EXPECT_EQ(bench.host.last().octets, packet(6, 77));
  EXPECT_EQ(bench.host.downs, 1);
  bench.pass(Duration(seconds(3)) - Duration(1));
  EXPECT_TRUE(bench.host.finished.empty());
  bench.pass(Duration(1));
  ASSERT_EQ(bench.host.finished, std::vector<Finish>{Finish::terminated});
  EXPECT_EQ(bench.protocol.terminate_text(), "bye");
  EXPECT_EQ(bench.protocol.state(), State::stopped);
}

TEST(Restart, RepeatedTerminateRequestsAreAnsweredAndDoNotProlong) {
  Bench bench;
  bench.become_opened();
  for (unsigned i = 0; i < 5; ++i) {
    bench.receive(packet(5, 10 + i));
    EXPECT_EQ(bench.host.last().octets, packet(6, 10 + i));
    bench.pass(milliseconds(500));
  }
  bench.pass(milliseconds(500));
  ASSERT_EQ(bench.host.finished, std::vector<Finish>{Finish::terminated});
  EXPECT_EQ(bench.host.finished_at - Instant{}, seconds(3));
}

TEST(Restart, AnAnswerGivesTenNewRequests) {
  Bench bench;
  bench.start();
  bench.pass(seconds(20));
  bench.acknowledge();  // Ack-Rcvd, and then silence
  EXPECT_EQ(bench.protocol.state(), State::ack_rcvd);
  bench.pass(seconds(100));
  // The Ack came while the timer of the 7th request ran (18 s), then 10 more from 21 s on.
  EXPECT_EQ(bench.host.finished_at - Instant{}, seconds(21 + 30));
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::no_agreement});
}

TEST(Restart, PassiveSideWaitsForThePeer) {
  Bench bench;
  bench.protocol.waits_for_peer = true;
  bench.start();
  bench.pass(seconds(1000));
  EXPECT_EQ(bench.host.of_code(1), 10U);
  EXPECT_TRUE(bench.host.finished.empty());
  EXPECT_EQ(bench.protocol.state(), State::stopped);
  // The peer comes: a new negotiation with all its requests.
  bench.request(5);
  EXPECT_EQ(bench.protocol.negotiations, 2);
  EXPECT_EQ(bench.host.of_code(1), 11U);
  EXPECT_EQ(bench.host.last().octets, packet(2, 5, octets({1, 3, 5})));
  bench.acknowledge();
  EXPECT_TRUE(bench.protocol.opened());
}

TEST(Restart, PassiveSideThatHasAnsweredAndIsLeftAloneWaitsAgain) {
  Bench bench;
  bench.protocol.waits_for_peer = true;
  bench.start();
  bench.request(1);
  bench.pass(seconds(100));
  EXPECT_EQ(bench.protocol.state(), State::stopped);
  EXPECT_TRUE(bench.host.finished.empty());
}

TEST(Restart, PassiveSideIsStillClosedInOrder) {
  Bench bench;
  bench.protocol.waits_for_peer = true;
  bench.become_opened();
  bench.protocol.close(bench.host.now);
  bench.pass(seconds(6));
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::closed});
}

TEST(Restart, EarlyCallsOfTheTimerDoNoHarm) {
  Bench bench;
  bench.start();
  for (int i = 0; i < 100; ++i) bench.protocol.handle_timeout(bench.host.now);
  EXPECT_EQ(bench.host.sent.size(), 1U);
}

/// A driver that sleeps through several periods gets one timeout, not a burst of them.
TEST(Restart, ALateCallCountsAsOneTimeout) {
  Bench bench;
  bench.start();
  bench.host.now += seconds(3600);
  bench.protocol.handle_timeout(bench.host.now);
  EXPECT_EQ(bench.host.sent.size(), 2U);
  EXPECT_EQ(bench.protocol.next_timeout(), bench.host.now + seconds(3));
}

TEST(Restart, PauseBeforeTheAnswerToANak) {
  Bench bench;
  bench.protocol.pause = milliseconds(1000);
  bench.start();
  bench.receive(packet(3, bench.last_request().identifier(), octets({1, 3, 9})));
  EXPECT_EQ(bench.host.of_code(1), 1U);
  bench.pass(milliseconds(999));
  EXPECT_EQ(bench.host.of_code(1), 1U);
  bench.pass(milliseconds(1));
  ASSERT_EQ(bench.host.of_code(1), 2U);
  EXPECT_NE(bench.host.sent[0].identifier(), bench.host.sent[1].identifier());
}

TEST(Restart, PauseDoesNotKeepFromAnsweringThePeer) {
  Bench bench;
  bench.protocol.pause = milliseconds(1000);
  bench.start();
  bench.receive(packet(3, bench.last_request().identifier(), octets({1, 3, 9})));
  bench.request(4);
  EXPECT_EQ(bench.host.last().octets, packet(2, 4, octets({1, 3, 5})));
  bench.pass(seconds(1));
  bench.acknowledge();
  EXPECT_TRUE(bench.protocol.opened());
  EXPECT_EQ(bench.protocol.next_timeout(), std::nullopt);
}

// --- Bounds of a negotiation that leads nowhere -----------------------------------------------

/// A peer that acknowledges us but never asks for anything that can be acknowledged: one round a
/// restart period, so the end comes after max_rounds of them.
TEST(Restart, RequestsForEverEndAfterMaxRounds) {
  Bench bench;
  bench.start();
  unsigned identifier = 0;
  std::size_t rounds = 0;
  const Duration bound = defaults.max_rounds * defaults.restart_timer;
  while (bench.host.finished.empty() && bench.elapsed() <= bound) {
    bench.receive(packet(1, ++identifier & 0xff, octets({99, 2})));
    if (bench.host.of_code(1) > rounds) bench.acknowledge();
    rounds = bench.host.of_code(1);
    bench.pass(milliseconds(500));
  }
  ASSERT_EQ(bench.host.finished, std::vector<Finish>{Finish::no_agreement});
  EXPECT_LE(bench.elapsed(), bound + Duration(milliseconds(500)));
  EXPECT_LE(bench.host.of_code(1), defaults.max_rounds);
}

TEST(Restart, EndlessNaksEndAfterMaxRounds) {
  Bench bench;
  bench.start();
  int naks = 0;
  while (bench.host.finished.empty() && naks < 1000) {
    bench.receive(packet(3, bench.last_request().identifier(), octets({1, 3, 9})));
    ++naks;
  }
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::no_agreement});
  EXPECT_EQ(bench.host.of_code(1), defaults.max_rounds);
}

/// Naks beyond max_failure are taken for Rejects (section 4.6).
TEST(Restart, NaksBecomeRejectsAfterMaxFailure) {
  Bench bench;
  bench.start();
  for (unsigned i = 0; i < defaults.max_failure + 1; ++i) {
    bench.receive(packet(3, bench.last_request().identifier(), octets({1, 3, 9})));
  }
  EXPECT_EQ(bench.protocol.nakked.size(), defaults.max_failure);
  EXPECT_EQ(bench.protocol.rejected_options, std::vector<unsigned>{1});
}

TEST(Restart, RequestsThatAreNeverAcceptableAreNakkedMaxFailureTimesThenRejected) {
  Bench bench;
  bench.start();
  for (unsigned i = 0; i < defaults.max_failure + 3; ++i) {
    bench.receive(packet(1, i, octets({2, 3, 1})));
    const bool nak = i < defaults.max_failure;
    EXPECT_EQ(bench.host.last().octets,
              nak ? packet(3, i, octets({2, 3, 42})) : packet(4, i, octets({2, 3, 1})))
        << i;
  }
}

TEST(Restart, ANewLayerStartsToCountAnew) {
  Bench bench;
  bench.start();
  for (unsigned i = 0; i < defaults.max_failure; ++i) {
    bench.receive(packet(1, i, octets({2, 3, 1})));
  }
  bench.request(100);
  bench.acknowledge();
  ASSERT_TRUE(bench.protocol.opened());
  bench.receive(packet(1, 101, octets({2, 3, 1})));
  EXPECT_EQ(bench.host.last().code(), 3U) << "a Nak again";
}

/// A peer that takes the layer down as soon as it is up, for ever.
TEST(Restart, RenegotiationForEverEndsAfterMaxRounds) {
  Bench bench;
  bench.become_opened();
  unsigned identifier = 1;
  int rounds = 0;
  while (bench.host.finished.empty() && rounds < 1000) {
    bench.request(++identifier & 0xff);
    bench.acknowledge();
    ++rounds;
  }
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::no_agreement});
  EXPECT_LE(bench.host.of_code(1), defaults.max_rounds);
  EXPECT_EQ(bench.host.ups, bench.host.downs);
}

TEST(Restart, RenegotiationNowAndThenIsNobodysFault) {
  Bench bench;
  bench.become_opened();
  unsigned identifier = 1;
  for (int i = 0; i < 300; ++i) {
    bench.pass(defaults.max_configure * defaults.restart_timer);
    bench.request(++identifier & 0xff);
    bench.acknowledge();
    ASSERT_TRUE(bench.protocol.opened()) << i;
  }
}

// --- Hooks that give up -----------------------------------------------------------------------

TEST(Restart, GivingUpInAHookEndsTheNegotiation) {
  Bench bench;
  bench.protocol.fails_on_nak = Finish::no_agreement;
  bench.start();
  bench.receive(packet(3, bench.last_request().identifier(), octets({1, 3, 9})));
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::no_agreement});
  EXPECT_EQ(bench.protocol.next_timeout(), std::nullopt);
}

TEST(Restart, GivingUpAtTheMomentOfOpeningTellsNeitherUpNorDown) {
  Bench bench;
  bench.protocol.fails_on_up = Finish::no_agreement;
  bench.become_opened();
  EXPECT_EQ(bench.host.ups, 0);
  EXPECT_EQ(bench.host.downs, 0);
  EXPECT_EQ(bench.protocol.state(), State::stopping);
  bench.pass(defaults.max_terminate * defaults.restart_timer);
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::no_agreement});
}

}  // namespace
}  // namespace tunppp::cp::test
