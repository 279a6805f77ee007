#include "interop/tunppp_program.h"

#include <signal.h>

namespace tunppp::test {

namespace {

std::vector<std::string> command_line(std::vector<std::string> arguments) {
  std::vector<std::string> words = {TUNPPP_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), {"--events", "json"});
  return words;
}

std::string field(const std::string& event, const std::string& name) {
  auto match = find(event, "\"" + name + "\":\"?([^\",}]*)");
  return match ? match->at(1) : "";
}

}  // namespace

TunpppProgram::TunpppProgram(std::vector<std::string> arguments)
    : process_(command_line(std::move(arguments)), network_.options()) {}

std::optional<Addresses> TunpppProgram::wait_up(Timeout timeout) {
  return wait_addresses("addresses", timeout);
}

std::optional<Addresses> TunpppProgram::wait_up_ipv6(Timeout timeout) {
  return wait_addresses("ipv6", timeout);
}

std::optional<Addresses> TunpppProgram::wait_addresses(const std::string& name, Timeout timeout) {
  auto line = process_.wait_for_output("[^\\n]*\"event\":\"" + name + "\"[^\\n]*\\n", timeout,
                                       Process::Output::standard);
  if (!line) return std::nullopt;
  const auto& event = line->at(0);
  return Addresses{field(event, "interface"), field(event, "local"), field(event, "remote"),
                   std::stoi(field(event, "mtu"))};
}

bool TunpppProgram::wait_event(const std::string& name, const std::string& pattern,
                               Timeout timeout) {
  return process_
      .wait_for_output("\"event\":\"" + name + "\"[^\\n]*" + pattern + "[^\\n]*\\n", timeout,
                       Process::Output::standard)
      .has_value();
}

std::optional<ExitStatus> TunpppProgram::interrupt() {
  process_.signal(SIGINT);
  return process_.wait(std::chrono::seconds(6));
}

testing::AssertionResult TunpppProgram::pings(const std::string& address, int payload) const {
  // One by one: ping waits for the last of several only twice as long as the others took, and a
  // guest on a busy machine may take longer.
  for (int i = 0; i < 3; ++i) {
    if (auto result = pings_once(address, payload); !result) return result;
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult TunpppProgram::pings_once(const std::string& address, int payload) const {
  auto done =
      network_.run({"ping", "-n", "-c1", "-W10", "-Mdo", "-s", std::to_string(payload), address});
  if (done.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << done;
}

bool TunpppProgram::has_interface(const std::string& name) const {
  return network_.run({"ip", "link", "show", "dev", name}).ok();
}

}  // namespace tunppp::test
