#include "cli/sim_list.h"

#include <fmt/format.h>
#include <algorithm>
#include <boost/json.hpp>
#include <string_view>

#include "sim/modem_models.h"

namespace tunppp::cli {
namespace {

namespace json = boost::json;

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value sleep_object(const sim::SleepCommand& sleep) {
  if (sleep.name.empty()) return nullptr;
  return json::object{
      {"command", sleep.name}, {"by_dtr", sleep.by_dtr}, {"when_idle", sleep.when_idle}};
}

json::object modem_object(const sim::ModemModel& model) {
  json::array boot_codes;
  for (const std::string_view code : model.boot_codes) boot_codes.emplace_back(code);
  json::array auth;
  for (const sim::AuthCommand& command : model.auth)
    auth.push_back(json::object{{"command", command.name}, {"order", arguments_of(command.form)}});
  return {{"name", model.name},
          {"manufacturer", model.manufacturer},
          {"model", model.model},
          {"firmware", model.firmware},
          {"profile", model.profile},
          {"connect", model.connect},
          {"lte", model.lte},
          {"boot_codes", std::move(boot_codes)},
          {"authentication", std::move(auth)},
          {"sim_number", text_or_null(model.sim_number)},
          {"pin_retries", text_or_null(model.pin_retries)},
          {"cell", text_or_null(model.cell)},
          {"sleep", sleep_object(model.family().sleep)},
          {"power_down_code", text_or_null(model.family().power_down_code)},
          {"boot_seconds", std::chrono::duration<double>(model.boot_time()).count()}};
}

std::string or_dash(std::string_view text) {
  return std::string(text.empty() ? "-" : text);
}

}  // namespace

std::string sim_list_json() {
  json::array modems;
  for (const sim::ModemModel& model : sim::modem_models()) modems.push_back(modem_object(model));
  return json::serialize(json::object{{"modems", std::move(modems)}}) + "\n";
}

std::string sim_list_text() {
  std::string text =
      fmt::format("{:<16} {:<30} {:<18} {:<10} {:<9} {:<8} {:<8} {}\n", "NAME", "MANUFACTURER",
                  "MODEL", "USER BY", "PIN TRIES", "CELL", "SLEEP", "AT POWER-UP");
  for (const sim::ModemModel& model : sim::modem_models())
    text += fmt::format(
        "{:<16} {:<30} {:<18} {:<10} {:<9} {:<8} {:<8} {}\n", model.name, model.manufacturer,
        model.model, or_dash(model.auth.empty() ? "" : model.auth.front().name),
        or_dash(model.pin_retries), or_dash(model.cell), or_dash(model.family().sleep.name),
        or_dash(model.boot_codes.empty() ? "" : model.boot_codes.front()));
  return text;
}

}  // namespace tunppp::cli
