#pragma once

#include "detect/modems.h"
#include "doctor/finding.h"
#include "tty/system_tree.h"

#include <string>
#include <vector>

namespace tunppp::doctor {

struct ExamineOptions {
  /// A tty by any of its names ("/dev/ttyUSB3", "ttyUSB3", a name below /dev/serial/by-path):
  /// looked at first. Empty: the ports of the modem that is there.
  std::string device{};
};

/// All that the system shows, the most important first. Reads files only: opens no tty.
std::vector<Finding> examine(const tty::SystemTree& system, const detect::Inventory& inventory,
                             const ExamineOptions& options = {});

/// Errors first, then warnings, then notes; within each, causes before what follows of them.
void sort_findings(std::vector<Finding>& findings);

/// Whether something is in the way: an error or a warning.
bool is_in_the_way(const std::vector<Finding>& findings);

/// The tty that a name means: "/dev/ttyUSB3". A name that leads nowhere comes back as it is, below
/// /dev.
std::string tty_of(const tty::SystemTree& system, const std::string& device);

}  // namespace tunppp::doctor
