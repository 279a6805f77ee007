#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// How messages of TLS are cut to the size of EAP packets and joined again, RFC 5216 section 2.1.5
/// and 3.1. The same on both sides.
namespace tunppp::auth {

/// No handshake is longer, and nobody makes us keep more.
inline constexpr std::size_t eap_tls_message_limit = 64 * 1024;

/// What stands behind the type: flags, perhaps the length of the whole message, and a part of it.
struct EapTlsView {
  bool start = false;
  bool more = false;
  std::optional<std::uint32_t> length{};
  Bytes part{};

  bool is_ack() const { return !start && !more && part.empty(); }
  static std::optional<EapTlsView> parse(Bytes data);
};

/// What an acknowledgement or an empty answer is made of: flags, and nothing behind them.
std::vector<std::byte> eap_tls_ack();
std::vector<std::byte> eap_tls_start();

/// A message of ours on its way out, part by part.
class EapTlsSender {
 public:
  /// `room`: octets behind the type in one packet.
  explicit EapTlsSender(std::size_t room) : room_(room) {}

  void take(std::vector<std::byte> message);
  bool pending() const { return sent_ < message_.size(); }
  std::vector<std::byte> next();

 private:
  const std::size_t room_;
  std::vector<std::byte> message_;
  std::size_t sent_ = 0;
};

/// A message of the other side.
class EapTlsReceiver {
 public:
  enum class Result { more, complete, wrong };

  Result receive(const EapTlsView& view);
  /// After `complete`. The next part begins another message.
  std::vector<std::byte> take();
  /// After `wrong`: why.
  const std::string& words() const { return words_; }

 private:
  Result wrong(std::string words);

  std::vector<std::byte> message_;
  std::optional<std::uint32_t> length_;
  std::string words_;
};

}  // namespace tunppp::auth
