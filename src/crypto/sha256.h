#pragma once

#include <tunppp/bytes.h>

#include <array>
#include <memory>

namespace tunppp::crypto {

using Sha256Digest = std::array<std::byte, 32>;

/// SHA-256 (FIPS 180-4) of octets that come piece by piece. Not to be made in a build without Botan
/// (see available() in crypto/md5.h).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(Bytes octets);
  /// Of all octets so far; then it begins anew.
  Sha256Digest finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tunppp::crypto
