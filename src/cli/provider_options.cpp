#include "cli/provider_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "session/password_file.h"
#include "session/provider_list.h"

namespace tunppp::cli {
namespace {

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

Status read_list(const std::string& file, std::vector<Provider>& providers) {
  Result<std::string> text = session::read_private_file(file, "file of providers");
  if (!text) return text.failure();
  Result<std::vector<session::ListedProvider>> list = session::parse_provider_list(*text, file);
  if (!list) return list.failure();
  for (session::ListedProvider& it : *list) {
    if (it.password_file == "-")
      return wrong(file + ": a password_file of a provider is a file, not standard input");
    if (!it.password_file.empty()) {
      Result<Secret> password = session::read_secret_line(it.password_file, "password file");
      if (!password) return password.failure();
      it.provider.password = std::move(*password);
    }
    providers.push_back(std::move(it.provider));
  }
  return {};
}

}  // namespace

void add_provider_options(CLI::App& command, ProviderArguments& arguments) {
  command
      .add_option("--apn", arguments.apns,
                  "Access point name; given several times, the next is tried where one is refused. "
                  "Without it the provider database is asked; where that knows nothing, the "
                  "modem's own setting stays")
      ->type_name("APN")
      ->expected(1)
      ->take_all()
      ->group("Modem");
  command
      .add_option("--providers", arguments.list,
                  "Instead of --apn, providers with user and password of their own, tried in "
                  "order; see docs/PROFILES.md")
      ->type_name("FILE.toml")
      ->group("Modem");
  command
      .add_option("--provider-database", arguments.database,
                  "The APN by the network of the SIM, from the package "
                  "mobile-broadband-provider-info; none: do not ask")
      ->type_name("FILE.xml")
      ->capture_default_str()
      ->group("Modem");
}

Status set_providers(const ProviderArguments& arguments, ModemOptions& modem) {
  modem.provider_database = arguments.database == "none" ? std::string() : arguments.database;
  if (!arguments.list.empty() && !arguments.apns.empty())
    return wrong("--apn and --providers exclude each other: put the APN into the file");
  if (!arguments.list.empty()) return read_list(arguments.list, modem.providers);
  if (arguments.apns.size() == 1) modem.apn = arguments.apns.front();
  if (arguments.apns.size() > 1)
    for (const std::string& apn : arguments.apns) modem.providers.push_back({.apn = apn});
  return {};
}

}  // namespace tunppp::cli
