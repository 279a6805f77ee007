// PPP and AT at the same time over one line of a given bit rate: what PPP has of it, against what
// it has without a multiplexer. In octets and virtual time; a program of its own, because it
// replaces operator new for all of it.
#include <gtest/gtest.h>
#include <tunppp/link.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string_view>

#include "link/pair.h"
#include "modem/cmux/muxer.h"

namespace {

std::atomic<std::uint64_t> allocations{0};

}  // namespace

// GCC 12 inlines these and then takes them for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace tunppp::modem::cmux {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Pair;

/// 8N1 at this rate.
constexpr std::size_t bits_per_second = 460800;
constexpr std::size_t per_millisecond = bits_per_second / 10 / 1000;
constexpr std::uint8_t ppp = 1;
constexpr std::uint8_t at = 2;
constexpr std::string_view question = "AT+CSQ;+CREG?;+COPS?\r";
constexpr std::string_view answer =
    "\r\n+CSQ: 20,99\r\n\r\n+CREG: 0,1\r\n\r\n+COPS: 0,0,\"Name\",7\r\n\r\nOK\r\n";
constexpr int run_seconds = 3;

/// Ours and the modem's end; nothing at all where PPP has the line alone.
struct Multiplexer {
  Muxer us;
  Muxer modem;

  Multiplexer(Option option, std::size_t frame_size)
      : us({.option = option, .frame_size = frame_size, .quiet = seconds(5)}),
        modem({.option = option, .initiator = false, .frame_size = frame_size}) {
    const Instant now{};
    us.start(now);
    us.open(now, ppp);
    us.open(now, at);
    for (int i = 0; i < 10; ++i) {
      pass(us, modem, now, SIZE_MAX);
      pass(modem, us, now, SIZE_MAX);
    }
    EXPECT_EQ(modem.state(at), Muxer::State::open);
  }
  static std::size_t pass(Muxer& from, Muxer& to, Instant now, std::size_t budget) {
    std::size_t passed = 0;
    while (passed < budget) {
      const Bytes out = from.poll_transmit();
      if (out.empty()) break;
      const Bytes part = out.first(std::min(out.size(), budget - passed));
      to.receive(now, part);
      from.transmitted(part.size());
      passed += part.size();
    }
    return passed;
  }
};

void say(Muxer& from, std::string_view text) {
  EXPECT_EQ(from.write(at, std::as_bytes(std::span(text))), text.size());
}

struct Carried {
  std::uint64_t packets = 0;  ///< octets of those that came through
  std::uint64_t words = 0;    ///< octets of AT, likewise
  std::uint64_t allocations = 0;
};

/// Sends packets from a to b, as many as the line takes, for `run_seconds`.
class Race {
 public:
  explicit Race(std::size_t packet_size) : packet_(test::Random(1).octets(packet_size)) {
    pair_.start();
    EXPECT_TRUE(pair_.run_until_up(seconds(0)));
    a_.set_tap(nullptr);
    b_.set_tap(nullptr);
  }

  Carried run(Multiplexer* multiplexer) {
    Carried carried;
    const std::uint64_t before = allocations.load();
    for (int millisecond = 0; millisecond < run_seconds * 1000; ++millisecond) {
      now_ += milliseconds(1);
      while (a_.send(now_, NetworkProtocol::ipv4, packet_) == SendResult::accepted) {
      }
      if (!multiplexer)
        alone();
      else
        together(*multiplexer, millisecond, carried);
      while (b_.poll_event()) {
      }
      while (const auto packet = b_.poll_packet()) carried.packets += packet->data.size();
    }
    carried.allocations = allocations.load() - before;
    return carried;
  }

 private:
  void alone() {
    std::size_t budget = per_millisecond;
    while (budget > 0) {
      const Bytes out = a_.poll_transmit();
      if (out.empty()) return;
      const std::size_t taken =
          b_.receive(first_line, now_, out.first(std::min(out.size(), budget)));
      a_.transmitted(taken);
      budget -= taken;
    }
  }
  void together(Multiplexer& multiplexer, int millisecond, Carried& carried) {
    Muxer& us = multiplexer.us;
    Muxer& modem = multiplexer.modem;
    if (millisecond % 1000 == 0) say(us, question);
    if (millisecond % 1000 == 100) say(modem, answer);
    std::size_t budget = per_millisecond;
    while (budget > 0) {
      feed(us);
      const std::size_t passed =
          Multiplexer::pass(us, modem, now_, std::min<std::size_t>(budget, 64));
      if (passed == 0) break;
      budget -= passed;
    }
    Multiplexer::pass(modem, us, now_, per_millisecond);
    modem.consumed(now_, ppp, b_.receive(first_line, now_, modem.received(ppp)));
    for (Muxer* end : {&us, &modem}) {
      carried.words += end->received(at).size();
      end->consumed(now_, at, end->received(at).size());
      if (end->next_timeout() && *end->next_timeout() <= now_) end->handle_timeout(now_);
    }
  }
  void feed(Muxer& us) {
    while (us.room(ppp) > 0) {
      const Bytes out = a_.poll_transmit();
      if (out.empty()) return;
      a_.transmitted(us.write(ppp, out));
      while (a_.send(now_, NetworkProtocol::ipv4, packet_) == SendResult::accepted) {
      }
    }
  }

  Pair pair_{test::client_config(), test::server_config()};
  Link& a_ = pair_.a.link;
  Link& b_ = pair_.b.link;
  Instant now_ = pair_.now;
  const std::vector<std::byte> packet_;
};

std::uint64_t alone(std::size_t packet_size) {
  return Race(packet_size).run(nullptr).packets;
}

class CmuxPpp : public testing::TestWithParam<Option> {};

TEST_P(CmuxPpp, KeepsItsRateBesideAt) {
  for (const std::size_t packet_size : {40, 576, 1500}) {
    const auto without = static_cast<double>(alone(packet_size));
    ASSERT_GT(without, 0.5 * run_seconds * 1000 * per_millisecond);  // it is the line that is full
    for (const std::size_t frame_size : {31, 64, 127, 128, 512, 1500}) {
      Multiplexer multiplexer(GetParam(), frame_size);
      const Carried carried = Race(packet_size).run(&multiplexer);
      const double share = static_cast<double>(carried.packets) / without;
      EXPECT_GE(share, frame_size >= 127 ? 0.90 : 0.80)
          << "packets of " << packet_size << " in frames of " << frame_size;
      EXPECT_LE(share, 1.0);
      EXPECT_EQ(carried.words, run_seconds * (question.size() + answer.size()));
      EXPECT_EQ(carried.allocations, 0U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Both, CmuxPpp, testing::Values(Option::basic, Option::advanced));

}  // namespace
}  // namespace tunppp::modem::cmux
