#pragma once

#include <string>

namespace tunppp::cli {

/// The modems that can be emulated, for people; with the last line end.
std::string sim_list_text();
/// The same as one JSON object, and all that each of them has (docs/SIM.md).
std::string sim_list_json();

}  // namespace tunppp::cli
