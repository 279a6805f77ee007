#include "interop/matrix_peer.h"

namespace tunppp::test {
namespace {

const std::vector<std::string> kinds = {"", "-unknown", "-expired", "-revoked", "-name"};

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

void MatrixPeer::SetUpTestSuite() {
  folder_ = std::make_unique<TempDirectory>();
  const std::string folder = folder_->path();
  const auto made = run({TUNPPP_SOURCE_DIR "/tests/peers/make-certificates.sh", folder});
  ASSERT_TRUE(made.ok()) << made;
  ASSERT_TRUE(shell("head -c 200000 /dev/urandom >" + file("data")).ok());

  std::vector<std::pair<std::string, std::string>> files = {{"/tmp/data", file("data")}};
  const auto take = [&](const std::string& name) { files.push_back({"/tls/" + name, file(name)}); };
  take("ca.pem");
  take("crl.pem");
  for (const std::string role : {"server", "client"}) {
    for (const auto& kind : kinds) {
      take(role + kind + ".pem");
      take(role + kind + ".key");
    }
  }
  start_guest(files);
}

void MatrixPeer::TearDownTestSuite() {
  PppdTest::TearDownTestSuite();
  folder_.reset();
}

void MatrixPeer::start(const MatrixRow& row, const Proof& proof) {
  const bool we_serve = row.we_serve();
  const auto name_or = [](const std::string& name, const char* otherwise) {
    return name.empty() ? otherwise : name;
  };
  const std::string theirs = name_or(proof.pppd_certificate, we_serve ? "client" : "server");
  ProofFiles ours;
  // Who dials has the password of the row, who serves the right one.
  ours.password = files_.write_file("password", proof.password + "\n");
  ours.secrets = files_.write_file("secrets", "alice * s3cret *\n");
  ours.certificate = file(name_or(proof.our_certificate, we_serve ? "server" : "client"));
  ours.ca = file("ca.pem");
  ours.crl = file("crl.pem");

  auto options = pppd_options(row);
  append(options, pppd_proof(we_serve, row.value(method), theirs));
  const auto secrets = pppd_secrets(row, we_serve ? proof.password : "s3cret");
  auto arguments = our_arguments(row, peer().line());
  append(arguments, our_proof(we_serve, row.value(method), ours));
  append(arguments, proof.more_arguments);

  const std::string server =
      "* lns - /tls/" + theirs + ".pem /tls/ca.pem /tls/" + theirs + ".key *";
  peer().guest("echo '" + server + "' >/etc/ppp/eaptls-server; chmod 600 /etc/ppp/eaptls-server");
  if (we_serve) {
    peer().hold();  // the pppd of the test before would dial
  } else {
    start_pppd(options, secrets);
  }
  start_tunppp(arguments);
  if (!we_serve) return;
  ASSERT_TRUE(tunppp().wait_event("phase", "\"phase\":\"l"));  // line, or lcp
  start_pppd(options, secrets);
}

}  // namespace tunppp::test
