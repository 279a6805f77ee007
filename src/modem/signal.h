#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tunppp::modem {

/// What a modem tells of its cell. What it does not tell is empty.
struct CellReport {
  std::string radio{};    ///< "LTE"
  std::string network{};  ///< MCC and MNC: "505-01"
  std::string area{};     ///< tracking or location area code, as the modem writes it, in hex
  std::string cell{};     ///< its number, as the modem writes it
  std::string band{};
  std::optional<int> rssi{};  ///< dBm, of all that is received
  std::optional<int> rsrp{};  ///< dBm, of the cell's reference signal
  std::optional<int> rsrq{};  ///< dB, its share
  std::optional<int> sinr{};  ///< dB, over noise and interference

  friend bool operator==(const CellReport&, const CellReport&) = default;
};

/// What stands behind "+CPSI:", "+QENG:", "+QCSQ:", "+CESQ:" or "^HCSQ:", by the command that was sent
/// ("AT+CPSI?"). nullopt: another command, or a form that nobody has described.
std::optional<CellReport> read_cell_report(std::string_view command, std::string_view answer);

/// "LTE, network 505-01, area 5A1E, cell 187214780, EUTRAN-BAND3, RSRP -85 dBm, RSRQ -9 dB"
std::string describe(const CellReport& report);

}  // namespace tunppp::modem
