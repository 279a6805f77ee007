#include "session/dns.h"

#include <fmt/format.h>
#include <unistd.h>

namespace tunppp::session {
namespace {

/// What is there to tell name servers to. systemd-resolved must run: resolvectl alone proves
/// nothing.
DnsMethod choose() {
  if (::access("/run/systemd/resolve/stub-resolv.conf", F_OK) == 0 &&
      !find_program("resolvectl").empty())
    return DnsMethod::resolvectl;
  if (!find_program("resolvconf").empty()) return DnsMethod::resolvconf;
  return DnsMethod::none;
}

std::string listed(std::span<const IpAddress> servers) {
  std::string list;
  for (const IpAddress& server : servers) list += (list.empty() ? "" : ", ") + to_string(server);
  return list;
}

/// resolvconf knows a record by interface and program.
std::string record(const std::string& interface) {
  return interface + ".tunppp";
}

}  // namespace

Dns::Dns(Loop& loop, DnsOptions options)
    : loop_(loop),
      method_(options.method),
      file_(options.path),
      finished_(loop, [this] { finish(problem_); }) {}

/// Nobody is left to be told of a problem, and little time. (What resolvectl was told goes with the
/// interface.)
Dns::~Dns() {
  helper_.reset();
  if (!applied_) return;
  if (method_ == DnsMethod::file) static_cast<void>(file_.restore());
  if (method_ != DnsMethod::resolvconf) return;
  Loop loop;
  Timer patience(loop, [&loop] { loop.stop(); });
  patience.set(boot_time() + std::chrono::seconds(1));
  const Helper forget(loop, restore_commands().front(), {},
                      [&loop](const std::string&) { loop.stop(); });
  loop.run();
}

void Dns::apply(const std::string& interface, std::vector<IpAddress> servers, Done done) {
  interface_ = interface;
  const std::string list = listed(servers);
  const bool automatic = method_ == DnsMethod::automatic;
  if (automatic) method_ = choose();

  DnsSet set{.servers = std::move(servers), .method = "none", .text = {}};
  std::vector<std::vector<std::string>> commands;
  std::string input;
  switch (method_) {
    case DnsMethod::automatic:
    case DnsMethod::none:
      set.text = automatic ? fmt::format(
                                 "dns: {}; nothing here manages name servers: to use them, "
                                 "give --dns file:/etc/resolv.conf",
                                 list)
                           : fmt::format("dns: {}, not used (--dns none)", list);
      break;
    case DnsMethod::file: {
      set.method = "file";
      set.text = fmt::format("dns: {}, written to {}", list, file_.file().string());
      Status status = file_.write(interface, set.servers);
      problem_ = status ? status->text : std::string();
      break;
    }
    case DnsMethod::resolvectl: {
      set.method = "resolvectl";
      set.text = fmt::format("dns: {}, through resolvectl", list);
      std::vector<std::string> dns{"resolvectl", "dns", interface};
      for (const IpAddress& server : set.servers) dns.push_back(to_string(server));
      commands = {dns, {"resolvectl", "domain", interface, "~."}};
      break;
    }
    case DnsMethod::resolvconf:
      set.method = "resolvconf";
      set.text = fmt::format("dns: {}, through resolvconf", list);
      commands = {{"resolvconf", "-a", record(interface)}};
      input = nameserver_lines(set.servers);
      break;
  }
  applied_ = set.method != "none";
  run(std::move(commands), std::move(input),
      [set = std::move(set), done = std::move(done)](const std::string& problem) {
        done({set, problem});
      });
}

std::vector<std::vector<std::string>> Dns::restore_commands() const {
  if (method_ == DnsMethod::resolvectl) return {{"resolvectl", "revert", interface_}};
  if (method_ == DnsMethod::resolvconf) return {{"resolvconf", "-d", record(interface_)}};
  return {};
}

void Dns::restore(Helper::Done done) {
  std::vector<std::vector<std::string>> commands;
  if (applied_) commands = restore_commands();
  if (applied_ && method_ == DnsMethod::file) {
    Status status = file_.restore();
    problem_ = status ? status->text : std::string();
  }
  applied_ = false;
  run(std::move(commands), {}, std::move(done));
}

// --- One helper after the other ---

void Dns::run(std::vector<std::vector<std::string>> commands, std::string input,
              Helper::Done done) {
  commands_ = std::move(commands);
  input_ = std::move(input);
  done_ = std::move(done);
  if (commands_.empty())
    finished_.notify();
  else
    run_next();
}

void Dns::run_next() {
  std::vector<std::string> command = std::move(commands_.front());
  commands_.erase(commands_.begin());
  helper_ = std::make_unique<Helper>(loop_, std::move(command), input_,
                                     [this](const std::string& problem) {
                                       if (!problem.empty() || commands_.empty())
                                         return finish(problem);
                                       run_next();
                                     });
}

void Dns::finish(const std::string& problem) {
  const std::string told = problem;
  problem_.clear();
  if (const Helper::Done done = std::move(done_)) done(told);
}

}  // namespace tunppp::session
