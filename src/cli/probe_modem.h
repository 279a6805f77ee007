#pragma once

#include "detect/modems.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::cli {

/// What a port said when it was asked AT.
struct PortProbe {
  enum class Result : std::uint8_t {
    answers,
    silent,
    held,         ///< another program has it open or locked: it was not asked
    failed,       ///< it could not be opened
    interrupted,  ///< by SIGINT, SIGTERM or SIGHUP
  };
  std::string device;
  Result result = Result::silent;
  std::string text;  ///< the model that it named, who holds it, why it could not be opened
};

/// "answers", "silent", "held" or "failed".
std::string_view name_of(PortProbe::Result result);

/// Asks the ports of a modem AT, the one that was guessed first, until one answers: that one is the
/// port for PPP then. A signal ends it; nothing is left open then. Takes and gives up the locks;
/// leaves alone what others hold.
std::vector<PortProbe> probe_ports(detect::ModemDevice& modem);

}  // namespace tunppp::cli
