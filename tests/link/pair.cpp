#include "link/pair.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/timer_table.h"

namespace tunppp::test {
namespace {

bool due(const std::optional<Instant>& when, Instant now) { return when && *when <= now; }

}  // namespace

Pair::Pair(const LinkConfig& config_a, const LinkConfig& config_b, const sim::LineOptions& options,
           std::uint64_t seed)
    : a("a", config_a, seed * 2), b("b", config_b, seed * 2 + 1), line(options, seed) {}

void Pair::start() {
  for (Endpoint* end : {&a, &b}) {
    end->link.open(now);
    end->link.line_up(first_line, now);
    end->drain(now);
  }
}

void Pair::push(Endpoint& from, sim::LineEnd end) {
  const Bytes pending = from.link.poll_transmit();
  if (pending.empty()) return;
  const std::size_t count = cut ? pending.size() : line.push(now, end, pending);
  from.link.transmitted(count);
}

bool Pair::carry(Endpoint& to, sim::LineEnd end) {
  std::array<std::byte, 4096> buffer;
  const std::size_t count = line.pull(now, end, buffer);
  if (count == 0) return false;
  if (!cut) to.receive(now, Bytes(buffer).first(count), chunk);
  return true;
}

void Pair::settle() {
  for (int round = 0;; ++round) {
    ASSERT_LT(round, 100000) << "no end of things to be done at one moment\n" << transcript();
    bool busy = false;
    for (Endpoint* end : {&a, &b}) {
      if (!due(end->next_timeout(), now)) continue;
      end->handle_timeout(now);
      busy = true;
    }
    push(a, sim::LineEnd::a);
    push(b, sim::LineEnd::b);
    busy |= carry(a, sim::LineEnd::a);
    busy |= carry(b, sim::LineEnd::b);
    push(a, sim::LineEnd::a);
    push(b, sim::LineEnd::b);
    if (!busy) return;
  }
}

bool Pair::run_until(const std::function<bool()>& done, Duration limit) {
  const Instant end = now + limit;
  for (;;) {
    settle();
    if (testing::Test::HasFatalFailure()) return false;
    if (done()) return true;
    auto next = earliest(earliest(a.next_timeout(), b.next_timeout()), line.next_timeout());
    if (!next || *next > end) {
      now = end;
      return false;
    }
    now = std::max(now, *next);
  }
}

void Pair::run_for(Duration duration) {
  run_until([] { return false; }, duration);
}

bool Pair::run_until_up(Duration limit) {
  return run_until([this] { return both_up() || a.ended() || b.ended(); }, limit) && both_up();
}

std::string Pair::transcript() const { return a.transcript() + "\n" + b.transcript() + "\n"; }

LinkConfig client_config() { return {}; }

LinkConfig server_config() {
  LinkConfig config;
  config.ipcp.local = {{10, 0, 0, 1}};
  config.ipcp.remote = {{10, 0, 0, 2}};
  config.ipcp.offer_dns = {Ipv4Address{{10, 0, 0, 53}}, Ipv4Address{{10, 0, 1, 53}}};
  return config;
}

}  // namespace tunppp::test
