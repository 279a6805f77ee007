#include "doctor/kernel_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>

#include "doctor/text.h"

namespace tunppp::doctor {
namespace {

constexpr std::size_t most_ports = 64;
constexpr std::size_t longest_message = 400;
// A modem that is switched to another mode leaves once or twice; so does one that is restarted.
constexpr std::size_t times_of_a_loop = 3;
constexpr double seconds_of_a_loop = 600;

struct Message {
  double seconds = 0;
  std::string_view text;
};

/// "6,1234,567890,-;usb 1-1: ...": priority, number, microseconds, flags
/// (Documentation/ABI/testing/ dev-kmsg).
std::optional<Message> of_record(std::string_view line) {
  const std::size_t end = line.find(';');
  if (end == line.npos) return std::nullopt;
  std::string_view prefix = line.substr(0, end);
  const std::string_view priority = take_until(prefix, ',');
  const std::string_view number = take_until(prefix, ',');
  const auto microseconds = to_number<std::uint64_t>(take_until(prefix, ','));
  if (!to_number<unsigned>(priority) || !to_number<std::uint64_t>(number) || !microseconds)
    return std::nullopt;
  return Message{static_cast<double>(*microseconds) / 1e6, line.substr(end + 1)};
}

/// "[   13.058396] usb 1-1.3: ...", perhaps behind what a log daemon puts there.
Message of_line(std::string_view line) {
  const std::size_t begin = line.find('[');
  const std::size_t end = line.find("] ");
  if (begin == line.npos || end == line.npos || end < begin) return {0, line};
  const std::string_view inner = trimmed(line.substr(begin + 1, end - begin - 1));
  const auto seconds = to_number<double>(inner);
  if (!seconds || !std::isfinite(*seconds)) return {0, line};
  return {*seconds, line.substr(end + 2)};
}

/// "usb 1-1.3: " at its beginning gives 1-1.3 and takes that away.
std::string_view take_usb_device(std::string_view& text) {
  if (!text.starts_with("usb ")) return {};
  const std::size_t end = text.find(": ");
  if (end == text.npos || end > 64) return {};
  const std::string_view device = text.substr(4, end - 4);
  text.remove_prefix(end + 2);
  return device;
}

/// The port as devices on it are named: "1-1-port3" is 1-1.3, "usb1-port2" is 1-2.
std::string port_of(std::string_view device) {
  constexpr std::string_view mark = "-port";
  const std::size_t at = device.find(mark);
  if (at == device.npos) return std::string(device);
  const std::string_view hub = device.substr(0, at);
  const std::string_view number = device.substr(at + mark.size());
  if (hub.starts_with("usb")) return std::string(hub.substr(3)) + "-" + std::string(number);
  return std::string(hub) + "." + std::string(number);
}

/// Of four digits.
std::optional<std::uint16_t> hexadecimal_after(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return std::nullopt;
  const std::string_view digits = text.substr(at + mark.size(), 4);
  std::uint16_t number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return parsed.ec == std::errc() ? std::optional(number) : std::nullopt;
}

class Reader {
 public:
  void take(std::string_view line) {
    if (line.starts_with(' ')) return;  // a record's dictionary: " SUBSYSTEM=usb"
    const Message message = of_record(line).value_or(of_line(line));
    log_.is_there = true;
    note_power(message.text);
    note_gadget(message.text);
    std::string_view rest = message.text;
    if (const std::string_view device = take_usb_device(rest); !device.empty())
      note_usb(device, rest, message);
  }
  KernelLog log() { return std::move(log_); }

 private:
  static std::string kept(std::string_view text) {
    return std::string(text.substr(0, longest_message));
  }
  static bool has(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
  }
  void note_power(std::string_view text) {
    if (has(text, "nder-voltage detected") || has(text, "ndervoltage detected"))
      log_.undervoltage = kept(text);
    if (has(text, "over-current condition")) log_.over_current = kept(text);
  }
  void note_gadget(std::string_view text) {
    if (has(text, "dr_mode forced to device")) log_.forced_to_device = kept(text);
  }
  void note_usb(std::string_view device, std::string_view what, const Message& message) {
    note_identity(device, what);
    const bool left = what.starts_with("USB disconnect");
    const bool failed = has(what, "unable to enumerate USB device");
    if (!left && !failed) return;
    UsbPortLog* port = port_log(port_of(device));
    if (!port) return;
    port->last_line = kept(message.text);
    if (failed) ++port->failures;
    if (!left) return;
    ++port->disconnects;
    std::deque<double>& times = times_[port->port];
    times.push_back(message.seconds);
    if (times.size() > times_of_a_loop) times.pop_front();
    if (times.size() == times_of_a_loop && times.back() - times.front() <= seconds_of_a_loop)
      port->is_loop = true;
  }
  /// "New USB device found, idVendor=2c7c, idProduct=0125, bcdDevice= 3.18".
  void note_identity(std::string_view device, std::string_view what) {
    const auto vendor = hexadecimal_after(what, "idVendor=");
    const auto product = hexadecimal_after(what, "idProduct=");
    if (!vendor || !product) return;
    if (UsbPortLog* port = port_log(port_of(device))) {
      port->vendor = *vendor;
      port->product = *product;
    }
  }
  /// nullptr: there are too many.
  UsbPortLog* port_log(const std::string& name) {
    const auto known = std::find_if(log_.usb_ports.begin(), log_.usb_ports.end(),
                                    [&](const UsbPortLog& port) { return port.port == name; });
    if (known != log_.usb_ports.end()) return &*known;
    if (log_.usb_ports.size() >= most_ports) return nullptr;
    return &log_.usb_ports.emplace_back(UsbPortLog{.port = name, .last_line = {}});
  }

  KernelLog log_;
  std::map<std::string, std::deque<double>> times_;
};

}  // namespace

KernelLog parse_kernel_log(std::string_view text) {
  Reader reader;
  for_each_line(text, [&](std::string_view line) { reader.take(line); });
  return reader.log();
}

}  // namespace tunppp::doctor
