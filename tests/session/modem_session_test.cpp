// Sessions over the emulated modem: what the whole way from AT to packets makes of what can go
// wrong on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/bare_peer.h"
#include "session/session.h"
#include "session/world.h"
#include "sim/modem_host.h"
#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

using sim::ModemEmulatorOptions;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class ModemSession : public testing::Test {
 protected:
  ModemSession() {
    host_options_.modem.registration_delay = milliseconds(300);
    host_options_.modem.dial_delay = milliseconds(20);
    host_options_.server = server_options(-1);
  }
  ~ModemSession() override {
    if (!host_) return;
    bool stopped = false;
    host_->stop([&] {
      stopped = true;
      world_.changed();
    });
    EXPECT_TRUE(world_.until([&] { return stopped; }));
  }

  void dial() {
    auto host = sim::ModemHost::create(world_.loop(), host_options_, [](const std::string&) {});
    ASSERT_TRUE(host) << host.failure().text;
    host_ = std::move(*host);
    host_->start();
    DialerOptions options = client_options(-1);
    options.line = {.device = host_->path()};
    options.modem = modem_;
    options.dialogue = true;
    options.up_timeout = seconds(30);
    client_.start(std::move(options));
  }
  bool up() {
    return world_.until([this] { return client_.up() || client_.end; }, seconds(30)) &&
           client_.up();
  }
  bool ended() {
    return world_.until([this] { return client_.end.has_value(); }, seconds(30));
  }
  std::vector<std::string> phases() const {
    std::vector<std::string> names;
    for (const PhaseReached& it : client_.all<PhaseReached>())
      if (names.empty() || names.back() != it.phase) names.emplace_back(it.phase);
    return names;
  }

  World world_;
  sim::ModemHostOptions host_options_;
  test::TempDirectory state_;
  ModemOptions modem_{
      .profile = "quectel-ec25", .apn = "internet", .state_directory = state_.path().string()};
  Party client_{world_};
  std::unique_ptr<sim::ModemHost> host_;
};

TEST_F(ModemSession, DialsComesUpAndHangsUp) {
  dial();
  ASSERT_TRUE(up()) << (client_.end ? client_.end->text : "no end");
  EXPECT_TRUE(client_.reached("registration"));
  EXPECT_TRUE(client_.reached("connected"));
  client_.stop();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::requested);
  // A second session finds a modem that can be dialled again.
  Party again(world_);
  DialerOptions options = client_options(-1);
  options.line = {.device = host_->path()};
  options.modem = modem_;
  again.start(std::move(options));
  ASSERT_TRUE(world_.until([&] { return again.up() || again.end; }, seconds(30)));
  EXPECT_TRUE(again.up());
  again.stop();
  ASSERT_TRUE(world_.until([&] { return again.end.has_value(); }));
}

TEST_F(ModemSession, AWrongApnIsRefusedByTheModem) {
  host_options_.modem.apn = "other";
  host_options_.modem.refusal = ModemEmulatorOptions::Refusal::cme_error;
  dial();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::not_subscribed) << client_.end->text;  // CME 133
}

/// However the network says no to the first, the second gives the connection.
TEST_F(ModemSession, TheNextProviderIsTriedWhereOneIsRefused) {
  using Refusal = ModemEmulatorOptions::Refusal;
  host_options_.modem.apn = "right";
  modem_.apn.clear();
  modem_.providers = {{.apn = "wrong"}, {.apn = "right"}};
  for (const Refusal refusal : {Refusal::no_carrier, Refusal::cme_error, Refusal::in_ppp}) {
    SCOPED_TRACE(static_cast<int>(refusal));
    host_options_.modem.refusal = refusal;
    Party client(world_);
    auto host = sim::ModemHost::create(world_.loop(), host_options_, [](const std::string&) {});
    ASSERT_TRUE(host) << host.failure().text;
    (*host)->start();
    DialerOptions options = client_options(-1);
    options.line = {.device = (*host)->path()};
    options.modem = modem_;
    client.start(std::move(options));
    ASSERT_TRUE(world_.until([&] { return client.up() || client.end; }, seconds(30)));
    ASSERT_TRUE(client.up()) << client.end->text;
    EXPECT_THAT(client.all<Warning>(),
                testing::Contains(testing::Field(&Warning::text, HasSubstr("; trying right"))));
    client.stop();
    ASSERT_TRUE(world_.until([&] { return client.end.has_value(); }));
    EXPECT_EQ(client.reason(), EndReason::requested);
    bool stopped = false;
    (*host)->stop([&] {
      stopped = true;
      world_.changed();
    });
    EXPECT_TRUE(world_.until([&] { return stopped; }));
  }
}

TEST_F(ModemSession, WhenNoProviderIsLeftEachHasItsSay) {
  host_options_.modem.apn = "right";
  modem_.apn.clear();
  modem_.providers = {{.apn = "wrong"}, {.apn = "worse"}};
  dial();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::not_subscribed);
  EXPECT_THAT(client_.end->text, testing::StartsWith("worse: "));
  EXPECT_THAT(client_.end->text, HasSubstr("before that, wrong: "));
}

TEST_F(ModemSession, NoOtherProviderIsTriedWithoutASim) {
  host_options_.modem.sim = ModemEmulatorOptions::Sim::absent;
  modem_.apn.clear();
  modem_.providers = {{.apn = "one"}, {.apn = "other"}};
  dial();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::sim_absent);
  for (const Warning& warning : client_.all<Warning>())
    EXPECT_EQ(warning.text.find("trying"), std::string::npos) << warning.text;
}

