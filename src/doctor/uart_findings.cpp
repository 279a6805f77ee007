#include <algorithm>

#include "doctor/examination.h"

// A modem wired to a UART shares it with nobody: not with the kernel's console, nor a login.
namespace tunppp::doctor {
namespace {

using detect::Candidate;

/// The argument that makes it a console, as the kernel or as Raspberry Pi's firmware names it.
const KernelArgument* console_argument(const Examination& examination, const Candidate& uart) {
  for (const KernelArgument& argument : examination.kernel.arguments()) {
    if (argument.name != "console") continue;
    const std::string name = argument.value.substr(0, argument.value.find(','));
    if (name == uart.tty || examination.system.link_name("/dev/" + name) == uart.tty)
      return &argument;
  }
  return nullptr;
}

void examine_console(Examination& examination, const Candidate& uart) {
  const KernelArgument* argument = console_argument(examination, uart);
  std::vector<Evidence> seen;
  if (argument) seen.push_back({"/proc/cmdline", argument->text});
  const std::string path = "/sys/class/tty/" + uart.tty + "/console";
  if (const std::string console = examination.system.line(path); console == "Y")
    seen.push_back({path, console});
  if (seen.empty()) seen.push_back({"/sys/class/tty/console/active", uart.tty});
  const Severity severity = uart.device == examination.device ? Severity::error : Severity::warning;
  examination.add(Cause::uart_console, severity, std::move(seen),
                  {{"tty", uart.device},
                   {"name", uart.tty},
                   {"argument", argument ? argument->text : "console=" + uart.tty}});
}

}  // namespace

void examine_uarts(Examination& examination) {
  // With a modem on USB nobody asks for UARTs.
  const bool named = examination.is_about_another_line();
  if (!named && !examination.inventory.modems.empty()) return;
  for (const Candidate& candidate : examination.inventory.candidates) {
    if (!candidate.is_uart() || (named && candidate.device != examination.device)) continue;
    if (candidate.console) examine_console(examination, candidate);
    if (candidate.driver == "bcm2835-aux-uart")
      examination.add(Cause::uart_mini, {{"/sys/class/tty/" + candidate.tty, candidate.driver}},
                      {{"tty", candidate.device}});
  }
}

}  // namespace tunppp::doctor
