// What share of a line's octets is payload when PPP goes through CMUX, and what the multiplexer
// itself costs, by option and frame size.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "modem/cmux/muxer.h"

namespace tunppp::bench {
namespace {

using namespace modem::cmux;

/// A full-sized packet as PPP has it on the line; ASCII and small numbers.
std::vector<std::byte> packet() {
  std::vector<std::byte> octets(1508);
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::byte>(i % 120);
  return octets;
}

struct Cost {
  double share = 0;        ///< of the line's octets
  double nanoseconds = 0;  ///< for each octet of payload, writing and reading it
};

void pass(Muxer& from, Muxer& to, Instant now, std::size_t& line) {
  for (Bytes out = from.poll_transmit(); !out.empty(); out = from.poll_transmit()) {
    line += out.size();
    to.receive(now, out);
    from.transmitted(out.size());
  }
}

Cost cost(Option option, std::size_t frame_size) {
  const Instant now{std::chrono::seconds(1)};
  Muxer us({.option = option, .frame_size = frame_size});
  Muxer modem({.option = option, .initiator = false, .frame_size = frame_size});
  std::size_t line = 0;
  us.start(now);
  us.open(now, 1);
  for (int i = 0; i < 4; ++i) {
    pass(us, modem, now, line);
    pass(modem, us, now, line);
  }

  const std::vector<std::byte> payload = packet();
  std::vector<std::byte> read(4096);
  std::size_t total = 0;
  line = 0;
  const auto began = std::chrono::steady_clock::now();
  while (total < 16 * 1024 * 1024) {
    total += us.write(1, payload);
    pass(us, modem, now, line);
    const Bytes arrived = modem.received(1);
    std::copy(arrived.begin(), arrived.end(), read.begin());
    modem.consumed(now, 1, arrived.size());
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
  return {static_cast<double>(total) / static_cast<double>(line),
          took.count() / static_cast<double>(total)};
}

}  // namespace
}  // namespace tunppp::bench

int main() {
  using namespace tunppp;
  fmt::print("frame size   basic               advanced\n");
  for (const std::size_t size : {31, 64, 127, 128, 256, 512, 1508}) {
    const bench::Cost basic = bench::cost(modem::cmux::Option::basic, size);
    const bench::Cost advanced = bench::cost(modem::cmux::Option::advanced, size);
    fmt::print("{:>10}  {:>5.1f} %, {:>5.2f} ns/B  {:>5.1f} %, {:>5.2f} ns/B\n", size,
               100 * basic.share, basic.nanoseconds, 100 * advanced.share, advanced.nanoseconds);
  }
}
