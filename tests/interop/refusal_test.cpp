// Whom both ends have to refuse: wrong passwords, and each kind of wrong certificate. Prints the
// rows as a Markdown table, for docs/INTEROP.md.
#include "interop/matrix_peer.h"

namespace tunppp::test {
namespace {

struct Refusal {
  bool we_serve;
  std::string method;
  std::string what;         ///< is wrong
  bool ours;                ///< with our proof, so that pppd refuses; else we do
  std::string says;         ///< what our sentence has to contain
  std::string certificate;  ///< of the one that is wrong

  friend std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
    return out << (refusal.we_serve ? "serve, " : "dial, ") << refusal.method << ", "
               << (refusal.ours ? "our " : "pppd's ") << refusal.what;
  }
};

const std::vector<Refusal>& refusals() {
  static const std::vector<Refusal> all = [] {
    std::vector<Refusal> made;
    for (const char* name :
         {"PAP", "CHAP-MD5", "MS-CHAP", "MS-CHAPv2", "EAP-MD5", "EAP-MSCHAPv2"}) {
      made.push_back({false, name, "secret", true, "refused.*alice", ""});
      made.push_back({true, name, "secret", false, "alice", ""});
    }
    struct Kind {
      const char* name;
      const char* suffix;
      const char* says;
      const char* pppd_says;  ///< by an alert of TLS
    };
    const Kind kinds[] = {
        {"certificate: unknown authority", "-unknown", "none of the authorities",
         "authority that signed our certificate"},
        {"certificate: another name", "-name", "other\\.example|mallory", "another name"},
        {"certificate: expired", "-expired", "expired", "our certificate has expired"},
        {"certificate: revoked", "-revoked", "has been revoked",
         "our certificate has been revoked"}};
    for (bool we_serve : {false, true}) {
      for (const Kind& kind : kinds) {
        made.push_back({we_serve, "EAP-TLS", kind.name, false, kind.says,
                        std::string(we_serve ? "client" : "server") + kind.suffix});
        made.push_back({we_serve, "EAP-TLS", kind.name, true, kind.pppd_says,
                        std::string(we_serve ? "server" : "client") + kind.suffix});
      }
    }
    return made;
  }();
  return all;
}

/// The plainest row there is, with this method.
MatrixRow plain_row(const Refusal& refusal) {
  MatrixRow row{ChosenRow(factor_count)};
  row.chosen[role] = refusal.we_serve ? 1 : 0;
  const auto& methods = matrix_factors()[method].values;
  row.chosen[method] = static_cast<std::size_t>(
      std::find(methods.begin(), methods.end(), refusal.method) - methods.begin());
  return row;
}

class Refused : public MatrixPeer, public testing::WithParamInterface<Refusal> {
 protected:
  static void SetUpTestSuite() {
    MatrixPeer::SetUpTestSuite();
    std::printf(
        "| we | authentication | wrong | who refuses | tunppp says |\n|---|---|---|---|---|\n");
  }

  void start_wrong(const Refusal& refusal) {
    Proof proof;
    if (refusal.certificate.empty()) proof.password = "wr0ng";
    (refusal.ours ? proof.our_certificate : proof.pppd_certificate) = refusal.certificate;
    if (refusal.method == "EAP-TLS") {
      proof.more_arguments = {"--peer-name", refusal.we_serve ? "alice" : "lns.example"};
    }
    start(plain_row(refusal), proof);
  }

  /// The sentence for people, of its own line.
  std::string sentence() {
    const auto found = find(tunppp().text(), "\ntunppp: ([^\\n]*)\\n(?![^]*\ntunppp: )");
    return found ? found->at(1) : "";
  }
};

TEST_P(Refused, InWords) {
  const Refusal& refusal = GetParam();
  start_wrong(refusal);
  // Who serves asks for the proof: whatever fails, also with its own part of it, it has got none.
  const auto code =
      refusal.ours && !refusal.we_serve ? exit_code::auth_refused : exit_code::peer_auth_failed;
  EXPECT_EQ(tunppp().wait(), exited(code));
  EXPECT_TRUE(find(sentence(), refusal.says)) << sentence();
  const auto said = tunppp().text() + tunppp().events();
  EXPECT_EQ(said.find("wr0ng"), std::string::npos);
  EXPECT_EQ(said.find("s3cret"), std::string::npos);
  EXPECT_FALSE(tunppp().has_interface("ppp0"));
  std::printf("| %s | %s | %s%s | %s | %s%s |\n", refusal.we_serve ? "serve" : "dial",
              refusal.method.c_str(), refusal.ours ? "our " : "pppd's ", refusal.what.c_str(),
              refusal.ours ? "pppd" : "tunppp", HasFailure() ? "**fails** " : "",
              sentence().c_str());
}

INSTANTIATE_TEST_SUITE_P(Pppd, Refused, testing::ValuesIn(refusals()),
                         [](const auto& it) { return std::to_string(it.index + 1); });

}  // namespace
}  // namespace tunppp::test
