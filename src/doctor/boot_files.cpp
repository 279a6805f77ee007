#include "doctor/boot_files.h"

#include "doctor/text.h"

namespace tunppp::doctor {
namespace {

constexpr std::size_t most_settings = 4096;

KernelArgument argument_of(std::string text) {
  std::string_view rest = text;
  KernelArgument argument;
  argument.name = take_until(rest, '=');
  argument.value = rest;
  argument.text = std::move(text);
  return argument;
}

}  // namespace

std::vector<KernelArgument> parse_kernel_arguments(std::string_view text) {
  std::vector<KernelArgument> arguments;
  std::string current;
  bool quoted = false;
  const auto finish = [&] {
    if (!current.empty()) arguments.push_back(argument_of(std::move(current)));
    current.clear();
  };
  for (const char c : text) {
    if (arguments.size() >= most_settings) return arguments;
    if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\0'))
      finish();
    else
      current += c;
  }
  finish();
  return arguments;
}

std::vector<BootSetting> parse_boot_config(std::string_view text) {
  std::vector<BootSetting> settings;
  std::string section;
  for_each_line(text, [&](std::string_view line) {
    line = trimmed(line);
    if (line.empty() || line.starts_with('#') || settings.size() >= most_settings) return;
    if (line.starts_with('[') && line.ends_with(']')) {
      section = line.substr(1, line.size() - 2);
      return;
    }
    if (section == "none" || line.find('=') == line.npos) return;
    std::string_view value = line;
    const std::string_view name = trimmed(take_until(value, '='));
    settings.push_back(
        {section, std::string(name), std::string(trimmed(value)), std::string(line)});
  });
  return settings;
}

}  // namespace tunppp::doctor
