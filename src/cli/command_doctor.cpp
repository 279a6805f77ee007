#include <fmt/format.h>
#include <tunppp/dialer.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/ask_modem.h"
#include "cli/command.h"
#include "cli/doctor_report.h"
#include "cli/exit_codes.h"
#include "detect/line_choice.h"
#include "detect/modems.h"
#include "doctor/collect.h"
#include "doctor/examine.h"
#include "tty/manifest.h"
#include "tty/system_tree.h"

namespace tunppp::cli {
namespace {

// Its own codes, so that scripts need no more than "is anything in the way".
constexpr int nothing_in_the_way = 0;
constexpr int something_in_the_way = 1;
constexpr int could_not_look = 2;

struct DoctorArguments {
  bool json = false;
  std::string sysroot = "/";
  std::string device;
  std::uint32_t baud = 115200;
  std::string collect;
  std::string sockets = DialerOptions().at_socket_directory;
};

/// Empty: it can be looked at.
std::string cannot_look_at(const tty::SystemTree& system) {
  if (!system.is_there())
    return fmt::format("--sysroot: {} is not a directory that can be read", system.root().string());
  if (!system.exists("/sys") && !system.exists("/proc"))
    return fmt::format("--sysroot: {} is no copy of a system's files: it has neither sys nor proc",
                       system.root().string());
  return {};
}

int collect(const DoctorArguments& arguments, const tty::SystemTree& system) {
  const Result<doctor::Collection> made = doctor::collect_into(arguments.collect, system);
  if (!made) return fail(made.failure().reason, made.failure().text);
  const bool onto_output = arguments.collect == "-";
  const std::string file = onto_output ? "copy.tar" : arguments.collect;
  std::FILE* const people = onto_output ? stderr : stdout;
  fmt::print(people, "{}: {} files; serial numbers, addresses and command lines are masked.\n",
             onto_output ? "standard output" : file, made->files);
  if (!made->complete)
    fmt::print(people, "There was more than a copy may hold: some files are left out.\n");
  fmt::print(people,
             "Look into it before you send it: tar -tvf {0}\n"
             "To examine it: mkdir copy; tar -xf {0} -C copy; tunppp doctor --sysroot copy\n",
             file);
  return nothing_in_the_way;
}

/// A place on USB means the port for PPP of the modem there, as it does for dial; where that has no
/// such port, all of the system is looked at for the reason.
Result<std::string> named_tty(const std::string& device, const tty::SystemTree& system,
                              const detect::Inventory& inventory) {
  if (device.empty()) return std::string();
  if (const auto line = detect::find_line(system, inventory, device))
    return doctor::tty_of(system, line->device);
  for (const detect::ModemDevice& modem : inventory.modems)
    if (modem.usb_path == device) return std::string();
  return Failure{
      EndReason::usage,
      {},
      fmt::format("--device: no modem is at USB {}; tunppp detect lists what is there", device)};
}

/// Without a device the first that can be dialled is asked.
std::vector<std::string> other_modems(const detect::Inventory& inventory) {
  std::vector<std::string> places;
  for (const detect::ModemDevice& modem : inventory.modems)
    if (modem.ppp) places.push_back(modem.usb_path);
  if (!places.empty()) places.erase(places.begin());
  return places;
}

int run_doctor(const DoctorArguments& arguments) {
  tty::SystemTree system{arguments.sysroot};
  if (const std::string why = cannot_look_at(system); !why.empty())
    return fail(EndReason::usage, why);
  tty::load_manifest(system);
  if (!arguments.collect.empty()) return collect(arguments, system);

  const detect::Inventory inventory = detect::find_modems(system);
  const Result<std::string> device = named_tty(arguments.device, system, inventory);
  if (!device) return fail(device.failure().reason, device.failure().text);
  Examined examined{.root = system.root(),
                    .findings = doctor::examine(system, inventory, {.device = *device})};
  if (device->empty()) examined.other_modems = other_modems(inventory);
  if (const auto line = detect::choose_line(inventory))
    examined.dialled = fmt::format("{}: {}", line->device, line->why);
  if (system.is_machine())
    ask_modem(inventory, *device, {arguments.baud, arguments.sockets}, examined);
  if (examined.interrupted) {
    fmt::print(stderr, "tunppp: interrupted while the modem was asked\n");
    return could_not_look;
  }
  if (arguments.json)
    fmt::print("{}\n", doctor_json(examined));
  else
    fmt::print("{}", doctor_text(examined));
  return doctor::is_in_the_way(examined.findings) ? something_in_the_way : nothing_in_the_way;
}

}  // namespace

Command add_doctor(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "doctor", "What is in the way of a connection, what that means, and what to do");
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::Option* json =
      command->add_flag("--json", arguments->json, "One JSON object instead; see docs/DOCTOR.md");
  CLI::Option* sysroot =
      command
          ->add_option("--sysroot", arguments->sysroot,
                       "Examine a copy of another system's files: DIR/sys, DIR/proc, DIR/dev, "
                       "DIR/boot, DIR/lib/modules; nothing of this machine is touched")
          ->type_name("DIR")
          ->capture_default_str();
  CLI::Option* device =
      command
          ->add_option(
              "--device", arguments->device,
              "Examine this tty first, and the modem behind it (or the modem at a place on "
              "USB: 1-1.3); without it, those of the modem that is found")
          ->type_name("TTY");
  command->add_option("--baud", arguments->baud, "Speed of the tty of --device; USB does not care")
      ->type_name("RATE")
      ->check(CLI::Range(50, 100'000'000))
      ->capture_default_str()
      ->needs(device)
      ->excludes(sysroot);
  command
      ->add_option("--at-sockets", arguments->sockets,
                   "Where a session is looked for that holds the modem and lends its AT port")
      ->type_name("DIR")
      ->capture_default_str()
      ->excludes(sysroot);
  command
      ->add_option("--collect", arguments->collect,
                   "Write a copy of what is looked at into a new archive, for --sysroot on another "
                   "machine; serial numbers, addresses and command lines are masked; - is standard "
                   "output")
      ->type_name("FILE.tar")
      ->excludes(device)
      ->excludes(json);
  command->footer(
      "Exit code 0: nothing is in the way (notes do not count); 1: there are errors or warnings; "
      "2: it could not look. All that can be found: tunppp help doctor-findings.");
  return {command, [arguments] { return run_doctor(*arguments); }};
}

}  // namespace tunppp::cli
