#include "doctor/kernel_config.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace tunppp::doctor {
namespace {

using Setting = KernelConfig::Setting;

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string input = text;
  std::string packed(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

TEST(KernelConfig, WhatItSays) {
  const KernelConfig config("/proc/config.gz",
                            "CONFIG_TUN=m\n# CONFIG_USB is not set\nCONFIG_USB_ACM=y\n"
                            "CONFIG_LOCALVERSION=\"-v8\"\nCONFIG_END=");
  EXPECT_EQ(config.of("CONFIG_TUN"), Setting::module);
  EXPECT_EQ(config.of("CONFIG_USB_ACM"), Setting::built_in);
  EXPECT_EQ(config.of("CONFIG_USB"), Setting::off);
  EXPECT_EQ(config.of("CONFIG_PPP"), Setting::off) << "what hangs on something off is not there";
  EXPECT_EQ(config.of("CONFIG_LOCALVERSION"), Setting::off);
  EXPECT_EQ(config.of("CONFIG_END"), Setting::off);
  EXPECT_EQ(config.line("CONFIG_USB"), "# CONFIG_USB is not set");
  EXPECT_EQ(config.line("CONFIG_TUN"), "CONFIG_TUN=m");
}

TEST(KernelConfig, NothingIsKnownOfATextThatIsNone) {
  for (const char* text : {"", "\n", "<html>"}) {
    const KernelConfig config("/boot/config", text);
    EXPECT_FALSE(config.is_known());
    EXPECT_EQ(config.of("CONFIG_TUN"), Setting::unknown);
    EXPECT_FALSE(config.is_off("CONFIG_TUN"));
  }
}

TEST(Gunzip, GivesBackWhatWasPacked) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "CONFIG_X" + std::to_string(i) + "=y\n";
  EXPECT_EQ(gunzip(gzip(text), 1 << 20), text);
  EXPECT_EQ(gunzip(gzip(""), 100), "");
}

TEST(Gunzip, NoMoreThanAllowed) {
  EXPECT_EQ(gunzip(gzip(std::string(10'000'000, 'x')), 1000), std::string(1000, 'x'));
}

TEST(Gunzip, NothingOfWhatIsDamaged) {
  const std::string packed = gzip("CONFIG_TUN=m\nCONFIG_USB=y\n");
  EXPECT_FALSE(gunzip("", 100));
  EXPECT_FALSE(gunzip("CONFIG_TUN=m", 100));
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_FALSE(gunzip(packed.substr(0, size), 100)) << size;
}

}  // namespace
}  // namespace tunppp::doctor
