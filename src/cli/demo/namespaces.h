#pragma once

#include "base/result.h"

namespace tunppp::cli::demo {

/// Whether /dev/net/tun is there and open to us. Fails with tun_missing or no_privilege.
Status check_tun();

/// From now on this thread, and what it starts, is in a network namespace of its own, with lo up.
/// It has no name, so it ends with the last process and socket in it. An ordinary user gets a user
/// namespace first (only while the process has one thread). Fails with no_privilege, and says what
/// is missing.
Status enter_new_network();

}  // namespace tunppp::cli::demo
