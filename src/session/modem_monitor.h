#pragma once

#include "base/pipe.h"
#include "modem/monitor.h"
#include "session/loop.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp::session {

/// A monitor (modem::Monitor) on a pipe: an AT tty, or a channel of a multiplexer.
class ModemMonitor final : private Pipe::Listener {
 public:
  /// Called from the loop, and from inside ask(), give_text() and forget(). It may not destroy the
  /// monitor.
  class Owner {
   public:
    virtual void monitor_event(const modem::MonitorEvent& event) = 0;
    /// No octet will come any more.
    virtual void monitor_closed() = 0;

   protected:
    ~Owner() = default;
  };

  /// Pipe and owner must outlive it.
  ModemMonitor(Loop& loop, Pipe& pipe, modem::MonitorOptions options, Owner& owner);
  ~ModemMonitor();
  ModemMonitor(const ModemMonitor&) = delete;
  ModemMonitor& operator=(const ModemMonitor&) = delete;

  void start();
  bool closed() const { return closed_; }

  // As those of modem::Monitor.
  bool ask(std::uint64_t id, std::string_view command);
  void give_text(std::uint64_t id, std::optional<std::string> text);
  void forget(std::uint64_t id);

 private:
  void pipe_readable() override;
  void pipe_writable() override { settle(); }
  void settle();
  void write();
  void close();

  Pipe& pipe_;
  modem::Monitor monitor_;
  Owner& owner_;
  Timer timer_;
  bool closed_ = false;
};

}  // namespace tunppp::session
