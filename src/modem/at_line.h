#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp::modem {

/// Splits what a modem says in command mode into lines, whatever the chunks it comes in.
///
/// A line ends with LF, with any number of CRs before it (CRLF, bare LF, CRCRLF), or with CRs that
/// something else follows. Its end is taken whole before the line is given out, so that what comes
/// after `CONNECT` begins with the peer's first octet. A line that ends in CR and then silence
/// (codes as digits, ATV0) is ended by flush(), on the owner's clock.
///
/// Bit 7 is cleared (lines with parity, autobaud garbage), NULs and other control characters are
/// left out, empty lines too. What exceeds max_line is cut off and counted.
class AtLineSplitter {
 public:
  static constexpr std::size_t max_line = 2048;

  struct Taken {
    std::size_t count = 0;                 ///< octets used; the rest is to be passed in again
    std::optional<std::string_view> line;  ///< a whole line, valid until the next call
  };

  /// Takes octets up to the first line's end. The prompt `> ` is a line though no line end follows.
  Taken take(Bytes in);
  /// Ends a line that CR has ended and nothing has followed.
  std::optional<std::string_view> flush();
  /// True when flush() would give a line.
  bool ended_by_cr() const { return cr_seen_ && !line_.empty(); }
  /// Forgets the unfinished line.
  void clear();
  std::uint64_t cut_lines() const { return cut_lines_; }

 private:
  std::optional<std::string_view> finish();

  std::string line_;
  std::string finished_;
  bool cr_seen_ = false;
  bool cut_ = false;
  std::uint64_t cut_lines_ = 0;
};

}  // namespace tunppp::modem
