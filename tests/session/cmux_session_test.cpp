// Sessions over a channel of CMUX, from AT to packets and back to AT.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/multiplexing_modem.h"
#include "session/session.h"
#include "session/world.h"
#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

/// Says AT on a tty, and hears what comes.
class Asker final : private Pipe::Listener {
 public:
  Asker(World& world, int fd) : world_(world), pipe_(world.loop(), fd) {
    pipe_.listen(this);
    pipe_.watch_read(true);
    constexpr std::string_view words = "AT\r";
    EXPECT_EQ(pipe_.write(std::as_bytes(std::span(words))).count, words.size());
  }
  std::string heard;

 private:
  void pipe_readable() override {
    std::array<std::byte, 100> buffer;
    const Pipe::Result result = pipe_.read(buffer);
    heard.append(reinterpret_cast<const char*>(buffer.data()), result.count);
    world_.changed();
  }
  void pipe_writable() override {}

  World& world_;
  FdPipe pipe_;
};

class CmuxSession : public testing::Test {
 protected:
  void begin(sim::CmuxHabits habits = {}) {
    sim::ModemEmulatorOptions options;
    options.registration_delay = milliseconds(50);
    options.dial_delay = milliseconds(20);
    modem_.emplace(world_, options, habits);
  }
  DialerOptions options() {
    DialerOptions options = client_options(-1);
    options.line = {.device = modem_->path()};
    options.modem = {.profile = "auto",
                     .apn = "internet",
                     .state_directory = state_.path().string(),
                     .cmux = Cmux::basic};
    options.dialogue = true;
    options.up_timeout = seconds(30);
    return options;
  }
  bool up(Party& party) {
    return world_.until([&] { return party.up() || party.end; }, seconds(30)) && party.up();
  }
  bool ended(Party& party) {
    return world_.until([&] { return party.end.has_value(); }, seconds(30));
  }
  /// Where it multiplexes no more, AT is heard on the tty itself.
  void expect_at_on_the_line() {
    EXPECT_FALSE(modem_->multiplexes());
    auto port = tty::SerialPort::open(modem_->path(), {});
    ASSERT_TRUE(port);
    Asker asker(world_, port->fd());
    EXPECT_TRUE(world_.until([&] { return asker.heard.find("OK") != std::string::npos; }));
    EXPECT_EQ(asker.heard, "\r\nOK\r\n");
  }

  World world_;
  test::TempDirectory state_;
  std::optional<MultiplexingModem> modem_;
};

TEST_F(CmuxSession, ComesUpAndLeavesTheLineAsItWas) {
  for (const Cmux cmux : {Cmux::basic, Cmux::advanced}) {
    begin();
    Party party(world_);
    DialerOptions wanted = options();
    wanted.modem.cmux = cmux;
    party.start(std::move(wanted));
    ASSERT_TRUE(up(party)) << (party.end ? party.end->text : "no end");
    EXPECT_TRUE(party.reached("multiplexer"));
    EXPECT_TRUE(modem_->multiplexes());
    EXPECT_TRUE(modem_->channel(1).in_data_mode());
    EXPECT_FALSE(modem_->channel(2).in_data_mode());
    party.stop();
    ASSERT_TRUE(ended(party));
    EXPECT_EQ(party.reason(), EndReason::requested);
    expect_at_on_the_line();
  }
}

TEST_F(CmuxSession, ARefusalIsSaidInWordsAndTheModemHearsAt) {
  begin({.refuses = true});
  Party party(world_);
  party.start(options());
  ASSERT_TRUE(ended(party));
  EXPECT_EQ(party.reason(), EndReason::cmux_failed);
  EXPECT_THAT(party.end->text, HasSubstr("refused to multiplex"));
  expect_at_on_the_line();
}

TEST_F(CmuxSession, AModemThatAcceptsAndDoesNothingIsNoticedAndBroughtBack) {
  begin({.silent = true});
  Party party(world_);
  party.start(options());
  ASSERT_TRUE(ended(party));
  EXPECT_EQ(party.reason(), EndReason::cmux_failed);
  EXPECT_THAT(party.end->text, HasSubstr("nothing multiplexes there"));
  expect_at_on_the_line();
}

