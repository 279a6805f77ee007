#include "doctor/tar_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

namespace tunppp::doctor {
namespace {

constexpr std::size_t block = 512;

/// A field of the header: where it begins and how long it is.
struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field name{0, 100};
constexpr Field mode{100, 8};
constexpr Field owner{108, 8};
constexpr Field group{116, 8};
constexpr Field length{124, 12};
constexpr Field mtime{136, 12};
constexpr Field checksum{148, 8};
constexpr Field type_flag{156, 1};
constexpr Field link_name{157, 100};
constexpr Field magic{257, 8};  // with the version behind it
constexpr Field device_major{329, 8};
constexpr Field device_minor{337, 8};
constexpr Field prefix{345, 155};

using Header = std::array<char, block>;

void put(Header& header, Field field, std::string_view text) {
  assert(text.size() <= field.size);
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(field.offset));
}

void put_octal(Header& header, Field field, std::uint64_t value) {
  put(header, field, fmt::format("{:0{}o}", value, field.size - 1));
}

struct SplitPath {
  std::string_view prefix;
  std::string_view name;
};

/// At a slash, so that both parts fit into their fields.
std::optional<SplitPath> split(std::string_view path) {
  if (path.size() <= name.size) return SplitPath{{}, path};
  if (path.size() > prefix.size + 1 + name.size) return std::nullopt;
  const std::size_t slash = path.find('/', path.size() - name.size - 1);
  if (slash == path.npos || slash == 0 || slash > prefix.size || slash + 1 == path.size())
    return std::nullopt;
  return SplitPath{path.substr(0, slash), path.substr(slash + 1)};
}

/// "LENGTH key=value\n", the length counting its own digits.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t size = rest + 1;
  while (rest + std::to_string(size).size() != size) size = rest + std::to_string(size).size();
  return fmt::format("{} {}={}\n", size, key, value);
}

std::string relative(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return std::string(path);
}

}  // namespace

void TarWriter::directory(std::string_view path) {
  std::string inside = relative(path);
  if (!inside.empty()) add({.type = '5', .path = inside + '/', .mode = 0755});
}

void TarWriter::file(std::string_view path, std::string_view content) {
  add({.type = '0', .path = relative(path), .content = content});
}

void TarWriter::link(std::string_view path, std::string_view target) {
  add({.type = '2', .path = relative(path), .target = target, .mode = 0777});
}

std::string TarWriter::finish() {
  octets_.append(2 * block, '\0');
  return std::move(octets_);
}

void TarWriter::add(const Entry& entry) {
  const bool long_path = !split(entry.path);
  if (long_path || entry.target.size() > link_name.size) add_pax_header(entry, long_path);
  add_header(entry);
  add_content(entry.content);
}

void TarWriter::add_pax_header(const Entry& entry, bool long_path) {
  std::string records;
  if (long_path) records += pax_record("path", entry.path);
  if (entry.target.size() > link_name.size) records += pax_record("linkpath", entry.target);
  add_header({.type = 'x', .path = "PaxHeader", .content = records});
  add_content(records);
}

void TarWriter::add_header(const Entry& entry) {
  Header header{};
  const SplitPath path =
      split(entry.path).value_or(SplitPath{{}, std::string_view(entry.path).substr(0, name.size)});
  put(header, name, path.name);
  put(header, prefix, path.prefix);
  put_octal(header, mode, entry.mode);
  put_octal(header, owner, 0);
  put_octal(header, group, 0);
  put_octal(header, length, entry.content.size());
  put_octal(header, mtime, static_cast<std::uint64_t>(std::max<std::int64_t>(time_, 0)));
  put(header, type_flag, std::string_view(&entry.type, 1));
  put(header, link_name, entry.target.substr(0, link_name.size));
  put(header, magic, std::string_view("ustar\00000", 8));
  put_octal(header, device_major, 0);
  put_octal(header, device_minor, 0);
  // "the sum of all octets, the checksum field as if it were blanks"
  put(header, checksum, "        ");
  unsigned sum = 0;
  for (const char octet : header) sum += static_cast<unsigned char>(octet);
  put(header, checksum, fmt::format("{:06o}", sum));
  header[checksum.offset + 6] = '\0';
  octets_.append(header.data(), header.size());
}

void TarWriter::add_content(std::string_view content) {
  octets_ += content;
  octets_.append((block - content.size() % block) % block, '\0');
}

}  // namespace tunppp::doctor
