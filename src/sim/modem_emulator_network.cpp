// SIM, contexts, network and calls of the emulated modem, by AT command.

#include <fmt/format.h>

#include <array>

#include "modem/at_fields.h"
#include "sim/modem_emulator_command.h"

namespace tunppp::sim {

using modem::to_int;

namespace {

/// <AcT> of TS 27.007 section 7.3: LTE or GSM.
int radio_of(const ModemModel& model) {
  return model.lte ? 7 : 0;
}

}  // namespace

// --- SIM ---

bool ModemEmulator::sim_ready() const {
  return modem_->options.sim != ModemEmulatorOptions::Sim::absent && !modem_->sim_busy &&
         modem_->pin_done;
}

bool ModemEmulator::on_pin(const Command& command) {
  if (modem_->options.sim == ModemEmulatorOptions::Sim::absent) return cme(10);
  if (modem_->functionality == 0) return cme(13);
  if (modem_->sim_busy) return cme(14);
  if (command.reads()) {
    const std::string_view state = modem_->pin_done          ? "READY"
                                   : modem_->pin_retries > 0 ? "SIM PIN"
                                                             : "SIM PUK";
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
    info(fmt::format("^CPIN: {0},{1},10,{1},10,3", modem_->pin_done ? "READY" : "SIM PIN",
                     modem_->pin_retries));
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
  if (!sim_ready()) return cme(modem_->options.sim == ModemEmulatorOptions::Sim::absent ? 10 : 11);
  if (command.reads())
    info(fmt::format("+CGACT: {},{}", modem_->dialled_context, any_call_up() ? 1 : 0));
  // What is taken down at one port ends the call of another.
  if (command.sets() && command.number(0, 1) == 0) end_calls("NO CARRIER");
  return true;
}

/// SIMCom counts them from 0.
bool ModemEmulator::on_own_activation(const Command& command) {
  constexpr int most = 4;
  std::set<int>& active = modem_->own_contexts;
  if (command.reads())
    for (int i = 0; i < most; ++i)
      info(fmt::format("{}: {},{},\"{}\"", command.name, i, active.contains(i + 1) ? 1 : 0,
                       active.contains(i + 1) ? "10.64.0.2" : "0.0.0.0"));
  if (!command.sets()) return true;
  const int index = command.number(0, -1);
  const int wanted = command.number(1, -1);
  if (index < 0 || index >= most || (wanted != 0 && wanted != 1)) return cme(50);
  if (active.contains(index + 1) == (wanted == 1)) return true;
  if (wanted == 1 && (!is_registered() || !modem_->attached)) return cme(30);
  if (wanted == 1)
    active.insert(index + 1);
  else
    active.erase(index + 1);
  result("OK");
  info(fmt::format("+APP PDP: {},{}", index, wanted == 1 ? "ACTIVE" : "DEACTIVE"));
  return false;
}

// --- network ---

bool ModemEmulator::on_attach(const Command& command) {
  if (command.reads()) info(fmt::format("+CGATT: {}", modem_->attached ? 1 : 0));
  if (!command.sets()) return true;
  const bool wanted = command.number(0, 0) == 1;
  if (wanted && modem_->options.attach_refusal != 0) return cme(modem_->options.attach_refusal);
  modem_->attached = wanted;
  if (!wanted) {
    modem_->own_contexts.clear();
    end_calls("NO CARRIER");
  }
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

bool ModemEmulator::is_registered() const {
  const int state = registration_state();
  return state == 1 || state == 5;
}

std::string ModemEmulator::registration_fields() const {
  if (!is_registered()) return std::to_string(registration_state());
  return fmt::format("{},\"1A2B\",\"01C3D4E5\",{}", registration_state(),
                     radio_of(*modem_->options.model));
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
  if (command.reads())
    info(is_registered() ? fmt::format("+COPS: 0,0,\"{}\",{}", modem_->options.operator_name,
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

// --- dialling ---

bool ModemEmulator::dial(std::string_view number) {
  // By tone or pulse (V.250 section 6.3.1), which no radio cares about.
  if (!number.empty() && std::string_view("TtPp").find(number.front()) != std::string_view::npos)
    number.remove_prefix(1);
  if (!number.starts_with("*99") || !number.ends_with('#') || any_call_up()) {
    result("NO CARRIER");
    return false;
  }
  const std::size_t stars = number.rfind("***");
  modem_->dialled_context = 1;
  if (stars != number.npos)
    modem_->dialled_context =
        to_int(number.substr(stars + 3, number.size() - stars - 4)).value_or(1);
  mode_ = Mode::dialling;
  timers_.set(Timer::dial, now_ + modem_->options.dial_delay);
  return false;
}

bool ModemEmulator::refused() const {
  const auto found = modem_->contexts.find(modem_->dialled_context);
  const Context context = found == modem_->contexts.end() ? Context{} : found->second;
  if (!modem_->options.apn.empty() && !modem::equal_ignoring_case(context.apn, modem_->options.apn))
    return true;
  return !modem_->options.user.empty() &&
         (context.user != modem_->options.user || context.password != modem_->options.password);
}

void ModemEmulator::dialled() {
  using Refusal = ModemEmulatorOptions::Refusal;
  mode_ = Mode::command;
  if (!is_registered() || !modem_->attached || modem_->faults.no_carrier) {
    modem_->report = modem_->faults.no_carrier ? "No cause information available" : "No service";
    return result("NO CARRIER");
  }
  if (modem_->own_contexts.contains(modem_->dialled_context)) {
    modem_->report = "No cause information available";
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
