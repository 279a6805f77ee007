#include "tty/discovery.h"

#include "tty/directory.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <tuple>

namespace tunppp::tty {
namespace fs = std::filesystem;

namespace {

/// The first line of a sysfs attribute; empty when there is no such attribute.
std::string attribute(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

template <typename Number>
std::optional<Number> hexadecimal(const std::string& text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<Number>(value);
}

std::string link_name(const fs::path& link) {
  std::error_code ignored;
  return fs::read_symlink(link, ignored).filename().string();
}

/// From the tty's device upwards: first the USB interface, then the device that it is part of.
std::optional<UsbIdentity> usb_identity(fs::path directory, const fs::path& top) {
  UsbIdentity usb;
  for (; directory.string().size() > top.string().size(); directory = directory.parent_path()) {
    if (!usb.interface)
      usb.interface = hexadecimal<std::uint8_t>(attribute(directory / "bInterfaceNumber"));
    const auto vendor = hexadecimal<std::uint16_t>(attribute(directory / "idVendor"));
    if (!vendor) continue;
    usb.vendor = *vendor;
    usb.product = hexadecimal<std::uint16_t>(attribute(directory / "idProduct")).value_or(0);
    usb.manufacturer = attribute(directory / "manufacturer");
    usb.product_name = attribute(directory / "product");
    return usb;
  }
  return std::nullopt;
}

/// Four ttyS are made on many machines whether the chip is there or not: type 0 (PORT_UNKNOWN)
/// says that it is not. Drivers that have no such attribute make no such ghosts.
bool is_real_uart(const fs::path& tty) {
  return attribute(tty / "type") != "0";
}

std::optional<TtyInfo::Kind> kind_of(const std::string& name, const fs::path& tty) {
  if (name.starts_with("ttyUSB")) return TtyInfo::Kind::usb_serial;
  if (name.starts_with("ttyACM")) return TtyInfo::Kind::usb_acm;
  std::error_code ignored;
  // Consoles of the screen and ptys have no device behind them.
  if (!fs::exists(tty / "device", ignored) || !fs::exists(tty / "line", ignored))
    return std::nullopt;
  if (is_real_uart(tty)) return TtyInfo::Kind::uart;
  return std::nullopt;
}

// A driver's own name, not that of the bus-neutral layer (Linux 6.8 and later put "port" and
// "ctrl" devices between a UART and its hardware).
std::string driver_of(fs::path directory, const fs::path& top) {
  for (; directory.string().size() > top.string().size(); directory = directory.parent_path()) {
    const std::string name = link_name(directory / "driver");
    if (!name.empty() && name != "port" && name != "ctrl") return name;
  }
  return {};
}

std::vector<fs::path> links_to(const fs::path& root, const std::string& name) {
  std::vector<fs::path> names;
  std::error_code ignored;
  const auto add_if_it_leads_there = [&](const fs::path& link) {
    if (link_name(link) == name) names.push_back("/" / fs::relative(link, root, ignored));
  };
  for (const fs::path& link : entries(root / "dev/serial/by-path")) add_if_it_leads_there(link);
  // A Raspberry Pi's names for the UART on its pins.
  for (const char* alias : {"dev/serial0", "dev/serial1"}) add_if_it_leads_there(root / alias);
  std::sort(names.begin(), names.end());
  return names;
}

/// "ttyUSB10" comes after "ttyUSB9".
auto order(const TtyInfo& tty) {
  const std::size_t digits = tty.name.find_last_not_of("0123456789") + 1;
  return std::tuple(tty.kind, tty.name.substr(0, digits), tty.name.size(), tty.name);
}

}  // namespace

std::vector<TtyInfo> discover(const fs::path& root) {
  std::vector<TtyInfo> found;
  std::error_code error;
  const fs::path top = fs::canonical(root / "sys", error);
  for (const fs::path& entry : entries(root / "sys/class/tty")) {
    const std::string name = entry.filename().string();
    const auto kind = kind_of(name, entry);
    if (!kind) continue;
    TtyInfo tty;
    tty.name = name;
    tty.device = "/dev/" + name;
    tty.kind = *kind;
    const fs::path device = fs::canonical(entry / "device", error);
    if (!error) {
      tty.driver = driver_of(device, top);
      tty.usb = usb_identity(device, top);
    }
    tty.console = attribute(entry / "console") == "Y";
    tty.lasting_names = links_to(root, name);
    found.push_back(std::move(tty));
  }
  std::sort(found.begin(), found.end(),
            [](const TtyInfo& a, const TtyInfo& b) { return order(a) < order(b); });
  return found;
}

std::string describe(const TtyInfo& tty) {
  std::string text = tty.device.string();
  if (!tty.driver.empty()) text += "  " + tty.driver;
  if (tty.usb) {
    text += fmt::format("  {:04x}:{:04x}", tty.usb->vendor, tty.usb->product);
    if (tty.usb->interface) text += fmt::format(" interface {}", *tty.usb->interface);
    if (!tty.usb->manufacturer.empty()) text += "  " + tty.usb->manufacturer;
    if (!tty.usb->product_name.empty())
      text += (tty.usb->manufacturer.empty() ? "  " : " ") + tty.usb->product_name;
  }
  if (tty.console) text += "  (the kernel's console)";
  return text;
}

}  // namespace tunppp::tty
