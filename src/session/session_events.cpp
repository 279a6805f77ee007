// What happens around a session while its coroutine waits: it is noted, reported, and where packets
// depend on it done at once.

#include <fmt/format.h>

#include <algorithm>

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
  std::string text = fmt::format("lcp: open, MRU {} to us and {} to the peer", event.local_mru,
                                 event.remote_mru);
  const bool default_fcs =
      event.receive_fcs == FrameCheck::fcs16 && event.send_fcs == FrameCheck::fcs16;
  if (!default_fcs)
    text += fmt::format(", FCS {} to us and {} to the peer", to_string(event.receive_fcs),
                        to_string(event.send_fcs));
  if (event.peer_endpoint) text += fmt::format(", peer {}", to_string(*event.peer_endpoint));
  report_.phase("lcp", std::move(text));
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

void Session::handle(const AddressWanted& event) {
  std::optional<Ipv4Address> address;
  if (options_.find_address) address = options_.find_address(event);
  if (address)
    pump_->provide_address(event.token, *address);
  else
    pump_->refuse_address(event.token, "no address is left for the peer");
}

/// Packets for an address of this machine never leave it. What was given on the command line is the
/// user's own decision: a server may well have one address on many lines.
bool Session::address_conflicts(const Ipv4Up& event) {
  const std::string own = interface_->name();
  const bool chosen = event.local == options_.link.ipcp.local;
  if (const std::string other = interface_with(event.local, own); !chosen && !other.empty()) {
    end(EndReason::address_conflict,
        fmt::format("the peer gives us the address {}, which {} has already",
                    to_string(event.local), other));
    return true;
  }
  if (const std::string other = interface_with(event.remote, own); !other.empty())
    report_.warn(fmt::format("the peer's address {} is also that of {} on this machine",
                             to_string(event.remote), other));
  return false;
}

void Session::handle(const Ipv4Up& event) {
  const std::optional<AddressesSet> before = interface_->addresses();
  if (!before && address_conflicts(event)) return;
  if (Status status = interface_->configure(event)) return end(status->reason, status->text);

  const AddressesSet& now = *interface_->addresses();
  note_name_servers(event);
  if (!up_ || now != before) {
    std::string text = fmt::format("up: {}, {} to {}, MTU {}", now.interface, to_string(now.local),
                                   to_string(now.remote), now.mtu);
    if (now.default_route_metric)
      text += fmt::format(", default route (metric {})", *now.default_route_metric);
    if (event.vj_send || event.vj_receive) text += ", TCP headers compressed";
    if (ipv6_->addresses()) text += ", and IPv6";
    report_.phase("up", text);
    report_.tell(now);
  }
  up_ = true;
}

/// What was offered before stays when a renegotiation brings none.
void Session::note_name_servers(const Ipv4Up& event) {
  if (!options_.link.ipcp.request_dns) return;
  std::vector<IpAddress> servers;
  for (const Ipv4Address& server : event.dns)
    if (!server.is_unspecified()) servers.push_back(server);
  if (servers.empty()) return;
  ipv4_dns_ = std::move(servers);
  offer_name_servers();
}

void Session::offer_name_servers() {
  dns_offered_ = ipv4_dns_;
  dns_offered_.insert(dns_offered_.end(), ipv6_dns_.begin(), ipv6_dns_.end());
}

/// Addresses, routes and packets that wait stay where they are: either IPCP opens again, or the
/// link ends.
void Session::handle(const Ipv4Down&) {
  if (link_->phase() == Phase::network) report_.phase("ipcp", "ipcp: negotiating anew");
}

void Session::handle(const Ipv4Failed& event) {
  ipv4_to_come_ = false;
  report_.tell(NetworkFailed{NetworkProtocol::ipv4, event.reason, event.text});
  report_up();
}

// --- IPv6 ---

template <class Event>
void Session::change_ipv6(Status (Ipv6Network::*action)(const Event&), const Event& event) {
  if (Status status = ((*ipv6_).*action)(event)) report_.warn(status->text);
  ipv6_changed_.notify();
}

void Session::handle(const Ipv6Up& event) {
  if (Status status = ipv6_->up(event)) {
    ipv6_->down();
    report_.tell(NetworkFailed{NetworkProtocol::ipv6, status->reason, status->text});
    if (!ipv4_to_come_) end(status->reason, status->text);
    return;
  }
  report_ipv6();
  report_up();
}

