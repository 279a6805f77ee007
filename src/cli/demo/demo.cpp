#include "cli/demo/demo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>

#include "cli/demo/child.h"
#include "cli/demo/line_reader.h"
#include "cli/demo/namespaces.h"
#include "cli/demo/ping.h"
#include "cli/demo/transfer.h"
#include "cli/exit_codes.h"
#include "crypto/md5.h"

namespace tunppp::cli::demo {
namespace {

constexpr unsigned pings = 5;
constexpr std::size_t small_packet = 84;
constexpr std::size_t full_packet = 1500;

std::atomic<bool> interrupted{false};

void interrupt(int) {
  interrupted = true;
}

void say(const std::string& text) {
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

struct PipeEnds {
  Descriptor read;
  Descriptor write;
};

PipeEnds make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Ample, but bounded: twice what the line needs for it, and time to get up.
Clock::duration time_limit(const DemoOptions& options) {
  constexpr double slowest = 500e3;  // octets a second, where no rate is given
  const double rate = options.baud > 0 ? options.baud / 10.0 : slowest;
  const double seconds = 120 + 2 * 2.2 * static_cast<double>(options.octets) / rate;
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

class Demo {
 public:
  explicit Demo(const DemoOptions& options)
      : options_(options), patience_(time_limit(options), interrupted) {}

  int run() {
    if (Status status = start_far_side()) return fail(status->reason, status->text);
    if (device_.empty()) return broken("the emulated modem did not start");
    if (Status status = start_near_side()) return fail(status->reason, status->text);
    if (!far_address_) return not_up();
    const bool pinged = ping();
    const bool moved = pinged && move_data();
    return take_down(moved);
  }

 private:
  /// Sockets made here stay in this namespace, although we go on to another.
  Status start_far_side() {
    if (Status status = enter_new_network()) return status;
    far_server_.emplace();

    PipeEnds output = make_pipe();
    std::vector<std::string> arguments{"tunppp", "sim", "--registration-delay", "1"};
    add(arguments, "--latency", options_.latency_milliseconds);
    add(arguments, "--loss", options_.loss);
    add(arguments, "--damage", options_.damage);
    add(arguments, "--baud", options_.baud);
    sim_.emplace(arguments, std::vector<std::pair<int, int>>{{output.write.get(), STDOUT_FILENO}});
    output.write.close();
    sim_output_.emplace(std::move(output.read));
    const std::string mark = "LINE=";
    while (const auto line = sim_output_->next(patience_.at_most(std::chrono::seconds(10)))) {
      if (!line->starts_with(mark)) continue;
      device_ = line->substr(mark.size());
      break;
    }
    return {};
  }

  Status start_near_side() {
    if (Status status = enter_new_network()) return status;
    near_pinger_.emplace();
    say(fmt::format("An emulated modem is on {}, in a network of its own. In another one:",
                    device_));

    PipeEnds events = make_pipe();
    constexpr int events_there = 3;
    std::vector<std::string> arguments{
        "tunppp", "dial", "--device", device_, "--modem",  "quectel-ec25",
        "--apn",  "demo", "--dns",    "none",  "--events", fmt::format("json:{}", events_there)};
    if (options_.verbose) arguments.push_back("-v");
    std::string command = arguments[0];
    for (std::size_t i = 1; i + 2 < arguments.size(); ++i) command += ' ' + arguments[i];
    say("$ " + command);
    dial_.emplace(arguments, std::vector<std::pair<int, int>>{{events.write.get(), events_there}});
    events.write.close();
    LineReader reader(std::move(events.read));
    if (const auto text =
            wait_for_remote_address(reader, patience_.at_most(std::chrono::seconds(60))))
      far_address_ = parse_ipv4(*text);
    return {};
  }

  static void add(std::vector<std::string>& arguments, const char* name, double value) {
    if (value <= 0) return;
    arguments.push_back(name);
    arguments.push_back(fmt::format("{}", value));
  }

  bool ping() {
    bool good = true;
    for (const std::size_t size : {small_packet, full_packet}) {
      const Pinger::Outcome outcome = near_pinger_->ping(*far_address_, pings, size, patience_);
      say(to_text(*far_address_, size, outcome));
      const bool loses = options_.loss > 0 || options_.damage > 0;
      good = good && outcome.answered >= (loses ? 1 : pings);
    }
    return good;
  }

  bool move_data() {
    for (const Way way : {Way::to_server, Way::from_server}) {
      const TransferOutcome outcome =
          transfer(*far_server_, *far_address_, way, options_.octets, patience_);
      say(to_text(way, outcome));
      if (!outcome.whole()) return false;
    }
    return true;
  }

  int take_down(bool good) {
    const int dial_code = dial_->end(SIGINT);
    const int sim_code = sim_->end(SIGTERM);
    if (interrupted) return broken("interrupted");
    if (!good) return broken("packets did not get across");
    if (dial_code != 0) return broken(fmt::format("tunppp dial ended with {}", dial_code));
    if (sim_code != 0) return broken(fmt::format("tunppp sim ended with {}", sim_code));
    say("Everything arrived as it was sent, and all is taken down.");
    return exit_code(EndReason::requested);
  }

  /// Why, it has said itself.
  int not_up() {
    const int code = dial_->end(SIGINT);
    sim_->end(SIGTERM);
    if (code == 0 || interrupted) return broken("the link did not come up");
    return code;
  }

  int broken(const std::string& what) {
    fmt::print(stderr, "tunppp: the demo failed: {}\n", what);
    return exit_code(interrupted ? EndReason::interrupted : EndReason::internal_error);
  }

  const DemoOptions& options_;
  Patience patience_;
  std::optional<TransferServer> far_server_;
  std::optional<Pinger> near_pinger_;
  std::optional<LineReader> sim_output_;  // open to the end, so that sim may write
  std::optional<Child> sim_;
  std::optional<Child> dial_;
  std::string device_;
  std::optional<Ipv4Address> far_address_;
};

}  // namespace

int run_demo(const DemoOptions& options) {
  if (!crypto::available())
    return fail(EndReason::usage, "this build has no SHA-256 (it was made without Botan)");
  if (Status status = check_tun()) return fail(status->reason, status->text);
  struct sigaction action {};
  action.sa_handler = interrupt;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
  return Demo(options).run();
}

}  // namespace tunppp::cli::demo
