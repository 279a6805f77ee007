#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "session/loop.h"

namespace tunppp::cli {

/// A line that is typed at a terminal, with history, while other text may appear above it. The only
/// file that knows libedit is line_editor.cpp.
class LineEditor {
 public:
  enum class Key {
    enter,
    end,   ///< ctrl-Z: the text is complete
    quit,  ///< ctrl-D in an empty line, ctrl-C, or the terminal has gone
  };
  /// Called from the loop. It may not destroy the editor.
  using Typed = std::function<void(Key key, std::string line)>;

  LineEditor(session::Loop& loop, std::string prompt, Typed typed);
  /// The terminal as it was.
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// From the next line on.
  void set_prompt(std::string prompt);
  /// A whole line, above the one that is being typed.
  void show(std::string_view line);

  void remember(const std::string& line);
  /// A file that is not there is no failure.
  void load_history(const std::string& path);
  /// For this user alone. False if it could not be written.
  bool save_history(const std::string& path) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tunppp::cli
