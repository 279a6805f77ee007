#pragma once

#include "doctor/finding.h"

#include <string>
#include <vector>

namespace tunppp::cli {

/// What `tunppp doctor` has to say.
struct Examined {
  std::string root;  ///< what was looked at: "/", or the copy's directory
  std::vector<doctor::Finding> findings;
  /// Places on USB of modems that are here as well, and were not asked.
  std::vector<std::string> other_modems{};
  /// "/dev/ttyUSB3: interface 3 of 2c7c:0125 is for PPP"; empty: there is none to dial on.
  std::string dialled{};
  std::string asked{};  ///< the tty whose modem was asked, too; empty: none was
  bool through_session = false;  ///< which holds that tty and lent its AT port
  bool interrupted = false;  ///< by a signal, while the modem was asked
  /// Who answered there, and where it is: {"signal", "-71 dBm (good)"}.
  std::vector<doctor::Evidence> facts{};
};

/// For people; ends with a newline.
std::string doctor_text(const Examined& examined);
/// One JSON object (docs/DOCTOR.md), without a newline.
std::string doctor_json(const Examined& examined);

/// The table of all that can be found, for people: an id, its titles, a line each.
std::string doctor_findings_text();

}  // namespace tunppp::cli
