// One emulated modem with several ports, in virtual time: what they share, what is each one's own,
// and the channels of its multiplexer.
#include "sim/modem_ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "multiplexed_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using modem::cmux::command_channel;
using modem::cmux::ppp_channel;
using testing::HasSubstr;
using testing::Not;

/// Two ttys of a modem without echo.
class TwoTtys {
 public:
  explicit TwoTtys(ModemEmulatorOptions options = registered_at_once())
      : ports(std::move(options)) {
    ports.power_on(now);
    for (const std::size_t tty : {0U, 1U}) ask(tty, "ATE0");
  }
  static ModemEmulatorOptions registered_at_once() {
    ModemEmulatorOptions options;
    options.registration_delay = {};
    return options;
  }

  /// What comes on a tty after a command, within a while.
  std::string ask(std::size_t tty, const std::string& command, Duration patience = 10ms) {
    ports.receive_from_host(now, tty, octets(command + "\r"));
    pass(patience);
    return std::exchange(heard[tty], {});
  }
  void pass(Duration duration) {
    const Instant until = now + duration;
    take();
    for (auto next = ports.next_timeout(); next && *next <= until; next = ports.next_timeout()) {
      now = *next;
      ports.handle_timeout(now);
      take();
    }
    now = until;
  }
  void connect() { EXPECT_THAT(ask(0, "ATD*99***1#", 1s), HasSubstr("CONNECT")); }

  Instant now{1s};
  ModemPorts ports;
  std::string heard[ModemPorts::lines];

 private:
  void take() {
    for (std::size_t tty = 0; tty < ModemPorts::lines; ++tty)
      for (Bytes out; !(out = ports.poll_to_host(tty)).empty();) {
        heard[tty] += text(out);
        ports.written_to_host(now, tty, out.size());
      }
  }
};

TEST(ModemPorts, APinEnteredOnOneIsEnteredOnBoth) {
  ModemEmulatorOptions locked = TwoTtys::registered_at_once();
  locked.pin = "1234";
  TwoTtys modem(locked);
  EXPECT_THAT(modem.ask(0, "AT+CPIN?"), HasSubstr("SIM PIN"));
  EXPECT_THAT(modem.ask(1, "AT+CPIN=\"9999\""), HasSubstr("ERROR"));
  EXPECT_THAT(modem.ask(0, "AT+QPINC"), HasSubstr("+QPINC: \"SC\",2"));
  EXPECT_THAT(modem.ask(1, "AT+CPIN=\"1234\""), HasSubstr("OK"));
  EXPECT_THAT(modem.ask(0, "AT+CPIN?"), HasSubstr("READY"));
  EXPECT_THAT(modem.ask(0, "AT+CEREG?"), HasSubstr("+CEREG: 0,1"));
}

TEST(ModemPorts, SettingsAreEachOnesOwn) {
  TwoTtys modem;
  modem.ask(0, "ATE1V0");
  modem.ask(0, "AT+CMEE=2");
  EXPECT_EQ(modem.ask(1, "AT"), "\r\nOK\r\n");
  EXPECT_EQ(modem.ask(1, "AT+NONSENSE"), "\r\nERROR\r\n");
}

TEST(ModemPorts, AContextSetOnOneIsDialledOnTheOther) {
  ModemEmulatorOptions options = TwoTtys::registered_at_once();
  options.apn = "company.example";
  TwoTtys modem(options);
  EXPECT_THAT(modem.ask(0, "ATD*99***1#", 1s), HasSubstr("NO CARRIER"));
  // Why it was refused is told on either.
  EXPECT_THAT(modem.ask(1, "AT+CEER"), HasSubstr("not subscribed"));
  modem.ask(1, "AT+CGDCONT=1,\"IP\",\"company.example\"");
  modem.connect();
}

TEST(ModemPorts, RegistrationLostIsToldOnEachThatAsked) {
  ModemEmulatorOptions options = TwoTtys::registered_at_once();
  options.scenario = {{.kind = ScenarioEvent::Kind::registration_lost, .at = 5s}};
  TwoTtys modem(options);
  modem.ask(1, "AT+CEREG=2");
  modem.pass(5s);
  EXPECT_EQ(modem.heard[0], "") << "it did not ask";
  EXPECT_EQ(modem.heard[1], "\r\n+CEREG: 0\r\n");
}

