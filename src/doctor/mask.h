#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tunppp::doctor {

/// Takes out of texts and names what tells whose machine, modem or SIM they come from: serial
/// numbers (IMEI, ICCID and IMSI by their length), MAC and IP addresses, and what it was told
/// before. The same value is the same word everywhere: MASKED-SERIAL-1.
///
/// USB identities, places on USB and PCI, versions and sizes stay as they are.
class Mask {
 public:
  enum class Kind : std::uint8_t { number, serial, mac, ip, value };

  /// From now on this is masked wherever it stands. What is too short or too plain to be told from
  /// other text is not taken.
  void learn(Kind kind, std::string_view secret);
  /// What is known to be a secret by its place.
  std::string word_for(Kind kind, std::string_view secret);

  std::string text(std::string_view text);
  /// The same for a path or a link's target: "/" separates.
  std::string path(std::string_view path);

 private:
  struct Match {
    std::size_t size = 0;  ///< none
    Kind kind = Kind::number;
  };
  Match match(std::string_view text, std::size_t at) const;
  Match learned(std::string_view text, std::size_t at) const;

  std::map<std::string, Kind, std::less<>> secrets_;       ///< in small letters
  std::map<char, std::size_t> longest_secret_;             ///< by first letter
  std::map<std::string, std::string, std::less<>> words_;  ///< by secret
  std::map<Kind, std::size_t> counts_;
};

}  // namespace tunppp::doctor
