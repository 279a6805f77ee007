#pragma once

#include <functional>

// Including CLI11 costs seconds a file; only those that add options do.
namespace CLI {
class App;
}

namespace tunppp::cli {

/// A subcommand: its options are in `app`, and `run` does it once they are parsed. What run()
/// returns is the exit code.
struct Command {
  CLI::App* app;
  std::function<int()> run;
};

/// Each is in command_<name>.cpp.
Command add_dial(CLI::App& program);
Command add_serve(CLI::App& program);
Command add_sim(CLI::App& program);
Command add_at(CLI::App& program);
Command add_detect(CLI::App& program);
Command add_doctor(CLI::App& program);
Command add_demo(CLI::App& program);

}  // namespace tunppp::cli
