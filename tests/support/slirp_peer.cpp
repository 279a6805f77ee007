#include "support/slirp_peer.h"

#include <stdexcept>

namespace tunppp::test {

namespace {

std::vector<std::string> command_line(const SlirpPeerOptions& options, const std::string& state) {
  std::vector<std::string> words = {TUNPPP_PEERS_DIR "/slirp-peer.sh", "-F"};
  if (!options.banner) words.push_back("-c");
  words.push_back(state);
  words.insert(words.end(), options.slirp.begin(), options.slirp.end());
  return words;
}

ProcessOptions process_options(const SlirpPeerOptions& options, const std::string& network) {
  ProcessOptions process{.network_namespace = network};
  if (!options.secret.empty()) process.environment.push_back("SLIRP_SECRET=" + options.secret);
  return process;
}

}  // namespace

SlirpPeer::SlirpPeer(SlirpPeerOptions options, const std::string& network_namespace)
    : script_(command_line(options, state_.path()), process_options(options, network_namespace)) {
  auto started = script_.wait_for_output("LINE=(/\\S+) PID=");
  if (!started) {
    throw std::runtime_error("the peer slirp does not start: " + script_.out() + script_.err() +
                             log());
  }
  line_ = started->at(1);
  version_ = "slirp " + run({"dpkg-query", "-W", "-f=${Version}", "slirp"}).out;
}

SlirpPeer::~SlirpPeer() {
  stop();
}

std::string SlirpPeer::log() const {
  return read_file(state_.path() / "slirp.log") + read_file(state_.path() / "slirp_pppdebug") +
         read_file(state_.path() / "socat.log");
}

void SlirpPeer::stop() {
  script_.terminate();
}

}  // namespace tunppp::test
