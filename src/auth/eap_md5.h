#pragma once

#include <tunppp/entropy.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "auth/eap_method.h"
#include "crypto/md5.h"

/// MD5-Challenge, RFC 3748 section 5.4: CHAP with MD5 (RFC 1994) inside of EAP.
namespace tunppp::auth {

class EapMd5Peer final : public EapMethod {
 public:
  explicit EapMd5Peer(std::string name) : name_(std::move(name)) {}

  EapAnswer receive(Instant now, std::uint8_t identifier, Bytes data) override;
  EapAnswer provide_secret(const Secret& secret) override;
  std::string asked_by() const override { return server_; }
  State state() const override { return state_; }

  Bytes challenge() const override { return challenge_; }

 private:
  const std::string name_;
  std::string server_;
  std::uint8_t identifier_ = 0;
  std::vector<std::byte> challenge_;
  State state_ = State::going_on;
};

class EapMd5Server final : public EapMethod {
 public:
  EapMd5Server(std::string name, Entropy& entropy) : name_(std::move(name)), entropy_(entropy) {}

  EapAnswer start(Instant now, std::uint8_t identifier) override;
  EapAnswer receive(Instant now, std::uint8_t identifier, Bytes data) override;
  EapAnswer provide_secret(const Secret& secret) override;
  VerdictWanted question() const override;
  EapAnswer provide_verdict(const AuthVerdict& verdict) override;
  State state() const override { return state_; }
  bool asks_the_same(Bytes data) const override;
  bool has_asked(Bytes challenge) const override {
    return std::equal(challenge_.begin(), challenge_.end(), challenge.begin(), challenge.end());
  }

 private:
  const std::string name_;
  Entropy& entropy_;
  std::uint8_t identifier_ = 0;
  std::array<std::byte, 16> challenge_{};
  crypto::Md5Digest response_{};
  State state_ = State::going_on;
};

/// "<16 octets> name="lns"", of a Request or Response.
std::string describe_eap_md5(Bytes data);

}  // namespace tunppp::auth
