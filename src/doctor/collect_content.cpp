#include "doctor/collect_content.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "doctor/boot_files.h"
#include "doctor/kernel_config.h"
#include "doctor/text.h"

namespace tunppp::doctor {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t config_limit = 1024 * 1024;

template <typename Words>
bool begins_with_one_of(std::string_view text, const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.starts_with(word); });
}

// --- The kernel's arguments ---

/// Whose values say something of consoles, USB and modules. With a dot behind: a module's.
constexpr auto shown_arguments = std::to_array<std::string_view>({"console=",
                                                                  "earlycon=",
                                                                  "earlyprintk=",
                                                                  "kgdboc=",
                                                                  "modules-load=",
                                                                  "modprobe.blacklist=",
                                                                  "module_blacklist=",
                                                                  "initcall_blacklist=",
                                                                  "8250.",
                                                                  "cdc_acm.",
                                                                  "dwc2.",
                                                                  "dwc_otg.",
                                                                  "option.",
                                                                  "qcserial.",
                                                                  "qmi_wwan.",
                                                                  "sierra.",
                                                                  "usb-storage.",
                                                                  "usb_storage.",
                                                                  "usbcore.",
                                                                  "usbserial.",
                                                                  "xhci_hcd.",
                                                                  "enable_uart=",
                                                                  "g_ether.",
                                                                  "libcomposite."});

/// Whether a value would hardly stand elsewhere by chance: no word, path, tty or place on a bus,
/// whose names are needed.
bool is_telling(std::string_view value) {
  constexpr std::size_t longest_word = 16;
  const bool has_digit = value.find_first_of("0123456789") != value.npos;
  const bool is_place = value.find_first_not_of("0123456789abcdefABCDEF:.-") == value.npos &&
                        value.find_first_of(":.-") != value.npos;
  return (has_digit || value.size() > longest_word) && !is_place && !value.starts_with('/') &&
         value.find("tty") == value.npos && value.find("usb") == value.npos;
}

std::string masked_arguments(std::string_view text, Mask& mask) {
  std::string result;
  for (const KernelArgument& argument : parse_kernel_arguments(text)) {
    if (argument.text == "--") break;  // the rest is for init
    if (!result.empty()) result += ' ';
    const bool has_value = argument.text.find('=') != argument.text.npos;
    const bool has_blanks = argument.text.find_first_of(" \t") != argument.text.npos;
    if (has_value && !begins_with_one_of(argument.text, shown_arguments))
      result += mask.text(argument.name) + '=' + mask.word_for(Mask::Kind::value, argument.value);
    else
      result += has_blanks ? '"' + mask.text(argument.text) + '"' : mask.text(argument.text);
  }
  return result + '\n';
}

// --- The kernel's log ---

/// Lines with arguments of programs or of the kernel, or with what others chose to write.
constexpr auto dropped_lines = std::to_array<std::string_view>(
    {"audit", "process '", "process \"", "Kernel command line", "kernel command line",
     "with arguments", "with environment", "passed to user space"});

/// Whether the record "<facility and level>,..." or "<N>..." is from a program, not the kernel.
bool is_from_a_program(std::string_view line) {
  if (line.starts_with('<')) line.remove_prefix(1);
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  const char behind = digits < line.size() ? line[digits] : ' ';
  if (digits == 0 || (behind != ',' && behind != '>')) return false;  // as dmesg prints it
  const auto priority = to_number<unsigned>(line.substr(0, digits));
  return !priority || *priority >> 3 != 0;
}

/// "usb 1-1.3: SerialNumber: 0123": all behind the colon. "SerialNumber=3" is no number.
std::string without_serial_number(std::string_view line, Mask& mask) {
  // Not "serial: ", which is a driver's name.
  for (const std::string_view key : {"SerialNumber: "sv, "Serial Number: "sv, "Serial number: "sv,
                                     "serial number: "sv, "Serial: "sv, "S/N: "sv, "S/N "sv}) {
    const std::size_t at = line.find(key);
    if (at == line.npos) continue;
    const std::size_t end = at + key.size();
    return mask.text(line.substr(0, end)) +
           mask.word_for(Mask::Kind::serial, trimmed(line.substr(end)));
  }
  return mask.text(line);
}

std::string masked_log(std::string_view text, Mask& mask) {
  std::string result;
  bool dropped = false;
  for_each_line(text, [&](std::string_view line) {
    // What begins with a blank belongs to the record before it.
    if (!line.starts_with(' '))
      dropped = is_from_a_program(line) ||
                std::any_of(dropped_lines.begin(), dropped_lines.end(),
                            [&](std::string_view part) { return line.find(part) != line.npos; });
    if (!dropped) result += without_serial_number(line, mask) + '\n';
  });
  return result;
}

// --- Processes ---

/// "ttyAMA0", "/dev/ttyUSB2", "ttyS0,115200".
bool is_tty_name(std::string_view word) {
  if (word.starts_with("/dev/")) word.remove_prefix(5);
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ',';
  };
  constexpr std::size_t longest = 24;
  return (word.starts_with("tty") || word.starts_with("serial") || word == "console") &&
         word.size() <= longest && std::all_of(word.begin(), word.end(), plain);
}

/// Of "/usr/sbin/agetty" or "sshd: somebody" the program's own name.
std::string_view program_name(std::string_view word) {
  word = word.substr(0, word.find_first_of(" :="));
  return word.substr(word.find_last_of('/') + 1);
}

