#include "cli/command_sim_line.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_codes.h"
#include "cli/signal_watch.h"
#include "cli/sim_common.h"
#include "session/fd_pipe.h"
#include "sim/line_relay.h"
#include "sim/pty.h"
#include "tty/serial_port.h"

namespace tunppp::cli {
namespace {

struct LineCommandArguments {
  LineArguments line;
  std::vector<std::string> ttys;
  std::string link;
};

/// A tty that others have made.
struct Tty {
  tty::SerialPort port;
  session::FdPipe pipe;
  Tty(session::Loop& loop, tty::SerialPort opened)
      : port(std::move(opened)), pipe(loop, port.fd()) {}
};

Result<std::unique_ptr<Tty>> open_tty(session::Loop& loop, const std::string& path) {
  Result<tty::SerialPort> port = tty::SerialPort::open(path, {});
  if (!port) return port.failure();
  return std::make_unique<Tty>(loop, std::move(*port));
}

class Relay final : private sim::LineRelay::Owner, private sim::Pty::Observer {
 public:
  Relay(session::Loop& loop, const LineCommandArguments& arguments)
      : loop_(loop), arguments_(arguments) {}

  int run() {
    if (Status status = open()) return fail(status->reason, status->text);
    sim::LineRelay::Owner& owner = *this;
    Pipe& b = pty_ ? static_cast<Pipe&>(*pty_) : b_->pipe;
    relay_.emplace(loop_, a_->pipe, b, line_options(arguments_.line), arguments_.line.seed, owner);
    relay_->start();
    if (pty_) lines_.write_bare("LINE=" + pty_->path());
    lines_.write(fmt::format("the line is up: {} to {}", arguments_.ttys[0],
                             pty_ ? pty_->path() : arguments_.ttys[1]));
    loop_.run();
    report();
    return exit_code(ended_);
  }

 private:
  Status open() {
    Result<std::unique_ptr<Tty>> a = open_tty(loop_, arguments_.ttys[0]);
    if (!a) return a.failure();
    a_ = std::move(*a);
    if (arguments_.ttys.size() > 1) {
      Result<std::unique_ptr<Tty>> b = open_tty(loop_, arguments_.ttys[1]);
      if (!b) return b.failure();
      b_ = std::move(*b);
      return {};
    }
    Result<std::unique_ptr<sim::Pty>> pty = sim::Pty::create(loop_, arguments_.link);
    if (!pty) return pty.failure();
    pty_ = std::move(*pty);
    pty_->observe(this);
    return {};
  }

  void relay_closed(sim::LineEnd end, std::error_code) override {
    lines_.write(fmt::format("{} was hung up", arguments_.ttys[end == sim::LineEnd::a ? 0 : 1]));
    ended_ = EndReason::carrier_lost;
    loop_.stop();
  }
  void pty_opened() override { lines_.write("the pty was opened"); }
  void pty_closed() override { lines_.write("the pty was closed"); }

  void report() {
    for (const sim::LineEnd end : {sim::LineEnd::a, sim::LineEnd::b}) {
      const std::string from = end == sim::LineEnd::a ? arguments_.ttys[0]
                               : pty_                 ? pty_->path()
                                                      : arguments_.ttys[1];
      lines_.write("from " + from + ": " + to_text(relay_->line().from(end).statistics()));
    }
  }

  session::Loop& loop_;
  const LineCommandArguments& arguments_;
  TimedLines lines_;
  std::unique_ptr<Tty> a_;
  std::unique_ptr<Tty> b_;
  std::unique_ptr<sim::Pty> pty_;
  std::optional<sim::LineRelay> relay_;
  EndReason ended_ = EndReason::requested;
};

int run_line(const LineCommandArguments& arguments) {
  session::Loop loop;
  const SignalWatch signals(loop, [&loop] { loop.stop(); });
  return Relay(loop, arguments).run();
}

}  // namespace

Command add_sim_line(CLI::App& sim) {
  CLI::App* command = sim.add_subcommand(
      "line", "A line that delays, loses and damages, between a tty and a pty or another tty");
  auto arguments = std::make_shared<LineCommandArguments>();
  command
      ->add_option("--between", arguments->ttys,
                   "One tty: the other end is a pty of the line's own, printed as LINE=; or two")
      ->type_name("TTY [TTY]")
      ->required()
      ->expected(1, 2);
  command->add_option("--link", arguments->link, "A symbolic link to that pty")->type_name("PATH");
  add_line_options(*command, arguments->line);
  return {command, [arguments] { return run_line(*arguments); }};
}

}  // namespace tunppp::cli
