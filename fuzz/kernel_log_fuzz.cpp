// A kernel's log, whatever stands in it: bounded, and the same by lines as by records.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doctor/kernel_log.h"

using namespace tunppp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const doctor::KernelLog log = doctor::parse_kernel_log(text);
  if (log.usb_ports.size() > 64) std::abort();
  for (const doctor::UsbPortLog& port : log.usb_ports) {
    if (port.disconnects + port.failures == 0 || port.last_line.size() > 400) std::abort();
    if (port.is_loop && port.disconnects < 3) std::abort();
    if (port.port.size() > 64 || port.last_line.empty()) std::abort();
  }
  for (const std::string* line : {&log.forced_to_device, &log.undervoltage, &log.over_current})
    if (line->size() > 400 || (!line->empty() && text.find(*line) == text.npos)) std::abort();
  return 0;
}
