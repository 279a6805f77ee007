#pragma once

#include <tunppp/config.h>
#include <tunppp/entropy.h>
#include <tunppp/secret.h>

#include <memory>
#include <string>
#include <vector>

/// What the three forms of CHAP do differently; all else is RFC 1994.
namespace tunppp::auth {

enum class ChapAlgorithm { md5, mschap, mschap_v2 };

struct ChapQuestion {
  std::uint8_t identifier = 0;
  std::vector<std::byte> challenge{};
};

/// Their words in a Failure.
struct ChapRefusal {
  std::string sentence{};  ///< for people; empty: only `words` are there
  std::string words{};     ///< the peer's, printable
  bool retry = false;      ///< another secret may be tried at once,
  std::vector<std::byte> challenge{};  ///< with this challenge; empty: none was told
};

class ChapForm {
 public:
  virtual ~ChapForm() = default;
  virtual AuthMethod method() const = 0;
  virtual std::size_t challenge_size() const = 0;  ///< of a Challenge that we send
  virtual std::size_t response_size() const = 0;
  /// Whether a Challenge of the peer may have this size.
  virtual bool takes_challenge(std::size_t size) const { return size == challenge_size(); }

  // --- We prove ourselves ---
  virtual std::vector<std::byte> respond(const ChapQuestion& question, const std::string& user,
                                         const Secret& secret) = 0;
  /// Whether a Success in answer to the last respond() comes from somebody who knows the secret.
  virtual bool believes(Bytes /*message*/) const { return true; }
  virtual std::string words_of_success(Bytes message) const;
  virtual ChapRefusal refusal(Bytes message, const std::string& user) const;
  /// For a retry when the Failure told no challenge.
  virtual std::vector<std::byte> next_challenge(std::vector<std::byte> last) const { return last; }

  // --- The peer proves itself to us ---
  virtual bool accepts(const ChapQuestion& question, const std::string& user, Bytes response,
                       const Secret& secret) const = 0;
  /// Messages of Success, after accepts(), and of Failure.
  virtual std::string success(const ChapQuestion& question, const std::string& user, Bytes response,
                              const Secret& secret) const;
  virtual std::string failure(Bytes new_challenge) const;
  /// A Success is a proof of its own: no two Responses get the same.
  virtual bool success_is_proof() const { return false; }
};

std::unique_ptr<ChapForm> make_chap_form(ChapAlgorithm algorithm, Entropy& entropy);

}  // namespace tunppp::auth
