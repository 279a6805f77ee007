#include "detect/modems.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "detect/roles.h"
#include "detect/usb.h"
#include "tty/discovery.h"

namespace tunppp::detect {
namespace {

using modem::PortRole;

struct UsbId {
  std::uint16_t vendor;
  std::uint16_t product;
};

bool is_among(std::span<const UsbId> ids, const UsbDevice& device) {
  return std::any_of(ids.begin(), ids.end(), [&](const UsbId& id) {
    return id.vendor == device.vendor && id.product == device.product;
  });
}

// A disk, until usb_modeswitch makes a modem of it (usb_modeswitch-data).
constexpr auto storage_ids = std::to_array<UsbId>({{0x12d1, 0x1f01},
                                                   {0x12d1, 0x14fe},
                                                   {0x12d1, 0x157d},
                                                   {0x1e0e, 0xf000},
                                                   {0x1199, 0x0fff},
                                                   {0x19d2, 0x2000},
                                                   {0x05c6, 0x1000}});
// E3372 with HiLink: a router behind an Ethernet interface (usb_modeswitch-data).
constexpr auto hilink_ids = std::to_array<UsbId>({{0x12d1, 0x14db}, {0x12d1, 0x14dc}});

constexpr std::uint16_t u_blox = 0x1546;
// Those who make little else, as far as USB's numbers go: Quectel, SIMCom, Huawei, u-blox, Telit,
// Sierra Wireless and AirPrime, Qualcomm, ZTE, Fibocom, Thales (Cinterion), MeiG.
constexpr auto modem_vendors =
    std::to_array<std::uint16_t>({0x2c7c, 0x1e0e, 0x12d1, u_blox, 0x1bc7, 0x1199, 0x0f3d, 0x05c6,
                                  0x19d2, 0x2cb7, 0x1e2d, 0x2dee});
// Drivers that take nothing but modems.
constexpr auto modem_drivers =
    std::to_array<std::string_view>({"option", "option1", "qcserial", "sierra", "ipw"});

/// u-blox makes receivers for satellites as well, which are CDC ACM, too.
bool is_gnss_receiver(const UsbDevice& device) {
  return device.vendor == u_blox && device.product >= 0x01a0 && device.product <= 0x01af;
}

bool is_of_modem_vendor(const UsbDevice& device) {
  return std::find(modem_vendors.begin(), modem_vendors.end(), device.vendor) !=
             modem_vendors.end() &&
         !is_gnss_receiver(device);
}

bool has_modem_driver(const UsbInterface& interface) {
  return std::find(modem_drivers.begin(), modem_drivers.end(), interface.driver) !=
         modem_drivers.end();
}

/// A serial adapter is vendor-specific, too, but its driver tells.
bool is_tty_of_modem(const UsbDevice& device, const UsbInterface& interface,
                     const modem::Profile* own) {
  if (interface.tty.empty()) return false;
  if (own && known_modem(device.vendor, device.product, own).profile == own) return true;
  if (is_of_modem_vendor(device) || has_modem_driver(interface)) return true;
  return interface.driver == "cdc_acm" && is_serial(interface) && !is_gnss_receiver(device);
}

bool is_disk(const UsbDevice& device) {
  constexpr std::uint8_t mass_storage = 0x08;
  return !device.interfaces.empty() &&
         std::all_of(device.interfaces.begin(), device.interfaces.end(),
                     [](const UsbInterface& interface) {
                       return interface.interface_class == mass_storage;
                     });
}

template <typename Predicate>
bool any_interface(const UsbDevice& device, Predicate predicate) {
  return std::any_of(device.interfaces.begin(), device.interfaces.end(), predicate);
}

/// nullopt: no modem.
std::optional<Mode> mode_of(const UsbDevice& device, const modem::Profile* own) {
  if (is_disk(device) &&
      (is_among(storage_ids, device) || known_modem(device.vendor, device.product, own).usb))
    return Mode::storage;
  if (any_interface(device, [&](const UsbInterface& interface) {
        return is_tty_of_modem(device, interface, own);
      }))
    return Mode::serial;
  if (is_among(hilink_ids, device)) return Mode::hilink;
  if (!is_of_modem_vendor(device)) return std::nullopt;
  if (any_interface(device, is_serial)) return Mode::serial;
  if (any_interface(device, is_network)) return Mode::network;
  return std::nullopt;
}

std::optional<PortChoice> choose(const std::vector<Port>& ports, PortRole role) {
  for (std::size_t i = 0; i < ports.size(); ++i)
    if (ports[i].role() == role) {
      const Role& known = ports[i].interface.role;
      return PortChoice{i, known.guess ? known.why + ", a guess" : known.why};
    }
  return std::nullopt;
}

void choose_ports(ModemDevice& modem) {
  modem.ppp = choose(modem.ports, PortRole::modem);
  modem.at = choose(modem.ports, PortRole::at);
  if (modem.ppp || !modem.at) return;
  // Where the modem port has no tty, or there is none, the AT port dials as well on most.
  const bool has_modem_port =
      std::any_of(modem.interfaces.begin(), modem.interfaces.end(),
                  [](const UsbInterface& it) { return it.role.role == PortRole::modem; });
  modem.ppp = {modem.at->index, has_modem_port ? "the AT port, for the port for PPP has no tty"
                                               : "the AT port: there is none for PPP alone"};
  modem.at.reset();
}

std::vector<Port> ports_of(const UsbDevice& device, const std::vector<tty::TtyInfo>& ttys) {
  std::vector<Port> ports;
  for (const UsbInterface& interface : device.interfaces) {
    if (interface.tty.empty()) continue;
    const auto tty = std::find_if(ttys.begin(), ttys.end(), [&](const tty::TtyInfo& info) {
      return info.name == interface.tty && info.hardware.starts_with(interface.path);
    });
    if (tty == ttys.end()) continue;  // on its way in or out
    ports.push_back({.tty = tty->name,
                     .device = tty->device,
                     .driver = tty->driver,
                     .lasting_names = tty->lasting_names,
                     .interface = interface});
  }
  return ports;
}

ModemDevice modem_of(UsbDevice device, Mode mode, const std::vector<tty::TtyInfo>& ttys,
                     const modem::Profile* own) {
  const KnownModem known = known_modem(device.vendor, device.product, own);
  assign_roles(device.vendor, device.product, device.interfaces, own);
  ModemDevice modem;
  modem.usb_path = device.name;
  modem.device_path = device.path;
  modem.vendor = device.vendor;
  modem.product = device.product;
  modem.manufacturer = device.manufacturer;
  modem.product_name = device.product_name;
  modem.composition = composition_of(device.interfaces);
  modem.mode = mode;
  modem.profile = known.profile;
  if (known.usb) modem.model = known.usb->name;
  modem.ports = ports_of(device, ttys);
  modem.interfaces = std::move(device.interfaces);
  choose_ports(modem);
  return modem;
}

Candidate candidate_of(const tty::TtyInfo& tty, const std::vector<UsbDevice>& devices) {
  Candidate candidate{.tty = tty.name,
                      .device = tty.device,
                      .driver = tty.driver,
                      .console = tty.console,
                      .lasting_names = tty.lasting_names};
  for (const UsbDevice& device : devices) {
    if (!tty.hardware.starts_with(device.path + "/")) continue;
    candidate.vendor = device.vendor;
    candidate.product = device.product;
    candidate.usb_path = device.name;
    candidate.name = device.product_name;
  }
  return candidate;
}

}  // namespace

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::serial:
      return "serial";
    case Mode::storage:
      return "storage";
    case Mode::hilink:
      return "hilink";
    case Mode::network:
      return "network";
  }
  return "serial";
}

