#pragma once

#include <string_view>

namespace tunppp::modem {

/// Why a command line must not reach a modem that carries a connection: "it hangs up". Empty: it
/// may. Sees every command of "AT+CSQ;+CFUN=0".
std::string_view danger_of(std::string_view command_line);

}  // namespace tunppp::modem
