// EAP from the command line: certificates in files, dial against serve, and what is said about
// files that are of no use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/dial_serve.h"
#include "support/temp_directory.h"

namespace tunppp::cli {
namespace {

using test::Completed;
using testing::HasSubstr;

class EapCommand : public DialServe {
 protected:
  /// Those of tests/data/tls, with keys that nobody else may read. They are valid from 2030 on:
  /// until then the clock looks wrong, which is told, and no reason not to come up.
  std::string file(const std::string& name) const {
    const std::string kept = TUNPPP_SOURCE_DIR "/tests/data/tls/" + name;
    const bool key = name.ends_with(".key");
    return key ? files_.write_file(name, test::read_file(kept)) : kept;
  }
  std::string secrets() const { return files_.write_file("secrets", "alice * s3cret *\n"); }
  std::string password(const char* text = "s3cret\n") const {
    return files_.write_file("password", text);
  }
  /// --certificate, --private-key, --ca and --crl; then what else is wanted.
  std::vector<std::string> certificate(const std::string& name,
                                       std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--certificate", file(name + ".pem"), "--private-key",
                             file(name + ".key"), "--ca", file("ca.pem"), "--crl",
                             file("crl.pem")});
    return more;
  }
  Completed refused(const std::vector<std::string>& more) const {
    const Completed completed = test::run(dial(more), at_client());
    EXPECT_EQ(completed.status, exited(exit_code(EndReason::usage))) << completed;
    return completed;
  }
  void expect_up(const std::vector<std::string>& server_more,
                 const std::vector<std::string>& client_more, const std::string& accepted_as) {
    Process server(serve(server_more), at_server());
    Process client(dial(client_more), at_client());
    ASSERT_TRUE(client.wait_for_output("up: ppp0")) << client.out() << client.err() << server.err();
    EXPECT_TRUE(client.wait_for_output(accepted_as)) << client.out();
    EXPECT_TRUE(server.wait_for_output("the peer is alice")) << server.out();
    close(client, server);
  }
  /// Both ends close, each with its reason and words.
  void expect_refusal(const std::vector<std::string>& server_more,
                      const std::vector<std::string>& client_more, EndReason server_reason,
                      const std::string& server_says, EndReason client_reason,
                      const std::string& client_says) {
    Process server(serve(server_more), at_server());
    Process client(dial(client_more), at_client());
    EXPECT_EQ(client.wait(), exited(exit_code(client_reason))) << client.err();
    EXPECT_EQ(server.wait(), exited(exit_code(server_reason))) << server.err();
    EXPECT_THAT(client.err(), HasSubstr(client_says));
    EXPECT_THAT(server.err(), HasSubstr(server_says));
  }

  test::TempDirectory files_;
};

TEST_F(EapCommand, ComesUpWithMd5) {
  expect_up({"--require", "eap-md5", "--secrets", secrets()},
            {"--user", "alice", "--password-file", password()},
            "the peer accepted us as alice \\(EAP-MD5\\)");
}

TEST_F(EapCommand, ComesUpWithMsChapV2) {
  expect_up({"--require", "eap-mschap-v2,eap-md5", "--secrets", secrets()},
            {"--user", "alice", "--password-file", password()},
            "the peer accepted us as alice \\(EAP-MSCHAPv2\\)");
}

TEST_F(EapCommand, ComesUpWithCertificates) {
  expect_up(certificate("server", {"--require", "eap-tls", "--peer-name", "alice"}),
            certificate("client", {"--peer-name", "lns.example"}),
            "the peer accepted us as alice \\(EAP-TLS\\): the server is \"lns.example\"");
}

TEST_F(EapCommand, ComesUpWithoutAClockAndSaysSo) {
  Process server(serve(certificate("server", {"--require", "eap-tls"})), at_server());
  Process client(dial(certificate("client", {"--no-clock"})), at_client());
  ASSERT_TRUE(client.wait_for_output("up: ppp0")) << client.out() << client.err();
  EXPECT_THAT(client.out() + client.err(), HasSubstr("the time is unknown"));
  close(client, server);
}

TEST_F(EapCommand, AnEncryptedKeyWantsItsPassphrase) {
  const std::vector<std::string> locked{"--certificate", file("client.pem"), "--private-key",
                                        file("client-locked.key"), "--ca", file("ca.pem")};
  EXPECT_THAT(refused(locked).err, HasSubstr("the private key wants a passphrase"));
  std::vector<std::string> unlocked = locked;
  unlocked.insert(unlocked.end(), {"--passphrase-file", password("open sesame\n")});
  expect_up(certificate("server", {"--require", "eap-tls"}), unlocked, "accepted us as alice");
}

TEST_F(EapCommand, AWrongServerIsRefused) {
  expect_refusal(certificate("server-name", {"--require", "eap-tls"}),
                 certificate("client", {"--peer-name", "lns.example"}), EndReason::peer_auth_failed,
                 "it broke off", EndReason::peer_auth_failed,
                 "the certificate belongs to \"other.example\", not to \"lns.example\"");
}

TEST_F(EapCommand, ARevokedClientIsRefused) {
  expect_refusal(certificate("server", {"--require", "eap-tls"}), certificate("client-revoked"),
                 EndReason::peer_auth_failed, "the certificate of \"alice\" has been revoked",
                 EndReason::auth_refused, "our certificate has been revoked");
}

TEST_F(EapCommand, FilesThatAreOfNoUseAreRefusedWithASentence) {
  EXPECT_THAT(refused({"--certificate", file("client.pem")}).err,
              HasSubstr("all three of --certificate, --private-key and --ca"));
  EXPECT_THAT(refused({"--accept", "eap-tls"}).err, HasSubstr("eap-tls needs --certificate"));
  EXPECT_THAT(refused({"--peer-name", "lns"}).err, HasSubstr("--certificate"));
  EXPECT_THAT(refused({"--certificate", file("nothing.pem"), "--private-key", file("client.key"),
                       "--ca", file("ca.pem")})
                  .err,
              HasSubstr("cannot read the certificate " + file("nothing.pem")));
  EXPECT_THAT(refused({"--certificate", file("client.pem"), "--private-key", file("server.key"),
                       "--ca", file("ca.pem")})
                  .err,
              HasSubstr("the private key does not belong to the certificate of \"alice\""));
  EXPECT_THAT(refused({"--certificate", file("client.pem"), "--private-key", file("client.key"),
                       "--ca", file("client.key")})
                  .err,
              HasSubstr("no certificate of an authority"));
}

TEST_F(EapCommand, AKeyThatEverybodyMayReadIsRefused) {
  const std::string key = file("client.key");
  std::filesystem::permissions(key, std::filesystem::perms(0644));
  EXPECT_THAT(refused({"--certificate", file("client.pem"), "--private-key", key, "--ca",
                       file("ca.pem")})
                  .err,
              HasSubstr("chmod 600 " + key));
}

TEST_F(EapCommand, HelpNamesTheOptionsAndThoseOfPppd) {
  for (const char* command : {"dial", "serve"}) {
    const Completed help = test::run({TUNPPP_COMMAND, command, "--help"});
    for (const char* option : {"--identity", "--certificate", "--private-key", "--passphrase-file",
                               "--ca", "--crl", "--peer-name", "--no-clock", "pppd: cert"})
      EXPECT_THAT(help.out, HasSubstr(option));
  }
}

}  // namespace
}  // namespace tunppp::cli
