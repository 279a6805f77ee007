#include "doctor/boot_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::doctor {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(KernelArguments, NamesAndValues) {
  const auto found =
      parse_kernel_arguments("console=ttyS0,115200 quiet  a=\"b c\" modules-load=dwc2,g_ether\n");
  ASSERT_THAT(found, SizeIs(4));
  EXPECT_EQ(found[0].name, "console");
  EXPECT_EQ(found[0].value, "ttyS0,115200");
  EXPECT_EQ(found[0].text, "console=ttyS0,115200");
  EXPECT_EQ(found[1].name, "quiet");
  EXPECT_EQ(found[1].value, "");
  EXPECT_EQ(found[2].value, "b c");
  EXPECT_EQ(found[3].value, "dwc2,g_ether");
  EXPECT_THAT(parse_kernel_arguments(""), IsEmpty());
  EXPECT_THAT(parse_kernel_arguments("\"\" \"open"), SizeIs(1));
}

TEST(BootConfig, SectionsRemarksAndWhatIsForNobody) {
  const auto found = parse_boot_config(
      "# dtoverlay=dwc2\r\ndtoverlay = dwc2,dr_mode=host \r\n[pi4]\narm_boost=1\n[none]\n"
      "dtoverlay=miniuart-bt\n[all]\nenable_uart=1\nnonsense\n=\n");
  ASSERT_THAT(found, SizeIs(4));
  EXPECT_EQ(found[0].name, "dtoverlay");
  EXPECT_EQ(found[0].value, "dwc2,dr_mode=host");
  EXPECT_EQ(found[0].section, "");
  EXPECT_EQ(found[1].section, "pi4");
  EXPECT_EQ(found[2].name, "enable_uart");
  EXPECT_EQ(found[2].section, "all");
  EXPECT_EQ(found[3].name, "");
}

}  // namespace
}  // namespace tunppp::doctor
