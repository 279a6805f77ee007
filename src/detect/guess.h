#pragma once

#include "detect/modems.h"

#include <cstddef>
#include <vector>

/// Modems that no table knows: which of their ttys speaks AT is guessed by descriptors, and shown
/// by an answer only.
namespace tunppp::detect {

/// Whether the port to dial on is a guess, or not even that.
bool is_guessed(const ModemDevice& modem);

/// All its ports, by their place in ModemDevice::ports: the one that was guessed first, then those
/// that could be by their endpoints.
std::vector<std::size_t> likeliest_first(const ModemDevice& modem);

}  // namespace tunppp::detect