std::string masked_process_arguments(std::string_view text, Mask& mask) {
  constexpr std::size_t most_words = 64;
  std::string result;
  for (std::size_t i = 0; !text.empty() && i < most_words; ++i) {
    const std::string_view word = take_until(text, '\0');
    if (i == 0)
      result += mask.text(program_name(word));
    else
      result += is_tty_name(word) ? mask.text(word) : std::string("MASKED");
    result += '\0';
  }
  return result;
}

// --- config.txt ---

constexpr auto shown_settings = std::to_array<std::string_view>(
    {"arm_64bit", "core_freq", "core_freq_min", "device_tree", "dtoverlay", "dtparam", "dtdebug",
     "enable_uart", "force_turbo", "gpio", "init_uart_baud", "init_uart_clock", "kernel",
     "max_usb_current", "otg_mode", "usb_max_current_enable"});

std::string masked_boot_settings(std::string_view text, Mask& mask) {
  std::string result;
  for_each_line(text, [&](std::string_view line) {
    line = trimmed(line);
    if (line.empty() || line.starts_with('#')) return;
    if (line.starts_with('[')) {
      // [0x12345678]: for the board with this serial number alone.
      const bool serial = line.starts_with("[0x") || line.starts_with("[0X");
      result += serial ? "[" + mask.word_for(Mask::Kind::serial, line) + "]" : mask.text(line);
      result += '\n';
      return;
    }
    std::string_view value = line;
    const std::string_view name = trimmed(take_until(value, '='));
    const bool shown =
        std::find(shown_settings.begin(), shown_settings.end(), name) != shown_settings.end();
    const bool has_value = line.find('=') != line.npos;
    if (!has_value || shown)
      result += mask.text(line);
    else
      result += mask.text(name) + '=' + mask.word_for(Mask::Kind::value, trimmed(value));
    result += '\n';
  });
  return result;
}

// --- How a kernel was built ---

/// Texts among the options may say who built it, and hold its arguments.
std::string masked_config(std::string_view text, Mask& mask) {
  std::string result;
  for_each_line(text, [&](std::string_view line) {
    std::string_view value = line;
    const std::string_view name = take_until(value, '=');
    const bool plain = name.starts_with("CONFIG_") && (value == "y" || value == "m");
    const bool off = line.starts_with("# CONFIG_") && line.ends_with(" is not set");
    if (plain || off) result += mask.text(line) + '\n';
  });
  return result;
}

/// In gzip's form; empty when there is no memory for it.
std::string gzip(std::string text) {
  z_stream stream{};
  constexpr int gzip_form = 16 + MAX_WBITS;
  constexpr int memory = 8;  // zlib's own default
  if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_form, memory,
                     Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string packed(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool done = ::deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(done ? stream.total_out : 0);
  ::deflateEnd(&stream);
  return packed;
}

/// "Linux version 6.1.21-v8+", without who built it and where.
std::string kernel_version(std::string_view text) {
  std::string result;
  for (int word = 0; word < 3 && !text.empty(); ++word)
    result += (word == 0 ? "" : " ") + std::string(take_until(text, ' '));
  return std::string(trimmed(result));
}

// --- Groups ---

/// Those that the system itself makes: others may be named after people.
std::string masked_groups(std::string_view text, Mask& mask) {
  constexpr std::uint32_t first_of_people = 1000;
  std::string result;
  for_each_line(text, [&](std::string_view line) {
    const std::string_view name = take_until(line, ':');
    take_until(line, ':');
    const auto number = to_number<std::uint32_t>(take_until(line, ':'));
    if (number && *number < first_of_people)
      result += mask.text(name) + ":x:" + std::to_string(*number) + ":\n";
  });
  return result;
}

// --- Modules ---

std::string masked_modules(std::string_view text, Mask& mask) {
  constexpr std::size_t fields = 5;  // name, size, users, who they are, state
  std::string result;
  for_each_line(text, [&](std::string_view line) {
    std::string kept;
    for (std::size_t i = 0; i < fields && !line.empty(); ++i)
      kept += (i == 0 ? "" : " ") + std::string(take_until(line, ' '));
    result += mask.text(kept) + '\n';
  });
  return result;
}

}  // namespace

std::string without_secrets(Content content, std::string_view text, Mask& mask) {
  switch (content) {
    case Content::text:
      return mask.text(text);
    case Content::kernel_build:
      return std::string(text);
    case Content::kernel_log:
      return masked_log(text, mask);
    case Content::kernel_arguments:
      return masked_arguments(text, mask);
    case Content::process_arguments:
      return masked_process_arguments(text, mask);
    case Content::boot_settings:
      return masked_boot_settings(text, mask);
    case Content::kernel_config:
      return masked_config(text, mask);
    case Content::packed_config:
      return gzip(masked_config(gunzip(text, config_limit).value_or(""), mask));
    case Content::kernel_version:
      return mask.text(kernel_version(text)) + '\n';
    case Content::modules:
      return masked_modules(text, mask);
    case Content::groups:
      return masked_groups(text, mask);
    case Content::name_only:
      break;
  }
  return {};
}

void learn_kernel_arguments(std::string_view text, Mask& mask) {
  for (const KernelArgument& argument : parse_kernel_arguments(text))
    if (!begins_with_one_of(argument.text, shown_arguments) && is_telling(argument.value))
      mask.learn(Mask::Kind::value, argument.value);
}

}  // namespace tunppp::doctor
