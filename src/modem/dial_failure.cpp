#include "modem/dial_failure.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

using enum EndReason;
using std::string_view;

struct NumberedReason {
  int number;
  EndReason reason;
};

// 3GPP TS 27.007 section 9.2. What says nothing of its own (100 unknown, 148 unspecified) is not
// here, so that AT+CEER has its say.
constexpr auto error_reasons = std::to_array<NumberedReason>({
    {10, sim_absent},
    {11, sim_pin},
    {12, sim_puk},
    {13, sim_absent},
    {14, sim_absent},  // busy still, after all the time it was given
    {15, sim_absent},
    {16, sim_pin},
    {30, not_registered},
    {31, network_failure},
    {32, not_registered},
    {40, sim_locked},
    {41, sim_locked},
    {42, sim_locked},
    {43, sim_locked},
    {44, sim_locked},
    {45, sim_locked},
    {46, sim_locked},
    {47, sim_locked},
    {48, sim_locked},
    {53, not_registered},
    {54, not_registered},
    {55, not_subscribed},
    {57, network_failure},
    {62, not_subscribed},
    {103, registration_denied},
    {105, registration_denied},
    {106, registration_denied},
    {107, registration_denied},
    {111, registration_denied},
    {112, registration_denied},
    {113, registration_denied},
    {114, registration_denied},
    {115, not_registered},
    {122, network_congested},
    {126, network_congested},
    {127, apn_unknown},
    {128, pdp_type_refused},
    {129, bearer_auth_refused},
    {130, apn_refused},
    {131, apn_refused},
    {132, apn_refused},
    {133, not_subscribed},
    {134, network_failure},
    {149, bearer_auth_refused},
    {150, apn_refused},
    {177, not_subscribed},
    {179, apn_refused},
    {192, pdp_type_refused},
    {193, pdp_type_refused},
});

struct SessionCause {
  int number;
  EndReason reason;
  string_view words;
};

// 3GPP TS 24.008 section 10.5.6.6; those of TS 24.301 section 9.9.4.4 have the same numbers.
constexpr auto session_causes = std::to_array<SessionCause>({
    {8, not_subscribed, "operator determined barring"},
    {25, network_failure, "LLC or SNDCP failure"},
    {26, network_congested, "insufficient resources"},
    {27, apn_unknown, "missing or unknown APN"},
    {28, pdp_type_refused, "unknown PDP type"},
    {29, bearer_auth_refused, "user authentication failed"},
    {30, apn_refused, "rejected by the gateway"},
    {31, apn_refused, "rejected, unspecified"},
    {32, apn_refused, "service option not supported"},
    {33, not_subscribed, "service option not subscribed"},
    {34, network_failure, "service option temporarily out of order"},
    {38, network_failure, "network failure"},
    {50, pdp_type_refused, "only IPv4 is allowed"},
    {51, pdp_type_refused, "only IPv6 is allowed"},
    {52, pdp_type_refused, "only one address a bearer is allowed"},
    {55, apn_refused, "no second connection to this APN is allowed"},
    {57, pdp_type_refused, "only IPv4 and IPv6 together are allowed"},
    {65, network_congested, "too many bearers"},
    {66, apn_refused, "APN not supported on this radio in this network"},
    {112, apn_refused, "incompatible with an active bearer"},
});

struct Phrase {
  string_view words;
  EndReason reason;
};

// The same causes as modems put them into words. The first that is found counts.
constexpr auto phrases = std::to_array<Phrase>({
    {"operator determined barring", not_subscribed},
    {"not subscribed", not_subscribed},
    {"insufficient resources", network_congested},
    {"congestion", network_congested},
    {"unknown APN", apn_unknown},
    {"APN unknown", apn_unknown},
    {"unknown access point name", apn_unknown},
    {"PDP type", pdp_type_refused},
    {"PDP address or", pdp_type_refused},  // "unknown PDP address or PDP type"
    {"IPv4 only", pdp_type_refused},
    {"IPv6 only", pdp_type_refused},
    {"only IPv4", pdp_type_refused},
    {"only IPv6", pdp_type_refused},
    {"user authentication", bearer_auth_refused},
    {"authentication fail", bearer_auth_refused},
    {"out of order", network_failure},
    {"network failure", network_failure},
    {"service option not supported", apn_refused},
    {"activation reject", apn_refused},
    {"rejected by GGSN", apn_refused},
    {"APN", apn_refused},
    {"access point name", apn_refused},
    {"no service", not_registered},
    {"not attached", not_registered},
});

/// Numbers of call control mean something else: 34 is "no circuit available" there.
bool is_of_call_control(string_view report) {
  return starts_with_ignoring_case(unquote(field(report, 0)), "CC");
}

/// In "33", "SM,33", "\"SM activation error\",33,..." or "cause: 33".
const SessionCause* cause_in(string_view report) {
  if (is_of_call_control(report)) return nullptr;
  for (std::size_t i = 0; i < field_count(report); ++i) {
    string_view text = field(report, i);
    if (const std::size_t before = text.find_last_of(" :#="); before != text.npos)
      text.remove_prefix(before + 1);
    const auto number = to_int(text);
    if (!number) continue;
    for (const SessionCause& cause : session_causes)
      if (cause.number == *number) return &cause;
  }
  return nullptr;
}

const Phrase* phrase_in(string_view report) {
  for (const Phrase& phrase : phrases)
    if (contains_ignoring_case(report, phrase.words)) return &phrase;
  return nullptr;
}

}  // namespace

std::optional<EndReason> reason_of(const FinalResult& result) {
  if (result.code != FinalCode::cme_error || !result.number) return std::nullopt;
  for (const NumberedReason& entry : error_reasons)
    if (*result.number == entry.number) return entry.reason;
  return std::nullopt;
}

std::optional<EndReason> reason_of_report(string_view report) {
  if (const Phrase* const phrase = phrase_in(report)) return phrase->reason;
  if (const SessionCause* const cause = cause_in(report)) return cause->reason;
  return std::nullopt;
}

DialOutcome dial_failure(const FinalResult& result, string_view report) {
  if (field_count(report) == 1) report = unquote(report);
  std::string text = fmt::format("dialling failed: {}", in_words(result));
  if (!report.empty()) text += fmt::format("; the modem's report: {}", report);
  const SessionCause* const cause = phrase_in(report) ? nullptr : cause_in(report);
  if (cause) text += fmt::format(" ({})", cause->words);
  if (const auto reason = reason_of(result)) return {*reason, std::move(text)};
  return {reason_of_report(report).value_or(dial_failed), std::move(text)};
}

DialOutcome failed_at(string_view command, const FinalResult& result) {
  if (result.code == FinalCode::timeout)
    return {modem_silent, fmt::format("the modem did not answer {}", command)};
  return {reason_of(result).value_or(modem_error),
          fmt::format("the modem refused {}: {}", command, in_words(result))};
}

}  // namespace tunppp::modem
