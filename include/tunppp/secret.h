#pragma once

#include <tunppp/bytes.h>
#include <tunppp/export.h>

#include <string_view>
#include <vector>

namespace tunppp {

/// A password, PIN or key. Its octets are wiped when it dies or is replaced; there is no way to
/// print it, and comparison takes the same time wherever two secrets of one length differ.
class TUNPPP_EXPORT Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text);
  explicit Secret(Bytes octets);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The octets, for the code that must put them on the wire or into a hash.
  Bytes expose() const { return octets_; }
  std::size_t size() const { return octets_.size(); }
  bool empty() const { return octets_.empty(); }

  /// Constant-time comparison (the length is not hidden).
  bool equals(Bytes other) const;

 private:
  void wipe();
  std::vector<std::byte> octets_;
};

}  // namespace tunppp
