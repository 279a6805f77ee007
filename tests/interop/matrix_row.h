#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "interop/pairwise.h"

namespace tunppp::test {

/// What is varied between tunppp and pppd. Each has its values as words in `matrix_factors()`.
enum Factor : std::size_t {
  role,  ///< ours: dial or serve; the other end is what the method is proved to
  method,
  our_accm,
  pppd_accm,
  our_accomp,
  pppd_accomp,
  our_pcomp,
  pppd_pcomp,
  our_mru,
  pppd_mru,
  our_vj,
  pppd_vj,
  network,
  factor_count
};

struct FactorValues {
  std::string name;
  std::vector<std::string> values;
};
const std::vector<FactorValues>& matrix_factors();

/// Which values can be had together: no IPv6 where either MRU is less than 1280.
bool can_be_combined(const PartialRow& row);

/// One row of the matrix.
struct MatrixRow {
  ChosenRow chosen;

  const std::string& value(Factor factor) const {
    return matrix_factors()[factor].values[chosen[factor]];
  }
  bool on(Factor factor) const { return value(factor) == "on"; }
  bool we_serve() const { return value(role) == "serve"; }
  bool has_ipv4() const { return value(network) != "IPv6"; }
  bool has_ipv6() const { return value(network) != "IPv4"; }
  int mru(Factor factor) const { return std::stoi(value(factor)); }

  /// "dial, EAP-TLS, accm a0000/0, ..." for people who look for what failed.
  friend std::ostream& operator<<(std::ostream& out, const MatrixRow& row);
};

/// All rows: each value of each factor meets each of all others.
const std::vector<MatrixRow>& matrix_rows();
/// Those in which we dial or serve.
std::vector<MatrixRow> matrix_rows_of(const std::string& role);

/// "| # | we | ... |" with the line below it, and a row of it with what came of it.
std::string matrix_header();
std::string matrix_line(std::size_t number, const MatrixRow& row, const std::string& outcome);

}  // namespace tunppp::test
