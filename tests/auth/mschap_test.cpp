// What MS-CHAP computes and says, against the vectors of the RFCs.
#include "auth/mschap.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "auth/auth_bench.h"
#include "crypto/legacy.h"

namespace tunppp::auth::test {
namespace {

using mschap::FailureMessage;
using Row = std::vector<std::string>;

/// The rows of mschap.vec that begin with `tag`, without it.
std::vector<Row> rows(const std::string& tag) {
  std::ifstream in(TUNPPP_SOURCE_DIR "/tests/data/mschap.vec");
  std::vector<Row> found;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word != tag) continue;
    Row row;
    while (words >> word) row.push_back(word == "-" ? "" : word);
    found.push_back(row);
  }
  EXPECT_FALSE(found.empty()) << tag;
  return found;
}

template <class Array>
Array array(const std::string& hexadecimal) {
  Array out{};
  const Octets octets = from_hex(hexadecimal);
  EXPECT_EQ(octets.size(), out.size());
  std::copy_n(octets.begin(), std::min(octets.size(), out.size()), out.begin());
  return out;
}

Secret secret_of(const std::string& hexadecimal) { return Secret(Bytes(from_hex(hexadecimal))); }

std::string text_of(const std::string& hexadecimal) {
  const Octets octets = from_hex(hexadecimal);
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

TEST(LegacyCrypto, AgreesWithTheStandardsVectors) {
  for (const Row& row : rows("md4")) EXPECT_EQ(copy(crypto::md4({from_hex(row[0])})), from_hex(row[1]));
  for (const Row& row : rows("sha1")) {
    EXPECT_EQ(copy(crypto::sha1({from_hex(row[0])})), from_hex(row[1]));
  }
}

/// The 56 bits of a key come without parity here; the table's key has it.
TEST(LegacyCrypto, DesAgreesWithTheStandardsVector) {
  for (const Row& row : rows("des")) {
    std::uint64_t bits = 0;
    for (std::byte octet : from_hex(row[0])) bits = bits << 7 | std::to_integer<unsigned>(octet) >> 1;
    crypto::DesKey key;
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(bits >> (48 - 8 * i));
    EXPECT_EQ(copy(crypto::des(key, array<crypto::DesBlock>(row[1]))), from_hex(row[2]));
  }
}

TEST(MsChap, ComputesWhatRfc2433Says) {
  for (const Row& row : rows("v1")) {
    const auto hash = mschap::nt_password_hash(secret_of(row[0]));
    EXPECT_EQ(copy(hash), from_hex(row[2]));
    const auto challenge = array<mschap::ChallengeHash>(row[1]);
    EXPECT_EQ(copy(mschap::challenge_response(challenge, hash)), from_hex(row[3]));
  }
}

TEST(MsChapV2, ComputesWhatRfc2759Says) {
  for (const Row& row : rows("v2")) {
    const std::string user = text_of(row[0]);
    const Secret password = secret_of(row[1]);
    const auto authenticator = array<mschap::Challenge>(row[2]);
    const auto peer = array<mschap::Challenge>(row[3]);
    EXPECT_EQ(copy(mschap::challenge_hash(peer, authenticator, user)), from_hex(row[4]));
    const auto hash = mschap::nt_password_hash(password);
    EXPECT_EQ(copy(hash), from_hex(row[5]));
    EXPECT_EQ(copy(crypto::md4({hash})), from_hex(row[6]));
    const auto response = mschap::generate_nt_response(authenticator, peer, user, password);
    EXPECT_EQ(copy(response), from_hex(row[7]));
    std::string digits = row[8];
    for (char& digit : digits) digit = static_cast<char>(std::toupper(digit));
    EXPECT_EQ(mschap::generate_authenticator_response(password, response, peer, authenticator, user),
              "S=" + digits);
  }
}

/// "excluding any prepended domain name" (RFC 2759 section 8.2)
TEST(MsChapV2, ADomainBeforeTheNameDoesNotCount) {
  const mschap::Challenge one{}, other{};
  EXPECT_EQ(mschap::challenge_hash(one, other, "BIGCO\\johndoe"),
            mschap::challenge_hash(one, other, "johndoe"));
  EXPECT_NE(mschap::challenge_hash(one, other, "johndoe"),
            mschap::challenge_hash(one, other, "janedoe"));
}

/// Little-endian UTF-16: what MD4 is taken of. The hashes are those of Python's hashlib.
TEST(MsChap, PasswordsAreUnicode) {
  const auto hash_of_units = [](const Octets& units) { return copy(crypto::md4({units})); };
  const auto hash = [](std::string_view text) {
    return copy(mschap::nt_password_hash(Secret(text)));
  };
  EXPECT_EQ(hash("a\xc3\xbc"), hash_of_units(octets({'a', 0, 0xfc, 0})));
  EXPECT_EQ(hash("\xe2\x82\xac"), hash_of_units(octets({0xac, 0x20})));
  EXPECT_EQ(hash("\xf0\x9d\x84\x9e"), hash_of_units(octets({0x34, 0xd8, 0x1e, 0xdd})));
  EXPECT_EQ(hash(""), from_hex("31d6cfe0d16ae931b73c59d7e0c089c0"));
  // No UTF-8: each octet is the character of its number, as old files have it.
  for (const char* text : {"\xfc", "\xc3", "\xe2\x82", "\xf0\x9d\x84", "\xed\xa0\x80", "\xc0\x80",
                           "\xf4\x90\x80\x80", "\xff"}) {
    Octets units;
    for (const char* c = text; *c != 0; ++c) units = units + Octets{static_cast<std::byte>(*c), std::byte{0}};
    EXPECT_EQ(hash(text), hash_of_units(units)) << text;
  }
}

TEST(MsChapV2, AnAuthenticatorResponseMustMatchInEveryDigit) {
  const std::string right = "S=407A5589115FD0D6209F510FE9C04566932CDA56";
  EXPECT_TRUE(mschap::check_authenticator_response(right, octets(right)));
  EXPECT_TRUE(mschap::check_authenticator_response(right, octets(right + " M=Welcome")));
  EXPECT_FALSE(mschap::check_authenticator_response(right, octets(right.substr(0, 41))));
  EXPECT_FALSE(mschap::check_authenticator_response(right, octets("")));
  EXPECT_FALSE(mschap::check_authenticator_response("", octets("")));
  for (std::size_t i = 0; i < right.size(); ++i) {
    std::string wrong = right;
    wrong[i] = '!';
    EXPECT_FALSE(mschap::check_authenticator_response(right, octets(wrong))) << i;
  }
  EXPECT_EQ(mschap::success_text(octets(right + " M=Good\x07 day")), "Good. day");
  EXPECT_EQ(mschap::success_text(octets(right)), "");
}

TEST(MsChap, FailureMessagesAreUnderstood) {
  const auto whole = mschap::parse_failure(
      octets("E=691 R=1 C=000102030405060708090A0B0C0d0e0f V=3 M=Access denied E=5"));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->error, 691U);
  EXPECT_TRUE(whole->retry);
  EXPECT_EQ(whole->challenge, from_hex("000102030405060708090a0b0c0d0e0f"));
  EXPECT_EQ(whole->text, "Access denied E=5");

  const auto bare = mschap::parse_failure(octets("E=647 R=0"));
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->error, 647U);
  EXPECT_FALSE(bare->retry);
  EXPECT_TRUE(bare->challenge.empty());

  for (const char* text : {"", "R=1", "E=", "E=x", "E=99999999999999999999", "Access denied", "E"}) {
    EXPECT_FALSE(mschap::parse_failure(octets(text))) << text;
  }
  for (const char* text : {"E=691 C=0", "E=691 C=0g", "E=691 C=", "E=691 C"}) {
    ASSERT_TRUE(mschap::parse_failure(octets(text))) << text;
    EXPECT_TRUE(mschap::parse_failure(octets(text))->challenge.empty()) << text;
  }
}

