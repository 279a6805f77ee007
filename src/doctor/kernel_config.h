#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp::doctor {

/// How a kernel was built: /proc/config.gz, or /boot/config-RELEASE.
class KernelConfig {
 public:
  enum class Setting : std::uint8_t { unknown, off, module, built_in };

  /// Nothing is known.
  KernelConfig() = default;
  /// `path` is where the text is from, for evidence. A text without any option counts as none.
  KernelConfig(std::string path, std::string text);

  bool is_known() const { return !text_.empty(); }
  const std::string& path() const { return path_; }

  /// Of "CONFIG_USB". What is not mentioned is off: options that depend on one that is off are not.
  Setting of(std::string_view option) const;
  bool is_off(std::string_view option) const { return of(option) == Setting::off; }
  bool is_on(std::string_view option) const {
    return of(option) == Setting::module || of(option) == Setting::built_in;
  }
  /// The line that says so, or what Linux would write: "# CONFIG_USB is not set".
  std::string line(std::string_view option) const;

 private:
  std::string path_;
  std::string text_;
};

/// What gzip packed, up to `limit` octets of it; nullopt: not gzip, or damaged before its end.
std::optional<std::string> gunzip(std::string_view packed, std::size_t limit);

}  // namespace tunppp::doctor
