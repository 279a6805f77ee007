// Every modem that can be emulated is dialled as `--modem auto` does: with the generic profile,
// until it has said its name.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <string>

#include "modem_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using modem::Dial;
using modem::DialOptions;
using Options = ModemEmulatorOptions;

class EveryModem : public testing::TestWithParam<ModemModel> {
 protected:
  static Options options() {
    Options options;
    options.model = find_modem_model(GetParam().name);
    return options;
  }
  static DialOptions automatic() {
    DialOptions options;
    options.apn = "internet";
    options.candidates = modem::profiles();
    return options;
  }
  static const modem::Profile& generic() { return *modem::find_profile("generic"); }
};

TEST_P(EveryModem, IsRecognizedAndDialled) {
  ModemLine line(options());
  Dial dial(generic(), automatic());
  line.run(dial);
  ASSERT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_EQ(dial.profile().name, GetParam().profile);
  EXPECT_EQ(dial.outcome()->text, GetParam().connect);
  modem::HangUp hang_up(dial.profile(), {.data_mode = true});
  line.run(hang_up);
  EXPECT_TRUE(line.in_command_mode());
}

std::string transcript(const ModemModel& model, const std::vector<modem::ModemEvent>& events) {
  using Kind = modem::ModemEvent::Kind;
  std::ostringstream page;
  page << "# " << model.name << "\n\n`tunppp sim --modem " << model.name
       << "`, dialled with `--modem auto --apn internet`.\n\n```\n";
  for (const modem::ModemEvent& event : events) {
    if (event.kind == Kind::sent) page << "> " << event.text << '\n';
    if (event.kind == Kind::received) page << "< " << event.text << '\n';
    if (event.kind == Kind::unsolicited) page << "* " << event.text << '\n';
    if (event.kind == Kind::progress) page << "# " << event.text << '\n';
  }
  page << "```\n\n`>` we, `<` the modem, `*` unsolicited, `#` what tunppp tells.\n";
  return page.str();
}

/// TUNPPP_WRITE_TRANSCRIPTS=1 writes the pages anew.
void expect_page(std::string_view name, const std::string& told) {
  const std::string path = std::string(TUNPPP_MODEM_PAGES) + "/" + std::string(name) + ".md";
  if (std::getenv("TUNPPP_WRITE_TRANSCRIPTS")) std::ofstream(path) << told;
  std::ifstream file(path);
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), told) << path;
}

TEST_P(EveryModem, IsDialledAsItsPageShows) {
  Options slow = options();
  slow.boot_time = 1500ms;
  ModemLine line(slow);
  Dial dial(generic(), automatic());
  line.run(dial);
  expect_page(GetParam().name, transcript(GetParam(), line.events));
}

