#include "tty/manifest.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>

namespace tunppp::tty {
namespace {

constexpr std::size_t longest_path = 4096;
constexpr std::string_view unknown = "-";

struct KindName {
  NodeKind kind;
  std::string_view name;
};
constexpr auto kinds = std::to_array<KindName>({
    {NodeKind::missing, "missing"},
    {NodeKind::file, "file"},
    {NodeKind::directory, "directory"},
    {NodeKind::character_device, "character"},
    {NodeKind::block_device, "block"},
    {NodeKind::other, "other"},
});

/// By name: the numbers are not the same on all machines. What else open() may give is a number.
struct ErrorName {
  int number;
  std::string_view name;
};
constexpr auto errors = std::to_array<ErrorName>({
    {0, "ok"},          {EACCES, "EACCES"}, {EAGAIN, "EAGAIN"},       {EBADFD, "EBADFD"},
    {EBUSY, "EBUSY"},   {EINTR, "EINTR"},   {EINVAL, "EINVAL"},       {EIO, "EIO"},
    {EISDIR, "EISDIR"}, {ELOOP, "ELOOP"},   {EMFILE, "EMFILE"},       {ENODEV, "ENODEV"},
    {ENOENT, "ENOENT"}, {ENOMEM, "ENOMEM"}, {ENOTDIR, "ENOTDIR"},     {ENXIO, "ENXIO"},
    {EPERM, "EPERM"},   {EROFS, "EROFS"},   {ETIMEDOUT, "ETIMEDOUT"},
});

std::string_view name_of(NodeKind kind) {
  for (const KindName& entry : kinds)
    if (entry.kind == kind) return entry.name;
  return "other";
}

std::string name_of_error(int number) {
  for (const ErrorName& entry : errors)
    if (entry.number == number) return std::string(entry.name);
  return std::to_string(number);
}

template <typename Number>
std::optional<Number> to_number(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string written(std::optional<std::uint32_t> value) {
  return value ? std::to_string(*value) : std::string(unknown);
}

std::string octal(std::optional<unsigned> mode) {
  if (!mode) return std::string(unknown);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04o", *mode);
  return text.data();
}

bool is_plain_path(std::string_view path) {
  return path.starts_with('/') && path.size() <= longest_path &&
         std::none_of(path.begin(), path.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// The fields of one line, taken from its front. One that is malformed spoils the line.
class Fields {
 public:
  explicit Fields(std::string_view line) : rest_(line) {}

  std::string_view word() {
    const std::size_t end = rest_.find(' ');
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
    return taken;
  }
  template <typename Number>
  std::optional<Number> number(int base = 10) {
    const std::string_view text = word();
    if (text == unknown) return std::nullopt;
    const std::optional<Number> value = to_number<Number>(text, base);
    good_ = good_ && value;
    return value;
  }
  NodeKind kind() {
    const std::string_view text = word();
    for (const KindName& entry : kinds)
      if (entry.name == text) return entry.kind;
    good_ = false;
    return NodeKind::missing;
  }
  std::optional<int> opening() {
    const std::string_view text = word();
    if (text == unknown) return std::nullopt;
    for (const ErrorName& entry : errors)
      if (entry.name == text) return entry.number;
    const std::optional<int> number = to_number<int>(text);
    good_ = good_ && number && *number > 0;
    return number;
  }
  std::string_view rest() const { return rest_; }
  bool good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct Line {
  std::string path;
  NodeFacts facts;
};

std::optional<Line> parse_line(std::string_view text) {
  Fields fields(text);
  Line line;
  line.facts.kind = fields.kind();
  line.facts.mode = fields.number<unsigned>(8);
  line.facts.owner = fields.number<std::uint32_t>();
  line.facts.group = fields.number<std::uint32_t>();
  line.facts.major = fields.number<unsigned>();
  line.facts.minor = fields.number<unsigned>();
  line.facts.opening = fields.opening();
  line.path = fields.rest();
  const bool sound =
      fields.good() && line.facts.mode.value_or(0) <= 07777 && is_plain_path(line.path);
  if (!sound) return std::nullopt;
  return line;
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  std::string text =
      "# tunppp manifest: what a copy of files cannot hold\n"
      "# kind mode owner group major minor opening path\n";
  for (const auto& [path, facts] : manifest) {
    if (!is_plain_path(path)) continue;
    text += name_of(facts.kind);
    text += ' ' + octal(facts.mode);
    for (const auto& value : {facts.owner, facts.group}) text += ' ' + written(value);
    for (const auto& value : {facts.major, facts.minor}) text += ' ' + written(value);
    text += ' ' + (facts.opening ? name_of_error(*facts.opening) : std::string(unknown));
    text += ' ' + path + '\n';
  }
  return text;
}

Manifest parse_manifest(std::string_view text) {
  Manifest manifest;
  while (!text.empty() && manifest.size() < manifest_limit) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) continue;
    if (std::optional<Line> parsed = parse_line(line))
      manifest.emplace(std::move(parsed->path), parsed->facts);
  }
  return manifest;
}

}  // namespace tunppp::tty
