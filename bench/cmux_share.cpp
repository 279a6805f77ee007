// What share of a line's octets is payload when PPP goes through CMUX, by option and frame size.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "modem/cmux/frame.h"

namespace tunppp::bench {
namespace {

using namespace modem::cmux;

/// A full-sized packet as PPP has it on the line; ASCII and small numbers.
std::vector<std::byte> packet() {
  std::vector<std::byte> octets(1508);
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::byte>(i % 120);
  return octets;
}

double share(Option option, std::size_t frame_size) {
  const std::vector<std::byte> payload = packet();
  std::vector<std::byte> line(max_frame_octets(option, frame_size));
  std::size_t total = 0;
  for (Bytes rest(payload); !rest.empty();) {
    const Bytes info = rest.first(std::min(rest.size(), frame_size));
    total += write_frame(option, {.dlci = 1, .command_response = true, .info = info}, line);
    rest = rest.subspan(info.size());
  }
  return static_cast<double>(payload.size()) / static_cast<double>(total);
}

}  // namespace
}  // namespace tunppp::bench

int main() {
  using namespace tunppp;
  fmt::print("frame size   basic  advanced\n");
  for (const std::size_t size : {31, 64, 127, 128, 256, 512, 1508})
    fmt::print("{:>10}  {:>5.1f} %  {:>6.1f} %\n", size,
               100 * bench::share(modem::cmux::Option::basic, size),
               100 * bench::share(modem::cmux::Option::advanced, size));
}
