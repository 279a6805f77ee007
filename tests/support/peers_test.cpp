// The peers themselves: they come up, answer, and go without a trace.
#include "support/network_namespace.h"
#include "support/pppd_peer.h"
#include "support/pty_pair.h"
#include "support/slirp_peer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

// Reads the line until `wanted` came, or the time is over; returns what came.
std::string read_line_until(const std::string& path, const std::string& wanted, Timeout timeout) {
  int line = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  Deadline deadline(timeout);
  std::string text;
  while (text.find(wanted) == std::string::npos && !deadline.passed()) {
    pollfd file{line, POLLIN, 0};
    if (::poll(&file, 1, deadline.poll_milliseconds()) <= 0) continue;
    char buffer[4096];
    auto count = ::read(line, buffer, sizeof buffer);
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(line);
  return text;
}

// A frame of LCP with the escapes that an ACCM of all ones asks for: 7e ff 7d 23 c0 21.
const std::string lcp = "\x7e\xff\x7d\x23\xc0\x21";

TEST(PppdPeer, SpeaksPppAndTakesCommands) {
  PppdPeer peer({.pppd = {"debug", "noauth"}, .respawn = true});
  std::printf("peer: %s\n", peer.version().c_str());
  EXPECT_NE(peer.version().find("2.4.9"), std::string::npos);
  EXPECT_NE(read_line_until(peer.line(), lcp, 10s).find(lcp), std::string::npos);

  auto listing = peer.guest("cat /etc/ppp/peer.args; exit 3");
  EXPECT_EQ(listing.status, exited(3));
  EXPECT_EQ(listing.out, "set -- 'debug' 'noauth'\n");

  auto from = peer.restart({"debug", "noauth", "mru", "1400"}, {"alice * 's3 cret' *"});
  EXPECT_TRUE(peer.wait_for("sent \\[LCP ConfReq .*<mru 1400>", 10s, from));
  EXPECT_EQ(peer.guest("cat /etc/ppp/pap-secrets").out, "alice * 's3 cret' *\n");
}

TEST(PppdPeer, TakesATtyOfOurs) {
  PtyPair line;
  PppdPeer peer({.pppd = {"debug", "noauth"}, .tty = line.path()});
  EXPECT_EQ(peer.line(), line.path());
  char frame[64] = {};
  ASSERT_GT(::read(line.master(), frame, sizeof frame), 6);
  EXPECT_EQ(std::string(frame, 6), lcp);
}

TEST(SlirpPeer, PrintsABannerAndSpeaksPpp) {
  NetworkNamespace network;
  SlirpPeer peer({.slirp = {"mtu 1500"}}, network.name());
  std::printf("peer: %s\n", peer.version().c_str());
  auto text = read_line_until(peer.line(), "Slirp", 10s);
  EXPECT_NE(text.find("Slirp"), std::string::npos) << text;
}

TEST(SlirpPeer, StartsWithoutABanner) {
  SlirpPeer peer({.slirp = {"mtu 1500"}, .banner = false});
  EXPECT_EQ(read_line_until(peer.line(), "Slirp", 300ms), "");
}

}  // namespace
}  // namespace tunppp::test
