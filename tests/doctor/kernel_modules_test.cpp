#include "doctor/kernel_modules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::doctor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(ModuleName, OfAFile) {
  EXPECT_EQ(module_name("kernel/drivers/usb/class/cdc-acm.ko.xz"), "cdc_acm");
  EXPECT_EQ(module_name("tun.ko"), "tun");
  EXPECT_EQ(module_name("usb_wwan"), "usb_wwan");
  EXPECT_EQ(module_name(""), "");
}

TEST(Modules, LoadedAndBuiltIn) {
  EXPECT_THAT(
      parse_loaded_modules("option 65536 0 - Live 0x0\nusb_wwan 20480 1 option, Live 0x0\n"),
      UnorderedElementsAre("option", "usb_wwan"));
  EXPECT_THAT(parse_builtin_modules("kernel/drivers/net/tun.ko\n\nkernel/fs/ext4/ext4.ko\n"),
              UnorderedElementsAre("tun", "ext4"));
}

TEST(Modules, Dependencies) {
  const ModuleFiles files = parse_module_dependencies(
      "kernel/a/option.ko.xz: kernel/a/usb_wwan.ko.xz  kernel/a/usbserial.ko.xz\n"
      "kernel/b/tun.ko:\nnonsense\n: x\n");
  ASSERT_TRUE(files.contains("option"));
  EXPECT_THAT(files.at("option").needs,
              ElementsAre("kernel/a/usb_wwan.ko.xz", "kernel/a/usbserial.ko.xz"));
  EXPECT_THAT(files.at("tun").needs, IsEmpty());
  EXPECT_FALSE(files.contains("nonsense"));
}

TEST(Modules, ByAlias) {
  const std::string table =
      "# Aliases extracted from modules themselves.\n"
      "alias usb:v2C7Cp0125d*dc*dsc*dp*icFFisc*ip*in* option\n"
      "alias usb:v2C7Cp0125d*dc*dsc*dp*icFFiscFFipFFin04* qmi_wwan\n"
      "alias usb:v1199p9071d*dc*dsc*dp*ic*isc*ip*in02* qcserial\n"
      "alias char-major-10-200 tun\nalias\nalias x\n";
  EXPECT_THAT(modules_for(table, "usb:v2C7Cp0125d0318dc00dsc00dp00icFFiscFFipFFin04"),
              ElementsAre("option", "qmi_wwan"));
  EXPECT_THAT(modules_for(table, "usb:v2C7Cp0125d0318dc00dsc00dp00icFFisc00ip00in03"),
              ElementsAre("option"));
  EXPECT_THAT(modules_for(table, "usb:v2C7Cp9999d0318dc00dsc00dp00icFFisc00ip00in03"), IsEmpty());
  EXPECT_THAT(modules_for("", "usb:"), IsEmpty());
}

TEST(Matches, StarsQuestionMarksAndRanges) {
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*c*", "abcabc"));
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_TRUE(matches("d0[0-3]*", "d02xx"));
  EXPECT_TRUE(matches("v[ab]p", "vbp"));
  EXPECT_FALSE(matches("d0[0-3]*", "d04xx"));
  EXPECT_FALSE(matches("a", ""));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_FALSE(matches("a*c", "abcd"));
  EXPECT_FALSE(matches("[", "a"));
  EXPECT_TRUE(matches("[", "["));
}

TEST(Matches, ManyStarsTakeNoTimeOfTheirOwn) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", std::string(4000, 'a')));
}

}  // namespace
}  // namespace tunppp::doctor
