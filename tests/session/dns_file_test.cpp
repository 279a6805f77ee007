#include "session/dns_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

namespace fs = std::filesystem;
using test::read_file;

constexpr std::array<IpAddress, 2> servers{Ipv4Address{{9, 9, 9, 9}},
                                           Ipv4Address{{149, 112, 112, 112}}};
constexpr std::array<IpAddress, 1> other_servers{Ipv4Address{{1, 1, 1, 1}}};
constexpr auto expected = "nameserver 9.9.9.9\nnameserver 149.112.112.112\n";

class DnsFileTest : public testing::Test {
 protected:
  fs::path path(std::string_view name) const { return directory_.path() / name; }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()));
  }
  test::TempDirectory directory_;
};

std::string servers_in(const fs::path& file) {
  const std::string text = read_file(file);
  EXPECT_TRUE(text.starts_with("# by tunppp for ppp0;")) << text;
  return text.substr(text.find('\n') + 1);
}

TEST_F(DnsFileTest, WritesTheServersAndPutsTheFormerContentBack) {
  const fs::path file = directory_.write_file("resolv.conf", "nameserver 192.0.2.1\n");
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  DnsFile dns(file);
  ASSERT_FALSE(dns.write("ppp0", servers));
  EXPECT_EQ(servers_in(file), expected);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644u);

  ASSERT_FALSE(dns.restore());
  EXPECT_EQ(read_file(file), "nameserver 192.0.2.1\n");
  EXPECT_EQ(files(), 1u);
}

TEST_F(DnsFileTest, RemovesAFileThatWasNotThere) {
  DnsFile dns(path("resolv.conf"));
  ASSERT_FALSE(dns.write("ppp0", servers));
  EXPECT_EQ(servers_in(path("resolv.conf")), expected);
  ASSERT_FALSE(dns.restore());
  EXPECT_EQ(files(), 0u);
}

TEST_F(DnsFileTest, AChangeOfServersKeepsWhatWasThereFirst) {
  const fs::path file = directory_.write_file("resolv.conf", "first\n");
  DnsFile dns(file);
  ASSERT_FALSE(dns.write("ppp0", servers));
  ASSERT_FALSE(dns.write("ppp0", other_servers));
  EXPECT_EQ(servers_in(file), "nameserver 1.1.1.1\n");
  ASSERT_FALSE(dns.restore());
  EXPECT_EQ(read_file(file), "first\n");
}

TEST_F(DnsFileTest, LeavesAloneWhatSomebodyElseHasWritten) {
  const fs::path file = directory_.write_file("resolv.conf", "first\n");
  DnsFile dns(file);
  ASSERT_FALSE(dns.write("ppp0", servers));
  directory_.write_file("resolv.conf", "somebody else's\n");
  const Status status = dns.restore();
  ASSERT_TRUE(status);
  EXPECT_NE(status->text.find("somebody else"), std::string::npos);
  EXPECT_EQ(read_file(file), "somebody else's\n");
  EXPECT_EQ(files(), 1u);
}

TEST_F(DnsFileTest, ASessionThatDiedIsMadeGoodByTheNext) {
  const fs::path file = directory_.write_file("resolv.conf", "first\n");
  ASSERT_FALSE(DnsFile(file).write("ppp0", servers));  // and is never restored
  DnsFile dns(file);
  ASSERT_FALSE(dns.write("ppp0", other_servers));
  ASSERT_FALSE(dns.restore());
  EXPECT_EQ(read_file(file), "first\n");
  EXPECT_EQ(files(), 1u);
}

TEST_F(DnsFileTest, FollowsASymbolicLinkAndKeepsIt) {
  const fs::path file = directory_.write_file("real.conf", "first\n");
  fs::create_symlink("real.conf", path("resolv.conf"));
  DnsFile dns(path("resolv.conf"));
  ASSERT_FALSE(dns.write("ppp0", servers));
  EXPECT_TRUE(fs::is_symlink(path("resolv.conf")));
  EXPECT_EQ(servers_in(file), expected);
  ASSERT_FALSE(dns.restore());
  EXPECT_EQ(read_file(file), "first\n");
}

TEST_F(DnsFileTest, AFolderThatIsNotThereIsAnError) {
  const Status status = DnsFile(path("no/such/resolv.conf")).write("ppp0", servers);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, std::errc::no_such_file_or_directory);
}

}  // namespace
}  // namespace tunppp::session
