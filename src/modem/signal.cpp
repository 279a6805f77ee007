#include "modem/signal.h"

#include <fmt/format.h>

#include <algorithm>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

using std::string_view;

std::optional<int> to_signed(string_view text) {
  if (!text.starts_with('-')) return to_int(text);
  const auto value = to_int(text.substr(1));
  return value ? std::optional(-*value) : std::nullopt;
}

std::optional<int> number(string_view list, std::size_t n) {
  return to_signed(field(list, n));
}

/// SIMCom writes tenths.
std::optional<int> tenths(string_view list, std::size_t n) {
  const auto value = number(list, n);
  return value ? std::optional(*value / 10) : std::nullopt;
}

/// A field that is a plain word: letters, digits and a few signs. Modems write - for what they do
/// not know.
std::string word(string_view list, std::size_t n) {
  string_view text = field(list, n);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '-' || c == '_' || c == ' ' || c == '.';
  });
  return plain && text != "-" ? std::string(text) : std::string();
}

/// SIMCom: LTE,Online,505-01,0x5A1E,187214780,257,EUTRAN-BAND3,1850,5,5,-94,-850,-545,15
std::optional<CellReport> read_cpsi(string_view list) {
  CellReport report{.radio = word(list, 0)};
  if (report.radio.empty()) return std::nullopt;
  if (field_count(list) < 5) return report;  // NO SERVICE,Online
  report.network = word(list, 2);
  report.area = word(list, 3);
  report.cell = word(list, 4);
  if (report.radio != "LTE" || field_count(list) < 14) return report;
  report.band = word(list, 6);
  report.rsrq = tenths(list, 10);
  report.rsrp = tenths(list, 11);
  report.rssi = tenths(list, 12);
  report.sinr = number(list, 13);
  return report;
}

/// Quectel: "servingcell","NOCONN","LTE","FDD",mcc,mnc,cell,pcid,earfcn,band,ul,dl,area,rsrp,rsrq,
/// rssi,... The last ones may be missing.
std::optional<CellReport> read_qeng(string_view list) {
  if (field(list, 0) != "servingcell") return std::nullopt;
  CellReport report{.radio = word(list, 2)};
  if (report.radio.empty()) return std::nullopt;  // it searches
  if (report.radio != "LTE" || field_count(list) < 13) return report;
  if (const std::string mcc = word(list, 4), mnc = word(list, 5); !mcc.empty() && !mnc.empty())
    report.network = mcc + "-" + mnc;
  report.cell = word(list, 6);
  if (const std::string band = word(list, 9); !band.empty()) report.band = "band " + band;
  report.area = word(list, 12);
  report.rsrp = number(list, 13);
  report.rsrq = number(list, 14);
  report.rssi = number(list, 15);
  return report;
}

/// Quectel: "LTE",rssi,rsrp,sinr,rsrq
std::optional<CellReport> read_qcsq(string_view list) {
  CellReport report{.radio = word(list, 0)};
  if (report.radio.empty()) return std::nullopt;
  report.rssi = number(list, 1);
  if (report.radio != "LTE" || field_count(list) < 5) return report;
  report.rsrp = number(list, 2);
  if (const auto raw = number(list, 3)) report.sinr = *raw / 5 - 20;
  report.rsrq = number(list, 4);
  return report;
}

/// 27.007 section 8.69: <rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>; 255: not known.
std::optional<CellReport> read_cesq(string_view list) {
  if (field_count(list) < 6) return std::nullopt;
  CellReport report;
  if (const auto rsrq = number(list, 4); rsrq && *rsrq >= 0 && *rsrq <= 34)
    report.rsrq = *rsrq / 2 - 20;
  if (const auto rsrp = number(list, 5); rsrp && *rsrp >= 0 && *rsrp <= 97)
    report.rsrp = *rsrp - 140;
  if (report == CellReport{}) return std::nullopt;
  return report;
}

/// Huawei: "LTE",rssi,rsrp,sinr,rsrq, counted from -121 dBm, -141 dBm, -20.2 dB by 0.2, -20 dB by
/// 0.5; 255: not known.
std::optional<CellReport> read_hcsq(string_view list) {
  CellReport report{.radio = word(list, 0)};
  if (report.radio.empty()) return std::nullopt;
  const auto level = [list](std::size_t n) {
    const auto value = number(list, n);
    return value && *value >= 0 && *value < 255 ? value : std::nullopt;
  };
  if (const auto rssi = level(1)) report.rssi = *rssi - 121;
  if (report.radio != "LTE") return report;
  if (const auto rsrp = level(2)) report.rsrp = *rsrp - 141;
  if (const auto sinr = level(3)) report.sinr = *sinr / 5 - 20;
  if (const auto rsrq = level(4)) report.rsrq = *rsrq / 2 - 20;
  return report;
}

void append(std::string& text, const std::string& part) {
  if (!text.empty()) text += ", ";
  text += part;
}

}  // namespace

std::optional<CellReport> read_cell_report(string_view command, string_view answer) {
  if (starts_with_ignoring_case(command, "AT+CPSI")) return read_cpsi(answer);
  if (starts_with_ignoring_case(command, "AT+QENG")) return read_qeng(answer);
  if (starts_with_ignoring_case(command, "AT+QCSQ")) return read_qcsq(answer);
  if (starts_with_ignoring_case(command, "AT+CESQ")) return read_cesq(answer);
  if (starts_with_ignoring_case(command, "AT^HCSQ")) return read_hcsq(answer);
  return std::nullopt;
}

std::string describe(const CellReport& report) {
  std::string text = report.radio;
  if (!report.network.empty()) append(text, "network " + report.network);
  if (!report.area.empty()) append(text, "area " + report.area);
  if (!report.cell.empty()) append(text, "cell " + report.cell);
  if (!report.band.empty()) append(text, report.band);
  if (report.rsrp) append(text, fmt::format("RSRP {} dBm", *report.rsrp));
  if (report.rsrq) append(text, fmt::format("RSRQ {} dB", *report.rsrq));
  if (report.rssi) append(text, fmt::format("RSSI {} dBm", *report.rssi));
  if (report.sinr) append(text, fmt::format("SINR {} dB", *report.sinr));
  return text;
}

}  // namespace tunppp::modem
