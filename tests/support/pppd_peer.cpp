#include "support/pppd_peer.h"

#include <signal.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tunppp::test {

namespace {

std::string quoted(const std::string& word) {
  std::string result = "'";
  for (char c : word) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

std::vector<std::string> command_line(const PppdPeerOptions& options, const std::string& state) {
  std::vector<std::string> words = {TUNPPP_PEERS_DIR "/pppd-peer.sh", "run", "-F", "-s", state};
  auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  for (const auto& line : options.secrets) add("-S", line);
  for (const auto& [guest, here] : options.files) add("-f", guest + "=" + here);
  add("-i", options.before);
  add("-u", options.ip_up);
  if (options.respawn) words.push_back("-r");
  if (options.hang_up) words.push_back("-h");
  if (!options.tty.empty()) add("-c", "tty:" + options.tty);
  words.push_back("--");
  words.insert(words.end(), options.pppd.begin(), options.pppd.end());
  return words;
}

}  // namespace

PppdPeer::PppdPeer(PppdPeerOptions options)
    : console_(state_.path() / "console.log"), script_(command_line(options, state_.path())) {
  // The first start on a machine downloads and builds the guest.
  auto ids =
      script_.wait_for_output("LINE0=(?:tty:)?(\\S+) .*PID=(\\d+)\n", std::chrono::minutes(3));
  if (!ids) {
    throw std::runtime_error("the peer pppd does not start: " + script_.out() + script_.err());
  }
  line_ = ids->at(1);
  pid_ = std::stoi(ids->at(2));
  auto ready = wait_for("init ready, kernel (\\S+), (pppd version [^\\s]+)");
  if (!ready || !wait_for("start pppd on")) {
    stop();
    throw std::runtime_error("the peer pppd does not come up:\n" + console() + script_.err());
  }
  version_ = ready->at(2) + ", kernel " + ready->at(1) + " (User Mode Linux)";
}

PppdPeer::~PppdPeer() {
  stop();
}

std::optional<std::vector<std::string>> PppdPeer::wait_for(const std::string& pattern,
                                                           Timeout timeout,
                                                           std::size_t from) const {
  return console_.wait_for(pattern, pid_, timeout, from);
}

Completed PppdPeer::guest(const std::string& command, Timeout timeout) {
  // pppd writes to the console, too: our lines carry a mark, and the last one the exit code.
  std::string tag = "g" + std::to_string(++commands_);
  auto from = mark();
  {
    std::ofstream control(state_.path() / "ctl");
    control << "( " << command << " ) >/tmp/" << tag << " 2>&1; rc=$?; sed 's/^/[" << tag
            << "] /' /tmp/" << tag << "; echo \"[" << tag << " ended $rc]\"\n";
  }
  Completed completed;
  if (auto end = wait_for("\\[" + tag + " ended (\\d+)\\]", timeout, from)) {
    completed.status = exited(std::stoi(end->at(1)));
  }
  std::istringstream lines(console().substr(from));
  std::string mark = "[" + tag + "] ";
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with(mark)) completed.out += line.substr(mark.size()) + "\n";
  }
  return completed;
}

void PppdPeer::hold() {
  // A pppd that is about to start cannot be killed yet: until the loop that starts it says it waits.
  guest(
      "rm -f /etc/ppp/held; touch /etc/ppp/hold; "
      "while [ ! -e /etc/ppp/held ] || pidof pppd; do killall -9 pppd; usleep 20000; done");
}

std::size_t PppdPeer::restart(const std::vector<std::string>& options,
                              const std::vector<std::string>& secrets) {
  hold();
  std::string command = ": >/etc/ppp/chap-secrets";
  for (const auto& line : secrets) command += "; echo " + quoted(line) + " >>/etc/ppp/chap-secrets";
  command += "; cp /etc/ppp/chap-secrets /etc/ppp/pap-secrets; echo set --";
  for (const auto& option : options) command += " " + quoted(quoted(option));
  command += " >/etc/ppp/peer.args; rm /etc/ppp/hold";
  auto from = mark();
  auto done = guest(command);
  if (!done.ok() || !wait_for("start pppd on", std::chrono::seconds(10), from)) {
    throw std::runtime_error("pppd does not start again in the peer:\n" + console().substr(from));
  }
  return from;
}

void PppdPeer::stop() {
  // To the guest itself: it takes its helpers along, which a SIGKILL would leave.
  if (script_.running() && pid_ > 0) ::kill(pid_, SIGTERM);
  script_.wait();
  pid_ = -1;
}

}  // namespace tunppp::test
