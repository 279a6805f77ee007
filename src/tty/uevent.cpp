#include "tty/uevent.h"

#include <string_view>

namespace tunppp::tty {
namespace {

using std::string_view;

/// Takes what is in front of the next NUL; nullopt: there is none.
std::optional<string_view> next_field(string_view& rest) {
  const std::size_t end = rest.find('\0');
  if (end == rest.npos) return std::nullopt;
  const string_view field = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return field;
}

}  // namespace

std::optional<Uevent> parse_uevent(Bytes message) {
  string_view rest(reinterpret_cast<const char*>(message.data()), message.size());
  const auto head = next_field(rest);
  if (!head) return std::nullopt;
  const std::size_t at = head->find('@');
  if (at == head->npos || at == 0 || head->substr(at + 1, 1) != "/") return std::nullopt;
  Uevent event;
  event.action = head->substr(0, at);
  event.device_path = head->substr(at + 1);
  while (const auto field = next_field(rest)) {
    const std::size_t equals = field->find('=');
    if (equals == field->npos) return std::nullopt;
    const string_view key = field->substr(0, equals);
    const string_view value = field->substr(equals + 1);
    if (key == "ACTION" && value != event.action) return std::nullopt;
    if (key == "DEVPATH" && value != event.device_path) return std::nullopt;
    if (key == "SUBSYSTEM") event.subsystem = value;
    if (key == "DEVNAME") event.device_name = value;
  }
  if (!rest.empty()) return std::nullopt;
  return event;
}

}  // namespace tunppp::tty
