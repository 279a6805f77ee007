#include "sim/line_relay.h"

#include <gtest/gtest.h>

#include "session/fd_pipe.h"
#include "sim/pty.h"
#include "sim/world.h"
#include "support/pty_pair.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;

class LineRelayTest : public testing::Test, protected LineRelay::Owner {
 protected:
  void connect(const LineOptions& options, std::uint64_t seed = 1) {
    auto a = Pty::create(world_.loop());
    auto b = Pty::create(world_.loop());
    ASSERT_TRUE(a && b);
    a_ = std::move(*a);
    b_ = std::move(*b);
    LineRelay::Owner& owner = *this;
    relay_.emplace(world_.loop(), *a_, *b_, options, seed, owner);
    relay_->start();
    left_.emplace(a_->path());
    right_.emplace(b_->path());
    ASSERT_TRUE(world_.until([&] { return a_->in_use() && b_->in_use(); }));
  }
  void relay_closed(LineEnd end, std::error_code) override { closed_.push_back(end); }

  // Writes all of it at one end and reads until as much has come out at the other.
  bool carry(const std::string& text, std::size_t expected) {
    std::size_t written = 0;
    return world_.until([&] {
      written += left_->write(std::string_view(text).substr(written));
      return right_->read().size() >= expected && written == text.size();
    });
  }

  World world_;
  std::unique_ptr<Pty> a_;
  std::unique_ptr<Pty> b_;
  std::optional<LineRelay> relay_;
  std::optional<Terminal> left_;
  std::optional<Terminal> right_;
  std::vector<LineEnd> closed_;
};

std::string varied(std::size_t size) {
  std::string text(size, ' ');
  Random random(9);
  for (char& c : text) c = static_cast<char>(random.next());
  return text;
}

std::string frames(std::size_t count) {
  std::string text = "~";
  for (std::size_t i = 0; i < count; ++i)
    text += std::string(200, static_cast<char>('A' + i % 26)) + "~";
  return text;
}

TEST_F(LineRelayTest, CarriesBothWays) {
  connect({});
  left_->write("to the right");
  right_->write("to the left");
  EXPECT_TRUE(world_.until(
      [&] { return right_->read() == "to the right" && left_->read() == "to the left"; }));
}

TEST_F(LineRelayTest, LosesNothingWhenTheReaderIsSlow) {
  connect({.capacity = 4096});
  const std::string text = varied(500'000);
  std::size_t written = 0;
  EXPECT_TRUE(world_.until([&] {
    written += left_->write(std::string_view(text).substr(written));
    return right_->read(3000).size() == text.size();
  }));
  EXPECT_EQ(right_->read(), text);
}

TEST_F(LineRelayTest, TakesItsTime) {
  connect({.latency = 50ms, .baud = 115200});
  const Instant start = session::boot_time();
  const std::string text = varied(2304);
  EXPECT_TRUE(carry(text, text.size()));
  // 50 ms and 2304 * 10 / 115200 s; not earlier.
  EXPECT_GE(session::boot_time() - start, 250ms);
  EXPECT_EQ(right_->read(), text);
}

TEST_F(LineRelayTest, DamagesAsItsSeedSays) {
  const LineOptions options{.frame_damage = 0.1};
  connect(options, 7);
  const std::string text = frames(2000);
  // What a line of the same options and seed does in theory.
  Line model(options, 7);
  std::string expected;
  std::array<std::byte, 1000> buffer;
  for (Bytes in = std::as_bytes(std::span(text)); !in.empty();) {
    in = in.subspan(model.push({}, LineEnd::a, in.first(std::min<std::size_t>(500, in.size()))));
    while (const std::size_t count = model.pull({}, LineEnd::b, buffer))
      expected.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  EXPECT_NE(expected, text);
  EXPECT_TRUE(carry(text, expected.size()));
  EXPECT_EQ(right_->read(), expected);
  EXPECT_EQ(relay_->line().from(LineEnd::a).statistics().frames, 2000u);
}

TEST_F(LineRelayTest, TellsWhenATtyIsHungUp) {
  test::PtyPair tty;
  auto b = Pty::create(world_.loop());
  ASSERT_TRUE(b);
  const int fd = ::open(tty.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  {
    session::FdPipe pipe(world_.loop(), fd);
    LineRelay::Owner& owner = *this;
    LineRelay relay(world_.loop(), pipe, **b, {}, 1, owner);
    relay.start();
    tty.hang_up();
    EXPECT_TRUE(world_.until([&] { return !closed_.empty(); }));
    EXPECT_EQ(closed_, std::vector{LineEnd::a});
  }
  ::close(fd);
}

}  // namespace
}  // namespace tunppp::sim
