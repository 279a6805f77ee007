#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::doctor {

/// What a port says that does not answer AT.
enum class Heard : std::uint8_t {
  nothing,
  echo,    ///< what was sent, and nothing else
  text,    ///< other text: another speed, or another program's device
  nmea,    ///< positions: "$GPGGA,..."
  ppp,     ///< frames of PPP
  cmux,    ///< frames of 3GPP TS 27.010
  binary,  ///< anything else: diagnostics, or a wrong speed
};

/// The octets that a port said, up to the last `limit`, and what was said to it.
class HeardOctets {
 public:
  static constexpr std::size_t limit = 1024;

  void add(Bytes said);
  void sent(Bytes octets);
  /// Begins anew; echoes of what was sent before are still known.
  void clear() { said_.clear(); }
  Heard what() const;
  bool has_echo() const { return without_echo().size() != said_.size(); }
  /// Among other things, as when the answer to AT comes behind it.
  bool has_cmux_frame() const;
  /// A short piece of it, fit to be shown: text as it is, other octets in hexadecimal.
  std::string sample() const;

 private:
  std::string without_echo() const;

  std::string said_;
  std::vector<std::string> sent_;  ///< without line ends
};

}  // namespace tunppp::doctor
