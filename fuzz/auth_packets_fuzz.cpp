// PAP and the forms of CHAP, client and server, against a peer and an owner that are played from
// the input. The first octet chooses which.
#include <memory>

#include "auth/chap.h"
#include "auth/pap.h"
#include "link_fuzz.h"

namespace tunppp::fuzz {
namespace {

constexpr char our_secret[] = "s3cr3t";

class AuthHost final : public auth::Host {
 public:
  void send_authentication(std::uint16_t, Bytes octets) override {
    const auto packet = cp::PacketView::parse(octets);
    require(packet && packet->whole.size() == octets.size(), "what is sent is a packet");
    identifier = packet->identifier;
    ++sent;
  }
  void secret_wanted(AuthMethod, bool, const std::string&, const std::string&) override {
    ++questions;
  }
  void verdict_wanted(VerdictWanted question) override {
    ++questions;
    require(question.response.empty() || !question.challenge.empty(), "a Response to a Challenge");
  }
  void authentication_notice(const std::string& text) override { readable(text); }
  void authenticated(AuthMethod, bool, const std::string&, const std::string& message) override {
    ++successes;
    readable(message);
  }
  void authentication_failed(bool, auth::Failure, const std::string& message) override {
    ++failures;
    readable(message);
  }
  void count(Drop) override {}

  static void readable(const std::string& text) {
    for (char c : text) require(c >= ' ' && c <= '~', "words for people are printable");
    require(text.size() < 500, "and short");
  }

  unsigned identifier = 0;
  unsigned sent = 0;
  int questions = 0;
  int successes = 0;
  int failures = 0;
};

void run(Input input) {
  const unsigned choice = input.octet();
  AuthConfig config;
  config.user = "us";
  if (choice & 4) config.password = Secret(our_secret);
  if (choice & 8) config.timeout = std::chrono::seconds(5);
  config.owner_judges = (choice & 64) != 0;
  if (choice & 128) config.rechallenge_interval = std::chrono::seconds(7);
  constexpr auth::ChapAlgorithm forms[] = {auth::ChapAlgorithm::md5, auth::ChapAlgorithm::mschap,
                                           auth::ChapAlgorithm::mschap_v2,
                                           auth::ChapAlgorithm::md5};
  const auth::ChapAlgorithm form = forms[choice >> 4 & 3];
  CountingEntropy entropy;
  AuthHost host;
  std::unique_ptr<auth::Authenticator> authenticator;
  switch (choice % 4) {
    case 0:
      authenticator = std::make_unique<auth::PapClient>(config, host);
      break;
    case 1:
      authenticator = std::make_unique<auth::PapServer>(config, host);
      break;
    case 2:
      authenticator = std::make_unique<auth::ChapClient>(form, config, entropy, host);
      break;
    default:
      authenticator = std::make_unique<auth::ChapServer>(form, config, entropy, host);
      break;
  }
  const bool server = choice % 2 == 1;
  bool provided = false;
  Instant now{};
  authenticator->start(now);
  while (!input.empty()) {
    host.sent = 0;
    host.questions = 0;
    switch (input.octet() % 6) {
      case 0:
        authenticator->receive(now, input.counted());
        break;
      case 1:
      case 2: {
        const unsigned code = input.octet() % 6;
        const unsigned identifier = input.octet() % 2 == 0 ? host.identifier : input.octet();
        const auto octets = packet(code, identifier, input.counted());
        authenticator->receive(now, octets);
        auth::describe_pap(octets);
        auth::describe_chap(octets);
        break;
      }
      case 3:
        now += std::chrono::milliseconds(input.number());
        [[fallthrough]];
      case 4:
        authenticator->handle_timeout(now);
        require(!authenticator->next_timeout() || *authenticator->next_timeout() > now,
                "a timer lies ahead");
        break;
      default:
        if (const unsigned answer = input.octet(); answer % 4 == 0) {
          authenticator->refuse_secret(now);
        } else if (answer % 4 == 1 && config.owner_judges) {
          provided = true;
          authenticator->provide_verdict(now, {(answer & 8) != 0, std::string(answer, 'm')});
        } else {
          provided = true;
          authenticator->provide_secret(now, Secret(our_secret));
        }
        break;
    }
    require(host.sent <= 1, "one input, one packet");
    require(host.questions <= 1, "one input, one question");
    require(host.successes <= 1, "success is told once");
    if (server) {
      const int rounds = config.rechallenge_interval > Duration{0} ? 2 : 1;
      require(host.successes + host.failures <= rounds, "one verdict");
      require(host.successes == 0 || provided, "nobody is let in without its secret");
    }
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
