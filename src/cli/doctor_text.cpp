#include <fmt/format.h>

#include <algorithm>

#include "cli/doctor_report.h"
#include "doctor/catalogue.h"
#include "doctor/examine.h"

namespace tunppp::cli {
namespace {

using doctor::Finding;
using doctor::Severity;

constexpr std::size_t width = 100;

/// The words of a paragraph in lines that are not too long; each begins with the indent.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string lines;
  std::string line(indent, ' ');
  bool is_empty = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!is_empty && line.size() + 1 + word.size() > width) {
      lines += line + "\n";
      line.assign(indent, ' ');
      is_empty = true;
    }
    if (!is_empty) line += ' ';
    line += word;
    is_empty = false;
  }
  return lines + line + "\n";
}

std::string remedies_text(const Finding& finding) {
  std::string text;
  // Where all systems do the same it is not said whose it is.
  const bool is_for_all = finding.remedies.size() == 1;
  for (const doctor::Remedy& remedy : finding.remedies) {
    text += is_for_all ? "  What to do:\n" : fmt::format("  What to do, {}:\n", remedy.system);
    // Steps are not broken: people copy them.
    for (const std::string& step : remedy.steps) text += fmt::format("    {}\n", step);
  }
  return text;
}

std::string finding_text(const Finding& finding) {
  std::string text =
      fmt::format("{}: {} [{}]\n", name_of(finding.severity), finding.title, finding.id);
  text += wrapped(finding.meaning, 2);
  text += "  Seen:\n";
  for (const doctor::Evidence& seen : finding.seen)
    text += fmt::format("    {}: {}\n", seen.path, seen.content);
  // A note asks for nothing; its remedy may still be of use.
  if (finding.id == "not-needed") return text;
  return text + remedies_text(finding);
}

std::size_t count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.severity == severity; }));
}

std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string facts_text(const Examined& examined) {
  if (examined.facts.empty()) return {};
  std::string text =
      fmt::format("The modem at {} says{}:\n", examined.asked,
                  examined.through_session ? ", through the session that holds it" : "");
  for (const doctor::Evidence& fact : examined.facts)
    text += fmt::format("  {}: {}\n", fact.path, fact.content);
  return text + "\n";
}

std::string others_text(const Examined& examined) {
  std::string text;
  for (const std::string& place : examined.other_modems)
    text += fmt::format(
        "There is a modem at USB {0}, too; to ask that: tunppp doctor --device {0}\n", place);
  return text;
}

std::string dialled_text(const Examined& examined) {
  if (examined.dialled.empty()) return {};
  return fmt::format("tunppp dial uses {}.\n", examined.dialled);
}

std::string summary(const Examined& examined) {
  const std::size_t errors = count(examined.findings, Severity::error);
  const std::size_t warnings = count(examined.findings, Severity::warning);
  if (errors + warnings > 0) {
    std::string text = errors > 0 ? counted(errors, "error") : "";
    if (warnings > 0) text += (errors > 0 ? ", " : "") + counted(warnings, "warning");
    return text +
           (errors + warnings > 1 ? ". Begin with the first: others may follow from it.\n" : ".\n");
  }
  if (!examined.asked.empty())
    return fmt::format("Nothing is in the way; the modem at {} answers.\n", examined.asked);
  return "Nothing is in the way, as far as the system shows.\n";
}

}  // namespace

std::string doctor_text(const Examined& examined) {
  // Notes are sorted behind all else; what the modem says is of more use than they.
  std::string text;
  std::string notes;
  for (const Finding& finding : examined.findings)
    (finding.severity == Severity::note ? notes : text) += finding_text(finding) + "\n";
  return text + facts_text(examined) + notes + others_text(examined) + dialled_text(examined) +
         summary(examined);
}

std::string doctor_findings_text() {
  std::string text = "What tunppp doctor finds (docs/DOCTOR.md says what to do):\n";
  std::string_view last;
  for (const doctor::CatalogueRow& row : doctor::catalogue()) {
    text += fmt::format("  {:<22} {:<8} {}\n", row.id == last ? "" : row.id, name_of(row.severity),
                        row.title);
    last = row.id;
  }
  return text;
}

}  // namespace tunppp::cli
