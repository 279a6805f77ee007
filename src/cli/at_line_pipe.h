#pragma once

#include "base/pipe.h"
#include "cli/at_line.h"

#include <string>

namespace tunppp::cli {

/// An AT port that somebody lends command by command, for what talks to a tty: what is written is
/// taken apart into commands, and their answers can be read as a modem without echo writes them.
/// What is no command (+++, frames) goes nowhere; one that the lender refuses is answered by ERROR.
class AtLinePipe final : public Pipe, private AtLine::Listener {
 public:
  /// Both have to outlive it.
  explicit AtLinePipe(AtLine& line);

  Result read(MutableBytes out) override;
  Result write(Bytes in) override;
  void listen(Pipe::Listener* listener) override { listener_ = listener; }
  void watch_read(bool on) override { watched_ = on; }
  void watch_write() override {}

 private:
  void at_answer(std::string_view line) override { say(line); }
  void at_unsolicited(std::string_view) override {}  // the lender hears it
  void at_end(const AtEnd& end) override;
  void at_closed(std::string_view why) override;
  void say(std::string_view line);
  void ask_next();
  void tell();

  AtLine& line_;
  Pipe::Listener* listener_ = nullptr;
  bool watched_ = false;
  bool busy_ = false;
  bool closed_ = false;
  std::string commands_;  ///< written and not asked yet, each with its CR
  std::string said_;      ///< and not read yet
};

}  // namespace tunppp::cli
