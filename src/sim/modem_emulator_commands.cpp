// What the emulated modem does on each AT command.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>

#include "modem/at_codes.h"
#include "modem/at_fields.h"
#include "sim/modem_emulator_command.h"

namespace tunppp::sim {

using modem::to_int;

struct ModemEmulator::HandlerEntry {
  std::string_view name;
  Handler handler;
};

const ModemEmulator::HandlerEntry ModemEmulator::handlers[] = {
    {"+CGMI", &ModemEmulator::on_name},          {"+CGMM", &ModemEmulator::on_name},
    {"+CGMR", &ModemEmulator::on_name},          {"+CMEE", &ModemEmulator::on_error_form},
    {"+CFUN", &ModemEmulator::on_functionality}, {"+CPIN", &ModemEmulator::on_pin},
    {"+CGSN", &ModemEmulator::on_serial_number}, {"+CGDCONT", &ModemEmulator::on_context},
    {"+CGACT", &ModemEmulator::on_activate},     {"+CREG", &ModemEmulator::on_registration},
    {"+CGREG", &ModemEmulator::on_registration}, {"+CEREG", &ModemEmulator::on_registration},
    {"+COPS", &ModemEmulator::on_operator},      {"+CSQ", &ModemEmulator::on_signal},
    {"+CEER", &ModemEmulator::on_report},        {"+QCFG", &ModemEmulator::on_setting},
    {"+CNMP", &ModemEmulator::on_setting},       {"+CMNB", &ModemEmulator::on_setting},
    {"+WS46", &ModemEmulator::on_setting},       {"+URAT", &ModemEmulator::on_setting},
    {"!SELRAT", &ModemEmulator::on_setting},     {"+ULWM2M", &ModemEmulator::on_setting},
    {"+CPSMS", &ModemEmulator::on_setting},      {"+CEDRXS", &ModemEmulator::on_setting},
    {"+QPOWD", &ModemEmulator::on_power_off},    {"+CPOWD", &ModemEmulator::on_power_off},
    {"+CPOF", &ModemEmulator::on_power_off},     {"+CPWROFF", &ModemEmulator::on_power_off},
    {"#SHDN", &ModemEmulator::on_power_off},     {"+CGATT", &ModemEmulator::on_attach},
    {"+CIMI", &ModemEmulator::on_subscriber},    {"+IPR", &ModemEmulator::on_setting},
    {"+IFC", &ModemEmulator::on_setting},        {"+QNWPREFCFG", &ModemEmulator::on_setting},
    {"^SYSCFGEX", &ModemEmulator::on_setting},   {"+KSRAT", &ModemEmulator::on_setting},
    {"+CGEREP", &ModemEmulator::on_setting},     {"+CMUX", &ModemEmulator::on_multiplexer},
};

namespace {

char upper(char c) {
  return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}

bool is_extended(char c) {
  return std::string_view("+^*#$%!").find(c) != std::string_view::npos;
}

/// Takes the decimal number that begins the rest; 0 where there is none (V.250 section 5.4.1).
int take_number(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
  const int number = to_int(rest.substr(0, end)).value_or(0);
  rest.remove_prefix(end);
  return number;
}

/// Takes one extended command, up to a semicolon outside quotes.
std::string_view take_extended(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ';'); ++end)
    if (rest[end] == '"') quoted = !quoted;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

std::string_view digits_of(std::string_view words) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> forms{
      {{"OK", "0"}, {"CONNECT", "1"}, {"NO CARRIER", "3"}, {"ERROR", "4"}}};
  for (const auto& [word, digit] : forms)
    if (words.starts_with(word)) return digit;
  return "4";
}

}  // namespace

// --- the command line ---

void ModemEmulator::interpret(std::string_view line) {
  const std::string_view command = modem::trim(line);
  if (answered_by_scenario(command)) return;
  if (!modem::starts_with_ignoring_case(command, "AT")) {
    if (modem::contains_ignoring_case(command, "AT")) result("ERROR");
    return;  // what does not begin with AT is not for us
  }
  std::string_view rest = command.substr(2);
  while (!rest.empty())
    if (!execute_next(rest)) return;  // its own result has been said
  result("OK");
}

bool ModemEmulator::execute_next(std::string_view& rest) {
  if (rest.front() == ' ' || rest.front() == ';') {
    rest.remove_prefix(1);
    return true;
  }
  return is_extended(rest.front()) ? execute_extended(rest) : execute_basic(rest);
}

bool ModemEmulator::execute_basic(std::string_view& rest) {
  std::string name(1, upper(rest.front()));
  rest.remove_prefix(1);
  if (name == "D") return dial(std::exchange(rest, {}));
  if (name == "&" && !rest.empty()) {
    name.push_back(upper(rest.front()));
    rest.remove_prefix(1);
  }
  const int value = take_number(rest);
  if (name == "E") {
    echo_ = value != 0 || modem_->options.sticky_echo || modem_->faults.echo_stuck;
  } else if (name == "V") {
    words_ = value != 0;
  } else if (name == "&D") {
    dtr_form_ = value;
  } else if (name == "Z" || name == "&F") {
    // V.250 section 6.1.1: the rest of the line is ignored, the stored settings come back.
    rest = {};
    echo_ = words_ = true;
    error_form_ = 0;
  } else if (name == "H") {
    if (call_up()) {
      end_call("OK");
      return false;
    }
  } else if (name == "O") {
    if (mode_ != Mode::online_command) {
      result("NO CARRIER");
      return false;
    }
    result(modem_->options.model->connect);
    enter_data_mode(true);
    return false;
  } else if (name == "I") {
    info(modem_->options.model->manufacturer);
    info(modem_->options.model->model);
    info(fmt::format("Revision: {}", modem_->options.model->firmware));
  } else if (name != "X" && name != "&C" && name != "Q") {
    result("ERROR");
    return false;
  }
  return true;
}

