// Messages (SMS) and what the user has set for them are left alone: no command for them is ever
// sent.
#include <gtest/gtest.h>

#include "modem/at_command_line.h"
#include "modem/monitor.h"
#include "modem_line.h"
#include "sim/modem_models.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;

/// TS 27.005: all of its commands, but for +CSCS of TS 27.007, which changes what they show. And
/// what clears or stores settings.
bool touches_messages(const std::string& line) {
  for (const std::string& command : modem::commands_of(line))
    for (const std::string_view name :
         {"+CMG", "+CNMI", "+CNMA", "+CPMS", "+CSMS", "+CSMP", "+CSCA", "+CSCB", "+CSCS", "+CSDH", "+CSAS",
          "+CRES", "+CMSS", "+CMMS", "+CBM", "Z", "&F", "&W"})
      if (command.starts_with(name)) return true;
  return false;
}

TEST(Messages, AreWhatTheseCommandsTouch) {
  for (const char* line : {"AT+CMGF=1", "AT+CNMI=2,1", "AT+CMGD=1,4", "ATE0+CPMS=\"SM\"", "ATE0Z"})
    EXPECT_TRUE(touches_messages(line)) << line;
  for (const char* line : {"AT+CMEE=1", "AT+CSQ", "AT+CESQ", "ATE0V1"})
    EXPECT_FALSE(touches_messages(line)) << line;
}

class EveryModemsMessages : public testing::TestWithParam<ModemModel> {};

/// Everything that a dial may be asked for: PIN, authentication, every radio, a refused bearer.
TEST_P(EveryModemsMessages, IsDialledAndHungUpWithoutTouchingMessages) {
  const modem::Profile* own = modem::find_profile(GetParam().profile);
  for (const modem::Profile* profile : {own, modem::find_profile("generic")}) {
    if (!profile) continue;
    for (std::size_t radio = 0; radio < static_cast<std::size_t>(modem::Radio::count); ++radio) {
      for (const bool refused : {false, true}) {
        ModemEmulatorOptions options;
        options.model = &GetParam();
        options.apn = refused ? "other" : "internet";
        options.pin = "1234";
        ModemLine line(options);
        modem::DialOptions wanted;
        wanted.apn = "internet";
        wanted.pin = Secret("1234");
        wanted.radio = static_cast<modem::Radio>(radio);
        wanted.context_auth = modem::ContextAuth::chap;
        wanted.user = "anna";
        wanted.password = Secret("secret");
        modem::Dial dial(*profile, std::move(wanted));
        line.run(dial);
        modem::HangUp hang_up(*profile, {.data_mode = dial.outcome()->connected()});
        line.run(hang_up);
        EXPECT_GT(line.modem.commands().size(), 4u);
        for (const std::string& command : line.modem.commands())
          EXPECT_FALSE(touches_messages(command)) << profile->name << ": " << command;
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, EveryModemsMessages,
                         testing::ValuesIn(modem_models().begin(), modem_models().end()),
                         [](const auto& it) {
                           std::string name(it.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// While data flow: every profile's questions for an hour, with a loss of the network in it.
TEST(Messages, AreLeftAloneByTheMonitor) {
  for (const modem::Profile& profile : modem::profiles()) {
    modem::Monitor monitor({.profile = &profile});
    Instant now{};
    std::string sent;
    std::size_t lines = 0;
    const auto exchange = [&] {
      for (;;) {
        while (monitor.poll_event()) continue;
        const std::string out = text(monitor.poll_transmit());
        if (out.empty()) return;
        monitor.transmitted(out.size());
        for (const char c : out) {
          if (c != '\r') {
            sent.push_back(c);
            continue;
          }
          ++lines;
          EXPECT_FALSE(touches_messages(sent)) << profile.name << ": " << sent;
          const bool registration = sent.find("REG?") != sent.npos;
          const std::string answer =
              registration ? "\r\n" + sent.substr(2, sent.size() - 3) + ": 2,1\r\n" : "";
          sent.clear();
          monitor.receive(now, octets(answer + "\r\nOK\r\n"));
        }
      }
    };
    monitor.start(now);
    exchange();
    while (monitor.next_timeout() && now < Instant{} + 1h) {
      now = std::max(now, *monitor.next_timeout());
      monitor.handle_timeout(now);
      exchange();
    }
    monitor.receive(now, octets("\r\n+CEREG: 2\r\n\r\n+CGREG: 2\r\n\r\n+CREG: 2\r\n"));
    for (int i = 0; i < 20 && monitor.next_timeout(); ++i) {
      now = std::max(now, *monitor.next_timeout());
      monitor.handle_timeout(now);
      exchange();
    }
    EXPECT_GT(lines, 60u) << profile.name;
  }
}

}  // namespace
}  // namespace tunppp::sim
