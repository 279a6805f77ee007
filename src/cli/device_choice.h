#pragma once

#include "base/result.h"
#include "modem/profile.h"

#include <string>

namespace tunppp::cli {

/// Fills in the device to dial on. Empty: the one modem that is here, which is said on standard
/// error; `no_modem`: there is nothing to choose by. A place on USB ("1-1.3"): the modem there.
/// Anything else stays as it is. `own`: a user's profile, whose USB identities count first.
Status choose_device(std::string& device, bool no_modem, const modem::Profile* own = nullptr);

}  // namespace tunppp::cli
