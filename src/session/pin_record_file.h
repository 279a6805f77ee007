#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "modem/pin_record.h"

namespace tunppp::session {

/// What became of PINs, in a directory that only root reads: one small file for each SIM in each
/// modem, named and filled with keyed hashes (HMAC-SHA256), since a bare hash of four digits is as
/// good as the digits. The key lies beside them.
///
/// A PIN is noted, and synced to the disk, before it is sent. One that was refused, or whose answer
/// never came, stays noted so and is not sent to that SIM again until another one is given, in
/// whatever modem it is then; nor to a SIM of which the modem does not tell the number, if any SIM
/// in this modem has refused it. How many were in a row is noted, too: where the modem does not
/// tell how many tries are left, a third is not begun (a SIM has three).
class PinRecordFile final : public modem::PinRecord {
 public:
  /// The directory is made when it is needed.
  explicit PinRecordFile(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::optional<std::string> begin_attempt(const modem::SimIdentity& sim, const Secret& pin,
                                           std::optional<int> tries_left) override;
  void accepted(const modem::SimIdentity& sim, const Secret& pin) override;

 private:
  std::filesystem::path directory_;
};

}  // namespace tunppp::session
