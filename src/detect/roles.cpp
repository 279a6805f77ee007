#include "detect/roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tunppp::detect {
namespace {

using modem::PortRole;

// Classes of USB: CDC control and data, mass storage, wireless (RNDIS among it), miscellaneous,
// what only the vendor knows.
constexpr std::uint8_t cdc = 0x02;
constexpr std::uint8_t storage = 0x08;
constexpr std::uint8_t cdc_data = 0x0a;
constexpr std::uint8_t wireless = 0xe0;
constexpr std::uint8_t miscellaneous = 0xef;
constexpr std::uint8_t vendor_specific = 0xff;

constexpr std::uint16_t huawei = 0x12d1;

bool has(const UsbInterface& interface, std::uint8_t interface_class, std::uint8_t subclass,
         std::uint8_t protocol) {
  return interface.interface_class == interface_class && interface.subclass == subclass &&
         interface.protocol == protocol;
}

/// CDC PSTN subclass "abstract control model", protocol "AT commands, V.250".
bool is_at_acm(const UsbInterface& interface) {
  return has(interface, cdc, 0x02, 0x01);
}

struct NetworkKind {
  std::string_view name;
  std::string_view driver;
};
constexpr auto network_drivers = std::to_array<NetworkKind>({
    {"QMI", "qmi_wwan"},
    {"QMI", "GobiNet"},
    {"MBIM", "cdc_mbim"},
    {"ECM", "cdc_ether"},
    {"NCM", "cdc_ncm"},
    {"NCM", "huawei_cdc_ncm"},
    {"RNDIS", "rndis_host"},
    {"network", "sierra_net"},
});

/// Empty: none.
std::string_view network_kind(const UsbInterface& interface) {
  if (has(interface, wireless, 0x01, 0x03) || has(interface, miscellaneous, 0x04, 0x01) ||
      has(interface, cdc, 0x02, 0xff))
    return "RNDIS";
  if (interface.interface_class == cdc && interface.subclass == 0x06) return "ECM";
  if (interface.interface_class == cdc && interface.subclass == 0x0d) return "NCM";
  if (interface.interface_class == cdc && interface.subclass == 0x0e) return "MBIM";
  if (interface.interface_class == cdc_data) return {};
  for (const NetworkKind& kind : network_drivers)
    if (interface.driver == kind.driver) return kind.name;
  return {};
}

/// What stands in the descriptor of a network or its data is true of every modem.
void assign_network(std::vector<UsbInterface>& interfaces) {
  bool data_of_network = false;
  for (UsbInterface& interface : interfaces) {
    const std::string_view kind = network_kind(interface);
    if (!kind.empty()) {
      interface.role = {PortRole::network, fmt::format("{} by its descriptor or driver", kind)};
      data_of_network = true;
    } else if (interface.interface_class == cdc_data) {
      const PortRole role = data_of_network ? PortRole::network : PortRole::other;
      interface.role = {role, "carries the data of the interface before it"};
    } else {
      if (interface.interface_class == storage) interface.role = {PortRole::other, "a disk"};
      data_of_network = false;
    }
  }
}

/// Some compositions put a network's two interfaces in front under the same product ID: a Quectel
/// with RNDIS then has all that the table says two interfaces later.
unsigned interfaces_in_front(const modem::UsbIdentity& usb,
                             const std::vector<UsbInterface>& interfaces) {
  const bool table_begins_at_0 =
      std::any_of(usb.ports.begin(), usb.ports.end(),
                  [](const modem::UsbPort& port) { return port.interface_number == 0; });
  const bool network_in_front =
      interfaces.size() > 2 && interfaces[0].number == 0 && interfaces[1].number == 1 &&
      interfaces[0].role.role == PortRole::network && interfaces[1].role.role == PortRole::network;
  return table_begins_at_0 && network_in_front ? 2 : 0;
}

void assign_by_table(const modem::UsbIdentity& usb, std::vector<UsbInterface>& interfaces) {
  const unsigned in_front = interfaces_in_front(usb, interfaces);
  for (UsbInterface& interface : interfaces) {
    if (!interface.role.why.empty()) continue;
    const auto port =
        std::find_if(usb.ports.begin(), usb.ports.end(), [&](const modem::UsbPort& candidate) {
          return candidate.interface_number + in_front == interface.number;
        });
    if (port == usb.ports.end()) {
      interface.role = {PortRole::other, "what it is for is not known"};
      continue;
    }
    const std::string_view use =
        port->role == PortRole::other ? "something else" : name_of(port->role);
    interface.role = {port->role, fmt::format("interface {} of {:04x}:{:04x} is for {}",
                                              interface.number, usb.vendor, usb.product, use)};
    if (in_front > 0) interface.role.why += " with a network in front";
  }
}

/// Huawei writes into subclass and protocol what an interface is for, under all product IDs (as
/// ModemManager reads it). Protocols of newer sticks are those of the older ones from 0x10 on: an
/// E3372 has AT at 03/12 and its network at 03/16.
std::optional<PortRole> huawei_role(const UsbInterface& interface) {
  if (interface.interface_class != vendor_specific) return std::nullopt;
  const auto is = [&](std::uint8_t subclass, std::uint8_t protocol) {
    return interface.subclass == subclass && interface.protocol == protocol;
  };
  if (is(0x01, 0x01) || is(0x02, 0x01) || interface.protocol == 0x10) return PortRole::modem;
  if (interface.protocol == 0x02 || interface.protocol == 0x12) return PortRole::at;
  if (is(0x01, 0x05) || interface.protocol == 0x14) return PortRole::nmea;
  return std::nullopt;
}

void assign_huawei(std::vector<UsbInterface>& interfaces) {
  for (UsbInterface& interface : interfaces) {
    const std::optional<PortRole> role = huawei_role(interface);
    if (!role || !interface.role.why.empty()) continue;
    interface.role = {*role, fmt::format("Huawei's descriptor {:02x}/{:02x} says so",
                                         interface.subclass, interface.protocol)};
  }
}

/// A CDC ACM modem has its AT interfaces in order.
void assign_acm(std::vector<UsbInterface>& interfaces, bool known) {
  unsigned count = 0;
  for (UsbInterface& interface : interfaces) {
    if (!is_at_acm(interface) || !interface.role.why.empty()) continue;
    constexpr std::array<PortRole, 2> roles{PortRole::modem, PortRole::at};
    constexpr std::array<std::string_view, 2> order{"first", "second"};
    if (count < roles.size())
      interface.role = {roles[count],
                        fmt::format("the {} CDC ACM interface for AT commands", order[count]),
                        !known};
    ++count;
  }
}

bool speaks_at(const UsbInterface& interface) {
  return interface.role.role == PortRole::modem || interface.role.role == PortRole::at;
}

/// The heuristic of usb_modeswitch.
void assign_by_guess(std::vector<UsbInterface>& interfaces) {
  const auto modem =
      std::find_if(interfaces.begin(), interfaces.end(), [](const UsbInterface& interface) {
        return interface.role.why.empty() && interface.interrupt_endpoint && !interface.tty.empty();
      });
  if (modem != interfaces.end())
    modem->role = {PortRole::modem, "the lowest tty whose interface has an interrupt endpoint",
                   true};
}

void call_the_rest_unknown(std::vector<UsbInterface>& interfaces) {
  for (UsbInterface& interface : interfaces)
    if (interface.role.why.empty())
      interface.role = {PortRole::other, "what it is for is not known", !interface.tty.empty()};
}

std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

}  // namespace

