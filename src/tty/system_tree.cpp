#include "tty/system_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace tunppp::tty {
namespace {

constexpr std::size_t longest_path = 4096;
constexpr int most_links = 40;  // as the kernel allows
constexpr std::size_t most_searched = 20'000;

/// What no terminal and no JSON reader stumbles over: ASCII without control characters, which is
/// all that the kernel's own names are made of.
bool is_not_plain(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet >= 0x7f;
}

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_not_plain);
}

/// The parts of a path, the first one last: what is still to be walked.
void push_parts(std::vector<std::string>& rest, std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view part = slash == path.npos ? path : path.substr(slash + 1);
    if (!part.empty() && part != ".") rest.emplace_back(part);
    path = slash == path.npos ? std::string_view() : path.substr(0, slash);
  }
}

std::optional<std::string> target_of(const std::string& link) {
  std::array<char, longest_path> target;
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  if (length <= 0 || static_cast<std::size_t>(length) == target.size()) return std::nullopt;
  std::string text(target.data(), static_cast<std::size_t>(length));
  if (!is_plain(text)) return std::nullopt;
  return text;
}

class Descriptor {
 public:
  /// O_NONBLOCK: whatever it turns out to be, opening and reading it does not wait.
  explicit Descriptor(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::optional<std::string> read_descriptor(int fd, std::size_t limit, bool is_log) {
  std::string content;
  std::array<char, 8192> part;  // a record of the log is no longer
  while (content.size() < limit) {
    const ssize_t count = ::read(fd, part.data(), part.size());
    if (count > 0)
      content.append(part.data(),
                     std::min(static_cast<std::size_t>(count), limit - content.size()));
    else if (count < 0 && (errno == EINTR || (is_log && errno == EPIPE)))
      continue;  // EPIPE: records were overwritten; the next call reads the oldest that is left
    else if (count < 0 && !is_log)
      return std::nullopt;
    else
      break;
  }
  return content;
}

NodeKind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return NodeKind::file;
  if (S_ISDIR(mode)) return NodeKind::directory;
  if (S_ISCHR(mode)) return NodeKind::character_device;
  if (S_ISBLK(mode)) return NodeKind::block_device;
  return NodeKind::other;
}

bool stands_for_a_device(std::string_view path) {
  return path.starts_with("/dev/") && path != "/dev/kmsg";
}

std::string without_slashes_at_the_end(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

SystemTree::SystemTree(std::filesystem::path root)
    : root_(without_slashes_at_the_end(
          std::filesystem::absolute(root.empty() ? "." : root).lexically_normal())) {}

bool SystemTree::is_there() const {
  return ::access(root().c_str(), R_OK | X_OK) == 0 && std::filesystem::is_directory(root());
}

std::string SystemTree::host_path(std::string_view path) const {
  return path.empty() ? root().string() : root_ + std::string(path);
}

std::optional<SystemTree::Found> SystemTree::walk(std::string_view path, LastLink last) const {
  if (path.size() > longest_path || !is_plain(path)) return std::nullopt;
  std::vector<std::string> rest;
  push_parts(rest, path);
  Found found{};
  int links = 0;
  while (!rest.empty()) {
    const std::string part = std::move(rest.back());
    rest.pop_back();
    if (part == "..") {
      found.path.erase(std::min(found.path.rfind('/'), found.path.size()));
      continue;
    }
    const std::string next = found.path + "/" + part;
    struct stat status {};
    if (next.size() > longest_path || ::lstat(host_path(next).c_str(), &status) != 0)
      return std::nullopt;
    if (!S_ISLNK(status.st_mode) || (rest.empty() && last == LastLink::keep)) {
      if (!rest.empty() && !S_ISDIR(status.st_mode)) return std::nullopt;
      found.path = next;
      continue;
    }
    const std::optional<std::string> target = target_of(host_path(next));
    if (!target || ++links > most_links) return std::nullopt;
    if (target->starts_with('/')) found.path.clear();
    push_parts(rest, *target);
  }
  if (::lstat(host_path(found.path).c_str(), &found.status) != 0) return std::nullopt;
  return found;
}

std::optional<std::string> SystemTree::read(std::string_view path, std::size_t limit) const {
  const std::optional<Found> found = walk(path, LastLink::follow);
  if (!found) return std::nullopt;
  const bool is_log = is_machine() && found->path == "/dev/kmsg";
  // Looked at before it is opened: to open a device can be to act.
  if (!is_log && !S_ISREG(found->status.st_mode)) return std::nullopt;
  const Descriptor file(host_path(found->path));
  if (file.get() < 0) return std::nullopt;
  return read_descriptor(file.get(), limit, is_log);
}

std::string SystemTree::line(std::string_view path) const {
  std::string text = read(path, 4096).value_or("");
  text.erase(std::min(text.find('\n'), text.size()));
  text.erase(text.find_last_not_of(std::string_view(" \t\r\0", 4)) + 1);
  std::replace_if(text.begin(), text.end(), is_not_plain, '?');
  return text;
}

std::vector<std::string> SystemTree::strings(std::string_view path) const {
  const std::string text = read(path).value_or("");
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::vector<std::string> SystemTree::list(std::string_view path, std::size_t limit) const {
  std::vector<std::string> names;
  const std::optional<Found> found = walk(path, LastLink::follow);
  if (!found || !S_ISDIR(found->status.st_mode)) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(host_path(found->path).c_str()),
                                                      ::closedir);
  if (!directory) return names;
  while (names.size() < limit) {
    const dirent* entry = ::readdir(directory.get());
    if (!entry) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && is_plain(name)) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> SystemTree::find(std::string_view directory, std::string_view name,
                                          unsigned depth) const {
  struct Place {
    std::string path;
    unsigned depth;
  };
  std::vector<std::string> files;
  std::vector<Place> places;
  if (std::optional<std::string> top = resolve(directory)) places.push_back({*top, 0});
  std::size_t searched = 0;
  while (!places.empty() && searched < most_searched) {
    const Place place = std::move(places.back());
    places.pop_back();
    for (const std::string& entry : list(place.path)) {
      if (++searched >= most_searched) break;
      const std::string path = place.path + (place.path == "/" ? "" : "/") + entry;
      struct stat status {};
      if (::lstat(host_path(path).c_str(), &status) != 0) continue;
      if (S_ISREG(status.st_mode) && entry == name) files.push_back(path);
      if (S_ISDIR(status.st_mode) && place.depth < depth) places.push_back({path, place.depth + 1});
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<std::string> SystemTree::resolve(std::string_view path) const {
  const std::optional<Found> found = walk(path, LastLink::follow);
  if (!found) return std::nullopt;
  return found->path.empty() ? "/" : found->path;
}

std::optional<std::string> SystemTree::link_target(std::string_view path) const {
  const std::optional<Found> found = walk(path, LastLink::keep);
  if (!found || !S_ISLNK(found->status.st_mode)) return std::nullopt;
  return target_of(host_path(found->path));
}

std::string SystemTree::link_name(std::string_view path) const {
  const std::string target = without_slashes_at_the_end(link_target(path).value_or(""));
  return target.substr(target.rfind('/') + 1);
}

NodeFacts SystemTree::node(std::string_view path) const {
  if (const auto known = manifest_.find(path); known != manifest_.end()) return known->second;
  const std::optional<Found> found = walk(path, LastLink::follow);
  if (!found) return {};
  if (const auto known = manifest_.find(found->path); known != manifest_.end())
    return known->second;
  const struct stat& status = found->status;
  NodeFacts facts{.kind = kind_of(status.st_mode)};
  if (!is_machine() && facts.kind == NodeKind::file && stands_for_a_device(found->path)) {
    facts.kind = NodeKind::character_device;
    return facts;
  }
  facts.mode = status.st_mode & 07777;
  facts.owner = status.st_uid;
  facts.group = status.st_gid;
  if (facts.is_device()) {
    facts.major = major(status.st_rdev);
    facts.minor = minor(status.st_rdev);
  }
  if (is_machine()) {
    const int asked =
        ::faccessat(AT_FDCWD, host_path(found->path).c_str(), R_OK | W_OK, AT_EACCESS);
    facts.opening = asked == 0 ? 0 : errno;
  }
  return facts;
}

}  // namespace tunppp::tty
