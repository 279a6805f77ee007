#pragma once

#include "cli/at_line.h"
#include "session/fd_pipe.h"
#include "session/modem_monitor.h"
#include "tty/serial_port.h"

#include <string>

namespace tunppp::cli {

/// A tty of our own.
class AtDirect final : public AtLine, private session::ModemMonitor::Owner {
 public:
  AtDirect(session::Loop& loop, tty::SerialPort port);

  void listen(Listener& listener) override;
  void ask(std::string_view command) override { monitor_.ask(our_id, command); }
  void give_text(std::optional<std::string> text) override {
    monitor_.give_text(our_id, std::move(text));
  }

 private:
  static constexpr std::uint64_t our_id = 1;

  void monitor_event(const modem::MonitorEvent& event) override;
  std::string why_silent(const modem::PortSilent& silence) const;
  void monitor_closed() override { listener_->at_closed("the tty was hung up"); }

  tty::SerialPort port_;
  session::FdPipe pipe_;
  session::ModemMonitor monitor_;
  std::string silence_;  // why, while it says nothing
  Listener* listener_ = nullptr;
};

}  // namespace tunppp::cli
