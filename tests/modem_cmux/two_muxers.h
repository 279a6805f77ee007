#pragma once

#include <algorithm>
#include <deque>
#include <random>

#include "modem/cmux/muxer.h"
#include "octets.h"

namespace tunppp::modem::cmux {

/// Two ends and a line between them, in virtual time.
class TwoMuxers {
 public:
  struct Line {
    double loss = 0;          ///< share of pieces that get lost
    std::size_t piece = 64;   ///< octets that go at once, at most
    std::size_t rate = 1000;  ///< octets a millisecond
    Duration delay = std::chrono::milliseconds(5);
  };

  explicit TwoMuxers(MuxerOptions options) : TwoMuxers(options, options, Line()) {}
  TwoMuxers(MuxerOptions options, Line line) : TwoMuxers(options, options, line) {}
  TwoMuxers(MuxerOptions ours, MuxerOptions theirs, Line line)
      : us(as(ours, true)), modem(as(theirs, false)), line_(line) {}

  Muxer us;
  Muxer modem;
  Instant now{std::chrono::seconds(1)};

  void run(Duration duration) {
    const Instant end = now + duration;
    for (; now < end; now += std::chrono::milliseconds(1)) {
      carry(us, to_modem_);
      carry(modem, to_us_);
      deliver(to_modem_, modem);
      deliver(to_us_, us);
      if (us.next_timeout() && *us.next_timeout() <= now) us.handle_timeout(now);
      if (modem.next_timeout() && *modem.next_timeout() <= now) modem.handle_timeout(now);
    }
  }
  void open(std::uint8_t dlci) {
    us.start(now);
    us.open(now, dlci);
    run(std::chrono::seconds(3));
  }
  /// Octets straight into our end, as if the modem had sent them.
  void inject(std::string_view hex) { us.receive(now, from_hex(hex)); }

 private:
  struct Flight {
    Instant due;
    Octets octets;
  };
  static MuxerOptions as(MuxerOptions options, bool initiator) {
    options.initiator = initiator;
    return options;
  }
  void carry(Muxer& from, std::deque<Flight>& flights) {
    std::size_t room = line_.rate;
    while (room > 0 && !from.poll_transmit().empty()) {
      const Bytes all = from.poll_transmit();
      const std::size_t most = std::min({line_.piece, all.size(), room});
      const Bytes piece = all.first(1 + random_() % most);
      room -= piece.size();
      const bool lost = std::uniform_real_distribution<>(0, 1)(random_) < line_.loss;
      if (!lost) flights.push_back({now + line_.delay, Octets(piece.begin(), piece.end())});
      from.transmitted(piece.size());
    }
  }
  void deliver(std::deque<Flight>& flights, Muxer& to) {
    for (; !flights.empty() && flights.front().due <= now; flights.pop_front())
      to.receive(now, flights.front().octets);
  }

  Line line_;
  std::deque<Flight> to_modem_;
  std::deque<Flight> to_us_;
  std::mt19937 random_{7};
};

}  // namespace tunppp::modem::cmux
