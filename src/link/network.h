#pragma once

#include <tunppp/link.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ipcp/ipcp.h"
#include "ipv6cp/ipv6cp.h"
#include "link/header_compression.h"
#include "ndp/host.h"
#include "ndp/router.h"

namespace tunppp::link {

/// What the network side needs of the link it belongs to.
class NetworkOwner {
 public:
  virtual void send_network_control(std::uint16_t protocol, Bytes packet) = 0;
  virtual bool send_network_packet(NetworkProtocol protocol, Bytes packet) = 0;
  /// A network protocol has opened or closed; the event says more.
  virtual void network_changed(NetworkProtocol protocol, bool open, Event event) = 0;
  virtual void network_event(Event event) = 0;
  virtual void network_count(Drop drop) = 0;
  virtual const std::string& peer_name() const = 0;
  virtual const AllowedAddresses& peer_addresses() const = 0;

 protected:
  ~NetworkOwner() = default;
};

/// What the lines of a link agreed upon, as far as the network side cares.
struct LineLimits {
  std::uint16_t remote_mru;  ///< largest packet that the peer takes
  std::uint16_t local_mru;   ///< largest that it sends
};

/// Everything above the lines: IPCP with header compression, IPV6CP with router discovery. They run
/// side by side, and neither's failure is the other's.
class Network final : private cp::Host, private ndp::Owner {
 public:
  /// Of the whole network side, when nothing is left of it.
  struct Failure {
    EndReason reason;
    std::string text;
  };

  Network(const LinkConfig& config, Entropy& entropy, NetworkOwner& owner);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// A new session begins: what the owner answered in the last one is forgotten.
  void reset();
  void start(Instant now, const LineLimits& limits);
  void stop(Instant now);
  /// What is no packet of an open protocol. False: no protocol of ours.
  bool receive(Instant now, std::uint16_t protocol, Bytes packet);
  void router_discovery(Instant now, Bytes packet);
  void protocol_rejected(Instant now, std::uint16_t protocol);
  std::optional<Instant> next_timeout() const;
  void handle_timeout(Instant now);
  void provide_address(Instant now, std::uint64_t token, Ipv4Address remote);
  void refuse_address(Instant now, std::uint64_t token, std::string why);

  bool is_open(NetworkProtocol protocol) const {
    return protocol == NetworkProtocol::ipv4 ? ipcp_.opened() : ipv6cp_.opened();
  }
  HeaderCompression& compression() { return compression_; }
  std::optional<Failure> take_failure() { return std::exchange(failure_, std::nullopt); }

 private:
  /// Where one of the two network protocols stands.
  struct Side {
    bool wanted = false;  ///< by the configuration, and possible on this link
    std::optional<Failure> failed;
  };
  /// A Configure-Request of the peer that waits for the owner to say which address it gets.
  struct Question {
    std::uint64_t token = 0;
    bool open = false;
    bool answered = false;  ///< once is enough for a session
    std::vector<std::byte> request;
  };

  // cp::Host
  void send_control(std::uint16_t protocol, Bytes packet) override;
  void layer_up(std::uint16_t protocol) override;
  void layer_down(std::uint16_t protocol) override;
  void layer_finished(std::uint16_t protocol, cp::Finish finish) override;
  void count(Drop drop) override { owner_.network_count(drop); }
  // ndp::Owner
  void send_ipv6(Bytes packet) override;
  void tell(Event event) override { owner_.network_event(std::move(event)); }

  void ipv4_up();
  void ipv6_up();
  bool ask_owner(Bytes packet);
  bool answers(std::uint64_t token);
  void begin_compression();
  void fail(NetworkProtocol protocol, Failure failure);
  Side& side(NetworkProtocol protocol) {
    return protocol == NetworkProtocol::ipv4 ? ipv4_ : ipv6_;
  }

  const LinkConfig& config_;
  NetworkOwner& owner_;
  Instant now_{};
  LineLimits limits_{};

  Side ipv4_;
  ipcp::Ipcp ipcp_;
  HeaderCompression compression_;
  Question question_;

  Side ipv6_;
  ipv6cp::Ipv6cp ipv6cp_;
  ndp::Host host_;
  std::optional<ndp::Router> router_;

  bool stopping_ = false;
  std::optional<Failure> failure_;
};

}  // namespace tunppp::link
