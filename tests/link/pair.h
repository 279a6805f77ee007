#pragma once

#include <functional>
#include <string>

#include "link/endpoint.h"
#include "sim/line.h"

namespace tunppp::test {

/// Two links back to back over a simulated line, in virtual time.
class Pair {
 public:
  Pair(const LinkConfig& a, const LinkConfig& b, const sim::LineOptions& options = {},
       std::uint64_t seed = 1);

  /// Opens both and brings the line up.
  void start();
  /// Goes on until `done`, but not beyond `limit` from now. Returns whether it is done.
  bool run_until(const std::function<bool()>& done, Duration limit);
  void run_for(Duration duration);
  /// Until both are up, or one has ended.
  bool run_until_up(Duration limit);
  bool both_up() const { return a.up() && b.up(); }
  bool both_ended() const { return a.ended() && b.ended(); }
  Duration elapsed() const { return now - Instant{}; }
  std::string transcript() const;

  Endpoint a;
  Endpoint b;
  sim::Line line;
  Instant now{};
  std::size_t chunk = SIZE_MAX;  ///< of octets given to receive()
  bool cut = false;              ///< nothing arrives any more, and nobody is told

 private:
  /// Moves octets and acts on timers until nothing is left to be done now.
  void settle();
  bool carry(Endpoint& to, sim::LineEnd end);
  void push(Endpoint& from, sim::LineEnd end);
};

/// A client that asks for everything, and a server that gives it.
LinkConfig client_config();
LinkConfig server_config();

}  // namespace tunppp::test
