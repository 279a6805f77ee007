// Configure, Terminate and Code-Reject packets, RFC 1661 section 5.
#include <gtest/gtest.h>

#include "cp/fake_protocol.h"

namespace tunppp::cp::test {
namespace {

// --- Identifiers (section 5.1) ----------------------------------------------------------------

TEST(Identifier, StaysForRetransmissions) {
  Bench bench;
  bench.start();
  bench.pass(seconds(9));
  ASSERT_EQ(bench.host.sent.size(), 4U);
  for (const Sent& sent : bench.host.sent) EXPECT_EQ(sent.octets, bench.host.sent[0].octets);
}

TEST(Identifier, ChangesWithTheContent) {
  Bench bench;
  bench.start();
  const unsigned first = bench.last_request().identifier();
  bench.protocol.options = octets({9, 4, 1, 2});
  bench.pass(seconds(3));
  EXPECT_NE(bench.last_request().identifier(), first);
  // And the Ack to what was asked before is no answer any more.
  bench.receive(packet(2, first, octets({1, 3, 7, 9, 4, 1, 2})));
  EXPECT_EQ(bench.protocol.state(), State::req_sent);
  EXPECT_EQ(bench.host.dropped(Drop::unexpected), 1U);
}

TEST(Identifier, ChangesAfterAValidAnswerEvenIfTheContentIsTheSame) {
  Bench bench;
  bench.start();
  const unsigned first = bench.last_request().identifier();
  bench.receive(packet(3, first, octets({1, 3, 9})));
  const unsigned second = bench.last_request().identifier();
  EXPECT_NE(first, second);
  bench.acknowledge();
  bench.pass(seconds(3));  // Ack-Rcvd, the peer's request does not come
  EXPECT_NE(bench.last_request().identifier(), second);
}

TEST(Identifier, OfAnAnswerIsThatOfTheRequest) {
  for (unsigned identifier : {0U, 1U, 127U, 255U}) {
    Bench bench;
    bench.start();
    bench.request(identifier);
    EXPECT_EQ(bench.host.last().octets, packet(2, identifier, octets({1, 3, 5})));
    bench.receive(packet(1, identifier, octets({2, 3, 1})));
    EXPECT_EQ(bench.host.last().octets, packet(3, identifier, octets({2, 3, 42})));
    bench.receive(packet(1, identifier, octets({77, 2})));
    EXPECT_EQ(bench.host.last().octets, packet(4, identifier, octets({77, 2})));
    bench.receive(packet(5, identifier));
    EXPECT_EQ(bench.host.last().octets, packet(6, identifier));
  }
}

TEST(Identifier, OfCodeRejectsChange) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(99, 1));
  const unsigned first = bench.host.last().identifier();
  bench.receive(packet(99, 1));
  EXPECT_NE(bench.host.last().identifier(), first);
}

// --- Answers to our request (sections 5.2 to 5.4) -----------------------------------------------

TEST(Ack, MustMatchExactly) {
  const auto wrong = {
      octets({9, 4, 1, 2, 1, 3, 7}),     // another order
      octets({1, 3, 7}),                 // an option missing
      octets({1, 3, 7, 9, 4, 1, 2, 5, 2}),  // one too many
      octets({1, 3, 8, 9, 4, 1, 2}),     // another value
      Octets{},
  };
  for (const Octets& options : wrong) {
    Bench bench;
    bench.start();
    bench.receive(packet(2, bench.last_request().identifier(), options));
    EXPECT_EQ(bench.protocol.state(), State::req_sent);
    EXPECT_EQ(bench.host.dropped(Drop::unexpected), 1U);
    bench.acknowledge();  // the right one is still one
    EXPECT_EQ(bench.protocol.state(), State::ack_rcvd);
  }
}

TEST(Ack, OfAnotherIdentifierIsDropped) {
  Bench bench;
  bench.start();
  const Sent request = bench.last_request();
  bench.receive(packet(2, request.identifier() + 1, request.data()));
  bench.receive(packet(2, (request.identifier() - 1) & 0xff, request.data()));
  EXPECT_EQ(bench.protocol.state(), State::req_sent);
  EXPECT_EQ(bench.host.dropped(Drop::unexpected), 2U);
}

