// What makes one modem differ from another besides its commands: sleep, the time it takes to start,
// last words. Each dial gets through it.
#include <gtest/gtest.h>

#include <string>

#include "modem_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using modem::Dial;
using modem::DialOptions;
using Options = ModemEmulatorOptions;

DialOptions to_the_internet() {
  DialOptions options;
  options.apn = "internet";
  return options;
}

class Habits : public testing::TestWithParam<ModemModel> {
 protected:
  static Options options() {
    Options options;
    options.model = find_modem_model(GetParam().name);
    return options;
  }
  static const modem::Profile& profile() { return *modem::find_profile(GetParam().profile); }
  static std::string dial(ModemLine& line) {
    Dial dial(profile(), to_the_internet());
    line.run(dial);
    return dial.outcome()->connected() ? "connected" : dial.outcome()->text;
  }
};

TEST_P(Habits, SleepsWhenIdle) {
  Options asleep = options();
  asleep.sleep = SleepMode::when_idle;
  ModemLine line(asleep);
  EXPECT_EQ(line.ask("AT\r", 1s), "") << "what wakes it is lost";
  EXPECT_TRUE(line.in_command_mode());
  line.pass(1min);
  EXPECT_EQ(dial(line), "connected");
  line.pass(1min);
  modem::HangUp hang_up(profile(), {.data_mode = true});
  line.run(hang_up);
  line.pass(1min);
  EXPECT_EQ(dial(line), "connected") << "again, after it slept";
}

TEST_P(Habits, SleepsWhileDtrIsOff) {
  Options asleep = options();
  asleep.sleep = SleepMode::by_dtr;
  ModemLine line(asleep);
  EXPECT_EQ(line.ask("AT\r", 1s), "");
  EXPECT_EQ(line.ask("AT\r", 1s), "") << "octets do not wake it";
  EXPECT_EQ(dial(line), "connected");

  ModemLine without_dtr(asleep);
  without_dtr.dtr_works = false;
  Dial lost(profile(), to_the_internet());
  without_dtr.run(lost);
  EXPECT_EQ(lost.outcome()->failure, EndReason::modem_silent);
}

TEST_P(Habits, IsToldToSleep) {
  const SleepCommand& sleep = GetParam().family().sleep;
  ModemLine line(options());
  if (sleep.name.empty()) {
    for (const char* command : {"+QSCLK", "+CSCLK", "+UPSV", "+KSLEEP"})
      EXPECT_EQ(line.ask("AT" + std::string(command) + "=1\r").find("OK"), std::string::npos);
    return;
  }
  const auto tell = [&](int value) {
    const std::string command = "AT" + std::string(sleep.name) + "=" + std::to_string(value) + "\r";
    EXPECT_NE(line.ask(command).find("OK"), std::string::npos) << command;
  };
  tell(sleep.when_idle);
  EXPECT_TRUE(line.in_command_mode()) << "not at once";
  line.pass(10s);
  EXPECT_FALSE(line.in_command_mode());
  line.pass(200ms);
  EXPECT_TRUE(line.in_command_mode());

  tell(sleep.by_dtr);
  line.pass(10s);
  EXPECT_TRUE(line.in_command_mode()) << "as long as DTR is on";
  line.modem.set_dtr(line.now, false);
  EXPECT_FALSE(line.in_command_mode());
  line.modem.set_dtr(line.now, true);
  EXPECT_TRUE(line.in_command_mode());
}

// A dial that begins while the modem boots waits, and is not misled by what it says then.
TEST_P(Habits, IsDialledWhileItBoots) {
  for (const Duration boot_time : {Duration(1s), GetParam().boot_time()}) {
    Options booting = options();
    booting.boot_time = boot_time;
    ModemLine line(booting);
    EXPECT_EQ(dial(line), "connected") << std::chrono::duration<double>(boot_time).count() << " s";
  }
}

TEST_P(Habits, IsDialledWithItsRadioOff) {
  for (const int functionality : {0, 4}) {
    Options off = options();
    off.functionality = functionality;
    ModemLine line(off);
    EXPECT_EQ(dial(line), "connected") << functionality;
  }
}

TEST_P(Habits, TalksWhenNobodyAsked) {
  Options talkative = options();
  talkative.noise_period = 300ms;
  ModemLine line(talkative);
  const std::string said = line.pass(5s);
  for (const std::string_view code : GetParam().family().unsolicited)
    EXPECT_NE(said.find("\r\n" + std::string(code) + "\r\n"), said.npos) << code;
  EXPECT_EQ(dial(line), "connected");
}

TEST_P(Habits, SaysItsLastWords) {
  if (profile().power_off.empty()) return;  // only the supply does it
  ModemLine line(options());
  const std::string said = line.ask(std::string(profile().power_off) + "\r", 1s);
  EXPECT_NE(said.find("OK"), said.npos) << profile().power_off;
  EXPECT_NE(said.find(GetParam().family().power_down_code), said.npos) << said;
  EXPECT_FALSE(line.in_command_mode());
}

TEST_P(Habits, RefusesADialToWhatItsOwnTcpIpUses) {
  const std::string name(GetParam().family().own_activation);
  ModemLine line(options());
  line.pass(1min);  // it finds its network
  if (name.empty()) {
    EXPECT_NE(line.ask("AT+CNACT=0,1\r").find("ERROR"), std::string::npos);
    return;
  }
  const std::string said = line.ask("AT" + name + "=0,1\r");
  EXPECT_NE(said.find("OK"), said.npos) << said;
  EXPECT_NE(said.find("+APP PDP: 0,ACTIVE"), said.npos) << said;
  EXPECT_NE(line.ask("AT" + name + "?\r").find("+CNACT: 0,1,"), std::string::npos);
  EXPECT_NE(dial(line), "connected");
  EXPECT_NE(line.ask("AT" + name + "=0,0\r").find("+APP PDP: 0,DEACTIVE"), std::string::npos);
  EXPECT_EQ(dial(line), "connected");
}

std::string name_of_model(const testing::TestParamInfo<ModemModel>& parameter) {
  std::string name(parameter.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Sim, Habits, testing::ValuesIn(modem_models()), name_of_model);

TEST(HabitsOfSome, SierraSaysNoCarrierAfterALoneLineFeed) {
  Options options;
  options.model = find_modem_model("sierra-mc74xx");
  ModemLine line(options);
  line.pass(5s);
  line.ask("ATD*99#\r", 2s);
  ASSERT_TRUE(line.modem.call_up());
  line.modem.drop_carrier(line.now);
  EXPECT_EQ(line.pass(1s), "\nNO CARRIER\r\n");
}

TEST(HabitsOfSome, QuectelWantsItsSimBeforeFlightMode) {
  Options options;
  options.pin = "4711";
  ModemLine line(options);
  EXPECT_NE(line.ask("AT+CFUN=4\r").find("ERROR"), std::string::npos);
  line.ask("AT+CPIN=\"4711\"\r");
  EXPECT_NE(line.ask("AT+CFUN=4\r").find("OK"), std::string::npos);
}

TEST(HabitsOfSome, Me910DefinesContextsOnlyWithItsRadioOn) {
  Options options;
  options.model = find_modem_model("telit-me910");
  options.functionality = 4;
  ModemLine line(options);
  EXPECT_NE(line.ask("AT+CGDCONT=1,\"IP\",\"internet\"\r").find("ERROR"), std::string::npos);
  line.ask("AT+CFUN=1\r");
  EXPECT_NE(line.ask("AT+CGDCONT=1,\"IP\",\"internet\"\r").find("OK"), std::string::npos);
}

}  // namespace
}  // namespace tunppp::sim
