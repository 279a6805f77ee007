// A build without cryptography: PAP works, and what it cannot check does not get in.
#include <gtest/gtest.h>

#include "link/pair.h"

namespace tunppp::test {
namespace {

TEST(WithoutBotan, PapWorks) {
  LinkConfig client = client_config();
  LinkConfig server = server_config();
  client.auth.user = "alice";
  client.auth.password = Secret("secret");
  server.auth.require = {AuthMethod::chap_md5, AuthMethod::pap};
  Pair pair(client, server);
  pair.b.secrets = {{"alice", "secret"}};
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0))) << pair.transcript();
  EXPECT_EQ(pair.b.last<AuthSucceeded>()->method, AuthMethod::pap);
}

TEST(WithoutBotan, APeerThatCannotBeCheckedDoesNotGetIn) {
  LinkConfig server = server_config();
  server.auth.require = {AuthMethod::chap_md5};
  Pair pair(client_config(), server);
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return pair.b.ended(); }, seconds(10))) << pair.transcript();
  EXPECT_EQ(pair.b.end()->reason, EndReason::peer_auth_failed);
  EXPECT_FALSE(pair.b.last<Ipv4Up>() || pair.a.last<Ipv4Up>());
}

}  // namespace
}  // namespace tunppp::test
