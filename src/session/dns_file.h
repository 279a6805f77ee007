#pragma once

#include <tunppp/address.h>

#include "base/result.h"

#include <filesystem>
#include <span>
#include <string>

namespace tunppp::session {

/// nameserver lines in a file such as /etc/resolv.conf.
///
/// The file is replaced in one step, so that nobody ever reads half of it; one that cannot be
/// replaced (a bind mount, as containers have) is rewritten in place. A symbolic link stays, and
/// what it leads to is replaced. What was there before is kept beside it as FILE.before-tunppp and
/// put back by restore(); after a crash the next session finds it there and puts that back. If
/// somebody else has written the file meanwhile, it is left to them.
class DnsFile {
 public:
  explicit DnsFile(std::filesystem::path file);

  Status write(const std::string& interface, std::span<const IpAddress> servers);
  /// Does nothing without a write before. A text says what was left alone, and why.
  Status restore();

  const std::filesystem::path& file() const { return file_; }

 private:
  Status keep_former();

  std::filesystem::path file_;
  std::filesystem::path former_;
  std::string written_;
  bool had_former_ = false;
};

/// "nameserver 9.9.9.9\n" and so on.
std::string nameserver_lines(std::span<const IpAddress> servers);

}  // namespace tunppp::session
