#include "session/pin_record_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "crypto/md5.h"
#include "crypto/sha256.h"
#include "session/system_entropy.h"

namespace tunppp::session {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_size = 32;
constexpr std::size_t largest_record = 256;
/// A SIM has three tries (3GPP TS 11.11, TS 31.101), and the last is never used.
constexpr int most_untold = 2;

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

std::string cannot(std::string_view what, const fs::path& path) {
  return fmt::format("cannot {} {}: {}", what, path.string(),
                     std::error_code(errno, std::generic_category()).message());
}

/// HMAC (RFC 2104) of several parts, each with its length before it.
std::string keyed_hash(const Secret& key, std::initializer_list<Bytes> parts) {
  constexpr std::size_t block_size = 64;
  std::array<std::byte, block_size> pad{};
  const auto set_pad = [&](std::byte with) {
    pad.fill(with);
    const Bytes octets = key.expose();
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

Bytes octets_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// The whole of a small file; nullopt with errno set where it cannot be read.
std::optional<std::string> read_file(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return std::nullopt;
  std::array<char, largest_record> text{};
  const ssize_t count = ::read(file.get(), text.data(), text.size());
  if (count < 0) return std::nullopt;
  return std::string(text.data(), static_cast<std::size_t>(count));
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
  return make_directory(parent) && ::mkdir(path.c_str(), 0755) == 0 && sync_directory(parent);
}

/// On the disk, as a whole or not at all.
bool write_file(const fs::path& path, std::string_view text) {
  const fs::path temporary = path.string() + ".new";
  {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file || !write_all(file.get(), text) || ::fsync(file.get()) != 0) return false;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return false;
  return sync_directory(path.parent_path());
}

/// A key and a record's place, or why there is none.
struct Place {
  std::string objection;
  Secret key;
  fs::path file;
};

Place find_place(const fs::path& directory, std::string_view sim) {
  if (!crypto::available())
    return {"this build of tunppp cannot keep a record of it (no Botan)", {}, {}};
  if (!make_directory(directory)) return {cannot("make", directory), {}, {}};

  const fs::path key_file = directory / "pin.key";
  std::optional<std::string> key = read_file(key_file);
  if (!key && errno == ENOENT) {
    std::array<std::byte, key_size> fresh{};
    SystemEntropy().fill(fresh);
    key.emplace(reinterpret_cast<const char*>(fresh.data()), fresh.size());
    ::explicit_bzero(fresh.data(), fresh.size());
    if (!write_file(key_file, *key)) return {cannot("write", key_file), {}, {}};
  }
  if (!key) return {cannot("read", key_file), {}, {}};
  struct stat status {};
  if (key->size() != key_size || ::lstat(key_file.c_str(), &status) != 0 ||
      (status.st_mode & (S_IRWXG | S_IRWXO)) != 0 ||
      (status.st_uid != 0 && status.st_uid != ::geteuid()))
    return {fmt::format("{} is no key, or others may read it", key_file.string()), {}, {}};

  Place place{{}, Secret(*key), {}};
  ::explicit_bzero(key->data(), key->size());
  place.file = directory /
               ("pin-" + keyed_hash(place.key, {octets_of("sim"), octets_of(sim)}).substr(0, 32));
  return place;
}

/// What is on the disk: "tried HASH 1" or "accepted HASH 0". The number is of the PINs in a row
/// that were not accepted; an older tunppp has not written it.
struct Entry {
  std::string state;
  std::string hash;
  int in_a_row = 1;
};

std::string written(const Entry& entry) {
  return fmt::format("{} {} {}\n", entry.state, entry.hash, entry.in_a_row);
}

Entry read_entry(const std::string& text) {
  Entry entry;
  std::istringstream in(text);
  in >> entry.state >> entry.hash;
  if (!(in >> entry.in_a_row)) entry.in_a_row = 1;
  if (entry.state == "accepted") entry.in_a_row = 0;
  return entry;
}

std::string hash_of(const Place& place, std::string_view sim, const Secret& pin) {
  return keyed_hash(place.key, {octets_of("pin"), octets_of(sim), pin.expose()});
}

/// Under which names a SIM is looked up and noted. An attempt of which the SIM's number is known is
/// noted for the modem as well, apart, for a time when the number cannot be read; but another SIM
/// in the same modem is not held to it.
struct Names {
  std::vector<std::string> looked_up;
  std::vector<std::string> noted;
};

Names names_of(const modem::SimIdentity& sim) {
  const std::string iccid(sim.iccid);
  const std::string unknown(sim.imei);  // some SIM in this modem
  const std::string known = sim.imei.empty() ? "" : unknown + " with a SIM that was known";
  Names names = sim.iccid.empty() ? Names{{unknown, known}, {unknown}}
                                  : Names{{iccid, unknown}, {iccid, known}};
  for (auto* list : {&names.looked_up, &names.noted})
    std::erase_if(*list, [](const std::string& name) { return name.empty(); });
  return names;
}

/// What is known of a SIM under one of its names.
struct Known {
  Place place;
  Entry entry{"accepted", {}, 0};
};

Known look_up(const fs::path& directory, const std::string& name) {
  Known known{find_place(directory, name)};
  if (!known.place.objection.empty()) return known;
  const std::optional<std::string> text = read_file(known.place.file);
  if (!text && errno != ENOENT) known.place.objection = cannot("read", known.place.file);
  if (text) known.entry = read_entry(*text);
  return known;
}

std::string objection_to(const Known& known, const std::string& hash,
                         std::optional<int> tries_left) {
  if (!known.place.objection.empty()) return known.place.objection;
  if (known.entry.state == "tried" && known.entry.hash == hash)
    return fmt::format(
        "this SIM has refused it before, or never answered; give another PIN, or remove {} once it "
        "is known to be right",
        known.place.file.string());
  if (!tries_left && known.entry.in_a_row >= most_untold)
    return fmt::format(
        "{} others were not accepted, and the modem does not tell how many tries are left; unlock "
        "the SIM in a telephone, then remove {}",
        known.entry.in_a_row, known.place.file.string());
  return {};
}

}  // namespace

std::optional<std::string> PinRecordFile::begin_attempt(const modem::SimIdentity& sim,
                                                        const Secret& pin,
                                                        std::optional<int> tries_left) {
  const Names names = names_of(sim);
  for (const std::string& name : names.looked_up) {
    const Known known = look_up(directory_, name);
    std::string objection = objection_to(known, hash_of(known.place, name, pin), tries_left);
    if (!objection.empty()) return objection;
  }
  for (const std::string& name : names.noted) {
    const Known known = look_up(directory_, name);
    if (!known.place.objection.empty()) return known.place.objection;
    const Entry attempt{"tried", hash_of(known.place, name, pin), known.entry.in_a_row + 1};
    if (!write_file(known.place.file, written(attempt))) return cannot("write", known.place.file);
  }
  return std::nullopt;
}

void PinRecordFile::accepted(const modem::SimIdentity& sim, const Secret& pin) {
  const Names names = names_of(sim);
  // What was noted of it under another name has proved wrong, too.
  for (const auto* list : {&names.looked_up, &names.noted})
    for (const std::string& name : *list) {
      const Known known = look_up(directory_, name);
      // Where it cannot be written the PIN counts as refused, which does no harm to the SIM.
      const bool is_new = known.entry.hash.empty() && list == &names.looked_up;
      if (known.place.objection.empty() && !is_new)
        write_file(known.place.file, written({"accepted", hash_of(known.place, name, pin), 0}));
    }
}

}  // namespace tunppp::session
