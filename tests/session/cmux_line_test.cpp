#include "session/cmux_line.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "session/fd_pipe.h"
#include "session/world.h"

namespace tunppp::session {
namespace {

using modem::cmux::Muxer;
using modem::cmux::MuxerOptions;
using modem::cmux::Option;
using std::chrono::milliseconds;
using std::chrono::seconds;

using Octets = std::vector<std::byte>;

MuxerOptions options_of(Option option, std::size_t frame_size) {
  return {.option = option,
          .frame_size = frame_size,
          .t1 = milliseconds(100),
          .t2 = milliseconds(100),
          .retries = 2,
          .channels = 2};
}

Octets random_octets(std::size_t size) {
  std::mt19937 random(size & 0xffff);
  Octets octets(size);
  for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
  return octets;
}

/// The modem's end of the line.
class Responder final : private Pipe::Listener {
 public:
  Responder(World& world, int fd, MuxerOptions options)
      : world_(world),
        muxer(responding(options)),
        pipe_(world.loop(), fd),
        timer_(world.loop(), [this] {
          muxer.handle_timeout(boot_time());
          settle();
        }) {
    pipe_.listen(this);
    pipe_.watch_read(true);
  }

  /// To be sent as there is room for it.
  void send(std::uint8_t dlci, Octets octets) {
    to_send_[dlci] = std::move(octets);
    sent_[dlci] = 0;
    settle();
  }
  bool blocked() const { return blocked_; }
  std::size_t unsent(std::uint8_t dlci) const { return to_send_[dlci].size() - sent_[dlci]; }
  void settle() {
    for (std::uint8_t dlci = 1; dlci <= 2; ++dlci) {
      if (reads) take(dlci);
      sent_[dlci] += muxer.write(dlci, Bytes(to_send_[dlci]).subspan(sent_[dlci]));
    }
    while (!blocked_ && !muxer.poll_transmit().empty()) {
      const Pipe::Result result = pipe_.write(muxer.poll_transmit());
      muxer.transmitted(result.count);
      if (result.closed) break;
      blocked_ = result.count == 0;
      if (blocked_) pipe_.watch_write();
      for (std::uint8_t dlci = 1; dlci <= 2; ++dlci)
        sent_[dlci] += muxer.write(dlci, Bytes(to_send_[dlci]).subspan(sent_[dlci]));
    }
    timer_.set(muxer.next_timeout());
    world_.changed();
  }

  bool reads = true;
  std::array<Octets, 3> heard;  ///< by channel

 private:
  World& world_;

 public:
  Muxer muxer;

 private:
  void take(std::uint8_t dlci) {
    const Bytes waiting = muxer.received(dlci);
    heard[dlci].insert(heard[dlci].end(), waiting.begin(), waiting.end());
    muxer.consumed(boot_time(), dlci, waiting.size());
  }
  static MuxerOptions responding(MuxerOptions options) {
    options.initiator = false;
    return options;
  }
  void pipe_readable() override {
    std::array<std::byte, 4096> buffer;
    const Pipe::Result result = pipe_.read(buffer);
    muxer.receive(boot_time(), Bytes(buffer).first(result.count));
    if (result.closed) pipe_.watch_read(false);
    settle();
  }
  void pipe_writable() override {
    blocked_ = false;
    settle();
  }

  FdPipe pipe_;
  Timer timer_;
  bool blocked_ = false;
  std::array<Octets, 3> to_send_;
  std::array<std::size_t, 3> sent_{};
};

/// Reads what comes on a pipe, and writes what it was given.
class Talker final : private Pipe::Listener {
 public:
  Talker(World& world, Pipe& pipe) : world_(world), pipe_(pipe) {
    pipe_.listen(this);
    pipe_.watch_read(true);
  }
  ~Talker() {
    pipe_.listen(nullptr);
    pipe_.watch_read(false);
  }

  void send(Octets octets) {
    to_send_ = std::move(octets);
    sent = 0;
    write();
  }
  bool all_sent() const { return sent == to_send_.size(); }

  Octets heard;
  std::size_t sent = 0;
  int writable_calls = 0;
  bool closed = false;
  std::error_code error;

