#include "modem/dial_failure.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

struct ErrorReason {
  int cme;
  EndReason reason;
};

constexpr auto error_reasons = std::to_array<ErrorReason>({
    {10, EndReason::sim_absent},
    {11, EndReason::sim_pin},
    {12, EndReason::sim_puk},
    {13, EndReason::sim_absent},
    {15, EndReason::sim_absent},
    {30, EndReason::not_registered},
    {32, EndReason::not_registered},
    {53, EndReason::not_registered},
    {54, EndReason::not_registered},
    {57, EndReason::not_registered},
    {103, EndReason::registration_denied},
    {105, EndReason::registration_denied},
    {106, EndReason::registration_denied},
    {107, EndReason::registration_denied},
    {111, EndReason::registration_denied},
    {112, EndReason::registration_denied},
    {113, EndReason::registration_denied},
    {114, EndReason::registration_denied},
    {115, EndReason::not_registered},
    {127, EndReason::apn_refused},
    {128, EndReason::apn_refused},
    {129, EndReason::apn_refused},
    {130, EndReason::apn_refused},
    {132, EndReason::apn_refused},
    {133, EndReason::apn_refused},
    {149, EndReason::apn_refused},
    {177, EndReason::apn_refused},
    {179, EndReason::apn_refused},
    {192, EndReason::apn_refused},
    {193, EndReason::apn_refused},
});

// The session management causes of 3GPP TS 24.008 annex I as modems put them into words.
constexpr auto refusals = std::to_array<std::string_view>({
    "APN",
    "access point name",
    "not subscribed",
    "service option not supported",
    "authentication fail",
    "user authentication",
    "operator determined barring",
    "unknown PDP",
});

std::optional<EndReason> reason_of(const FinalResult& result) {
  if (result.code == FinalCode::cme_error && result.number)
    for (const ErrorReason& entry : error_reasons)
      if (*result.number == entry.cme) return entry.reason;
  return std::nullopt;
}

bool tells_of_refusal(std::string_view report) {
  for (const std::string_view refusal : refusals)
    if (contains_ignoring_case(report, refusal)) return true;
  return false;
}

}  // namespace

DialOutcome dial_failure(const FinalResult& result, std::string_view report) {
  report = unquote(report);
  std::string text = fmt::format("dialling failed: {}", in_words(result));
  if (!report.empty()) text += fmt::format("; the modem's report: {}", report);
  if (const auto reason = reason_of(result)) return {reason, text};
  return {tells_of_refusal(report) ? EndReason::apn_refused : EndReason::dial_failed, text};
}

}  // namespace tunppp::modem
