#pragma once

#include "support/process.h"
#include "support/temp_directory.h"

#include <string>
#include <vector>

namespace tunppp::test {

struct SlirpPeerOptions {
  std::vector<std::string> slirp{};  ///< lines of .slirprc
  std::string secret{};              ///< the line of its chap-secrets and pap-secrets
  bool banner = true;                ///< text on the line before PPP
};

/// slirp's own PPP behind a pty, with NAT to the network namespace it runs in.
class SlirpPeer {
 public:
  explicit SlirpPeer(SlirpPeerOptions options, const std::string& network_namespace = "");
  ~SlirpPeer();
  SlirpPeer(const SlirpPeer&) = delete;
  SlirpPeer& operator=(const SlirpPeer&) = delete;

  const std::string& line() const { return line_; }
  /// "slirp 1.0.17-11"
  const std::string& version() const { return version_; }
  std::string log() const;
  void stop();

 private:
  TempDirectory state_;
  Process script_;
  std::string line_;
  std::string version_;
};

}  // namespace tunppp::test
