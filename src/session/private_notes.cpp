#include "session/private_notes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include "crypto/md5.h"
#include "crypto/sha256.h"
#include "session/system_entropy.h"

namespace tunppp::session {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_size = 32;
constexpr std::size_t largest_note = 256;
/// One that was being written when the power went.
constexpr std::string_view unfinished = ".new";

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

Failure cannot(std::string_view what, const fs::path& path, std::error_code code) {
  return {EndReason::internal_error, code,
          fmt::format("cannot {} {}: {}", what, path.string(), code.message())};
}

Failure cannot(std::string_view what, const fs::path& path) {
  return cannot(what, path, {errno, std::generic_category()});
}

Result<std::string> read_file(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return cannot("read", path);
  std::array<char, largest_note> text{};
  const ssize_t count = ::read(file.get(), text.data(), text.size());
  if (count < 0) return cannot("read", path);
  std::string octets(text.data(), static_cast<std::size_t>(count));
  ::explicit_bzero(text.data(), text.size());
  return octets;
}

bool write_all(int fd, std::string_view text) {
  return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// What a directory holds, on the disk.
bool sync_directory(const fs::path& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory && ::fsync(directory.get()) == 0;
}

/// Like mkdir -p, on the disk.
bool make_directory(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return true;
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  // "state/" is its own parent's name; and another program may make it at the same time.
  return make_directory(parent) && (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) &&
         sync_directory(parent);
}

bool write_new(const fs::path& path, std::string_view text) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  return file && write_all(file.get(), text) && ::fsync(file.get()) == 0;
}

bool write_file(const fs::path& path, std::string_view text) {
  const fs::path temporary = path.string() + std::string(unfinished);
  return write_new(temporary, text) && ::rename(temporary.c_str(), path.c_str()) == 0 &&
         sync_directory(path.parent_path());
}

bool is_ours_alone(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
         (status.st_uid == 0 || status.st_uid == ::geteuid());
}

/// Of two programs that make one at the same time, both go on with the first one's.
Status make_key(const fs::path& path) {
  const fs::path own = fmt::format("{}.{}{}", path.string(), ::getpid(), unfinished);
  std::array<std::byte, key_size> key{};
  SystemEntropy().fill(key);
  const bool written = write_new(own, {reinterpret_cast<const char*>(key.data()), key.size()}) &&
                       (::link(own.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const Status status = written ? Status() : cannot("write", path);
  ::explicit_bzero(key.data(), key.size());
  ::unlink(own.c_str());
  if (status || sync_directory(path.parent_path())) return status;
  return cannot("write", path);
}

}  // namespace

Result<PrivateNotes> PrivateNotes::open(fs::path directory, std::string_view key_name) {
  if (!crypto::available())
    return Failure{EndReason::internal_error,
                   {},
                   "this build of tunppp cannot keep a record of it (no Botan)"};
  if (!make_directory(directory)) return cannot("make", directory);

  PrivateNotes notes(std::move(directory));
  const fs::path key_file = notes.directory_ / key_name;
  struct stat status {};
  if (::lstat(key_file.c_str(), &status) != 0 && errno == ENOENT)
    if (Status failure = make_key(key_file)) return *failure;
  Result<std::string> key = read_file(key_file);
  if (!key) return key.failure();
  const bool sound = key->size() == key_size && is_ours_alone(key_file);
  if (sound) notes.key_ = Secret(*key);
  ::explicit_bzero(key->data(), key->size());
  if (sound) return notes;
  return Failure{EndReason::internal_error,
                 {},
                 fmt::format("{} is no key, or others may read it", key_file.string())};
}

std::string PrivateNotes::hash(std::initializer_list<Bytes> parts) const {
  constexpr std::size_t block_size = 64;
  std::array<std::byte, block_size> pad{};
  const auto set_pad = [&](std::byte with) {
    pad.fill(with);
    const Bytes octets = key_.expose();
    for (std::size_t i = 0; i < octets.size(); ++i) pad[i] ^= octets[i];
  };
  crypto::Sha256 inner;
  set_pad(std::byte{0x36});
  inner.update(pad);
  for (const Bytes part : parts) {
    const std::byte length{static_cast<unsigned char>(part.size())};
    inner.update({&length, 1});
    inner.update(part);
  }
  const crypto::Sha256Digest inside = inner.finish();
  crypto::Sha256 outer;
  set_pad(std::byte{0x5c});
  outer.update(pad);
  outer.update(inside);
  ::explicit_bzero(pad.data(), pad.size());
  std::string hex;
  for (const std::byte octet : outer.finish())
    hex += fmt::format("{:02x}", std::to_integer<unsigned>(octet));
  return hex;
}

Result<std::vector<std::string>> PrivateNotes::names(std::string_view beginning) const {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator file(directory_, error);
  for (; !error && file != fs::directory_iterator(); file.increment(error)) {
    std::string name = file->path().filename();
    if (name.starts_with(beginning) && !name.ends_with(unfinished))
      names.push_back(std::move(name));
  }
  if (error) return cannot("read", directory_, error);
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> PrivateNotes::read(const std::string& name) const {
  return read_file(path_of(name));
}

Status PrivateNotes::write(const std::string& name, std::string_view text) const {
  if (write_file(path_of(name), text)) return {};
  return cannot("write", path_of(name));
}

}  // namespace tunppp::session
