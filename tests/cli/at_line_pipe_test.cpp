// The byte pipe of an AT port that is lent command by command.
#include <gmock/gmock.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "cli/at_line_pipe.h"

namespace tunppp::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Lender : public AtLine {
 public:
  void listen(Listener& listener) override { listener_ = &listener; }
  void ask(std::string_view command) override { asked_.emplace_back(command); }
  void give_text(std::optional<std::string> text) override {
    asked_.push_back(text.value_or("(no text)"));
  }

  Listener* listener_ = nullptr;
  std::vector<std::string> asked_;
};

class AtLinePipeTest : public testing::Test, private Pipe::Listener {
 protected:
  AtLinePipeTest() {
    pipe_.listen(this);
    pipe_.watch_read(true);
  }
  void write(std::string_view text) {
    EXPECT_EQ(pipe_.write(std::as_bytes(std::span(text))).count, text.size());
  }
  void end(AtEnd::Kind kind, const std::string& text = {}) {
    lender_.listener_->at_end({kind, text});
  }

  Lender lender_;
  AtLinePipe pipe_{lender_};
  std::string read_;
  bool closed_ = false;

 private:
  void pipe_readable() override {
    std::array<std::byte, 5> buffer;  // small, so that more than one look is needed
    const Pipe::Result result = pipe_.read(buffer);
    read_.append(reinterpret_cast<const char*>(buffer.data()), result.count);
    closed_ = result.closed;
    if (closed_) pipe_.watch_read(false);
  }
  void pipe_writable() override {}
};

TEST_F(AtLinePipeTest, OneCommandAfterTheOther) {
  write("AT+CS");
  EXPECT_THAT(lender_.asked_, IsEmpty());
  write("Q\rAT+CGMM\r");
  EXPECT_THAT(lender_.asked_, ElementsAre("AT+CSQ"));
  lender_.listener_->at_answer("+CSQ: 20,99");
  lender_.listener_->at_unsolicited("RING");
  end(AtEnd::Kind::done, "OK");
  EXPECT_EQ(read_, "\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
  EXPECT_THAT(lender_.asked_, ElementsAre("AT+CSQ", "AT+CGMM"));
}

TEST_F(AtLinePipeTest, WhatIsNoCommandGoesNowhere) {
  write("+++ATH\r\x7e\xff\x03\x7e\r\rAT\r");
  EXPECT_THAT(lender_.asked_, ElementsAre("AT"));
}

TEST_F(AtLinePipeTest, HowCommandsEnd) {
  write("AT+CFUN=0\rAT+SLOW\rAT+CMGS=1\rAT+FOO\r");
  end(AtEnd::Kind::refused, "not while ppp0 is up: it switches the radio off");
  EXPECT_EQ(std::exchange(read_, {}), "\r\nERROR\r\n");
  end(AtEnd::Kind::silent, "no answer in 5 s");
  EXPECT_EQ(read_, "");
  end(AtEnd::Kind::prompt);
  EXPECT_EQ(read_, "");
  end(AtEnd::Kind::failed, "ERROR");
  EXPECT_EQ(std::exchange(read_, {}), "\r\nERROR\r\n");
  end(AtEnd::Kind::failed, "+CME ERROR: 10");
  EXPECT_EQ(read_, "\r\n+CME ERROR: 10\r\n");
  EXPECT_THAT(lender_.asked_,
              ElementsAre("AT+CFUN=0", "AT+SLOW", "AT+CMGS=1", "(no text)", "AT+FOO"));
}

TEST_F(AtLinePipeTest, TheEndOfTheSession) {
  write("AT\rAT\r");
  lender_.listener_->at_answer("last words");
  lender_.listener_->at_closed("the session has ended");
  EXPECT_EQ(read_, "\r\nlast words\r\n");
  EXPECT_TRUE(closed_);
  EXPECT_THAT(lender_.asked_, ElementsAre("AT"));
}

}  // namespace
}  // namespace tunppp::cli
