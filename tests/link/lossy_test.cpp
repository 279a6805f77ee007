// Two links over a line that loses, damages, doubles and delays frames: they come up, or end with a
// reason that fits, within the time that timers and counters give.
#include <gtest/gtest.h>

#include <tuple>

#include "link/hand_peer.h"
#include "link/pair.h"

namespace tunppp::test {
namespace {

/// The longest that a link may take to be up or ended. Every request is followed by the next one
/// within a restart period, and there are at most max_rounds of them until the layer has been open
/// for a while; authentication has its own limit, and closing takes max_terminate periods.
Duration bound_of(const LinkConfig& config) {
  return config.lcp.restart.max_rounds * config.lcp.restart.restart_timer + config.auth.timeout +
         config.ipcp.restart.max_rounds * config.ipcp.restart.restart_timer +
         config.lcp.restart.max_terminate * config.lcp.restart.restart_timer;
}

enum class Credentials { none, pap, chap, both_ways };

struct Setting {
  const char* name;
  sim::LineOptions line;
  bool always_up;  ///< mild enough that nothing but coming up will do
};

sim::LineOptions line(Duration latency, std::uint32_t baud = 0) {
  sim::LineOptions options;
  options.latency = latency;
  options.baud = baud;
  return options;
}

std::vector<Setting> settings() {
  std::vector<Setting> all;
  const auto add = [&all](const char* name, sim::LineOptions options, bool always_up) {
    all.push_back({name, options, always_up});
  };
  auto options = line(milliseconds(10));
  add("perfect", options, true);
  options.frame_loss = 0.05;
  add("loss5", options, true);
  options.frame_loss = 0.2;
  add("loss20", options, true);
  options.frame_loss = 0.5;
  add("loss50", options, false);
  options.frame_loss = 0.8;
  add("loss80", options, false);
  options = line(milliseconds(30));
  options.frame_duplication = 1;
  add("everything_twice", options, true);
  options.frame_duplication = 0.3;
  options.frame_loss = 0.1;
  options.frame_damage = 0.1;
  add("of_all_a_little", options, true);
  options = line(milliseconds(50), 9600);
  options.bit_errors = 0.0005;
  add("bit_errors_at_9600", options, true);
  options.bit_errors = 0.003;
  add("many_bit_errors_at_9600", options, false);
  options = line(milliseconds(5), 115200);
  options.octet_loss = 0.002;
  add("octets_lost", options, true);
  for (int ms : {700, 1500, 2000}) {
    options = line(milliseconds(ms));
    add("slow", options, true);
    options.frame_loss = 0.1;
    add("slow_and_lossy", options, true);
    options.frame_loss = 0;
    options.frame_duplication = 0.5;
    add("slow_and_twice", options, true);
  }
  return all;
}

std::pair<LinkConfig, LinkConfig> configs(Credentials credentials) {
  LinkConfig client = client_config();
  LinkConfig server = server_config();
  client.auth.user = "client";
  client.auth.password = Secret("client's");
  server.auth.user = "server";
  server.auth.password = Secret("server's");
  if (credentials == Credentials::pap) server.auth.require = {AuthMethod::pap};
  if (credentials == Credentials::chap) server.auth.require = {AuthMethod::chap_md5};
  if (credentials == Credentials::both_ways) {
    server.auth.require = {AuthMethod::chap_md5};
    client.auth.require = {AuthMethod::pap};
  }
  // Who loses the other's Terminate-Request finds out.
  client.lcp.echo_interval = server.lcp.echo_interval = seconds(30);
  return {client, server};
}

class Lossy : public testing::TestWithParam<std::tuple<std::size_t, Credentials>> {};

TEST_P(Lossy, ComesUpOrEndsWithinItsBound) {
  const Setting setting = settings()[std::get<0>(GetParam())];
  const auto [client, server] = configs(std::get<1>(GetParam()));
  const Duration bound = std::max(bound_of(client), bound_of(server));
  int ups = 0;
  constexpr int seeds = 25;
  for (int seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(std::string(setting.name) + ", seed " + std::to_string(seed));
    Pair pair(client, server, setting.line, static_cast<std::uint64_t>(seed) * 7919);
    for (Endpoint* end : {&pair.a, &pair.b}) {
      end->secrets = {{"client", "client's"}, {"server", "server's"}};
    }
    pair.start();
    const bool up = pair.run_until_up(bound);
    ASSERT_TRUE(up || pair.a.ended() || pair.b.ended()) << pair.transcript();
    if (up) {
      ++ups;
      // With the noise gone it stays up, and whole packets pass; what was under way may still
      // start a negotiation anew.
      pair.line.set_noise(sim::LineChannel::Noise::off);
      pair.run_for(seconds(20));
      ASSERT_TRUE(pair.run_until_up(bound)) << pair.transcript();
      pair.run_for(seconds(100));
      ASSERT_TRUE(pair.both_up()) << pair.transcript();
      ASSERT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv4, ip_packet(1500)),
                SendResult::accepted);
      pair.run_for(seconds(10));
      ASSERT_FALSE(pair.b.packets.empty());
      EXPECT_EQ(pair.b.packets.back(), ip_packet(1500));
    } else {
      // The other one ends as well: by the Terminate-Request, its own timers or its echoes.
      const Duration echoes =
          (client.lcp.echo_failures + 1) * client.lcp.echo_interval +
          client.lcp.restart.max_terminate * client.lcp.restart.restart_timer;
      ASSERT_TRUE(pair.run_until([&] { return pair.both_ended(); }, bound + echoes))
          << pair.transcript();
      for (const Endpoint* end : {&pair.a, &pair.b}) {
        const EndReason reason = end->end()->reason;
        EXPECT_TRUE(reason == EndReason::peer_silent || reason == EndReason::negotiation_failed ||
                    reason == EndReason::peer_closed || reason == EndReason::peer_lost ||
                    reason == EndReason::no_network_protocol ||
                    (reason == EndReason::auth_refused &&
                     end->end()->text.find("during authentication") != std::string::npos) ||
                    (reason == EndReason::peer_auth_failed &&
                     end->end()->text.find("no ") != std::string::npos))
            << info(reason).name << ": " << end->end()->text;
      }
    }
    if (HasFailure()) return;
  }
  EXPECT_TRUE(ups == seeds || !setting.always_up) << setting.name << ": " << ups;
}

