// Who proves what to whom, from the command line: tunppp dial against tunppp serve.
#include <tunppp/end_reason.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "cli/dial_serve.h"
#include "support/temp_directory.h"

namespace tunppp::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class AuthenticationOptions : public DialServe {
 protected:
  std::string file(std::string_view name, std::string_view content) {
    return files_.write_file(name, content);
  }

  const test::TempDirectory files_;
};

TEST_F(AuthenticationOptions, EachFormOfChapByItsName) {
  const std::string secrets = file("secrets", "alice tunppp s3cret *\n");
  const std::pair<const char*, const char*> methods[] = {
      {"chap-md5", "CHAP-MD5"}, {"mschap", "MS-CHAP"}, {"mschap-v2", "MS-CHAPv2"}};
  for (const auto& [option, words] : methods) {
    SCOPED_TRACE(option);
    Process server(serve({"--require", option, "--secrets", secrets}), at_server());
    Process client(
        dial({"--user", "alice", "--password-file", file("password", "s3cret\n"), "-v"}),
        at_client());
    ASSERT_TRUE(client.wait_for_output("up: ")) << client.err();
    ASSERT_TRUE(server.wait_for_output("up: ")) << server.err();
    EXPECT_THAT(server.out(), HasSubstr(std::string("the peer is alice (") + words + ")"));
    EXPECT_THAT(client.out() + client.err() + server.out(), Not(HasSubstr("s3cret")));
    close(client, server);
  }
}

TEST_F(AuthenticationOptions, ARefusalIsToldInWords) {
  const std::string secrets = file("secrets", "alice * s3cret *\n");
  for (const std::string method : {"mschap", "mschap-v2"}) {
    SCOPED_TRACE(method);
    Process server(serve({"--require", method, "--secrets", secrets}), at_server());
    Process client(dial({"--user", "alice", "--password-file", file("password", "wrong\n")}),
                   at_client());
    EXPECT_EQ(client.wait(), exited(exit_code(EndReason::auth_refused)));
    EXPECT_THAT(client.err(), HasSubstr("refused the user name \"alice\" or its password"));
    EXPECT_THAT(client.err(), HasSubstr("691"));
    EXPECT_EQ(server.wait(), exited(exit_code(EndReason::peer_auth_failed)));
    EXPECT_THAT(server.err(), HasSubstr("\"alice\""));
  }
}

/// Each side by another method, both secrets out of one file, as pppd keeps them.
TEST_F(AuthenticationOptions, BothSidesProveThemselves) {
  const std::string secrets = file("secrets", "alice lns s3cret 10.64.0.2\nlns alice hers *\n");
  Process server(
      serve({"--name", "lns", "--require", "mschap-v2,chap", "--accept", "any", "--secrets", secrets}),
      at_server());
  Process client(dial({"--name", "alice", "--require", "chap-md5", "--secrets", secrets}),
                 at_client());
  ASSERT_TRUE(client.wait_for_output("up: ")) << client.err();
  ASSERT_TRUE(server.wait_for_output("up: ")) << server.err();
  EXPECT_THAT(client.out(), HasSubstr("the peer is lns (CHAP-MD5)"));
  EXPECT_THAT(client.out(), HasSubstr("the peer accepted us as alice (MS-CHAPv2)"));
  EXPECT_THAT(server.out(), HasSubstr("the peer is alice (MS-CHAPv2)"));
  close(client, server);
}

TEST_F(AuthenticationOptions, AServerThatDoesNotKnowItsSecretIsLeft) {
  Process server(serve({"--name", "lns", "--require", "chap", "--accept", "chap", "--secrets",
                        file("servers", "alice * s3cret *\nlns * guess *\n")}),
                 at_server());
  Process client(dial({"--name", "alice", "--require", "chap", "--secrets",
                       file("clients", "alice * s3cret *\nlns * hers *\n")}),
                 at_client());
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::peer_auth_failed)));
  EXPECT_EQ(server.wait(), exited(exit_code(EndReason::auth_refused)));
}

TEST_F(AuthenticationOptions, TheSecretsFileSaysWhichAddressAClientGets) {
  Process server(serve({"--require", "pap", "--secrets", file("secrets", "alice * s3cret 10.64.0.77\n")}),
                 at_server());
  Process client(dial({"--user", "alice", "--password-file", file("password", "s3cret\n")}),
                 at_client());
  ASSERT_TRUE(client.wait_for_output("up: ppp0, 10\\.64\\.0\\.77 to 10\\.64\\.0\\.1"))
      << client.out() << client.err();
  close(client, server);
}

