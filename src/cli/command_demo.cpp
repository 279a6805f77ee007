#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>

#include "cli/command.h"
#include "cli/demo/demo.h"

namespace tunppp::cli {

Command add_demo(CLI::App& program) {
  CLI::App* command = program.add_subcommand(
      "demo", "Show it all without hardware: dial an emulated modem and move data across");
  auto options = std::make_shared<demo::DemoOptions>();
  const auto share = CLI::Range(0.0, 0.5);
  command->add_option("--bytes", options->octets, "How much to move by TCP, each way")
      ->type_name("COUNT")
      ->check(CLI::Range(1.0, 1e12))
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  command->add_option("--latency", options->latency_milliseconds, "Of the line, in each direction")
      ->type_name("MILLISECONDS")
      ->check(CLI::Range(0.0, 10e3));
  command->add_option("--loss", options->loss, "Share of frames that the line loses")
      ->type_name("0..0.5")
      ->check(share);
  command->add_option("--damage", options->damage, "Share of frames that the line damages")
      ->type_name("0..0.5")
      ->check(share);
  command->add_option("--baud", options->baud, "Pace of the line; 0: none")
      ->type_name("RATE")
      ->check(CLI::Range(0, 1'000'000'000));
  command->add_flag("-v,--verbose", options->verbose, "Show AT dialogue and PPP control packets");
  return {command, [options] { return demo::run_demo(*options); }};
}

}  // namespace tunppp::cli
