#pragma once

#include "cli/command.h"

namespace tunppp::cli {

/// `tunppp sim line`
Command add_sim_line(CLI::App& sim);

}  // namespace tunppp::cli
