#include "tty/lock.h"

#include "tty/holders.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace tunppp::tty {
namespace fs = std::filesystem;

namespace {

std::error_code last_error() {
  return {errno, std::system_category()};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// HDB UUCP writes digits, some old programs a binary int. nullopt: nobody can be made out.
std::optional<pid_t> read_owner(int fd) {
  std::array<char, 64> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size() - 1, 0);
  if (size <= 0) return std::nullopt;
  pid_t pid = 0;
  if (size == sizeof pid && text[0] != ' ' && (text[0] < '0' || text[0] > '9'))
    std::memcpy(&pid, text.data(), sizeof pid);
  else
    pid = static_cast<pid_t>(std::strtol(text.data(), nullptr, 10));
  if (pid <= 0) return std::nullopt;
  return pid;
}

/// Makes the file under a name of its own first, so that it is never seen without its content.
/// False when that cannot be; errno is EEXIST when the lock is taken.
bool create(const fs::path& file, dev_t& device, ino_t& inode) {
  std::string temporary = file.parent_path() / "LTMP.XXXXXX";
  const Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return false;
  const std::string content = fmt::format("{:10}\n", ::getpid());
  struct stat made {};
  bool done =
      ::write(fd.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
      ::fchmod(fd.get(), 0644) == 0 && ::fstat(fd.get(), &made) == 0 &&
      ::link(temporary.c_str(), file.c_str()) == 0;
  const int error = errno;
  ::unlink(temporary.c_str());
  device = made.st_dev;
  inode = made.st_ino;
  errno = error;
  return done;
}

bool is_still(const fs::path& file, dev_t device, ino_t inode) {
  struct stat now {};
  return ::lstat(file.c_str(), &now) == 0 && now.st_dev == device && now.st_ino == inode;
}

// O_NONBLOCK: lock directories are writable to all, and the file could be a fifo.
Descriptor open_lock(const fs::path& file) {
  return Descriptor(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

enum class Removal { gone, taken, impossible };

/// Removes a lock whose owner is dead. Two processes may find it at once: only the one that has
/// the stale file locked removes it, and only while the name still leads to that file.
Removal remove_if_stale(const fs::path& file, Holder& owner) {
  const Descriptor fd = open_lock(file);
  if (!fd) return errno == ENOENT ? Removal::gone : Removal::impossible;
  const std::optional<pid_t> pid = read_owner(fd.get());
  if (pid && *pid != ::getpid() && is_alive(*pid)) {
    owner = process(*pid);
    return Removal::taken;
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return Removal::taken;
  struct stat stale {};
  if (::fstat(fd.get(), &stale) != 0) return Removal::impossible;
  if (!is_still(file, stale.st_dev, stale.st_ino)) return Removal::gone;
  return ::unlink(file.c_str()) == 0 ? Removal::gone : Removal::impossible;
}

Failure taken(const fs::path& device, const fs::path& file, const Holder& owner) {
  const std::string who =
      owner.pid == 0 ? "another program that is just starting" : describe(owner);
  return {EndReason::tty_busy, std::make_error_code(std::errc::device_or_resource_busy),
          fmt::format("{} is in use by {}, says {}", device.string(), who, file.string())};
}

}  // namespace

std::optional<Holder> lock_owner(const fs::path& device, const fs::path& directory) {
  const Descriptor fd = open_lock(lock_file_name(device, directory));
  if (!fd) return std::nullopt;
  const std::optional<pid_t> pid = read_owner(fd.get());
  if (!pid || !is_alive(*pid)) return std::nullopt;
  return process(*pid);
}

fs::path lock_file_name(const fs::path& device, const fs::path& directory) {
  std::string name = device.string();
  constexpr std::string_view prefix = "/dev/";
  if (name.starts_with(prefix))
    name.erase(0, prefix.size());
  else
    name = device.filename().string();
  std::replace(name.begin(), name.end(), '/', '_');
  return directory / ("LCK.." + name);
}

Result<LockFile> LockFile::take(const fs::path& device, const fs::path& directory) {
  const fs::path file = lock_file_name(device, directory);
  LockFile lock;
  std::error_code error;
  // Each turn means that somebody else removed a lock in between.
  for (int attempt = 0; attempt < 10; ++attempt) {
    if (create(file, lock.device_, lock.inode_)) {
      lock.file_ = file;
      return lock;
    }
    error = last_error();
    if (error != std::errc::file_exists) break;
    Holder owner;
    const Removal removal = remove_if_stale(file, owner);
    error = last_error();
    if (removal == Removal::taken) return taken(device, file, owner);
    if (removal == Removal::impossible) break;
  }
  lock.problem_ = fmt::format(
      "the lock file {} cannot be made ({}); programs that look only there "
      "do not see that {} is in use",
      file.string(), error.message(), device.string());
  return lock;
}

LockFile::LockFile(LockFile&& other) noexcept
    : file_(std::exchange(other.file_, {})),
      device_(other.device_),
      inode_(other.inode_),
      problem_(std::move(other.problem_)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  if (this == &other) return *this;
  release();
  file_ = std::exchange(other.file_, {});
  device_ = other.device_;
  inode_ = other.inode_;
  problem_ = std::move(other.problem_);
  return *this;
}

LockFile::~LockFile() {
  release();
}

void LockFile::release() {
  if (file_.empty()) return;
  if (is_still(file_, device_, inode_)) ::unlink(file_.c_str());
  file_.clear();
}

}  // namespace tunppp::tty
