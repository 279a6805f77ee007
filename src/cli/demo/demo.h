#pragma once

#include <cstdint>

namespace tunppp::cli::demo {

struct DemoOptions {
  std::uint64_t octets = 16 * 1024 * 1024;  ///< by TCP, each way
  double latency_milliseconds = 0;
  double loss = 0;    ///< share of frames
  double damage = 0;  ///< share of frames
  std::uint32_t baud = 0;
  bool verbose = false;
};

/// An emulated modem with a PPP server in one network namespace, `tunppp dial` in another, a pty
/// between them, and traffic across. The exit code: 0 when everything went well.
int run_demo(const DemoOptions& options);

}  // namespace tunppp::cli::demo
