// /proc/cmdline: arguments that are what stands there, without quotes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doctor/boot_files.h"

using namespace tunppp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t total = 0;
  for (const doctor::KernelArgument& argument : doctor::parse_kernel_arguments(text)) {
    if (argument.text.empty() || argument.text.find('"') != argument.text.npos) std::abort();
    if (argument.name.find('=') != argument.name.npos) std::abort();
    if (!argument.text.starts_with(argument.name) || !argument.text.ends_with(argument.value))
      std::abort();
    total += argument.text.size();
  }
  if (total > text.size()) std::abort();
  return 0;
}
