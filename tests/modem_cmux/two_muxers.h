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
    double damage = 0;        ///< share of pieces with a wrong bit
    double repeat = 0;        ///< share of pieces that come twice
    double jitter = 0;        ///< share of pieces that hold up what is behind them for a while
    std::size_t piece = 64;   ///< octets that go at once, at most
    std::size_t rate = 1000;  ///< octets a millisecond
    Duration delay = std::chrono::milliseconds(5);
  };

  explicit TwoMuxers(MuxerOptions options) : TwoMuxers(options, options, Line()) {}
  TwoMuxers(MuxerOptions options, Line line) : TwoMuxers(options, options, line) {}
  TwoMuxers(MuxerOptions ours, MuxerOptions theirs, Line line, unsigned seed = 7)
      : us(as(ours, true)), modem(as(theirs, false)), line_(line), random_(seed) {}

  Muxer us;
  Muxer modem;
  Instant now{std::chrono::seconds(1)};
  /// The modem has lost its power: nothing is heard, nothing is said.
  bool modem_is_gone = false;

  void run(Duration duration) {
    const Instant end = now + duration;
    for (; now < end; now += std::chrono::milliseconds(1)) {
      carry(us, to_modem_);
      carry(modem, to_us_);
      deliver(to_modem_, modem);
      deliver(to_us_, us);
      if (us.next_timeout() && *us.next_timeout() <= now) us.handle_timeout(now);
      if (modem_is_gone) to_us_.clear();
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
      if (!by_chance(line_.loss)) fly(flights, Octets(piece.begin(), piece.end()));
      from.transmitted(piece.size());
    }
  }
  bool by_chance(double share) {
    return share > 0 && std::uniform_real_distribution<>(0, 1)(random_) < share;
  }
  void fly(std::deque<Flight>& flights, Octets octets) {
    if (by_chance(line_.damage))
      octets[random_() % octets.size()] ^= static_cast<std::byte>(1U << random_() % 8);
    Instant due = now + line_.delay;
    if (by_chance(line_.jitter)) due += std::chrono::milliseconds(random_() % 200);
    if (!flights.empty()) due = std::max(due, flights.back().due);
    if (by_chance(line_.repeat)) flights.push_back({due, octets});
    flights.push_back({due, std::move(octets)});
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