/// Without IPv4, IPv6 alone is enough to be up.
void Session::report_up() {
  if (up_ || ipv4_to_come_ || !ipv6_->addresses()) return;
  up_ = true;
  report_.phase("up", "up: " + to_text(*ipv6_->addresses()));
}

/// The lifetimes of an address that is only told anew are nothing to tell people of.
void Session::report_ipv6() {
  if (!ipv6_ || !ipv6_->addresses()) return;
  report_.tell(*ipv6_->addresses());
  std::string text = to_text(*ipv6_->addresses());
  if (text == ipv6_told_) return;
  ipv6_told_ = std::move(text);
  report_.phase("ipv6", "ipv6: " + ipv6_told_);
}

void Session::handle(const Ipv6AddressAdded& event) { change_ipv6(&Ipv6Network::add, event); }
void Session::handle(const Ipv6AddressRemoved& event) { change_ipv6(&Ipv6Network::remove, event); }
void Session::handle(const Ipv6DefaultRoute& event) { change_ipv6(&Ipv6Network::route, event); }
void Session::handle(const Ipv6Mtu& event) { change_ipv6(&Ipv6Network::set_mtu, event); }

/// All of them anew: one that an advertisement took back does not stay. A link-local one would want
/// its interface named, which not every resolver understands.
void Session::handle(const Ipv6Dns& event) {
  if (options_.dns.method == DnsMethod::none) return;
  ipv6_dns_.clear();
  for (const Ipv6Address& server : event.servers)
    if (!server.is_link_local()) ipv6_dns_.push_back(server);
  offer_name_servers();
}

void Session::handle(const Ipv6Down&) {
  ipv6_->down();
  ipv6_told_.clear();
  if (link_->phase() != Phase::network) return;  // all of it goes down
  ipv6_dns_.clear();
  offer_name_servers();
}

void Session::handle(const Ipv6Failed& event) {
  report_.tell(NetworkFailed{NetworkProtocol::ipv6, event.reason, event.text});
}

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
  if (cmux_ && !cmux_->line_closed()) {
    const SessionEnded ended = channel_ended("");
    return end(ended.reason, ended.text);
  }
  end(EndReason::carrier_lost,
      error ? fmt::format("the line was hung up: {}", error.message()) : "the line was hung up");
}

void Session::line_quiet(Bytes unfinished) {
  const std::optional<modem::FinalCode> code = modem::result_code_in(unfinished);
  if (!code) return hear_in_stream(unfinished);
  carrier_gone_ = *code == modem::FinalCode::no_carrier;
  if (peer_has_left()) return link_->line_down(first_line, boot_time());  // and LinkEnded follows
  end(EndReason::carrier_lost, carrier_gone_
                                   ? "the modem hung up: NO CARRIER"
                                   : "the modem has left the data mode and takes PPP for commands");
}

/// The link counts it as a broken frame; here it is told, and taken for what it is.
void Session::hear_in_stream(Bytes unfinished) {
  const bool grown = unfinished.size() > stream_heard_.size() &&
                     std::equal(stream_heard_.begin(), stream_heard_.end(), unfinished.begin());
  const Bytes news = unfinished.subspan(grown ? stream_heard_.size() : 0);
  stream_heard_.assign(unfinished.begin(), unfinished.end());
  for (const std::string& line : modem::unsolicited_in(news)) {
    modem_event({.kind = modem::ModemEvent::Kind::unsolicited, .text = modem::mask_secrets(line)});
    if (profile_ && modem::read_news(line, options_.modem.context).kind ==
                        modem::NetworkNews::Kind::rebooted)
      return end(EndReason::modem_gone,
                 fmt::format("the modem began anew or switched itself off: it said {}", line));
  }
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
      if (cmux_) return cmux_->set_dtr(modem::cmux::ppp_channel, event.dtr);
      // Where it fails there is nothing that the ladder could do about it.
      if (port_) static_cast<void>(port_->set_dtr(event.dtr));
      return;
    case Kind::set_baud:
      if (!port_) return;
      if (const std::error_code error = port_->set_baud(event.baud))
        report_.warn(fmt::format("the tty does not take {} baud: {}", event.baud, error.message()));
      options_.line.baud = event.baud;
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
  if (profile_ && ended.reason == EndReason::loopback)
    return {EndReason::command_mode, "the modem is in command mode: it echoes what we send"};
  const bool taken_down = ended.reason == EndReason::peer_closed ||
                          ended.reason == EndReason::no_network_protocol ||
                          ended.reason == EndReason::no_address ||
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