TEST_F(CmuxSession, OneChannelIsEnough) {
  begin({.one_channel = true});
  Party party(world_);
  party.start(options());
  ASSERT_TRUE(up(party)) << (party.end ? party.end->text : "no end");
  ASSERT_FALSE(party.all<Warning>().empty());
  EXPECT_THAT(party.all<Warning>().front().text, HasSubstr("no AT beside the data"));
  party.stop();
  ASSERT_TRUE(ended(party));
}

TEST_F(CmuxSession, TheModemClosesTheChannel) {
  begin();
  Party party(world_);
  party.start(options());
  ASSERT_TRUE(up(party));
  modem_->close_channel(1);
  ASSERT_TRUE(ended(party));
  EXPECT_EQ(party.reason(), EndReason::carrier_lost);
  EXPECT_THAT(party.end->text, HasSubstr("closed the channel"));
  EXPECT_FALSE(modem_->multiplexes());
}

TEST_F(CmuxSession, AModemThatBeginsAnewIsMissedAndSaidToHaveLeft) {
  begin();
  Party party(world_);
  party.start(options());
  ASSERT_TRUE(up(party));
  // It has answered a question by then; a second after the channels were opened it is asked.
  const Instant asked = boot_time() + milliseconds(1200);
  ASSERT_TRUE(world_.until([&] {
    world_.changed();
    return boot_time() >= asked;
  }));
  modem_->reset_loudly();
  ASSERT_TRUE(ended(party));
  EXPECT_EQ(party.reason(), EndReason::modem_gone) << party.end->text;
  EXPECT_THAT(party.end->text, HasSubstr("has left the multiplexer: it said"));
  expect_at_on_the_line();
}

TEST_F(CmuxSession, StoppedWhileItRegisters) {
  sim::ModemEmulatorOptions never;
  never.registration = sim::ModemEmulatorOptions::Registration::never;
  modem_.emplace(world_, never, sim::CmuxHabits());
  Party party(world_);
  party.start(options());
  ASSERT_TRUE(world_.until([&] { return party.reached("registration"); }, seconds(20)));
  const Instant began = boot_time();
  party.stop();
  ASSERT_TRUE(ended(party));
  EXPECT_EQ(party.reason(), EndReason::requested);
  EXPECT_LT(boot_time() - began, seconds(5));
  EXPECT_FALSE(modem_->multiplexes());
}

TEST_F(CmuxSession, StoppedAtOnceTheNextDialGoesOn) {
  begin();
  {
    Party party(world_);
    party.start(options());
    ASSERT_TRUE(up(party));
    party.stop();
    party.stop();  // as if killed: no goodbye of any kind
    ASSERT_TRUE(ended(party));
    ASSERT_TRUE(modem_->multiplexes());
  }
  Party party(world_);
  party.start(options());
  ASSERT_TRUE(up(party)) << (party.end ? party.end->text : "no end");
  party.stop();
  ASSERT_TRUE(ended(party));
}

TEST_F(CmuxSession, TheTtyGoesAwayWhileItMultiplexes) {
  begin();
  Party party(world_);
  party.start(options());
  ASSERT_TRUE(world_.until([&] { return party.reached("multiplexer"); }, seconds(20)));
  modem_.reset();
  ASSERT_TRUE(world_.until([&] { return party.end.has_value(); }, seconds(5)));
  EXPECT_EQ(party.reason(), EndReason::modem_gone) << party.end->text;
}

TEST_F(CmuxSession, WithoutAModemThereIsNothingToMultiplex) {
  begin();
  Party party(world_);
  DialerOptions wanted = options();
  wanted.modem.profile = "";
  party.start(std::move(wanted));
  ASSERT_TRUE(ended(party));
  EXPECT_EQ(party.reason(), EndReason::usage);
}

}  // namespace
}  // namespace tunppp::session
