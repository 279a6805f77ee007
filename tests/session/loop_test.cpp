#include "session/loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <vector>

namespace tunppp::session {
namespace {

using std::chrono::milliseconds;

TEST(Loop, TimerExpiresOnceAndNotBefore) {
  Loop loop;
  int expired = 0;
  const Instant deadline = boot_time() + milliseconds(20);
  Timer timer(loop, [&] {
    ++expired;
    EXPECT_GE(boot_time(), deadline);
  });
  timer.set(deadline);
  Timer end(loop, [&] { loop.stop(); });
  end.set(deadline + milliseconds(30));
  loop.run();
  EXPECT_EQ(expired, 1);
}

TEST(Loop, TimerThatIsPutOffWaitsForTheLaterDeadline) {
  Loop loop;
  const Instant later = boot_time() + milliseconds(60);
  Timer timer(loop, [&] {
    EXPECT_GE(boot_time(), later);
    loop.stop();
  });
  timer.set(boot_time() + milliseconds(5));
  timer.set(later);
  loop.run();
}

TEST(Loop, StoppedTimerStaysSilent) {
  Loop loop;
  Timer timer(loop, [] { ADD_FAILURE() << "it was stopped"; });
  timer.set(boot_time() + milliseconds(5));
  timer.set(std::nullopt);
  Timer end(loop, [&] { loop.stop(); });
  end.set(boot_time() + milliseconds(25));
  loop.run();
}

TEST(Loop, CallbacksMayDestroyWhatCalledThem) {
  Loop loop;
  auto timer = std::unique_ptr<Timer>();
  auto wakeup = std::unique_ptr<Wakeup>();
  timer = std::make_unique<Timer>(loop, [&] {
    timer.reset();
    wakeup->notify();
  });
  wakeup = std::make_unique<Wakeup>(loop, [&] {
    wakeup.reset();
    loop.stop();
  });
  timer->set(boot_time());
  loop.run();
  EXPECT_EQ(timer, nullptr);
  EXPECT_EQ(wakeup, nullptr);
}

TEST(Loop, WakeupComesOnceForManyNotificationsAndNeverFromInside) {
  Loop loop;
  int woken = 0;
  Wakeup wakeup(loop, [&] {
    if (++woken == 1) wakeup.notify();
    if (woken == 2) loop.stop();
  });
  wakeup.notify();
  wakeup.notify();
  EXPECT_EQ(woken, 0);
  loop.run();
  EXPECT_EQ(woken, 2);
}

TEST(Loop, ADestroyedWakeupIsNotCalled) {
  Loop loop;
  auto gone = std::make_unique<Wakeup>(loop, [] { ADD_FAILURE() << "it is gone"; });
  gone->notify();
  gone.reset();
  Wakeup end(loop, [&] { loop.stop(); });
  end.notify();
  loop.run();
}

struct Reader final : FdWatch::Listener {
  explicit Reader(std::function<void()> what) : readable(std::move(what)) {}
  void fd_readable() override { readable(); }
  void fd_writable() override {}
  std::function<void()> readable;
};

class Pipe2 : public testing::Test {
 protected:
  Pipe2() { EXPECT_EQ(::pipe(fds_), 0); }
  ~Pipe2() override {
    ::close(fds_[0]);
    ::close(fds_[1]);
  }
  void put(std::string_view text) const {
    EXPECT_EQ(::write(fds_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  int fds_[2] = {-1, -1};
};

TEST_F(Pipe2, ReadableIsReportedAsLongAsOctetsWait) {
  Loop loop;
  int calls = 0;
  Reader reader([&] {
    char octet = 0;
    EXPECT_EQ(::read(fds_[0], &octet, 1), 1);
    if (++calls == 3) loop.stop();
  });
  FdWatch watch(loop, fds_[0], reader);
  watch.watch_read(true);
  put("abc");
  loop.run();
  EXPECT_EQ(calls, 3);
}

TEST_F(Pipe2, ReadableIsNotReportedWhileOff) {
  Loop loop;
  int calls = 0;
  std::optional<FdWatch> watch;
  Timer again(loop, [&] { watch->watch_read(true); });
  Reader reader([&] {
    if (++calls == 2) return loop.stop();
    watch->watch_read(false);
    again.set(boot_time() + milliseconds(10));
  });
  watch.emplace(loop, fds_[0], reader);
  watch->watch_read(true);
  put("x");
  loop.run();
  EXPECT_EQ(calls, 2);
}

TEST_F(Pipe2, AListenerMayDestroyItsWatch) {
  Loop loop;
  std::optional<FdWatch> watch;
  Reader reader([&] {
    watch.reset();
    loop.stop();
  });
  watch.emplace(loop, fds_[0], reader);
  watch->watch_read(true);
  put("x");
  loop.run();
  EXPECT_FALSE(watch);
}

}  // namespace
}  // namespace tunppp::session
