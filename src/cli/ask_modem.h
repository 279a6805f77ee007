#pragma once

#include "cli/doctor_report.h"
#include "detect/modems.h"

#include <cstdint>
#include <string>

namespace tunppp::cli {

struct AskOptions {
  std::uint32_t baud = 0;
  std::string sockets;  ///< the directory where sessions lend their AT ports
};

/// Goes on with the modem itself, where the examination of the system left nothing in the way of
/// asking it: adds what its answers tell. `device` is the tty that was named; empty: the AT port of
/// the modem that was found, which is asked as well in place of its port for GNSS or diagnostics. A
/// tty that somebody holds is left alone; a session of tunppp is asked for its AT port.
void ask_modem(const detect::Inventory& inventory, const std::string& device,
               const AskOptions& options, Examined& examined);

}  // namespace tunppp::cli