 private:
  void pipe_readable() override {
    std::array<std::byte, 1000> buffer;
    const Pipe::Result result = pipe_.read(buffer);
    heard.insert(heard.end(), buffer.begin(),
                 buffer.begin() + static_cast<std::ptrdiff_t>(result.count));
    if (result.closed) {
      closed = true;
      error = result.error;
      pipe_.watch_read(false);
    }
    world_.changed();
  }
  void pipe_writable() override {
    ++writable_calls;
    write();
  }
  void write() {
    const Pipe::Result result = pipe_.write(Bytes(to_send_).subspan(sent));
    sent += result.count;
    if (!all_sent() && !result.closed) pipe_.watch_write();
    world_.changed();
  }

  World& world_;
  Pipe& pipe_;
  Octets to_send_;
};

class CmuxLineTest : public testing::Test {
 protected:
  void begin(MuxerOptions options = options_of(Option::basic, 127)) {
    pipe_.emplace(world_.loop(), wire_.fds[0]);
    modem_.emplace(world_, wire_.fds[1], options);
    line_.emplace(world_.loop(), *pipe_, options, [this] { world_.changed(); });
    line_->start();
  }
  void open(MuxerOptions options = options_of(Option::basic, 127)) {
    begin(options);
    ASSERT_TRUE(world_.until([this] { return line_->opened(); }));
    ASSERT_TRUE(line_->is_open(1));
    ASSERT_TRUE(line_->is_open(2));
  }

