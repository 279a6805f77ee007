#include <fmt/format.h>
#include <tunppp/dialer.h>
#include <unistd.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/at_batch.h"
#include "cli/at_client.h"
#include "cli/at_direct.h"
#include "cli/at_terminal.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "tty/serial_port.h"

namespace tunppp::cli {
namespace {

struct AtArguments {
  std::string device;
  std::string interface {};
  std::string sockets = DialerOptions().at_socket_directory;
  std::uint32_t baud = 115200;
  bool force = false;
  unsigned wait = 0;
  std::vector<std::string> commands;
};

using LineResult = Result<std::unique_ptr<AtLine>>;

/// The session that holds it, or the tty itself.
LineResult open_line(session::Loop& loop, const AtArguments& arguments) {
  const auto through = [&](session::at::Descriptor socket) -> LineResult {
    return std::unique_ptr<AtLine>(
        std::make_unique<AtClient>(loop, std::move(socket), arguments.force));
  };
  if (!arguments.interface.empty()) {
    Result<session::at::Descriptor> socket =
        session_of_interface(arguments.sockets, arguments.interface);
    if (!socket) return socket.failure();
    return through(std::move(*socket));
  }
  if (auto socket = session_that_holds(arguments.sockets, arguments.device))
    return through(std::move(*socket));
  Result<tty::SerialPort> port =
      tty::SerialPort::open(arguments.device, {.baud = arguments.baud, .discard_input = true});
  if (!port) return port.failure();
  for (const std::string& warning : port->warnings()) fmt::print(stderr, "tunppp: {}\n", warning);
  return std::unique_ptr<AtLine>(std::make_unique<AtDirect>(loop, std::move(*port)));
}

int run_at(const AtArguments& arguments) {
  if (arguments.device.empty() == arguments.interface.empty())
    return fail(EndReason::usage,
                "either --device TTY or --interface NAME of a session is needed; tunppp detect "
                "shows which ttys there are");
  session::Loop loop;
  LineResult line = open_line(loop, arguments);
  if (!line && !arguments.interface.empty())
    return failed(line.failure().reason, line.failure().text);
  if (!line) return fail(line.failure().reason, line.failure().text);
  const std::chrono::seconds wait(arguments.wait);
  const bool from_input = arguments.commands.empty()
                              ? !::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO)
                              : arguments.commands == std::vector<std::string>{"-"};
  if (from_input) return run_at_input(loop, **line, wait);
  if (!arguments.commands.empty()) return run_at_commands(loop, **line, arguments.commands, wait);
  return run_at_terminal(loop, **line,
                         arguments.device.empty() ? arguments.interface : arguments.device);
}

}  // namespace

Command add_at(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "at", "Send AT commands to a modem, one after another, and show what it says");
  auto arguments = std::make_shared<AtArguments>();
  command
      ->add_option("--device", arguments->device,
                   "The modem's tty; one that a session of tunppp holds is reached through it")
      ->type_name("TTY");
  command
      ->add_option("--interface", arguments->interface,
                   "The network interface of a session, such as ppp0, whose modem is meant")
      ->type_name("NAME");
  command->add_option("--baud", arguments->baud, "Speed of the tty; USB does not care")
      ->type_name("RATE")
      ->check(CLI::Range(50, 100'000'000))
      ->capture_default_str();
  command->add_option("--at-sockets", arguments->sockets, "Where sessions are looked for")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_flag("--force", arguments->force,
                    "Send what would end the connection of a session, too");
  command
      ->add_option("--wait", arguments->wait,
                   "Stay so long after the last command, for what the modem says by itself: the "
                   "answer to AT+CUSD comes that way")
      ->type_name("SECONDS")
      ->check(CLI::Range(0u, 86400u));
  command->add_option("commands", arguments->commands,
                      "AT+CSQ 'AT+COPS?' ...; without any they are typed, or read from standard "
                      "input line by line; - is standard input in any case");
  command->footer(
      "Unsolicited codes are marked with *. It ends at the first command that fails, "
      "unless they are typed. See docs/AT.md.");
  return {command, [arguments] { return run_at(*arguments); }};
}

}  // namespace tunppp::cli
