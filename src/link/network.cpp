#include "link/network.h"

#include <fmt/format.h>

#include "base/protocol.h"

namespace tunppp::link {

void Network::start(Instant now, std::size_t packet_limit) {
  ipcp_.set_packet_limit(packet_limit);
  stopping_ = false;
  failure_.reset();
  ipcp_.open(now);
  ipcp_.up(now);
}

void Network::stop(Instant now) {
  stopping_ = true;
  ipcp_.down(now);
  ipcp_.close(now);
}

bool Network::receive(Instant now, std::uint16_t protocol, Bytes packet) {
  if (protocol != protocol::ipcp) return false;
  ipcp_.receive(now, packet);
  return true;
}

void Network::protocol_rejected(Instant now, std::uint16_t protocol) {
  if (protocol == protocol::ipcp || protocol == protocol::ipv4) ipcp_.rejected(now);
}

void Network::send_control(std::uint16_t protocol, Bytes packet) {
  owner_.send_network_control(protocol, packet);
}

void Network::layer_finished(std::uint16_t, cp::Finish finish) {
  if (stopping_) return;
  switch (finish) {
    case cp::Finish::closed: return;
    case cp::Finish::silent: failure_ = "no answer to IPCP Configure-Requests"; return;
    case cp::Finish::no_agreement:
      failure_ = ipcp_.failure().empty() ? "no agreement on IP addresses" : ipcp_.failure();
      return;
    case cp::Finish::terminated:
      failure_ = ipcp_.terminate_text().empty()
                     ? "the peer closed IPCP"
                     : fmt::format("the peer closed IPCP: \"{}\"", ipcp_.terminate_text());
      return;
    case cp::Finish::rejected: failure_ = "the peer does not speak IPCP"; return;
  }
}

}  // namespace tunppp::link