TEST(Answers, AreDroppedWhenStale) {
  Bench bench;
  bench.become_opened();
  const Sent request = bench.last_request();
  for (unsigned code : {2U, 3U, 4U}) {
    bench.receive(packet(code, request.identifier(), request.data()));
  }
  EXPECT_TRUE(bench.protocol.opened());
  EXPECT_EQ(bench.host.downs, 0);
  EXPECT_EQ(bench.host.dropped(Drop::unexpected), 3U);
  EXPECT_TRUE(bench.protocol.nakked.empty());
}

TEST(Answers, ThatWereNeverAskedForAreDropped) {
  Bench bench;
  bench.start();
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    bench.receive(packet(2 + static_cast<unsigned>(random.below(3)),
                         2 + static_cast<unsigned>(random.below(250)), octets({1, 3, 7})));
  }
  EXPECT_EQ(bench.protocol.state(), State::req_sent);
  EXPECT_EQ(bench.host.dropped(Drop::unexpected), 1000U);
  EXPECT_EQ(bench.host.sent.size(), 1U);
}

TEST(Nak, MayNameOptionsThatWereNotAskedFor) {
  Bench bench;
  bench.start();
  bench.receive(packet(3, bench.last_request().identifier(), octets({200, 6, 1, 2, 3, 4})));
  EXPECT_EQ(bench.protocol.nakked, std::vector<unsigned>{200});
  EXPECT_EQ(bench.host.of_code(1), 2U);
}

TEST(Reject, MustBeASubsetOfTheRequestInItsOrder) {
  const auto wrong = {
      octets({5, 2}),                    // never asked for
      octets({1, 3, 8}),                 // another value
      octets({9, 4, 1, 2, 1, 3, 7}),     // another order
      octets({1, 3, 7, 1, 3, 7}),        // twice
      Octets{},
  };
  for (const Octets& options : wrong) {
    Bench bench;
    bench.start();
    bench.receive(packet(4, bench.last_request().identifier(), options));
    EXPECT_TRUE(bench.protocol.rejected_options.empty());
    EXPECT_EQ(bench.host.sent.size(), 1U);
    EXPECT_EQ(bench.host.dropped(Drop::unexpected), 1U);
  }
  const auto right = {octets({1, 3, 7}), octets({9, 4, 1, 2}), octets({1, 3, 7, 9, 4, 1, 2})};
  for (const Octets& options : right) {
    Bench bench;
    bench.start();
    bench.receive(packet(4, bench.last_request().identifier(), options));
    EXPECT_FALSE(bench.protocol.rejected_options.empty());
    EXPECT_EQ(bench.host.of_code(1), 2U);
  }
}

TEST(Answers, WithMalformedOptionsAreDropped) {
  for (unsigned code : {3U, 4U}) {
    for (const Octets& options :
         {octets({1, 0}), octets({1, 1}), octets({1}), octets({1, 4, 7}), octets({1, 3, 7, 9})}) {
      Bench bench;
      bench.start();
      bench.receive(packet(code, bench.last_request().identifier(), options));
      EXPECT_EQ(bench.host.dropped(Drop::malformed), 1U);
      EXPECT_EQ(bench.protocol.state(), State::req_sent);
      EXPECT_EQ(bench.host.sent.size(), 1U);
    }
  }
}

// --- Requests of the peer (section 5.1) ---------------------------------------------------------

TEST(Request, RejectOutweighsNakAndNakOutweighsAck) {
  Bench bench;
  bench.start();
  bench.receive(packet(1, 7, octets({1, 3, 5, 2, 3, 1, 88, 3, 9, 99, 2})));
  EXPECT_EQ(bench.host.last().octets, packet(4, 7, octets({88, 3, 9, 99, 2})));
  bench.receive(packet(1, 8, octets({1, 3, 5, 2, 3, 1})));
  EXPECT_EQ(bench.host.last().octets, packet(3, 8, octets({2, 3, 42})));
  bench.receive(packet(1, 9, octets({1, 3, 5, 2, 3, 42})));
  EXPECT_EQ(bench.host.last().octets, packet(2, 9, octets({1, 3, 5, 2, 3, 42})));
}

TEST(Request, WithoutOptionsIsAcknowledged) {
  Bench bench;
  bench.start();
  bench.receive(packet(1, 7));
  EXPECT_EQ(bench.host.last().octets, packet(2, 7));
}

