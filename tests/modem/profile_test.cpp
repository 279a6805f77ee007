#include "modem/profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>

namespace tunppp::modem {
namespace {

std::string text(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.expose().data()), secret.size()};
}

const Profile& profile(std::string_view name) {
  return *find_profile(name);
}

TEST(Profile, IsFoundByName) {
  ASSERT_NE(find_profile("generic"), nullptr);
  ASSERT_NE(find_profile("quectel-ec25"), nullptr);
  EXPECT_EQ(find_profile("abacus"), nullptr);
  EXPECT_EQ(profiles().front().name, "generic");
}

TEST(Profile, FillsInTheApn) {
  const ContextValues values{.cid = 3,
                             .pdp_type = PdpType::ipv4v6,
                             .apn = "internet.example",
                             .auth = ContextAuth::none,
                             .user = "",
                             .password = ""};
  EXPECT_EQ(text(fill_in(profile("generic").context, values)),
            R"(AT+CGDCONT=3,"IPV4V6","internet.example")");
  EXPECT_EQ(fill_in(profile("generic").dial, 3), "ATD*99***3#");
}

// The order of the arguments as in MODEMS: CGAUTH user first, QICSGP with the APN again.
TEST(Profile, FillsInCredentialsInEachModemsOrder) {
  const ContextValues values{.cid = 1,
                             .pdp_type = PdpType::ip,
                             .apn = "web",
                             .auth = ContextAuth::chap,
                             .user = "anna",
                             .password = "pass,word"};
  EXPECT_EQ(text(fill_in(profile("generic").authenticate, values)),
            R"(AT+CGAUTH=1,2,"anna","pass,word")");
  EXPECT_EQ(text(fill_in(profile("quectel-ec25").authenticate, values)),
            R"(AT+QICSGP=1,1,"web","anna","pass,word",2)");
}

TEST(Profile, PlaceholdersInValuesStayAsTheyAre) {
  const ContextValues values{.cid = 1,
                             .pdp_type = PdpType::ip,
                             .apn = "{password}",
                             .auth = ContextAuth::pap,
                             .user = "{",
                             .password = "p"};
  EXPECT_EQ(text(fill_in(profile("generic").context, values)), R"(AT+CGDCONT=1,"IP","{password}")");
}

/// Placeholders that the command has and that stand for something.
void expect_known_placeholders(std::string_view command, const std::set<std::string>& known) {
  static const std::regex placeholder(R"(\{([a-z]*)\})");
  const std::string copy(command);
  for (std::sregex_iterator it(copy.begin(), copy.end(), placeholder), end; it != end; ++it)
    EXPECT_TRUE(known.contains((*it)[1])) << command;
}

bool chooses_radio(const Profile& profile) {
  for (int radio = 1; radio < static_cast<int>(Radio::count); ++radio)
    if (!profile.radio.of(static_cast<Radio>(radio)).empty()) return true;
  return false;
}

bool lists_all_ports(const Profile& profile) {
  return std::all_of(profile.usb.begin(), profile.usb.end(), [](const UsbIdentity& usb) {
    return std::any_of(usb.ports.begin(), usb.ports.end(),
                       [](const UsbPort& port) { return port.role == PortRole::modem; });
  });
}

bool password_before_user(const Profile& profile) {
  const std::string_view command = profile.authenticate.command;
  return command.find("{password}") < command.find("{user}");
}

