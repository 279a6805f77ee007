// What a modem says in the middle of PPP, and what only looks like it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/fake_at_tty.h"
#include "session/session.h"
#include "session/world.h"
#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

/// Longer than the silence after which the line is looked at.
constexpr Duration long_enough = milliseconds(1200);

class Stream : public testing::Test {
 protected:
  void come_up() {
    DialerOptions client = client_options(wire_.fds[0]);
    client.dialogue = true;
    server_.start(server_options(wire_.fds[1]));
    client_.start(std::move(client));
    ASSERT_TRUE(world_.until([this] { return client_.up() && server_.up(); }));
  }
  void say(const std::string& text) {
    ASSERT_EQ(::write(wire_.fds[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  bool hears(const std::string& text) {
    return world_.until([&] {
      for (const Dialogue& it : client_.all<Dialogue>())
        if (it.modem && !it.sent && it.text == text) return true;
      return false;
    });
  }
  bool ended() {
    return world_.until([this] { return client_.end.has_value(); });
  }
  bool stays_up() {
    return !world_.until([this] { return client_.end.has_value(); }, long_enough);
  }
  void close() {
    client_.stop();
    EXPECT_TRUE(world_.until([this] { return client_.end && server_.end; }));
    EXPECT_EQ(client_.reason(), EndReason::requested) << client_.end->text;
  }

  World world_;
  Wire wire_;
  Party client_{world_};
  Party server_{world_};
};

TEST_F(Stream, UnsolicitedCodesAreToldAndHarmless) {
  come_up();
  say("\r\n+CREG: 2\r\n");
  EXPECT_TRUE(hears("+CREG: 2"));
  say("\r\nRING\r\n");  // on the same stretch between two frames
  EXPECT_TRUE(hears("RING"));
  EXPECT_FALSE(client_.end);
  close();
}

TEST_F(Stream, AResultInTwoReads) {
  come_up();
  say("\r\nNO CAR");
  EXPECT_TRUE(stays_up());
  say("RIER\r\n");
  ASSERT_TRUE(ended());
  for (const Dialogue& it : client_.all<Dialogue>())
    EXPECT_FALSE(it.sent && it.text.find("TermReq") != std::string::npos)
        << "a goodbye to a modem in command mode: " << it.text;
  EXPECT_EQ(client_.reason(), EndReason::carrier_lost);
  server_.stop();
  EXPECT_TRUE(world_.until([this] { return server_.end.has_value(); }));
}

TEST_F(Stream, OkMeansThatTheModemTakesPppForCommands) {
  come_up();
  say("\r\nOK\r\n");
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::carrier_lost);
  EXPECT_THAT(client_.end->text, HasSubstr("takes PPP for commands"));
  server_.stop();
  EXPECT_TRUE(world_.until([this] { return server_.end.has_value(); }));
}

TEST_F(Stream, APacketMayCarryTheWords) {
  come_up();
  // An IPv4 packet that pauses in the middle of its text, and is not finished for a while.
  say(std::string("~\xff\x7d\x23\x7d\x20\x21\x45\x7d\x20", 9) +
      "\r\nNO CARRIER\r\nOK\r\nRDY\r\nand");
  EXPECT_TRUE(stays_up());
  say(" more\r\nNO CARRIER\r\n and so on~");
  EXPECT_TRUE(stays_up());
  for (const Dialogue& it : client_.all<Dialogue>()) EXPECT_NE(it.text, "RDY");
  close();
}

TEST(StreamOfAModem, ThatBeginsAnewInDataMode) {
  World world;
  test::TempDirectory files;
  FakeAtTty modem(world);
  Party client(world);
  DialerOptions options = client_options(-1);
  options.line = {.device = modem.path()};
  options.modem = {.profile = "generic",
                   .apn = "internet",
                   .state_directory = (files.path() / "state").string(),
                   .at_device = {}};
  options.up_timeout = seconds(30);
  client.start(std::move(options));
  ASSERT_TRUE(world.until([&] { return client.reached("lcp") || client.end; }, seconds(20)));
  ASSERT_FALSE(client.end) << client.end->text;
  modem.say("\r\nRDY\r\n");
  ASSERT_TRUE(world.until([&] { return client.end.has_value(); }, seconds(20)));
  EXPECT_EQ(client.reason(), EndReason::modem_gone);
  EXPECT_THAT(client.end->text, HasSubstr("it said RDY"));
}

}  // namespace
}  // namespace tunppp::session
