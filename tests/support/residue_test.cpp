#include "support/residue.h"

#include "support/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

namespace tunppp::test {
namespace {

// Leaves something behind, looks whether that is noticed, and takes it away again.
void expect_noticed(const std::string& leave, const std::string& named, const std::string& remove) {
  auto before = inventory();
  auto done = shell(leave);
  ASSERT_TRUE(done.ok()) << done;
  auto residue = residue_since(before, std::chrono::milliseconds(50));
  EXPECT_NE(residue.find(named), std::string::npos) << residue;
  shell(remove);
  EXPECT_EQ(residue_since(before), "");
}

TEST(Residue, NoticesAnOrphan) {
  expect_noticed("setsid sh -c 'sleep 1234 >/dev/null 2>&1 &'", "sleep 1234",
                 "pkill -f 'sleep 123[4]'");
}

TEST(Residue, NoticesAnInterface) {
  expect_noticed("ip tuntap add dev left0 mode tun", "interface left0", "ip link delete left0");
}

TEST(Residue, NoticesANetworkNamespace) {
  expect_noticed("ip netns add left", "file /run/netns/left", "ip netns delete left");
}

TEST(Residue, NoticesAMount) {
  expect_noticed("mount -t tmpfs left /mnt", "mount /mnt", "umount /mnt");
}

TEST(Residue, NoticesALockFile) {
  expect_noticed("touch /var/lock/LCK..ttyS9", "file /run/lock/LCK..ttyS9",
                 "rm /var/lock/LCK..ttyS9");
}

TEST(Residue, IsNothingWhenNothingHappened) {
  EXPECT_EQ(residue_since(inventory()), "");
}

}  // namespace
}  // namespace tunppp::test