/// What a profile does without must be said by a quirk, and no quirk be said without reason.
struct Expectation {
  Quirk quirk;
  bool (*holds)(const Profile&);
};
constexpr Expectation expectations[] = {
    {Quirk::known_by_name_only, [](const Profile& p) { return p.usb.empty(); }},
    {Quirk::ports_not_listed, [](const Profile& p) { return !lists_all_ports(p); }},
    {Quirk::authenticates_in_ppp_only,
     [](const Profile& p) { return p.authenticate.command.empty(); }},
    {Quirk::password_before_user, &password_before_user},
    {Quirk::names_apn_with_user,
     [](const Profile& p) {
       return p.authenticate.command.find("{apn}") != std::string_view::npos;
     }},
    {Quirk::no_radio_choice, [](const Profile& p) { return !chooses_radio(p); }},
    {Quirk::no_cell_report, [](const Profile& p) { return p.cell.empty(); }},
    {Quirk::no_power_off, [](const Profile& p) { return p.power_off.empty(); }},
    {Quirk::not_activated_first, [](const Profile& p) { return p.before_dial.empty(); }},
    {Quirk::small_frames, [](const Profile& p) { return p.cmux.frame_size < 127; }},
    {Quirk::no_channel_disconnect, [](const Profile& p) { return !p.cmux.disconnect; }},
    {Quirk::wants_set_up, [](const Profile& p) { return !p.set_up.empty(); }},
};

TEST(Profile, EveryProfileIsComplete) {
  std::set<std::string_view> names;
  const std::set<std::string> all{"cid", "pdp", "apn", "auth", "user", "password"};
  for (const Profile& p : profiles()) {
    SCOPED_TRACE(p.name);
    EXPECT_TRUE(names.insert(p.name).second);
    EXPECT_FALSE(p.description.empty());
    EXPECT_TRUE(p.name == "generic" || !p.models.empty());
    EXPECT_FALSE(p.init.empty());
    EXPECT_FALSE(p.identify.empty());
    EXPECT_LE(p.identify.size(), 3u);
    EXPECT_FALSE(p.registration.empty());
    EXPECT_TRUE(p.dial.starts_with("ATD"));
    EXPECT_TRUE(p.hang_up.starts_with("ATH"));
    EXPECT_GT(p.boot_wait, Duration::zero());
    EXPECT_FALSE(p.sim_number.command.empty());
    EXPECT_FALSE(p.pin_retries.command.empty());
    EXPECT_NE(p.context.command.find("{apn}"), std::string_view::npos);
    if (!p.authenticate.command.empty()) {
      for (const std::string_view part : {"{auth}", "{user}", "{password}"})
        EXPECT_NE(p.authenticate.command.find(part), std::string_view::npos) << part;
    }
    EXPECT_NE(p.cmux.command.find("{mode}"), std::string_view::npos);
    expect_known_placeholders(p.context.command, all);
    expect_known_placeholders(p.authenticate.command, all);
    expect_known_placeholders(p.dial, {"cid"});
    expect_known_placeholders(p.cmux.command, {"mode", "speed", "frame_size"});
    for (const std::string_view command : p.before_dial)
      expect_known_placeholders(command, {"cid"});
    for (const std::string_view command : p.init)
      EXPECT_TRUE(command.starts_with("AT") && !command.starts_with("ATZ")) << command;
  }
}

TEST(Profile, WhatItDoesWithoutIsAQuirkWithASource) {
  for (const Profile& p : profiles()) {
    SCOPED_TRACE(p.name);
    for (const Expectation& expected : expectations)
      EXPECT_EQ(p.has(expected.quirk), expected.holds(p)) << info(expected.quirk).name;
    std::set<Quirk> said;
    for (const QuirkNote& note : p.quirks) {
      EXPECT_TRUE(said.insert(note.quirk).second) << info(note.quirk).name;
      EXPECT_TRUE(note.what.ends_with(".")) << info(note.quirk).name;
      EXPECT_FALSE(note.source.empty()) << info(note.quirk).name;
    }
  }
}

TEST(Profile, AQuirkIsFoundByItsName) {
  for (int i = 0; i < static_cast<int>(Quirk::count); ++i) {
    const auto quirk = static_cast<Quirk>(i);
    EXPECT_FALSE(info(quirk).meaning.empty());
    EXPECT_EQ(find_quirk(info(quirk).name), quirk);
  }
  EXPECT_EQ(find_quirk("odd"), std::nullopt);
}

