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

std::set<pid_t> processes_in(const std::set<std::string>& found) {
  std::set<pid_t> processes;
  for (const auto& line : found) {
    if (line.starts_with("process ")) processes.insert(std::stoi(line.substr(8)));
  }
  return processes;
}

pid_t parent_of(pid_t process) {
  // "pid (command) state parent ...", and the command may contain anything.
  std::string stat = read_file("/proc/" + std::to_string(process) + "/stat");
  std::istringstream rest(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
  std::string state;
  pid_t parent = 0;
  rest >> state >> parent;
  return parent;
}

// What a process that was there before has started since is its own business, such as the
// processes of a guest. Orphans are ours.
void forget_descendants(std::set<std::string>& residue, const std::set<pid_t>& known) {
  std::erase_if(residue, [&](const std::string& line) {
    if (!line.starts_with("process ")) return false;
    for (pid_t process = std::stoi(line.substr(8)); process > 1; process = parent_of(process)) {
      if (process == ::getpid()) return false;
      if (known.contains(process)) return true;
    }
    return false;
  });
}

// Processes that ended after their parents are ours to reap. Those in `before` belong to objects
// that outlive the test, and reap their own.
void reap_orphans(const std::set<pid_t>& known) {
  siginfo_t ended{};
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
  const auto known = processes_in(before);
  std::set<std::string> residue;
  eventually(
      [&] {
        reap_orphans(known);
        residue.clear();
        std::ranges::set_difference(inventory(), before, std::inserter(residue, residue.end()));
        forget_descendants(residue, known);
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
