#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "modem/profile.h"

namespace tunppp::session {

/// How a role is written in a profile's file, by PortRole.
inline constexpr std::array<std::string_view, 6> port_role_names{"diagnostics", "nmea",    "at",
                                                                 "modem",       "network", "other"};

/// How a radio is written there, and where its command is.
struct RadioKey {
  std::string_view name;
  std::string_view modem::RadioCommands::*command;
};
inline constexpr std::array<RadioKey, 7> radio_keys{{
    {"auto", &modem::RadioCommands::automatic},
    {"gsm", &modem::RadioCommands::gsm},
    {"umts", &modem::RadioCommands::umts},
    {"lte", &modem::RadioCommands::lte},
    {"lte-m", &modem::RadioCommands::lte_m},
    {"nb-iot", &modem::RadioCommands::nb_iot},
    {"nr", &modem::RadioCommands::nr},
}};

}  // namespace tunppp::session
