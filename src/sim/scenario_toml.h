#pragma once

#include <string_view>

#include "base/result.h"
#include "sim/modem_emulator.h"

namespace tunppp::sim {

/// Reads a scenario (docs/SIM.md): the modem and, in its `scenario`, what happens to it. Or a
/// sentence that begins with "<file>:" and says what is wrong and what is wanted.
Result<ModemEmulatorOptions> parse_scenario(std::string_view text, std::string_view file);

}  // namespace tunppp::sim
