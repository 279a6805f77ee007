#include <fmt/format.h>

#include <algorithm>

#include "detect/usb.h"
#include "doctor/examination.h"

// Whether there is a modem, and whether it is one with serial ports at the moment.
namespace tunppp::doctor {
namespace {

using detect::Mode;
using detect::ModemDevice;

// Vendors (USB-IF's numbers) whose modems are told differently.
constexpr std::uint16_t quectel = 0x2c7c;
constexpr std::uint16_t simcom = 0x1e0e;
constexpr std::uint16_t huawei = 0x12d1;
constexpr std::uint16_t sierra = 0x1199;
constexpr std::uint16_t telit = 0x1bc7;
constexpr std::uint16_t u_blox = 0x1546;

std::vector<Evidence> identity_of(const ModemDevice& modem) {
  const std::string path = "/sys/bus/usb/devices/" + modem.usb_path;
  return {{path + "/idVendor", fmt::format("{:04x}", modem.vendor)},
          {path + "/idProduct", fmt::format("{:04x}", modem.product)}};
}

std::vector<Evidence> with_interfaces(const ModemDevice& modem) {
  std::vector<Evidence> seen = identity_of(modem);
  for (const detect::UsbInterface& interface : modem.interfaces)
    seen.push_back({fmt::format("/sys/bus/usb/devices/{}/bInterfaceClass",
                                interface.path.substr(interface.path.rfind('/') + 1)),
                    fmt::format("{:02x}", interface.interface_class)});
  return seen;
}

/// usb_modeswitch's own data: Huawei's command, Sierra's, or the disk is ejected.
std::string switch_command(const ModemDevice& modem) {
  const char* how = modem.vendor == huawei   ? "--huawei-new-mode"
                    : modem.vendor == sierra ? "--sierra-mode"
                                             : "--std-eject";
  return fmt::format("usb_modeswitch -v {:04x} -p {:04x} {}", modem.vendor, modem.product, how);
}

std::string composition_command(const ModemDevice& modem) {
  switch (modem.vendor) {
    case quectel:
      return "By AT command on its UART: AT+QCFG=\"usbnet\",0";
    case simcom:
      return "By AT command on its UART: AT+CUSBPIDSWITCH=9001,1,1";
    case huawei:
      return fmt::format(
          "Choose another of its configurations (bNumConfigurations tells how many): echo 3 > "
          "/sys/bus/usb/devices/{}/bConfigurationValue",
          modem.usb_path);
    case sierra:
      return "By AT command: AT!ENTERCND=\"A710\", then AT!USBCOMP=? and one with serial ports";
    case telit:
      return "By AT command: AT#USBCFG=0";
    case u_blox:
      return "By AT command: AT+UUSBCONF=? and one with serial ports";
    default:
      return "By the AT command of its maker for the USB composition, on its UART";
  }
}

Values values_of(const ModemDevice& modem) {
  return {{"modem", detect::describe(modem)},
          {"composition", modem.composition.empty() ? "other interfaces" : modem.composition},
          {"switch", switch_command(modem)},
          {"how", composition_command(modem)}};
}

/// What is on USB instead, so that people see what was looked at.
std::vector<Evidence> what_is_there(const tty::SystemTree& system) {
  constexpr std::size_t most = 16;
  std::vector<Evidence> seen;
  for (const detect::UsbDevice& device : detect::usb_devices(system)) {
    if (seen.size() >= most) break;
    seen.push_back({"/sys/bus/usb/devices/" + device.name,
                    fmt::format("{:04x}:{:04x} {} {}", device.vendor, device.product,
                                device.manufacturer, device.product_name)});
  }
  if (seen.empty()) seen.push_back({"/sys/bus/usb/devices", "nothing but hubs"});
  return seen;
}

void examine_none(Examination& examination) {
  if (examination.is_about_another_line()) return;
  // Without a host, or with a gadget in its place, that no modem is seen says nothing.
  if (examination.has_error()) return;
  std::string instead;
  for (const detect::Candidate& candidate : examination.inventory.candidates)
    if (!candidate.console)
      instead += (instead.empty() ? "; one could be wired to " : " or ") + candidate.device;
  examination.add(Cause::no_modem, what_is_there(examination.system), {{"instead", instead}});
}

}  // namespace

void examine_modems(Examination& examination) {
  if (examination.inventory.modems.empty()) return examine_none(examination);
  const bool matters = !examination.usable_modem() && !examination.is_about_another_line();
  for (const ModemDevice& modem : examination.inventory.modems) {
    if (modem.mode == Mode::serial) continue;
    const Severity severity = matters ? Severity::error : Severity::note;
    if (modem.mode == Mode::storage)
      examination.add(Cause::modem_storage_mode, severity, with_interfaces(modem),
                      values_of(modem));
    else if (modem.mode == Mode::hilink)
      examination.add(Cause::modem_hilink, severity, identity_of(modem), values_of(modem));
    else
      examination.add(Cause::modem_not_serial_mode, severity, with_interfaces(modem),
                      values_of(modem));
  }
}

}  // namespace tunppp::doctor
