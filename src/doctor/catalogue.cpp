#include "doctor/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace tunppp::doctor {
namespace {

constexpr std::size_t longest_evidence = 400;

// Parts of sentences that are only there when there is something to say.
constexpr auto clauses = std::to_array<std::string_view>(
    {"domains", "ended", "identity", "instead", "reason", "state", "tries"});

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}

std::string in_capitals(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c == '_' ? '-' : static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string without_value(std::string_view name) {
  const bool is_clause = std::find(clauses.begin(), clauses.end(), name) != clauses.end();
  return is_clause ? "" : in_capitals(name);
}

std::string printable(std::string text) {
  if (text.size() > longest_evidence) text = text.substr(0, longest_evidence) + " ...";
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "note";
}

std::string fill_in(std::string_view text, const Values& values) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find('{'), text.size());
    filled += text.substr(0, begin);
    text.remove_prefix(begin);
    if (text.empty()) break;
    const std::size_t end = text.find('}');
    const std::string_view name = end == text.npos ? "" : text.substr(1, end - 1);
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_part)) {
      filled += '{';  // of a udev rule: ATTR{idVendor}
      text.remove_prefix(1);
      continue;
    }
    const auto value = values.find(name);
    filled += value != values.end() ? printable(value->second) : without_value(name);
    text.remove_prefix(end + 1);
  }
  return filled;
}

std::vector<Remedy> remedies_of(const CatalogueRow& row, const Values& values) {
  std::vector<Remedy> remedies;
  const auto add = [&](std::string_view system, std::string_view steps) {
    if (!steps.empty()) remedies.push_back({std::string(system), lines_of(fill_in(steps, values))});
  };
  add("Raspberry Pi OS", row.raspberry_pi_os);
  add("Nerves/Buildroot", row.nerves);
  add("Linux", row.linux);
  return remedies;
}

Finding make_finding(Cause cause, std::vector<Evidence> seen, const Values& values) {
  return make_finding(cause, row(cause).severity, std::move(seen), values);
}

Finding make_finding(Cause cause, Severity severity, std::vector<Evidence> seen,
                     const Values& values) {
  assert(!seen.empty());
  const CatalogueRow& text = row(cause);
  const auto tty = values.find("tty");
  for (Evidence& evidence : seen) {
    evidence.path = printable(std::move(evidence.path));
    evidence.content = printable(std::move(evidence.content));
  }
  return {.cause = cause,
          .id = std::string(text.id),
          .severity = severity,
          .tty = tty == values.end() ? "" : printable(tty->second),
          .title = fill_in(text.title, values),
          .seen = std::move(seen),
          .meaning = fill_in(text.meaning, values),
          .remedies = remedies_of(text, values)};
}

}  // namespace tunppp::doctor
