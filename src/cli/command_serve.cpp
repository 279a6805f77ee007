#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>
#include <vector>

#include "cli/auth_options.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/network_options.h"
#include "cli/run_session.h"
#include "cli/session_options.h"

namespace tunppp::cli {
namespace {

struct ServeArguments {
  SessionArguments session;
  PoolArguments pool;
  AuthArguments auth{.accept = "none"};  // a caller has nothing to ask of us
};

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

void add_options(CLI::App& command, ServeArguments& arguments) {
  add_pool_options(command, arguments.pool);
  add_auth_options(command, arguments.auth);
}

Result<DialerOptions> serve_options(const ServeArguments& arguments) {
  if (arguments.auth.standard_inputs() + (arguments.session.stdio ? 1 : 0) > 1)
    return wrong("only one of --password-file -, --secrets - and --stdio can have standard input");
  Result<DialerOptions> result = session_options(arguments.session);
  if (!result) return result;
  result->interface.default_route = false;
  result->dns.method = DnsMethod::none;
  if (Status status = set_pool(arguments.pool, *result)) return *status;
  if (Status status = set_authentication(arguments.auth, *result)) return *status;
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
  arguments->session.lcp.passive = true;
  add_session_options(*command, arguments->session);
  add_options(*command, *arguments);
  return {command, [arguments] { return serve(*arguments); }};
}

}  // namespace tunppp::cli
