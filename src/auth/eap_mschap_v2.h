#pragma once

#include <tunppp/entropy.h>

#include <algorithm>
#include <string>
#include <vector>

#include "auth/eap_method.h"
#include "auth/mschap.h"

/// MS-CHAP version 2 (RFC 2759) inside of EAP, draft-kamath-pppext-eap-mschapv2-02. The server
/// proves that it knows the password as well.
namespace tunppp::auth {

class EapMsChapV2Peer final : public EapMethod {
 public:
  EapMsChapV2Peer(std::string name, Entropy& entropy) : name_(std::move(name)), entropy_(entropy) {}

  EapAnswer receive(Instant now, std::uint8_t identifier, Bytes data) override;
  EapAnswer provide_secret(const Secret& secret) override;
  std::string asked_by() const override { return server_; }
  State state() const override { return state_; }
  std::string words() const override { return words_; }

  Bytes challenge() const override { return challenge_; }

 private:
  EapAnswer receive_success(Bytes message);
  EapAnswer receive_failure(Bytes message);

  const std::string name_;
  std::string server_;
  Entropy& entropy_;
  std::uint8_t id_ = 0;  ///< MS-CHAPv2-ID
  mschap::Challenge challenge_{};
  std::string expected_;  ///< the server's proof; empty before our Response
  State state_ = State::going_on;
  std::string words_;
};

class EapMsChapV2Server final : public EapMethod {
 public:
  EapMsChapV2Server(std::string name, Entropy& entropy)
      : name_(std::move(name)), entropy_(entropy) {}

  EapAnswer start(Instant now, std::uint8_t identifier) override;
  EapAnswer receive(Instant now, std::uint8_t identifier, Bytes data) override;
  EapAnswer provide_secret(const Secret& secret) override;
  VerdictWanted question() const override;
  EapAnswer provide_verdict(const AuthVerdict& verdict) override;
  State state() const override { return state_; }
  std::string words() const override { return words_; }
  bool asks_the_same(Bytes data) const override;
  bool has_asked(Bytes challenge) const override {
    return std::equal(challenge_.begin(), challenge_.end(), challenge.begin(), challenge.end());
  }

 private:
  EapAnswer receive_response(std::uint8_t id, Bytes data);
  EapAnswer receive_last(unsigned code);
  EapAnswer say_success(const std::string& message);
  EapAnswer say_failure(std::string message);

  const std::string name_;
  Entropy& entropy_;
  std::uint8_t id_ = 0;
  mschap::Challenge challenge_{};
  mschap::Challenge peer_challenge_{};
  mschap::NtResponse response_{};
  std::vector<std::byte> value_;  ///< its Response as it came
  std::string peer_name_;         ///< as the Response was computed with
  bool judged_ = false;           ///< our Success or Failure is out
  State state_ = State::going_on;
  std::string words_;
};

/// "Challenge <16 octets> name="lns"", "Success "S=..."", of a Request or Response.
std::string describe_eap_mschap_v2(Bytes data);

}  // namespace tunppp::auth
