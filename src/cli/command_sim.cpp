#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/command_sim_line.h"
#include "cli/exit_codes.h"
#include "cli/sim_common.h"
#include "session/network_interface.h"
#include "session/password_file.h"
#include "sim/modem_host.h"

namespace tunppp::cli {
namespace {

using Registration = sim::ModemEmulatorOptions::Registration;
using Refusal = sim::ModemEmulatorOptions::Refusal;

struct SimArguments {
  LineArguments line;
  std::string modem = "quectel-ec25";
  std::string link;
  std::string pin;
  bool no_sim = false;
  std::string apn;
  Refusal refusal = Refusal::no_carrier;
  Registration registration = Registration::home;
  bool deny = false;
  double registration_delay = 2;
  bool silent = false;
  bool sticky_echo = false;
  double noise_period = 0;
  bool data_mode = false;

  std::string user;
  std::string password_file;
  std::string require;
  std::string local = "10.64.64.1";
  std::string remote = "10.64.64.2";
  std::vector<std::string> dns;
  std::string interface = "sim%d";
  bool verbose = false;
};

const std::map<std::string, Registration> registrations{{"home", Registration::home},
                                                        {"roaming", Registration::roaming},
                                                        {"denied", Registration::denied},
                                                        {"never", Registration::never}};
const std::map<std::string, Refusal> refusals{{"no-carrier", Refusal::no_carrier},
                                              {"cme-error", Refusal::cme_error},
                                              {"in-ppp", Refusal::in_ppp}};

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

void add_modem_options(CLI::App& command, SimArguments& arguments) {
  std::vector<std::string> models;
  for (const sim::ModemModel& model : sim::modem_models()) models.emplace_back(model.name);
  command.add_option("--modem", arguments.modem, "Which modem it is, with its names and habits")
      ->check(CLI::IsMember(models))
      ->capture_default_str()
      ->group("Modem");
  command.add_option("--link", arguments.link, "A symbolic link to the pty, as long as this runs")
      ->type_name("PATH")
      ->group("Modem");
  command.add_option("--pin", arguments.pin, "The PIN that the emulated SIM wants")
      ->type_name("PIN")
      ->group("Modem");
  command.add_flag("--no-sim", arguments.no_sim, "There is no SIM in it")->group("Modem");
  command.add_option("--apn", arguments.apn, "The only access point name that is let in")
      ->type_name("APN")
      ->group("Modem");
  command
      .add_option("--refusal", arguments.refusal,
                  "How another one is refused: no-carrier, cme-error or in-ppp")
      ->transform(CLI::CheckedTransformer(refusals))
      ->type_name("HOW")
      ->group("Modem");
  command.add_option("--registration", arguments.registration, "home, roaming, denied or never")
      ->transform(CLI::CheckedTransformer(registrations))
      ->type_name("HOW")
      ->group("Modem");
  command.add_flag("--deny", arguments.deny, "The same as --registration denied")->group("Modem");
  command.add_option("--registration-delay", arguments.registration_delay, "Searching for so long")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str()
      ->group("Modem");
  command.add_flag("--silent", arguments.silent, "Answers nothing, ever")->group("Modem");
  command.add_flag("--sticky-echo", arguments.sticky_echo, "Agrees to ATE0 and goes on echoing")
      ->group("Modem");
  command
      .add_option("--unsolicited", arguments.noise_period,
                  "An unsolicited code every so often, inside answers as well")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6))
      ->group("Modem");
  command
      .add_flag("--data-mode", arguments.data_mode,
                "Begins in data mode, as a program that was killed leaves a modem")
      ->group("Modem");
}

void add_server_options(CLI::App& command, SimArguments& arguments) {
  command.add_option("--user", arguments.user, "The only caller that is let in by PPP")
      ->type_name("NAME")
      ->group("Server");
  command
      .add_option("--password-file", arguments.password_file,
                  "A file with the caller's password; - reads standard input")
      ->type_name("FILE")
      ->group("Server");
  command
      .add_option("--require", arguments.require,
                  "How the caller has to prove it: pap or chap; chap first, then pap, if not said")
      ->check(CLI::IsMember({"pap", "chap"}))
      ->group("Server");
  command.add_option("--local", arguments.local, "The server's address")
      ->type_name("ADDRESS")
      ->capture_default_str()
      ->group("Server");
  command.add_option("--remote", arguments.remote, "The caller's address")
      ->type_name("ADDRESS")
      ->capture_default_str()
      ->group("Server");
  command.add_option("--dns", arguments.dns, "Name servers to tell the caller; two at most")
      ->type_name("ADDRESS")
      ->expected(1, 2)
      ->group("Server");
  command.add_option("--interface", arguments.interface, "The server's network interface")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("Server");
  command.add_flag("-v,--verbose", arguments.verbose, "Show PPP control packets")->group("Server");
}

