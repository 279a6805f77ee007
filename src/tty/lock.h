#pragma once

#include "base/result.h"
#include "tty/holders.h"

#include <sys/types.h>
#include <filesystem>
#include <optional>
#include <string>

namespace tunppp::tty {

inline constexpr const char* default_lock_directory = "/var/lock";

/// The lock file that serial programs agree upon: LCK..ttyUSB0 with the owner's process id in ten
/// characters (HDB UUCP). A file whose owner is dead is removed; so is one with our own process
/// id, for within this process flock() on the tty decides.
class LockFile {
 public:
  /// Fails with tty_busy when a living process has it. Where no file can be made (no such
  /// directory, read-only, not ours to write) the lock is void: problem() says why.
  static Result<LockFile> take(const std::filesystem::path& device,
                               const std::filesystem::path& directory);

  LockFile() = default;
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  /// Releases.
  ~LockFile();

  /// Removes the file if it is still the one that we made.
  void release();

  /// Empty when void.
  const std::filesystem::path& file() const { return file_; }
  /// A sentence; empty when the lock is held.
  const std::string& problem() const { return problem_; }

 private:
  std::filesystem::path file_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::string problem_;
};

/// The living process that the lock file names, if there is one.
std::optional<Holder> lock_owner(const std::filesystem::path& device,
                                 const std::filesystem::path& directory);

/// "/var/lock/LCK..ttyUSB0"; for /dev/pts/3 "LCK..pts_3".
std::filesystem::path lock_file_name(const std::filesystem::path& device,
                                     const std::filesystem::path& directory);

}  // namespace tunppp::tty
