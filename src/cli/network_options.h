#pragma once

#include <tunppp/dialer.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace tunppp::cli {

/// Which kinds of IP, and how, as it was written on the command line of dial and serve.
struct NetworkArguments {
  std::optional<bool> ipv4;
  std::optional<bool> ipv6;
  std::string identifier = "random";
  std::optional<bool> vj;
  unsigned vj_slots = 16;
};

/// Adds the options to the command, to be stored in `arguments`, which must stay where it is.
void add_network_options(CLI::App& command, NetworkArguments& arguments);
/// What they mean, or what is wrong with them. `interface` is a part of a stable identifier.
Status set_network(const NetworkArguments& arguments, const std::string& interface,
                   LinkConfig& link);

/// What a server has to give.
struct PoolArguments {
  std::string local;
  std::string remote;
  std::string pool;
  std::vector<std::string> dns;
  std::vector<std::string> nbns;
  std::string ipv6_prefix;
  double ipv6_lifetime = 30 * 24 * 3600;
};

void add_pool_options(CLI::App& command, PoolArguments& arguments);
Status set_pool(const PoolArguments& arguments, DialerOptions& options);

}  // namespace tunppp::cli
