#include "support/residue.h"

#include "support/temp_directory.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

namespace tunppp::test {

namespace {

namespace fs = std::filesystem;

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

std::string command_of(const std::string& process) {
  std::string command = read_file("/proc/" + process + "/cmdline");
  std::replace(command.begin(), command.end(), '\0', ' ');
  if (command.empty()) command = "(ended) " + read_file("/proc/" + process + "/comm");
  while (!command.empty() && std::isspace(static_cast<unsigned char>(command.back())))
    command.pop_back();
  return command;
}

void add_processes(std::set<std::string>& found) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::string process = entry.path().filename();
    if (!is_number(process) || process == std::to_string(::getpid())) continue;
    auto command = command_of(process);
    if (fs::exists(entry.path())) found.insert("process " + process + ": " + command);
  }
}

void add_interfaces(std::set<std::string>& found) {
  auto* interfaces = ::if_nameindex();
  for (auto* i = interfaces; i && i->if_index; ++i)
    found.insert("interface " + std::string(i->if_name));
  ::if_freenameindex(interfaces);
}

void add_mounts(std::set<std::string>& found) {
  std::ifstream in("/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, point;
    fields >> id >> parent >> device >> root >> point;
    found.insert("mount " + point + " (" + device + " " + root + ")");
  }
}

void add_files(std::set<std::string>& found) {
  std::error_code ignored;
  for (auto i = fs::recursive_directory_iterator("/run", ignored);
       i != fs::recursive_directory_iterator(); i.increment(ignored)) {
    if (i->path().string().starts_with("/run/mount")) continue;  // the notebook of mount(8)
    found.insert("file " + i->path().string());
  }
}

// Processes that ended after their parents are ours to reap. Those in `before` belong to objects
// that outlive the test, and reap their own.
void reap_orphans(const std::set<std::string>& before) {
  siginfo_t ended{};
  std::set<pid_t> known;
  for (const auto& line : before) {
    if (line.starts_with("process ")) known.insert(std::stoi(line.substr(8)));
  }
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::string process = entry.path().filename();
    if (!is_number(process) || known.contains(std::stoi(process))) continue;
    ::waitid(P_PID, static_cast<id_t>(std::stoi(process)), &ended, WEXITED | WNOHANG);
  }
}

class ResidueListener : public testing::EmptyTestEventListener {
 public:
  void OnTestSuiteStart(const testing::TestSuite&) override { before_suite_ = inventory(); }
  void OnTestStart(const testing::TestInfo&) override { before_test_ = inventory(); }
  void OnTestEnd(const testing::TestInfo&) override { compare(before_test_); }
  void OnTestSuiteEnd(const testing::TestSuite&) override { compare(before_suite_); }

 private:
  static void compare(const std::set<std::string>& before) {
    auto residue = residue_since(before);
    if (!residue.empty()) ADD_FAILURE() << "left behind:\n" << residue;
  }

  std::set<std::string> before_suite_;
  std::set<std::string> before_test_;
};

}  // namespace

std::set<std::string> inventory() {
  std::set<std::string> found;
  add_processes(found);
  add_interfaces(found);
  add_mounts(found);
  add_files(found);
  return found;
}

std::string residue_since(const std::set<std::string>& before, Timeout patience) {
  std::set<std::string> residue;
  eventually(
      [&] {
        reap_orphans(before);
        residue.clear();
        std::ranges::set_difference(inventory(), before, std::inserter(residue, residue.end()));
        return residue.empty();
      },
      patience);
  std::string text;
  for (const auto& line : residue) text += line + "\n";
  return text;
}

void forbid_residue() {
  testing::UnitTest::GetInstance()->listeners().Append(new ResidueListener);
}

}  // namespace tunppp::test
