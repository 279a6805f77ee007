#include "support/process.h"

#include "support/network_namespace.h"
#include "support/pty_pair.h"
#include "support/temp_directory.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <system_error>

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

TEST(Process, CollectsBothOutputsAndTheExitCode) {
  auto done = shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(done.status, exited(7));
  EXPECT_EQ(done.out, "out\n");
  EXPECT_EQ(done.err, "err\n");
}

TEST(Process, NeverBlocksAProgramThatPrintsALot) {
  auto done = shell("head -c 5000000 /dev/zero; echo end >&2");
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_EQ(done.out.size(), 5000000u);
}

TEST(Process, WaitsForWhatIsPrinted) {
  Process process({"cat"}, {.input = true});
  EXPECT_EQ(process.wait_for_output("phase (\\w+)", 10ms), std::nullopt);
  process.write("phase up\n");
  auto match = process.wait_for_output("phase (\\w+)");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->at(1), "up");
  process.close_input();
  EXPECT_EQ(process.wait(), exited(0));
}

TEST(Process, GivesUpWaitingWhenTheProgramEnds) {
  Process process({"true"});
  EXPECT_EQ(process.wait_for_output("never", 1h), std::nullopt);
}

TEST(Process, ReportsTheSignal) {
  Process process({"sleep", "1000"});
  EXPECT_EQ(process.terminate(), (ExitStatus{-1, SIGTERM}));
}

TEST(Process, KillsItsGroup) {
  {
    Process process({"sh", "-c", "sleep 1000 & echo started; wait"});
    ASSERT_TRUE(process.wait_for_output("started"));
  }
  // That nothing stays is what the check for residue says.
}

TEST(Process, SaysWhyAProgramDoesNotStart) {
  EXPECT_THROW(Process({"/no/such/program"}), std::system_error);
}

TEST(Process, PassesDescriptors) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  auto done = shell("echo through >&5", {.descriptors = {{ends[1], 5}}});
  EXPECT_TRUE(done.ok()) << done;
  char text[16] = {};
  EXPECT_EQ(::read(ends[0], text, sizeof text), 8);
  EXPECT_STREQ(text, "through\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(NetworkNamespace, HasItsOwnInterfaces) {
  NetworkNamespace network;
  auto made = network.run({"ip", "tuntap", "add", "dev", "here0", "mode", "tun"});
  EXPECT_TRUE(made.ok()) << made;
  EXPECT_TRUE(network.run({"test", "-d", "/sys/class/net/here0"}).ok());
  EXPECT_TRUE(network.run({"ping", "-c1", "-W1", "127.0.0.1"}).ok());
  EXPECT_FALSE(run({"ip", "link", "show", "here0"}).ok());
}

TEST(PtyPair, WorksFromAnotherNetworkNamespace) {
  NetworkNamespace network;
  PtyPair line;
  auto done = network.shell("printf 'AT\\r' >" + line.path());
  EXPECT_TRUE(done.ok()) << done;
  char text[8] = {};
  EXPECT_EQ(::read(line.master(), text, sizeof text), 3);
  EXPECT_STREQ(text, "AT\r");
}

TEST(TempDirectory, KeepsSecretsFromOthers) {
  TempDirectory directory;
  auto file = directory.write_file("password", "s3cret\n");
  EXPECT_EQ(read_file(file), "s3cret\n");
  EXPECT_EQ(shell("stat -c %a " + file).out, "600\n");
}

}  // namespace
}  // namespace tunppp::test
