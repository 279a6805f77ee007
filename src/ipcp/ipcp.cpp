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
constexpr unsigned empty_nak_limit = 5;

VjOption our_vj(const VjConfig& config) {
  const auto slots = std::clamp<std::uint16_t>(config.slots, 1, 255);
  return {static_cast<std::uint8_t>(slots - 1), config.compress_connection_id};
}

}  // namespace

Ipcp::Ipcp(const IpcpConfig& config, cp::Host& host)
    : ControlProtocol(protocol::ipcp, config.restart, host),
      config_(config),
      wanted_{{{config.request_dns, false, true, &servers_[0]},
               {config.request_nbns, false, false, &nbns_[0]},
               {config.request_dns, false, false, &servers_[1]},
               {config.request_nbns, false, false, &nbns_[1]}}} {
  forget_provided();
}

Ipv4Address Ipcp::remote() const {
  if (!remote_.is_unspecified()) return remote_;
  return assigned_.is_unspecified() ? fallback() : assigned_;
}

/// For a peer without an address; its neighbour if that one is ours.
Ipv4Address Ipcp::fallback() const {
  Ipv4Address address = config_.fallback_remote;
  if (address == local_) address.octets[3] ^= 1;
  return address;
}

void Ipcp::provide_remote(Ipv4Address address) {
  assigned_ = address;
  insists_ = !address.is_unspecified();
  prefer_allowed();
}

void Ipcp::allow_remote(AllowedAddresses allowed) {
  allowed_ = std::move(allowed);
  prefer_allowed();
}

void Ipcp::prefer_allowed() {
  const auto single = allowed_.single();
  if (single && (assigned_.is_unspecified() || !may_have(assigned_))) assigned_ = *single;
}

void Ipcp::forget_provided() {
  assigned_ = config_.remote;
  insists_ = !config_.accept_remote && !config_.remote.is_unspecified();
}

void Ipcp::refuse_remote(Instant now, std::string why) {
  fail(EndReason::no_address, std::move(why));
  close(now);
}

void Ipcp::begin_negotiation() {
  local_ = config_.local;
  ask_local_ = true;
  servers_ = nbns_ = {};
  for (Wanted& server : wanted_) server.ask = server.wished;
  ask_vj_.reset();
  if (config_.vj.request) ask_vj_ = our_vj(config_.vj);
  not_ready_ = named_option_ = vj_nakked_ = false;
  fallback_naks_ = empty_naks_ = 0;
  failure_.clear();
  argument_.clear();
  failure_reason_ = EndReason::no_network_protocol;
}

void Ipcp::write_options(Writer& out) {
  if (ask_local_) write_address(out, OptionType::ip_address, local_);
  if (ask_vj_) write_vj(out, *ask_vj_);
  constexpr OptionType types[] = {OptionType::primary_dns, OptionType::primary_nbns,
                                  OptionType::secondary_dns, OptionType::secondary_nbns};
  for (const OptionType type : types) {
    const Wanted& server = *wanted(type);
    if (server.ask) write_address(out, type, *server.value);
  }
}

void Ipcp::begin_peer_request() {
  remote_ = {};
  remote_named_ = false;
  send_vj_.reset();
}

cp::Verdict Ipcp::judge(const cp::Option& option, Writer& nak) {
  const auto type = static_cast<OptionType>(option.type);
  switch (type) {
    case OptionType::ip_address: return judge_remote(option, nak);
    case OptionType::ip_compression: return judge_vj(option, nak);
    case OptionType::primary_dns: return judge_server(option, type, config_.offer_dns[0], nak);
    case OptionType::secondary_dns: return judge_server(option, type, config_.offer_dns[1], nak);
    case OptionType::primary_nbns: return judge_server(option, type, config_.offer_nbns[0], nak);
    case OptionType::secondary_nbns: return judge_server(option, type, config_.offer_nbns[1], nak);
  }
  return cp::Verdict::reject;
}

cp::Verdict Ipcp::judge_remote(const cp::Option& option, Writer& nak) {
  const auto address = parse_address(option);
  if (!address) return cp::Verdict::reject;
  remote_named_ = true;
  const bool assigned = !assigned_.is_unspecified();
  if (address->is_unspecified()) {
    // "If ... 0.0.0.0, it indicates a request that the peer provide the IP-address" (RFC 1332 3.3)
    if (!may_have(assigned ? assigned_ : fallback())) return refuse_address(assigned_, nak);
    if (!assigned && ++fallback_naks_ > fallback_nak_limit) return cp::Verdict::reject;
    write_address(nak, OptionType::ip_address, assigned ? assigned_ : fallback());
    return cp::Verdict::nak;
  }
  if (insists_ && *address != assigned_) {
    argument_ = fmt::format("the peer insists on the address {}, but is to have {}",
                            to_string(*address), to_string(assigned_));
    if (*address == local_) {
      failure_reason_ = EndReason::address_conflict;
      argument_ = fmt::format("the peer insists on the address {}, which is ours",
                              to_string(*address));
    }
    write_address(nak, OptionType::ip_address, assigned_);
    return cp::Verdict::nak;
  }
  if (!may_have(*address)) return refuse_address(*address, nak);
  remote_ = *address;
  return cp::Verdict::ack;
}

/// The peer may not have it: suggests what it may have, or gives up if we know of nothing.
cp::Verdict Ipcp::refuse_address(Ipv4Address address, Writer& nak) {
  argument_ = address.is_unspecified()
                  ? "there is no address that the peer may have"
                  : fmt::format("the peer may not have the address {}", to_string(address));
  failure_reason_ = EndReason::no_address;
  if (assigned_.is_unspecified() || !may_have(assigned_)) {
    fail(EndReason::no_address, argument_);
    return cp::Verdict::reject;
  }
  write_address(nak, OptionType::ip_address, assigned_);
  return cp::Verdict::nak;
}

