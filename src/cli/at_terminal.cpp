#include "cli/at_terminal.h"

#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <optional>
#include <utility>

#include "cli/exit_codes.h"
#include "cli/line_editor.h"
#include "cli/stop_signals.h"
#include "modem/at_codes.h"
#include "modem/at_fields.h"

namespace tunppp::cli {
namespace {

constexpr const char* command_prompt = "at> ";
constexpr const char* text_prompt = "> ";
constexpr std::size_t max_waiting = 32;

/// ~/.local/state/tunppp/at_history; empty where there is no home.
std::filesystem::path history_file() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state && *state == '/') return std::filesystem::path(state) / "tunppp/at_history";
  const char* home = std::getenv("HOME");
  if (!home || *home != '/') return {};
  return std::filesystem::path(home) / ".local/state/tunppp/at_history";
}

class Terminal final : private AtLine::Listener {
 public:
  Terminal(session::Loop& loop, AtLine& line)
      : loop_(loop),
        line_(line),
        history_(history_file()),
        signals_(loop, {SIGTERM, SIGHUP}, [this] { finish(exit_code(EndReason::interrupted)); }),
        editor_(loop, command_prompt,
                [this](LineEditor::Key key, std::string text) { typed(key, std::move(text)); }) {
    if (!history_.empty()) editor_.load_history(history_);
  }

  int run(const std::string& name) {
    editor_.show(
        fmt::format("{}: type AT commands; * marks what the modem says by itself; ctrl-D, "
                    "ctrl-C or quit ends",
                    name));
    line_.listen(*this);
    if (!over_) loop_.run();
    save_history();
    return exit_code_;
  }

 private:
  void typed(LineEditor::Key key, std::string line) {
    if (key == LineEditor::Key::quit && !prompted_) return finish(exit_code(EndReason::requested));
    if (prompted_) return typed_text(key, std::move(line));
    line = std::string(modem::trim(line));
    if (line.empty() || key == LineEditor::Key::end) return;
    if (line == "quit" || line == "exit") return finish(exit_code(EndReason::requested));
    // A PIN that was typed where it does not belong shall go nowhere.
    if (!is_at_command(line)) return editor_.show("(an AT command begins with AT)");
    // Neither PINs nor passwords stay behind.
    if (modem::mask_secrets(line) == line) editor_.remember(line);
    if (waiting_.size() < max_waiting)
      waiting_.push_back(std::move(line));
    else
      editor_.show("(that was not sent: the modem has not answered the ones before)");
    next();
  }

  void typed_text(LineEditor::Key key, std::string line) {
    if (key == LineEditor::Key::quit) {
      give_text(std::nullopt);
      return finish(exit_code(EndReason::requested));
    }
    if (!text_.empty()) text_.push_back('\r');
    text_ += line;
    if (key == LineEditor::Key::end) give_text(std::exchange(text_, {}));
  }

  void give_text(std::optional<std::string> text) {
    prompted_ = false;
    editor_.set_prompt(command_prompt);
    line_.give_text(std::move(text));
  }

  void next() {
    if (busy_ || waiting_.empty()) return;
    busy_ = true;
    line_.ask(waiting_.front());
    waiting_.pop_front();
  }

  void at_answer(std::string_view line) override { editor_.show(line); }
  void at_unsolicited(std::string_view line) override { editor_.show(fmt::format("* {}", line)); }
  void at_end(const AtEnd& end) override {
    if (end.kind == AtEnd::Kind::prompt) {
      prompted_ = true;
      editor_.set_prompt(text_prompt);
      return editor_.show("(type the text; ctrl-Z sends it, ctrl-C does not)");
    }
    const bool ours = end.kind == AtEnd::Kind::silent || end.kind == AtEnd::Kind::refused;
    editor_.show(ours ? fmt::format("({})", end.text) : in_words(end.text));
    if (std::exchange(prompted_, false)) editor_.set_prompt(command_prompt);
    busy_ = false;
    next();
  }
  void at_closed(std::string_view why) override { finish(EndReason::carrier_lost, why); }

  /// "+CME ERROR: 10 (SIM not inserted)"
  static std::string in_words(const std::string& result) {
    const auto final = modem::parse_final(result, modem::ResultForm::words_or_digits);
    if (!final || !final->number) return result;
    const std::string_view words = final->code == modem::FinalCode::cme_error
                                       ? modem::cme_words(*final->number)
                                       : modem::cms_words(*final->number);
    return words.empty() ? result : fmt::format("{} ({})", result, words);
  }

  void finish(EndReason reason, std::string_view why) {
    if (over_) return;
    finish(fail(reason, std::string(why)));
  }
  void finish(int code) {
    if (std::exchange(over_, true)) return;
    exit_code_ = code;
    loop_.stop();
  }

  void save_history() {
    if (history_.empty()) return;
    std::error_code error;
    if (std::filesystem::create_directories(history_.parent_path(), error))
      std::filesystem::permissions(history_.parent_path(), std::filesystem::perms::owner_all,
                                   error);
    if (!editor_.save_history(history_))
      fmt::print(stderr, "tunppp: the history cannot be kept in {}\n", history_.string());
  }

  session::Loop& loop_;
  AtLine& line_;
  std::filesystem::path history_;
  StopSignals signals_;
  std::deque<std::string> waiting_;
  std::string text_;
  bool busy_ = false;
  bool prompted_ = false;
  bool over_ = false;
  int exit_code_ = 0;
  LineEditor editor_;
};

}  // namespace

int run_at_terminal(session::Loop& loop, AtLine& line, const std::string& name) {
  Terminal terminal(loop, line);
  return terminal.run(name);
}

}  // namespace tunppp::cli
