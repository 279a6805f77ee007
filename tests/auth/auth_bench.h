#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <tunppp/entropy.h>

#include "auth/authenticator.h"
#include "base/octets.h"
#include "cp/packet.h"

namespace tunppp::auth::test {

using namespace tunppp::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Sent {
  Instant when;
  Octets octets;

  unsigned code() const { return at(octets, 0); }
  unsigned identifier() const { return at(octets, 1); }
  Octets data() const { return {octets.begin() + 4, octets.end()}; }
};

class FakeHost final : public Host {
 public:
  struct Verdict {
    bool good;
    bool of_peer;
    Failure failure;
    std::string name;
    std::string message;
    Instant when;
  };

  void send_authentication(std::uint16_t protocol_, Bytes packet) override {
    protocol = protocol_;
    sent.push_back({now, copy(packet)});
  }
  void secret_wanted(AuthMethod, bool of_peer, const std::string& name,
                     const std::string& asked_by_) override {
    questions.push_back((of_peer ? "peer " : "us ") + name);
    asked_by = asked_by_;
  }
  void verdict_wanted(VerdictWanted question) override { judgements.push_back(question); }
  void authenticated(AuthMethod, bool of_peer, const std::string& name,
                     const std::string& message) override {
    verdicts.push_back({true, of_peer, {}, name, message, now});
  }
  void authentication_failed(bool of_peer, Failure failure, const std::string& message) override {
    verdicts.push_back({false, of_peer, failure, "", message, now});
  }
  void authentication_notice(const std::string& text) override { notices.push_back(text); }
  void count(Drop drop) override { drops.push_back(drop); }

  Instant now{};
  std::uint16_t protocol = 0;
  std::vector<Sent> sent;
  std::vector<std::string> questions;
  std::string asked_by;
  std::vector<VerdictWanted> judgements;
  std::vector<Verdict> verdicts;
  std::vector<std::string> notices;
  std::vector<Drop> drops;
};

/// An authenticator's clock.
inline void pass(FakeHost& host, Authenticator& authenticator, Duration duration) {
  const Instant end = host.now + duration;
  while (authenticator.next_timeout() && *authenticator.next_timeout() <= end) {
    host.now = std::max(host.now, *authenticator.next_timeout());
    authenticator.handle_timeout(host.now);
  }
  host.now = end;
}

/// "0aff"
inline Octets from_hex(const std::string& text) {
  Octets out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<std::byte>(std::stoul(text.substr(i, 2), nullptr, 16)));
  }
  return out;
}

/// Octets with their count before them.
inline Octets counted(const Octets& octets) {
  return Octets{static_cast<std::byte>(octets.size())} + octets;
}
inline Octets counted(std::string_view text) { return counted(octets(text)); }

class CountingEntropy final : public Entropy {
 public:
  void fill(MutableBytes out) override {
    for (std::byte& octet : out) octet = static_cast<std::byte>(++last);
  }
  unsigned last = 0;
};

}  // namespace tunppp::auth::test
