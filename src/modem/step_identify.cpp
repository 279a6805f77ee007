#include "modem/at_fields.h"
#include "modem/network_news.h"
#include "modem/signal.h"
#include "modem/step.h"

namespace tunppp::modem {
namespace {

std::string operator_in_words(std::string_view list) {
  const std::string_view name = field(list, 2);
  if (name.empty()) return {};
  std::string text = fmt::format("operator: {}", name);
  if (const auto act = to_int(field(list, 3)); act && !radio_words(*act).empty())
    text += fmt::format(", {}", radio_words(*act));
  return text;
}

std::string cell_in_words(std::string_view query, std::string_view answer) {
  const auto report = read_cell_report(query, answer);
  return report ? describe(*report) : std::string(answer);
}

}  // namespace

Task<Failure> set_up(DialContext& dial) {
  AtEngine& at = dial.talk.at;
  dial.talk.enter(Phase::modem);
  // A refused ATE0 does no harm, the engine knows echo when it sees it. ATZ is not sent: it would
  // bring back what was stored, echo included.
  Answer answer = co_await at.send(at_command("ATE0"));
  if (answer.timed_out()) co_return failed_at("ATE0", answer.final);
  answer = co_await at.send(at_command("ATV1"));
  if (answer.timed_out()) co_return failed_at("ATV1", answer.final);
  if (answer.ok()) at.set_result_form(ResultForm::words);
  // V.250 section 6.2.12: 2 is RTS/CTS, for both directions.
  if (dial.options.line.rtscts) {
    answer = co_await at.send(at_command("AT+IFC=2,2"));
    if (answer.timed_out()) co_return failed_at("AT+IFC=2,2", answer.final);
    if (!answer.ok())
      dial.talk.progress(
          fmt::format("modem: it does not take RTS/CTS: {}", in_words(answer.final)));
  }
  for (const std::string_view command : dial.profile->init) {
    answer = co_await at.send(at_command(command));
    if (answer.timed_out()) co_return failed_at(command, answer.final);
  }
  co_return std::nullopt;
}

Task<Failure> identify(DialContext& dial) {
  std::vector<std::string> names;
  for (const std::string_view command : dial.profile->identify) {
    const Answer answer = co_await dial.talk.at.send(at_command(command, AnswerForm::bare));
    if (answer.timed_out()) co_return failed_at(command, answer.final);
    names.emplace_back(answer.ok() ? unquote(answer.first()) : std::string_view{});
  }
  names.resize(3);
  std::string text = "modem:";
  for (const std::string& name : {names[0], names[1]})
    if (!name.empty()) text += " " + name;
  if (names[0].empty() && names[1].empty()) text += " (no name)";
  if (!names[2].empty()) text += ", firmware " + names[2];
  dial.talk.progress(text);
  if (const Profile* known = recognize(names[1], dial.options.candidates)) {
    dial.profile = known;
    dial.talk.progress(fmt::format("modem: profile {}, for {}", known->name, known->description));
  }
  for (const std::string_view command : dial.profile->set_up) {
    const Answer answer = co_await dial.talk.at.send(at_command(command));
    if (answer.timed_out()) co_return failed_at(command, answer.final);
  }
  co_return std::nullopt;
}

Task<Failure> describe_network(DialContext& dial) {
  dial.talk.enter(Phase::network);
  Answer answer = co_await dial.talk.at.send(at_command("AT+COPS?", AnswerForm::prefixed));
  if (const std::string text = operator_in_words(answer.first()); answer.ok() && !text.empty())
    dial.talk.progress(text);
  answer = co_await dial.talk.at.send(at_command("AT+CSQ", AnswerForm::prefixed));
  if (answer.ok()) {
    const auto rssi = read_rssi(answer.first());
    dial.talk.progress(rssi ? fmt::format("signal: {} dBm", *rssi) : "signal: unknown");
  }
  if (const std::string_view query = dial.profile->cell; !query.empty()) {
    answer = co_await dial.talk.at.send(at_command(query, AnswerForm::prefixed));
    if (answer.ok() && !answer.lines.empty())
      dial.talk.progress(fmt::format("cell: {}", cell_in_words(query, answer.first())));
  }
  co_return std::nullopt;
}

}  // namespace tunppp::modem
