#pragma once

#include <string>

#include "modem/profile.h"

namespace tunppp::session {

/// The profile in TOML, with all of its keys, as parse_profile() reads it.
std::string write_profile(const modem::Profile& profile);

}  // namespace tunppp::session
