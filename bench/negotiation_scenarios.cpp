// The ways to an address that are measured, each with the least that the protocols allow.
#include <fstream>
#include <iterator>

#include "negotiation.h"
#include "recorded_server.h"

#include "base/protocol.h"

namespace tunppp::bench {
namespace {

std::unique_ptr<End> ours(const LinkConfig& config) {
  return std::make_unique<LinkEnd>(config, 2);
}

// Requests of both sides cross, so LCP takes one round trip, however it is begun: a server that
// waits for our first request sends its own along with the Ack. Then we may speak.
const std::string lcp = "LCP 1";
// Our request, its Ack.
const std::string by_pap = "PAP 1";
// The server is open when our Ack to its request is there, half a round trip after us at the
// latest, and only then may it challenge: challenge, response, success are one and a half.
const std::string by_chap = "CHAP 1.5";
// Nobody but the server knows our address, and it can say it in a Nak alone, which answers a
// request: request, Nak, request, Ack.
const std::string ipcp = "IPCP 2";
// Challenge and response between Identity and its answer before, and Success after them. Version 2
// of MS-CHAP has its own success to be acknowledged. TLS 1.2: Start and ClientHello, the server's
// flight and the client's, the server's end and an empty answer; nothing here needs a fragment.
const std::string by_eap_md5 = "EAP 2.5";
const std::string by_eap_mschap_v2 = "EAP 3.5";
const std::string by_eap_tls = "EAP 4.5";
// Both ends name their identifiers at once. The router is open when we are, and tells its prefix
// without being asked. If it was the one to judge our proof, it begins half a round trip before us,
// and its advertisement comes along with its Ack.
const std::string ipv6 = "IPV6CP 1 + advertisement 0.5";
const std::string ipv6_after_proof = "IPV6CP 1";

/// Answers at once, with success whatever is sent, names no address of its own: a modem.
Behaviour modem(std::uint16_t authentication) {
  Behaviour behaviour;
  behaviour.lcp_options = {2, 6, 0, 0, 0, 0, 5, 6, 0x3a, 0x91, 0x0c, 0x44, 7, 2, 8, 2};
  const auto ask = [&](std::initializer_list<std::uint8_t> option) {
    for (std::uint8_t octet : option) behaviour.lcp_options.push_back(octet);
  };
  if (authentication == protocol::chap) ask({3, 5, 0xc2, 0x23, 5});
  if (authentication == protocol::pap) ask({3, 4, 0xc0, 0x23});
  behaviour.authentication = authentication;
  behaviour.discard_request = true;
  return behaviour;
}

std::unique_ptr<End> modem_without(const LinkConfig&) {
  return std::make_unique<RecordedServer>(modem(0));
}
std::unique_ptr<End> modem_with_pap(const LinkConfig&) {
  return std::make_unique<RecordedServer>(modem(protocol::pap));
}
std::unique_ptr<End> modem_with_chap(const LinkConfig&) {
  return std::make_unique<RecordedServer>(modem(protocol::chap));
}
/// An access server: speaks at once, as we do, and has an address of its own.
std::unique_ptr<End> access_server(const LinkConfig&) {
  Behaviour behaviour = modem(protocol::chap);
  behaviour.speaks_first = true;
  behaviour.discard_request = false;
  behaviour.ipcp_options = {3, 6, 10, 160, 0, 254};
  return std::make_unique<RecordedServer>(behaviour);
}
/// The same without name servers to tell: what it has to reject costs a round trip of its own,
/// because a Reject goes before any Nak (RFC 1661 section 5).
std::unique_ptr<End> without_name_servers(const LinkConfig&) {
  Behaviour behaviour = modem(protocol::chap);
  behaviour.speaks_first = true;
  behaviour.discard_request = false;
  behaviour.ipcp_options = {3, 6, 10, 160, 0, 254};
  behaviour.rejects = {129, 131};
  return std::make_unique<RecordedServer>(behaviour);
}

}  // namespace

LinkConfig client_config(std::vector<AuthMethod> accept) {
  LinkConfig config;
  config.auth.user = "alice";
  config.auth.password = Secret("s3cret");
  config.auth.accept = std::move(accept);
  return config;
}

LinkConfig server_config(std::vector<AuthMethod> require) {
  LinkConfig config;
  config.auth.require = std::move(require);
  config.ipcp.local = {{10, 0, 0, 1}};
  config.ipcp.remote = {{10, 0, 0, 2}};
  config.ipcp.offer_dns = {Ipv4Address{{10, 0, 0, 53}}, Ipv4Address{{10, 0, 1, 53}}};
  return config;
}

namespace {

std::string file(const std::string& name) {
  std::ifstream in(TUNPPP_SOURCE_DIR "/tests/data/tls/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Within the days of the certificates that the tests have.
constexpr std::chrono::sys_days certificate_day = std::chrono::year{2030} / 6 / 1;

TlsConfig tls_of(const std::string& role) {
  TlsConfig tls;
  tls.certificate = file(role + ".pem");
  tls.private_key = Secret(file(role + ".key"));
  tls.ca = file("ca.pem");
  tls.boot_time = certificate_day;
  return tls;
}

}  // namespace

std::vector<Scenario> scenarios() {
  using enum AuthMethod;
  const LinkConfig client = client_config({chap_md5, AuthMethod::pap});
  std::vector<Scenario> all;
  const auto between_links = [&](std::string name, std::vector<AuthMethod> method, double least,
                                 std::string why) {
    LinkConfig one = client;
    if (!method.empty()) one.auth.accept = method;
    LinkConfig other = server_config(method);
    one.auth.tls = tls_of("client");
    other.auth.tls = tls_of("server");
    all.push_back({std::move(name), Wanted::ipv4, one, ours, other, least, std::move(why)});
  };
  between_links("link, no authentication", {}, 3, lcp + " + " + ipcp);
  between_links("link, PAP", {AuthMethod::pap}, 4, lcp + " + " + by_pap + " + " + ipcp);
  between_links("link, CHAP-MD5", {chap_md5}, 4.5, lcp + " + " + by_chap + " + " + ipcp);

  between_links("link, MS-CHAPv2", {mschap_v2}, 4.5, lcp + " + " + by_chap + " + " + ipcp);
  between_links("link, EAP-MD5", {eap_md5}, 5.5, lcp + " + " + by_eap_md5 + " + " + ipcp);
  between_links("link, EAP-MSCHAPv2", {eap_mschap_v2}, 6.5,
                lcp + " + " + by_eap_mschap_v2 + " + " + ipcp);
  between_links("link, EAP-TLS 1.2", {eap_tls}, 7.5, lcp + " + " + by_eap_tls + " + " + ipcp);

  const auto ipv6_between_links = [&](std::string name, std::vector<AuthMethod> method,
                                      bool with_ipv4, double least, std::string why) {
    LinkConfig one = client;
    if (!method.empty()) one.auth.accept = method;
    LinkConfig other = server_config(method);
    for (LinkConfig* config : {&one, &other}) {
      config->ipcp.enabled = with_ipv4;
      config->ipv6cp.enabled = true;
    }
    other.ndp.solicit = false;
    other.ndp.advertise = AdvertiseConfig{};
    other.ndp.advertise->prefix = *parse_ipv6_prefix("2001:db8:1::/64");
    all.push_back({std::move(name), Wanted::ipv6, one, ours, other, least, std::move(why)});
  };
  ipv6_between_links("link, no authentication, IPv6 alone", {}, false, 2.5, lcp + " + " + ipv6);
  ipv6_between_links("link, no authentication, IPv6 beside IPv4", {}, true, 2.5,
                     lcp + " + " + ipv6);
  ipv6_between_links("link, CHAP-MD5, IPv6 beside IPv4", {chap_md5}, true, 3.5,
                     lcp + " + " + by_chap + " + " + ipv6_after_proof);

  const auto recorded = [&](std::string name, std::unique_ptr<End> (*server)(const LinkConfig&),
                            double least, std::string why) {
    all.push_back({std::move(name), Wanted::ipv4, client, server, {}, least, std::move(why)});
  };
  recorded("modem, no authentication", modem_without, 3, lcp + " + " + ipcp);
  recorded("modem, PAP", modem_with_pap, 4, lcp + " + " + by_pap + " + " + ipcp);
  // It has waited for our request, so it hears our Ack half a round trip after we are open.
  recorded("modem, CHAP", modem_with_chap, 5,
           lcp + " + " + by_chap + " + 0.5 (it waits) + " + ipcp);
  recorded("access server, CHAP", access_server, 4.5, lcp + " + " + by_chap + " + " + ipcp);
  recorded("access server, CHAP, no name servers", without_name_servers, 5.5,
           lcp + " + " + by_chap + " + 1 (Reject) + " + ipcp);
  // What it does not know, it rejects, and nothing waits for that.
  recorded("modem, CHAP, IPv6 asked for and rejected", modem_with_chap, 5,
           lcp + " + " + by_chap + " + 0.5 (it waits) + " + ipcp);
  all.back().client.ipv6cp.enabled = true;
  return all;
}

}  // namespace tunppp::bench
