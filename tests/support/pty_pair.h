#pragma once

#include <string>

namespace tunppp::test {

/// A pseudo terminal in raw mode. The slave's path works from every network namespace. This side
/// keeps the slave open as well, so that the line outlives the programs that open and close it;
/// hang_up() makes it end.
class PtyPair {
 public:
  PtyPair();
  ~PtyPair();
  PtyPair(const PtyPair&) = delete;
  PtyPair& operator=(const PtyPair&) = delete;

  int master() const { return master_; }
  const std::string& path() const { return path_; }
  /// Closes the master: whoever has the slave open sees its line hung up.
  void hang_up();

 private:
  int master_ = -1;
  int slave_ = -1;
  std::string path_;
};

}  // namespace tunppp::test
