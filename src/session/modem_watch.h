#pragma once

#include "base/result.h"
#include "detect/line_choice.h"
#include "session/loop.h"
#include "tty/system_tree.h"
#include "tty/uevent_socket.h"

#include <functional>
#include <optional>
#include <string>

namespace tunppp::session {

/// Where a modem is, while it may come and go: a port of a USB modem by its place, identity and
/// interface, whatever number its tty gets; anything else by its name.
class ModemWatch final : private FdWatch::Listener {
 public:
  /// `device`: a tty by any of its names, a place on USB ("1-1.3"), or "auto": the one modem that
  /// is here. `changed` is told, from the loop, that it is worth to look again; only while
  /// watching. A pty, or a kernel that tells nothing, is only seen by looking each `interval`.
  ModemWatch(Loop& loop, std::string device, std::function<void()> changed,
             tty::SystemTree system = tty::SystemTree(),
             Duration interval = std::chrono::seconds(1));

  /// A user's profile, whose USB identities count before the built-in ones; must outlive this.
  void use(const modem::Profile* own) { own_ = own; }

  /// Where to dial now. Fails with no_modem or tty_missing while it is not here, with usage when
  /// "auto" finds several. Once a port of a USB modem has been found, it is that one which is
  /// looked for.
  Result<std::string> look();
  /// What look() found does not answer. Of a modem that was left to be found, and of which it is
  /// only a guess which port speaks AT, the next one is looked for from now on; false: there is no
  /// other, or all have been tried since the first.
  bool try_next_port();
  /// What is looked for, in words: "the modem at USB 1-1.3 (2c7c:0125)".
  std::string wanted() const;

  /// By what the kernel tells, and by looking from time to time, for it may tell nothing.
  void watch(bool on);

 private:
  void fd_readable() override;
  void fd_writable() override {}
  void tick();
  Result<std::string> look_for_name();

  const modem::Profile* own_ = nullptr;
  std::string device_;
  std::function<void()> changed_;
  tty::SystemTree system_;
  Duration interval_;
  std::optional<detect::PortIdentity> identity_;
  std::optional<detect::PortIdentity> first_guess_;
  std::optional<tty::UeventSocket> uevents_;
  std::optional<FdWatch> uevent_watch_;
  Loop& loop_;
  Timer settled_;  // after the last of what comes in a burst
  Timer next_look_;
};

}  // namespace tunppp::session
