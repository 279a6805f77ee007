// A Raspberry Pi's config.txt: settings that stand there, none of them for nobody.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doctor/boot_files.h"

using namespace tunppp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const doctor::BootSetting& setting : doctor::parse_boot_config(text)) {
    if (setting.section == "none" || setting.text.starts_with('#')) std::abort();
    if (text.find(setting.text) == text.npos) std::abort();
    if (!setting.text.starts_with(setting.name) || !setting.text.ends_with(setting.value))
      std::abort();
  }
  return 0;
}
