#include "cli/auth_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>

#include "cli/tls_options.h"
#include "session/password_file.h"
#include "session/peer_secrets.h"

namespace tunppp::cli {
namespace {

constexpr std::string_view method_names =
    "pap, chap (or chap-md5), mschap, mschap-v2, eap-md5, eap-mschap-v2, eap-tls";

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

Result<std::vector<AuthMethod>> methods_of(std::string_view option, std::string_view list) {
  std::vector<AuthMethod> methods;
  for (bool more = true; more;) {
    const std::size_t comma = list.find(',');
    const std::string_view name = list.substr(0, comma);
    const std::optional<AuthMethod> method = parse_auth_method(name);
    if (!method)
      return wrong(fmt::format("{}: there is no way to prove oneself called \"{}\"; there are {}",
                               option, name, method_names));
    if (std::find(methods.begin(), methods.end(), *method) == methods.end())
      methods.push_back(*method);
    more = comma != std::string_view::npos;
    if (more) list.remove_prefix(comma + 1);
  }
  return methods;
}

Status set_methods(const AuthArguments& arguments, AuthConfig& auth) {
  if (arguments.accept == "none") auth.accept = {};
  if (arguments.accept != "any" && arguments.accept != "none") {
    Result<std::vector<AuthMethod>> accept = methods_of("--accept", arguments.accept);
    if (!accept) return accept.failure();
    if (Status status = check_certificates_for(*accept, auth)) return status;
    auth.accept = std::move(*accept);
  }
  if (arguments.require.empty()) return {};
  Result<std::vector<AuthMethod>> require = methods_of("--require", arguments.require);
  if (!require) return require.failure();
  if (Status status = check_certificates_for(*require, auth)) return status;
  auth.require = std::move(*require);
  return {};
}

bool needs_secrets(const std::vector<AuthMethod>& methods) {
  return std::any_of(methods.begin(), methods.end(),
                     [](AuthMethod method) { return method != AuthMethod::eap_tls; });
}

Result<session::PeerSecrets> read_all(const std::vector<std::string>& paths) {
  session::PeerSecrets all;
  for (const std::string& path : paths) {
    Result<session::PeerSecrets> secrets = session::PeerSecrets::read(path);
    if (!secrets) return secrets.failure();
    all.append(std::move(*secrets));
  }
  return all;
}

Duration duration(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

int AuthArguments::standard_inputs() const {
  const auto files = std::count(secrets_files.begin(), secrets_files.end(), "-");
  return static_cast<int>(files) + (password_file == "-" ? 1 : 0);
}

void add_auth_options(CLI::App& command, AuthArguments& arguments) {
  constexpr const char* group = "Authentication";
  const auto seconds = CLI::Range(0.0, 1e6);
  command.add_option("--user", arguments.user, "Our name, if the peer wants to know it")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option("--password-file", arguments.password_file,
                  "A file with our password in its one line; - reads standard input")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--accept,--auth", arguments.accept,
                  fmt::format("How we agree to prove who we are, best first: any, none, or a list "
                              "of {}",
                              method_names))
      ->type_name("LIST")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--require", arguments.require,
                  "How the peer has to prove who it is, best first: a list of the same names")
      ->type_name("LIST")
      ->group(group);
  command
      .add_option("--secrets", arguments.secrets_files,
                  "Who has which secret: lines of client, server, secret, addresses, as in pppd's "
                  "chap-secrets and pap-secrets; for the peer's, and for ours where there is no "
                  "--password-file; may be given several times")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(group);
  command
      .add_option("--name", arguments.name,
                  "Our own name, in challenges and in the secrets file; without it that of --user, "
                  "or tunppp")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option("--remote-name", arguments.remote_name,
                  "The peer's name when we look for our own secret; without it the one that it says")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option("--rechallenge", arguments.rechallenge,
                  "Seconds after which the peer has to prove itself by CHAP again; 0: never")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(seconds)
      ->group(group);
  command
      .add_option("--auth-timeout", arguments.timeout, "Seconds for the whole of authentication")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 1e6))
      ->group(group);
}

Status set_authentication(const AuthArguments& arguments, DialerOptions& options) {
  AuthConfig& auth = options.link.auth;
  if (Status status = set_methods(arguments, auth)) return status;
  const bool has_file = !arguments.secrets_files.empty();
  if (needs_secrets(auth.require) && !has_file)
    return wrong("--require needs --secrets FILE: who may prove to be whom");
  if (has_file && auth.require.empty() && auth.accept.empty())
    return wrong("--secrets is of no use without --require or --accept");

  auth.local_name = !arguments.name.empty() ? arguments.name
                    : !arguments.user.empty() ? arguments.user
                                              : auth.local_name;
  auth.user = arguments.user.empty() ? arguments.name : arguments.user;
  auth.rechallenge_interval = duration(arguments.rechallenge);
  auth.timeout = duration(arguments.timeout);
  if (!has_file) auth.password = Secret();  // many networks want none, but ask
  if (!arguments.password_file.empty()) {
    Result<Secret> password = session::read_secret_line(arguments.password_file, "password file");
    if (!password) return password.failure();
    auth.password = std::move(*password);
  }
  if (!has_file) return {};

  Result<session::PeerSecrets> secrets = read_all(arguments.secrets_files);
  if (!secrets) return secrets.failure();
  const auto shared = std::make_shared<session::PeerSecrets>(std::move(*secrets));
  options.find_secret = [shared, ours = auth.local_name,
                         peers = arguments.remote_name](const SecretWanted& wanted) {
    if (wanted.of_peer) return shared->find(wanted.name, ours);
    return shared->find(wanted.name, peers.empty() ? wanted.asked_by : peers);
  };
  return {};
}

}  // namespace tunppp::cli
