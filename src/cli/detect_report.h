#pragma once

#include "cli/probe_modem.h"
#include "detect/modems.h"

#include <string>
#include <vector>

namespace tunppp::cli {

/// What `tunppp detect` has to say.
struct Detected {
  detect::Inventory inventory;
  std::vector<PortProbe> probes;  ///< by --probe
};

/// For people; ends with a newline.
std::string detect_text(const Detected& detected);
/// One JSON object (docs/DETECT.md), without a newline.
std::string detect_json(const Detected& detected);

}  // namespace tunppp::cli
