#pragma once

#include <tunppp/bytes.h>
#include <tunppp/secret.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What MS-CHAP (RFC 2433) and its version 2 (RFC 2759) compute and say, under the names of
/// RFC 2759 section 8. Passwords are UTF-8. Not to be called in a build without Botan.
namespace tunppp::auth::mschap {

using Challenge = std::array<std::byte, 16>;      ///< version 2, of either side
using ChallengeHash = std::array<std::byte, 8>;   ///< also the Challenge of version 1
using PasswordHash = std::array<std::byte, 16>;
using NtResponse = std::array<std::byte, 24>;

PasswordHash nt_password_hash(const Secret& password);
/// The NT Challenge Response of version 1.
NtResponse challenge_response(const ChallengeHash& challenge, const PasswordHash& hash);
/// A domain before the user's name ("DOMAIN\bob") does not count.
ChallengeHash challenge_hash(const Challenge& peer, const Challenge& authenticator,
                             std::string_view user);
NtResponse generate_nt_response(const Challenge& authenticator, const Challenge& peer,
                                std::string_view user, const Secret& password);
/// "S=" and 40 digits: what begins the message of a Success.
std::string generate_authenticator_response(const Secret& password, const NtResponse& response,
                                            const Challenge& peer, const Challenge& authenticator,
                                            std::string_view user);
/// Whether the message of a Success begins with `expected`; in constant time.
bool check_authenticator_response(std::string_view expected, Bytes message);
/// What else it says to people ("M=").
std::string success_text(Bytes message);

/// The message of a Failure: "E=691 R=1 C=... V=3 M=..." (RFC 2759 section 6).
struct FailureMessage {
  unsigned error = 0;
  bool retry = false;
  std::vector<std::byte> challenge{};  ///< for the retry; empty: not told
  std::string text{};                  ///< printable characters only
};
/// nullopt: without an error code.
std::optional<FailureMessage> parse_failure(Bytes message);
/// One sentence for people about a Failure that `user` was told.
std::string explain(const FailureMessage& failure, std::string_view user);

/// As an authenticator says it to a peer with the wrong name or password.
std::string failure_message(Bytes next_challenge, bool version_2);

}  // namespace tunppp::auth::mschap
