#pragma once

#include "cli/doctor_report.h"
#include "detect/modems.h"

#include <cstdint>
#include <string>

namespace tunppp::cli {

/// Goes on with the modem itself, where the examination of the system left nothing in the way of
/// asking it: adds what its answers tell. `device` is the tty that was named; empty: the AT port of
/// the modem that was found, which is asked as well in place of its port for GNSS or diagnostics. A
/// tty that somebody holds is left alone.
void ask_modem(const detect::Inventory& inventory, const std::string& device, std::uint32_t baud,
               Examined& examined);

}  // namespace tunppp::cli