/// RFC 2759 section 6, the meanings of the codes.
TEST(MsChap, ErrorCodesAreToldInWords) {
  const std::pair<unsigned, const char*> meanings[] = {
      {646, "time of the day"}, {647, "disabled"},         {648, "expired"},
      {649, "permission"},      {691, "refused the user"}, {709, "could not be changed"},
      {700, "refused"}};
  for (const auto& [error, meaning] : meanings) {
    const FailureMessage failure{.error = error, .text = "so it is"};
    const std::string sentence = mschap::explain(failure, "bob");
    EXPECT_NE(sentence.find(meaning), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("bob"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find(std::to_string(error)), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("so it is"), std::string::npos) << sentence;
  }
}

/// What we say, we understand; and the form of RFC 2759 section 6.
TEST(MsChap, OurFailureMessagesAreOfTheRightForm) {
  const Octets challenge = from_hex("000102030405060708090a0b0c0d0eff");
  EXPECT_EQ(mschap::failure_message(challenge, true),
            "E=691 R=0 C=000102030405060708090A0B0C0D0EFF V=3 M=Access denied");
  EXPECT_EQ(mschap::failure_message(from_hex("00010203040506ff"), false),
            "E=691 R=0 C=00010203040506FF");
  const auto parsed = mschap::parse_failure(octets(mschap::failure_message(challenge, true)));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->challenge, challenge);
}

}  // namespace
}  // namespace tunppp::auth::test
