#include "cli/persistence_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <chrono>
#include <memory>

#include "cli/device_choice.h"
#include "session/profile_toml.h"

namespace tunppp::cli {
namespace {

constexpr const char* group = "Persistence";
constexpr double longest = 86400;  // seconds

bool may_begin_anew(const DialerOptions& options) {
  return options.persist || options.modem_wait > Duration::zero();
}

}  // namespace

void add_persistence_options(CLI::App& command, PersistenceArguments& arguments) {
  command
      .add_flag("--persist", arguments.persist,
                "Dial again whenever the link ends for a reason that may pass, and follow a modem "
                "that is pulled out and comes back")
      ->group(group);
  command
      .add_option("--retry-delay", arguments.retry_delay,
                  "Before the second attempt; doubled each time after it")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.1, longest))
      ->group(group);
  command.add_option("--longest-delay", arguments.longest_delay, "Between two attempts")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.1, longest))
      ->group(group);
  command
      .add_option(
          "--wait", arguments.wait,
          "For a modem or tty that is not here yet; with --persist it is waited for as long "
          "as it takes")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.0, longest))
      ->group(group);
}

void set_persistence(const PersistenceArguments& arguments, DialerOptions& options) {
  const auto duration = [](double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  };
  options.persist = arguments.persist;
  options.first_delay = duration(std::min(arguments.retry_delay, arguments.longest_delay));
  options.longest_delay = duration(arguments.longest_delay);
  options.modem_wait = duration(arguments.wait);
}

Status name_device(DialerOptions& options, bool stdio) {
  if (stdio && may_begin_anew(options))
    return Failure{EndReason::usage,
                   {},
                   "standard input and output are there once: --persist and --wait need --device"};
  if (stdio) return {};
  std::unique_ptr<session::UserProfile> own;
  if (const std::string& file = options.modem.profile_file; !file.empty()) {
    Result<std::unique_ptr<session::UserProfile>> profile = session::read_profile(file);
    if (!profile) return profile.failure();
    own = std::move(*profile);
  }
  std::string& device = options.line.device;
  const bool has_modem = !options.modem.profile.empty();
  if (!may_begin_anew(options) || (device.empty() && !has_modem))
    return choose_device(device, !has_modem, own ? &own->profile : nullptr);
  return has_modem ? choose_lasting_device(device, own ? &own->profile : nullptr) : Status();
}

}  // namespace tunppp::cli