// The issue's list, and two that share a profile with others.
TEST(Profile, AllThatWereAskedForAreKnownByName) {
  const std::pair<std::string_view, std::string_view> asked[] = {
      {"EC25", "quectel-ec25"},
      {"EC21", "quectel-ec25"},
      {"EG25-G", "quectel-ec25"},
      {"EP06-E", "quectel-ec25"},
      {"EG91", "quectel-ec25"},
      {"EC200T", "quectel-ec200"},
      {"EC200U", "quectel-ec200"},
      {"BG95-M3", "quectel-bg95"},
      {"BG96", "quectel-bg95"},
      {"RM500Q-GL", "quectel-rm500q"},
      {"SIMCOM_SIM7600E", "simcom-sim7600"},
      {"SIMCOM_SIM7500A", "simcom-sim7600"},
      {"A7670E", "simcom-sim7600"},
      {"A7608SA-H", "simcom-sim7600"},
      {"SIM7070G", "simcom-sim7080"},
      {"SIM7080G", "simcom-sim7080"},
      {"SIM7090G", "simcom-sim7080"},
      {"SIMCOM_SIM7000E", "simcom-sim7000"},
      {"SIMCOM_SIM800L", "simcom-sim800"},
      {"E3372", "huawei"},
      {"ME909s-120", "huawei"},
      {"SARA-R410M-02B", "ublox-sara-r4"},
      {"SARA-R510S", "ublox-sara-r5"},
      {"SARA-U201", "ublox-sara-u2"},
      {"LARA-R6001", "ublox-lara-r6"},
      {"TOBY-L210", "ublox-toby-l2"},
      {"LE910C1-EU", "telit-le910"},
      {"ME910C1-E1", "telit-me910"},
      {"MC7455", "sierra-mc74xx"},
      {"EM7565", "sierra-mc74xx"},
      {"HL7800", "sierra-hl78"},
  };
  for (const auto& [model, name] : asked) {
    const Profile* found = recognize(model, profiles());
    ASSERT_NE(found, nullptr) << model;
    EXPECT_EQ(found->name, name) << model;
  }
}

// By VID:PID: the identity's tty for PPP, by interface number.
TEST(Profile, UsbIdentitiesNameThePortForPpp) {
  struct {
    std::uint16_t vendor, product;
    int modem, at;
  } const expected[] = {
      {0x2c7c, 0x0125, 3, 2},  {0x2c7c, 0x0121, 3, 2},  {0x2c7c, 0x0191, 3, 2},
      {0x2c7c, 0x0306, 3, 2},  {0x2c7c, 0x0296, 3, 2},  {0x2c7c, 0x0800, 3, 2},
      {0x1e0e, 0x9001, 3, 2},  {0x1e0e, 0x9011, 5, 4},  {0x1e0e, 0x9205, 3, 2},
      {0x1e0e, 0x9206, 5, 2},  {0x05c6, 0x908b, 1, 2},  {0x1bc7, 0x1201, 4, 5},
      {0x1bc7, 0x1204, 5, 6},  {0x1bc7, 0x1101, 1, 2},  {0x1bc7, 0x7010, 4, 3},
      {0x1199, 0x9071, 3, -1}, {0x1199, 0x9091, 3, -1}, {0x1199, 0xc001, 2, 0},
      {0x05c6, 0x90b2, 2, -1},
  };
  for (const auto& [vendor, product, modem, at] : expected) {
    const Profile* profile = find_profile_by_usb(vendor, product);
    ASSERT_NE(profile, nullptr) << std::hex << product;
    const auto usb = std::find_if(
        profile->usb.begin(), profile->usb.end(),
        [&](const UsbIdentity& id) { return id.vendor == vendor && id.product == product; });
    const auto number = [&](PortRole role) {
      const auto port = std::find_if(usb->ports.begin(), usb->ports.end(),
                                     [role](const UsbPort& p) { return p.role == role; });
      return port == usb->ports.end() ? -1 : port->interface_number;
    };
    EXPECT_EQ(number(PortRole::modem), modem) << std::hex << vendor << ":" << product;
    EXPECT_EQ(number(PortRole::at), at) << std::hex << vendor << ":" << product;
  }
}

}  // namespace
}  // namespace tunppp::modem
