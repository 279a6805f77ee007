#include "link/endpoint.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tunppp::test {
namespace {

/// Far more events than any single input can lead to.
constexpr int event_bound = 200;

}  // namespace

Endpoint::Endpoint(std::string name_, const LinkConfig& config, std::uint64_t seed)
    : name(std::move(name_)), entropy(seed), link(config, entropy) {
  link.set_tap(this);
}

void Endpoint::drain(Instant now) {
  int count = 0;
  while (const auto event = link.poll_event()) {
    ASSERT_LT(++count, event_bound) << "events without end";
    tell(now, *event);
  }
  while (const auto packet = link.poll_packet()) {
    EXPECT_FALSE(packet->data.empty());
    if (keep_packets) packets.push_back(copy(packet->data));
  }
}

void Endpoint::tell(Instant now, const Event& event) {
  EXPECT_FALSE(ended()) << name << ": an event after LinkEnded\n" << transcript();
  events.push_back(event);
  if (std::holds_alternative<Ipv4Up>(event)) {
    EXPECT_FALSE(up_) << name << ": up twice\n" << transcript();
    up_ = true;
    // link.mtu() may have moved on already: the peer can end it in the same receive().
    EXPECT_GE(std::get<Ipv4Up>(event).mtu, 128);
  } else if (std::holds_alternative<Ipv4Down>(event)) {
    EXPECT_TRUE(up_) << name << ": down without having been up\n" << transcript();
    up_ = false;
  } else if (const auto* end = std::get_if<LinkEnded>(&event)) {
    EXPECT_FALSE(up_) << name << ": ended while up\n" << transcript();
    EXPECT_FALSE(end->text.empty());
    ended_ = *end;
  } else if (const auto* question = std::get_if<SecretWanted>(&event)) {
    if (owner == Owner::is_silent) return;
    if (owner_delay > Duration{0}) {
      answers_.push_back({now + owner_delay, *question});
    } else {
      answer(now, *question);
    }
  }
}

void Endpoint::answer(Instant now, const SecretWanted& question) {
  const auto found = secrets.find(question.name);
  if (owner == Owner::refuses || found == secrets.end()) {
    link.refuse_secret(now, question.token);
  } else {
    link.provide_secret(now, question.token, Secret(found->second), allowed[question.name]);
  }
}

std::optional<Instant> Endpoint::next_timeout() const {
  auto next = link.next_timeout();
  for (const Answer& answer : answers_) {
    if (!next || answer.when < *next) next = answer.when;
  }
  return next;
}

void Endpoint::handle_timeout(Instant now) {
  for (auto it = answers_.begin(); it != answers_.end();) {
    if (it->when > now) {
      ++it;
      continue;
    }
    const SecretWanted question = it->question;
    it = answers_.erase(it);
    answer(now, question);
  }
  link.handle_timeout(now);
  // A driver that waits for a time that has passed already would spin.
  EXPECT_GT(link.next_timeout().value_or(Instant::max()), now) << name << "\n" << transcript();
  drain(now);
}

void Endpoint::receive(Instant now, Bytes octets, std::size_t chunk) {
  int stuck = 0;
  while (!octets.empty()) {
    const std::size_t taken =
        link.receive(first_line, now, octets.first(std::min(chunk, octets.size())));
    octets = octets.subspan(taken);
    drain(now);
    stuck = taken == 0 ? stuck + 1 : 0;
    ASSERT_LT(stuck, 3) << "receive() takes nothing although everything was polled";
  }
}

Octets Endpoint::take_transmit(Instant now) {
  (void)now;
  Octets out = copy(link.poll_transmit());
  EXPECT_EQ(out.size(), link.transmit_pending());
  link.transmitted(out.size());
  EXPECT_EQ(link.transmit_pending(), 0U);
  return out;
}

std::uint64_t Endpoint::drops() const {
  std::uint64_t sum = 0;
  for (const auto count : link.statistics().drops) sum += count;
  return sum;
}

void Endpoint::forget() {
  events.clear();
  packets.clear();
  ended_.reset();
}

void Endpoint::frame(Instant now, LineId line, Direction direction, Bytes frame) {
  EXPECT_EQ(line, first_line);
  if (frames.size() > 3000) return;
  const auto milli = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
  std::string time = std::to_string(milli);
  time.insert(0, time.size() < 8 ? 8 - time.size() : 0, ' ');
  frames.push_back(time + "  " + name + (direction == Direction::sent ? " > " : " < ") +
                   describe(frame));
}

std::string Endpoint::transcript() const {
  std::string out;
  for (std::size_t i = frames.size() > 60 ? frames.size() - 60 : 0; i < frames.size(); ++i) {
    out += frames[i] + "\n";
  }
  for (const auto& phase : all<PhaseChanged>()) out += std::string(to_string(phase.phase)) + " ";
  if (ended_) out += "\n" + std::string(info(ended_->reason).name) + ": " + ended_->text;
  return out;
}

}  // namespace tunppp::test
