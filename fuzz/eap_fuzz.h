#pragma once

#include <memory>
#include <string>
#include <vector>

#include "auth/eap_packet.h"
#include "auth/eap_peer.h"
#include "auth/eap_server.h"
#include "cp/packet.h"
#include "link_fuzz.h"

/// What the fuzz targets of EAP share: a host that checks what is sent and said at any time.
namespace tunppp::fuzz {

class EapHost final : public auth::Host {
 public:
  explicit EapHost(std::size_t mtu) : mtu_(mtu) {}

  void send_authentication(std::uint16_t, Bytes octets) override {
    const auto packet = auth::EapPacketView::parse(octets);
    require(packet.has_value(), "what is sent is a packet");
    require(octets.size() <= mtu_, "that the other side takes");
    auth::describe_eap(octets);
    last.assign(octets.begin(), octets.end());
    identifier = packet->identifier;
    ++sent;
  }
  void secret_wanted(AuthMethod, bool, const std::string&, const std::string&) override {
    ++questions;
  }
  void verdict_wanted(VerdictWanted) override { ++questions; }
  void authenticated(AuthMethod, bool, const std::string& who, const std::string& text) override {
    ++successes;
    name = who;
    message = text;
    readable(text);
  }
  void authentication_failed(bool, auth::Failure, const std::string& text) override {
    ++failures;
    readable(text);
  }
  void authentication_notice(const std::string& text) override { readable(text); }
  void count(Drop) override {}

  static void readable(const std::string& text) {
    for (char c : text) require(c >= ' ' && c <= '~', "words for people are printable");
    require(text.size() < 700, "and short");
  }

  std::vector<std::byte> last;
  unsigned identifier = 0;
  unsigned sent = 0;
  int questions = 0;
  int successes = 0;
  int failures = 0;
  std::string name;
  std::string message;

 private:
  const std::size_t mtu_;
};

inline std::vector<std::byte> eap(unsigned code, unsigned identifier, unsigned type, Bytes data) {
  std::vector<std::byte> rest{static_cast<std::byte>(type)};
  rest.insert(rest.end(), data.begin(), data.end());
  return packet(code, identifier, rest);
}

}  // namespace tunppp::fuzz
