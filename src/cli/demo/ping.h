#pragma once

#include <tunppp/address.h>

#include <string>

#include "cli/demo/descriptor.h"
#include "cli/demo/patience.h"

namespace tunppp::cli::demo {

/// Sends ICMP echo requests from the network namespace in which it was made.
class Pinger {
 public:
  /// Throws std::system_error when it is not allowed.
  Pinger();

  struct Outcome {
    unsigned sent = 0;
    unsigned answered = 0;
    Clock::duration fastest{};
    Clock::duration slowest{};
  };
  /// One after the other. `size`: of the whole IP packet, 28 octets at least.
  Outcome ping(Ipv4Address address, unsigned count, std::size_t size, Patience patience);

 private:
  bool answer(Ipv4Address from, std::size_t size, const Patience& patience);

  Descriptor socket_;
  std::uint16_t identifier_;
  std::uint16_t sequence_ = 0;
};

/// "ping 10.64.64.1: 5 of 5 packets of 84 octets answered, 0.31 to 0.42 ms"
std::string to_text(Ipv4Address address, std::size_t size, const Pinger::Outcome& outcome);

}  // namespace tunppp::cli::demo
