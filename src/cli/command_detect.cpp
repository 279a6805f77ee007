#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/detect_report.h"
#include "cli/exit_codes.h"
#include "cli/probe_modem.h"
#include "detect/guess.h"
#include "detect/line_choice.h"
#include "tty/system_tree.h"

namespace tunppp::cli {
namespace {

struct DetectArguments {
  bool json = false;
  bool probe = false;
  std::string sysroot = "/";
};

int run_detect(const DetectArguments& arguments) {
  const tty::SystemTree system{arguments.sysroot};
  if (!system.is_there())
    return fail(EndReason::usage, fmt::format("--sysroot: {} is not a directory that can be read",
                                              arguments.sysroot));
  if (!system.exists("/sys"))
    return fail(EndReason::usage, fmt::format("there is no sys in {}, so nothing to look at",
                                              system.root().string()));
  if (arguments.probe && !system.is_machine())
    return fail(EndReason::usage,
                "a copy of a system's files cannot be asked: --probe and "
                "--sysroot exclude each other");

  Detected detected{.inventory = detect::find_modems(system), .probes = {}};
  for (detect::ModemDevice& modem : detected.inventory.modems) {
    if (!arguments.probe || !detect::is_guessed(modem)) continue;
    const std::vector<PortProbe> probes = probe_ports(modem);
    if (probes.back().result == PortProbe::Result::interrupted)
      return fail(EndReason::interrupted,
                  "interrupted while " + probes.back().device + " was asked");
    detected.probes.insert(detected.probes.end(), probes.begin(), probes.end());
  }

  if (arguments.json)
    fmt::print("{}\n", detect_json(detected));
  else
    fmt::print("{}", detect_text(detected));
  const Result<detect::LineChoice> line = detect::choose_line(detected.inventory);
  const bool none = !line && line.failure().reason == EndReason::no_modem;
  return exit_code(none ? EndReason::no_modem : EndReason::requested);
}

}  // namespace

Command add_detect(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "detect", "Which modems are here, what their ports are for, and which tunppp would use");
  auto arguments = std::make_shared<DetectArguments>();
  command->add_flag("--json", arguments->json, "One JSON object instead; see docs/DETECT.md");
  command
      ->add_option("--sysroot", arguments->sysroot,
                   "Look at a copy of another system's files: DIR/sys, DIR/dev, DIR/proc")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_flag("--probe", arguments->probe,
                    "Ask the ports of modems that are not known AT, until one answers; ports that "
                    "other programs hold are left alone");
  command->footer(
      "Without --probe it opens no port. Exit code 0: there is a modem that could be dialled; 35: "
      "there is none; 2: it could not look.");
  return {command, [arguments] { return run_detect(*arguments); }};
}

}  // namespace tunppp::cli
