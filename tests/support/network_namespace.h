#pragma once

#include "support/process.h"

#include <string>
#include <vector>

namespace tunppp::test {

/// A network namespace of the test's own, with lo up. Processes enter it by
/// ProcessOptions::network_namespace.
class NetworkNamespace {
 public:
  NetworkNamespace();
  ~NetworkNamespace();
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;

  const std::string& name() const { return name_; }
  ProcessOptions options() const { return {.network_namespace = name_}; }
  Completed run(std::vector<std::string> arguments,
                Timeout timeout = std::chrono::seconds(30)) const;
  Completed shell(std::string command, Timeout timeout = std::chrono::seconds(30)) const;

 private:
  std::string name_;
};

}  // namespace tunppp::test
