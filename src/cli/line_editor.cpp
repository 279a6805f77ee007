#include "cli/line_editor.h"

#include <histedit.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <string>
#include <utility>

namespace tunppp::cli {
namespace {

constexpr int history_size = 1000;
constexpr char erase_line[] = "\r\x1b[K";

/// In the locale C, which a program begins with, libedit leaves out what is not ASCII.
EditLine* new_editor() {
  if (!std::setlocale(LC_CTYPE, "C.UTF-8")) std::setlocale(LC_CTYPE, "");
  return ::el_init("tunppp", stdin, stdout, stderr);
}

}  // namespace

class LineEditor::Impl final : private session::FdWatch::Listener {
 public:
  Impl(session::Loop& loop, std::string prompt, Typed typed)
      : prompt_(std::move(prompt)),
        typed_(std::move(typed)),
        editor_(new_editor()),
        history_(::history_init()),
        watch_(loop, STDIN_FILENO, *this) {
    HistEvent event;
    ::history(history_, &event, H_SETSIZE, history_size);
    ::history(history_, &event, H_SETUNIQUE, 1);
    ::el_set(editor_, EL_CLIENTDATA, this);
    ::el_set(editor_, EL_PROMPT, &Impl::tell_prompt);
    ::el_set(editor_, EL_EDITOR, "emacs");
    ::el_set(editor_, EL_HIST, history, history_);
    // Ctrl-C and ctrl-Z are keys here, not signals: the terminal must not stay raw behind us.
    ::el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);
    bind(L"tunppp-end", L"^Z", &Impl::end_pressed);
    bind(L"tunppp-quit", L"^C", &Impl::quit_pressed);
    bind(L"tunppp-delete-or-quit", L"^D", &Impl::delete_or_quit_pressed);
    begin();
    watch_.watch_read(true);
  }
  ~Impl() {
    if (editing_) leave();
    ::history_end(history_);
    ::el_end(editor_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void set_prompt(std::string prompt) {
    prompt_ = std::move(prompt);
    if (editing_) redraw();
  }

  void show(std::string_view line) {
    if (editing_) std::fputs(erase_line, stdout);
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputs("\n", stdout);
    std::fflush(stdout);
    if (editing_) ::el_set(editor_, EL_REFRESH);
  }

  void remember(const std::string& line) {
    HistEvent event;
    ::history(history_, &event, H_ENTER, line.c_str());
  }
  void load(const std::string& path) {
    HistEvent event;
    ::history(history_, &event, H_LOAD, path.c_str());
  }
  bool save(const std::string& path) const {
    HistEvent event;
    const mode_t before = ::umask(S_IRWXG | S_IRWXO);
    const bool saved = ::history(history_, &event, H_SAVE, path.c_str()) >= 0;
    ::umask(before);
    return saved;
  }

 private:
  static Impl& of(EditLine* editor) {
    void* data = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<Impl*>(data);
  }
  static char* tell_prompt(EditLine* editor) { return of(editor).prompt_.data(); }
  static unsigned char end_pressed(EditLine* editor, wint_t) {
    of(editor).key_ = Key::end;
    return CC_NEWLINE;
  }
  static unsigned char quit_pressed(EditLine* editor, wint_t) {
    of(editor).key_ = Key::quit;
    return CC_NEWLINE;
  }
  static unsigned char delete_or_quit_pressed(EditLine* editor, wint_t) {
    const LineInfo* line = ::el_line(editor);
    if (line->lastchar == line->buffer) return quit_pressed(editor, 0);
    if (line->cursor == line->lastchar) return CC_NORM;
    ::el_cursor(editor, 1);
    ::el_deletestr(editor, 1);
    return CC_REFRESH;
  }
  /// Wide, as libedit keeps these names: of narrow ones it makes copies that it never frees.
  void bind(const wchar_t* name, const wchar_t* key, unsigned char (*function)(EditLine*, wint_t)) {
    ::el_wset(editor_, EL_ADDFN, name, L"", function);
    ::el_wset(editor_, EL_BIND, key, name, nullptr);
  }

  /// libedit makes the terminal raw and shows the prompt ...
  void begin() {
    key_ = Key::enter;
    editing_ = true;
    ::el_set(editor_, EL_UNBUFFERED, 1);
  }
  /// ... and makes it as it was.
  void leave() {
    editing_ = false;
    ::el_set(editor_, EL_UNBUFFERED, 0);
  }
  void redraw() {
    std::fputs(erase_line, stdout);
    std::fflush(stdout);
    ::el_set(editor_, EL_REFRESH);
  }

  void fd_readable() override {
    int count = 0;
    errno = 0;
    const char* text = ::el_gets(editor_, &count);
    const bool over = !text || count <= 0;
    if (over && key_ == Key::enter) {
      // Nothing to read, though it was readable: the terminal was hung up.
      if (count < 0 || (errno != 0 && errno != EAGAIN && errno != EINTR)) finish(Key::quit, {});
      return;
    }
    std::string line(text ? text : "", text ? static_cast<std::size_t>(count) : 0);
    const bool whole = line.ends_with('\n') || line.ends_with('\r');
    if (!whole && key_ == Key::enter) return;
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    finish(key_, std::move(line));
  }
  void fd_writable() override {}

  void finish(Key key, std::string line) {
    leave();
    if (key != Key::enter) std::fputs("\n", stdout);
    std::fflush(stdout);
    if (key == Key::quit) watch_.watch_read(false);
    typed_(key, std::move(line));
    if (key != Key::quit) begin();
  }

  std::string prompt_;
  Typed typed_;
  EditLine* editor_;
  History* history_;
  session::FdWatch watch_;
  Key key_ = Key::enter;
  bool editing_ = false;
};

LineEditor::LineEditor(session::Loop& loop, std::string prompt, Typed typed)
    : impl_(std::make_unique<Impl>(loop, std::move(prompt), std::move(typed))) {}
LineEditor::~LineEditor() = default;

void LineEditor::set_prompt(std::string prompt) { impl_->set_prompt(std::move(prompt)); }
void LineEditor::show(std::string_view line) { impl_->show(line); }
void LineEditor::remember(const std::string& line) { impl_->remember(line); }
void LineEditor::load_history(const std::string& path) { impl_->load(path); }
bool LineEditor::save_history(const std::string& path) const { return impl_->save(path); }

}  // namespace tunppp::cli
