// What a USB device says of itself, whatever that is: each interface gets a role and a reason, and
// all that is made of it can be shown.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "detect/hexadecimal.h"
#include "detect/roles.h"

namespace {

using namespace tunppp;

constexpr const char* drivers[] = {"", "option", "qcserial", "cdc_acm", "qmi_wwan", "rndis_host"};
constexpr std::size_t octets_an_interface = 6;

detect::UsbInterface interface_of(std::span<const std::uint8_t> data, std::size_t count) {
  detect::UsbInterface interface;
  interface.number = data[0];
  interface.interface_class = data[1];
  interface.subclass = data[2];
  interface.protocol = data[3];
  interface.endpoints = data[4];
  interface.interrupt_endpoint = (data[4] & 1) != 0;
  interface.driver = drivers[data[5] % std::size(drivers)];
  if ((data[5] & 0x80) != 0) interface.tty = "ttyUSB" + std::to_string(count);
  return interface;
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto number = detect::hexadecimal<std::uint16_t>(text))
    check(std::strtoul(text.c_str(), nullptr, 16) == *number);

  std::span<const std::uint8_t> rest(data, size);
  if (rest.size() < 4) return 0;
  const auto vendor = static_cast<std::uint16_t>(rest[0] << 8 | rest[1]);
  const auto product = static_cast<std::uint16_t>(rest[2] << 8 | rest[3]);
  rest = rest.subspan(4);
  std::vector<detect::UsbInterface> interfaces;
  for (; rest.size() >= octets_an_interface; rest = rest.subspan(octets_an_interface))
    interfaces.push_back(interface_of(rest, interfaces.size()));
  if (interfaces.size() > 256) return 0;

  detect::assign_roles(vendor, product, interfaces);
  std::size_t guesses = 0;
  for (const detect::UsbInterface& interface : interfaces) {
    check(!interface.role.why.empty());
    if (interface.role.guess && interface.role.role == modem::PortRole::modem) ++guesses;
    check(!interface.role.guess || !interface.tty.empty() ||
          interface.role.role != modem::PortRole::other);
  }
  check(guesses <= 1);
  check(!detect::composition_of(interfaces).empty());
  return 0;
}