Inventory find_modems(const tty::SystemTree& system, const modem::Profile* own) {
  Inventory inventory;
  const std::vector<UsbDevice> devices = usb_devices(system);
  const std::vector<tty::TtyInfo> ttys = tty::discover(system);
  std::vector<std::string> taken;
  for (const UsbDevice& device : devices) {
    const std::optional<Mode> mode = mode_of(device, own);
    if (!mode) continue;
    inventory.modems.push_back(modem_of(device, *mode, ttys, own));
    for (const Port& port : inventory.modems.back().ports) taken.push_back(port.tty);
  }
  for (const tty::TtyInfo& tty : ttys)
    if (std::find(taken.begin(), taken.end(), tty.name) == taken.end())
      inventory.candidates.push_back(candidate_of(tty, devices));
  std::stable_partition(inventory.candidates.begin(), inventory.candidates.end(),
                        [](const Candidate& candidate) { return candidate.is_uart(); });
  return inventory;
}

std::string describe(const ModemDevice& modem) {
  std::string name = modem.manufacturer;
  if (modem.product_name != modem.manufacturer)
    name += (name.empty() || modem.product_name.empty() ? "" : " ") + modem.product_name;
  return fmt::format("{} ({:04x}:{:04x})", name.empty() ? "modem" : name, modem.vendor,
                     modem.product);
}

std::string describe(const Candidate& candidate) {
  const std::string driver = candidate.driver.empty() ? "" : fmt::format(" ({})", candidate.driver);
  if (candidate.is_uart()) return fmt::format("{}, a UART{}", candidate.device, driver);
  return fmt::format("{}, {} {:04x}:{:04x}{}", candidate.device,
                     candidate.name.empty() ? "a USB adapter" : candidate.name, *candidate.vendor,
                     *candidate.product, driver);
}

}  // namespace tunppp::detect