std::string name_of(const testing::TestParamInfo<Lossy::ParamType>& info) {
  static const char* const names[] = {"none", "pap", "chap", "both_ways"};
  return std::to_string(std::get<0>(info.param)) + "_" + settings()[std::get<0>(info.param)].name +
         "_" + names[static_cast<int>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(Lines, Lossy,
                         testing::Combine(testing::Range<std::size_t>(0, settings().size()),
                                          testing::Values(Credentials::none, Credentials::pap,
                                                          Credentials::chap,
                                                          Credentials::both_ways)),
                         name_of);

/// What arrives damaged is never handed on: every packet that comes out went in.
TEST(LossyData, NoDamagedPacketIsDelivered) {
  sim::LineOptions options = line(milliseconds(10));
  options.frame_damage = 0.3;
  options.frame_loss = 0.1;
  options.frame_duplication = 0.1;
  Pair pair(client_config(), server_config(), options, 3);
  pair.line.set_noise(sim::LineChannel::Noise::off);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(1)));
  pair.line.set_noise(sim::LineChannel::Noise::on);
  Random random(11);
  std::vector<Octets> sent;
  for (int i = 0; i < 2000; ++i) {
    Octets packet = random.octets(1 + random.below(1500));
    if (random.below(10) == 0) std::fill(packet.begin(), packet.end(), std::byte{0x7e});
    ASSERT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv4, packet), SendResult::accepted);
    sent.push_back(std::move(packet));
    pair.run_for(milliseconds(20));
  }
  std::size_t next = 0;
  for (const Octets& packet : pair.b.packets) {
    if (next > 0 && packet == sent[next - 1]) continue;  // the line doubled it
    while (next < sent.size() && sent[next] != packet) ++next;
    ASSERT_LT(next, sent.size()) << "a packet that nobody sent, or out of order";
    ++next;
  }
  EXPECT_GT(pair.b.packets.size(), 1000U);
  const auto& statistics = pair.b.link.statistics();
  EXPECT_GT(statistics.dropped(Drop::fcs_error) + statistics.dropped(Drop::aborted) +
                statistics.dropped(Drop::runt),
            100U);
}

/// The same line in pieces of any size gives the same link.
TEST(LossyData, ChunkingChangesNothing) {
  sim::LineOptions options = line(milliseconds(100));
  options.frame_damage = 0.1;
  options.frame_duplication = 0.1;
  std::string reference;
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{2}, std::size_t{7},
                            std::size_t{64}}) {
    // (An owner's answer to a question comes when receive() returns, so one direction only.)
    auto [client, server] = configs(Credentials::chap);
    Pair pair(client, server, options, 5);
    for (Endpoint* end : {&pair.a, &pair.b}) {
      end->secrets = {{"client", "client's"}, {"server", "server's"}};
    }
    pair.chunk = chunk;
    pair.start();
    ASSERT_TRUE(pair.run_until_up(bound_of(client)));
    pair.run_for(seconds(100));
    if (reference.empty()) reference = pair.transcript();
    EXPECT_EQ(pair.transcript(), reference) << chunk;
  }
}

}  // namespace
}  // namespace tunppp::test
