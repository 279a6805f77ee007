#include "interop/matrix_row.h"

#include <algorithm>
#include <ostream>

namespace tunppp::test {

const std::vector<FactorValues>& matrix_factors() {
  static const std::vector<FactorValues> factors = {
      {"we", {"dial", "serve"}},
      {"authentication",
       {"none", "PAP", "CHAP-MD5", "MS-CHAP", "MS-CHAPv2", "EAP-MD5", "EAP-MSCHAPv2", "EAP-TLS"}},
      {"our ACCM", {"0", "ffffffff", "a0000"}},
      {"pppd's ACCM", {"0", "ffffffff", "20041"}},
      {"our accomp", {"on", "off"}},
      {"pppd's accomp", {"on", "off"}},
      {"our pcomp", {"on", "off"}},
      {"pppd's pcomp", {"on", "off"}},
      {"our MRU", {"1500", "1280", "576", "296"}},
      {"pppd's MRU", {"1500", "1280", "576", "296"}},
      {"our VJ", {"on", "off"}},
      {"pppd's VJ", {"on", "off"}},
      {"network", {"IPv4", "both", "IPv6"}},
  };
  return factors;
}

bool can_be_combined(const PartialRow& row) {
  const auto value = [&](Factor factor) -> std::string {
    return row[factor] ? matrix_factors()[factor].values[*row[factor]] : "";
  };
  const bool ipv6 = value(network) == "IPv6" || value(network) == "both";
  for (Factor mru : {our_mru, pppd_mru}) {
    if (ipv6 && row[mru] && std::stoi(value(mru)) < 1280) return false;
  }
  return true;
}

const std::vector<MatrixRow>& matrix_rows() {
  static const std::vector<MatrixRow> rows = [] {
    std::vector<std::size_t> sizes;
    for (const auto& factor : matrix_factors()) sizes.push_back(factor.values.size());
    std::vector<MatrixRow> made;
    for (auto& chosen : pairwise_cover(sizes, can_be_combined)) made.push_back({chosen});
    return made;
  }();
  return rows;
}

std::vector<MatrixRow> matrix_rows_of(const std::string& our_role) {
  std::vector<MatrixRow> rows;
  for (const auto& row : matrix_rows()) {
    if (row.value(role) == our_role) rows.push_back(row);
  }
  return rows;
}

std::ostream& operator<<(std::ostream& out, const MatrixRow& row) {
  for (std::size_t i = 0; i < factor_count; ++i) {
    const auto factor = static_cast<Factor>(i);
    out << (i == 0 ? "" : ", ") << matrix_factors()[i].name << " " << row.value(factor);
  }
  return out;
}

std::string matrix_header() {
  std::string names = "| # |";
  std::string rule = "|---:|";
  for (const auto& factor : matrix_factors()) {
    names += " " + factor.name + " |";
    rule += "---|";
  }
  return names + " outcome |\n" + rule + "---|\n";
}

std::string matrix_line(std::size_t number, const MatrixRow& row, const std::string& outcome) {
  std::string line = "| " + std::to_string(number) + " |";
  for (std::size_t i = 0; i < factor_count; ++i) {
    line += " " + row.value(static_cast<Factor>(i)) + " |";
  }
  return line + " " + outcome + " |\n";
}

}  // namespace tunppp::test
