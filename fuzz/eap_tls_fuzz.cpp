// EAP-TLS, both sides against each other, with a line between them on which packets are changed,
// cut, lost, doubled and invented as the input says; fragments of all sizes.
#include <fstream>
#include <iterator>

#include "eap_fuzz.h"

namespace tunppp::fuzz {
namespace {

std::string file(const std::string& name) {
  std::ifstream in(TUNPPP_TLS_DATA "/" + name);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  require(!text.empty(), "the certificates are there");
  return text;
}

TlsConfig certificate(const std::string& name) {
  TlsConfig config;
  config.certificate = file(name + ".pem");
  config.private_key = Secret(file(name + ".key"));
  config.ca = file("ca.pem");
  config.boot_time = std::chrono::sys_seconds(std::chrono::seconds(1893456000));
  return config;
}

struct Side {
  explicit Side(std::size_t mtu_) : mtu(mtu_), host(mtu_) {}

  const std::size_t mtu;
  AuthConfig config;
  EapHost host;
  std::unique_ptr<auth::Authenticator> authenticator;
};

/// One packet, or what became of it. Most arrive as they are, or nothing would ever go far.
void deliver(Input& input, std::vector<std::byte> packet, auth::Authenticator& to, Instant now) {
  switch (const unsigned fate = input.octet(); fate % 16) {
    case 1: return;
    case 2: to.receive(now, packet); break;
    case 3:
      packet.resize(std::min<std::size_t>(packet.size(), input.number()));
      break;
    case 4: packet[input.number() % packet.size()] ^= static_cast<std::byte>(input.octet()); break;
    case 5:  // other flags, or a length of its own
      if (packet.size() > 5) packet[5] = static_cast<std::byte>(input.octet());
      break;
    case 6: {  // something else behind the flags, as long as it was or not
      const Bytes octets = input.counted();
      packet.resize(std::min<std::size_t>(packet.size(), 6));
      packet.insert(packet.end(), octets.begin(), octets.end());
      packet[2] = static_cast<std::byte>(packet.size() >> 8);
      packet[3] = static_cast<std::byte>(packet.size() & 0xff);
      break;
    }
    default: break;
  }
  to.receive(now, packet);
}

void run(Input input) {
  static const TlsConfig server_tls = certificate("server");
  static const TlsConfig client_tls = certificate("client");
  constexpr std::size_t sizes[] = {128, 296, 576, 1500};
  const unsigned choice = input.octet();
  Side client(sizes[choice % 4]);
  Side server(sizes[choice / 4 % 4]);
  client.config.accept = {AuthMethod::eap_tls};
  client.config.tls = client_tls;
  server.config.require = {AuthMethod::eap_tls};
  server.config.tls = server_tls;
  CountingEntropy entropy;
  client.authenticator =
      std::make_unique<auth::EapPeer>(client.config, client.mtu, entropy, client.host);
  server.authenticator =
      std::make_unique<auth::EapServer>(server.config, server.mtu, entropy, server.host);

  Instant now{};
  client.authenticator->start(now);
  server.authenticator->start(now);
  constexpr int enough = 400;
  for (int step = 0; step < enough; ++step) {
    if (server.host.sent == 0 && client.host.sent == 0) {
      const auto next = server.authenticator->next_timeout();
      if (!next) break;
      now = *next;
      server.authenticator->handle_timeout(now);
    }
    Side& from = server.host.sent > 0 ? server : client;
    Side& to = &from == &server ? client : server;
    if (from.host.sent == 0) continue;
    from.host.sent = 0;
    deliver(input, from.host.last, *to.authenticator, now);
    require(client.host.successes + client.host.failures <= 1, "one verdict of the client");
    require(server.host.successes + server.host.failures <= 1, "one verdict of the server");
  }
  if (server.host.successes > 0) require(server.host.name == "alice", "the name that was proved");
  if (client.host.successes > 0) {
    require(client.host.message == "the server is \"lns.example\"", "the server that proved it");
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
