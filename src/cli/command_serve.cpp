#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>
#include <vector>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/network_options.h"
#include "cli/run_session.h"
#include "cli/session_options.h"
#include "session/peer_secrets.h"

namespace tunppp::cli {
namespace {

struct ServeArguments {
  SessionArguments session;
  PoolArguments pool;
  std::string require;
  std::string secrets_file;
  std::string name = "tunppp";
};

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

void add_options(CLI::App& command, ServeArguments& arguments) {
  add_pool_options(command, arguments.pool);
  command
      .add_option("--require", arguments.require, "The peer has to prove who it is: pap or chap")
      ->check(CLI::IsMember({"pap", "chap"}))
      ->group("PPP");
  command
      .add_option("--secrets", arguments.secrets_file,
                  "Who may dial in: lines of client, server, secret, as in pppd's pap-secrets")
      ->type_name("FILE")
      ->group("PPP");
  command.add_option("--name", arguments.name, "Our own name, in CHAP and in the secrets file")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("PPP");
}

Status set_authentication(const ServeArguments& arguments, DialerOptions& options) {
  AuthConfig& auth = options.link.auth;
  auth.local_name = arguments.name;
  auth.accept = {};  // a caller has nothing to ask of us
  if (arguments.require.empty() != arguments.secrets_file.empty())
    return wrong(arguments.require.empty()
                     ? "--secrets is of no use without --require pap or --require chap"
                     : "--require needs --secrets FILE: who may dial in");
  if (arguments.require.empty()) return {};
  auth.require = {arguments.require == "pap" ? AuthMethod::pap : AuthMethod::chap_md5};

  Result<session::PeerSecrets> secrets = session::PeerSecrets::read(arguments.secrets_file);
  if (!secrets) return secrets.failure();
  const auto shared = std::make_shared<session::PeerSecrets>(std::move(*secrets));
  options.find_secret = [shared, name = arguments.name](const SecretWanted& wanted) {
    return shared->find(wanted.name, name);
  };
  return {};
}

Result<DialerOptions> serve_options(const ServeArguments& arguments) {
  Result<DialerOptions> result = session_options(arguments.session);
  if (!result) return result;
  result->interface.default_route = false;
  result->dns.method = DnsMethod::none;
  result->link.lcp.passive = true;
  if (Status status = set_pool(arguments.pool, *result)) return *status;
  if (Status status = set_authentication(arguments, *result)) return *status;
  return result;
}

int serve(const ServeArguments& arguments) {
  if (arguments.session.device.empty() && !arguments.session.stdio)
    return fail(EndReason::usage, "serve needs --device TTY or --stdio");
  Result<DialerOptions> options = serve_options(arguments);
  if (!options) return fail(options.failure().reason, options.failure().text);
  return run_session(std::move(*options), {.events = arguments.session.events,
                                           .line_on_stdout = arguments.session.stdio});
}

}  // namespace

Command add_serve(CLI::App& program) {
  CLI::App* command = program.add_subcommand("serve", "Answer one caller on a line");
  auto arguments = std::make_shared<ServeArguments>();
  add_session_options(*command, arguments->session);
  add_options(*command, *arguments);
  return {command, [arguments] { return serve(*arguments); }};
}

}  // namespace tunppp::cli
