// EAP as peer and as server, with MD5-Challenge and MSCHAPv2, against another side and an owner
// that are played from the input. The first octet chooses which.
#include "eap_fuzz.h"

namespace tunppp::fuzz {
namespace {

constexpr char our_secret[] = "s3cret";
constexpr std::size_t mtu = 1500;

void run(Input input) {
  const unsigned choice = input.octet();
  const bool server = choice % 2 == 1;
  AuthConfig config;
  config.user = "us";
  if (choice & 2) config.password = Secret(our_secret);
  config.accept = {AuthMethod::eap_mschap_v2, AuthMethod::eap_md5};
  if (choice & 4) config.accept.pop_back();
  config.require = config.accept;
  if (choice & 8) config.timeout = std::chrono::seconds(5);
  config.owner_judges = (choice & 16) != 0;
  CountingEntropy entropy;
  EapHost host(mtu);
  std::unique_ptr<auth::Authenticator> authenticator;
  if (server) authenticator = std::make_unique<auth::EapServer>(config, mtu, entropy, host);
  if (!server) authenticator = std::make_unique<auth::EapPeer>(config, mtu, entropy, host);

  bool provided = false;
  Instant now{};
  authenticator->start(now);
  while (!input.empty()) {
    host.sent = 0;
    switch (input.octet() % 8) {
      case 0: authenticator->receive(now, input.counted()); break;
      case 1:
      case 2:
      case 3: {  // to the point: the code that is awaited, the type that is under way
        const unsigned form = input.octet();
        const unsigned code = form & 1 ? input.octet() % 6 : (server ? 2 : 1);
        const unsigned identifier = server && !(form & 2) ? host.identifier : input.octet();
        constexpr unsigned types[] = {1, 2, 3, 4, 13, 26, 254, 26};
        const unsigned type = form & 4 ? input.octet() : types[input.octet() % 8];
        const auto octets = eap(code, identifier, type, input.counted());
        auth::describe_eap(octets);
        authenticator->has_sent(octets);
        authenticator->receive(now, octets);
        break;
      }
      case 4:
        authenticator->receive(now, packet(3 + input.octet() % 2, host.identifier, {}));
        break;
      case 5: now += std::chrono::milliseconds(input.number()); [[fallthrough]];
      case 6:
        authenticator->handle_timeout(now);
        require(!authenticator->next_timeout() || *authenticator->next_timeout() > now,
                "a timer lies ahead");
        break;
      default:
        switch (input.octet() % 4) {
          case 0: authenticator->refuse_secret(now); break;
          case 1: authenticator->network_packet(now); break;
          case 2:
            provided = true;
            authenticator->provide_verdict(now, {input.octet() % 2 == 0, "S=1", {}});
            break;
          default:
            provided = true;
            authenticator->provide_secret(now, Secret(our_secret));
            break;
        }
        break;
    }
    require(host.sent <= 1, "one input, one packet");
    require(host.successes <= 1, "success is told once");
    if (!server) continue;
    require(host.successes + host.failures <= 1, "one verdict");
    require(host.successes == 0 || provided, "nobody is let in without its secret");
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
