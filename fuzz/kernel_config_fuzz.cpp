// /proc/config.gz, packed or not: it unpacks to no more than is allowed, and each option has one of
// the settings, with a line that says the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "doctor/kernel_config.h"

using namespace tunppp;
using doctor::KernelConfig;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t limit = 64 * 1024;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (auto unpacked = doctor::gunzip(text, limit)) {
    if (unpacked->size() > limit) std::abort();
    text = std::move(*unpacked);
  }
  const bool has_any = text.find("CONFIG_") != text.npos;
  const KernelConfig config("/proc/config.gz", text);
  if (config.is_known() != has_any) std::abort();
  for (const char* option : {"CONFIG_USB", "CONFIG_TUN", "CONFIG_", ""}) {
    const std::string line = config.line(option);
    const KernelConfig said("", line + "\n");
    if (config.is_on(option) && said.of(option) != config.of(option)) std::abort();
    if (config.is_on(option) && config.is_off(option)) std::abort();
    if (!config.is_known() && config.of(option) != KernelConfig::Setting::unknown) std::abort();
  }
  return 0;
}
