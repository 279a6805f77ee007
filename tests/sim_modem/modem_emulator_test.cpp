#include "sim/modem_emulator.h"

#include <gtest/gtest.h>

#include "modem_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using Kind = ModemEmulator::Event::Kind;
using Options = ModemEmulatorOptions;

Options registered_at_once() {
  Options options;
  options.registration_delay = {};
  return options;
}

struct LineInDataMode : ModemLine {
  explicit LineInDataMode(Options options = registered_at_once()) : ModemLine(std::move(options)) {
    ask("ATE0\r");
    EXPECT_EQ(ask("ATD*99***1#\r", 1s), "\r\nCONNECT 150000000\r\n");
  }
};

TEST(ModemEmulator, EchoesUntilToldNotTo) {
  ModemLine line;
  EXPECT_EQ(line.ask("AT\r"), "AT\r\r\nOK\r\n");
  EXPECT_EQ(line.ask("ATE0\r"), "ATE0\r\r\nOK\r\n");
  EXPECT_EQ(line.ask("AT\r"), "\r\nOK\r\n");
}

TEST(ModemEmulator, TakesSeveralCommandsOnALine) {
  ModemLine line;
  EXPECT_EQ(line.ask("ATE0V1X4&C1&D2+CMEE=1;+CSQ\r"),
            "ATE0V1X4&C1&D2+CMEE=1;+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n");
  EXPECT_EQ(line.ask("AT+CMEE?\r"), "\r\n+CMEE: 1\r\n\r\nOK\r\n");
}

TEST(ModemEmulator, RefusesWhatItDoesNotKnow) {
  ModemLine line;
  line.ask("ATE0\r");
  EXPECT_EQ(line.ask("AT+NONSENSE\r"), "\r\nERROR\r\n");
  line.ask("AT+CMEE=1\r");
  EXPECT_EQ(line.ask("AT+NONSENSE\r"), "\r\n+CME ERROR: 4\r\n");
  line.ask("AT+CMEE=2\r");
  EXPECT_EQ(line.ask("AT+NONSENSE\r"), "\r\n+CME ERROR: operation not supported\r\n");
  EXPECT_EQ(line.ask("nonsense\r"), "");
}

TEST(ModemEmulator, AnswersInDigits) {
  ModemLine line;
  line.ask("ATE0V0\r");
  EXPECT_EQ(line.ask("AT\r"), "0\r");
  EXPECT_EQ(line.ask("AT+NONSENSE\r"), "4\r");
}

TEST(ModemEmulator, RegistersAfterAWhileAndSaysSo) {
  Options options;
  options.registration_delay = 5s;
  ModemLine line(options);
  line.ask("ATE0\r");
  EXPECT_EQ(line.ask("AT+CEREG=2\r"), "\r\nOK\r\n");
  EXPECT_EQ(line.ask("AT+CEREG?\r"), "\r\n+CEREG: 2,2\r\n\r\nOK\r\n");
  EXPECT_EQ(line.ask("ATD*99#\r", 1s), "\r\nNO CARRIER\r\n");
  EXPECT_EQ(line.pass(5s), "\r\n+CEREG: 1,\"1A2B\",\"01C3D4E5\",7\r\n");
}

TEST(ModemEmulator, CarriesOctetsBothWaysInDataMode) {
  LineInDataMode line;
  ASSERT_EQ(line.changes.size(), 1u);
  EXPECT_EQ(line.changes[0].kind, Kind::connected);
  line.modem.receive_from_host(line.now, octets("~up~\r\nAT\r"));
  EXPECT_EQ(text(line.modem.poll_to_network()), "~up~\r\nAT\r");
  line.modem.receive_from_network(line.now, octets("~down~"));
  EXPECT_EQ(line.pass(0s), "~down~");
}

TEST(ModemEmulator, EscapeWantsItsGuardTimes) {
  LineInDataMode line;
  EXPECT_EQ(line.ask("data+++", 5s), "");  // no silence before
  EXPECT_EQ(line.ask("++++", 5s), "");     // one too many
  EXPECT_EQ(line.ask("+++", 900ms), "");   // ...
  EXPECT_EQ(line.ask("more", 5s), "");     // no silence behind
  EXPECT_EQ(line.ask("+++\r", 5s), "");    // with CR
  EXPECT_TRUE(line.modem.in_data_mode());
  EXPECT_EQ(line.ask("+++", 999ms), "");
  EXPECT_EQ(line.pass(2ms), "\r\nOK\r\n");
  EXPECT_TRUE(line.modem.call_up());
  EXPECT_EQ(line.ask("AT\r"), "\r\nOK\r\n");
  EXPECT_EQ(line.changes.back().kind, Kind::suspended);
}

