#pragma once

#include <tunppp/dialer.h>

#include "base/result.h"
#include "session/at_server.h"
#include "session/fd_pipe.h"
#include "session/modem_monitor.h"
#include "tty/serial_port.h"

#include <memory>
#include <optional>
#include <string>

namespace tunppp::session {

/// The AT port of a modem that a session has dialled on another one: a tty of its own, or a channel
/// of the multiplexer. Watched by a monitor, and lent to others through a socket.
class AtPort final : private ModemMonitor::Owner, private AtServer::Port {
 public:
  /// Called from the loop. It may not destroy the port.
  class Owner {
   public:
    virtual void modem_status(const ModemStatus& status) = 0;
    virtual void connection_lost(EndReason reason, const std::string& text) = 0;
    virtual void at_dialogue(const modem::ModemEvent& event) = 0;
    virtual void at_warning(const std::string& text) = 0;

   protected:
    ~Owner() = default;
  };
  struct Options {
    modem::MonitorOptions monitor;
    std::string socket_directory;  ///< empty: no socket
    std::string interface {};      ///< of the session
    std::string device{};          ///< that carries PPP
  };

  AtPort(Loop& loop, Owner& owner) : loop_(loop), owner_(owner) {}
  ~AtPort();
  AtPort(const AtPort&) = delete;
  AtPort& operator=(const AtPort&) = delete;

  /// Opens a tty. Fails with tty_missing, tty_busy or tty_failed.
  Status open(const std::string& device, std::uint32_t baud);
  /// Takes a channel instead.
  void use(Pipe& pipe) { pipe_ = &pipe; }
  bool usable() const { return pipe_ != nullptr; }
  /// Empty for a channel.
  std::string device() const { return port_ ? port_->device().string() : std::string(); }

  void start(Options options);
  bool watching() const { return monitor_ && !monitor_->closed(); }
  /// AT+CGACT=0: the network takes the bearer down, and the PPP port comes back to command mode.
  void release_bearer();

 private:
  void monitor_event(const modem::MonitorEvent& event) override;
  void monitor_closed() override;
  bool ask(std::uint64_t id, std::string_view command) override;
  void give_text(std::uint64_t id, std::optional<std::string> text) override;
  void forget(std::uint64_t id) override;

  void handle(const modem::ModemEvent& event);
  void handle(const modem::StatusChanged& event);
  void handle(const modem::ConnectionLost& event);
  void handle(const modem::PortSilent& event);
  void handle(const modem::CommandAnswered& event);

  Loop& loop_;
  Owner& owner_;
  std::optional<tty::SerialPort> port_;
  std::optional<FdPipe> own_pipe_;
  Pipe* pipe_ = nullptr;
  unsigned cid_ = 1;
  std::optional<ModemMonitor> monitor_;
  std::unique_ptr<AtServer> server_;
};

/// For people: "modem: registered, home, Example Mobile, LTE, signal -73 dBm".
std::string to_text(const modem::NetworkStatus& status);

}  // namespace tunppp::session
