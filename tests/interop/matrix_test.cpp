// Each row of the matrix against pppd: it comes up as negotiated, is pinged from both ends, and a
// file goes each way by TCP. Prints the rows as a Markdown table, for docs/INTEROP.md.
#include "interop/matrix_peer.h"

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

struct NumberedRow {
  std::size_t number;
  MatrixRow row;

  friend std::ostream& operator<<(std::ostream& out, const NumberedRow& numbered) {
    return out << numbered.row;
  }
};

std::vector<NumberedRow> numbered_rows() {
  std::vector<NumberedRow> rows;
  for (const auto& row : matrix_rows()) {
    if (row.value(role) == TUNPPP_MATRIX_ROLE) rows.push_back({rows.size() + 1, row});
  }
  return rows;
}

/// Addresses of both ends as programs take them.
struct Ends {
  std::string here;
  std::string there;
  std::string ping;  ///< the guest's command
  int header;        ///< of IP and ICMP
};

class Matrix : public MatrixPeer, public testing::WithParamInterface<NumberedRow> {
 protected:
  static void SetUpTestSuite() {
    MatrixPeer::SetUpTestSuite();
    std::printf("%s", matrix_header().c_str());
  }

  const MatrixRow& row() const { return GetParam().row; }

  /// What both ends have acknowledged is what the row says.
  void expect_agreed_options() {
    const auto both = [this](Factor ours, Factor theirs) {
      return row().on(ours) && row().on(theirs);
    };
    const auto agreed = [this](const std::string& who, const std::string& option) {
      return pppd_said(who + " \\[" + option);
    };
    for (const char* who : {"sent", "rcvd"}) {
      EXPECT_EQ(agreed(who, "LCP ConfAck [^\\n]*<accomp>"), both(our_accomp, pppd_accomp)) << who;
      EXPECT_EQ(agreed(who, "LCP ConfAck [^\\n]*<pcomp>"), both(our_pcomp, pppd_pcomp)) << who;
      if (!row().has_ipv4()) continue;
      EXPECT_EQ(agreed(who, "IPCP ConfAck [^\\n]*<compress VJ"), both(our_vj, pppd_vj)) << who;
    }
    if (row().value(our_accm) != "ffffffff") {
      EXPECT_TRUE(agreed("sent", "LCP ConfAck [^\\n]*<asyncmap 0x" + row().value(our_accm) + ">"));
    }
    if (row().value(method) != "none") {
      const std::string option = method_names(row().value(method)).pppd_agreed;
      EXPECT_TRUE(agreed(row().we_serve() ? "sent" : "rcvd", "LCP ConfAck [^\\n]*" + option));
    }
  }

  void expect_pings(const Ends& ends) {
    EXPECT_TRUE(tunppp().pings_once(ends.there, 56));
    EXPECT_TRUE(tunppp().pings_once(ends.there, row().mru(pppd_mru) - ends.header));
    for (int payload : {56, row().mru(our_mru) - ends.header}) {
      const auto done =
          peer().guest(ends.ping + " -c1 -W5 -s" + std::to_string(payload) + " " + ends.here);
      EXPECT_TRUE(done.ok()) << done;
    }
  }

  /// The guest listens; we send, then we fetch.
  void expect_files_arrive_whole(const std::string& address, int port) {
    const std::string data = file("data");
    const auto to = [&](int which) {
      return address + ":" + std::to_string(which) + ",retry=50,interval=0.1";
    };
    peer().guest("rm -f /tmp/done /tmp/got; (nc -l -p " + std::to_string(port) +
                 " >/tmp/got </dev/null; touch /tmp/done) & (nc -l -p " + std::to_string(port + 1) +
                 " </tmp/data >/dev/null) &");
    const auto sent = tunppp().network().run({"socat", "-u", "FILE:" + data, to(port)}, 60s);
    EXPECT_TRUE(sent.ok()) << sent;
    EXPECT_TRUE(peer()
                    .guest("while [ ! -e /tmp/done ]; do usleep 20000; done; "
                           "cmp /tmp/got /tmp/data")
                    .ok());
    const auto got = files_.path() / "got";
    const auto fetched =
        tunppp().network().run({"socat", "-u", to(port + 1), "CREATE:" + got.string()}, 60s);
    EXPECT_TRUE(fetched.ok()) << fetched;
    EXPECT_TRUE(run({"cmp", got, data}).ok());
    std::filesystem::remove(got);
  }

  void expect_ipv4() {
    const auto up = tunppp().wait_up();
    ASSERT_TRUE(up);
    EXPECT_EQ(up->local, row().we_serve() ? "10.64.64.1" : "10.64.64.77");
    EXPECT_EQ(up->remote, row().we_serve() ? "10.64.64.77" : "10.64.64.1");
    EXPECT_EQ(up->mtu, row().mru(pppd_mru));
    ASSERT_TRUE(pppd_says("\\[peer ip-up\\]"));
    // pppd sends no more than it would take itself.
    const int mtu = std::min(row().mru(our_mru), row().mru(pppd_mru));
    EXPECT_TRUE(peer().guest("grep -x " + std::to_string(mtu) + " /sys/class/net/ppp0/mtu").ok());
    expect_pings({up->local, up->remote, "ping", 28});
    expect_files_arrive_whole("TCP4:" + up->remote, 7000);
  }

  void expect_ipv6() {
    const auto up = tunppp().wait_up_ipv6();
    ASSERT_TRUE(up);
    EXPECT_EQ(up->mtu, row().mru(pppd_mru));
    ASSERT_TRUE(pppd_says("\\[peer ipv6-up\\]"));
    expect_pings({up->local, up->remote + "%" + up->interface, "ping6 -I ppp0", 48});
    expect_files_arrive_whole("TCP6:[" + up->remote + "%" + up->interface + "]", 7002);
  }
};

TEST_P(Matrix, Row) {
  start(row(), {});
  if (row().has_ipv4()) expect_ipv4();
  if (row().has_ipv6()) expect_ipv6();
  expect_agreed_options();
  EXPECT_EQ(tunppp().interrupt(), exited(exit_code::requested));
  std::printf("%s",
              matrix_line(GetParam().number, row(), HasFailure() ? "**fails**" : "ok").c_str());
}

INSTANTIATE_TEST_SUITE_P(Pppd, Matrix, testing::ValuesIn(numbered_rows()),
                         [](const auto& it) { return std::to_string(it.param.number); });

}  // namespace
}  // namespace tunppp::test
