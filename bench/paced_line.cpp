#include "paced_line.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>

#include "session/fd_pipe.h"
#include "session/loop.h"
#include "sim/line_relay.h"

namespace tunppp::bench {
namespace {

struct Owner final : sim::LineRelay::Owner {
  void relay_closed(sim::LineEnd, std::error_code) override { ::_exit(0); }
};

}  // namespace

pid_t start_paced_line(int tty_a, int tty_b, std::uint32_t baud) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It stands for hardware, which never waits for a processor.
  const sched_param priority{.sched_priority = 50};
  ::sched_setscheduler(0, SCHED_FIFO, &priority);
  session::Loop loop;
  session::FdPipe a(loop, tty_a);
  session::FdPipe b(loop, tty_b);
  sim::LineOptions options;
  options.baud = baud;
  // The relay wakes up each millisecond or so; three of them keep it busy.
  options.capacity = std::max<std::size_t>(baud / 10 * 3 / 1000, 64);
  Owner owner;
  sim::LineRelay relay(loop, a, b, options, 1, owner);
  relay.start();
  loop.run();
  ::_exit(0);
}

}  // namespace tunppp::bench
