#pragma once

#include "base/result.h"
#include "cli/at_line.h"
#include "session/at_protocol.h"
#include "session/at_socket.h"
#include "session/loop.h"

#include <memory>
#include <optional>
#include <string>

namespace tunppp::cli {

/// The AT port of a session, through its socket (docs/AT.md).
class AtClient final : public AtLine, private session::FdWatch::Listener {
 public:
  /// `force`: what is dangerous is sent all the same.
  AtClient(session::Loop& loop, session::at::Descriptor socket, bool force);

  void listen(AtLine::Listener& listener) override;
  void ask(std::string_view command) override;
  void give_text(std::optional<std::string> text) override;

 private:
  void fd_readable() override;
  void fd_writable() override { flush(); }
  void take(std::string_view line);
  void say(std::string_view line);
  void flush();
  void close(std::string_view why);

  session::at::Descriptor socket_;
  bool force_;
  session::at::LineReader lines_;
  std::string unsent_;
  bool closed_ = false;
  AtLine::Listener* listener_ = nullptr;
  session::FdWatch watch_;
};

/// The session of this interface. Fails with tty_missing when there is none.
Result<session::at::Descriptor> session_of_interface(const std::string& directory,
                                                     const std::string& interface);
/// The session that holds this tty, for PPP or for AT, and has an AT port; nullopt: none.
std::optional<session::at::Descriptor> session_that_holds(const std::string& directory,
                                                          const std::string& device);

}  // namespace tunppp::cli