TEST(Request, OptionsThatMustBeThereAreAskedForByNak) {
  Bench bench;
  bench.protocol.must_have = true;
  bench.start();
  bench.receive(packet(1, 7, octets({1, 3, 5})));
  EXPECT_EQ(bench.host.last().octets, packet(3, 7, octets({3, 2})));
  bench.receive(packet(1, 8, octets({1, 3, 5, 3, 2})));
  EXPECT_EQ(bench.host.last().octets, packet(2, 8, octets({1, 3, 5, 3, 2})));
}

TEST(Request, PaddingBeyondLengthIsIgnored) {
  Bench bench;
  bench.start();
  bench.receive(packet(1, 7, octets({1, 3, 5})) + octets({99, 0, 0xde, 0xad}));
  EXPECT_EQ(bench.host.last().octets, packet(2, 7, octets({1, 3, 5})));
  const Sent request = bench.last_request();
  bench.receive(packet(2, request.identifier(), request.data()) + octets({0, 0, 0}));
  EXPECT_TRUE(bench.protocol.opened());
}

TEST(Request, WithImpossibleLengthsIsDropped) {
  const auto bad = {
      octets({1, 7, 0, 4, 1, 0}),        // fine: padding
      octets({1, 7, 0, 6, 1, 0}),        // option length 0
      octets({1, 7, 0, 6, 1, 1}),        // option length 1
      octets({1, 7, 0, 5, 1}),           // half an option
      octets({1, 7, 0, 7, 1, 4, 0}),     // longer than the packet
      octets({1, 7, 0, 9, 1, 3, 5, 99, 255}),
      octets({1, 7, 0, 20, 1, 3, 5}),    // Length beyond the end
      octets({1, 7, 0, 3, 1, 3, 5}),     // Length below 4
      octets({1, 7, 0, 0}),
      octets({1, 7, 0}),
      octets({1, 7}),
      octets({1}),
      Octets{},
  };
  std::size_t answers = 0;
  Bench bench;
  bench.start();
  const std::size_t before = bench.host.sent.size();
  for (const Octets& octets : bad) bench.receive(octets);
  answers = bench.host.sent.size() - before;
  EXPECT_EQ(answers, 1U) << "only the first is one";
  EXPECT_EQ(bench.host.dropped(Drop::malformed), bad.size() - 1);
}

/// Many small options that are Nak'd with longer ones: what is sent is well-formed all the same.
TEST(Request, AnswersStayWellFormedHoweverManyOptionsAreWrong) {
  for (const Octets& one : {octets({2, 2}), octets({77, 2}), octets({2, 3, 1})}) {
    Octets options;
    while (options.size() + one.size() <= 1496) options = options + one;
    Bench bench;
    bench.start();
    bench.receive(packet(1, 7, options));
    const Sent answer = bench.host.last();
    ASSERT_TRUE(answer.code() == 3 || answer.code() == 4);
    EXPECT_LE(answer.octets.size(), 1500U);
    EXPECT_FALSE(answer.data().empty());
    EXPECT_TRUE(well_formed_options(answer.data()));
    EXPECT_TRUE(PacketView::parse(answer.octets).has_value());
  }
}

TEST(Request, LongerThanAnythingSensibleIsDropped) {
  Bench bench;
  bench.start();
  Octets options;
  while (options.size() < 3000) options = options + octets({1, 3, 5});
  bench.receive(packet(1, 7, options));
  EXPECT_EQ(bench.host.dropped(Drop::malformed), 1U);
  EXPECT_EQ(bench.host.sent.size(), 1U);
}

// --- While Opened -----------------------------------------------------------------------------

TEST(Opened, ANewRequestNegotiatesAnew) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(1, 2));
  EXPECT_EQ(bench.host.downs, 1);
  EXPECT_EQ(bench.protocol.state(), State::ack_sent);
  EXPECT_EQ(bench.host.last().octets, packet(2, 2));
  bench.acknowledge();
  EXPECT_TRUE(bench.protocol.opened());
  EXPECT_EQ(bench.host.ups, 2);
}

TEST(Opened, ABadRequestNegotiatesAnew) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(1, 2, octets({99, 2})));
  EXPECT_EQ(bench.host.downs, 1);
  EXPECT_EQ(bench.protocol.state(), State::req_sent);
  EXPECT_EQ(bench.host.last().octets, packet(4, 2, octets({99, 2})));
}

TEST(Opened, AStrayTerminateAckNegotiatesAnew) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(6, 200));
  EXPECT_EQ(bench.host.downs, 1);
  EXPECT_EQ(bench.protocol.state(), State::req_sent);
  EXPECT_EQ(bench.host.last().code(), 1U);
}

