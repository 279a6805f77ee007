#pragma once

#include <sys/types.h>

#include <cstdint>

namespace tunppp::bench {

/// A simulated line in a process of its own, which takes octets out of one tty at the given rate
/// and puts them into the other, and back. It holds no more than the rate needs: what waits, waits
/// where it was written.
pid_t start_paced_line(int tty_a, int tty_b, std::uint32_t baud);

}  // namespace tunppp::bench
