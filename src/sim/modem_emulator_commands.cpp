// What the emulated modem does on each AT command.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>

#include "modem/at_codes.h"
#include "modem/at_fields.h"
#include "sim/modem_emulator.h"

namespace tunppp::sim {

using modem::field;
using modem::to_int;

/// One extended command: +NAME, +NAME?, +NAME=? or +NAME=list.
struct ModemEmulator::Command {
  enum class Kind { execute, read, test, set };
  std::string name;  ///< in capitals, with its sign
  Kind kind = Kind::execute;
  std::string_view list;

  bool reads() const { return kind == Kind::read; }
  bool sets() const { return kind == Kind::set; }
  std::string_view at(std::size_t n) const { return field(list, n); }
  int number(std::size_t n, int otherwise) const { return to_int(at(n)).value_or(otherwise); }
};

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
    {"+CPSMS", &ModemEmulator::on_setting},
    {"+CEDRXS", &ModemEmulator::on_setting},     {"+QPOWD", &ModemEmulator::on_power_off},
    {"+CPOWD", &ModemEmulator::on_power_off},    {"+CPOF", &ModemEmulator::on_power_off},
    {"+CPWROFF", &ModemEmulator::on_power_off},  {"#SHDN", &ModemEmulator::on_power_off},
    {"+CGATT", &ModemEmulator::on_attach},       {"+CIMI", &ModemEmulator::on_subscriber},
    {"+IPR", &ModemEmulator::on_setting},        {"+IFC", &ModemEmulator::on_setting},
    {"+QNWPREFCFG", &ModemEmulator::on_setting}, {"^SYSCFGEX", &ModemEmulator::on_setting},
    {"+KSRAT", &ModemEmulator::on_setting},      {"+CGEREP", &ModemEmulator::on_setting},
    {"+CMUX", &ModemEmulator::on_multiplexer},
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

/// <AcT> of TS 27.007 section 7.3: LTE or GSM.
int radio_of(const ModemModel& model) {
  return model.lte ? 7 : 0;
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
  for (const AuthCommand& auth : model.auth)
    if (command.name == auth.name) return on_context_auth(command, auth.form);
  return std::nullopt;
}

// --- what it says ---

void ModemEmulator::result(std::string_view words) {
  if (modem_->options.noise_period) say_noise();
  if (words_) return info(words);
  say(fmt::format("{}\r", digits_of(words)), modem_->faults.answer_delay.value_or(modem_->options.answer_delay));
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

// --- SIM ---

bool ModemEmulator::sim_ready() const {
  return modem_->options.sim != ModemEmulatorOptions::Sim::absent && !modem_->sim_busy && modem_->pin_done;
}

bool ModemEmulator::on_pin(const Command& command) {
  if (modem_->options.sim == ModemEmulatorOptions::Sim::absent) return cme(10);
  if (modem_->functionality == 0) return cme(13);
  if (modem_->sim_busy) return cme(14);
  if (command.reads()) {
    const std::string_view state = modem_->pin_done ? "READY" : modem_->pin_retries > 0 ? "SIM PIN" : "SIM PUK";
    info(fmt::format("+CPIN: {}", state));
    return true;
  }
  if (!command.sets() || modem_->pin_done) return cme(3);
  if (modem_->pin_retries == 0) return cme(12);
  ++modem_->pin_attempts;
  if (command.at(0) != modem_->options.pin) {
    --modem_->pin_retries;
    return cme(modem_->pin_retries == 0 ? 12 : 16);
  }
  modem_->pin_done = true;
  modem_->pin_retries = modem_->options.pin_retries;
  start_searching();
  return true;
}

bool ModemEmulator::on_pin_retries(const Command& command) {
  if (modem_->options.sim == ModemEmulatorOptions::Sim::absent) return cme(10);
  if (command.name == "+QPINC")
    info(fmt::format("+QPINC: \"SC\",{},10", modem_->pin_retries));
  else if (command.name == "+CPINR")
    info(fmt::format("+CPINR: SIM PIN,{},3", modem_->pin_retries));
  else if (command.name == "^CPIN")
    info(fmt::format("^CPIN: {0},{1},10,{1},10,3", modem_->pin_done ? "READY" : "SIM PIN", modem_->pin_retries));
  else
    info(fmt::format("{}: {},10,3,10", command.name, modem_->pin_retries));
  return true;
}

bool ModemEmulator::on_sim_number(const Command&) {
  if (modem_->options.sim == ModemEmulatorOptions::Sim::absent) return cme(10);
  info(fmt::format("{}{}", modem_->options.model->sim_number_answer, modem_->options.iccid));
  return true;
}

bool ModemEmulator::on_subscriber(const Command&) {
  if (!sim_ready()) return cme(modem_->options.sim == ModemEmulatorOptions::Sim::absent ? 10 : 11);
  info(modem_->options.imsi);
  return true;
}

bool ModemEmulator::on_serial_number(const Command&) {
  info(modem_->options.imei);
  return true;
}

// --- contexts ---

bool ModemEmulator::on_context(const Command& command) {
  if (command.reads())
    for (const auto& [cid, context] : modem_->contexts)
      info(fmt::format("+CGDCONT: {},\"{}\",\"{}\",\"0.0.0.0\",0,0,0,0", cid, context.type,
                       context.apn));
  if (!command.sets()) return true;
  if (modem_->options.model->family().context_wants_radio && modem_->functionality != 1)
    return cme(3);
  const int cid = command.number(0, 0);
  if (cid < 1 || cid > 16) return cme(50);
  Context& context = modem_->contexts[cid];
  context.type = command.at(1);
  context.apn = command.at(2);
  return true;
}

bool ModemEmulator::on_context_auth(const Command& command, AuthForm form) {
  if (!command.sets()) return true;
  struct Places {
    std::size_t cid, protocol, apn, user, password;
  };
  constexpr std::size_t nowhere = 99;
  // By AuthForm.
  constexpr std::array<Places, 5> places{{{0, 1, nowhere, 2, 3},
                                          {0, 1, nowhere, 3, 2},
                                          {1, 0, nowhere, 2, 3},
                                          {0, 5, 2, 3, 4},
                                          {0, 5, 2, 3, 4}}};
  const Places& at = places[static_cast<std::size_t>(form)];
  const int cid = command.number(at.cid, -1) + (form == AuthForm::index_of_context ? 1 : 0);
  const int protocol = command.number(at.protocol, -1);
  if (cid < 1 || cid > 16 || protocol < 0 || protocol > 3) return cme(50);
  Context& context = modem_->contexts[cid];
  if (at.apn != nowhere) context.apn = command.at(at.apn);
  context.user = command.at(at.user);
  context.password = command.at(at.password);
  return true;
}

bool ModemEmulator::on_activate(const Command& command) {
  if (!sim_ready())
    return cme(modem_->options.sim == ModemEmulatorOptions::Sim::absent ? 10 : 11);
  if (command.reads())
    info(fmt::format("+CGACT: {},{}", modem_->dialled_context, any_call_up() ? 1 : 0));
  // What is taken down at one port ends the call of another.
  if (command.sets() && command.number(0, 1) == 0) end_calls("NO CARRIER");
  return true;
}

// --- network ---

bool ModemEmulator::on_attach(const Command& command) {
  if (command.reads()) info(fmt::format("+CGATT: {}", modem_->attached ? 1 : 0));
  if (!command.sets()) return true;
  const bool wanted = command.number(0, 0) == 1;
  if (wanted && modem_->options.attach_refusal != 0) return cme(modem_->options.attach_refusal);
  modem_->attached = wanted;
  if (!wanted) end_calls("NO CARRIER");
  return true;
}

int ModemEmulator::registration_state() const {
  using Registration = ModemEmulatorOptions::Registration;
  if (!sim_ready() || modem_->functionality != 1) return 0;
  if (modem_->faults.registration) return *modem_->faults.registration;
  if (!modem_->search_over) return 2;
  switch (modem_->options.registration) {
    case Registration::home:
      return 1;
    case Registration::roaming:
      return 5;
    case Registration::denied:
      return 3;
    case Registration::never:
      return 2;
  }
  return 0;
}

std::string ModemEmulator::registration_fields() const {
  const int state = registration_state();
  if (state != 1 && state != 5) return std::to_string(state);
  return fmt::format("{},\"1A2B\",\"01C3D4E5\",{}", state, radio_of(*modem_->options.model));
}

bool ModemEmulator::on_registration(const Command& command) {
  int& form = registration_forms_[command.name];
  if (command.sets()) form = command.number(0, 0);
  if (command.reads())
    info(form == 2 ? fmt::format("{}: {},{}", command.name, form, registration_fields())
                   : fmt::format("{}: {},{}", command.name, form, registration_state()));
  return true;
}

bool ModemEmulator::on_operator(const Command& command) {
  const int state = registration_state();
  const bool registered = state == 1 || state == 5;
  if (command.reads())
    info(registered ? fmt::format("+COPS: 0,0,\"{}\",{}", modem_->options.operator_name,
                                  radio_of(*modem_->options.model))
                    : "+COPS: 0");
  return true;
}

bool ModemEmulator::on_signal(const Command&) {
  info(fmt::format("+CSQ: {},99", modem_->faults.signal));
  return true;
}

bool ModemEmulator::on_report(const Command&) {
  info("+CEER: " + modem_->report);
  return true;
}

bool ModemEmulator::on_cell(const Command&) {
  info(modem_->options.model->cell_answer);
  return true;
}

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

// --- dialling ---

bool ModemEmulator::dial(std::string_view number) {
  if (!number.empty() && (upper(number.front()) == 'T' || upper(number.front()) == 'P'))
    number.remove_prefix(1);
  if (!number.starts_with("*99") || !number.ends_with('#') || any_call_up()) {
    result("NO CARRIER");
    return false;
  }
  const std::size_t stars = number.rfind("***");
  modem_->dialled_context = 1;
  if (stars != number.npos)
    modem_->dialled_context = to_int(number.substr(stars + 3, number.size() - stars - 4)).value_or(1);
  mode_ = Mode::dialling;
  timers_.set(Timer::dial, now_ + modem_->options.dial_delay);
  return false;
}

bool ModemEmulator::refused() const {
  const auto found = modem_->contexts.find(modem_->dialled_context);
  const Context context = found == modem_->contexts.end() ? Context{} : found->second;
  if (!modem_->options.apn.empty() && !modem::equal_ignoring_case(context.apn, modem_->options.apn)) return true;
  return !modem_->options.user.empty() &&
         (context.user != modem_->options.user || context.password != modem_->options.password);
}

void ModemEmulator::dialled() {
  using Refusal = ModemEmulatorOptions::Refusal;
  mode_ = Mode::command;
  const int state = registration_state();
  if ((state != 1 && state != 5) || !modem_->attached || modem_->faults.no_carrier) {
    modem_->report = modem_->faults.no_carrier ? "No cause information available" : "No service";
    return result("NO CARRIER");
  }
  if (refused() && modem_->options.refusal != Refusal::in_ppp) {
    modem_->report = "Requested service option not subscribed";
    if (modem_->options.refusal == Refusal::cme_error)
      cme(133);
    else
      result("NO CARRIER");
    return;
  }
  result(modem_->options.model->connect);
  enter_data_mode(false);
}

}  // namespace tunppp::sim
