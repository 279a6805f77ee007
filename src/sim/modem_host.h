#pragma once

#include <tunppp/dialer.h>

#include "base/result.h"
#include "session/session.h"
#include "sim/emulated_modem.h"
#include "sim/line_relay.h"
#include "sim/pty.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::sim {

struct ModemHostOptions {
  ModemEmulatorOptions modem;
  std::optional<CmuxHabits> multiplexer;  ///< nullopt: as the model does
  LineOptions line;  ///< between pty and modem; its noise hits what is said in PPP, not in AT
  std::uint64_t seed = 1;
  std::string link;      ///< a symbolic link to the pty; empty: none
  bool at_port = false;  ///< the modem has a second tty, for AT; its line is perfect
  std::string at_link;   ///< a symbolic link to that
  /// Who answers calls; line and modem in it mean nothing.
  DialerOptions server;
};

/// What a program dials: pty <-> line <-> emulated modem <-> PPP server with an interface of its
/// own. One caller after the other.
class ModemHost final : private EmulatedModem::Owner, private DialerObserver {
 public:
  /// A sentence for people about what happens.
  using Log = std::function<void(const std::string&)>;

  /// Fails with tty_failed.
  static Result<std::unique_ptr<ModemHost>> create(session::Loop& loop, ModemHostOptions options,
                                                   Log log);

  const std::string& path() const { return ports_.front()->pty->path(); }
  /// Empty where there is none.
  std::string at_path() const { return ports_.size() > 1 ? ports_[1]->pty->path() : ""; }
  /// Its end a is the pty's.
  Line& line() { return ports_.front()->relay.line(); }
  void start();
  /// Hangs up in order; called again: at once. `stopped` is told once, from the loop.
  void stop(std::function<void()> stopped);

 private:
  /// A tty of the modem and the line between.
  struct Port final : Pty::Observer, LineRelay::Owner {
    Port(ModemHost& owner, std::size_t which, std::unique_ptr<Pty> its_pty,
         const LineOptions& line);
    void pty_opened() override;
    void pty_closed() override;
    void relay_closed(LineEnd, std::error_code) override {}  // neither end ever closes

    ModemHost& host;
    std::size_t number;
    std::string_view name;  ///< for people
    std::unique_ptr<Pty> pty;
    LineRelay relay;
  };

  ModemHost(session::Loop& loop, ModemHostOptions options, Log log);
  void add_port(std::unique_ptr<Pty> pty, const LineOptions& line);

  void call_connected(bool refuse) override;
  void call_ended() override;
  void call_suspended(bool suspended) override;
  void plug(std::size_t port, bool in) override;
  void event(Duration elapsed, const DialerEvent& event) override;
  void session_ended();
  void finish();

  session::Loop& loop_;
  ModemHostOptions options_;
  Log log_;
  EmulatedModem modem_;
  std::vector<std::unique_ptr<Port>> ports_;  // the one that is dialled, then that for AT
  std::optional<session::Session> server_;
  std::function<void()> stopped_;
  session::Timer hang_up_;
  session::Timer goodbye_;
};

}  // namespace tunppp::sim
