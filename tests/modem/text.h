#pragma once

#include <tunppp/bytes.h>

#include <span>
#include <string>
#include <string_view>

namespace tunppp::modem {

inline Bytes octets(std::string_view text) {
  return std::as_bytes(std::span(text));
}
inline std::string text(Bytes octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace tunppp::modem
