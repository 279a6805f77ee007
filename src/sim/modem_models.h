#pragma once

#include <tunppp/time.h>

#include <span>
#include <string_view>

namespace tunppp::sim {

/// How a modem takes user and password by AT command.
enum class AuthForm {
  user_password,       ///< <cid>,<auth>,user,password
  password_user,       ///< <cid>,<auth>,password,user
  auth_user_password,  ///< <auth>,<cid>,user,password
  apn_user_password,   ///< <cid>,<type>,apn,user,password,<auth>
  index_of_context,    ///< the same, with the number of the context from 0
};

/// The arguments in their order, for people: "cid,protocol,user,password".
std::string_view arguments_of(AuthForm form);

struct AuthCommand {
  std::string_view name;
  AuthForm form;
};

/// How a modem is told to sleep: which value means what.
struct SleepCommand {
  std::string_view name;  ///< "+QSCLK"; empty: it does not sleep
  int never = 0;
  int by_dtr = 1;     ///< asleep while DTR is off
  int when_idle = 2;  ///< asleep after a while; the octets that wake it are lost
};

/// What the modems of one vendor or family have in common besides their commands.
struct Family {
  std::string_view beginning;  ///< of the names of its modems
  SleepCommand sleep{};
  std::string_view power_down_code{};               ///< follows the OK to the power-off command
  std::span<const std::string_view> unsolicited{};  ///< what it says when nobody asked
  bool lone_line_feed = false;                      ///< NO CARRIER begins with a line feed alone
  bool context_wants_radio = false;                 ///< +CGDCONT is refused while the radio is off
  bool flight_wants_sim = false;                    ///< AT+CFUN=4 is refused until the SIM is ready
  bool multiplexes = true;                          ///< knows AT+CMUX
  /// Activates a context for the modem's own TCP/IP; a dial to that context is refused then.
  std::string_view own_activation{};
  bool long_frame_lengths = false;                  ///< two octets, even where one would do
};

/// What tells one modem from another: names, codes at power-up, and the commands that only some
/// have. What is not listed here is refused.
struct ModemModel {
  std::string_view name;     ///< for `tunppp sim --modem`
  std::string_view profile;  ///< of `tunppp dial --modem` that fits
  std::string_view manufacturer;
  std::string_view model;
  std::string_view firmware;
  std::string_view connect;
  std::span<const std::string_view> boot_codes;
  std::span<const AuthCommand> auth;
  std::string_view sim_number;         ///< the command
  std::string_view sim_number_answer;  ///< what stands before the number, "+QCCID: "
  std::string_view pin_retries;        ///< the command; empty: it has none
  std::string_view cell;               ///< the command; empty: it has none
  std::string_view cell_answer;
  bool lte = true;  ///< knows +CEREG

  const Family& family() const;
  /// From power-up to the first code.
  Duration boot_time() const;
};

/// All that can be emulated.
std::span<const ModemModel> modem_models();
/// nullptr if there is none of that name.
const ModemModel* find_modem_model(std::string_view name);

}  // namespace tunppp::sim
