#pragma once

#include "doctor/finding.h"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace tunppp::doctor {

/// What is told of one cause. {words} in braces stand for what was found. Steps are separated by
/// line ends; a system without steps of its own does what "Linux" says.
struct CatalogueRow {
  Cause cause;
  std::string_view id;
  Severity severity;
  std::string_view title;
  std::string_view meaning;
  std::string_view raspberry_pi_os{};
  std::string_view nerves{};
  std::string_view linux{};
};

/// By cause.
std::span<const CatalogueRow> catalogue();
const CatalogueRow& row(Cause cause);

/// The remedies of a row, with its placeholders filled in.
std::vector<Remedy> remedies_of(const CatalogueRow& row, const Values& values);
/// The text with {words} replaced by their values; those without a value stand in capitals:
/// "{by_path}" as "BY-PATH"; clauses that are only there at times are left out.
std::string fill_in(std::string_view text, const Values& values);

/// All of it as the page docs/DOCTOR.md.
std::string catalogue_markdown();

}  // namespace tunppp::doctor
