#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "modem/at_fields.h"

namespace tunppp::cli {

/// All of them begin so, and A/ repeats the last one (V.250 section 5.2.4). What does not, no modem
/// answers.
inline bool is_at_command(std::string_view line) {
  return modem::starts_with_ignoring_case(line, "AT") || modem::equal_ignoring_case(line, "A/");
}

/// How a command ended.
struct AtEnd {
  enum class Kind {
    done,     ///< OK, or CONNECT
    failed,   ///< another result code
    silent,   ///< no result code in time
    refused,  ///< it was not sent
    prompt,   ///< the modem waits for text
  };
  Kind kind = Kind::done;
  std::string text{};  ///< the result code as it came, or why there is none
};

/// A way to a modem's AT port: the tty itself, or a session that holds it. One command at a time.
class AtLine {
 public:
  /// Called from the loop only, and not from inside the methods of AtLine.
  class Listener {
   public:
    virtual void at_answer(std::string_view line) = 0;
    virtual void at_unsolicited(std::string_view line) = 0;
    virtual void at_end(const AtEnd& end) = 0;
    /// For good.
    virtual void at_closed(std::string_view why) = 0;

   protected:
    ~Listener() = default;
  };

  virtual ~AtLine() = default;
  virtual void listen(Listener& listener) = 0;
  /// One end follows.
  virtual void ask(std::string_view command) = 0;
  /// What a prompt waits for, lines separated by CR; nullopt: nothing shall be sent. One end
  /// follows.
  virtual void give_text(std::optional<std::string> text) = 0;
};

}  // namespace tunppp::cli
