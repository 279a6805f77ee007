#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What is said on the socket through which a session lends its AT port: lines that end with LF.
/// See docs/AT.md.
namespace tunppp::session::at {

inline constexpr std::size_t max_line = 2048;

/// The first octet of what the session says; a blank and the rest follow.
enum class Tag : char {
  hello = '=',        ///< INTERFACE PPP-DEVICE AT-DEVICE
  answer = ':',       ///< a line between command and result
  result = '.',       ///< the result code: the command is over
  no_result = '~',    ///< the modem did not answer in time: the command is over
  prompt = '?',       ///< the modem waits for text
  refused = '!',      ///< the command was not sent; why, in a sentence
  unsolicited = '*',  ///< what the modem says by itself
  lost = '#',         ///< how many lines of the modem's own were left out, for nobody read them
};

inline std::string line_of(Tag tag, std::string_view text) {
  std::string line{static_cast<char>(tag), ' '};
  return line.append(text).append("\n");
}

/// How a refusal begins that `force` overcomes.
inline constexpr std::string_view not_while = "not while ";

/// What the client says: AT commands as they are, and these.
inline constexpr char force = '!';      ///< before a command: send it though it is dangerous
inline constexpr char text_line = '>';  ///< before a line of the text that a prompt waits for
inline constexpr char end_text = '<';   ///< send that text
inline constexpr char no_text = 'x';    ///< send none

/// The devices of a session by its greeting.
struct Hello {
  std::string interface;
  std::string device;
  std::string at_device;
};
std::string hello_line(const Hello& hello);
std::optional<Hello> parse_hello(std::string_view line);

/// Cuts a stream of octets into lines of at most max_line octets.
class LineReader {
 public:
  /// Calls `line` for each whole line, and `too_long` for one that is longer.
  template <class Take, class Drop>
  void receive(std::string_view octets, Take line, Drop too_long) {
    for (const char c : octets) {
      if (c == '\n') {
        if (line_.ends_with('\r')) line_.pop_back();
        if (overlong_)
          too_long();
        else
          line(std::string_view(line_));
        line_.clear();
        overlong_ = false;
      } else if (line_.size() < max_line) {
        line_.push_back(c);
      } else {
        overlong_ = true;
      }
    }
  }
  /// A line that has no end yet, and whether it is too long already.
  const std::string& rest() const { return line_; }
  bool rest_is_too_long() const { return overlong_; }

 private:
  std::string line_;
  bool overlong_ = false;
};

}  // namespace tunppp::session::at
