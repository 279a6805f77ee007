#include "auth/chap_form.h"

#include <algorithm>

#include "auth/mschap.h"
#include "cp/text.h"
#include "crypto/md5.h"

namespace tunppp::auth {
namespace {

template <std::size_t size>
std::array<std::byte, size> array_of(Bytes octets) {
  std::array<std::byte, size> array{};
  std::copy_n(octets.begin(), std::min(size, octets.size()), array.begin());
  return array;
}

std::vector<std::byte> vector_of(Bytes octets) { return {octets.begin(), octets.end()}; }

/// RFC 1994.
class Md5Form final : public ChapForm {
 public:
  AuthMethod method() const override { return AuthMethod::chap_md5; }
  std::size_t challenge_size() const override { return 16; }
  std::size_t response_size() const override { return crypto::Md5Digest().size(); }
  bool takes_challenge(std::size_t size) const override { return size > 0; }

  std::vector<std::byte> respond(const ChapQuestion& question, const std::string&,
                                 const Secret& secret) override {
    return vector_of(expected(question, secret));
  }
  bool accepts(const ChapQuestion& question, const std::string&, Bytes response,
               const Secret& secret) const override {
    return crypto::equal_in_constant_time(expected(question, secret), response);
  }

 private:
  /// "the stream of octets consisting of the Identifier, followed by (concatenated with) the
  /// secret, followed by the Challenge Value" (section 4.1)
  static crypto::Md5Digest expected(const ChapQuestion& question, const Secret& secret) {
    const std::byte identifier{question.identifier};
    return crypto::md5({Bytes(&identifier, 1), secret.expose(), question.challenge});
  }
};

/// The Value field of both MS-CHAPs: 24 octets, then the NT Response, then one octet of flags.
constexpr std::size_t mschap_response_size = 49;
constexpr std::size_t nt_response_at = 24;
constexpr std::size_t flags_at = 48;

mschap::NtResponse nt_response_of(Bytes response) {
  return array_of<24>(response.subspan(nt_response_at, 24));
}

class MsChapForm : public ChapForm {
 public:
  std::size_t response_size() const override { return mschap_response_size; }

  ChapRefusal refusal(Bytes message, const std::string& user) const override {
    const auto failure = mschap::parse_failure(message);
    if (!failure) return ChapForm::refusal(message, user);
    return {mschap::explain(*failure, user), failure->text, failure->retry, failure->challenge};
  }
};

/// RFC 2433. The LAN Manager response is left out, as section 4 wants it: it gives the password away.
class MsChapV1Form final : public MsChapForm {
 public:
  AuthMethod method() const override { return AuthMethod::mschap; }
  std::size_t challenge_size() const override { return 8; }

  std::vector<std::byte> respond(const ChapQuestion& question, const std::string&,
                                 const Secret& secret) override {
    std::vector<std::byte> value(mschap_response_size);
    const auto response = expected(question, secret);
    std::copy(response.begin(), response.end(), value.begin() + nt_response_at);
    value[flags_at] = std::byte{1};  // "use Windows NT compatible challenge response"
    return value;
  }
  bool accepts(const ChapQuestion& question, const std::string&, Bytes response,
               const Secret& secret) const override {
    return response[flags_at] != std::byte{0} &&
           crypto::equal_in_constant_time(expected(question, secret), nt_response_of(response));
  }
  std::string failure(Bytes new_challenge) const override {
    return mschap::failure_message(new_challenge, false);
  }
  /// Without C= "the response will be calculated based on the previous challenge value plus decimal
  /// 23 in the first octet" (section 7).
  std::vector<std::byte> next_challenge(std::vector<std::byte> last) const override {
    if (!last.empty()) last[0] = static_cast<std::byte>(std::to_integer<unsigned>(last[0]) + 23);
    return last;
  }

 private:
  static mschap::NtResponse expected(const ChapQuestion& question, const Secret& secret) {
    return mschap::challenge_response(array_of<8>(question.challenge),
                                      mschap::nt_password_hash(secret));
  }
};

/// RFC 2759.
class MsChapV2Form final : public MsChapForm {
 public:
  explicit MsChapV2Form(Entropy& entropy) : entropy_(entropy) {}

  AuthMethod method() const override { return AuthMethod::mschap_v2; }
  std::size_t challenge_size() const override { return mschap::Challenge().size(); }

  std::vector<std::byte> respond(const ChapQuestion& question, const std::string& user,
                                 const Secret& secret) override {
    mschap::Challenge peer;
    entropy_.fill(peer);
    const auto challenge = array_of<16>(question.challenge);
    const auto response = mschap::generate_nt_response(challenge, peer, user, secret);
    expected_ =
        mschap::generate_authenticator_response(secret, response, peer, challenge, user);
    std::vector<std::byte> value(mschap_response_size);  // reserved octets and flags are zero
    std::copy(peer.begin(), peer.end(), value.begin());
    std::copy(response.begin(), response.end(), value.begin() + nt_response_at);
    return value;
  }
  bool believes(Bytes message) const override {
    return mschap::check_authenticator_response(expected_, message);
  }
  std::string words_of_success(Bytes message) const override {
    return mschap::success_text(message);
  }

  bool accepts(const ChapQuestion& question, const std::string& user, Bytes response,
               const Secret& secret) const override {
    const auto expected = mschap::generate_nt_response(
        array_of<16>(question.challenge), array_of<16>(response.first(16)), user, secret);
    return crypto::equal_in_constant_time(expected, nt_response_of(response));
  }
  std::string success(const ChapQuestion& question, const std::string& user, Bytes response,
                      const Secret& secret) const override {
    return mschap::generate_authenticator_response(
               secret, nt_response_of(response), array_of<16>(response.first(16)),
               array_of<16>(question.challenge), user) +
           " M=Access granted";
  }
  std::string failure(Bytes new_challenge) const override {
    return mschap::failure_message(new_challenge, true);
  }
  bool success_is_proof() const override { return true; }

 private:
  Entropy& entropy_;
  std::string expected_;
};

}  // namespace

std::string ChapForm::words_of_success(Bytes message) const { return cp::printable(message); }

ChapRefusal ChapForm::refusal(Bytes message, const std::string&) const {
  return {.words = cp::printable(message)};
}

std::string ChapForm::success(const ChapQuestion&, const std::string&, Bytes, const Secret&) const {
  return "Access granted";
}

std::string ChapForm::failure(Bytes) const { return "Access denied"; }

std::unique_ptr<ChapForm> make_chap_form(ChapAlgorithm algorithm, Entropy& entropy) {
  switch (algorithm) {
    case ChapAlgorithm::md5: break;
    case ChapAlgorithm::mschap: return std::make_unique<MsChapV1Form>();
    case ChapAlgorithm::mschap_v2: return std::make_unique<MsChapV2Form>(entropy);
  }
  return std::make_unique<Md5Form>();
}

}  // namespace tunppp::auth