TEST(ModemPorts, ACallOnOneIsNotInTheWayOfTheOther) {
  TwoTtys modem;
  EXPECT_THAT(modem.ask(1, "AT+CGACT?"), HasSubstr("+CGACT: 1,0"));
  modem.connect();
  EXPECT_THAT(modem.ask(1, "AT+CGACT?"), HasSubstr("+CGACT: 1,1"));
  EXPECT_THAT(modem.ask(1, "AT+CGATT?"), HasSubstr("+CGATT: 1"));
  EXPECT_THAT(modem.ask(1, "ATD*99***1#", 1s), HasSubstr("NO CARRIER")) << "one call at a time";
  modem.ports.receive_from_host(modem.now, 0, octets("~up~"));
  EXPECT_EQ(text(modem.ports.poll_to_network()), "~up~");
  modem.ports.receive_from_network(modem.now, octets("~down~"));
  modem.pass(1ms);
  EXPECT_EQ(modem.heard[0], "~down~");
  EXPECT_EQ(modem.heard[1], "");
}

TEST(ModemPorts, WhatOneTakesDownEndsTheCallOfTheOther) {
  TwoTtys modem;
  modem.connect();
  EXPECT_EQ(modem.ask(1, "AT+CGACT=0,1"), "\r\nOK\r\n");
  EXPECT_EQ(modem.heard[0], "\r\nNO CARRIER\r\n");
  EXPECT_THAT(modem.ask(0, "AT"), HasSubstr("OK"));
}

TEST(ModemPorts, DtrOfOneLeavesTheCallOfTheOther) {
  TwoTtys modem;
  modem.connect();
  modem.ports.set_dtr(modem.now, 1, false);
  EXPECT_THAT(modem.ask(1, "AT+CGACT?"), HasSubstr("+CGACT: 1,1"));
  modem.ports.set_dtr(modem.now, 0, false);
  EXPECT_THAT(modem.ask(1, "AT+CGACT?"), HasSubstr("+CGACT: 1,0"));
}

// --- channels ---

TEST(ModemPorts, TheMultiplexerIsOfLineZeroAlone) {
  TwoTtys modem;
  EXPECT_EQ(modem.ask(1, "AT+CMUX=0"), "\r\nERROR\r\n");
  EXPECT_EQ(modem.ask(0, "AT+CMUX=0"), "\r\nOK\r\n");
  EXPECT_TRUE(modem.ports.multiplexes());
  EXPECT_EQ(modem.ask(0, "AT"), "") << "AT is no frame";
  EXPECT_EQ(modem.ask(1, "AT"), "\r\nOK\r\n");
  // SABM on the control channel, and its UA: TS 27.010 clause 5.4.1.
  EXPECT_EQ(modem.ask(0, "\xf9\x03\x3f\x01\x1c\xf9"), "\xf9\x03\x73\x01\xd7\xf9");
}

TEST(ModemPorts, ChannelsShareTheModem) {
  MultiplexedLine line;
  modem::cmux::MultiplexStart start(*modem::find_profile("generic"), {}, {});
  line.run(start);
  line.open(start.outcome()->muxer);
  line.ask(command_channel, "AT+CGDCONT=1,\"IP\",\"internet\"\r");
  EXPECT_THAT(line.ask(ppp_channel, "AT+CGDCONT?\r"), HasSubstr("\"internet\""));
  EXPECT_THAT(line.ask(ppp_channel, "ATD*99***1#\r", 1s), HasSubstr("CONNECT"));
  EXPECT_THAT(line.ask(command_channel, "AT+CGACT?\r"), HasSubstr("+CGACT: 1,1"));
  // The channel is closed (DISC), and the call with it; the other goes on.
  line.us->close(line.now, ppp_channel);
  line.pass(1s);
  EXPECT_THAT(line.ask(command_channel, "AT+CGACT?\r"), HasSubstr("+CGACT: 1,0"));
  EXPECT_TRUE(line.modem.multiplexes());
  line.close();
  EXPECT_FALSE(line.modem.multiplexes());
  EXPECT_TRUE(line.in_command_mode());
}

/// Beside what a channel asks, nothing that was said before it was opened comes out of it.
TEST(ModemPorts, AChannelBeginsWithoutWhatWasSaidToNobody) {
  ModemEmulatorOptions options;
  options.noise_period = 100ms;
  MultiplexedLine line(options);
  line.pass(60s);
  modem::cmux::MultiplexStart start(*modem::find_profile("generic"), {}, {});
  line.run(start);
  line.open(start.outcome()->muxer);
  EXPECT_LT(line.ask(command_channel, "AT\r").size(), 4096U);
}

/// What a multiplexer was about to tell a program that was killed holds an OK; it is none to us.
TEST(ModemPorts, TheRestOfAMultiplexerIsNotTakenForAnAnswer) {
  ModemEmulatorOptions options;
  options.start_in_data_mode = true;
  ModemLine line(options);
  line.modem.receive_from_network(line.now, octets("\xf9\x09\xef\x0d\r\nOK\r\n\xc3\xf9"));
  modem::DialOptions wanted;
  wanted.apn = "internet";
  modem::Dial dial(*modem::find_profile("quectel-ec25"), wanted);
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
}

}  // namespace
}  // namespace tunppp::sim
