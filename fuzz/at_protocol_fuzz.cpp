// What two programs say to each other on the socket of a session's AT port, in any pieces.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "session/at_protocol.h"

namespace {

namespace at = tunppp::session::at;

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<std::string> lines_of(std::string_view octets, std::size_t piece) {
  at::LineReader reader;
  std::vector<std::string> lines;
  while (!octets.empty()) {
    reader.receive(
        octets.substr(0, piece), [&](std::string_view line) { lines.emplace_back(line); },
        [&] { lines.emplace_back("(too long)"); });
    octets.remove_prefix(std::min(piece, octets.size()));
  }
  require(reader.rest().size() <= at::max_line);
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1u + data[0] % 16u;
  const std::string_view octets(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto lines = lines_of(octets, std::max<std::size_t>(octets.size(), 1));
  require(lines_of(octets, piece) == lines);
  for (const std::string& line : lines) {
    require(line.size() <= at::max_line && line.find('\n') == std::string::npos);
    const auto hello = at::parse_hello(line);
    if (!hello) continue;
    const std::string said = at::hello_line(*hello);
    const auto again = at::parse_hello(std::string_view(said).substr(0, said.size() - 1));
    require(again && again->interface == hello->interface && again->device == hello->device &&
            again->at_device == hello->at_device);
  }
  return 0;
}
