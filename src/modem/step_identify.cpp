#include "modem/at_fields.h"
#include "modem/step.h"

namespace tunppp::modem {
namespace {

/// Access technology by <AcT> of +COPS (27.007 section 7.3).
std::string_view technology(int act) {
  switch (act) {
    case 0:
    case 1:
      return "GSM";
    case 2:
      return "UMTS";
    case 3:
      return "EDGE";
    case 4:
    case 5:
    case 6:
      return "HSPA";
    case 7:
      return "LTE";
    case 8:
      return "LTE-M or EC-GSM";
    case 9:
      return "NB-IoT";
    case 10:
      return "LTE on a 5G core";
    case 11:
      return "5G";
    case 13:
      return "LTE with 5G";
    default:
      return {};
  }
}

/// <rssi> of +CSQ (27.007 section 8.5): 0 to 31 in steps of 2 dB from -113 dBm.
std::string signal_in_words(std::string_view list) {
  const auto rssi = to_int(field(list, 0));
  if (!rssi || *rssi > 31) return "signal: unknown";
  return fmt::format("signal: {} dBm", -113 + 2 * *rssi);
}

std::string operator_in_words(std::string_view list) {
  const std::string_view name = field(list, 2);
  if (name.empty()) return {};
  std::string text = fmt::format("operator: {}", name);
  if (const auto act = to_int(field(list, 3)); act && !technology(*act).empty())
    text += fmt::format(", {}", technology(*act));
  return text;
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
  if (answer.ok()) dial.talk.progress(signal_in_words(answer.first()));
  if (const std::string_view query = dial.profile->cell; !query.empty()) {
    answer = co_await dial.talk.at.send(at_command(query, AnswerForm::prefixed));
    if (answer.ok() && !answer.lines.empty())
      dial.talk.progress(fmt::format("cell: {}", answer.first()));
  }
  co_return std::nullopt;
}

}  // namespace tunppp::modem
