#include "modem/at_fields.h"
#include "modem/step.h"

namespace tunppp::modem {
namespace {

/// ModemManager gives Sierra's 10 s; a network that must be searched for first takes longer.
constexpr Duration attach_patience = std::chrono::seconds(60);

}  // namespace

Task<std::string> extended_report(Conversation& talk) {
  const Answer report = co_await talk.at.send(at_command("AT+CEER", AnswerForm::prefixed));
  co_return report.ok() ? std::string(report.first()) : std::string();
}

std::string with_report(std::string sentence, std::string_view report) {
  if (!report.empty()) sentence += fmt::format("; the modem's report: {}", report);
  return sentence;
}

Task<Failure> attach(DialContext& dial) {
  Conversation& talk = dial.talk;
  talk.enter(Phase::attach);
  const Answer state = co_await talk.at.send(at_command("AT+CGATT?", AnswerForm::prefixed));
  // Who does not tell, or has no such command, attaches when it dials.
  if (!state.ok() || to_int(field(state.first(), 0)) != 0) co_return std::nullopt;

  talk.progress("attach: asking for the packet service");
  AtCommand command = at_command("AT+CGATT=1");
  command.timeout = attach_patience;
  const Answer answer = co_await send_when_sim_is_free(talk, std::move(command));
  if (answer.ok()) {
    talk.progress("attach: attached");
    co_return std::nullopt;
  }
  if (answer.timed_out()) co_return failed_at("AT+CGATT=1", answer.final);
  const std::string report = co_await extended_report(talk);
  const auto reason = reason_of(answer.final);
  co_return failed(
      reason ? *reason : reason_of_report(report).value_or(EndReason::registration_denied),
      with_report("the network refuses the packet service: " + in_words(answer.final), report));
}

}  // namespace tunppp::modem
