#pragma once

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>

#include "auth/auth_bench.h"
#include "auth/eap_packet.h"
#include "auth/eap_peer.h"
#include "auth/eap_server.h"
#include "base/protocol.h"

namespace tunppp::auth::test {

/// The numbers of RFC 3748, typed out here.
constexpr unsigned request = 1, response = 2, success = 3, failure = 4;
constexpr unsigned identity = 1, notification = 2, nak = 3, md5 = 4, tls = 13, mschap_v2 = 26,
                   expanded = 254;

inline Octets eap(unsigned code, unsigned id, unsigned type, const Octets& data = {}) {
  return packet(code, id, octets({type}) + data);
}

/// What stands behind the type of a packet.
inline Octets type_data(const Sent& sent) {
  return {sent.octets.begin() + 5, sent.octets.end()};
}

/// Unpredictable enough for TLS, and the same in every run.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : random_(seed) {}
  void fill(MutableBytes out) override {
    for (std::byte& octet : out) octet = random_.octet();
  }

 private:
  Random random_;
};

inline std::string data_file(const std::string& name) {
  std::ifstream in(TUNPPP_SOURCE_DIR "/tests/data/tls/" + name);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

/// When the certificates in tests/data/tls were "now" made: 2030-01-01.
constexpr std::chrono::sys_seconds day_of_certificates{std::chrono::seconds(1893456000)};

/// The certificate tests/data/tls/<name>.pem and its key, and the good authority.
inline TlsConfig certificate(const std::string& name) {
  TlsConfig config;
  config.certificate = data_file(name + ".pem");
  config.private_key = Secret(data_file(name + ".key"));
  config.ca = data_file("ca.pem");
  config.boot_time = day_of_certificates;
  return config;
}

/// A peer and a server, and a line between them in virtual time. Owners answer from `secrets`.
class EapPair {
 public:
  EapPair() {
    client.user = "alice";
    client.password = Secret("s3cret");
    server.local_name = "lns";
    secrets["alice"] = "s3cret";
  }

  /// Runs until both have a verdict, or nothing will happen any more, or `limit` is over.
  void run(Duration limit = std::chrono::minutes(10)) {
    peer_ = std::make_unique<EapPeer>(client, client_mtu, entropy_, at_client);
    server_ = std::make_unique<EapServer>(server, server_mtu, entropy_, at_server);
    peer_->start(now_);
    server_->start(now_);
    const Instant end = now_ + limit;
    while (now_ <= end) {
      while (carry()) {
      }
      if (!at_client.verdicts.empty() && !at_server.verdicts.empty()) return;
      const auto next = earliest(peer_->next_timeout(), server_->next_timeout());
      if (!next) return;
      now_ = std::max(now_, *next);
      at_client.now = at_server.now = now_;
      peer_->handle_timeout(now_);
      server_->handle_timeout(now_);
    }
  }

  EapPeer& peer() { return *peer_; }
  EapServer& eap_server() { return *server_; }
  bool good() const {
    return at_client.verdicts.size() == 1 && at_client.verdicts[0].good &&
           at_server.verdicts.size() == 1 && at_server.verdicts[0].good;
  }
  std::string transcript() const { return transcript_; }

  AuthConfig client, server;
  std::size_t client_mtu = 1500, server_mtu = 1500;  ///< what the other side takes
  std::map<std::string, std::string> secrets;
  FakeHost at_client, at_server;
  /// How often the n-th packet, of both sides together, arrives: 0 is lost, 2 is doubled.
  std::function<int(unsigned)> copies = [](unsigned) { return 1; };
  unsigned carried = 0;

 private:
  static std::optional<Instant> earliest(std::optional<Instant> a, std::optional<Instant> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
  }
  bool carry() {
    const bool moved = move(at_server, from_server_, *peer_, "> ") |
                       move(at_client, from_client_, *server_, "< ");
    return ask(at_client, asked_client_, *peer_) | ask(at_server, asked_server_, *server_) | moved;
  }
  bool move(FakeHost& from, std::size_t& next, Authenticator& to, const char* arrow) {
    if (next == from.sent.size()) return false;
    const Octets octets = from.sent[next++].octets;
    const int count = copies(carried++);
    transcript_ +=
        arrow + describe_eap(octets) + (count == 1 ? "\n" : " x" + std::to_string(count) + "\n");
    for (int i = 0; i < count; ++i) to.receive(now_, octets);
    return true;
  }
  bool ask(FakeHost& host, std::size_t& next, Authenticator& asker) {
    if (next == host.questions.size()) return false;
    const std::string question = host.questions[next++];
    const auto found = secrets.find(question.substr(question.find(' ') + 1));
    if (found == secrets.end()) asker.refuse_secret(now_);
    if (found != secrets.end()) asker.provide_secret(now_, Secret(found->second));
    return true;
  }

  Instant now_{};
  SeededEntropy entropy_{1};
  std::unique_ptr<EapPeer> peer_;
  std::unique_ptr<EapServer> server_;
  std::size_t from_client_ = 0, from_server_ = 0, asked_client_ = 0, asked_server_ = 0;
  std::string transcript_;
};

}  // namespace tunppp::auth::test
