#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "modem/at_script.h"
#include "session/fd_pipe.h"
#include "session/modem_talk.h"
#include "tty/serial_port.h"

namespace tunppp::cli {
namespace {

struct AtArguments {
  std::string device;
  std::uint32_t baud = 115200;
  std::vector<std::string> commands;
};

void show(const modem::ModemEvent& event) {
  using Kind = modem::ModemEvent::Kind;
  if (event.kind == Kind::received) fmt::print("{}\n", event.text);
  if (event.kind == Kind::unsolicited) fmt::print("* {}\n", event.text);
  std::fflush(stdout);
}

int run_at(const AtArguments& arguments) {
  Result<tty::SerialPort> port = tty::SerialPort::open(arguments.device, {.baud = arguments.baud});
  if (!port) return fail(port.failure().reason, port.failure().text);
  session::Loop loop;
  session::FdPipe pipe(loop, port->fd());
  modem::AtScript script(arguments.commands);
  session::ModemTalk<modem::AtScript> talk(loop, pipe, script, show, [&loop] { loop.stop(); });
  talk.start();
  if (!talk.over()) loop.run();
  if (!script.outcome()) return fail(EndReason::carrier_lost, "the tty was hung up");
  if (!script.outcome()->failure) return exit_code(EndReason::requested);
  return fail(*script.outcome()->failure, script.outcome()->text);
}

}  // namespace

Command add_at(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "at", "Send AT commands to a modem, one after another, and show what it says");
  auto arguments = std::make_shared<AtArguments>();
  command->add_option("--device", arguments->device, "The modem's tty")
      ->type_name("TTY")
      ->required();
  command->add_option("--baud", arguments->baud, "Speed of the tty; USB does not care")
      ->type_name("RATE")
      ->capture_default_str();
  command->add_option("commands", arguments->commands, "AT+CSQ 'AT+COPS?' ...")->required();
  command->footer("Unsolicited codes are marked with *. It ends at the first command that fails.");
  return {command, [arguments] { return run_at(*arguments); }};
}

}  // namespace tunppp::cli