  World world_;
  Wire wire_;
  std::optional<FdPipe> pipe_;
  std::optional<Responder> modem_;
  std::optional<CmuxLine> line_;
};

TEST_F(CmuxLineTest, CarriesEverythingBothWaysOnBothChannels) {
  for (const Option option : {Option::basic, Option::advanced})
    for (const std::size_t frame_size : {31, 127, 1500, 32768}) {
      line_.reset();
      modem_.reset();
      pipe_.reset();
      open(options_of(option, frame_size));
      Talker one(world_, line_->channel(1));
      Talker two(world_, line_->channel(2));
      const Octets there = random_octets(200'000);
      const Octets back = random_octets(150'001);
      const Octets beside = random_octets(5'000);
      one.send(there);
      two.send(beside);
      modem_->send(1, back);
      EXPECT_TRUE(world_.until([&] {
        return modem_->heard[1].size() == there.size() &&
               modem_->heard[2].size() == beside.size() && one.heard.size() == back.size();
      })) << frame_size;
      EXPECT_TRUE(modem_->heard[1] == there);
      EXPECT_TRUE(modem_->heard[2] == beside);
      EXPECT_TRUE(one.heard == back);
      EXPECT_EQ(modem_->muxer.damaged_frames(), 0U);
      EXPECT_EQ(modem_->muxer.dropped(), 0U);
    }
}

TEST_F(CmuxLineTest, AChannelThatIsNotReadStopsItsPeerAndNothingIsLost) {
  open();
  Talker one(world_, line_->channel(1));
  line_->channel(1).watch_read(false);
  const Octets much = random_octets(500'000);
  modem_->send(1, much);
  EXPECT_TRUE(world_.until([&] { return !modem_->muxer.may_send(1) || modem_->blocked(); }));
  EXPECT_GT(modem_->unsent(1), 0U);
  line_->channel(1).watch_read(true);
  EXPECT_TRUE(world_.until([&] { return one.heard.size() == much.size(); }));
  EXPECT_TRUE(one.heard == much);
}

TEST_F(CmuxLineTest, AChannelThatNobodyReadsDoesNotStandInTheWayOfTheOther) {
  open();
  Talker two(world_, line_->channel(2));
  const Octets much = random_octets(500'000);
  const Octets words = random_octets(100'000);
  modem_->send(1, much);
  modem_->send(2, words);
  EXPECT_TRUE(world_.until([&] { return two.heard.size() == words.size(); }));
  EXPECT_TRUE(two.heard == words);
}

TEST_F(CmuxLineTest, WritesNoMoreThanThePeerTakesAndTellsWhenItGoesOn) {
  open();
  modem_->reads = false;
  Talker one(world_, line_->channel(1));
  const Octets much = random_octets(20'000);  // so that it finds room in the modem
  const Octets more = random_octets(300'000);
  one.send(much);
  EXPECT_TRUE(world_.until([&] { return modem_->muxer.received(1).size() == much.size(); }));
  // The modem has sent FC, and it came: what is taken now stays with us.
  one.send(more);
  EXPECT_TRUE(world_.until([&] { return one.sent == Muxer::send_capacity; }));
  EXPECT_EQ(line_->channel(1).write(more).count, 0U);
  const int calls = one.writable_calls;
  modem_->reads = true;
  modem_->settle();
  EXPECT_TRUE(world_.until([&] { return modem_->heard[1].size() == much.size() + more.size(); }));
  EXPECT_GT(one.writable_calls, calls);
  EXPECT_EQ(modem_->muxer.dropped(), 0U);
}

TEST_F(CmuxLineTest, UnsentIsWhatWaitsHereAndOnTheLine) {
  open();
  modem_.reset();
  const Octets octets = random_octets(1000);
  ASSERT_EQ(line_->channel(1).write(octets).count, octets.size());
  const auto unsent = line_->channel(1).unsent();
  ASSERT_TRUE(unsent);
  EXPECT_EQ(unsent, pipe_->unsent());
  EXPECT_GT(*unsent, octets.size());
}

TEST_F(CmuxLineTest, IsNotToldFromInsideAWrite) {
  open();
  Talker one(world_, line_->channel(1));
  line_->channel(1).watch_write();
  EXPECT_EQ(one.writable_calls, 0);
  EXPECT_TRUE(world_.until([&] {
    world_.changed();
    return one.writable_calls == 1;
  }));
}

TEST_F(CmuxLineTest, AChannelThatThePeerClosesEndsAndTheOtherGoesOn) {
  open();
  Talker one(world_, line_->channel(1));
  Talker two(world_, line_->channel(2));
  const Octets last = random_octets(50);
  modem_->send(1, last);
  modem_->muxer.close(boot_time(), 1);
  modem_->settle();
  EXPECT_TRUE(world_.until([&] { return one.closed; }));
  EXPECT_EQ(one.heard, last);  // what came before is read first
  EXPECT_TRUE(line_->channel(1).write(last).closed);
  EXPECT_FALSE(two.closed);
  two.send(last);
  EXPECT_TRUE(world_.until([&] { return modem_->heard[2] == last; }));
}

TEST_F(CmuxLineTest, TheLinesEndIsThatOfEachChannel) {
  open();
  Talker one(world_, line_->channel(1));
  Talker two(world_, line_->channel(2));
  modem_.reset();
  wire_.cut(1);
  EXPECT_TRUE(world_.until([&] { return one.closed && two.closed; }));
  EXPECT_TRUE(line_->over());
  EXPECT_TRUE(line_->line_closed());
}

TEST_F(CmuxLineTest, StopsByCloseDownAndLeavesTheLineAlone) {
  open();
  Talker one(world_, line_->channel(1));
  line_->stop(seconds(1));
  EXPECT_TRUE(world_.until([&] { return line_->over() && one.closed; }));
  EXPECT_FALSE(line_->line_closed());
  EXPECT_EQ(modem_->muxer.ended(), Muxer::End::by_peer);
}

TEST_F(CmuxLineTest, StopsInTimeWhenNobodyAnswers) {
  open();
  modem_.reset();
  const Instant began = boot_time();
  line_->stop(milliseconds(150));
  EXPECT_TRUE(world_.until([&] { return line_->over(); }));
  EXPECT_GE(boot_time() - began, milliseconds(150));
}

TEST_F(CmuxLineTest, NobodyThereIsToldOnce) {
  pipe_.emplace(world_.loop(), wire_.fds[0]);
  line_.emplace(world_.loop(), *pipe_, options_of(Option::basic, 31), [this] { world_.changed(); });
  line_->start();
  EXPECT_FALSE(line_->opened());
  EXPECT_TRUE(world_.until([&] { return line_->opened(); }));
  EXPECT_FALSE(line_->is_open(1));
  EXPECT_EQ(line_->state(0), Muxer::State::silent);
}

TEST_F(CmuxLineTest, DtrGoesOutAsModemStatus) {
  open();
  namespace signal = modem::cmux::signal;
  line_->set_dtr(1, false);
  EXPECT_TRUE(world_.until([&] { return (modem_->muxer.peer_signals(1) & signal::ready) == 0; }));
  EXPECT_NE(modem_->muxer.peer_signals(2) & signal::ready, 0);
  line_->set_dtr(1, true);
  EXPECT_TRUE(world_.until([&] { return (modem_->muxer.peer_signals(1) & signal::ready) != 0; }));
}

TEST_F(CmuxLineTest, TheShareIsWhatFullFramesLeave) {
  begin(options_of(Option::basic, 127));
  EXPECT_DOUBLE_EQ(line_->share(), 127.0 / 133);
}

}  // namespace
}  // namespace tunppp::session
