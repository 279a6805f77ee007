#pragma once

#include <tunppp/time.h>

#include <optional>

#include "modem/at_engine.h"
#include "modem/conversation.h"
#include "modem/profile.h"
#include "modem/task.h"

namespace tunppp::modem {

/// What AT+CPIN? tells.
enum class SimState {
  ready,
  busy,
  absent,  ///< or it cannot be read
  pin,
  puk,
  locked,  ///< PH-NET PIN and its like: the modem is bound to somebody else's network
  unknown,
  silent,
};
SimState sim_state_of(const Answer& answer);

/// How long a SIM may settle.
struct SimPatience {
  Duration busy;    ///< while it is being read
  Duration absent;  ///< some say so while they start
};

/// The state, once it has settled.
Task<SimState> settled_sim_state(Conversation& talk, SimPatience patience);

/// How many tries the PIN has left, where the modem tells. Asking uses up none.
Task<std::optional<int>> pin_tries_left(Conversation& talk, const Profile& profile);

}  // namespace tunppp::modem
