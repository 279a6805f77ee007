#include <tunppp/kernel.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "cli/command.h"
#include "cli/doctor_report.h"
#include "cli/exit_codes.h"
#include "doctor/catalogue.h"

namespace tunppp::cli {
namespace {

constexpr const char* about =
    "PPP over a modem or any serial line, in userspace, with a TUN interface.";

/// tunppp help exit-codes and doctor-findings, and tunppp help COMMAND for those who try it.
Command add_help(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("help", "Help on a command, on exit-codes or doctor-findings");
  auto topic = std::make_shared<std::string>();
  auto markdown = std::make_shared<bool>(false);
  command->add_option("topic", *topic, "A command, exit-codes or doctor-findings");
  command->add_flag("--markdown", *markdown,
                    "exit-codes as the page docs/EXIT_CODES.md, doctor-findings as docs/DOCTOR.md");
  return {command, [&program, topic, markdown] {
            if (topic->empty()) {
              std::cout << program.help();
            } else if (*topic == "exit-codes") {
              std::cout << (*markdown ? exit_codes_markdown() : exit_codes_text());
            } else if (*topic == "doctor-findings") {
              std::cout << (*markdown ? doctor::catalogue_markdown() : doctor_findings_text());
            } else {
              const std::vector<CLI::App*> found =
                  program.get_subcommands([&](CLI::App* it) { return it->get_name() == *topic; });
              if (found.empty()) return fail(EndReason::usage, "there is no command " + *topic);
              std::cout << found.front()->help(program.get_name());
            }
            return 0;
          }};
}

/// The exit code of a command, if what it said has reached somebody. A reader that has gone away
/// knows enough.
int told(int code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return code;
  if (errno == EPIPE) return code;
  const std::string why =
      errno != 0 ? std::generic_category().message(errno) : "an earlier write failed";
  return fail(EndReason::usage, "cannot write to standard output: " + why);
}

int parse_and_run(int argc, char** argv) {
  CLI::App program(about, "tunppp");
  program.set_version_flag("--version", "tunppp " TUNPPP_VERSION);
  program.set_help_all_flag("--help-all", "All help, of all commands and of the exit codes");
  program.require_subcommand(1);
  program.footer("tunppp help exit-codes lists the exit codes.");

  const std::vector<Command> commands{add_dial(program), add_serve(program),  add_sim(program),
                                      add_at(program),   add_detect(program), add_doctor(program),
                                      add_demo(program), add_help(program)};
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForAllHelp&) {
    std::cout << program.help("", CLI::AppFormatMode::All) << '\n' << exit_codes_text();
    return 0;
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : exit_code(EndReason::usage);
  }

  if (const std::string error = kernel_override_error(); !error.empty())
    return fail(EndReason::usage, error);
  for (const Command& command : commands)
    if (command.app->parsed()) return told(command.run());
  return exit_code(EndReason::usage);
}

}  // namespace
}  // namespace tunppp::cli

int main(int argc, char** argv) {
  // A tty that gets the number of standard output would be told what is printed.
  while (true) {
    const int fd = ::open("/dev/null", O_RDWR);
    if (fd < 0 || fd > 2) {
      if (fd > 2) ::close(fd);
      break;
    }
  }
  // A reader that goes away is told by the error of the write.
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return tunppp::cli::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    return tunppp::cli::fail(tunppp::EndReason::internal_error, error.what());
  }
}
