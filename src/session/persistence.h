#pragma once

#include <tunppp/dialer.h>

#include "session/loop.h"
#include "session/modem_watch.h"
#include "session/profile_toml.h"
#include "session/session.h"
#include "session/system_entropy.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tunppp::session {

/// Whether an end is worth another attempt that nobody had to do anything for. What a SIM, a
/// password or the command line is the reason of, is not: to try again would change nothing, or
/// lock a SIM or an account.
bool may_pass(EndReason reason);

/// One session after the other, until one has an end for good: what DialerOptions::persist and
/// modem_wait ask for. Without them, one session.
class Persistence final : private DialerObserver {
 public:
  /// All must outlive it.
  Persistence(Loop& loop, DialerOptions options, DialerObserver& observer);
  ~Persistence();

  /// `ended` is told once, from the loop.
  void start(std::function<void(const SessionEnded&)> ended);
  /// Close in order; called again: end at once. While nothing but time goes by: end.
  void stop();

 private:
  void event(Duration elapsed, const DialerEvent& event) override;
  void attempt();
  void begin(std::string device);
  void session_ended(const SessionEnded& ended);
  void wait_for_modem(const Failure& missing);
  void look_again();
  void pause(const SessionEnded& ended);
  Duration next_delay();
  void tell(const DialerEvent& event) { observer_.event(boot_time() - started_, event); }
  void finish(const SessionEnded& ended);
  /// The line is a tty of which it can be said whether it is here.
  bool has_place() const { return !options_.line.device.empty(); }

  Loop& loop_;
  DialerOptions options_;
  DialerObserver& observer_;
  Instant started_;
  std::unique_ptr<UserProfile> own_profile_;
  ModemWatch modem_;
  std::optional<ModemWatch> at_port_;  // one that was named
  Timer pause_;
  Timer patience_;  // for a modem that is not here yet
  Wakeup next_;
  SystemEntropy entropy_;
  std::optional<Session> session_;
  std::optional<SessionEnded> last_;
  std::optional<Instant> up_since_;
  bool port_is_right_ = false;  // a modem has answered there
  bool stop_asked_ = false;
  Duration delay_;
  bool waiting_ = false;  // for the modem
  bool has_dialled_ = false;
  std::function<void(const SessionEnded&)> ended_;
};

}  // namespace tunppp::session