/// The acknowledged request once more, as on a line whose round trip exceeds the restart timer.
TEST(Opened, ACopyOfTheAcknowledgedRequestGetsTheAckAgain) {
  Bench bench;
  bench.become_opened();
  for (int i = 0; i < 3; ++i) {
    bench.request(1);
    EXPECT_EQ(bench.host.last().octets, packet(2, 1, octets({1, 3, 5})));
    EXPECT_TRUE(bench.protocol.opened());
  }
  EXPECT_EQ(bench.host.downs, 0);
  // Who repeats it without end has begun anew.
  bench.request(1);
  EXPECT_EQ(bench.host.downs, 1);
  EXPECT_EQ(bench.protocol.state(), State::ack_sent);
}

TEST(Opened, TheSameIdentifierWithOtherOptionsIsNoCopy) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(1, 1, octets({1, 3, 6})));
  EXPECT_EQ(bench.host.downs, 1);
}

TEST(Opened, ACopyThatComesMuchLaterIsANewBeginning) {
  Bench bench;
  bench.become_opened();
  bench.pass(seconds(30));
  bench.request(1);
  EXPECT_EQ(bench.host.downs, 1);
}

// --- Terminate (section 5.5) --------------------------------------------------------------------

TEST(Terminate, TextIsMadePrintable) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(5, 1, octets({'n', 'o', 0x1b, '[', '2', 'J', 0x07, 0x00, 0xff, 0x0a, '%'})));
  EXPECT_EQ(bench.protocol.terminate_text(), "no.[2J....%");
}

TEST(Terminate, TextIsCut) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(5, 1, Octets(1400, std::byte{'x'})));
  EXPECT_EQ(bench.protocol.terminate_text(), std::string(200, 'x'));
}

TEST(Terminate, DuringNegotiationIsAnsweredAndTheNegotiationGoesOn) {
  Bench bench;
  bench.start();
  bench.receive(packet(5, 9));
  EXPECT_EQ(bench.host.last().octets, packet(6, 9));
  EXPECT_EQ(bench.protocol.state(), State::req_sent);
  bench.request(1);
  bench.acknowledge();
  EXPECT_TRUE(bench.protocol.opened());
}

/// What was said during an earlier negotiation is not the reason of an end long after.
TEST(Terminate, BeforeTheLayerOpenedIsNotTheReasonOfALaterEnd) {
  Bench bench;
  bench.start();
  bench.receive(packet(5, 9, octets("old")));
  bench.request(1);
  bench.acknowledge();
  bench.pass(seconds(100));
  bench.request(2);  // negotiates anew, and then silence
  bench.pass(seconds(100));
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::no_agreement});
}

// --- Code-Reject (section 5.6) ------------------------------------------------------------------

TEST(CodeReject, AnswersUnknownCodes) {
  Bench bench;
  bench.become_opened();
  const Octets unknown = packet(99, 55, octets({1, 2, 3}));
  bench.receive(unknown + octets({0, 0}));  // the padding is no part of it
  EXPECT_EQ(bench.host.last().code(), 7U);
  EXPECT_EQ(bench.host.last().data(), unknown);
  EXPECT_TRUE(bench.protocol.opened());
}

TEST(CodeReject, IsTruncatedToThePeersMru) {
  Bench bench;
  bench.protocol.limit = 128;
  bench.become_opened();
  const Octets unknown = packet(99, 55, Octets(600, std::byte{0x55}));
  bench.receive(unknown);
  const Sent sent = bench.host.last();
  EXPECT_EQ(sent.octets.size(), 128U);
  EXPECT_EQ(sent.data(), Octets(unknown.begin(), unknown.begin() + 124));
  EXPECT_TRUE(PacketView::parse(sent.octets).has_value());
}

TEST(CodeReject, OfWhatWeCanDoWithoutChangesNothing) {
  for (unsigned code : {0U, 8U, 9U, 12U, 255U}) {
    Bench bench;
    bench.become_opened();
    bench.receive(packet(7, 1, packet(code, 3)));
    EXPECT_TRUE(bench.protocol.opened()) << code;
    EXPECT_EQ(bench.host.downs, 0);
  }
}

