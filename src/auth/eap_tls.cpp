#include "auth/eap_tls.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "auth/eap_packet.h"
#include "auth/eap_tls_fragments.h"
#include "crypto/tls_channel.h"

namespace tunppp::auth {
namespace {

using crypto::TlsChannel;

/// Longer EAP packets would be of no use: RFC 3748 section 3.1 has 1020 in mind.
constexpr std::size_t longest_packet = 1500;

/// Both sides; they differ in who begins and in who says the last word.
class EapTls final : public EapMethod {
 public:
  EapTls(TlsChannel::Role role, const TlsConfig& config, std::size_t mtu, Entropy& entropy)
      : role_(role),
        config_(config),
        entropy_(entropy),
        sender_(std::min(mtu, longest_packet) - eap_header_size) {}

  EapAnswer start(Instant now, std::uint8_t) override {
    make_channel(now);
    // Without certificates of our own there is nothing to begin.
    if (channel_->state() == TlsChannel::State::distrusted) return finished();
    return EapAnswer::send(eap_tls_start());
  }
  EapAnswer receive(Instant now, std::uint8_t, Bytes data) override;

  State state() const override;
  std::string words() const override;
  std::string proven_name() const override { return channel_ ? channel_->peer_name() : ""; }
  std::string notice() const override { return channel_ ? channel_->notice() : ""; }
  Secret key() const override { return channel_ ? channel_->key() : Secret(); }

 private:
  bool is_client() const { return role_ == TlsChannel::Role::client; }
  void make_channel(Instant now) {
    channel_ = std::make_unique<TlsChannel>(role_, config_, now, entropy_);
  }
  static EapAnswer finished() { return {EapAnswer::Kind::finished}; }
  EapAnswer begin(Instant now);
  EapAnswer message();
  EapAnswer flight();
  EapAnswer last_word();

  const TlsChannel::Role role_;
  const TlsConfig& config_;
  Entropy& entropy_;
  std::unique_ptr<TlsChannel> channel_;  ///< once it has begun
  EapTlsSender sender_;
  EapTlsReceiver receiver_;
  std::string broken_;     ///< why we gave up, where it was not TLS that did
  bool confirmed_ = false; ///< of a server: the client has seen our last flight
};

EapAnswer EapTls::receive(Instant now, std::uint8_t, Bytes data) {
  const auto view = EapTlsView::parse(data);
  if (!view) return {};
  if (view->start) return is_client() && !channel_ ? begin(now) : EapAnswer();
  if (!channel_) return {};  // a client that has not been told to start
  if (sender_.pending()) {
    // "the EAP peer MUST respond with an EAP-Response with EAP-Type=EAP-TLS and no data. This
    // serves as a fragment ACK." (section 2.1.5)
    return view->is_ack() ? EapAnswer::send(sender_.next()) : EapAnswer();
  }
  if (view->is_ack()) return last_word();
  switch (receiver_.receive(*view)) {
    case EapTlsReceiver::Result::more: return EapAnswer::send(eap_tls_ack());
    case EapTlsReceiver::Result::complete: return message();
    case EapTlsReceiver::Result::wrong: break;
  }
  broken_ = receiver_.words();
  return is_client() ? EapAnswer::send(eap_tls_ack()) : finished();
}

EapAnswer EapTls::begin(Instant now) {
  make_channel(now);
  return flight();
}

EapAnswer EapTls::message() {
  channel_->receive(receiver_.take());
  return flight();
}

/// What TLS has to say now. A client with nothing to say answers all the same, by an empty packet:
/// to the server's last flight, or to its alert.
EapAnswer EapTls::flight() {
  sender_.take(channel_->take_output());
  if (sender_.pending()) return EapAnswer::send(sender_.next());
  if (is_client()) return EapAnswer::send(eap_tls_ack());
  if (channel_->state() == TlsChannel::State::handshaking) broken_ = "its TLS messages end halfway";
  if (channel_->state() == TlsChannel::State::established) confirmed_ = true;
  return finished();
}

/// A packet without anything in it, while we have nothing to send: to a server it means that the
/// client has seen the last flight, or the alert, and has nothing against it.
EapAnswer EapTls::last_word() {
  if (is_client()) return {};
  if (channel_->state() == TlsChannel::State::handshaking) broken_ = "it has no TLS message for us";
  confirmed_ = true;
  return finished();
}

EapMethod::State EapTls::state() const {
  if (!broken_.empty()) return is_client() ? State::distrusted : State::refused;
  if (!channel_) return State::going_on;
  switch (channel_->state()) {
    case TlsChannel::State::handshaking: return State::going_on;
    case TlsChannel::State::established:
      if (is_client()) return State::decided;
      return confirmed_ ? State::succeeded : State::going_on;
    case TlsChannel::State::distrusted: return is_client() ? State::distrusted : State::refused;
    case TlsChannel::State::refused: return State::refused;
  }
  return State::going_on;
}

std::string EapTls::words() const {
  if (!broken_.empty()) return broken_;
  if (!channel_) return "";
  if (is_client() && channel_->state() == TlsChannel::State::established) {
    return fmt::format("the server is \"{}\"", channel_->peer_name());
  }
  if (channel_->state() == TlsChannel::State::refused) {
    return (is_client() ? "the peer does not accept us: " : "it broke off: ") + channel_->words();
  }
  return channel_->words();
}

}  // namespace

std::unique_ptr<EapMethod> make_eap_tls_peer(const TlsConfig& config, std::size_t mtu,
                                             Entropy& entropy) {
  return std::make_unique<EapTls>(TlsChannel::Role::client, config, mtu, entropy);
}

std::unique_ptr<EapMethod> make_eap_tls_server(const TlsConfig& config, std::size_t mtu,
                                               Entropy& entropy) {
  return std::make_unique<EapTls>(TlsChannel::Role::server, config, mtu, entropy);
}

std::string tls_own_name(const TlsConfig& config) { return crypto::own_name(config); }

std::string describe_eap_tls(Bytes data) {
  const auto view = EapTlsView::parse(data);
  if (!view) return "(malformed)";
  if (view->start) return "start";
  if (view->is_ack()) return "ack";
  std::string length = view->length ? fmt::format(" of {}", *view->length) : "";
  return fmt::format("<{}{} octets>{}", view->part.size(), length, view->more ? " more" : "");
}

}  // namespace tunppp::auth
