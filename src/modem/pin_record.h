#pragma once

#include <tunppp/secret.h>

#include <optional>
#include <string>
#include <string_view>

namespace tunppp::modem {

/// By what a SIM is known: its own serial number, and the modem's. Either may be empty, where it
/// could not be read.
struct SimIdentity {
  std::string_view iccid{};
  std::string_view imei{};
};

/// Remembers what became of a PIN, over restarts, so that a wrong one cannot block a SIM: by the
/// SIM's number, or by the modem's where that cannot be read. What can be read may differ from one
/// start to the next.
class PinRecord {
 public:
  /// Called before the PIN is sent. Nothing: it has been noted, on the disk, that the PIN is being
  /// sent, and it may be. Otherwise why it must not be sent, as the end of a sentence. `tries_left`
  /// is what the modem tells; where it does not, the record's own count keeps the last try back.
  virtual std::optional<std::string> begin_attempt(const SimIdentity& sim, const Secret& pin,
                                                   std::optional<int> tries_left) = 0;
  /// The SIM took it: it may be sent again at the next power-up.
  virtual void accepted(const SimIdentity& sim, const Secret& pin) = 0;

 protected:
  ~PinRecord() = default;
};

}  // namespace tunppp::modem
