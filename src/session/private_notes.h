#pragma once

#include <tunppp/bytes.h>
#include <tunppp/secret.h>

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tunppp::session {

/// Small notes in a directory that outlive the program and a power cut, and a key beside them that
/// only root reads: for what must be known again and must not be readable, as a keyed hash.
class PrivateNotes {
 public:
  /// Makes what is missing of the directory and the key. Fails, with the reason as a sentence,
  /// where that cannot be done, where somebody else could have read or chosen the key, and in a
  /// build without hashes.
  static Result<PrivateNotes> open(std::filesystem::path directory, std::string_view key_name);

  /// HMAC-SHA256 (RFC 2104) of several parts of up to 255 octets, each with its length before it;
  /// 64 hexadecimal digits.
  std::string hash(std::initializer_list<Bytes> parts) const;

  /// Of the notes whose names begin so.
  Result<std::vector<std::string>> names(std::string_view beginning) const;
  /// The whole of one that is there.
  Result<std::string> read(const std::string& name) const;
  /// On the disk when it returns, as a whole or not at all.
  Status write(const std::string& name, std::string_view text) const;
  std::filesystem::path path_of(const std::string& name) const { return directory_ / name; }

 private:
  explicit PrivateNotes(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path directory_;
  Secret key_;
};

}  // namespace tunppp::session
