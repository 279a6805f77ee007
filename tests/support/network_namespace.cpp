#include "support/network_namespace.h"

#include <unistd.h>

#include <sstream>
#include <stdexcept>

namespace tunppp::test {

namespace {

void must(std::vector<std::string> arguments) {
  auto completed = run(arguments);
  if (completed.ok()) return;
  std::ostringstream message;
  for (const auto& argument : arguments) message << argument << ' ';
  message << completed;
  throw std::runtime_error(message.str());
}

}  // namespace

NetworkNamespace::NetworkNamespace() {
  static int count = 0;
  name_ = "test-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  must({"ip", "netns", "add", name_});
  must({"ip", "-n", name_, "link", "set", "lo", "up"});
}

NetworkNamespace::~NetworkNamespace() {
  test::run({"ip", "netns", "delete", name_});
}

Completed NetworkNamespace::run(std::vector<std::string> arguments, Timeout timeout) const {
  return test::run(std::move(arguments), options(), timeout);
}

Completed NetworkNamespace::shell(std::string command, Timeout timeout) const {
  return test::shell(std::move(command), options(), timeout);
}

}  // namespace tunppp::test
