#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "session/profile_toml.h"
#include "session/toml_file.h"

namespace tunppp::session {

/// Takes single values of a profile out of TOML, and keeps the first thing that was wrong.
class ProfileValues {
 public:
  using Node = const toml::node&;
  using Placeholders = std::span<const std::string_view>;

  static constexpr std::array<std::string_view, 1> cid_only{"cid"};
  static constexpr std::array<std::string_view, 3> of_cmux{"mode", "speed", "frame_size"};
  static constexpr std::array<std::string_view, 6> of_context{"cid",  "pdp",  "apn",
                                                              "auth", "user", "password"};

  ProfileValues(std::string_view source, UserProfile& into) : source_(source), into_(into) {}

  UserProfile& into() { return into_; }
  const Status& failure() const { return failure_; }
  /// Which key is being read, for what is told of it.
  void at(std::string key) { key_ = std::move(key); }

  void wrong(Node node, std::string_view text);
  /// `known`: those that there are, for people.
  void no_such_key(Node node, std::string_view known);

  std::optional<std::string> text(Node node);
  void plain(Node node, std::string_view& into);
  /// An AT command with these placeholders; may be empty: the modem has none.
  void command(Node node, std::string_view& into, Placeholders known = {});
  void commands(Node node, std::span<const std::string_view>& into, Placeholders known = {});
  void texts(Node node, std::span<const std::string_view>& into);
  void words(Node node, std::span<std::string_view> into);
  void number(Node node, std::int64_t least, std::int64_t most, std::size_t& into);
  void milliseconds(Node node, Duration& into);
  void seconds(Node node, Duration& into);
  void flag(Node node, bool& into);

 private:
  std::string_view source_;
  UserProfile& into_;
  std::string key_;
  Status failure_;
};

}  // namespace tunppp::session
