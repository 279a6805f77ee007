#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <coroutine>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/at_codes.h"
#include "modem/at_command.h"
#include "modem/at_line.h"

namespace tunppp::modem {

/// What a command brought.
struct Answer {
  FinalResult final;
  std::vector<std::string> lines;  ///< without echo and unsolicited codes, prefixes left out

  bool ok() const { return final.is_ok(); }
  bool timed_out() const { return final.code == FinalCode::timeout; }
  /// The first line: "2,1" where the modem said "+CREG: 2,1". Empty if there is none.
  std::string_view first() const;
};

/// One AT command at a time over a byte pipe. A coroutine asks, the engine writes, reads, tells
/// echo and unsolicited codes from the answer, and resumes the coroutine with it.
///
/// Sans I/O. Inputs: receive(), handle_timeout(). Outputs, to be drained after every input:
/// poll_transmit(), next_timeout().
///
/// After a command that timed out, its answer may still come. So before the next command the engine
/// sends AT and throws away everything until OK and a short silence, except unsolicited codes.
class AtEngine {
 public:
  /// Sees the dialogue, secrets masked.
  class Observer {
   public:
    virtual void at_sent(std::string_view line) = 0;
    virtual void at_received(std::string_view line) = 0;
    virtual void at_unsolicited(std::string_view line) = 0;

   protected:
    ~Observer() = default;
  };

  /// How long a line that ended in CR alone waits for its LF.
  static constexpr Duration cr_patience = std::chrono::milliseconds(100);
  static constexpr Duration drain_timeout = std::chrono::seconds(1);
  static constexpr Duration drain_silence = std::chrono::milliseconds(200);
  static constexpr int drain_attempts = 3;
  /// The longest time that draining adds to a command.
  static constexpr Duration drain_bound = drain_attempts * drain_timeout + drain_silence;
  /// An answer of more lines than any command has is noise: the rest is counted and dropped.
  static constexpr std::size_t max_answer_lines = 64;

  explicit AtEngine(Observer& observer);
  AtEngine(const AtEngine&) = delete;
  AtEngine& operator=(const AtEngine&) = delete;

  // --- inputs ---
  /// Returns how many octets were used. All, except after CONNECT: the rest belongs to PPP.
  std::size_t receive(Instant now, Bytes in);
  void handle_timeout(Instant now);
  /// The time as of which a coroutine acts that is about to be started.
  void set_time(Instant now) { now_ = now; }

  // --- outputs ---
  Bytes poll_transmit() const { return Bytes(transmit_).subspan(transmitted_); }
  void transmitted(std::size_t count);
  std::optional<Instant> next_timeout() const;

  // --- for the coroutine ---
  struct AnswerAwaiter {
    AtEngine* engine;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const noexcept { engine->waiter_ = waiter; }
    Answer await_resume() const { return std::move(engine->answer_); }
  };
  struct PauseAwaiter {
    AtEngine* engine;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const noexcept { engine->waiter_ = waiter; }
    void await_resume() const noexcept {}
  };

  /// Sends one command; the result is to be co_awaited at once.
  AnswerAwaiter send(AtCommand command);
  /// Says nothing for so long; lines that come are unsolicited.
  PauseAwaiter pause(Duration duration);
  /// Writes octets as they are, shown as `description`, and expects nothing.
  void write(std::string_view octets, std::string_view description);
  Instant now() const { return now_; }
  /// Result codes as digits are accepted until it is known that ATV1 is in force: by this, or since
  /// an OK came; and again once ATV, ATZ or AT&F were sent.
  void set_result_form(ResultForm form) { form_ = form; }
  /// Whether a flag octet (7E) came in since clear_flag_seen(): PPP speaks, so it is data mode.
  bool flag_seen() const { return flag_seen_; }
  void clear_flag_seen() { flag_seen_ = false; }

  /// Lines thrown away because the command they belong to was given up.
  std::uint64_t late_lines() const { return late_lines_; }
  std::uint64_t dropped_lines() const { return dropped_lines_; }

 private:
  enum class State {
    idle,       ///< no command in flight
    answering,  ///< a command is in flight
    draining,   ///< AT was sent to flush out a late answer; a command waits
    drained,    ///< OK came; silence before that command
    pausing,
  };

  void begin();
  void begin_drain();
  void next_drain();
  void line_in(std::string_view line);
  void answer_line(std::string_view line);
  bool is_echo(std::string_view line) const;
  /// Whether it belongs to a command that was given up.
  bool is_late(std::string_view line) const;
  void expect_late_answer();
  void unsolicited(std::string_view line);
  std::string shown(std::string_view line) const;
  void finish(FinalResult result);
  void resume();
  void transmit(Bytes octets);

  Observer& observer_;
  AtLineSplitter splitter_;
  State state_ = State::idle;
  ResultForm form_ = ResultForm::words_or_digits;
  AtCommand command_;
  AtCommand late_command_;  ///< whose answer is still expected
  Answer answer_;
  std::coroutine_handle<> waiter_;
  std::vector<std::byte> transmit_;
  std::size_t transmitted_ = 0;
  Instant now_{};
  std::optional<Instant> state_deadline_;
  std::optional<Instant> cr_deadline_;
  int drains_left_ = 0;
  bool late_answer_possible_ = false;
  bool secret_under_way_ = false;
  bool connected_ = false;  ///< CONNECT came, and nobody has asked for anything since
  bool flag_seen_ = false;
  std::uint64_t late_lines_ = 0;
  std::uint64_t dropped_lines_ = 0;
};

}  // namespace tunppp::modem
