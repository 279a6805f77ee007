#pragma once

#include <tunppp/link.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/seeded_entropy.h"

/// Negotiations in virtual time, over a line that has nothing but a round trip.
namespace tunppp::bench {

/// What stands at one end of the line.
class End {
 public:
  virtual ~End() = default;
  virtual void start(Instant now) = 0;
  virtual void receive(Instant now, Bytes octets) = 0;
  /// What it has to say.
  virtual std::vector<std::byte> take() = 0;
  virtual std::optional<Instant> next_timeout() const { return std::nullopt; }
  virtual void handle_timeout(Instant) {}
};

/// A link of ours, with an owner who answers at once.
class LinkEnd final : public End {
 public:
  LinkEnd(const LinkConfig& config, std::uint64_t seed) : entropy_(seed), link_(config, entropy_) {}

  void start(Instant now) override;
  void receive(Instant now, Bytes octets) override;
  std::vector<std::byte> take() override;
  std::optional<Instant> next_timeout() const override { return link_.next_timeout(); }
  void handle_timeout(Instant now) override;

  Link& link() { return link_; }
  /// When packets of IPv4 could be sent for the first time.
  std::optional<Instant> ipv4_up() const { return ipv4_up_; }
  /// When there was an IPv6 address that is good beyond the link.
  std::optional<Instant> ipv6_up() const { return ipv6_up_; }
  /// Why it ended, if it did.
  const std::string& end() const { return end_; }
  /// Takes what `other` has to say, without a line in between. False: nothing.
  bool hear(Instant now, LinkEnd& other);

 private:
  void drain(Instant now);

  sim::SeededEntropy entropy_;
  Link link_;
  std::optional<Instant> ipv4_up_;
  std::optional<Instant> ipv6_up_;
  std::string end_;
};

/// Two ends, and the time that octets take between them. Each octet that is sent together arrives
/// together: a line without a baud rate.
class Negotiation {
 public:
  Negotiation(LinkEnd& client, End& server, Duration round_trip)
      : client_(client), server_(server), one_way_(round_trip / 2) {}

  /// Until `done`, at most as long as `limit`.
  template <class Done>
  bool run(Done done, Duration limit) {
    client_.start(now_);
    server_.start(now_);
    collect();
    while (!done()) {
      const auto next = next_moment();
      if (!next || *next - Instant{} > limit) return false;
      now_ = *next;
      advance();
    }
    return true;
  }
  Duration elapsed() const { return now_ - Instant{}; }

 private:
  struct UnderWay {
    Instant arrival;
    End* to;
    std::vector<std::byte> octets;
  };

  std::optional<Instant> next_moment() const;
  void advance();
  void collect();

  LinkEnd& client_;
  End& server_;
  Duration one_way_;
  Instant now_{};
  std::deque<UnderWay> under_way_;
};

/// What the client wants to have.
enum class Wanted { ipv4, ipv6 };

/// One way to come to an address, and the least number of round trips that the protocols allow.
struct Scenario {
  std::string name;
  Wanted wanted = Wanted::ipv4;
  LinkConfig client;
  /// Makes the far end.
  std::unique_ptr<End> (*server)(const LinkConfig& config);
  LinkConfig server_config;
  double least = 0;  ///< round trips until the client has its address
  std::string why;   ///< of what they consist
};

std::vector<Scenario> scenarios();

struct Outcome {
  bool up = false;
  Duration time{};
  double round_trips = 0;
};
/// Runs the scenario until the client has its address.
Outcome run(const Scenario& scenario, Duration round_trip);

/// Client and server of a scenario between two links.
LinkConfig client_config(std::vector<AuthMethod> accept);
LinkConfig server_config(std::vector<AuthMethod> require);

}  // namespace tunppp::bench
