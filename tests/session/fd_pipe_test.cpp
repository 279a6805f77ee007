#include "session/fd_pipe.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace tunppp::session {
namespace {

class FdPipeTest : public testing::Test {
 protected:
  FdPipeTest() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds_), 0); }
  ~FdPipeTest() override {
    ::close(fds_[0]);
    ::close(fds_[1]);
  }
  Loop loop_;
  int fds_[2] = {-1, -1};
};

struct Listener final : Pipe::Listener {
  void pipe_readable() override { loop.stop(); }
  void pipe_writable() override {
    ++writable;
    loop.stop();
  }
  explicit Listener(Loop& its_loop) : loop(its_loop) {}
  Loop& loop;
  int writable = 0;
};

TEST_F(FdPipeTest, ReadsWhatIsThereAndSaysWhenNothingIs) {
  FdPipe pipe(loop_, fds_[0]);
  std::array<std::byte, 8> buffer{};
  Pipe::Result result = pipe.read(buffer);
  EXPECT_EQ(result.count, 0u);
  EXPECT_FALSE(result.closed);

  ASSERT_EQ(::write(fds_[1], "abc", 3), 3);
  result = pipe.read(buffer);
  EXPECT_EQ(result.count, 3u);
  EXPECT_EQ(buffer[2], std::byte{'c'});
}

TEST_F(FdPipeTest, ToldWhenOctetsCome) {
  FdPipe pipe(loop_, fds_[0]);
  Listener listener(loop_);
  pipe.listen(&listener);
  pipe.watch_read(true);
  ASSERT_EQ(::write(fds_[1], "x", 1), 1);
  loop_.run();
}

TEST_F(FdPipeTest, TheOtherEndGoingAwayClosesIt) {
  FdPipe pipe(loop_, fds_[0]);
  ::shutdown(fds_[1], SHUT_RDWR);
  std::array<std::byte, 8> buffer{};
  EXPECT_TRUE(pipe.read(buffer).closed);
}

TEST_F(FdPipeTest, FullTakesNothingAndTellsWhenThereIsRoomAgain) {
  FdPipe pipe(loop_, fds_[0]);
  Listener listener(loop_);
  pipe.listen(&listener);
  const std::vector<std::byte> block(65536);
  Pipe::Result result;
  while ((result = pipe.write(block)).count > 0) {
  }
  EXPECT_FALSE(result.closed);

  pipe.watch_write();
  std::vector<char> sink(1 << 20);
  while (::recv(fds_[1], sink.data(), sink.size(), MSG_DONTWAIT) > 0) {
  }
  loop_.run();
  EXPECT_EQ(listener.writable, 1);
}

TEST_F(FdPipeTest, LeavesTheFlagsAsTheyWere) {
  const int flags = ::fcntl(fds_[0], F_GETFL);
  {
    FdPipe pipe(loop_, fds_[0]);
    EXPECT_TRUE(::fcntl(fds_[0], F_GETFL) & O_NONBLOCK);
  }
  EXPECT_EQ(::fcntl(fds_[0], F_GETFL), flags);
}

TEST_F(FdPipeTest, ReadsAndWritesByDifferentDescriptors) {
  const int other = ::dup(fds_[0]);
  {
    FdPipe pipe(loop_, fds_[0], other);
    EXPECT_EQ(pipe.write(std::as_bytes(std::span("hi", 2))).count, 2u);
    std::array<char, 8> buffer{};
    EXPECT_EQ(::read(fds_[1], buffer.data(), buffer.size()), 2);
  }
  ::close(other);
}

}  // namespace
}  // namespace tunppp::session
