#include "cli/network_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <memory>

#include <tunppp/address_pool.h>

#include "crypto/md5.h"
#include "crypto/sha256.h"

namespace tunppp::cli {
namespace {

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

/// The same after each start, on this machine and interface, and nobody can tell the machine by it
/// (RFC 7217 section 5, without the prefix: the link-local address is formed before there is one).
Result<InterfaceIdentifier> stable_identifier(const std::string& interface) {
  std::string machine;
  std::ifstream("/etc/machine-id") >> machine;
  if (machine.empty())
    return wrong("--ipv6-identifier stable needs /etc/machine-id, and there is none");
  if (!crypto::available())
    return wrong("--ipv6-identifier stable needs cryptography, which this build is without");
  const std::string source = fmt::format("tunppp interface identifier {} {}", machine, interface);
  crypto::Sha256 hash;
  hash.update(std::as_bytes(std::span(source)));
  const crypto::Sha256Digest digest = hash.finish();
  InterfaceIdentifier identifier;
  std::transform(digest.begin(), digest.begin() + 8, identifier.octets.begin(),
                 [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
  identifier.octets[0] &= 0xfd;  // the u bit is 0 where it was not made of a worldwide unique one
  return identifier;
}

Result<InterfaceIdentifier> identifier(const std::string& text, const std::string& interface) {
  if (text == "random") return InterfaceIdentifier();
  if (text == "stable") return stable_identifier(interface);
  const std::optional<InterfaceIdentifier> parsed = parse_identifier(text);
  if (parsed && !parsed->is_zero()) return *parsed;
  return wrong(fmt::format(
      "--ipv6-identifier wants random, stable or an identifier such as 0200:5eff:fe00:5301, not {}",
      text));
}

Result<Ipv4Address> address(std::string_view option, const std::string& text) {
  if (const std::optional<Ipv4Address> parsed = parse_ipv4(text)) return *parsed;
  return wrong(fmt::format("{} wants an IPv4 address, not {}", option, text));
}

/// IPv4 ones go by IPCP, which has room for two; IPv6 ones by advertisements.
Status set_servers(const PoolArguments& arguments, LinkConfig& link) {
  std::vector<Ipv4Address> ipv4;
  for (const std::string& text : arguments.dns) {
    const std::optional<Ipv6Address> ipv6 = parse_ipv6(text);
    if (ipv6 && link.ndp.advertise) {
      link.ndp.advertise->dns.push_back(*ipv6);
      continue;
    }
    if (ipv6) return wrong("--dns with an IPv6 address needs --ipv6-prefix: it is advertised");
    const Result<Ipv4Address> server = address("--dns", text);
    if (!server) return server.failure();
    ipv4.push_back(*server);
  }
  if (ipv4.size() > link.ipcp.offer_dns.size())
    return wrong("PPP has room for two IPv4 addresses with --dns");
  std::copy(ipv4.begin(), ipv4.end(), link.ipcp.offer_dns.begin());
  for (std::size_t i = 0; i < arguments.nbns.size(); ++i) {
    const Result<Ipv4Address> server = address("--nbns", arguments.nbns[i]);
    if (!server) return server.failure();
    link.ipcp.offer_nbns[i] = *server;
  }
  return {};
}

Status set_prefix(const PoolArguments& arguments, LinkConfig& link) {
  if (arguments.ipv6_prefix.empty()) return {};
  const std::optional<Ipv6Prefix> prefix = parse_ipv6_prefix(arguments.ipv6_prefix);
  if (!prefix || prefix->length != 64 || prefix->address.is_multicast() ||
      prefix->address.is_link_local())
    return wrong(
        fmt::format("--ipv6-prefix wants a prefix of 64 bits such as 2001:db8:1::/64, not {}",
                    arguments.ipv6_prefix));
  AdvertiseConfig& advertise = link.ndp.advertise.emplace();
  advertise.prefix = *prefix;
  // In the proportion that RFC 4861 section 6.2.1 has by default: 30 and 7 days.
  const std::chrono::duration<double> valid(arguments.ipv6_lifetime);
  advertise.valid_lifetime = std::chrono::duration_cast<Duration>(valid);
  advertise.preferred_lifetime = std::chrono::duration_cast<Duration>(valid * 7 / 30);
  return {};
}

/// The addresses of the pool in turn; one that the peer wishes when it is free.
Status set_ranges(const PoolArguments& arguments, DialerOptions& options) {
  const auto ranges = parse_ranges(arguments.pool);
  if (!ranges)
    return wrong(fmt::format("--pool wants ranges such as 10.0.0.2-10.0.0.9,10.1.0.0/24, not {}",
                             arguments.pool));
  const auto pool = std::make_shared<AddressPool>(*ranges);
  pool->exclude(options.link.ipcp.local);
  if (pool->size() == 0) return wrong("--pool has no address beside --local");
  options.link.ipcp.ask_owner = true;
  // This process serves one caller: what the last session leased is free again.
  options.find_address =
      [pool, leased = std::optional<Ipv4Address>()](const AddressWanted& wanted) mutable {
        if (leased) pool->release(*leased);
        leased = pool->lease(wanted.wish);
        return leased;
      };
  return {};
}

/// Leaves nullopt where neither was given; of itself CLI11 takes an optional for a count, from 0
/// on.
std::function<void(std::int64_t)> said(std::optional<bool>& answer) {
  return [&answer](std::int64_t count) { answer = count > 0; };
}

}  // namespace

void add_network_options(CLI::App& command, NetworkArguments& arguments) {
  command
      .add_flag_function("--ipv4,!--no-ipv4", said(arguments.ipv4),
                         "Ask for IPv4 (on by default, but not with --modem and --pdp-type ipv6)")
      ->group("Network");
  command
      .add_flag_function(
          "--ipv6,!--no-ipv6", said(arguments.ipv6),
          "Ask for IPv6 (on by default, but not with --modem and --pdp-type ip); where the "
          "peer has none, that is told and IPv4 goes on")
      ->group("Network");
  command
      .add_option("--ipv6-identifier", arguments.identifier,
                  "The lower half of our IPv6 addresses: random, stable (of this machine and "
                  "interface), or as 0200:5eff:fe00:5301")
      ->type_name("HOW")
      ->capture_default_str()
      ->group("Network");
  command
      .add_flag_function(
          "--vj,!--no-vj", said(arguments.vj),
          "Van Jacobson compression of TCP headers, both ways: worth it on a slow serial line; "
          "most modems refuse, and a mobile network gains nothing, so it is off by default")
      ->group("Network");
  command.add_option("--vj-slots", arguments.vj_slots, "Connections whose headers are remembered")
      ->type_name("COUNT")
      ->capture_default_str()
      ->check(CLI::Range(2, 255))
      ->group("Network");
}

Status set_network(const NetworkArguments& arguments, const std::string& interface,
                   LinkConfig& link) {
  const bool ipv4 = arguments.ipv4.value_or(true);
  const bool ipv6 = arguments.ipv6.value_or(true);
  if (!ipv4 && !ipv6) return wrong("--no-ipv4 and --no-ipv6 together leave nothing to do");
  Result<InterfaceIdentifier> local = identifier(arguments.identifier, interface);
  if (!local) return local.failure();
  link.ipcp.enabled = ipv4;
  link.ipv6cp.enabled = ipv6;
  link.ipv6cp.local = *local;
  link.ipcp.vj.request = arguments.vj.value_or(false);
  link.ipcp.vj.accept = arguments.vj.value_or(false);
  link.ipcp.vj.slots = static_cast<std::uint16_t>(arguments.vj_slots);
  return {};
}

void add_pool_options(CLI::App& command, PoolArguments& arguments) {
  command.add_option("--local", arguments.local, "Our address")
      ->type_name("ADDRESS")
      ->group("Network");
  command.add_option("--remote", arguments.remote, "The address that the peer gets")
      ->type_name("ADDRESS")
      ->group("Network");
  command
      .add_option(
          "--pool", arguments.pool,
          "The addresses of which the peer gets one, its own wish if that is among them and "
          "free")
      ->type_name("RANGES")
      ->group("Network");
  command
      .add_option("--dns", arguments.dns,
                  "Name servers to tell the peer; of IPv4 twice at most, IPv6 with --ipv6-prefix")
      ->type_name("ADDRESS")
      ->group("Network");
  command.add_option("--nbns", arguments.nbns, "NetBIOS name servers to tell it; twice at most")
      ->type_name("ADDRESS")
      ->expected(1, 2)
      ->group("Network");
  command
      .add_option("--ipv6-prefix", arguments.ipv6_prefix,
                  "Be its IPv6 router: it forms an address of this prefix")
      ->type_name("PREFIX/64")
      ->group("Network");
  command
      .add_option(
          "--ipv6-lifetime", arguments.ipv6_lifetime,
          "For how long that address is valid, unless it is advertised again, which is done "
          "every ten minutes")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 4e9))
      ->group("Network");
}

Status set_pool(const PoolArguments& arguments, DialerOptions& options) {
  LinkConfig& link = options.link;
  if (!link.ipv6cp.enabled && !arguments.ipv6_prefix.empty())
    return wrong("--ipv6-prefix and --no-ipv6 exclude each other");
  if (Status status = set_prefix(arguments, link)) return status;
  if (Status status = set_servers(arguments, link)) return status;
  IpcpConfig& ipcp = link.ipcp;
  ipcp.request_dns = false;
  if (!ipcp.enabled) return {};

  if (arguments.local.empty()) return wrong("serve needs --local ADDRESS, or --no-ipv4");
  if (arguments.remote.empty() == arguments.pool.empty())
    return wrong(arguments.remote.empty()
                     ? "serve needs --remote ADDRESS or --pool RANGES, or --no-ipv4"
                     : "--remote and --pool exclude each other");
  const Result<Ipv4Address> local = address("--local", arguments.local);
  if (!local) return local.failure();
  ipcp.local = *local;
  ipcp.accept_local = false;
  ipcp.accept_remote = false;
  if (!arguments.pool.empty()) return set_ranges(arguments, options);
  const Result<Ipv4Address> remote = address("--remote", arguments.remote);
  if (!remote) return remote.failure();
  if (*remote == *local) return wrong("--local and --remote cannot be the same address");
  ipcp.remote = *remote;
  return {};
}

}  // namespace tunppp::cli
