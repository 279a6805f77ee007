#include <tunppp/link.h>

#include <algorithm>
#include <cassert>
#include <deque>
#include <utility>

#include "base/protocol.h"
#include "base/timer_table.h"
#include "link/line.h"
#include "link/network.h"

namespace tunppp {
namespace {

/// Events that may wait before receive() leaves the rest of its input alone.
constexpr std::size_t event_limit = 32;

}  // namespace

class Link::Impl final : private link::LineOwner, private link::NetworkOwner {
 public:
  Impl(LinkConfig config, Entropy& entropy)
      : config_(std::move(config)),
        line_(first_line, config_, entropy, statistics_, *this),
        network_(config_, entropy, *this) {
    line_.set_compression(&network_.compression());
  }

  const LinkStatistics& statistics() const { return statistics_; }
  link::Line& line(LineId id) {
    assert(id == first_line);
    (void)id;
    return line_;
  }
  const link::Line& line(LineId id) const { return const_cast<Impl*>(this)->line(id); }
  bool is_open(NetworkProtocol protocol) const { return network_.is_open(protocol); }
  bool any_open() const {
    return is_open(NetworkProtocol::ipv4) || is_open(NetworkProtocol::ipv6);
  }
  std::uint16_t mtu() const { return any_open() ? line_.remote_mru() : std::uint16_t{0}; }
  bool can_send() const { return any_open() && line_.has_room(line_.remote_mru()); }

  std::size_t receive(LineId id, Instant now, Bytes octets) {
    now_ = now;
    if (!active_) return octets.size();  // closed: what the peer still says is not for us
    if (!can_go_on()) return 0;
    const std::size_t taken = line(id).receive(now, octets);
    settle();
    return taken;
  }

  SendResult send(Instant now, NetworkProtocol protocol, Bytes packet) {
    now_ = now;
    if (!is_open(protocol) || packet.empty() || packet.size() > mtu()) return SendResult::closed;
    return line_.send_packet(protocol, packet) ? SendResult::accepted : SendResult::full;
  }

  void handle_timeout(Instant now) {
    now_ = now;
    line_.handle_timeout(now);
    network_.handle_timeout(now);
    settle();
  }

  std::optional<Instant> next_timeout() const {
    return earliest(line_.next_timeout(), network_.next_timeout());
  }

  void line_up(LineId id, Instant now) {
    now_ = now;
    line(id).up(now);
    settle();
  }

  void line_down(LineId id, Instant now, EndReason reason) {
    now_ = now;
    const bool has_reason = ending_.has_value() || line(id).stopping();
    if (active_ && !has_reason) ending_ = End{reason, "the line went down"};
    line(id).down(now);
    if (active_) line(id).close(now);
    settle();
  }

  void open(Instant now) {
    now_ = now;
    if (std::exchange(active_, true)) return;
    ending_.reset();
    peer_name_.clear();
    network_.reset();
    line_.open(now);
    settle();
  }

  void close(Instant now, EndReason reason) {
    now_ = now;
    if (!active_) return;
    end(reason, "closed on request");
    settle();
  }

  void renegotiate(Instant now) {
    now_ = now;
    line_.renegotiate(now);
    settle();
  }

  void provide_secret(Instant now, std::uint64_t token, Secret secret,
                      AllowedAddresses addresses) {
    now_ = now;
    line_.provide_secret(now, token, std::move(secret), std::move(addresses));
    settle();
  }

  void provide_verdict(Instant now, std::uint64_t token, AuthVerdict verdict) {
    now_ = now;
    line_.provide_verdict(now, token, std::move(verdict));
    settle();
  }

  void refuse_secret(Instant now, std::uint64_t token) {
    now_ = now;
    line_.refuse_secret(now, token);
    settle();
  }

  void provide_address(Instant now, std::uint64_t token, Ipv4Address remote) {
    now_ = now;
    network_.provide_address(now, token, remote);
    settle();
  }

  void refuse_address(Instant now, std::uint64_t token, std::string why) {
    now_ = now;
    network_.refuse_address(now, token, std::move(why));
    settle();
  }

