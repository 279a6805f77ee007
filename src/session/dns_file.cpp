#include "session/dns_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace tunppp::session {
namespace {

namespace fs = std::filesystem;

Failure failed(const std::string& what, std::error_code code) {
  return {EndReason::internal_error, code, what + ": " + code.message()};
}

Failure failed(const std::string& what) {
  return failed(what, std::error_code(errno, std::generic_category()));
}

/// What a symbolic link leads to, whether that exists or not.
fs::path target_of(fs::path file) {
  std::error_code error;
  for (int links = 0; links < 40 && fs::is_symlink(file, error); ++links) {
    const fs::path target = fs::read_symlink(file, error);
    if (error) break;
    file = target.is_absolute() ? target : file.parent_path() / target;
  }
  return file;
}

std::optional<std::string> content(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text;
  char part[4096];
  ssize_t count = 0;
  while ((count = ::read(fd, part, sizeof part)) > 0)
    text.append(part, static_cast<std::size_t>(count));
  ::close(fd);
  if (count < 0) return std::nullopt;
  return text;
}

/// Mode and owner as `like` has them, if it exists.
void resemble(int fd, const fs::path& like) {
  struct stat status {};
  if (::stat(like.c_str(), &status) != 0) {
    ::fchmod(fd, 0644);
    return;
  }
  ::fchmod(fd, status.st_mode & 07777);
  if (::fchown(fd, status.st_uid, status.st_gid) != 0) return;  // not root: it is ours then
}

Status put(int fd, const fs::path& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot write " + file.string());
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

/// A new file, which must not exist yet, or an old one from its beginning.
Status write_file(const fs::path& file, int flags, std::string_view text, const fs::path& like) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | flags, 0600);
  if (fd < 0) return failed("cannot write " + file.string());
  if (flags & O_CREAT) resemble(fd, like);
  Status status = put(fd, file, text);
  if (::close(fd) != 0 && !status) status = failed("cannot write " + file.string());
  return status;
}

/// In one step where the file may be replaced, else in place.
Status replace(const fs::path& file, std::string_view text, const fs::path& like) {
  const fs::path fresh = fmt::format("{}.tunppp-{}", file.string(), ::getpid());
  ::unlink(fresh.c_str());
  if (Status status = write_file(fresh, O_CREAT | O_EXCL | O_NOFOLLOW, text, like)) return status;
  if (::rename(fresh.c_str(), file.c_str()) == 0) return {};
  const int error = errno;
  ::unlink(fresh.c_str());
  if (error == EBUSY) return write_file(file, O_TRUNC, text, like);
  return failed("cannot replace " + file.string(), std::error_code(error, std::generic_category()));
}

}  // namespace

std::string nameserver_lines(std::span<const IpAddress> servers) {
  std::string lines;
  for (const IpAddress& server : servers) lines += "nameserver " + to_string(server) + "\n";
  return lines;
}

DnsFile::DnsFile(fs::path file)
    : file_(target_of(std::move(file))), former_(file_.string() + ".before-tunppp") {}

Status DnsFile::keep_former() {
  std::error_code error;
  if (fs::exists(former_, error)) {
    had_former_ = true;  // of a session that could not put it back
    return {};
  }
  const std::optional<std::string> text = content(file_);
  had_former_ = text.has_value();
  if (!text) return {};
  return write_file(former_, O_CREAT | O_EXCL | O_NOFOLLOW, *text, file_);
}

Status DnsFile::write(const std::string& interface, std::span<const IpAddress> servers) {
  if (written_.empty())
    if (Status status = keep_former()) return status;
  const std::string text =
      fmt::format("# by tunppp for {}; what was here before is in {}\n{}", interface,
                  had_former_ ? former_.string() : "no file", nameserver_lines(servers));
  if (Status status = replace(file_, text, file_)) return status;
  written_ = text;
  return {};
}

Status DnsFile::restore() {
  if (written_.empty()) return {};
  const bool ours = content(file_) == written_;
  written_.clear();
  if (!ours) {
    ::unlink(former_.c_str());
    return Failure{EndReason::internal_error,
                   {},
                   "somebody else has written " + file_.string() + ", so it stays as it is"};
  }
  if (!had_former_) {
    if (::unlink(file_.c_str()) != 0) return failed("cannot remove " + file_.string());
    return {};
  }
  // The kept file itself goes back, with its mode and owner.
  if (::rename(former_.c_str(), file_.c_str()) == 0) return {};
  const std::optional<std::string> text = content(former_);
  if (!text) return failed("cannot read " + former_.string());
  if (Status status = write_file(file_, O_TRUNC, *text, file_)) return status;
  ::unlink(former_.c_str());
  return {};
}

}  // namespace tunppp::session