TEST_F(ModemSession, NoSim) {
  host_options_.modem.sim = ModemEmulatorOptions::Sim::absent;
  dial();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::sim_absent);
}

TEST_F(ModemSession, ThePinIsGivenAndNeverShown) {
  host_options_.modem.pin = "4711";
  modem_.pin = Secret("4711");
  dial();
  ASSERT_TRUE(up()) << (client_.end ? client_.end->text : "no end");
  for (const Dialogue& it : client_.all<Dialogue>())
    EXPECT_EQ(it.text.find("4711"), std::string::npos) << it.text;
  client_.stop();
  ASSERT_TRUE(ended());
}

TEST_F(ModemSession, APinIsWantedAndNoneIsThere) {
  host_options_.modem.pin = "4711";
  dial();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::sim_pin);
}

TEST_F(ModemSession, ASilentModem) {
  host_options_.modem.silent = true;
  dial();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::modem_silent);
}

TEST_F(ModemSession, StoppedWhileItRegisters) {
  host_options_.modem.registration = ModemEmulatorOptions::Registration::never;
  dial();
  ASSERT_TRUE(world_.until([this] { return client_.reached("registration"); }, seconds(20)));
  const Instant begin = boot_time();
  client_.stop();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::requested);
  EXPECT_LT(boot_time() - begin, seconds(5));
}

TEST_F(ModemSession, NotUpInTimeNamesThePhase) {
  host_options_.modem.registration = ModemEmulatorOptions::Registration::never;
  auto host = sim::ModemHost::create(world_.loop(), host_options_, [](const std::string&) {});
  ASSERT_TRUE(host);
  host_ = std::move(*host);
  host_->start();
  DialerOptions options = client_options(-1);
  options.line = {.device = host_->path()};
  options.modem = modem_;
  options.up_timeout = seconds(3);
  client_.start(std::move(options));
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::up_timeout);
  EXPECT_THAT(client_.end->text, HasSubstr("registration"));
}

/// A modem whose network refuses the bearer after PPP has been accepted, as they do: every password
/// is right, and then comes a Terminate-Request.
class RefusingModem final : private sim::EmulatedModem::Owner, private sim::LineRelay::Owner {
 public:
  RefusingModem(World& world, sim::Pty& pty)
      : world_(world),
        modem_(world.loop(), {}, *this),
        relay_(world.loop(), pty, modem_.host(), {}, 1, *this) {
    relay_.start();
    modem_.power_on();
  }

 private:
  class Network final : public BarePeer {
   public:
    using BarePeer::BarePeer;

   private:
    void link_event(const Event& event) override {
      const auto* phase = std::get_if<PhaseChanged>(&event);
      if (phase && phase->phase == Phase::network) pump_.close(EndReason::requested);
    }
  };
  void call_connected(bool) override {
    LinkConfig config = server_options(-1).link;
    network_.emplace(world_, modem_.network(), config);
  }
  void call_ended() override { network_.reset(); }
  void call_suspended(bool) override {}
  void relay_closed(sim::LineEnd, std::error_code) override {}

  World& world_;
  sim::EmulatedModem modem_;
  sim::LineRelay relay_;
  std::optional<Network> network_;
};

TEST_F(ModemSession, ARefusedBearerShowsAsATerminateRequestAfterConnect) {
  auto pty = sim::Pty::create(world_.loop());
  ASSERT_TRUE(pty) << pty.failure().text;
  RefusingModem modem(world_, **pty);
  DialerOptions options = client_options(-1);
  options.line.device = (*pty)->path();
  options.modem = modem_;
  client_.start(std::move(options));
  ASSERT_TRUE(ended());
  EXPECT_TRUE(client_.reached("connected"));
  EXPECT_EQ(client_.reason(), EndReason::apn_refused) << client_.end->text;
  EXPECT_THAT(client_.end->text, HasSubstr("the network refused the data connection"));
}

/// A modem that says CONNECT and echoes what it is told then, as one that has fallen back to command
/// mode does.
class EchoingModem final : private sim::EmulatedModem::Owner,
                           private sim::LineRelay::Owner,
                           private Pipe::Listener {
 public:
  EchoingModem(World& world, sim::Pty& pty)
      : modem_(world.loop(), {}, *this),
        relay_(world.loop(), pty, modem_.host(), {}, 1, *this) {
    relay_.start();
    modem_.power_on();
  }

 private:
  void call_connected(bool) override {
    modem_.network().listen(this);
    modem_.network().watch_read(true);
  }
  void pipe_readable() override {
    std::array<std::byte, 4096> buffer;
    const Pipe::Result result = modem_.network().read(buffer);
    modem_.network().write(Bytes(buffer).first(result.count));
    if (result.closed) modem_.network().watch_read(false);
  }
  void pipe_writable() override {}
  void call_ended() override { modem_.network().listen(nullptr); }
  void call_suspended(bool) override {}
  void relay_closed(sim::LineEnd, std::error_code) override {}

  sim::EmulatedModem modem_;
  sim::LineRelay relay_;
};

TEST_F(ModemSession, AModemThatEchoesIsInCommandModeAndNotALoop) {
  auto pty = sim::Pty::create(world_.loop());
  ASSERT_TRUE(pty) << pty.failure().text;
  EchoingModem modem(world_, **pty);
  DialerOptions options = client_options(-1);
  options.line.device = (*pty)->path();
  options.modem = modem_;
  options.link.lcp.restart.restart_timer = milliseconds(200);
  client_.start(std::move(options));
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::command_mode) << client_.end->text;
  EXPECT_THAT(client_.end->text, HasSubstr("command mode"));
}

}  // namespace
}  // namespace tunppp::session
