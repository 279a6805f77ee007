// LCP against a peer that is played from the input. The first octet chooses the configuration.
#include "control_packets.h"
#include "lcp/lcp.h"

namespace tunppp::fuzz {
namespace {

class LcpHost final : public CheckingHost<lcp::Host> {
 public:
  void protocol_rejected(std::uint16_t) override {}
  void peer_lost() override {}
};

void run(Input input) {
  using enum AuthMethod;
  const unsigned choice = input.octet();
  LcpConfig config;
  if (choice & 1) config.mru = 296;
  if (choice & 2) config.magic_number = false;
  if (choice & 4) config.echo_interval = std::chrono::seconds(5);
  if (choice & 8) config.passive = true;
  if (choice & 16) config.protocol_field_compression = config.address_control_compression = false;
  std::vector<AuthMethod> require_methods, accept;
  if (choice & 32) require_methods = {chap_md5, pap};
  if (choice & 64) accept = {chap_md5, pap};
  CountingEntropy entropy;
  LcpHost host;
  lcp::Lcp lcp(config, require_methods, accept, entropy, host);
  play(input, lcp, host);
  if (lcp.opened()) {
    require(lcp.peers().mru >= 128, "no peer takes less than 128 octets");
    require(require_methods.empty() || lcp.ours().authentication.has_value(),
            "nobody gets in without the proof that is required");
    if (lcp.peers().authentication) require(!accept.empty(), "we prove what we accept");
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
