#pragma once

#include <string_view>

namespace tunppp::modem {

/// Why a command line must not reach a modem that carries a connection: "it hangs up". Empty: it
/// may. Sees every command of "AT+CSQ;+CFUN=0".
std::string_view danger_of(std::string_view command_line);

/// Whether a command line may use up a try of the SIM's PIN or PUK: "AT+CPIN=1234".
bool may_block_sim(std::string_view command_line);

}  // namespace tunppp::modem