bool ModemEmulator::execute_extended(std::string_view& rest) {
  const std::string_view text = take_extended(rest);
  const std::size_t end = std::min(text.find_first_of("=?"), text.size());
  Command command;
  std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end),
                 std::back_inserter(command.name), upper);
  const std::string_view tail = text.substr(end);
  if (tail == "?") {
    command.kind = Command::Kind::read;
  } else if (tail == "=?") {
    command.kind = Command::Kind::test;
  } else if (!tail.empty()) {
    command.kind = Command::Kind::set;
    command.list = tail.substr(1);
  }
  if (command.name == "+CEREG" && !modem_->options.model->lte) return cme(4);
  if (const std::optional<bool> own = execute_own(command)) return *own;
  for (const HandlerEntry& entry : handlers) {
    if (entry.name != command.name) continue;
    if (command.kind == Command::Kind::test) return true;
    return (this->*entry.handler)(command);
  }
  return cme(4);
}

std::optional<bool> ModemEmulator::execute_own(const Command& command) {
  const ModemModel& model = *modem_->options.model;
  if (command.name == model.sim_number) return on_sim_number(command);
  if (command.name == model.pin_retries) return on_pin_retries(command);
  if (command.name == model.cell) return on_cell(command);
  if (command.name == model.family().sleep.name) return on_sleep(command);
  if (command.name == model.family().own_activation) return on_own_activation(command);
  for (const AuthCommand& auth : model.auth)
    if (command.name == auth.name) return on_context_auth(command, auth.form);
  return std::nullopt;
}

// --- what it says ---

void ModemEmulator::result(std::string_view words) {
  if (modem_->options.noise_period) say_noise();
  if (words_) return info(words);
  say(fmt::format("{}\r", digits_of(words)),
      modem_->faults.answer_delay.value_or(modem_->options.answer_delay));
}

bool ModemEmulator::cme(int number) {
  switch (error_form_) {
    case 1:
      result(fmt::format("+CME ERROR: {}", number));
      break;
    case 2:
      result(fmt::format("+CME ERROR: {}", modem::cme_words(number)));
      break;
    default:
      result("ERROR");
  }
  return false;
}

void ModemEmulator::info(std::string_view line) {
  say(fmt::format("\r\n{}\r\n", line),
      modem_->faults.answer_delay.value_or(modem_->options.answer_delay));
}

// --- identity ---

bool ModemEmulator::on_name(const Command& command) {
  if (command.name == "+CGMI") info(modem_->options.model->manufacturer);
  if (command.name == "+CGMM") info(modem_->options.model->model);
  if (command.name == "+CGMR") info(modem_->options.model->firmware);
  return true;
}

bool ModemEmulator::on_error_form(const Command& command) {
  if (command.sets()) error_form_ = command.number(0, 0);
  if (command.reads()) info(fmt::format("+CMEE: {}", error_form_));
  return true;
}

bool ModemEmulator::on_functionality(const Command& command) {
  if (command.reads()) info(fmt::format("+CFUN: {}", modem_->functionality));
  if (!command.sets()) return true;
  const int wanted = command.number(0, 1);
  if (wanted == 4 && modem_->options.model->family().flight_wants_sim && !sim_ready()) {
    result("ERROR");
    return false;
  }
  modem_->functionality = wanted;
  start_searching();
  return true;
}

// --- settings and states ---

bool ModemEmulator::on_setting(const Command&) {
  return true;
}

/// The mode is this port's, as its UART is.
bool ModemEmulator::on_sleep(const Command& command) {
  const SleepCommand& values = modem_->options.model->family().sleep;
  if (command.reads())
    info(fmt::format("{}: {}", values.name,
                     sleep_.mode() == SleepMode::by_dtr      ? values.by_dtr
                     : sleep_.mode() == SleepMode::when_idle ? values.when_idle
                                                             : values.never));
  if (!command.sets()) return true;
  const int value = command.number(0, -1);
  sleep_.set_mode(now_, value == values.by_dtr      ? SleepMode::by_dtr
                        : value == values.when_idle ? SleepMode::when_idle
                                                    : SleepMode::never);
  return true;
}

bool ModemEmulator::on_power_off(const Command&) {
  result("OK");
  const std::string_view last_words = modem_->options.model->family().power_down_code;
  if (!last_words.empty()) info(last_words);
  for (ModemEmulator* port : all_ports()) port->mode_ = Mode::off;
  events_.push_back({.kind = Event::Kind::restarted});
  return false;
}

/// TS 27.007 section 5.7.
bool ModemEmulator::on_multiplexer(const Command& command) {
  const bool too_much = !multiplexer_.takes_list && modem::field_count(command.list) > 1;
  if (!multiplexer_.is_there || command.reads() || (command.sets() && too_much)) {
    result("ERROR");
    return false;
  }
  if (command.sets())
    events_.push_back({.kind = Event::Kind::multiplexer, .list = std::string(command.list)});
  return true;
}

}  // namespace tunppp::sim
