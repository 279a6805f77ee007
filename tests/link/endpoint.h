#pragma once

#include <tunppp/link.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/octets.h"
#include "sim/seeded_entropy.h"

namespace tunppp::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A link, everything that it has told so far, and an owner that answers its questions.
class Endpoint final : private FrameTap {
 public:
  /// What the owner does when it is asked for a secret.
  enum class Owner { answers, refuses, is_silent };

  Endpoint(std::string name, const LinkConfig& config, std::uint64_t seed);
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  /// Polls events and packets until there are none. Checks what holds at any time.
  void drain(Instant now);
  /// All of `octets`, in pieces of at most `chunk`.
  void receive(Instant now, Bytes octets, std::size_t chunk = SIZE_MAX);
  /// Everything that waits for the line.
  Octets take_transmit(Instant now);

  template <class E>
  std::vector<E> all() const {
    std::vector<E> out;
    for (const Event& event : events) {
      if (const auto* found = std::get_if<E>(&event)) out.push_back(*found);
    }
    return out;
  }
  template <class E>
  std::optional<E> last() const {
    const auto found = all<E>();
    return found.empty() ? std::nullopt : std::optional<E>(found.back());
  }
  bool up() const { return up_; }
  bool ended() const { return ended_.has_value(); }
  const std::optional<LinkEnded>& end() const { return ended_; }
  std::uint64_t drops() const;
  /// Forgets what was told, but not whether the link is up.
  void forget();
  std::string transcript() const;

  std::string name;
  sim::SeededEntropy entropy;
  Link link;
  std::vector<Event> events;
  std::vector<Octets> packets;
  std::map<std::string, std::string> secrets;  ///< by name
  std::map<std::string, AllowedAddresses> allowed;  ///< by name
  Owner owner = Owner::answers;
  Duration owner_delay{0};  ///< before an answer of the owner
  bool keep_packets = true;
  std::vector<std::string> frames;  ///< in words, both ways

  std::optional<Instant> next_timeout() const;
  void handle_timeout(Instant now);

 private:
  void frame(Instant now, LineId line, Direction direction, Bytes frame) override;
  void tell(Instant now, const Event& event);
  void answer(Instant now, const SecretWanted& question);

  bool up_ = false;
  std::optional<LinkEnded> ended_;
  struct Answer {
    Instant when;
    SecretWanted question;
  };
  std::vector<Answer> answers_;
};

}  // namespace tunppp::test
