// A command line that somebody typed: what is dangerous must be so in any handwriting and behind
// any harmless command, and no secret is left in what is shown.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "modem/at_codes.h"
#include "modem/at_command.h"
#include "modem/at_command_line.h"
#include "modem/at_fields.h"
#include "modem/at_guard.h"

namespace {

using namespace tunppp;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string in_another_handwriting(std::string_view line) {
  std::string other;
  for (const char c : line) {
    other.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    if (c != '"') other.push_back(' ');
  }
  return other;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto commands = modem::commands_of(line);
  for (const std::string& command : commands) {
    require(!command.empty());
    require(modem::name_of(command).size() <= command.size());
    // Each alone is what it is in the line.
    if (!modem::danger_of("AT" + command).empty()) require(!modem::danger_of(line).empty());
  }
  require(modem::commands_of(in_another_handwriting(line)) == commands);
  require(modem::danger_of(in_another_handwriting(line)) == modem::danger_of(line));
  const bool begins = modem::starts_with_ignoring_case(line, "AT");
  const std::string behind = "AT+CSQ;" + std::string(line.substr(begins ? 2 : 0));
  if (!modem::danger_of(line).empty()) require(!modem::danger_of(behind).empty());
  const modem::AtCommand typed = modem::user_command(line);
  require(typed.timeout >= modem::timeout_of("AT"));
  require(typed.names.size() == commands.size());
  const std::string masked = modem::mask_secrets(line);
  require(modem::mask_secrets(masked) == masked);
  return 0;
}
