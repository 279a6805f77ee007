// What a modem says of its cell: the first octet chooses the command.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "modem/signal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tunppp::modem;
  constexpr std::array<std::string_view, 4> commands{"AT+CPSI?", "AT+QENG=\"servingcell\"",
                                                     "AT+QCSQ", "AT+CESQ"};
  if (size == 0) return 0;
  const std::string_view answer(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto report = read_cell_report(commands[data[0] % commands.size()], answer);
  if (!report) return 0;
  for (const char c : describe(*report))
    if (c < ' ' || c > '~') std::abort();
  return 0;
}
