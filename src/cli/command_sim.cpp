#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/command_sim_line.h"
#include "cli/exit_codes.h"
#include "cli/signal_watch.h"
#include "cli/sim_common.h"
#include "cli/sim_list.h"
#include "cli/sim_modem_options.h"
#include "session/network_interface.h"
#include "session/password_file.h"
#include "sim/modem_host.h"

namespace tunppp::cli {
namespace {

struct SimArguments {
  LineArguments line;
  SimModemArguments modem;
  std::string link;
  std::string at_link;
  int ports = 1;
  std::vector<std::string> multiplexer;
  bool list = false;
  bool json = false;

  std::string user;
  std::string password_file;
  std::string require;
  std::string local = "10.64.64.1";
  std::string remote = "10.64.64.2";
  std::vector<std::string> dns;
  std::string interface = "sim%d";
  bool verbose = false;
};

/// What a multiplexer can be told to be like.
const std::map<std::string, bool sim::CmuxHabits::*> multiplexer_ways{
    {"none", &sim::CmuxHabits::refuses},
    {"mode-only", &sim::CmuxHabits::refuses_long_form},
    {"silent", &sim::CmuxHabits::silent},
    {"one-channel", &sim::CmuxHabits::one_channel},
    {"status-first", &sim::CmuxHabits::status_first},
    {"long-lengths", &sim::CmuxHabits::long_lengths},
    {"wants-pn", &sim::CmuxHabits::wants_parameters}};

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

void add_modem_options(CLI::App& command, SimArguments& arguments) {
  command.add_flag("--list", arguments.list, "Show which modems can be emulated, and nothing else")
      ->group("Modem");
  command.add_flag("--json", arguments.json, "With --list: as one JSON object")->group("Modem");
  command.add_option("--link", arguments.link, "A symbolic link to the pty, as long as this runs")
      ->type_name("PATH")
      ->group("Modem");
  command
      .add_option("--ports", arguments.ports,
                  "2: the modem has another tty, for AT beside the call, told as AT=/dev/pts/M")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 2))
      ->capture_default_str()
      ->group("Modem");
  command
      .add_option("--at-link", arguments.at_link,
                  "A symbolic link to that other tty; --ports 2 goes without saying")
      ->type_name("PATH")
      ->group("Modem");
  command
      .add_option(
          "--multiplexer", arguments.multiplexer,
          "How its AT+CMUX differs, once or several times: none: ERROR; mode-only: ERROR to "
          "more than the mode; silent: OK and nothing behind it; one-channel; status-first: "
          "MSC before UA; long-lengths: of two octets; wants-pn: DM to SABM before PN")
      ->check(CLI::IsMember(multiplexer_ways))
      ->group("Modem");
  add_sim_modem_options(command, arguments.modem);
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
  Result<sim::ModemEmulatorOptions> modem = sim_modem_options(arguments.modem);
  if (!modem) return modem.failure();
  if (!arguments.link.empty() && arguments.link == arguments.at_link)
    return wrong("--link and --at-link name two ttys: give them different paths");
  sim::ModemHostOptions options;
  options.modem = std::move(*modem);
  options.line = line_options(arguments.line);
  options.seed = arguments.line.seed;
  options.link = arguments.link;
  options.at_port = arguments.ports > 1 || !arguments.at_link.empty();
  options.at_link = arguments.at_link;
  const auto& ways = arguments.multiplexer;
  if (ways.size() > 1 && std::find(ways.begin(), ways.end(), "none") != ways.end())
    return wrong("--multiplexer none leaves nothing for another --multiplexer");
  if (!arguments.multiplexer.empty()) options.multiplexer = sim::habits_of(*options.modem.model);
  for (const std::string& way : arguments.multiplexer)
    (*options.multiplexer).*multiplexer_ways.at(way) = true;
  options.server.interface = {.name = arguments.interface, .default_route = false};
  options.server.dns.method = DnsMethod::none;
  options.server.dialogue = arguments.verbose;
  if (Status status = set_addresses(arguments, options.server.link.ipcp)) return *status;
  if (Status status = set_authentication(arguments, options.server)) return *status;
  return options;
}

int run_modem(const SimArguments& arguments) {
  if (arguments.json && !arguments.list) return fail(EndReason::usage, "--json goes with --list");
  if (arguments.list) {
    fmt::print("{}", arguments.json ? sim_list_json() : sim_list_text());
    return exit_code(EndReason::requested);
  }
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
  if (!host->at_path().empty()) lines.write_bare("AT=" + host->at_path());
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