cp::Verdict Ipcp::judge_server(const cp::Option& option, OptionType type, Ipv4Address offer,
                               Writer& nak) {
  const auto address = parse_address(option);
  if (!address || offer.is_unspecified()) return cp::Verdict::reject;
  if (*address == offer) return cp::Verdict::ack;
  write_address(nak, type, offer);
  return cp::Verdict::nak;
}

/// What the peer says of slots is what it can put back: fewer may be used of them, so there is
/// nothing to argue about. Another compression is answered with this one, once.
cp::Verdict Ipcp::judge_vj(const cp::Option& option, Writer& nak) {
  if (!config_.vj.accept) return cp::Verdict::reject;
  const VjOption ours = our_vj(config_.vj);
  if (const auto vj = parse_vj(option)) {
    send_vj_ = {std::min(vj->max_slot, ours.max_slot),
                vj->may_omit_connection && ours.may_omit_connection};
    return cp::Verdict::ack;
  }
  if (std::exchange(vj_nakked_, true)) return cp::Verdict::reject;
  write_vj(nak, ours);
  return cp::Verdict::nak;
}

/// A server that must know the peer's address asks for it; a client takes what comes: many modems
/// name no address of their own.
void Ipcp::judge_absent(Writer& nak) {
  if (remote_named_ || !insists_) return;
  write_address(nak, OptionType::ip_address, assigned_);
}

Ipcp::Wanted* Ipcp::wanted(OptionType type) {
  switch (type) {
    case OptionType::primary_dns: return &wanted_[0];
    case OptionType::primary_nbns: return &wanted_[1];
    case OptionType::secondary_dns: return &wanted_[2];
    case OptionType::secondary_nbns: return &wanted_[3];
    case OptionType::ip_compression:
    case OptionType::ip_address: break;
  }
  return nullptr;
}

void Ipcp::peer_nak(const cp::Option& option) {
  named_option_ = true;
  const auto type = static_cast<OptionType>(option.type);
  if (type == OptionType::ip_compression) return nak_vj(option);
  const auto address = parse_address(option);
  if (!address) return;
  if (type == OptionType::ip_address) return nak_local(*address);
  if (Wanted* server = wanted(type)) nak_server(*server, *address);
}

void Ipcp::nak_local(Ipv4Address suggested) {
  ask_local_ = true;
  if (suggested.is_unspecified()) {
    not_ready_ = true;
    return;
  }
  const bool may_change = config_.local.is_unspecified() || config_.accept_local;
  if (may_change) {
    local_ = suggested;
    return;
  }
  argument_ = fmt::format("the peer wants us to have the address {}, but we insist on {}",
                          to_string(suggested), to_string(local_));
}

void Ipcp::nak_server(Wanted& server, Ipv4Address suggested) {
  if (!server.wished) return;  // offered unasked
  if (is_placeholder(suggested)) {
    not_ready_ = true;
    return;
  }
  if (suggested.is_unspecified()) {
    // Not ready, or there is none: a second server often is not.
    if (server.is_main && ++empty_naks_ <= empty_nak_limit) {
      not_ready_ = true;
    } else {
      server.ask = false;
    }
    return;
  }
  server.ask = true;
  *server.value = suggested;
}

/// Down to what the peer can do. Another protocol than ours is none that we speak.
void Ipcp::nak_vj(const cp::Option& option) {
  if (!ask_vj_) return;  // offered unasked
  const auto vj = parse_vj(option);
  if (!vj) return ask_vj_.reset();
  ask_vj_ = VjOption{std::min(ask_vj_->max_slot, vj->max_slot),
                     ask_vj_->may_omit_connection && vj->may_omit_connection};
}

void Ipcp::peer_reject(const cp::Option& option) {
  named_option_ = true;
  const auto type = static_cast<OptionType>(option.type);
  if (type == OptionType::ip_compression) return ask_vj_.reset();
  if (Wanted* server = wanted(type)) {
    server->ask = false;
    *server->value = {};
    return;
  }
  if (type != OptionType::ip_address) return;
  // Without the option both sides must know the addresses (RFC 1332 section 3.3).
  ask_local_ = false;
  local_ = config_.local;
  if (local_.is_unspecified()) fail(EndReason::no_address, "the peer assigns no address to us");
}

Duration Ipcp::pause_before_request() {
  // A modem whose bearer is not there yet may also Nak without saying what it wants.
  const bool ready = !not_ready_ && named_option_;
  not_ready_ = named_option_ = false;
  return ready ? Duration{0} : config_.not_ready_pause;
}

void Ipcp::on_up(Instant) {
  for (Ipv4Address& server : servers_) {
    if (is_placeholder(server)) server = {};
  }
  if (local_.is_unspecified()) {
    return fail(EndReason::no_address, "the peer assigned the address 0.0.0.0 to us");
  }
  if (!may_have(remote())) {
    return fail(EndReason::no_address,
                fmt::format("the peer may not have the address {}", to_string(remote())));
  }
  if (local_ == remote()) {
    fail(EndReason::address_conflict,
         fmt::format("both ends would have the address {}", to_string(local_)));
  }
}

void Ipcp::fail(EndReason reason, std::string why) {
  if (failure_.empty()) {
    failure_ = std::move(why);
    failure_reason_ = reason;
  }
  give_up(cp::Finish::no_agreement);
}

}  // namespace tunppp::ipcp
