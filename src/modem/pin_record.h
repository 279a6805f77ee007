#pragma once

#include <tunppp/secret.h>

#include <optional>
#include <string>
#include <string_view>

namespace tunppp::modem {

/// Remembers what became of a PIN, over restarts, so that a wrong one cannot block a SIM. `sim` is
/// the SIM's serial number (ICCID), or the modem's (IMEI) where that cannot be read.
class PinRecord {
 public:
  /// Called before the PIN is sent. Nothing: it has been noted, on the disk, that the PIN is being
  /// sent, and it may be. Otherwise why it must not be sent, as the end of a sentence. `tries_left`
  /// is what the modem tells; where it does not, the record's own count keeps the last try back.
  virtual std::optional<std::string> begin_attempt(std::string_view sim, const Secret& pin,
                                                   std::optional<int> tries_left) = 0;
  /// The SIM took it: it may be sent again at the next power-up.
  virtual void accepted(std::string_view sim, const Secret& pin) = 0;

 protected:
  ~PinRecord() = default;
};

}  // namespace tunppp::modem
