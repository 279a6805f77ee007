#pragma once

#include "base/pipe.h"
#include "session/loop.h"
#include "sim/line.h"

#include <array>
#include <vector>

namespace tunppp::sim {

/// A simulated line live between two pipes: ttys, a pty and an emulated modem, whatever. A full
/// line or a slow reader holds the sender up; nothing gets lost but by the line's own doing.
class LineRelay {
 public:
  class Owner {
   public:
    /// No octet will come or go at this end any more. What is under way to the other end still
    /// arrives there.
    virtual void relay_closed(LineEnd end, std::error_code error) = 0;

   protected:
    ~Owner() = default;
  };

  /// The pipes must outlive the relay; it is their listener until it dies.
  LineRelay(session::Loop& loop, Pipe& a, Pipe& b, const LineOptions& options, std::uint64_t seed,
            Owner& owner);
  ~LineRelay();
  LineRelay(const LineRelay&) = delete;
  LineRelay& operator=(const LineRelay&) = delete;

  void start();
  Line& line() { return line_; }
  /// Forgets what is under way in both directions: somebody pulled the plug.
  void clear();

 private:
  struct End final : Pipe::Listener {
    End(LineRelay& owner, Pipe& its_pipe, LineEnd which)
        : relay(owner), pipe(its_pipe), end(which) {}
    void pipe_readable() override { relay.read(*this); }
    void pipe_writable() override { relay.writable(*this); }

    LineRelay& relay;
    Pipe& pipe;
    LineEnd end;
    std::vector<std::byte> arrived{};  // pulled from the line and not yet written
    bool reading = true;
    bool write_blocked = false;
    bool closed = false;
  };

  End& at(LineEnd end) { return end == LineEnd::a ? a_ : b_; }
  void read(End& from);
  void writable(End& to);
  void settle();
  void deliver(End& to, Instant now);
  void close(End& end, std::error_code error);
  void watch(End& end);

  Line line_;
  Duration granularity_;
  Owner& owner_;
  End a_;
  End b_;
  session::Timer timer_;
};

}  // namespace tunppp::sim
