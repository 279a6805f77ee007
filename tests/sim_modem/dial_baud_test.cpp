// The speed of a serial line: found, changed, and put back.
#include <gtest/gtest.h>

#include <array>

#include "modem/cmux/start.h"
#include "modem/dial.h"
#include "modem/hang_up.h"
#include "modem_line.h"

namespace tunppp::sim {
namespace {

using modem::Dial;
using modem::DialOptions;
using modem::HangUp;
using Options = ModemEmulatorOptions;

const modem::Profile& generic() {
  return *modem::find_profile("generic");
}

DialOptions at_baud(std::uint32_t baud) {
  DialOptions options;
  options.apn = "internet";
  options.line.baud = baud;
  return options;
}

TEST(DialBaud, IsFoundWhereTheModemListens) {
  for (const std::uint32_t baud : {115200u, 460800u, 921600u, 57600u, 38400u, 9600u}) {
    ModemLine line;
    line.tty_baud = 19200;
    line.modem_baud = baud;
    DialOptions options = at_baud(19200);
    options.line.others = modem::usual_bauds();
    Dial dial(generic(), std::move(options));
    const Duration took = line.run(dial);
    EXPECT_TRUE(dial.outcome()->connected()) << baud << ": " << dial.outcome()->text;
    EXPECT_EQ(line.tty_baud, baud);
    EXPECT_LT(took, std::chrono::seconds(10)) << baud;
  }
}

TEST(DialBaud, IsNotLookedForWhereItAnswers) {
  ModemLine line;
  line.tty_baud = line.modem_baud = 115200;
  DialOptions options = at_baud(115200);
  options.line.others = modem::usual_bauds();
  Dial dial(generic(), std::move(options));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
  for (const modem::ModemEvent& event : line.events)
    EXPECT_NE(event.kind, modem::ModemEvent::Kind::set_baud);
}

TEST(DialBaud, StaysAsItWasWhereNoneIsAnswered) {
  Options silent;
  silent.silent = true;
  ModemLine line(silent);
  line.tty_baud = line.modem_baud = 19200;
  DialOptions options = at_baud(19200);
  options.line.others = modem::usual_bauds();
  Dial dial(generic(), std::move(options));
  line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::modem_silent);
  EXPECT_EQ(line.tty_baud, 19200u);
}

TEST(DialBaud, IsChangedAndPutBackWhenItHangsUp) {
  ModemLine line;
  line.tty_baud = line.modem_baud = 115200;
  DialOptions options = at_baud(115200);
  options.line.change_to = 921600;
  Dial dial(generic(), std::move(options));
  line.run(dial);
  ASSERT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_EQ(line.modem_baud, 921600u);
  EXPECT_EQ(line.tty_baud, 921600u);
  EXPECT_EQ(dial.baud_before(), 115200u);
  EXPECT_FALSE(line.sent("AT&W")) << "nothing is stored";

  HangUp hang_up(generic(), {.restore_baud = dial.baud_before()});
  const Duration took = line.run(hang_up);
  EXPECT_LE(took, HangUp::bound + HangUp::restore_bound);
  EXPECT_EQ(line.modem_baud, 115200u);
  EXPECT_EQ(line.tty_baud, 115200u);
  EXPECT_TRUE(line.in_command_mode());
}

TEST(DialBaud, IsPutBackAfterADialThatFailed) {
  Options strict;
  strict.apn = "another";
  ModemLine line(strict);
  line.tty_baud = line.modem_baud = 115200;
  DialOptions options = at_baud(115200);
  options.line.change_to = 460800;
  Dial dial(generic(), std::move(options));
  line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::not_subscribed);
  EXPECT_EQ(dial.baud_before(), 0u);
  EXPECT_EQ(line.modem_baud, 115200u);
  EXPECT_EQ(line.tty_baud, 115200u);
}

/// At the speed of the line as it is then: the multiplexer is to keep it.
TEST(DialBaud, IsChangedBeforeTheModemMultiplexes) {
  ModemLine line;
  line.tty_baud = line.modem_baud = 115200;
  DialOptions options = at_baud(115200);
  options.line.change_to = 460800;
  modem::cmux::MultiplexStart start(*modem::find_profile("quectel-ec25"), std::move(options), {});
  line.run(start);
  EXPECT_EQ(line.modem_baud, 460800u);
  EXPECT_EQ(line.tty_baud, 460800u);
  EXPECT_EQ(start.baud_before(), 115200u);
  EXPECT_TRUE(line.sent("AT+CMUX=0,0,7,127")) << "<port_speed> 7 is 460800";
}

TEST(DialFlow, TheModemIsToldOfRtsCts) {
  ModemLine line;
  DialOptions options = at_baud(115200);
  options.line.rtscts = true;
  Dial dial(generic(), std::move(options));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
  EXPECT_TRUE(line.sent("AT+IFC=2,2"));
}

}  // namespace
}  // namespace tunppp::sim
