#include "doctor/examiner.h"

#include <fmt/format.h>

namespace tunppp::doctor {
namespace {

using modem::Answer;

constexpr Duration command_patience = std::chrono::milliseconds(2500);

std::string shown(const std::string& prefix, const Answer& answer) {
  if (answer.timed_out()) return "no answer";
  if (!answer.ok()) return modem::in_words(answer.final);
  std::string text;
  for (const std::string& line : answer.lines)
    text +=
        fmt::format("{}{}{}{}", text.empty() ? "" : "; ", prefix, prefix.empty() ? "" : " ", line);
  return text.empty() ? answer.final.text : text;
}

}  // namespace

modem::Task<Asked> ask(Examiner& examiner, std::string_view text, modem::AnswerForm form) {
  Asked asked{.answer = {}, .seen = {std::string(text), "was not asked any more"}};
  if (!examiner.may_ask()) co_return asked;
  modem::AtCommand command = modem::at_command(text, form);
  command.timeout = examiner.options.lent ? Examiner::lent_patience : command_patience;
  const std::string prefix = form == modem::AnswerForm::bare ? "" : command.prefix;
  asked.answer = co_await examiner.dial.talk.at.send(std::move(command));
  asked.seen.content = shown(prefix, asked.answer);
  if (asked.answer.timed_out()) examiner.gave_up = true;
  co_return asked;
}

}  // namespace tunppp::doctor