  std::optional<Event> poll_event() {
    if (events_.empty()) return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  void transmitted(std::size_t count, LineId id) {
    statistics_.sent_octets += count;
    line(id).transmit().consume(count);
  }

 private:
  struct End {
    EndReason reason;
    std::string text;
  };

  // --- LineOwner ---
  void line_ready(link::Line&) override {
    network_.start(now_, {line_.remote_mru(), line_.local_mru()});
  }
  void line_not_ready(link::Line&) override { network_.stop(now_); }
  void line_failed(link::Line&, EndReason reason, std::string text) override {
    end(reason, std::move(text));
  }
  void line_finished(link::Line&, EndReason reason, std::string text) override {
    if (!std::exchange(active_, false)) return;
    const End end = ending_ ? *std::exchange(ending_, std::nullopt) : End{reason, std::move(text)};
    events_.push_back(LinkEnded{end.reason, end.text});
  }
  bool network_control(std::uint16_t protocol, Bytes packet) override {
    return network_.receive(now_, protocol, packet);
  }
  void router_discovery(Bytes packet) override { network_.router_discovery(now_, packet); }
  void network_protocol_rejected(std::uint16_t protocol) override {
    network_.protocol_rejected(now_, protocol);
  }
  void line_event(Event event) override {
    const auto* authenticated = std::get_if<AuthSucceeded>(&event);
    if (authenticated != nullptr && authenticated->of_peer) peer_name_ = authenticated->name;
    events_.push_back(std::move(event));
  }
  void phase_changed(Phase phase) override { events_.push_back(PhaseChanged{phase}); }
  bool can_go_on() const override { return events_.size() < event_limit; }

  // --- NetworkOwner ---
  void send_network_control(std::uint16_t protocol, Bytes packet) override {
    line_.send_control(protocol, packet);
  }
  bool send_network_packet(NetworkProtocol protocol, Bytes packet) override {
    return line_.send_packet(protocol, packet);
  }
  void network_changed(NetworkProtocol protocol, bool open, Event event) override {
    line_.set_open(protocol, open);
    events_.push_back(std::move(event));
  }
  void network_event(Event event) override { events_.push_back(std::move(event)); }
  const std::string& peer_name() const override { return peer_name_; }
  const AllowedAddresses& peer_addresses() const override { return line_.peer_addresses(); }
  void network_count(Drop drop) override {
    ++statistics_.drops[static_cast<std::size_t>(drop)];
  }

  /// The first reason stays.
  void end(EndReason reason, std::string text) {
    if (!ending_) ending_ = End{reason, std::move(text)};
    line_.close(now_);
  }

  /// Acts on what the network told while it handled one input.
  void settle() {
    if (const auto failure = network_.take_failure()) {
      end(failure->reason, failure->text);
    }
  }

  const LinkConfig config_;
  LinkStatistics statistics_;
  link::Line line_;
  link::Network network_;
  std::deque<Event> events_;
  std::string peer_name_;
  Instant now_{};
  bool active_ = false;
  std::optional<End> ending_;
};

Link::Link(LinkConfig config, Entropy& entropy)
    : impl_(std::make_unique<Impl>(std::move(config), entropy)) {}
Link::Link(Link&&) noexcept = default;
Link& Link::operator=(Link&&) noexcept = default;
Link::~Link() = default;

Phase Link::phase() const { return impl_->line(first_line).phase(); }
std::uint16_t Link::mtu() const { return impl_->mtu(); }
const LinkStatistics& Link::statistics() const { return impl_->statistics(); }
Bytes Link::pending(LineId line) const { return impl_->line(line).pending(); }
std::size_t Link::transmit_pending(LineId line) const {
  return impl_->line(line).transmit().size();
}
bool Link::is_open(NetworkProtocol protocol) const { return impl_->is_open(protocol); }
bool Link::can_send() const { return impl_->can_send(); }

std::size_t Link::receive(LineId line, Instant now, Bytes octets) {
  return impl_->receive(line, now, octets);
}
SendResult Link::send(Instant now, NetworkProtocol protocol, Bytes packet) {
  return impl_->send(now, protocol, packet);
}
void Link::handle_timeout(Instant now) { impl_->handle_timeout(now); }

void Link::line_up(LineId line, Instant now) { impl_->line_up(line, now); }
void Link::line_down(LineId line, Instant now, EndReason reason) {
  impl_->line_down(line, now, reason);
}
void Link::open(Instant now) { impl_->open(now); }
void Link::close(Instant now, EndReason reason) { impl_->close(now, reason); }
void Link::renegotiate(Instant now) { impl_->renegotiate(now); }
void Link::provide_secret(Instant now, std::uint64_t token, Secret secret,
                          AllowedAddresses addresses) {
  impl_->provide_secret(now, token, std::move(secret), std::move(addresses));
}
void Link::provide_verdict(Instant now, std::uint64_t token, AuthVerdict verdict) {
  impl_->provide_verdict(now, token, std::move(verdict));
}
void Link::refuse_secret(Instant now, std::uint64_t token) { impl_->refuse_secret(now, token); }
void Link::provide_address(Instant now, std::uint64_t token, Ipv4Address remote) {
  impl_->provide_address(now, token, remote);
}
void Link::refuse_address(Instant now, std::uint64_t token, std::string why) {
  impl_->refuse_address(now, token, std::move(why));
}
void Link::set_tap(FrameTap* tap) { impl_->line(first_line).set_tap(tap); }

std::optional<Event> Link::poll_event() { return impl_->poll_event(); }
std::optional<Packet> Link::poll_packet() { return impl_->line(first_line).slots().poll(); }
Bytes Link::poll_transmit(LineId line) const { return impl_->line(line).transmit().pending(); }
void Link::transmitted(std::size_t count, LineId line) { impl_->transmitted(count, line); }
std::optional<Instant> Link::next_timeout() const { return impl_->next_timeout(); }

}  // namespace tunppp
