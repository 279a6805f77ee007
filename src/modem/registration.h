#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tunppp::modem {

/// <stat> of +CREG, +CGREG, +CEREG, +C5GREG (27.007 sections 7.2, 10.1.20, 10.1.22).
enum class RegistrationState {
  off,        ///< 0: not searching
  home,       ///< 1
  searching,  ///< 2
  denied,     ///< 3
  unknown,    ///< 4
  roaming,    ///< 5
  sms_only,   ///< 6, 7
  emergency,  ///< 8, and 11: restricted local services
  unasked,    ///< the modem does not know this query
};

/// Whether that is one of the codes above: "+CEREG".
bool is_registration_code(std::string_view code);
/// The state in "<n>,<stat>[,...]", whether written 1, 01 or "1".
RegistrationState parse_registration(std::string_view list);
bool is_registered(RegistrationState state);
std::string_view in_words(RegistrationState state);

/// What one of the queries said.
struct DomainState {
  std::string_view domain;
  bool packet;
  RegistrationState state;
};

/// What all of them together mean for a data connection.
enum class RegistrationVerdict { registered, wait, denied };
RegistrationVerdict judge(std::span<const DomainState> domains);

/// "registration: searching", or "registration: searching (LTE), denied (packet)"
std::string describe(std::span<const DomainState> domains);

}  // namespace tunppp::modem
