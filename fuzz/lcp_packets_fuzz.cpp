// LCP against a peer that is played from the input. The first octet chooses the configuration.
#include "control_packets.h"
#include "lcp/lcp.h"

namespace tunppp::fuzz {
namespace {

class LcpHost final : public CheckingHost<lcp::Host> {
 public:
  void protocol_rejected(std::uint16_t) override {}
  void peer_lost() override {}
  void echo_answered(Duration round_trip) override {
    require(round_trip >= Duration{0}, "an answer comes after its question");
  }
  void identified(const std::string& text) override { require_printable(text); }
  void time_remaining(std::optional<Duration>, const std::string& text) override {
    require_printable(text);
  }

 private:
  static void require_printable(const std::string& text) {
    for (char c : text) require(c >= ' ' && c <= '~', "what a peer says is made printable");
  }
};

/// Everything that RFC 1570, 1989 and 1990 add.
void extend(LcpConfig& config) {
  config.fcs = FrameCheck::fcs32;
  config.quality.report_interval = std::chrono::seconds(1);
  config.mrru = 1600;
  config.short_sequence_numbers = true;
  config.endpoint = parse_endpoint("MAC:00:00:5e:00:53:01");
  config.identification = "fuzzed";
  config.echo_adaptive = true;
}

void run(Input input) {
  using enum lcp::AuthProtocol;
  const unsigned choice = input.octet();
  LcpConfig config;
  if (choice & 1) config.mru = 296;
  if (choice & 2) config.magic_number = false;
  if (choice & 4) config.echo_interval = std::chrono::seconds(5);
  if (choice & 8) config.passive = true;
  if (choice & 16) config.protocol_field_compression = config.address_control_compression = false;
  if (choice & 128) extend(config);
  std::vector<lcp::AuthProtocol> require_methods, accept;
  if (choice & 32) require_methods = {eap, mschap_v2, chap_md5, pap};
  if (choice & 64) accept = {mschap, chap_md5, pap};
  CountingEntropy entropy;
  LcpHost host;
  lcp::Lcp lcp(config, require_methods, accept, entropy, host);
  play(input, lcp, host);
  if (lcp.opened()) {
    require(lcp.peers().mru >= 128, "no peer takes less than 128 octets");
    require(require_methods.empty() || lcp.ours().authentication.has_value(),
            "nobody gets in without the proof that is required");
    if (lcp.peers().endpoint) require(is_valid(*lcp.peers().endpoint), "an endpoint has its form");
    require(config.mrru != 0 || lcp.peers().mrru == 0, "no multilink without wanting it");
    if (lcp.peers().authentication) require(!accept.empty(), "we prove what we accept");
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