TEST(ModemEmulator, EscapeMayComeOctetByOctet) {
  LineInDataMode line;
  line.pass(2s);
  line.ask("+");
  line.ask("+");
  EXPECT_EQ(line.ask("+", 2s), "\r\nOK\r\n");
}

TEST(ModemEmulator, ResumesWithAtoAndEndsWithAth) {
  LineInDataMode line;
  line.pass(2s);
  line.ask("+++", 2s);
  EXPECT_EQ(line.ask("ATO\r"), "\r\nCONNECT 150000000\r\n");
  EXPECT_TRUE(line.modem.in_data_mode());
  EXPECT_EQ(line.changes.back().kind, Kind::resumed);
  line.pass(2s);
  line.ask("+++", 2s);
  EXPECT_EQ(line.ask("ATH\r"), "\r\nOK\r\n");
  EXPECT_FALSE(line.modem.call_up());
  EXPECT_EQ(line.changes.back().kind, Kind::disconnected);
  EXPECT_EQ(line.ask("ATO\r"), "\r\nNO CARRIER\r\n");
}

TEST(ModemEmulator, CarrierLossAndDtrEndTheCall) {
  LineInDataMode line;
  line.modem.drop_carrier(line.now);
  EXPECT_EQ(line.pass(10ms), "\r\nNO CARRIER\r\n");
  EXPECT_EQ(line.changes.back().kind, Kind::disconnected);

  LineInDataMode other;
  other.modem.set_dtr(other.now, false);
  EXPECT_EQ(other.pass(10ms), "\r\nNO CARRIER\r\n");
}

TEST(ModemEmulator, AnOctetAbortsADial) {
  Options options = registered_at_once();
  options.dial_delay = 10s;
  ModemLine line(options);
  line.ask("ATE0\r");
  EXPECT_EQ(line.ask("ATD*99#\r"), "");
  EXPECT_EQ(line.ask("x"), "\r\nNO CARRIER\r\n");
  EXPECT_EQ(line.pass(20s), "");
}

TEST(ModemEmulator, PinThreeTimesWrongBlocksTheSim) {
  Options options;
  options.pin = "4711";
  ModemLine line(options);
  line.ask("ATE0+CMEE=1\r");
  EXPECT_EQ(line.ask("AT+CPIN?\r"), "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n");
  EXPECT_EQ(line.ask("AT+CPIN=\"1\"\r"), "\r\n+CME ERROR: 16\r\n");
  EXPECT_EQ(line.ask("AT+QPINC=\"SC\"\r"), "\r\n+QPINC: \"SC\",2,10\r\n\r\nOK\r\n");
  EXPECT_EQ(line.ask("AT+CPIN=\"2\"\r"), "\r\n+CME ERROR: 16\r\n");
  EXPECT_EQ(line.ask("AT+CPIN=\"3\"\r"), "\r\n+CME ERROR: 12\r\n");
  EXPECT_EQ(line.ask("AT+CPIN=\"4711\"\r"), "\r\n+CME ERROR: 12\r\n");
  EXPECT_EQ(line.ask("AT+CPIN?\r"), "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n");
}

TEST(ModemEmulator, SplitsItsAnswers) {
  Options options = registered_at_once();
  options.chunk = 2;
  options.chunk_gap = 10ms;
  ModemLine line(options);
  line.modem.receive_from_host(line.now, octets("AT\r"));
  std::vector<std::string> pieces;
  for (int i = 0; i < 20; ++i)
    if (std::string piece = line.pass(10ms); !piece.empty()) pieces.push_back(piece);
  std::string whole;
  for (const std::string& piece : pieces) whole += piece;
  EXPECT_EQ(whole, "AT\r\r\nOK\r\n");
  EXPECT_GT(pieces.size(), 4u);
}

}  // namespace
}  // namespace tunppp::sim
