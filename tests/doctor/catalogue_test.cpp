#include "doctor/catalogue.h"

#include "examined.h"
#include "support/temp_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <stdexcept>

namespace tunppp::doctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Catalogue, HasEveryId) {
  std::set<std::string> names;
  for (const CatalogueRow& row : catalogue()) names.emplace(row.id);
  for (const char* id : {"no-usb-host",
                         "usb-gadget-mode",
                         "no-modem",
                         "modem-storage-mode",
                         "modem-hilink",
                         "modem-not-serial-mode",
                         "driver-missing",
                         "driver-not-bound",
                         "tty-missing",
                         "wrong-tty",
                         "tty-permission",
                         "tty-busy",
                         "uart-console",
                         "tun-missing",
                         "tun-permission",
                         "modem-silent",
                         "modem-in-data-mode",
                         "sim-absent",
                         "sim-pin",
                         "sim-puk",
                         "not-registered",
                         "registration-denied",
                         "no-signal",
                         "apn-refused",
                         "usb-reset-loop",
                         "modem-in-cmux",
                         "power"})
    EXPECT_TRUE(names.contains(id)) << id;
}

TEST(Catalogue, EachRowIsWhole) {
  for (const CatalogueRow& row : catalogue()) {
    EXPECT_EQ(&row, &doctor::row(row.cause));
    EXPECT_FALSE(row.title.empty()) << row.id;
    EXPECT_FALSE(row.title.ends_with('.')) << row.title;
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.meaning;
    EXPECT_FALSE(row.linux.empty()) << row.title << ": systems that are not named have no remedy";
  }
}

// docs/DOCTOR.md is made from the table.
TEST(Catalogue, ThePageIsThatOfTheTable) {
  EXPECT_TRUE(test::read_file(TUNPPP_SOURCE_DIR "/docs/DOCTOR.md") == catalogue_markdown())
      << "make it anew: tunppp help doctor-findings --markdown > docs/DOCTOR.md";
}

TEST(FillIn, PutsValuesInAndLeavesOtherBracesAlone) {
  const Values values{{"tty", "/dev/ttyUSB3"}, {"none", ""}};
  EXPECT_EQ(fill_in("open {tty}{none}!", values), "open /dev/ttyUSB3!");
  EXPECT_EQ(fill_in("{by_path} of {tty}", {}), "BY-PATH of TTY");
  EXPECT_EQ(fill_in("ATTR{idVendor}, %{type: X}, {, {}, {tty", values),
            "ATTR{idVendor}, %{type: X}, {, {}, {tty");
  EXPECT_EQ(fill_in("{tty}", {{"tty", "{tty}"}}), "{tty}") << "values are not read again";
}

TEST(MakeFinding, ShowsNothingThatATerminalWouldObey) {
  const Finding finding =
      make_finding(Cause::tty_busy, {{"/dev/\x1b[2J", "a\tb\x9b"}},
                   {{"tty", "/dev/tty\x1b"}, {"holder", std::string(10000, 'x')}});
  EXPECT_EQ(finding.seen.front(), (Evidence{"/dev/?[2J", "a?b?"}));
  EXPECT_THAT(finding.meaning, HasSubstr("/dev/tty?"));
  EXPECT_LT(finding.meaning.size(), 1000U);
}

// Words in capitals are for the page only: what was found is to be named.
TEST(MakeFinding, EveryPlaceholderHasItsValueInEveryTree) {
  static const std::regex placeholder(
      "\\b(TTY|PORT|BY-PATH|ROLE|MODEM|HOLDER|NAME|MODULE|CONFIG|RELEASE|VENDOR|PRODUCT|INTERFACE|"
      "BUS-DRIVER|NUMBER|OTHER|MAJOR|MINOR|GROUP|ARGUMENT|SWITCH|HOW|COMPOSITION|CONTROLLER|LOCK|"
      "TIMES|INSTEAD|WHAT)\\b");
  unsigned trees = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(TUNPPP_SOURCE_DIR "/tests/fixtures/sysfs")) {
    if (file.path().extension() != ".tree") continue;
    ++trees;
    for (const char* device : {"", "/dev/ttyUSB1", "/dev/ttyS0", "/dev/ttyUSB99"})
      for (const Finding& finding : examined(file.path().stem().string(), device)) {
        const std::string text = finding.title + "\n" + finding.meaning + "\n" + steps(finding);
        std::smatch match;
        const std::string shown = std::regex_replace(text, std::regex("usb_gadget/NAME"), "");
        EXPECT_FALSE(std::regex_search(shown, match, placeholder))
            << file.path() << " " << device << ": " << match.str() << " in\n"
            << text;
      }
  }
  EXPECT_GT(trees, 20U);
}

}  // namespace
}  // namespace tunppp::doctor
