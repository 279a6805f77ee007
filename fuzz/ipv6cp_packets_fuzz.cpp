// IPV6CP against a peer that is played from the input. The first octet chooses the configuration.
#include "control_packets.h"
#include "ipv6cp/ipv6cp.h"

namespace tunppp::fuzz {
namespace {

class Ipv6cpHost final : public CheckingHost<cp::Host> {};

void run(Input input) {
  const unsigned choice = input.octet();
  Ipv6cpConfig config;
  if (choice & 1) config.local.octets[7] = 1;
  if (choice & 2) config.remote.octets[7] = 2;
  if (choice & 4) config.accept_local = false;
  if (choice & 8) config.ask = true;
  if (choice & 16) config.restart.max_failure = 3;
  Ipv6cpHost host;
  CountingEntropy entropy;
  ipv6cp::Ipv6cp protocol(config, entropy, host);
  play(input, protocol, host);
  if (!host.up) return;
  require(!protocol.local().is_zero(), "we have an identifier");
  require(protocol.local() != protocol.remote(), "they differ");
  if (choice & 1 && choice & 4) require(protocol.local() == config.local, "a demand stays");
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
