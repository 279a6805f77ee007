#include "sim/pty.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "sim/world.h"
#include "support/temp_directory.h"

namespace tunppp::sim {
namespace {

namespace fs = std::filesystem;

struct Guest final : Pty::Observer, Pipe::Listener {
  void pty_opened() override { ++opened; }
  void pty_closed() override { ++closed; }
  void pipe_readable() override {
    std::array<std::byte, 64> buffer;
    const Pipe::Result result = pty->read(buffer);
    EXPECT_FALSE(result.closed);
    text.append(reinterpret_cast<const char*>(buffer.data()), result.count);
  }
  void pipe_writable() override {}

  Pty* pty = nullptr;
  std::string text;
  int opened = 0;
  int closed = 0;
};

class PtyTest : public testing::Test {
 protected:
  void create(const std::string& link = {}) {
    auto made = Pty::create(world_.loop(), link);
    ASSERT_TRUE(made) << made.failure().text;
    pty_ = std::move(*made);
    guest_.pty = pty_.get();
    pty_->observe(&guest_);
    pty_->listen(&guest_);
    pty_->watch_read(true);
  }
  static Bytes octets(std::string_view text) { return std::as_bytes(std::span(text)); }

  World world_;
  test::TempDirectory files_;
  Guest guest_;
  std::unique_ptr<Pty> pty_;
};

TEST_F(PtyTest, CarriesEverythingRaw) {
  create();
  Terminal terminal(pty_->path());
  // What a tty of a shell would echo, translate, or take for commands.
  const std::string text = std::string("a\r\n\x03\x11\x13\x04\x7f\xff\x00z", 12);
  terminal.write(text);
  EXPECT_TRUE(world_.until([&] { return guest_.text == text; }));
  EXPECT_EQ(terminal.read(), "") << "echo";
  EXPECT_EQ(pty_->write(octets(text)).count, text.size());
  EXPECT_TRUE(world_.until([&] { return terminal.read() == text; }));
}

TEST_F(PtyTest, SurvivesThoseWhoComeAndGo) {
  create();
  for (int i = 1; i <= 3; ++i) {
    Terminal terminal(pty_->path());
    EXPECT_TRUE(world_.until([&] { return guest_.opened == i; }));
    EXPECT_TRUE(pty_->in_use());
    terminal.write("hello");
    terminal.close();
    EXPECT_TRUE(world_.until([&] { return guest_.closed == i; }));
    EXPECT_FALSE(pty_->in_use());
  }
  // What was said before closing is not lost.
  EXPECT_EQ(guest_.text, "hellohellohello");
}

TEST_F(PtyTest, OnlyTheLastOneWhoClosesEndsIt) {
  create();
  Terminal first(pty_->path());
  Terminal second(pty_->path());
  EXPECT_TRUE(world_.until([&] { return guest_.opened == 1; }));
  first.close();
  second.write("still here");
  EXPECT_TRUE(world_.until([&] { return guest_.text == "still here"; }));
  EXPECT_EQ(guest_.closed, 0);
}

TEST_F(PtyTest, WhatNobodyHearsIsLost) {
  create();
  EXPECT_EQ(pty_->write(octets("RDY")).count, 3u);
  Terminal terminal(pty_->path());
  EXPECT_TRUE(world_.until([&] { return guest_.opened == 1; }));
  pty_->write(octets("now"));
  EXPECT_TRUE(world_.until([&] { return !terminal.read().empty(); }));
  EXPECT_EQ(terminal.read(), "now");
}

TEST_F(PtyTest, HasALinkAsLongAsItLives) {
  const fs::path link = files_.path() / "modem";
  create(link);
  EXPECT_EQ(fs::read_symlink(link), pty_->path());
  pty_.reset();
  EXPECT_FALSE(fs::is_symlink(link));
}

// A plug that is pulled: whoever has it open sees that, and there is another one afterwards.
TEST_F(PtyTest, IsUnpluggedAndPluggedInAgain) {
  const fs::path link = files_.path() / "modem";
  create(link);
  const int fd = ::open(link.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  EXPECT_TRUE(world_.until([&] { return guest_.opened == 1; }));
  pty_->unplug();
  EXPECT_EQ(guest_.closed, 1);
  EXPECT_FALSE(fs::is_symlink(link));
  char octet = 0;
  EXPECT_EQ(::write(fd, "AT", 2), -1);
  EXPECT_LE(::read(fd, &octet, 1), 0);
  EXPECT_EQ(pty_->write(octets("nobody hears it")).count, 15u);
  pty_->unplug();  // once is enough

  ASSERT_FALSE(pty_->plug_in());
  EXPECT_EQ(fs::read_symlink(link), pty_->path());
  Terminal terminal(link);
  ::close(fd);
  EXPECT_TRUE(world_.until([&] { return guest_.opened == 2; }));
  terminal.write("hello");
  EXPECT_TRUE(world_.until([&] { return guest_.text == "hello"; }));
  pty_->write(octets("here"));
  EXPECT_TRUE(world_.until([&] { return terminal.read() == "here"; }));
}

TEST_F(PtyTest, ReplacesALinkThatLeadsNowhere) {
  const fs::path link = files_.path() / "modem";
  fs::create_symlink("/dev/pts/no-such", link);
  create(link);
  EXPECT_EQ(fs::read_symlink(link), pty_->path());
}

TEST_F(PtyTest, LeavesOtherFilesAlone) {
  const std::string file = files_.write_file("modem", "precious");
  auto made = Pty::create(world_.loop(), file);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.failure().reason, EndReason::usage);
  EXPECT_THAT(made.failure().text, testing::HasSubstr("cannot make the link " + file));
  EXPECT_EQ(test::read_file(file), "precious");

  const fs::path good = files_.path() / "other";
  fs::create_symlink(file, good);
  EXPECT_FALSE(Pty::create(world_.loop(), good));
  EXPECT_EQ(fs::read_symlink(good), file);
}

}  // namespace
}  // namespace tunppp::sim