sim::ModemEmulatorOptions modem_options(const SimArguments& arguments) {
  const auto duration = [](double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  };
  sim::ModemEmulatorOptions options;
  options.model = sim::find_modem_model(arguments.modem);
  options.pin = arguments.pin;
  if (arguments.no_sim) options.sim = sim::ModemEmulatorOptions::Sim::absent;
  options.apn = arguments.apn;
  options.refusal = arguments.refusal;
  options.registration = arguments.deny ? Registration::denied : arguments.registration;
  options.registration_delay = duration(arguments.registration_delay);
  options.silent = arguments.silent;
  options.sticky_echo = arguments.sticky_echo;
  if (arguments.noise_period > 0) options.noise_period = duration(arguments.noise_period);
  options.start_in_data_mode = arguments.data_mode;
  return options;
}

Result<Ipv4Address> address(std::string_view option, const std::string& text) {
  if (const std::optional<Ipv4Address> parsed = parse_ipv4(text)) return *parsed;
  return wrong(fmt::format("{} wants an IPv4 address, not {}", option, text));
}

Status set_addresses(const SimArguments& arguments, IpcpConfig& ipcp) {
  const Result<Ipv4Address> local = address("--local", arguments.local);
  if (!local) return local.failure();
  const Result<Ipv4Address> remote = address("--remote", arguments.remote);
  if (!remote) return remote.failure();
  ipcp.local = *local;
  ipcp.accept_local = false;
  ipcp.remote = *remote;
  ipcp.accept_remote = false;
  ipcp.request_dns = false;
  if (arguments.dns.size() > ipcp.offer_dns.size()) return wrong("PPP has room for two --dns");
  for (std::size_t i = 0; i < arguments.dns.size(); ++i) {
    const Result<Ipv4Address> server = address("--dns", arguments.dns[i]);
    if (!server) return server.failure();
    ipcp.offer_dns[i] = *server;
  }
  return {};
}

Status set_authentication(const SimArguments& arguments, DialerOptions& options) {
  AuthConfig& auth = options.link.auth;
  auth.accept = {};
  if (arguments.user.empty() != arguments.password_file.empty())
    return wrong("--user and --password-file go together");
  if (arguments.user.empty() && !arguments.require.empty())
    return wrong("--require needs --user and --password-file: who may call");
  if (arguments.user.empty()) return {};

  if (arguments.require != "pap") auth.require.push_back(AuthMethod::chap_md5);
  if (arguments.require != "chap") auth.require.push_back(AuthMethod::pap);
  Result<Secret> password = session::read_secret_line(arguments.password_file, "password file");
  if (!password) return password.failure();
  options.find_secret = [user = arguments.user,
                         secret = *password](const SecretWanted& wanted) -> std::optional<Secret> {
    if (wanted.name != user) return std::nullopt;
    return secret;
  };
  return {};
}

Result<sim::ModemHostOptions> host_options(const SimArguments& arguments) {
  sim::ModemHostOptions options;
  options.modem = modem_options(arguments);
  options.line = line_options(arguments.line);
  options.seed = arguments.line.seed;
  options.link = arguments.link;
  options.server.interface = {.name = arguments.interface, .default_route = false};
  options.server.dns.method = DnsMethod::none;
  options.server.dialogue = arguments.verbose;
  if (Status status = set_addresses(arguments, options.server.link.ipcp)) return *status;
  if (Status status = set_authentication(arguments, options.server)) return *status;
  return options;
}

int run_modem(const SimArguments& arguments) {
  Result<sim::ModemHostOptions> options = host_options(arguments);
  if (!options) return fail(options.failure().reason, options.failure().text);
  // Better now than at the first call: may we make interfaces at all?
  {
    Result<session::NetworkInterface> trial = session::NetworkInterface::create(
        options->server.interface, options->server.data_path.offload);
    if (!trial) return fail(trial.failure().reason, trial.failure().text);
  }

  session::Loop loop;
  TimedLines lines;
  // Before there is anything that a signal could leave behind.
  std::unique_ptr<sim::ModemHost> host;
  const SignalWatch signals(loop, [&] { host->stop([&loop] { loop.stop(); }); });
  Result<std::unique_ptr<sim::ModemHost>> created = sim::ModemHost::create(
      loop, std::move(*options), [&lines](const std::string& text) { lines.write(text); });
  if (!created) return fail(created.failure().reason, created.failure().text);
  host = std::move(*created);
  host->start();
  lines.write_bare("LINE=" + host->path());
  loop.run();
  lines.write("line to the modem: " + to_text(host->line().from(sim::LineEnd::a).statistics()));
  lines.write("line to the caller: " + to_text(host->line().from(sim::LineEnd::b).statistics()));
  return exit_code(EndReason::requested);
}

}  // namespace

Command add_sim(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "sim",
      "Emulate a modem on a pty, with a PPP server behind it; or a bad line between two ttys");
  auto arguments = std::make_shared<SimArguments>();
  add_modem_options(*command, *arguments);
  add_server_options(*command, *arguments);
  add_line_options(*command, arguments->line);
  const Command line = add_sim_line(*command);
  return {command,
          [arguments, line] { return line.app->parsed() ? line.run() : run_modem(*arguments); }};
}

}  // namespace tunppp::cli
