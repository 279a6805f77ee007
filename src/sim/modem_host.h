#pragma once

#include <tunppp/dialer.h>

#include "base/result.h"
#include "session/session.h"
#include "sim/emulated_modem.h"
#include "sim/line_relay.h"
#include "sim/pty.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tunppp::sim {

struct ModemHostOptions {
  ModemEmulatorOptions modem;
  LineOptions line;  ///< between pty and modem; its noise hits what is said in PPP, not in AT
  std::uint64_t seed = 1;
  std::string link;  ///< a symbolic link to the pty; empty: none
  /// Who answers calls; line and modem in it mean nothing.
  DialerOptions server;
};

/// What a program dials: pty <-> line <-> emulated modem <-> PPP server with an interface of its
/// own. One caller after the other.
class ModemHost final : private Pty::Observer,
                        private LineRelay::Owner,
                        private EmulatedModem::Owner,
                        private DialerObserver {
 public:
  /// A sentence for people about what happens.
  using Log = std::function<void(const std::string&)>;

  /// Fails with tty_failed.
  static Result<std::unique_ptr<ModemHost>> create(session::Loop& loop, ModemHostOptions options,
                                                   Log log);

  const std::string& path() const { return pty_->path(); }
  /// Its end a is the pty's.
  Line& line() { return relay_.line(); }
  void start();
  /// Hangs up in order; called again: at once. `stopped` is told once, from the loop.
  void stop(std::function<void()> stopped);

 private:
  ModemHost(session::Loop& loop, ModemHostOptions options, std::unique_ptr<Pty> pty, Log log);

  void pty_opened() override;
  void pty_closed() override;
  void relay_closed(LineEnd end, std::error_code error) override;
  void call_connected(bool refuse) override;
  void call_ended() override;
  void call_suspended(bool suspended) override;
  void event(Duration elapsed, const DialerEvent& event) override;
  void session_ended();
  void finish();

  session::Loop& loop_;
  ModemHostOptions options_;
  Log log_;
  std::unique_ptr<Pty> pty_;
  EmulatedModem modem_;
  LineRelay relay_;
  std::optional<session::Session> server_;
  std::function<void()> stopped_;
  session::Timer hang_up_;
  session::Timer goodbye_;
};

}  // namespace tunppp::sim
