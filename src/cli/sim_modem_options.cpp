#include "cli/sim_modem_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <map>
#include <vector>

#include "session/password_file.h"
#include "sim/scenario_toml.h"

namespace tunppp::cli {
namespace {

using Registration = sim::ModemEmulatorOptions::Registration;
using Refusal = sim::ModemEmulatorOptions::Refusal;

constexpr const char* group = "Modem";

const std::map<std::string, Registration> registrations{{"home", Registration::home},
                                                        {"roaming", Registration::roaming},
                                                        {"denied", Registration::denied},
                                                        {"never", Registration::never}};
const std::map<std::string, Refusal> refusals{{"no-carrier", Refusal::no_carrier},
                                              {"cme-error", Refusal::cme_error},
                                              {"in-ppp", Refusal::in_ppp}};

const std::map<std::string, sim::SleepMode> sleeps{{"never", sim::SleepMode::never},
                                                   {"dtr", sim::SleepMode::by_dtr},
                                                   {"idle", sim::SleepMode::when_idle}};

Duration duration(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

/// One of the models, or a sentence that says where they are listed.
std::string check_model(const std::string& name) {
  if (sim::find_modem_model(name)) return {};
  return "there is no modem " + name + "; tunppp sim --list shows all";
}

void add_faults(CLI::App& command, SimModemArguments& arguments) {
  command
      .add_option(
          "--sleep", arguments.sleep,
          "Its UART sleeps: never (if not said), dtr: while DTR is off, idle: a while after "
          "the last octet, and those that wake it are lost")
      ->check(CLI::IsMember(sleeps))
      ->group(group);
  command.add_flag("--silent", arguments.silent, "Answers nothing, ever")->group(group);
  command.add_flag("--sticky-echo", arguments.sticky_echo, "Agrees to ATE0 and goes on echoing")
      ->group(group);
  command
      .add_option("--unsolicited", arguments.noise_period,
                  "An unsolicited code every so often, inside answers as well")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6))
      ->group(group);
  command
      .add_flag("--data-mode", arguments.data_mode,
                "Begins in data mode, as a program that was killed leaves a modem")
      ->group(group);
}

void apply(const SimModemArguments& arguments, sim::ModemEmulatorOptions& options) {
  if (arguments.modem) options.model = sim::find_modem_model(*arguments.modem);
  if (arguments.pin) options.pin = *arguments.pin;
  if (arguments.no_sim) options.sim = sim::ModemEmulatorOptions::Sim::absent;
  if (arguments.apn) options.apn = *arguments.apn;
  if (arguments.refusal) options.refusal = refusals.at(*arguments.refusal);
  if (arguments.registration) options.registration = registrations.at(*arguments.registration);
  if (arguments.deny) options.registration = Registration::denied;
  if (arguments.registration_delay)
    options.registration_delay = duration(*arguments.registration_delay);
  if (arguments.boot_time) options.boot_time = duration(*arguments.boot_time);
  if (arguments.sleep) options.sleep = sleeps.at(*arguments.sleep);
  if (arguments.silent) options.silent = true;
  if (arguments.sticky_echo) options.sticky_echo = true;
  if (arguments.noise_period) {
    options.noise_period.reset();
    if (*arguments.noise_period > 0) options.noise_period = duration(*arguments.noise_period);
  }
  if (arguments.data_mode) options.start_in_data_mode = true;
}

}  // namespace

void add_sim_modem_options(CLI::App& command, SimModemArguments& arguments) {
  command
      .add_option("--scenario", arguments.scenario,
                  "What the modem is and what happens to it when; see docs/SIM.md. Other options "
                  "here go before what it says of the modem")
      ->type_name("FILE.toml")
      ->group(group);
  command
      .add_option("--modem", arguments.modem,
                  "Which modem it is, with its names and habits; --list shows all. quectel-ec25, "
                  "if not said")
      ->type_name("NAME")
      ->check(check_model)
      ->group(group);
  command.add_option("--pin", arguments.pin, "The PIN that the emulated SIM wants")
      ->type_name("PIN")
      ->check([](const std::string& pin) {
        const bool digits = pin.find_first_not_of("0123456789") == pin.npos;
        return digits && pin.size() >= 4 && pin.size() <= 8 ? "" : "a PIN has 4 to 8 digits";
      })
      ->group(group);
  command.add_flag("--no-sim", arguments.no_sim, "There is no SIM in it")->group(group);
  command.add_option("--apn", arguments.apn, "The only access point name that is let in")
      ->type_name("APN")
      ->group(group);
  command
      .add_option("--refusal", arguments.refusal,
                  "How another one is refused; no-carrier, if not said")
      ->check(CLI::IsMember(refusals))
      ->group(group);
  command
      .add_option("--registration", arguments.registration,
                  "What comes of searching for a network; home, if not said")
      ->check(CLI::IsMember(registrations))
      ->group(group);
  command.add_flag("--deny", arguments.deny, "The same as --registration denied")->group(group);
  command
      .add_option("--registration-delay", arguments.registration_delay,
                  "Searching for so long; 2, if not said")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6))
      ->group(group);
  command
      .add_option("--boot-time", arguments.boot_time,
                  "Deaf for so long, then its codes at power-up; 0, if not said: ready at once")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6))
      ->group(group);
  add_faults(command, arguments);
}

Result<sim::ModemEmulatorOptions> sim_modem_options(const SimModemArguments& arguments) {
  sim::ModemEmulatorOptions options;
  if (!arguments.scenario.empty()) {
    const Result<std::string> text = session::read_open_file(arguments.scenario, "scenario");
    if (!text) return text.failure();
    Result<sim::ModemEmulatorOptions> read = sim::parse_scenario(*text, arguments.scenario);
    if (!read) return read.failure();
    options = std::move(*read);
  }
  apply(arguments, options);
  return options;
}

}  // namespace tunppp::cli
