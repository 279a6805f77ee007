#pragma once

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
};

/// All that can be emulated.
std::span<const ModemModel> modem_models();
/// nullptr if there is none of that name.
const ModemModel* find_modem_model(std::string_view name);

}  // namespace tunppp::sim
