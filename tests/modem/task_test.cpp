#include "modem/task.h"

#include <gtest/gtest.h>

namespace tunppp::modem {
namespace {

/// Suspends until somebody resumes it from outside, as the engine does.
struct Gate {
  std::coroutine_handle<> waiter;
  struct Awaiter {
    Gate& gate;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const noexcept { gate.waiter = handle; }
    void await_resume() const noexcept {}
  };
  Awaiter pass() { return {*this}; }
  void open() { std::exchange(waiter, {}).resume(); }
};

struct Counter {
  int& alive;
  explicit Counter(int& count) : alive(count) { ++alive; }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;
  ~Counter() { --alive; }
};

Task<int> inner(Gate& gate, int& alive) {
  const Counter counter(alive);
  co_await gate.pass();
  co_return 20;
}

Task<int> outer(Gate& gate, int& alive) {
  const Counter counter(alive);
  const int first = co_await inner(gate, alive);
  const int second = co_await inner(gate, alive);
  co_return first + second + 2;
}

TEST(Task, RunsWhenStartedAndHandsResultsUp) {
  Gate gate;
  int alive = 0;
  Task<int> task = outer(gate, alive);
  EXPECT_EQ(alive, 0);
  task.start();
  EXPECT_EQ(alive, 2);
  gate.open();
  EXPECT_FALSE(task.done());
  gate.open();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.result(), 42);
  EXPECT_EQ(alive, 0);
}

TEST(Task, DestroyedMidwayEndsWithAllThatItAwaits) {
  Gate gate;
  int alive = 0;
  {
    Task<int> task = outer(gate, alive);
    task.start();
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 0);
}

Task<int> immediate(int value) {
  co_return value;
}

Task<int> many(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await immediate(1);
  co_return sum;
}

TEST(Task, AwaitsTasksThatNeverSuspend) {
  Task<int> task = many(1'000);
  task.start();
  EXPECT_EQ(task.result(), 1'000);
}

}  // namespace
}  // namespace tunppp::modem
