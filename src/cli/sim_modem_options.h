#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "sim/modem_emulator.h"

namespace tunppp::cli {

/// Which modem is emulated and how it behaves, as it is written on the command line. What is not
/// said there is as the scenario says, and else as an ordinary modem.
struct SimModemArguments {
  std::string scenario;
  std::optional<std::string> modem;
  std::optional<std::string> pin;
  bool no_sim = false;
  std::optional<std::string> apn;
  std::optional<std::string> refusal;
  std::optional<std::string> registration;
  bool deny = false;
  std::optional<double> registration_delay;
  std::optional<double> boot_time;
  std::optional<std::string> sleep;
  bool silent = false;
  bool sticky_echo = false;
  std::optional<double> noise_period;
  bool data_mode = false;
};

void add_sim_modem_options(CLI::App& command, SimModemArguments& arguments);
/// Reads the scenario, too. Fails with usage.
Result<sim::ModemEmulatorOptions> sim_modem_options(const SimModemArguments& arguments);

}  // namespace tunppp::cli
