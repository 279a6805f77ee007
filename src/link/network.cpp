#include "link/network.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/protocol.h"
#include "base/timer_table.h"

namespace tunppp::link {
namespace {

NetworkProtocol network_protocol(std::uint16_t control_protocol) {
  return control_protocol == protocol::ipcp ? NetworkProtocol::ipv4 : NetworkProtocol::ipv6;
}

bool is_configure_request(Bytes packet) {
  const auto parsed = cp::PacketView::parse(packet);
  return parsed && parsed->code == static_cast<std::uint8_t>(cp::Code::configure_request);
}

/// What the peer would like to have, by the address option of its request.
Ipv4Address wish_in(Bytes packet) {
  const auto parsed = cp::PacketView::parse(packet);
  if (!parsed) return {};
  cp::OptionWalk walk(parsed->data);
  while (const auto option = walk.next()) {
    if (option->type != static_cast<std::uint8_t>(ipcp::OptionType::ip_address)) continue;
    return ipcp::parse_address(*option).value_or(Ipv4Address());
  }
  return {};
}

std::string sentence(std::string_view name, std::string_view disagreement, cp::Finish finish,
                     const cp::ControlProtocol& protocol, const std::string& known) {
  switch (finish) {
    case cp::Finish::closed: break;
    case cp::Finish::silent: return fmt::format("no answer to {} Configure-Requests", name);
    case cp::Finish::no_agreement: return known.empty() ? std::string(disagreement) : known;
    case cp::Finish::terminated:
      if (protocol.terminate_text().empty()) return fmt::format("the peer closed {}", name);
      return fmt::format("the peer closed {}: \"{}\"", name, protocol.terminate_text());
    case cp::Finish::rejected: return fmt::format("the peer does not speak {}", name);
  }
  return fmt::format("{} was closed", name);
}

}  // namespace

Network::Network(const LinkConfig& config, Entropy& entropy, NetworkOwner& owner)
    : config_(config),
      owner_(owner),
      ipcp_(config.ipcp, *this),
      ipv6cp_(config.ipv6cp, entropy, *this),
      host_(config.ndp, *this) {
  if (config.ndp.advertise) {
    router_.emplace(*config.ndp.advertise, static_cast<ndp::Owner&>(*this));
  }
}

void Network::reset() {
  question_ = {.token = question_.token, .open = false, .answered = false, .request = {}};
  ipcp_.forget_provided();
}

// --- The life of a line ---------------------------------------------------------------------------

void Network::start(Instant now, const LineLimits& limits) {
  now_ = now;
  limits_ = limits;
  stopping_ = false;
  failure_.reset();
  ipv4_ = {config_.ipcp.enabled, {}};
  ipv6_ = {config_.ipv6cp.enabled, {}};
  // "IPv6 requires that every link in the Internet have an MTU of 1280 octets or greater" (RFC 8200
  // section 5); Linux takes IPv6 off an interface that has less.
  const std::uint16_t mtu = std::min(limits.remote_mru, limits.local_mru);
  if (ipv6_.wanted && mtu < ndp::least_mtu) {
    ipv6_.wanted = false;
    fail(NetworkProtocol::ipv6,
         {EndReason::no_network_protocol,
          fmt::format("IPv6 needs packets of {} octets, and this link carries {}", ndp::least_mtu,
                      mtu)});
  }
  ipcp_.set_packet_limit(limits.remote_mru);
  ipcp_.allow_remote(owner_.peer_addresses());
  ipv6cp_.set_packet_limit(limits.remote_mru);
  // Both at once: neither waits for the other.
  if (ipv4_.wanted) {
    ipcp_.open(now);
    ipcp_.up(now);
  }
  if (ipv6_.wanted) {
    ipv6cp_.open(now);
    ipv6cp_.up(now);
  }
}

void Network::stop(Instant now) {
  now_ = now;
  stopping_ = true;
  question_.open = false;
  ipcp_.down(now);
  ipcp_.close(now);
  ipv6cp_.down(now);
  ipv6cp_.close(now);
}

bool Network::receive(Instant now, std::uint16_t protocol, Bytes packet) {
  now_ = now;
  switch (protocol) {
    case protocol::ipcp:
      if (!ipv4_.wanted) return false;
      if (!ask_owner(packet)) ipcp_.receive(now, packet);
      return true;
    case protocol::ipv6cp:
      if (!ipv6_.wanted) return false;
      ipv6cp_.receive(now, packet);
      return true;
    case protocol::ipv4:
    case protocol::ipv6:
      // Known, but not open: silently discarded (RFC 1661 section 3.5).
      if (!side(static_cast<NetworkProtocol>(protocol)).wanted) return false;
      count(Drop::not_open);
      return true;
    case protocol::vj_compressed:
    case protocol::vj_uncompressed:
      // While IPCP is not open these may be on their way since it was.
      if (!config_.ipcp.vj.request || ipcp_.opened()) return false;
      count(Drop::not_open);
      return true;
    default: return false;
  }
}

void Network::router_discovery(Instant now, Bytes packet) {
  now_ = now;
  host_.receive(now, packet);
  if (router_) router_->receive(now, packet);
}

void Network::protocol_rejected(Instant now, std::uint16_t protocol) {
  now_ = now;
  switch (protocol) {
    case protocol::ipcp:
    case protocol::ipv4: return ipcp_.rejected(now);
    case protocol::ipv6cp:
    case protocol::ipv6: return ipv6cp_.rejected(now);
    case protocol::vj_compressed:
    case protocol::vj_uncompressed:
      // It agreed to them and does not take them: then as they are.
      compression_.send.reset();
      return;
    default: return;
  }
}

std::optional<Instant> Network::next_timeout() const {
  auto next = earliest(ipcp_.next_timeout(), ipv6cp_.next_timeout());
  next = earliest(next, host_.next_timeout());
  return router_ ? earliest(next, router_->next_timeout()) : next;
}

void Network::handle_timeout(Instant now) {
  now_ = now;
  ipcp_.handle_timeout(now);
  ipv6cp_.handle_timeout(now);
  host_.handle_timeout(now);
  if (router_) router_->handle_timeout(now);
}

// --- The owner's choice of the peer's address -----------------------------------------------------

/// Holds the peer's request back until the owner has said which address it gets; a newer request
/// takes its place.
bool Network::ask_owner(Bytes packet) {
  if (!config_.ipcp.ask_owner || question_.answered || !is_configure_request(packet)) return false;
  question_.request.assign(packet.begin(), packet.end());
  if (std::exchange(question_.open, true)) return true;
  ++question_.token;
  owner_.network_event(AddressWanted{question_.token, wish_in(packet), owner_.peer_name()});
  return true;
}

bool Network::answers(std::uint64_t token) {
  return question_.token == token && std::exchange(question_.open, false);
}

void Network::provide_address(Instant now, std::uint64_t token, Ipv4Address remote) {
  now_ = now;
  if (!answers(token)) return;
  question_.answered = true;
  ipcp_.provide_remote(remote);
  const std::vector<std::byte> request = std::exchange(question_.request, {});
  ipcp_.receive(now, request);
}

void Network::refuse_address(Instant now, std::uint64_t token, std::string why) {
  now_ = now;
  if (!answers(token)) return;
  question_.request.clear();
  ipcp_.refuse_remote(now, std::move(why));
}

// --- What the layers tell ---------------------------------------------------------------------------

void Network::send_control(std::uint16_t protocol, Bytes packet) {
  owner_.send_network_control(protocol, packet);
}

void Network::send_ipv6(Bytes packet) {
  if (!owner_.send_network_packet(NetworkProtocol::ipv6, packet)) count(Drop::transmit_full);
}

void Network::layer_up(std::uint16_t protocol) {
  const NetworkProtocol network = network_protocol(protocol);
  side(network).failed.reset();
  if (network == NetworkProtocol::ipv4) return ipv4_up();
  ipv6_up();
}

void Network::layer_down(std::uint16_t protocol) {
  if (network_protocol(protocol) == NetworkProtocol::ipv4) {
    compression_ = {};
    return owner_.network_changed(NetworkProtocol::ipv4, false, Ipv4Down{});
  }
  host_.stop();
  if (router_) router_->stop();
  owner_.network_changed(NetworkProtocol::ipv6, false, Ipv6Down{});
}

void Network::ipv4_up() {
  begin_compression();
  owner_.network_changed(
      NetworkProtocol::ipv4, true,
      Ipv4Up{ipcp_.local(), ipcp_.remote(), ipcp_.dns(), limits_.remote_mru, ipcp_.nbns(),
             ipcp_.send_vj().has_value(), ipcp_.receive_vj().has_value()});
}

void Network::begin_compression() {
  compression_ = {};
  if (const auto& vj = ipcp_.send_vj()) {
    compression_.send.emplace(vj->max_slot + std::size_t{1}, vj->may_omit_connection);
  }
  if (const auto& vj = ipcp_.receive_vj()) compression_.receive.emplace(vj->max_slot + std::size_t{1});
}

void Network::ipv6_up() {
  const InterfaceIdentifier& local = ipv6cp_.local();
  const InterfaceIdentifier& remote = ipv6cp_.remote();
  owner_.network_changed(
      NetworkProtocol::ipv6, true,
      Ipv6Up{local, remote, link_local(local), remote.is_zero() ? Ipv6Address() : link_local(remote),
             limits_.remote_mru});
  if (router_) return router_->start(now_, local);
  host_.start(now_, local, limits_.remote_mru);
}

void Network::layer_finished(std::uint16_t protocol, cp::Finish finish) {
  if (stopping_ || finish == cp::Finish::closed) return;
  if (network_protocol(protocol) == NetworkProtocol::ipv4) {
    return fail(NetworkProtocol::ipv4,
                {finish == cp::Finish::no_agreement ? ipcp_.failure_reason()
                                                    : EndReason::no_network_protocol,
                 sentence("IPCP", "no agreement on IP addresses", finish, ipcp_, ipcp_.failure())});
  }
  fail(NetworkProtocol::ipv6,
       {EndReason::no_network_protocol,
        sentence("IPV6CP", "no agreement on interface identifiers", finish, ipv6cp_,
                 ipv6cp_.failure())});
}

/// The link goes on as long as one of the two is there or may still come.
void Network::fail(NetworkProtocol protocol, Failure failure) {
  const bool is_ipv4 = protocol == NetworkProtocol::ipv4;
  if (is_ipv4) {
    owner_.network_event(Ipv4Failed{failure.reason, failure.text});
  } else {
    owner_.network_event(Ipv6Failed{failure.reason, failure.text});
  }
  side(protocol).failed = std::move(failure);
  const bool ipv4_left = config_.ipcp.enabled && !ipv4_.failed;
  const bool ipv6_left = config_.ipv6cp.enabled && !ipv6_.failed;
  if (ipv4_left || ipv6_left) return;
  if (ipv4_.failed && ipv6_.failed) {
    failure_ = Failure{ipv4_.failed->reason, fmt::format("{}; for IPv6: {}", ipv4_.failed->text,
                                                         ipv6_.failed->text)};
  } else {
    failure_ = ipv4_.failed ? ipv4_.failed : ipv6_.failed;
  }
}

}  // namespace tunppp::link
