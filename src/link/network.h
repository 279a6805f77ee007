#pragma once

#include <tunppp/link.h>

#include <optional>
#include <string>
#include <utility>

#include "ipcp/ipcp.h"

namespace tunppp::link {

/// What the network side needs of the link it belongs to.
class NetworkOwner {
 public:
  virtual void send_network_control(std::uint16_t protocol, Bytes packet) = 0;
  virtual void ipv4_changed(bool open) = 0;
  virtual void network_count(Drop drop) = 0;

 protected:
  ~NetworkOwner() = default;
};

/// Everything above the lines: the network control protocols, one (IPCP) for now.
class Network final : private cp::Host {
 public:
  Network(const LinkConfig& config, NetworkOwner& owner) : owner_(owner), ipcp_(config.ipcp, *this) {}
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// `packet_limit`: octets of information that the peer takes.
  void start(Instant now, std::size_t packet_limit);
  void stop(Instant now);
  /// False: no protocol of ours.
  bool receive(Instant now, std::uint16_t protocol, Bytes packet);
  void protocol_rejected(Instant now, std::uint16_t protocol);
  std::optional<Instant> next_timeout() const { return ipcp_.next_timeout(); }
  void handle_timeout(Instant now) { ipcp_.handle_timeout(now); }

  bool ipv4_open() const { return ipcp_.opened(); }
  const ipcp::Ipcp& ipcp() const { return ipcp_; }
  /// Why no network protocol is left, once that is so.
  std::optional<std::string> take_failure() { return std::exchange(failure_, std::nullopt); }

 private:
  void send_control(std::uint16_t protocol, Bytes packet) override;
  void layer_up(std::uint16_t) override { owner_.ipv4_changed(true); }
  void layer_down(std::uint16_t) override { owner_.ipv4_changed(false); }
  void layer_finished(std::uint16_t, cp::Finish finish) override;
  void count(Drop drop) override { owner_.network_count(drop); }

  NetworkOwner& owner_;
  ipcp::Ipcp ipcp_;
  bool stopping_ = false;
  std::optional<std::string> failure_;
};

}  // namespace tunppp::link
