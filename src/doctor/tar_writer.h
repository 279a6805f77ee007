#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tunppp::doctor {

/// Writes a POSIX archive (IEEE Std 1003.1, "ustar Interchange Format"); what does not fit into
/// that form's fields goes before it as a pax header, which every tar of this century reads. The
/// archive grows in memory: whoever writes it to a file knows then that it is whole.
///
/// Names are paths of the system that is copied ("/sys/bus/usb"); in the archive they are relative.
class TarWriter {
 public:
  /// Seconds since 1970, of everything in the archive.
  explicit TarWriter(std::int64_t time) : time_(time) {}

  void directory(std::string_view path);
  void file(std::string_view path, std::string_view content);
  /// A symbolic link, its target as it is written.
  void link(std::string_view path, std::string_view target);

  std::size_t size() const { return octets_.size(); }
  /// Ends the archive.
  std::string finish();

 private:
  struct Entry {
    char type;
    std::string path;
    std::string_view target{};
    std::string_view content{};
    unsigned mode = 0644;
  };
  void add(const Entry& entry);
  void add_pax_header(const Entry& entry, bool long_path);
  void add_header(const Entry& entry);
  void add_content(std::string_view content);

  std::int64_t time_;
  std::string octets_;
};

}  // namespace tunppp::doctor
