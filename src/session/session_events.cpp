// What happens around a session while its coroutine waits: it is noted, reported, and where packets
// depend on it done at once.

#include <fmt/format.h>

#include "modem/carrier_watch.h"
#include "session/session.h"

namespace tunppp::session {
namespace {

std::string_view name(AuthMethod method) {
  switch (method) {
    case AuthMethod::pap:
      return "PAP";
    case AuthMethod::chap_md5:
      return "CHAP-MD5";
    case AuthMethod::mschap:
      return "MS-CHAP";
    case AuthMethod::mschap_v2:
      return "MS-CHAPv2";
    case AuthMethod::eap_md5:
      return "EAP-MD5";
    case AuthMethod::eap_mschap_v2:
      return "EAP-MSCHAPv2";
    case AuthMethod::eap_tls:
      return "EAP-TLS";
  }
  return "";
}

}  // namespace

// --- From the link ---

void Session::link_event(const Event& event) {
  std::visit([this](const auto& it) { handle(it); }, event);
  changed_.notify();
}

/// Only where the link stays for a while: without authentication it merely passes through.
void Session::handle(const PhaseChanged& event) {
  if (event.phase != link_->phase()) return;
  switch (event.phase) {
    case Phase::dead:
      return;
    case Phase::establish:
      return report_.phase("lcp", "lcp: negotiating");
    case Phase::authenticate:
      return report_.phase("auth", "auth: under way");
    case Phase::network:
      return report_.phase("ipcp", "ipcp: negotiating");
    case Phase::terminate:
      return report_.phase("closing", "closing");
  }
}

void Session::handle(const LineOpened& event) {
  lcp_opened_ = true;
  report_.phase("lcp", fmt::format("lcp: open, MRU {} to us and {} to the peer", event.local_mru,
                                   event.remote_mru));
}

void Session::handle(const IdentificationReceived& event) {
  report_.phase("identification", fmt::format("lcp: the peer says it is \"{}\"", event.text));
}

void Session::handle(const TimeRemaining& event) {
  using std::chrono::duration_cast;
  const std::string words = event.text.empty() ? "" : fmt::format(": \"{}\"", event.text);
  const std::string time =
      event.remaining
          ? fmt::format("{} s", duration_cast<std::chrono::seconds>(*event.remaining).count())
          : "without end";
  report_.phase("time_remaining", fmt::format("lcp: time remaining: {}{}", time, words));
}

void Session::handle(const QualityChanged& event) {
  const auto percent = [](double part) { return 100 * part; };
  if (event.missing_reports > 0)
    return report_.warn(fmt::format("the quality of the line is bad: {} reports of the peer are "
                                    "missing",
                                    event.missing_reports));
  const std::string losses =
      fmt::format("{:.1f} % lost on the way to us and {:.1f} % on the way to the peer",
                  percent(event.lost_to_us), percent(event.lost_to_peer));
  if (event.good) return report_.phase("quality", "the quality of the line is good: " + losses);
  report_.warn("the quality of the line is bad: " + losses);
}

void Session::handle(const SecretWanted& event) {
  std::optional<KnownSecret> known;
  if (options_.find_secret) known = options_.find_secret(event);
  if (known)
    pump_->provide_secret(event.token, std::move(known->secret), std::move(known->addresses));
  else
    pump_->refuse_secret(event.token);
}

/// Nobody here judges in place of the link.
void Session::handle(const VerdictWanted& event) { pump_->refuse_secret(event.token); }

void Session::handle(const AuthNotice& event) { report_.tell(Warning{event.text}); }

void Session::handle(const AuthSucceeded& event) {
  const std::string words = event.message.empty() ? "" : ": " + event.message;
  report_.phase("auth", event.of_peer ? fmt::format("auth: the peer is {} ({})", event.name,
                                                    name(event.method))
                                      : fmt::format("auth: the peer accepted us as {} ({}){}",
                                                    event.name, name(event.method), words));
}

void Session::handle(const Ipv4Up& event) {
  const std::optional<AddressesSet> before = interface_->addresses();
  if (Status status = interface_->configure(event)) return end(status->reason, status->text);

  const AddressesSet& now = *interface_->addresses();
  note_name_servers(event);
  if (!up_ || now != before) {
    report_.phase("up",
                  fmt::format("up: {}, {} to {}, MTU {}{}", now.interface, to_string(now.local),
                              to_string(now.remote), now.mtu,
                              now.default_route_metric ? fmt::format(", default route (metric {})",
                                                                     *now.default_route_metric)
                                                       : std::string()));
    report_.tell(now);
  }
  up_ = true;
}

/// What was offered before stays when a renegotiation brings none.
void Session::note_name_servers(const Ipv4Up& event) {
  if (!options_.link.ipcp.request_dns) return;
  std::vector<Ipv4Address> servers;
  for (const Ipv4Address& server : event.dns)
    if (!server.is_unspecified()) servers.push_back(server);
  if (!servers.empty()) dns_offered_ = std::move(servers);
}

/// Addresses, routes and packets that wait stay where they are: either IPCP opens again, or the
/// link ends.
void Session::handle(const Ipv4Down&) {
  if (link_->phase() == Phase::network) report_.phase("ipcp", "ipcp: negotiating anew");
}

void Session::handle(const AddressWanted&) {}
void Session::handle(const Ipv4Failed&) {}
void Session::handle(const Ipv6Up&) {}
void Session::handle(const Ipv6AddressAdded&) {}
void Session::handle(const Ipv6AddressRemoved&) {}
void Session::handle(const Ipv6DefaultRoute&) {}
void Session::handle(const Ipv6Dns&) {}
void Session::handle(const Ipv6Mtu&) {}
void Session::handle(const Ipv6Down&) {}
void Session::handle(const Ipv6Failed&) {}

void Session::handle(const LinkEnded& event) {
  link_ended_ = true;
  end(event.reason, event.text);
}

// --- From the line and the interface ---

/// It said goodbye in PPP: that the line goes down then is no reason of its own.
bool Session::peer_has_left() const { return link_ && link_->phase() == Phase::terminate; }

void Session::line_closed(std::error_code error) {
  line_gone_ = true;
  if (peer_has_left()) return changed_.notify();  // LinkEnded follows, and says so
  end(EndReason::carrier_lost,
      error ? fmt::format("the line was hung up: {}", error.message()) : "the line was hung up");
}

void Session::line_quiet(Bytes unfinished) {
  const std::optional<modem::FinalCode> code = modem::result_code_in(unfinished);
  if (!code) return;
  carrier_gone_ = *code == modem::FinalCode::no_carrier;
  if (peer_has_left()) return link_->line_down(first_line, boot_time());  // and LinkEnded follows
  end(EndReason::carrier_lost, carrier_gone_
                                   ? "the modem hung up: NO CARRIER"
                                   : "the modem has left the data mode and takes PPP for commands");
}

void Session::tun_failed(std::error_code error) {
  end(EndReason::interface_failed,
      fmt::format("{} cannot be read any more: {}", interface_->name(), error.message()));
}

void Session::modem_event(const modem::ModemEvent& event) {
  using Kind = modem::ModemEvent::Kind;
  switch (event.kind) {
    case Kind::progress:
      return report_.phase(modem::name(event.phase), event.text);
    case Kind::set_dtr:
      // Where it fails there is nothing that the ladder could do about it.
      if (port_) static_cast<void>(port_->set_dtr(event.dtr));
      return;
    case Kind::sent:
    case Kind::received:
    case Kind::unsolicited:
      if (options_.dialogue)
        report_.tell(Dialogue{.sent = event.kind == Kind::sent, .modem = true, .text = event.text});
      return;
  }
}

// --- How it ended ---

void Session::end(EndReason reason, std::string text) {
  if (!ending_) ending_ = judged({reason, std::move(text)});
  changed_.notify();
}

/// A modem accepts whatever name and password PPP offers it, and opens the bearer afterwards. When
/// the network refuses, the modem takes the link down: with a Terminate-Request, by refusing every
/// address, or with NO CARRIER.
SessionEnded Session::judged(SessionEnded ended) const {
  const bool taken_down = ended.reason == EndReason::peer_closed ||
                          ended.reason == EndReason::no_network_protocol ||
                          ended.reason == EndReason::carrier_lost;
  if (!profile_ || up_ || !lcp_opened_ || !taken_down) return ended;
  return {
      EndReason::apn_refused,
      fmt::format("the network refused the data connection: the modem had connected, but then {}",
                  ended.text)};
}

SessionEnded Session::stopped() const {
  return {EndReason::requested, "closed on request"};
}

SessionEnded Session::late() const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.up_timeout);
  return {EndReason::up_timeout,
          fmt::format("not up within {} s; the last that was reached is \"{}\"", seconds.count(),
                      report_.last())};
}

void Session::report_counters() {
  Counters counters = pump_ ? pump_->counters() : Counters();
  counters.device_dropped = interface_->dropped();
  report_.tell(counters);
}

}  // namespace tunppp::session
