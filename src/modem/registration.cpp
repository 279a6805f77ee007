#include "modem/registration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "modem/at_fields.h"

namespace tunppp::modem {

bool is_registration_code(std::string_view code) {
  constexpr auto codes = std::to_array<std::string_view>({"+CREG", "+CGREG", "+CEREG", "+C5GREG"});
  return std::any_of(codes.begin(), codes.end(),
                     [code](std::string_view known) { return equal_ignoring_case(code, known); });
}

RegistrationState parse_registration(std::string_view list) {
  const auto state = to_int(field(list, 1));
  if (!state) return RegistrationState::unknown;
  switch (*state) {
    case 0:
      return RegistrationState::off;
    case 1:
    case 9:
      return RegistrationState::home;  // without circuit-switched fall-back: no matter here
    case 2:
      return RegistrationState::searching;
    case 3:
      return RegistrationState::denied;
    case 5:
    case 10:
      return RegistrationState::roaming;
    case 6:
    case 7:
      return RegistrationState::sms_only;
    case 8:
    case 11:
      return RegistrationState::emergency;
    default:
      return RegistrationState::unknown;
  }
}

bool is_registered(RegistrationState state) {
  return state == RegistrationState::home || state == RegistrationState::roaming;
}

std::string_view in_words(RegistrationState state) {
  switch (state) {
    case RegistrationState::off:
      return "not searching";
    case RegistrationState::home:
      return "registered, home";
    case RegistrationState::searching:
      return "searching";
    case RegistrationState::denied:
      return "denied";
    case RegistrationState::unknown:
      return "unknown";
    case RegistrationState::roaming:
      return "registered, roaming";
    case RegistrationState::sms_only:
      return "registered for SMS only";
    case RegistrationState::emergency:
      return "emergency calls only";
    case RegistrationState::unasked:
      return "not told";
  }
  return {};
}

RegistrationVerdict judge(std::span<const DomainState> domains) {
  bool packet_told = false;
  for (const DomainState& domain : domains)
    if (domain.packet && domain.state != RegistrationState::unasked) packet_told = true;
  // Telephony counts only where the modem says nothing about packets.
  bool denied = false;
  bool searching = false;
  for (const DomainState& domain : domains) {
    if (packet_told && !domain.packet) continue;
    if (is_registered(domain.state)) return RegistrationVerdict::registered;
    if (domain.state == RegistrationState::denied) denied = true;
    if (domain.state == RegistrationState::searching) searching = true;
  }
  return denied && !searching ? RegistrationVerdict::denied : RegistrationVerdict::wait;
}

std::string describe(std::span<const DomainState> domains) {
  for (const DomainState& domain : domains)
    if (domain.packet && is_registered(domain.state))
      return fmt::format("registration: {} ({})", in_words(domain.state), domain.domain);
  std::string text;
  const DomainState* first = nullptr;
  bool all_alike = true;
  for (const DomainState& domain : domains) {
    if (domain.state == RegistrationState::unasked) continue;
    if (!first) first = &domain;
    all_alike = all_alike && domain.state == first->state;
    text += fmt::format("{}{} ({})", text.empty() ? "registration: " : ", ", in_words(domain.state),
                        domain.domain);
  }
  if (!first) return "registration: the modem does not tell";
  return all_alike ? fmt::format("registration: {}", in_words(first->state)) : text;
}

}  // namespace tunppp::modem
