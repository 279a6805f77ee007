// IPCP against a peer that is played from the input. The first octet chooses the configuration.
#include "control_packets.h"
#include "ipcp/ipcp.h"

namespace tunppp::fuzz {
namespace {

class IpcpHost final : public CheckingHost<cp::Host> {};

void run(Input input) {
  const unsigned choice = input.octet();
  IpcpConfig config;
  if (choice & 1) config.local = {{10, 0, 0, 1}};
  if (choice & 2) config.remote = {{10, 0, 0, 2}};
  if (choice & 4) config.accept_local = false;
  if (choice & 8) config.accept_remote = false;
  if (choice & 16) config.request_dns = false;
  if (choice & 32) config.offer_dns = {Ipv4Address{{9, 9, 9, 9}}, Ipv4Address{{8, 8, 8, 8}}};
  if (choice & 64) config.restart.max_failure = 3;
  IpcpHost host;
  ipcp::Ipcp ipcp(config, host);
  play(input, ipcp, host);
  if (host.up) {
    require(!ipcp.local().is_unspecified(), "we have an address");
    require(!ipcp.remote().is_unspecified(), "the other end has one");
    require(ipcp.local() != ipcp.remote(), "they differ");
    if (choice & 1 && choice & 4) require(ipcp.local() == config.local, "a demand stays");
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
