#include <fmt/format.h>
#include <boost/json.hpp>

#include "cli/detect_report.h"
#include "detect/line_choice.h"

namespace tunppp::cli {
namespace {

namespace json = boost::json;

std::string_view role_name(modem::PortRole role) {
  switch (role) {
    case modem::PortRole::diagnostics:
      return "diagnostics";
    case modem::PortRole::nmea:
      return "gnss";
    case modem::PortRole::at:
      return "at";
    case modem::PortRole::modem:
      return "ppp";
    case modem::PortRole::network:
      return "network";
    case modem::PortRole::other:
      break;
  }
  return "other";
}

/// null where there is none.
json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::array listed(const std::vector<std::string>& names) {
  json::array list;
  for (const std::string& name : names) list.emplace_back(name);
  return list;
}

std::string id(std::uint16_t number) {
  return fmt::format("{:04x}", number);
}

json::object interface_object(const detect::ModemDevice& modem,
                              const detect::UsbInterface& interface) {
  json::object object{{"number", interface.number},
                      {"class", fmt::format("{:02x}/{:02x}/{:02x}", interface.interface_class,
                                            interface.subclass, interface.protocol)},
                      {"endpoints", interface.endpoints},
                      {"interrupt_endpoint", interface.interrupt_endpoint},
                      {"driver", text_or_null(interface.driver)},
                      {"role", role_name(interface.role.role)},
                      {"why", interface.role.why},
                      {"guess", interface.role.guess},
                      {"device", nullptr},
                      {"lasting_names", json::array()}};
  for (const detect::Port& port : modem.ports) {
    if (port.interface.path != interface.path) continue;
    object["device"] = port.device;
    object["lasting_names"] = listed(port.lasting_names);
  }
  return object;
}

json::value choice(const detect::Port* port, const std::optional<detect::PortChoice>& chosen) {
  if (!port) return nullptr;
  return json::object{{"device", port->device},
                      {"by_path", text_or_null(port->by_path())},
                      {"interface", port->interface.number},
                      {"why", chosen->why}};
}

json::object modem_object(const detect::ModemDevice& modem) {
  json::array interfaces;
  for (const detect::UsbInterface& interface : modem.interfaces)
    interfaces.push_back(interface_object(modem, interface));
  return {{"usb_path", modem.usb_path},
          {"vendor", id(modem.vendor)},
          {"product", id(modem.product)},
          {"manufacturer", text_or_null(modem.manufacturer)},
          {"product_name", text_or_null(modem.product_name)},
          {"model", text_or_null(modem.model)},
          {"profile", text_or_null(modem.profile ? modem.profile->name : "")},
          {"mode", name_of(modem.mode)},
          {"composition", modem.composition},
          {"interfaces", std::move(interfaces)},
          {"ppp", choice(modem.ppp_port(), modem.ppp)},
          {"at", choice(modem.at_port(), modem.at)}};
}

json::object candidate_object(const detect::Candidate& candidate) {
  return {{"device", candidate.device},
          {"kind", candidate.is_uart() ? "uart" : "usb"},
          {"driver", text_or_null(candidate.driver)},
          {"console", candidate.console},
          {"lasting_names", listed(candidate.lasting_names)},
          {"vendor", text_or_null(candidate.vendor ? id(*candidate.vendor) : "")},
          {"product", text_or_null(candidate.product ? id(*candidate.product) : "")},
          {"usb_path", text_or_null(candidate.usb_path)},
          {"name", text_or_null(candidate.name)}};
}

json::value dial_object(const detect::Inventory& inventory) {
  const Result<detect::LineChoice> line = detect::choose_line(inventory);
  if (!line) return nullptr;
  return json::object{
      {"device", line->device}, {"at_device", text_or_null(line->at_device)}, {"why", line->why}};
}

}  // namespace

std::string detect_json(const Detected& detected) {
  json::array modems;
  for (const detect::ModemDevice& modem : detected.inventory.modems)
    modems.push_back(modem_object(modem));
  json::array candidates;
  for (const detect::Candidate& candidate : detected.inventory.candidates)
    candidates.push_back(candidate_object(candidate));
  json::array probes;
  for (const PortProbe& probe : detected.probes)
    probes.push_back(json::object{{"device", probe.device},
                                  {"result", name_of(probe.result)},
                                  {"text", text_or_null(probe.text)}});
  return json::serialize(json::object{{"modems", std::move(modems)},
                                      {"candidates", std::move(candidates)},
                                      {"probes", std::move(probes)},
                                      {"dial", dial_object(detected.inventory)}});
}

}  // namespace tunppp::cli
