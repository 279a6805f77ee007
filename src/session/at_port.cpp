#include "session/at_port.h"

#include <fmt/format.h>

#include <utility>

namespace tunppp::session {
namespace {

/// Commands of the session itself; clients count from 1.
constexpr std::uint64_t own_command = 0;

ModemStatus status_of(const modem::StatusChanged& event) {
  const modem::NetworkStatus& it = event.status;
  return {.registration = std::string(it.registration),
          .operator_name = it.operator_name,
          .radio = it.radio,
          .cell = it.cell,
          .signal_dbm = it.rssi_dbm,
          .rsrp_dbm = it.rsrp_dbm,
          .rsrq_db = it.rsrq_db,
          .sinr_db = it.sinr_db,
          .notable = event.notable,
          .text = to_text(it)};
}

}  // namespace

std::string to_text(const modem::NetworkStatus& status) {
  std::string text = "modem: ";
  text += status.registration.empty() ? "registration not told" : status.registration;
  if (!status.operator_name.empty()) text += ", " + status.operator_name;
  if (!status.radio.empty()) text += ", " + status.radio;
  if (status.rssi_dbm) text += fmt::format(", signal {} dBm", *status.rssi_dbm);
  if (status.rsrp_dbm) text += fmt::format(", RSRP {:g} dBm", *status.rsrp_dbm);
  return text;
}

AtPort::~AtPort() {
  server_.reset();  // it gives the commands of its clients back
}

Status AtPort::open(const std::string& device, std::uint32_t baud) {
  Result<tty::SerialPort> port =
      tty::SerialPort::open(device, {.baud = baud, .discard_input = true});
  if (!port) return port.failure();
  port_.emplace(std::move(*port));
  for (const std::string& warning : port_->warnings()) owner_.at_warning(warning);
  own_pipe_.emplace(loop_, port_->fd());
  pipe_ = &*own_pipe_;
  return {};
}

void AtPort::start(Options options) {
  cid_ = options.monitor.cid;
  // What it has said since the port was opened, RDY perhaps, is no news of this call.
  if (port_) port_->discard_input();
  monitor_.emplace(loop_, *pipe_, options.monitor, static_cast<ModemMonitor::Owner&>(*this));
  if (!options.socket_directory.empty()) {
    Result<std::unique_ptr<AtServer>> server = AtServer::create(
        loop_, options.socket_directory, {options.interface, options.device, device()},
        static_cast<AtServer::Port&>(*this));
    if (server)
      server_ = std::move(*server);
    else
      owner_.at_warning("tunppp at cannot reach this session: " + server.failure().text);
  }
  monitor_->start();
}

void AtPort::release_bearer() {
  if (watching()) monitor_->ask(own_command, fmt::format("AT+CGACT=0,{}", cid_));
}

// --- From the monitor ---

void AtPort::monitor_event(const modem::MonitorEvent& event) {
  std::visit([this](const auto& it) { handle(it); }, event);
}

void AtPort::monitor_closed() {
  owner_.at_warning("the AT port was hung up; the connection goes on without it");
  server_.reset();
}

void AtPort::handle(const modem::ModemEvent& event) {
  using Kind = modem::ModemEvent::Kind;
  if (event.kind == Kind::unsolicited && server_) server_->unsolicited(event.text);
  owner_.at_dialogue(event);
}

void AtPort::handle(const modem::StatusChanged& event) {
  owner_.modem_status(status_of(event));
}

void AtPort::handle(const modem::ConnectionLost& event) {
  owner_.connection_lost(event.reason, event.text);
}

void AtPort::handle(const modem::PortSilent& event) {
  owner_.at_warning(event.silent
                        ? "the modem does not answer on its AT port; the connection goes on"
                        : "the modem answers on its AT port again");
}

void AtPort::handle(const modem::CommandAnswered& event) {
  if (server_) server_->answered(event);
}

// --- From the socket ---

bool AtPort::ask(std::uint64_t id, std::string_view command) {
  return watching() && monitor_->ask(id, command);
}
void AtPort::give_text(std::uint64_t id, std::optional<std::string> text) {
  if (watching()) monitor_->give_text(id, std::move(text));
}
void AtPort::forget(std::uint64_t id) {
  if (watching()) monitor_->forget(id);
}

}  // namespace tunppp::session
