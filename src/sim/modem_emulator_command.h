#pragma once

#include <string>
#include <string_view>

#include "modem/at_fields.h"
#include "sim/modem_emulator.h"

namespace tunppp::sim {

/// One extended command: +NAME, +NAME?, +NAME=? or +NAME=list.
struct ModemEmulator::Command {
  enum class Kind { execute, read, test, set };
  std::string name;  ///< in capitals, with its sign
  Kind kind = Kind::execute;
  std::string_view list;

  bool reads() const { return kind == Kind::read; }
  bool sets() const { return kind == Kind::set; }
  std::string_view at(std::size_t n) const { return modem::field(list, n); }
  int number(std::size_t n, int otherwise) const {
    return modem::to_int(at(n)).value_or(otherwise);
  }
};

}  // namespace tunppp::sim
