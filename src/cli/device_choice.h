#pragma once

#include "base/result.h"
#include "detect/modems.h"
#include "modem/profile.h"

#include <string>
#include <string_view>

namespace tunppp::cli {

/// Asks the ports of the modem that is meant which of them speaks AT, where that is known by a
/// guess only. `device`: its place on USB, or empty for the one modem that is here. The inventory
/// then says what was found out, and the interface's place is returned, which stays the same
/// whatever number its tty gets: "1-1.3:1.2". Empty: there is nothing to ask, or none has answered.
/// Fails with interrupted.
Result<std::string> probe_guess(detect::Inventory& inventory, std::string_view device);

/// Fills in the device to dial on. Empty: the one modem that is here, which is said on standard
/// error; `no_modem`: there is nothing to choose by. A place on USB ("1-1.3"): the modem there.
/// Anything else stays as it is. `own`: a user's profile, whose USB identities count first.
Status choose_device(std::string& device, bool no_modem, const modem::Profile* own = nullptr);

/// The same for one that may go and come back, or is not here yet: a name by which it is found then.
Status choose_lasting_device(std::string& device, const modem::Profile* own = nullptr);

}  // namespace tunppp::cli
