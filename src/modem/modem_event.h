#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp::modem {

/// Where a dial or a hang-up stands.
enum class Phase {
  recover,
  modem,
  sim,
  context,
  registration,
  attach,
  network,
  dial,
  connected,
  hang_up,
};

/// Stable, for events and scripts: "registration".
std::string_view name(Phase phase);

/// What a dial or a hang-up tells its owner.
struct ModemEvent {
  enum class Kind {
    progress,     ///< text: "registration: searching"; phase says where
    sent,         ///< text: a command, secrets masked
    received,     ///< text: a line, secrets masked
    unsolicited,  ///< text: a line nobody asked for
    set_dtr,      ///< a request: set the tty's DTR to `dtr`; ignore it where there is none
    set_baud,     ///< a request: set the tty's speed to `baud`; ignore it where there is none
  };
  Kind kind = Kind::progress;
  Phase phase = Phase::recover;
  std::string text{};
  bool dtr = true;
  std::uint32_t baud = 0;
};

/// Events until the owner takes them. A modem that talks without end cannot fill the memory: lines
/// of the dialogue beyond max_waiting are dropped, progress and requests are not.
class ModemEvents {
 public:
  static constexpr std::size_t max_waiting = 1024;

  void push(ModemEvent event);
  std::optional<ModemEvent> poll();
  std::size_t dropped() const { return dropped_; }

 private:
  std::deque<ModemEvent> waiting_;
  std::size_t dropped_ = 0;
};

}  // namespace tunppp::modem