TEST_F(AuthenticationOptions, AClientWithoutAnAddressIsRefusedInASentence) {
  Process server(serve({"--no-ipv6", "--require", "pap", "--secrets",
                        file("secrets", "alice * s3cret -\n")}),
                 at_server());
  Process client(dial({"--no-ipv6", "--user", "alice", "--password-file", file("password", "s3cret\n")}),
                 at_client());
  EXPECT_EQ(server.wait(), exited(exit_code(EndReason::no_address)));
  EXPECT_THAT(server.err(), HasSubstr("the peer may not have the address 10.64.0.2"));
  EXPECT_FALSE(client.wait() == exited(0));
}

TEST_F(AuthenticationOptions, TheServerChallengesAgain) {
  Process server(serve({"--require", "mschap-v2", "--secrets", file("secrets", "alice * s3cret *\n"),
                        "--rechallenge", "0.2", "-v"}),
                 at_server());
  Process client(dial({"--user", "alice", "--password-file", file("password", "s3cret\n")}),
                 at_client());
  ASSERT_TRUE(client.wait_for_output("up: ")) << client.err();
  ASSERT_TRUE(server.wait_for_output("CHAP Success(.|\n)*CHAP Success(.|\n)*CHAP Success"))
      << server.out();
  close(client, server);
}

// --- Mistakes -----------------------------------------------------------------------------------

test::Completed serve_with(std::vector<std::string> options) {
  std::vector<std::string> command{TUNPPP_COMMAND, "serve",   "--device", "/dev/null",
                                   "--local",      "10.0.0.1", "--remote", "10.0.0.2"};
  command.insert(command.end(), options.begin(), options.end());
  return test::run(command);
}

TEST(AuthenticationMistakes, AreToldBeforeAnythingIsTouched) {
  const test::TempDirectory files;
  const std::string secrets = files.write_file("secrets", "a b c\n");
  const std::pair<std::vector<std::string>, const char*> mistakes[] = {
      {{"--require", "chop", "--secrets", secrets}, "\"chop\"; there are pap, chap"},
      {{"--require", "pap,,chap", "--secrets", secrets}, "called \"\""},
      {{"--require", "pap"}, "--require needs --secrets"},
      {{"--secrets", secrets}, "--secrets is of no use"},
      {{"--accept", "any,pap"}, "\"any\""},
      {{"--require", "eap-tls"}, "--certificate"},
      {{"--rechallenge", "-1"}, "--rechallenge"},
      {{"--auth-timeout", "0"}, "--auth-timeout"},
      {{"--require", "pap", "--secrets", "/no/such/file"}, "/no/such/file"}};
  for (const auto& [options, words] : mistakes) {
    const test::Completed completed = serve_with(options);
    EXPECT_EQ(completed.status, exited(info(EndReason::usage).exit_code))
        << testing::PrintToString(options);
    EXPECT_THAT(completed.err, HasSubstr(words));
  }
}

TEST(AuthenticationMistakes, ASecretsFileThatAllMayReadIsRefusedWithTheRemedy) {
  const test::TempDirectory files;
  const std::string secrets = files.write_file("secrets", "alice * s3cret *\n");
  ASSERT_EQ(::chmod(secrets.c_str(), 0644), 0);
  const test::Completed completed = serve_with({"--require", "pap", "--secrets", secrets});
  EXPECT_EQ(completed.status, exited(info(EndReason::usage).exit_code));
  EXPECT_THAT(completed.err, HasSubstr("chmod 600 " + secrets));
  EXPECT_THAT(completed.err, Not(HasSubstr("s3cret")));
}

TEST(AuthenticationMistakes, HelpNamesTheOptions) {
  for (const char* command : {"dial", "serve"}) {
    const test::Completed help = test::run({TUNPPP_COMMAND, command, "--help"});
    for (const char* option : {"--user", "--password-file", "--accept", "--require", "--secrets",
                               "--name", "--remote-name", "--rechallenge", "--auth-timeout"})
      EXPECT_THAT(help.out, HasSubstr(option)) << command;
  }
}

}  // namespace
}  // namespace tunppp::cli
