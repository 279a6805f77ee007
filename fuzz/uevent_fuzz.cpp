// A message about a device, as the kernel or somebody who plays the kernel sends it.
#include <cstdint>
#include <cstdlib>

#include "tty/uevent.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tunppp;
  const auto event = tty::parse_uevent(std::as_bytes(std::span(data, size)));
  if (!event) return 0;
  if (event->action.empty() || !event->device_path.starts_with('/')) std::abort();
  if (event->action.size() + event->device_path.size() > size) std::abort();
  return 0;
}
