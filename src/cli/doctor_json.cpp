#include <boost/json.hpp>

#include "cli/doctor_report.h"
#include "doctor/examine.h"

namespace tunppp::cli {
namespace {

namespace json = boost::json;

/// null where there is none.
json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::array evidence_array(const doctor::Finding& finding) {
  json::array seen;
  for (const doctor::Evidence& evidence : finding.seen)
    seen.push_back(json::object{{"path", evidence.path}, {"content", evidence.content}});
  return seen;
}

json::array remedies_array(const doctor::Finding& finding) {
  json::array remedies;
  for (const doctor::Remedy& remedy : finding.remedies) {
    json::array steps;
    for (const std::string& step : remedy.steps) steps.emplace_back(step);
    remedies.push_back(json::object{{"system", remedy.system}, {"steps", std::move(steps)}});
  }
  return remedies;
}

}  // namespace

std::string doctor_json(const Examined& examined) {
  json::array findings;
  for (const doctor::Finding& finding : examined.findings)
    findings.push_back(json::object{{"id", finding.id},
                                    {"severity", name_of(finding.severity)},
                                    {"device", text_or_null(finding.tty)},
                                    {"title", finding.title},
                                    {"seen", evidence_array(finding)},
                                    {"meaning", finding.meaning},
                                    {"remedies", remedies_array(finding)}});
  json::array others;
  for (const std::string& place : examined.other_modems) others.emplace_back(place);
  json::object modem;
  for (const doctor::Evidence& fact : examined.facts) modem[fact.path] = fact.content;
  return json::serialize(json::object{{"root", examined.root},
                                      {"asked", text_or_null(examined.asked)},
                                      {"through_session", examined.through_session},
                                      {"modem", std::move(modem)},
                                      {"other_modems", std::move(others)},
                                      {"dialled", text_or_null(examined.dialled)},
                                      {"in_the_way", doctor::is_in_the_way(examined.findings)},
                                      {"findings", std::move(findings)}});
}

}  // namespace tunppp::cli