TEST(CodeReject, OfWhatWeNeedEndsTheProtocol) {
  for (unsigned code = 1; code <= 7; ++code) {
    Bench bench;
    bench.become_opened();
    bench.receive(packet(7, 1, packet(code, 3)));
    EXPECT_EQ(bench.host.downs, 1);
    EXPECT_EQ(bench.protocol.state(), State::stopping);
    bench.pass(seconds(6));
    EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::rejected});
  }
}

TEST(CodeReject, OfNothingIsMalformed) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(7, 1));
  EXPECT_EQ(bench.host.dropped(Drop::malformed), 1U);
  EXPECT_TRUE(bench.protocol.opened());
}

TEST(CodeReject, WithAckReceivedGoesBackToRequestSent) {  // RXJ+ in Ack-Rcvd
  Bench bench;
  bench.start();
  bench.acknowledge();
  ASSERT_EQ(bench.protocol.state(), State::ack_rcvd);
  bench.receive(packet(7, 1, packet(99, 3)));
  EXPECT_EQ(bench.protocol.state(), State::req_sent);
  EXPECT_NE(bench.protocol.next_timeout(), std::nullopt);
}

TEST(ProtocolReject, EndsTheProtocolAtOnce) {  // RXJ-
  Bench bench;
  bench.start();
  bench.protocol.rejected(bench.host.now);
  EXPECT_EQ(bench.host.finished, std::vector<Finish>{Finish::rejected});
  EXPECT_EQ(bench.protocol.next_timeout(), std::nullopt);
}

// --- Before it is open --------------------------------------------------------------------------

TEST(Closed, AnswersWithTerminateAck) {
  Bench bench;
  bench.protocol.up(bench.host.now);
  for (unsigned code = 1; code <= 5; ++code) {
    bench.receive(packet(code, 3, octets({1, 3, 5})));
    EXPECT_EQ(bench.host.last().code(), 6U) << code;
    EXPECT_EQ(bench.host.last().octets.size(), 4U);
  }
  EXPECT_EQ(bench.protocol.state(), State::closed);
  EXPECT_EQ(bench.host.sent.size(), 5U);
}

TEST(Initial, SaysNothing) {
  Bench bench;
  for (unsigned code = 1; code <= 12; ++code) bench.receive(packet(code, 3));
  EXPECT_TRUE(bench.host.sent.empty());
  EXPECT_EQ(bench.host.dropped(Drop::not_open), 12U);
}

// --- Anything at all ----------------------------------------------------------------------------

/// Whatever comes: what is sent is a packet within the limit, the timer runs exactly where the
/// table says, and up and down alternate.
TEST(ControlProtocol, KeepsItsInvariantsUnderRandomPackets) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    Bench bench;
    bench.start();
    for (int i = 0; i < 300; ++i) {
      Octets data;
      if (random.below(2) == 0) {
        data = random.octets(random.below(12));
      } else if (random.below(2) == 0) {
        data = bench.last_request().octets.empty() ? Octets{} : bench.last_request().data();
      } else {
        data = octets({static_cast<unsigned>(random.below(4)), 3,
                       random.below(2) == 0 ? 42U : 1U});
      }
      const unsigned identifier =
          random.below(2) == 0 && !bench.last_request().octets.empty()
              ? bench.last_request().identifier()
              : static_cast<unsigned>(random.below(256));
      const std::size_t before = bench.host.sent.size();
      switch (random.below(20)) {
        case 0: bench.pass(random.below(5) * seconds(1)); break;
        case 1: bench.protocol.close(bench.host.now); break;
        case 2: bench.protocol.open(bench.host.now); break;
        case 3: bench.protocol.down(bench.host.now); break;
        case 4: bench.protocol.up(bench.host.now); break;
        default:
          bench.receive(packet(static_cast<unsigned>(random.below(13)), identifier, data));
          ASSERT_LE(bench.host.sent.size() - before, 3U) << "more answers than a packet can ask for";
      }
      ASSERT_EQ(bench.protocol.next_timeout().has_value(), timer_runs(bench.protocol.state()))
          << "seed " << seed << " state " << static_cast<int>(bench.protocol.state());
      ASSERT_EQ(bench.host.ups - bench.host.downs, bench.protocol.opened() ? 1 : 0);
    }
    for (const Sent& sent : bench.host.sent) {
      const auto view = PacketView::parse(sent.octets);
      ASSERT_TRUE(view && view->whole.size() == sent.octets.size());
      ASSERT_TRUE(view->code > 4 || well_formed_options(view->data));
    }
  }
}

}  // namespace
}  // namespace tunppp::cp::test
