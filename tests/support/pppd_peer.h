#pragma once

#include "support/console_log.h"
#include "support/process.h"
#include "support/temp_directory.h"

#include <string>
#include <utility>
#include <vector>

namespace tunppp::test {

struct PppdPeerOptions {
  std::vector<std::string> pppd{};     ///< options for pppd
  std::vector<std::string> secrets{};  ///< lines for its chap-secrets and pap-secrets
  std::string before{};                ///< shell to run in the guest before pppd
  std::string ip_up{};                 ///< shell to run in the guest at ip-up
  std::vector<std::pair<std::string, std::string>> files{};  ///< path in the guest, path here
  bool respawn = false;                                      ///< start pppd again each time it ends
  bool hang_up = false;  ///< closing the line here hangs the guest's line up
  std::string tty{};     ///< use this tty as the line instead of a new pty
};

/// pppd with the kernel's PPP in a User Mode Linux guest. The constructor returns when pppd has
/// been started; it throws when the guest does not come up, which fails the test.
class PppdPeer {
 public:
  explicit PppdPeer(PppdPeerOptions options);
  ~PppdPeer();
  PppdPeer(const PppdPeer&) = delete;
  PppdPeer& operator=(const PppdPeer&) = delete;

  /// The tty that leads to pppd, such as /dev/pts/3; works from any network namespace.
  const std::string& line() const { return line_; }
  /// "pppd version 2.4.9, kernel 6.1.176 (User Mode Linux)"
  const std::string& version() const { return version_; }

  /// Everything pppd and the guest have said; and how much that is, to look from there on later.
  std::string console() const { return console_.text(); }
  std::size_t mark() const { return console().size(); }
  std::optional<std::vector<std::string>> wait_for(const std::string& pattern,
                                                   Timeout timeout = std::chrono::seconds(20),
                                                   std::size_t from = 0) const;
  /// Runs shell in the guest. Standard output and standard error come back together in `out`.
  Completed guest(const std::string& command, Timeout timeout = std::chrono::seconds(30));
  /// With respawn: kills the pppd that runs, waits until it is gone, and starts it with other
  /// options and secrets. Returns the mark of the console at which the new one starts.
  std::size_t restart(const std::vector<std::string>& options,
                      const std::vector<std::string>& secrets = {});
  /// With respawn: kills pppd, which says nothing any more, and starts none until restart().
  void hold();
  /// Ends the guest and waits until it is gone.
  void stop();

 private:
  TempDirectory state_;
  ConsoleLog console_;
  Process script_;
  pid_t pid_ = -1;
  std::string line_;
  std::string version_;
  int commands_ = 0;
};

}  // namespace tunppp::test