std::string_view name_of(PortRole role) {
  switch (role) {
    case PortRole::diagnostics:
      return "diagnostics";
    case PortRole::nmea:
      return "GNSS";
    case PortRole::at:
      return "AT";
    case PortRole::modem:
      return "PPP";
    case PortRole::network:
      return "network";
    case PortRole::other:
      break;
  }
  return "other";
}

KnownModem known_modem(std::uint16_t vendor, std::uint16_t product, const modem::Profile* own) {
  const auto row_of = [=](const modem::Profile& profile) -> const modem::UsbIdentity* {
    for (const modem::UsbIdentity& usb : profile.usb)
      if (usb.vendor == vendor && usb.product == product) return &usb;
    return nullptr;
  };
  if (own)
    if (const modem::UsbIdentity* const usb = row_of(*own)) return {own, usb};
  for (const modem::Profile& profile : modem::profiles())
    if (const modem::UsbIdentity* const usb = row_of(profile)) return {&profile, usb};
  return {};
}

bool is_network(const UsbInterface& interface) {
  return !network_kind(interface).empty();
}

bool is_serial(const UsbInterface& interface) {
  const bool is_debug_bridge = has(interface, vendor_specific, 0x42, 0x01);  // Android's
  if (is_network(interface) || is_debug_bridge) return false;
  return interface.interface_class == vendor_specific || is_at_acm(interface);
}

void assign_roles(std::uint16_t vendor, std::uint16_t product,
                  std::vector<UsbInterface>& interfaces, const modem::Profile* own) {
  for (UsbInterface& interface : interfaces) interface.role = {};
  assign_network(interfaces);
  const KnownModem known = known_modem(vendor, product, own);
  if (known.usb && !known.usb->ports.empty()) {
    assign_by_table(*known.usb, interfaces);
  } else {
    if (vendor == huawei) assign_huawei(interfaces);
    assign_acm(interfaces, known.usb != nullptr);
    if (std::none_of(interfaces.begin(), interfaces.end(), speaks_at)) assign_by_guess(interfaces);
  }
  call_the_rest_unknown(interfaces);
}

std::string composition_of(const std::vector<UsbInterface>& interfaces) {
  std::size_t serial = 0;
  std::size_t disks = 0;
  std::size_t others = 0;
  std::vector<std::string> networks;
  for (const UsbInterface& interface : interfaces) {
    const std::string_view network = network_kind(interface);
    if (!network.empty())
      networks.push_back(network == "network" ? "network" : fmt::format("{} network", network));
    else if (!interface.tty.empty() ||
             (is_serial(interface) && interface.role.role != PortRole::network))
      ++serial;
    else if (interface.interface_class == storage)
      ++disks;
    else if (interface.role.role == PortRole::network && interface.interface_class != cdc_data)
      networks.push_back("network");
    else if (interface.interface_class != cdc_data)
      ++others;
  }
  std::vector<std::string> parts;
  if (serial > 0) parts.push_back(counted(serial, "serial port"));
  // A Sierra has two of QMI.
  for (auto same = networks.begin(); same != networks.end();) {
    const auto end = std::find_if(same, networks.end(),
                                  [&](const std::string& network) { return network != *same; });
    const auto count = static_cast<std::size_t>(end - same);
    parts.push_back(count == 1 ? *same : counted(count, *same));
    same = end;
  }
  if (disks > 0) parts.push_back(counted(disks, "disk"));
  if (others > 0) parts.push_back(fmt::format("{} other", others));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text.empty() ? "no interfaces" : text;
}

}  // namespace tunppp::detect
