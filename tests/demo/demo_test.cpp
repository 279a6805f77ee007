#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "support/process.h"
#include "support/temp_directory.h"

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> demo(std::vector<std::string> options) {
  options.insert(options.begin(), {TUNPPP_PROGRAM, "demo"});
  return options;
}

// Everything that is left behind (processes, interfaces, namespaces, mounts, lock files) fails
// these tests: main.cpp of the test support looks for it.

TEST(Demo, MovesSixteenMebibytesEachWay) {
  const Completed done = run(demo({}), {}, 200s);
  EXPECT_TRUE(done.ok()) << done;
  // The timeline of the dial.
  for (const char* step : {"line: /dev/pts/", "registration: searching", "CONNECT 150000000",
                           "lcp: open", "up: ppp0, 10.64.64.2 to 10.64.64.1, MTU 1500"})
    EXPECT_THAT(done.out, HasSubstr(step));
  EXPECT_THAT(done.out, HasSubstr("5 of 5 packets of 84 octets answered"));
  EXPECT_THAT(done.out, HasSubstr("5 of 5 packets of 1500 octets answered"));
  for (const char* way : {"to", "from"}) {
    const auto line = find(done.out, std::string("TCP ") + way +
                                         " the far side: 16777216 octets in .*; "
                                         "SHA-256 [0-9a-f]{64} at both ends");
    EXPECT_TRUE(line) << done.out;
  }
  EXPECT_TRUE(find(done.out, "traffic: [0-9]+ packets received")) << done.out;
  EXPECT_THAT(done.out, HasSubstr("all is taken down"));
}

TEST(Demo, WorksOverABadLine) {
  const Completed done =
      run(demo({"--bytes", "200000", "--latency", "5", "--baud", "921600", "--damage", "0.03"}), {},
          200s);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(done.out, HasSubstr("TCP from the far side: 200000 octets"));
  EXPECT_THAT(done.out, HasSubstr("damaged on the line"));
}

TEST(Demo, VerboseShowsBothDialogues) {
  const Completed done = run(demo({"--bytes", "1000", "-v"}), {}, 60s);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(done.out, HasSubstr("-> ATD*99***1#"));
  EXPECT_THAT(done.out, HasSubstr("rcvd LCP ConfReq"));
}

TEST(Demo, CtrlCTakesAllDown) {
  Process process(demo({"--baud", "115200"}));
  ASSERT_TRUE(process.wait_for_output("5 of 5 packets of 1500 octets", 30s)) << process.out();
  process.signal(SIGINT);
  const auto status = process.wait(20s);
  ASSERT_TRUE(status);
  EXPECT_NE(status->code, 0);
  EXPECT_THAT(process.err(), HasSubstr("interrupted"));
}

TEST(Demo, NothingOutlivesADemoThatIsKilled) {
  Process process(demo({"--baud", "115200"}));
  ASSERT_TRUE(process.wait_for_output("5 of 5 packets of 1500 octets", 30s)) << process.out();
  ::kill(process.pid(), SIGKILL);  // it alone
  ASSERT_TRUE(process.wait());
  // They close in order, and take up to 5 s for it.
  EXPECT_TRUE(eventually([] { return !shell("pgrep -x tunppp").ok(); }, 10s));
}

TEST(Demo, RefusesWhatMakesNoSense) {
  EXPECT_EQ(run(demo({"--bytes", "0"})).status, exited(2));
  EXPECT_EQ(run(demo({"--loss", "0.9"})).status, exited(2));
}

// As somebody without any rights, in a /dev where /dev/net/tun is as `tun` makes it. Its mounts
// are seen by nobody else and end with it.
class OrdinaryUser : public testing::Test {
 protected:
  void SetUp() override {
    // Root of a user namespace may make no device nodes.
    if (!find(read_file("/proc/self/uid_map"), "^ *0 +0 +4294967295"))
      GTEST_SKIP() << "only root can play an ordinary user with a /dev/net/tun of his own";
  }
  Completed demo_with(const std::string& tun, const std::string& enter = "") {
    // A build directory may be closed to others.
    const std::string program = (files_.path() / "tunppp").string();
    std::filesystem::copy_file(TUNPPP_PROGRAM, program);
    std::filesystem::permissions(files_.path(), std::filesystem::perms(0755));
    const std::string root = (files_.path() / "root").string();
    std::filesystem::create_directory(root);
    return run({"unshare", "--mount", "sh", "-ec",
                "mount -t tmpfs -o mode=755 none /dev/net\n" + tun + "\nroot=" + root + "\n" +
                    enter + " setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all " +
                    program + " demo --bytes 100000"},
               {}, 60s);
  }
  TempDirectory files_;
};

TEST_F(OrdinaryUser, RunsTheDemoInAUserNamespace) {
  const Completed done = demo_with("mknod -m 0666 /dev/net/tun c 10 200");
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(done.out, HasSubstr("all is taken down"));
}

TEST_F(OrdinaryUser, IsToldThatTheTunDeviceIsClosed) {
  const Completed done = demo_with("mknod -m 0600 /dev/net/tun c 10 200");
  EXPECT_EQ(done.status, exited(3)) << done;
  EXPECT_THAT(done.err,
              HasSubstr("/dev/net/tun is closed to you (its mode is 0600; usual is 0666"));
}

TEST_F(OrdinaryUser, IsToldThatThereIsNoTunDevice) {
  const Completed done = demo_with("");
  EXPECT_EQ(done.status, exited(4)) << done;
  EXPECT_THAT(done.err, HasSubstr("there is no /dev/net/tun"));
  EXPECT_THAT(done.err, HasSubstr("modprobe tun"));
}

TEST_F(OrdinaryUser, IsToldThatUserNamespacesAreMissing) {
  // Nobody in a chroot may make a user namespace (user_namespaces(7)).
  const Completed done =
      demo_with("mknod -m 0666 /dev/net/tun c 10 200", "mount --rbind / $root; exec chroot $root");
  EXPECT_EQ(done.status, exited(3)) << done;
  EXPECT_THAT(done.err, HasSubstr("an ordinary user needs user namespaces"));
  EXPECT_THAT(done.out, Not(HasSubstr("up:")));
}

}  // namespace
}  // namespace tunppp::test
