#pragma once

#include <tunppp/dialer.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tunppp::cli {

/// --apn (several times), --providers, --provider-database.
struct ProviderArguments {
  std::vector<std::string> apns;
  std::string list;
  std::string database = ModemOptions{}.provider_database;
};

void add_provider_options(CLI::App& command, ProviderArguments& arguments);
Status set_providers(const ProviderArguments& arguments, ModemOptions& modem);

}  // namespace tunppp::cli