std::string test_name(const testing::TestParamInfo<ModemModel>& info) {
  std::string name(info.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Sim, EveryModem,
                         testing::ValuesIn(modem_models().begin(), modem_models().end()),
                         test_name);

std::string ports_in_words(const modem::UsbIdentity& usb) {
  constexpr std::array<std::string_view, 6> roles{"diagnostics", "NMEA",    "AT",
                                                  "PPP",         "network", "other"};
  std::string words;
  for (const modem::UsbPort& port : usb.ports)
    words += (words.empty() ? "" : ", ") + std::to_string(port.interface_number) + " " +
             std::string(roles[static_cast<std::size_t>(port.role)]);
  return words.empty() ? "by descriptor" : words;
}

std::string hex(unsigned number) {
  std::ostringstream out;
  out << std::hex << std::setw(4) << std::setfill('0') << number;
  return out.str();
}

void describe(std::ostream& page, const modem::Profile& profile) {
  page << "\n## " << profile.name << "\n\n" << profile.description << ".\n\nDialled:";
  std::string_view comma = " ";
  for (const ModemModel& model : modem_models()) {
    if (model.profile != profile.name) continue;
    page << comma << "[" << model.model << "](" << model.name << ".md)";
    comma = ", ";
  }
  page << ".\n";
  if (!profile.usb.empty()) page << "\n| USB | model | interfaces |\n|---|---|---|\n";
  for (const modem::UsbIdentity& usb : profile.usb)
    page << "| " << hex(usb.vendor) << ":" << hex(usb.product) << " | " << usb.name << " | "
         << ports_in_words(usb) << " |\n";
  if (!profile.quirks.empty()) page << "\n| quirk | here | known from |\n|---|---|---|\n";
  for (const modem::QuirkNote& note : profile.quirks)
    page << "| `" << info(note.quirk).name << "` | " << note.what << " | " << note.source << " |\n";
}

std::string profiles_page() {
  std::ostringstream page;
  page << "# Modems that have a profile\n\nWritten by a test from the profiles themselves; "
          "[../PROFILES.md](../PROFILES.md) tells how to write\none. The pages show a dial each, "
          "line by line.\n\nThe quirks, which are things that a modem does differently:\n\n";
  for (int i = 0; i < static_cast<int>(modem::Quirk::count); ++i) {
    const modem::QuirkInfo quirk = modem::info(static_cast<modem::Quirk>(i));
    page << "- `" << quirk.name << "`: " << quirk.meaning << "\n";
  }
  for (const modem::Profile& profile : modem::profiles()) describe(page, profile);
  return page.str();
}

TEST(ModemModels, ThePageOfProfilesIsAsTheyAre) {
  expect_page("README", profiles_page());
}

// Each profile has at least one modem that plays it.
TEST(ModemModels, CoverEveryProfile) {
  for (const modem::Profile& profile : modem::profiles())
    EXPECT_TRUE(std::any_of(modem_models().begin(), modem_models().end(),
                            [&](const ModemModel& model) { return model.profile == profile.name; }))
        << profile.name;
}

// --- the record of PINs ---

class RememberedPins final : public modem::PinRecord {
 public:
  std::optional<std::string> begin_attempt(const modem::SimIdentity& sim, const Secret&,
                                           std::optional<int> left) override {
    sims.emplace_back(sim.iccid);
    modems.emplace_back(sim.imei);
    tries_left = left;
    return objection;
  }
  void accepted(const modem::SimIdentity&, const Secret&) override { ++accepted_pins; }

  std::optional<std::string> objection;
  std::vector<std::string> sims;
  std::vector<std::string> modems;
  std::optional<int> tries_left;
  int accepted_pins = 0;
};

TEST(PinRecord, IsAskedBySimBeforeThePinIsSent) {
  for (const ModemModel& model : modem_models()) {
    Options locked;
    locked.model = &model;
    locked.pin = "4711";
    ModemLine line(locked);
    RememberedPins record;
    DialOptions options;
    options.pin = Secret("4711");
    options.pin_record = &record;
    Dial dial(*modem::find_profile(model.profile), std::move(options));
    line.run(dial);
    EXPECT_TRUE(dial.outcome()->connected()) << model.name << ": " << dial.outcome()->text;
    EXPECT_EQ(record.sims, std::vector<std::string>{locked.iccid}) << model.name;
    EXPECT_EQ(record.accepted_pins, 1);
    EXPECT_EQ(record.tries_left, 3) << model.name;
  }
}

// By the modem's own number where the SIM's cannot be read; the record is asked before the PIN goes
// out, and told that nobody knows how many tries are left.
TEST(PinRecord, OfAModemThatTellsNothing) {
  ModemModel mute = *find_modem_model("generic");
  mute.sim_number = "+NOTHING";
  mute.pin_retries = {};
  Options locked;
  locked.model = &mute;
  locked.pin = "4711";
  ModemLine line(locked);
  RememberedPins record;
  DialOptions options;
  options.pin = Secret("4711");
  options.pin_record = &record;
  Dial dial(*modem::find_profile("generic"), std::move(options));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_EQ(record.sims, std::vector<std::string>{""});
  EXPECT_EQ(record.modems, std::vector<std::string>{locked.imei});
  EXPECT_EQ(record.tries_left, std::nullopt);
}

TEST(PinRecord, KeepsThePinBackAndSaysWhy) {
  Options locked;
  locked.pin = "4711";
  ModemLine line(locked);
  RememberedPins record;
  record.objection = "it was refused before";
  DialOptions options;
  options.pin = Secret("4711");
  options.pin_record = &record;
  Dial dial(*modem::find_profile("quectel-ec25"), std::move(options));
  line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::sim_pin);
  EXPECT_EQ(dial.outcome()->text, "the PIN is not sent: it was refused before");
  EXPECT_EQ(line.modem.pin_attempts(), 0);
}

TEST(PinRecord, DoesNotRememberARefusedPinAsAccepted) {
  Options locked;
  locked.pin = "4711";
  ModemLine line(locked);
  RememberedPins record;
  DialOptions options;
  options.pin = Secret("9999");
  options.pin_record = &record;
  Dial dial(*modem::find_profile("quectel-ec25"), std::move(options));
  line.run(dial);
  EXPECT_EQ(record.accepted_pins, 0);
}

TEST(Radio, IsChosenBeforeRegistration) {
  Options bg95;
  bg95.model = find_modem_model("quectel-bg95");
  ModemLine line(bg95);
  DialOptions options;
  options.radio = modem::Radio::lte_m;
  Dial dial(*modem::find_profile("quectel-bg95"), std::move(options));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_TRUE(line.sent(R"(AT+QCFG="iotopmode",0)"));
}

TEST(Radio, ThatTheModemDoesNotHave) {
  ModemLine line;
  DialOptions options;
  options.radio = modem::Radio::nb_iot;
  Dial dial(*modem::find_profile("quectel-ec25"), std::move(options));
  line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::usage);
  EXPECT_EQ(dial.outcome()->text,
            "quectel-ec25 cannot be told to use the radio nb-iot; --radio may be auto, gsm, umts, "
            "lte");
}

}  // namespace
}  // namespace tunppp::sim
