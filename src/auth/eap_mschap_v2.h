#pragma once

#include <tunppp/entropy.h>

#include <array>
#include <string>
#include <vector>

#include "auth/eap_method.h"

/// MS-CHAP version 2 (RFC 2759) inside of EAP, draft-kamath-pppext-eap-mschapv2-02. The server
/// proves that it knows the password as well.
namespace tunppp::auth {

class EapMsChapV2Peer final : public EapMethod {
 public:
  EapMsChapV2Peer(std::string name, Entropy& entropy) : name_(std::move(name)), entropy_(entropy) {}

  EapAnswer receive(Instant now, std::uint8_t identifier, Bytes data) override;
  EapAnswer provide_secret(const Secret& secret) override;
  State state() const override { return state_; }
  std::string words() const override { return words_; }

 private:
  EapAnswer receive_challenge(std::uint8_t id, Bytes rest);
  EapAnswer receive_success(Bytes message);
  EapAnswer receive_failure(Bytes message);

  const std::string name_;
  Entropy& entropy_;
  std::uint8_t id_ = 0;  ///< MS-CHAPv2-ID
  std::array<std::byte, 16> challenge_{};
  /// What the server's Success must hold; empty before our Response.
  std::string expected_;
  State state_ = State::going_on;
  std::string words_;
};

class EapMsChapV2Server final : public EapMethod {
 public:
  /// `identity` is whose secret the Response is checked with.
  EapMsChapV2Server(std::string name, std::string identity, Entropy& entropy)
      : name_(std::move(name)), identity_(std::move(identity)), entropy_(entropy) {}

  EapAnswer start(Instant now, std::uint8_t identifier) override;
  EapAnswer receive(Instant now, std::uint8_t identifier, Bytes data) override;
  EapAnswer provide_secret(const Secret& secret) override;
  State state() const override { return state_; }
  std::string words() const override { return words_; }
  bool asks_the_same(Bytes data) const override;

 private:
  EapAnswer receive_response(Bytes rest);

  const std::string name_;
  const std::string identity_;
  Entropy& entropy_;
  std::uint8_t id_ = 0;
  std::array<std::byte, 16> challenge_{};
  std::array<std::byte, 16> peer_challenge_{};
  std::array<std::byte, 24> nt_response_{};
  std::string peer_name_;  ///< in its Response; goes into the computation
  bool judged_ = false;    ///< our Success or Failure is out
  bool right_ = false;
  State state_ = State::going_on;
  std::string words_;
};

/// "Challenge <16 octets> name="lns"", "Success "S=..."", of a Request or Response.
std::string describe_eap_mschap_v2(Bytes data);

}  // namespace tunppp::auth
