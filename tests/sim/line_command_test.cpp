// `tunppp sim line` as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "sim/world.h"
#include "support/process.h"
#include "support/pty_pair.h"
#include "support/temp_directory.h"

namespace tunppp::sim {
namespace {

using test::eventually;
using test::exited;
using test::Process;
using testing::HasSubstr;

TEST(SimLine, JoinsATtyAndAPtyOfItsOwn) {
  test::PtyPair tty;
  test::TempDirectory files;
  const std::string link = files.path() / "line";
  Process line({TUNPPP_PROGRAM, "sim", "line", "--between", tty.path(), "--link", link});
  ASSERT_TRUE(line.wait_for_output("LINE=(/dev/pts/[0-9]+)\\n")) << line.err();

  Terminal terminal(link);
  ASSERT_TRUE(line.wait_for_output("the pty was opened"));
  terminal.write("~hello~");
  char text[16] = {};
  ASSERT_EQ(::read(tty.master(), text, sizeof text), 7);
  EXPECT_STREQ(text, "~hello~");
  ASSERT_EQ(::write(tty.master(), "~back~", 6), 6);
  EXPECT_TRUE(eventually([&] { return terminal.read() == "~back~"; }));

  terminal.close();
  ASSERT_TRUE(line.wait_for_output("the pty was closed"));
  EXPECT_EQ(line.terminate(), exited(0));
  EXPECT_THAT(line.out(),
              HasSubstr("from " + tty.path() + ": 6 octets, 1 frames; 0 frames damaged"));
  EXPECT_FALSE(std::filesystem::is_symlink(link));
}

TEST(SimLine, JoinsTwoTtysAndDamages) {
  test::PtyPair a, b;
  Process line({TUNPPP_PROGRAM, "sim", "line", "--between", a.path(), b.path(), "--loss", "1"});
  ASSERT_TRUE(line.wait_for_output("the line is up")) << line.err();
  ASSERT_EQ(::write(a.master(), "text~frame~", 11), 11);
  std::string arrived;
  while (arrived.size() < 6) {
    char text[16];
    const ssize_t count = ::read(b.master(), text, sizeof text);
    ASSERT_GT(count, 0);
    arrived.append(text, static_cast<std::size_t>(count));
  }
  EXPECT_EQ(arrived, "text~~");
  EXPECT_EQ(line.terminate(), exited(0));
  EXPECT_THAT(line.out(), HasSubstr("1 frames; 0 frames damaged, 1 lost"));
}

TEST(SimLine, EndsWhenATtyIsHungUp) {
  test::PtyPair a, b;
  Process line({TUNPPP_PROGRAM, "sim", "line", "--between", a.path(), b.path()});
  ASSERT_TRUE(line.wait_for_output("the line is up")) << line.err();
  b.hang_up();
  EXPECT_EQ(line.wait(), exited(19));
  EXPECT_THAT(line.out(), HasSubstr(b.path() + " was hung up"));
}

TEST(SimLine, SaysWhatIsWrong) {
  const auto none = test::run({TUNPPP_PROGRAM, "sim", "line", "--between", "/dev/no-such-tty"});
  EXPECT_EQ(none.status, exited(5)) << none;
  EXPECT_EQ(test::run({TUNPPP_PROGRAM, "sim", "line"}).status, exited(2));
  test::PtyPair tty;
  EXPECT_EQ(
      test::run({TUNPPP_PROGRAM, "sim", "line", "--between", tty.path(), "--damage", "2"}).status,
      exited(2));
}

}  // namespace
}  // namespace tunppp::sim
