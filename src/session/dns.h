#pragma once

#include <tunppp/dialer.h>

#include "session/dns_file.h"
#include "session/helper.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tunppp::session {

/// Tells the system which name servers came with the link, and takes them back. Helpers run beside
/// the loop; one operation at a time.
class Dns {
 public:
  Dns(Loop& loop, DnsOptions options);
  /// Takes back what can be taken back without waiting.
  ~Dns();

  /// `done` gets what was done, for the observer, and a problem if there was one.
  struct Outcome {
    DnsSet set;
    std::string problem;
  };
  using Done = std::function<void(const Outcome&)>;
  void apply(const std::string& interface, std::vector<IpAddress> servers, Done done);
  /// `done` gets a problem, or nothing.
  void restore(Helper::Done done);
  bool applied() const { return applied_; }

 private:
  void run(std::vector<std::vector<std::string>> commands, std::string input, Helper::Done done);
  void run_next();
  void finish(const std::string& problem);
  std::vector<std::vector<std::string>> restore_commands() const;

  Loop& loop_;
  DnsMethod method_;
  DnsFile file_;
  std::string interface_;
  bool applied_ = false;

  std::vector<std::vector<std::string>> commands_;  // that are still to run
  std::string input_;
  Helper::Done done_;
  std::unique_ptr<Helper> helper_;
  Wakeup finished_;
  std::string problem_;
};

}  // namespace tunppp::session
