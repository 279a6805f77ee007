#include "cli/exit_codes.h"

#include <fmt/format.h>

#include <cstdio>

namespace tunppp::cli {

int exit_code(EndReason reason) {
  return info(reason).exit_code;
}

std::string exit_codes_text() {
  std::string text = "Exit codes of tunppp dial and tunppp serve:\n";
  for (const EndReasonInfo& row : end_reasons()) {
    text += fmt::format("  {:>3}  {:<20} {}\n", row.exit_code, row.name, row.meaning);
    if (!row.remedy.empty()) text += fmt::format("       {:<20} {}\n", "", row.remedy);
  }
  return text;
}

std::string exit_codes_markdown() {
  std::string text =
      "# Exit codes\n\n"
      "`tunppp dial` and `tunppp serve` leave with one of these. The name stands in the last event "
      "of\n`--events json` as well. This page is made from the table in `src/base/end_reason.cpp` "
      "by\n`tunppp help exit-codes --markdown`, and a test compares them. The last column is the "
      "exit code of\npppd(8) that comes closest.\n\n"
      "| code | name | meaning | what to do | pppd |\n"
      "|---:|---|---|---|---:|\n";
  for (const EndReasonInfo& row : end_reasons())
    text += fmt::format("| {} | `{}` | {} | {} | {} |\n", row.exit_code, row.name, row.meaning,
                        row.remedy, row.pppd_code);
  return text;
}

int fail(EndReason reason, const std::string& text) {
  const EndReasonInfo& row = info(reason);
  fmt::print(stderr, "tunppp: {}\n", text);
  if (!row.remedy.empty()) fmt::print(stderr, "        {}\n", row.remedy);
  return row.exit_code;
}

}  // namespace tunppp::cli
