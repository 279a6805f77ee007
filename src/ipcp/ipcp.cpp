#include "ipcp/ipcp.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/protocol.h"

namespace tunppp::ipcp {
namespace {

/// What Qualcomm modems say while the bearer is not there yet; never a server's address.
constexpr Ipv4Address placeholder_dns[] = {{{10, 11, 12, 13}}, {{10, 11, 12, 14}}};

bool is_placeholder(Ipv4Address address) {
  return address == placeholder_dns[0] || address == placeholder_dns[1];
}

/// A peer that says 0.0.0.0 is told an address this often before the option is rejected: slirp
/// ends IPCP at a Reject, other peers take no Nak.
constexpr unsigned fallback_nak_limit = 2;

/// Naks with 0.0.0.0 as the name server before it counts as having none.
constexpr unsigned empty_dns_nak_limit = 5;

}  // namespace

Ipcp::Ipcp(const IpcpConfig& config, cp::Host& host)
    : ControlProtocol(protocol::ipcp, config.restart, host), config_(config) {}

Ipv4Address Ipcp::remote() const {
  if (!remote_.is_unspecified()) return remote_;
  return config_.remote.is_unspecified() ? fallback() : config_.remote;
}

/// For a peer without an address; its neighbour if that one is ours.
Ipv4Address Ipcp::fallback() const {
  Ipv4Address address = config_.fallback_remote;
  if (address == local_) address.octets[3] ^= 1;
  return address;
}

void Ipcp::begin_negotiation() {
  local_ = config_.local;
  ask_local_ = true;
  dns_ = {};
  ask_dns_.fill(config_.request_dns);
  not_ready_ = named_option_ = false;
  fallback_naks_ = empty_dns_naks_ = 0;
  failure_.clear();
}

void Ipcp::write_options(Writer& out) {
  if (ask_local_) write_address(out, OptionType::ip_address, local_);
  if (ask_dns_[0]) write_address(out, OptionType::primary_dns, dns_[0]);
  if (ask_dns_[1]) write_address(out, OptionType::secondary_dns, dns_[1]);
}

void Ipcp::begin_peer_request() {
  remote_ = {};
  remote_named_ = false;
}

cp::Verdict Ipcp::judge(const cp::Option& option, Writer& nak) {
  const auto type = static_cast<OptionType>(option.type);
  switch (type) {
    case OptionType::ip_address: return judge_remote(option, nak);
    case OptionType::primary_dns: return judge_server(option, type, config_.offer_dns[0], nak);
    case OptionType::secondary_dns: return judge_server(option, type, config_.offer_dns[1], nak);
    case OptionType::primary_nbns: return judge_server(option, type, config_.offer_nbns[0], nak);
    case OptionType::secondary_nbns: return judge_server(option, type, config_.offer_nbns[1], nak);
    case OptionType::ip_compression: break;
  }
  return cp::Verdict::reject;
}

cp::Verdict Ipcp::judge_remote(const cp::Option& option, Writer& nak) {
  const auto address = parse_address(option);
  if (!address) return cp::Verdict::reject;
  remote_named_ = true;
  const bool assigned = !config_.remote.is_unspecified();
  if (address->is_unspecified()) {
    // "If ... 0.0.0.0, it indicates a request that the peer provide the IP-address" (RFC 1332 3.3)
    if (!assigned && ++fallback_naks_ > fallback_nak_limit) return cp::Verdict::reject;
    write_address(nak, OptionType::ip_address, assigned ? config_.remote : fallback());
    return cp::Verdict::nak;
  }
  if (assigned && !config_.accept_remote && *address != config_.remote) {
    write_address(nak, OptionType::ip_address, config_.remote);
    return cp::Verdict::nak;
  }
  remote_ = *address;
  return cp::Verdict::ack;
}

cp::Verdict Ipcp::judge_server(const cp::Option& option, OptionType type, Ipv4Address offer,
                               Writer& nak) {
  const auto address = parse_address(option);
  if (!address || offer.is_unspecified()) return cp::Verdict::reject;
  if (*address == offer) return cp::Verdict::ack;
  write_address(nak, type, offer);
  return cp::Verdict::nak;
}

/// A server that must know the peer's address asks for it; a client takes what comes: many modems
/// name no address of their own.
void Ipcp::judge_absent(Writer& nak) {
  if (remote_named_ || config_.remote.is_unspecified() || config_.accept_remote) return;
  write_address(nak, OptionType::ip_address, config_.remote);
}

void Ipcp::peer_nak(const cp::Option& option) {
  named_option_ = true;
  const auto address = parse_address(option);
  switch (static_cast<OptionType>(option.type)) {
    case OptionType::ip_address:
      if (address) nak_local(*address);
      return;
    case OptionType::primary_dns:
      if (address) nak_dns(0, *address);
      return;
    case OptionType::secondary_dns:
      if (address) nak_dns(1, *address);
      return;
    case OptionType::ip_compression:
    case OptionType::primary_nbns:
    case OptionType::secondary_nbns: return;
  }
}

void Ipcp::nak_local(Ipv4Address suggested) {
  ask_local_ = true;
  if (suggested.is_unspecified()) {
    not_ready_ = true;
    return;
  }
  const bool may_change = config_.local.is_unspecified() || config_.accept_local;
  if (may_change) local_ = suggested;
}

void Ipcp::nak_dns(std::size_t index, Ipv4Address suggested) {
  if (!config_.request_dns) return;  // offered unasked
  if (is_placeholder(suggested)) {
    not_ready_ = true;
    return;
  }
  if (suggested.is_unspecified()) {
    // Not ready, or there is none: a second server often is not.
    if (index == 0 && ++empty_dns_naks_ <= empty_dns_nak_limit) {
      not_ready_ = true;
    } else {
      ask_dns_[index] = false;
    }
    return;
  }
  ask_dns_[index] = true;
  dns_[index] = suggested;
}

void Ipcp::peer_reject(const cp::Option& option) {
  named_option_ = true;
  switch (static_cast<OptionType>(option.type)) {
    case OptionType::ip_address:
      // Without the option both sides must know the addresses (RFC 1332 section 3.3).
      ask_local_ = false;
      local_ = config_.local;
      if (local_.is_unspecified()) fail("the peer assigns no address to us");
      return;
    case OptionType::primary_dns:
    case OptionType::secondary_dns: {
      const bool second = option.type == static_cast<std::uint8_t>(OptionType::secondary_dns);
      ask_dns_[second] = false;
      dns_[second] = {};
      return;
    }
    case OptionType::ip_compression:
    case OptionType::primary_nbns:
    case OptionType::secondary_nbns: return;
  }
}

Duration Ipcp::pause_before_request() {
  // A modem whose bearer is not there yet may also Nak without saying what it wants.
  const bool ready = !not_ready_ && named_option_;
  not_ready_ = named_option_ = false;
  return ready ? Duration{0} : config_.not_ready_pause;
}

void Ipcp::on_up(Instant) {
  for (Ipv4Address& server : dns_) {
    if (is_placeholder(server)) server = {};
  }
  if (local_.is_unspecified()) return fail("the peer assigned the address 0.0.0.0 to us");
  if (local_ == remote()) {
    fail(fmt::format("both ends would have the address {}", to_string(local_)));
  }
}

void Ipcp::fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
  give_up(cp::Finish::no_agreement);
}

}  // namespace tunppp::ipcp
