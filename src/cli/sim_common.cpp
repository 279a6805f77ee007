#include "cli/sim_common.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace tunppp::cli {

void add_line_options(CLI::App& command, LineArguments& arguments) {
  sim::LineOptions& options = arguments.options;
  const auto probability = CLI::Range(0.0, 1.0);
  const auto share = [&](const char* name, double& value, const char* what) {
    command.add_option(name, value, what)->type_name("0..1")->check(probability)->group("Line");
  };
  command
      .add_option("--latency", arguments.latency_milliseconds, "Of each octet, in each direction")
      ->type_name("MILLISECONDS")
      ->check(CLI::Range(0.0, 1e6))
      ->group("Line");
  command.add_option("--baud", options.baud, "Pace of the line, 10 bits an octet; 0: none")
      ->type_name("RATE")
      ->check(CLI::Range(0, 1'000'000'000))
      ->group("Line");
  share("--damage", options.frame_damage, "Share of frames with bits flipped and octets lost");
  share("--loss", options.frame_loss, "Share of frames that do not arrive");
  share("--duplicate", options.frame_duplication, "Share of frames that arrive twice");
  share("--bit-errors", options.bit_errors, "Bit error rate");
  share("--octet-loss", options.octet_loss, "Share of octets that do not arrive");
  command.add_option("--seed", arguments.seed, "The same seed, the same bad luck")
      ->type_name("NUMBER")
      ->capture_default_str()
      ->group("Line");
}

sim::LineOptions line_options(const LineArguments& arguments) {
  sim::LineOptions options = arguments.options;
  options.latency = std::chrono::duration_cast<Duration>(
      std::chrono::duration<double, std::milli>(arguments.latency_milliseconds));
  return options;
}

std::string to_text(const sim::LineStatistics& it) {
  return fmt::format(
      "{} octets, {} frames; {} frames damaged, {} lost, {} duplicated; {} octets lost, {} bits "
      "flipped",
      it.octets_sent, it.frames, it.frames_damaged, it.frames_lost, it.frames_duplicated,
      it.octets_lost, it.bits_flipped);
}

void TimedLines::write(const std::string& text) {
  const double seconds = std::chrono::duration<double>(session::boot_time() - start_).count();
  output_.write(fmt::format("{:6.2f} s  {}\n", seconds, text));
}

}  // namespace tunppp::cli
