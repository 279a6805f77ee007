#include "session/password_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tunppp::session {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;

Failure refused(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

Failure refused(std::string_view what, const std::string& path) {
  const std::error_code code(errno, std::generic_category());
  return {EndReason::usage, code,
          fmt::format("cannot read the {} {}: {}", what, path, code.message())};
}

/// Does not keep a copy outside of `text` that nobody wipes.
Result<std::string> read_all(int fd, std::string_view what, const std::string& path) {
  std::string text;
  text.reserve(largest_file + 1024);  // growing would leave copies behind
  for (;;) {
    char part[1024];
    const ssize_t count = ::read(fd, part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      ::explicit_bzero(text.data(), text.size());
      return refused(what, path);
    }
    if (count == 0) return text;
    text.append(part, static_cast<std::size_t>(count));
    ::explicit_bzero(part, sizeof part);
    if (text.size() > largest_file) {
      ::explicit_bzero(text.data(), text.size());
      return refused(fmt::format("the {} {} is too large", what, path));
    }
  }
}

}  // namespace

Result<std::string> read_private_file(const std::string& path, std::string_view what) {
  if (path == "-") return read_all(STDIN_FILENO, what, "-");
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refused(what, path);
  struct stat status {};
  const bool open_to_all = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                           (status.st_mode & (S_IROTH | S_IWOTH)) != 0;
  Result<std::string> text =
      open_to_all ? Result<std::string>(refused(fmt::format(
                        "everybody may read or write the {} {}; make it private: chmod 600 {}",
                        what, path, path)))
                  : read_all(fd, what, path);
  ::close(fd);
  return text;
}

Result<std::string> read_open_file(const std::string& path, std::string_view what) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refused(what, path);
  Result<std::string> text = read_all(fd, what, path);
  ::close(fd);
  return text;
}

Result<Secret> read_secret_line(const std::string& path, std::string_view what) {
  Result<std::string> text = read_private_file(path, what);
  if (!text) return text.failure();
  std::string_view line = *text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);

  Result<Secret> secret = Secret(line);
  if (line.empty()) secret = refused(fmt::format("the {} {} is empty", what, path));
  if (line.find('\n') != std::string_view::npos)
    secret = refused(fmt::format("the {} {} has more than one line", what, path));
  ::explicit_bzero(text->data(), text->size());
  return secret;
}

}  // namespace tunppp::session
