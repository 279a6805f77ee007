// `tunppp at` as a user runs it.
#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <map>
#include <mutex>

#include "cli/dial_serve.h"
#include "support/temp_directory.h"

namespace tunppp::cli {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::PtyPair;
using testing::HasSubstr;
using testing::Not;

/// A modem on a pty that answers from a table.
class AtModem {
 public:
  enum class Kind { answering, silent, data_mode };
  explicit AtModem(Kind kind = Kind::answering) : kind_(kind), thread_([this] { run(); }) {}
  ~AtModem() {
    stop_ = true;
    thread_.join();
  }
  const std::string& path() const { return pty_.path(); }
  void say(const std::string& text) {
    EXPECT_EQ(::write(pty_.master(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    heard_.clear();
  }
  bool heard(const std::string& command) const {
    const std::lock_guard lock(mutex_);
    return std::find(heard_.begin(), heard_.end(), command) != heard_.end();
  }

 private:
  void run() {
    while (!stop_) {
      pollfd ready{pty_.master(), POLLIN, 0};
      char c = 0;
      if (::poll(&ready, 1, 20) > 0 && ::read(pty_.master(), &c, 1) == 1) hear(c);
    }
  }
  void hear(char c) {
    if (kind_ == Kind::data_mode && c == '\x7e') return say("\x7e");
    if (kind_ != Kind::answering) return;
    if (c == '\x1b') {  // no text
      line_.clear();
      return say("\r\nOK\r\n");
    }
    if (c != '\r' && c != '\x1a') return line_.push_back(c);
    if (c == '\x1a') line_.push_back('^');
    {
      const std::lock_guard lock(mutex_);
      heard_.push_back(line_);
    }
    const auto found = answers_.find(std::exchange(line_, {}));
    say(found == answers_.end() ? "\r\nOK\r\n" : found->second);
  }

  const std::map<std::string, std::string> answers_{
      {"AT+CSQ", "\r\n+CSQ: 20,99\r\n\r\nOK\r\n"},
      {"AT+CGMM", "\r\nEC25\r\n\r\nOK\r\n"},
      {"AT+CPIN?", "\r\n+CME ERROR: 10\r\n"},
      {"AT+CMGS=1", "\r\n> "},
      {"hello^", "\r\n+CMGS: 7\r\n\r\nOK\r\n"},
      {"AT+FOO", "\r\nERROR\r\n"},
      {"AT+CUSD=1,\"*100#\"", "\r\nOK\r\n\r\n+CUSD: 0,\"Credit: 5\",15\r\n"},
      {"AT+SLOW", ""},
      {"AT+CEER", "\r\n+CEER: No cause information available\r\n\r\nOK\r\n"},
      {"AT+COPS?", "\r\n+COPS: 0,0,\"Example Mobile\",7\r\n\r\nOK\r\n"},
  };
  const Kind kind_;
  PtyPair pty_;
  std::atomic<bool> stop_ = false;
  std::string line_;
  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  std::thread thread_;
};

/// A program at a terminal of its own, and somebody who types.
class Typist {
 public:
  Typist(std::vector<std::string> command, const std::string& home) {
    pid_ = ::forkpty(&master_, nullptr, nullptr, nullptr);
    if (pid_ == 0) {
      ::setenv("HOME", home.c_str(), 1);
      ::unsetenv("XDG_STATE_HOME");
      ::setenv("TERM", "vt100", 1);
      std::vector<char*> arguments;
      for (std::string& word : command) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
  }
  ~Typist() {
    if (!ended_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(master_);
  }
  void type(const std::string& keys) {
    EXPECT_EQ(::write(master_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  /// Waits for it to appear after what was seen before.
  bool sees(const std::string& text) {
    const test::Deadline deadline(10s);
    for (;;) {
      const std::size_t at = screen_.find(text, seen_);
      if (at != std::string::npos) {
        seen_ = at + text.size();
        return true;
      }
      pollfd ready{master_, POLLIN, 0};
      if (::poll(&ready, 1, deadline.poll_milliseconds()) <= 0) return false;
      char buffer[4096];
      const ssize_t count = ::read(master_, buffer, sizeof buffer);
      if (count <= 0) return false;
      screen_.append(buffer, static_cast<std::size_t>(count));
    }
  }
  test::ExitStatus wait() {
    sees("what never comes");  // to its end
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ended_ = true;
    return test::ExitStatus::from_wait(status);
  }
  const std::string& screen() const { return screen_; }

 private:
  int master_ = -1;
  pid_t pid_ = -1;
  bool ended_ = false;
  std::string screen_;
  std::size_t seen_ = 0;
};

class At : public testing::Test {
 protected:
  std::vector<std::string> at(std::vector<std::string> more = {}) const {
    std::vector<std::string> command{TUNPPP_COMMAND, "at", "--at-sockets", sockets()};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
  std::string sockets() const { return (files_.path() / "run").string(); }
  std::string history() const {
    return (files_.path() / ".local/state/tunppp/at_history").string();
  }

  test::TempDirectory files_;
  AtModem modem_;
};

TEST_F(At, OneCommandAfterTheOther) {
  const auto good = test::run(at({"--device", modem_.path(), "AT+CSQ", "AT+CGMM"}));
  EXPECT_EQ(good.status, exited(0)) << good;
  EXPECT_EQ(good.out, "+CSQ: 20,99\nOK\nEC25\nOK\n");
  const auto bad = test::run(at({"--device", modem_.path(), "AT+CPIN?", "AT+CGMM"}));
  EXPECT_EQ(bad.status, exited(exit_code(EndReason::modem_error))) << bad;
  EXPECT_EQ(bad.out, "+CME ERROR: 10\n");
  EXPECT_THAT(bad.err, HasSubstr("the modem refused AT+CPIN?: SIM not inserted"));
}

TEST_F(At, ATextForAPrompt) {
  const auto good = test::run(at({"--device", modem_.path(), "AT+CMGS=1", "hello"}));
  EXPECT_EQ(good.status, exited(0)) << good;
  EXPECT_EQ(good.out, "+CMGS: 7\nOK\n");
}

TEST_F(At, LineByLineFromAPipe) {
  test::Process program(at({"--device", modem_.path()}), {.input = true});
  program.write("AT+CSQ\r\n\nAT+CG");
  EXPECT_TRUE(program.wait_for_output("CSQ: 20,99\nOK"));
  program.write("MM\nAT+CMGS=1\nhello\x1a\n");
  EXPECT_TRUE(program.wait_for_output("EC25"));
  EXPECT_TRUE(program.wait_for_output("CMGS: 7"));
  program.close_input();
  EXPECT_EQ(program.wait(), exited(0));
}

// The examples of docs/AT.md that need no session.
TEST_F(At, ExamplesOfTheDocumentation) {
  const auto one = test::run(at({"--device", modem_.path(), "AT+CSQ", "AT+COPS?"}));
  EXPECT_EQ(one.status, exited(0)) << one;
  EXPECT_EQ(one.out, "+CSQ: 20,99\nOK\n+COPS: 0,0,\"Example Mobile\",7\nOK\n");
  const auto ussd =
      test::run(at({"--device", modem_.path(), "--wait", "1", "AT+CUSD=1,\"*100#\""}));
  EXPECT_EQ(ussd.status, exited(0)) << ussd;
  EXPECT_EQ(ussd.out, "OK\n* +CUSD: 0,\"Credit: 5\",15\n");
  test::Process input(at({"--device", modem_.path(), "-"}), {.input = true});
  input.write("AT+CSQ\nAT+CEER\n");
  input.close_input();
  EXPECT_EQ(input.wait(), exited(0)) << input.err();
  EXPECT_EQ(input.out(), "+CSQ: 20,99\nOK\n+CEER: No cause information available\nOK\n");
}

TEST_F(At, WhatIsNoCommandIsNotSent) {
  const auto wrong = test::run(at({"--device", modem_.path(), "AT+CSQ", "1234", "AT+CGMM"}));
  EXPECT_EQ(wrong.status, exited(exit_code(EndReason::usage))) << wrong;
  EXPECT_EQ(wrong.out, "+CSQ: 20,99\nOK\n");
  EXPECT_THAT(wrong.err, HasSubstr("1234 is no AT command"));
  EXPECT_FALSE(modem_.heard("1234"));
}

TEST_F(At, ALineThatIsTooLongIsSaid) {
  const std::string longest(3000, 'A');
  for (const char* end : {"\n", "\nAT+COPS?\n", ""}) {
    test::Process program(at({"--device", modem_.path(), "-"}), {.input = true});
    program.write("AT+CSQ\nAT+X=\"" + longest + "\"" + end);
    program.close_input();
    EXPECT_EQ(program.wait(), exited(exit_code(EndReason::usage))) << end;
    EXPECT_THAT(program.err(), HasSubstr("longer than 2048 octets"));
    EXPECT_FALSE(modem_.heard("AT+COPS?"));
  }
}

// Without standard output the tty would get its number, and with it what is printed.
TEST_F(At, WhatIsPrintedNeverReachesTheModem) {
  std::vector<std::string> command{"sh", "-c", "exec \"$0\" \"$@\" >&- 2>&- <&-"};
  const std::vector<std::string> program = at({"--device", modem_.path(), "AT+CSQ"});
  command.insert(command.end(), program.begin(), program.end());
  EXPECT_EQ(test::run(command).status, exited(0));
  EXPECT_TRUE(modem_.heard("AT+CSQ"));
  const auto after = test::run(at({"--device", modem_.path(), "AT+CGMM"}));
  EXPECT_EQ(after.out, "EC25\nOK\n") << after;
  EXPECT_TRUE(modem_.heard("AT+CGMM")) << "as a line of its own";
}

TEST_F(At, ATextThatIsMissingIsSaid) {
  const auto none = test::run(at({"--device", modem_.path(), "AT+CMGS=1"}));
  EXPECT_EQ(none.status, exited(exit_code(EndReason::usage))) << none;
  EXPECT_THAT(none.err, HasSubstr("AT+CMGS=1 waits for a text"));
}

TEST_F(At, ASignalEndsItAndLeavesTheTtyFree) {
  for (const int signal : {SIGINT, SIGTERM}) {
    test::Process program(at({"--device", modem_.path(), "AT+SLOW"}));
    ASSERT_TRUE(eventually([this] { return modem_.heard("AT+SLOW"); }));
    program.signal(signal);
    EXPECT_EQ(program.wait(), exited(exit_code(EndReason::interrupted)));
    const auto after = test::run(at({"--device", modem_.path(), "AT+CSQ"}));
    EXPECT_EQ(after.out, "+CSQ: 20,99\nOK\n") << after;
    EXPECT_EQ(after.err, "");
    modem_.forget();
  }
}

TEST_F(At, ATtyInUseIsSaidToBe) {
  test::Process first(at({"--device", modem_.path()}), {.input = true});
  first.write("AT+CSQ\n");
  ASSERT_TRUE(first.wait_for_output("CSQ: 20,99"));
  const auto second = test::run(at({"--device", modem_.path(), "AT+CSQ"}));
  EXPECT_EQ(second.status, exited(exit_code(EndReason::tty_busy))) << second;
  EXPECT_THAT(second.err, HasSubstr("is in use by tunppp"));
  first.close_input();
  EXPECT_EQ(first.wait(), exited(0));
}

TEST_F(At, AModemThatIsSilentOrInDataMode) {
  AtModem silent(AtModem::Kind::silent);
  AtModem connected(AtModem::Kind::data_mode);
  test::Process one(at({"--device", silent.path(), "AT+CSQ"}));
  test::Process other(at({"--device", connected.path(), "AT+CSQ"}));
  EXPECT_EQ(one.wait(), exited(exit_code(EndReason::modem_silent)));
  EXPECT_THAT(one.err(), HasSubstr("does not answer AT"));
  EXPECT_THAT(one.err(), HasSubstr("tunppp doctor --device " + silent.path()));
  EXPECT_EQ(other.wait(), exited(exit_code(EndReason::modem_silent)));
  EXPECT_THAT(other.err(), HasSubstr("data mode"));
}

TEST_F(At, SaysWhatIsWrong) {
  EXPECT_EQ(test::run(at()).status, exited(2));
  EXPECT_EQ(test::run(at({"--device", "/dev/x", "--interface", "ppp0"})).status, exited(2));
  EXPECT_EQ(test::run(at({"--device", "/dev/ttyNone", "AT"})).status,
            exited(exit_code(EndReason::tty_missing)));
  const auto none = test::run(at({"--interface", "ppp9", "AT"}));
  EXPECT_EQ(none.status, exited(exit_code(EndReason::tty_missing)));
  EXPECT_THAT(none.err, HasSubstr("no session of ppp9"));
  EXPECT_THAT(none.err, HasSubstr("--at-device"));
  const auto refused = test::run(at({"--device", modem_.path(), "AT+FOO"}));
  EXPECT_EQ(refused.status, exited(exit_code(EndReason::modem_error)));
  EXPECT_EQ(refused.err, "tunppp: the modem refused AT+FOO: ERROR\n");
}

TEST_F(At, TypedAtATerminal) {
  Typist typist(at({"--device", modem_.path()}), files_.path());
  ASSERT_TRUE(typist.sees("at> "));
  typist.type("AT+CSQ\r");
  EXPECT_TRUE(typist.sees("+CSQ: 20,99"));
  EXPECT_TRUE(typist.sees("OK"));
  typist.type("AT+COPN=\"caf\u00e9\"\r");
  EXPECT_TRUE(typist.sees("OK"));
  EXPECT_TRUE(modem_.heard("AT+COPN=\"caf\u00e9\"")) << "as it was typed";
  typist.type("AT+CPIN=\"7319\"\r");
  EXPECT_TRUE(typist.sees("OK"));
  for (const char* where : {"7319\r", "+CPIN=7319\r"}) {  // where it does not belong
    typist.type(where);
    EXPECT_TRUE(typist.sees("an AT command begins with AT"));
  }
  typist.type("AT+CPIN 7319\r");
  EXPECT_TRUE(typist.sees("OK"));
  EXPECT_FALSE(modem_.heard("7319"));
  typist.type("AT+CPIN?\r");
  EXPECT_TRUE(typist.sees("+CME ERROR: 10 (SIM not inserted)"));
  // What comes meanwhile leaves the line that is being typed as it is.
  typist.type("AT+CG");
  EXPECT_TRUE(typist.sees("AT+CG"));
  modem_.say("\r\n+CMTI: \"SM\",1\r\n");
  EXPECT_TRUE(typist.sees("* +CMTI: \"SM\",1"));
  EXPECT_TRUE(typist.sees("at> AT+CG"));
  typist.type("MM\r");
  EXPECT_TRUE(typist.sees("EC25"));
  EXPECT_TRUE(typist.sees("OK"));
  EXPECT_TRUE(modem_.heard("AT+CGMM"));
  typist.type("AT+CMGS=1\r");
  EXPECT_TRUE(typist.sees("\n> ")) << typist.screen();
  typist.type("hello\x1a");
  EXPECT_TRUE(typist.sees("+CMGS: 7"));
  EXPECT_TRUE(typist.sees("at> "));
  typist.type("\x04");
  EXPECT_EQ(typist.wait(), exited(0)) << typist.screen();

  const std::string kept = test::read_file(history());
  EXPECT_THAT(kept, HasSubstr("AT+CGMM"));
  EXPECT_THAT(kept, Not(HasSubstr("7319")));
  struct stat status {};
  ASSERT_EQ(::stat(history().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(At, RemembersWhatWasTyped) {
  for (const char* end : {"quit\r", "\x03"}) {
    Typist typist(at({"--device", modem_.path()}), files_.path());
    ASSERT_TRUE(typist.sees("at> "));
    if (end[0] == 'q') {
      typist.type("AT+CSQ\r");
    } else {
      typist.type("\x1b[A");  // quit is not kept
      EXPECT_TRUE(typist.sees("AT+CSQ"));
      typist.type("\r");
    }
    EXPECT_TRUE(typist.sees("+CSQ: 20,99"));
    EXPECT_TRUE(typist.sees("OK"));
    typist.type(end);
    EXPECT_EQ(typist.wait(), exited(0)) << typist.screen();
  }
}

/// A session that watches this modem while it carries packets over another line.
class AtSession : public DialServe {
 protected:
  std::string sockets() const { return (files_.path() / "run").string(); }
  std::vector<std::string> at(std::vector<std::string> more) const {
    std::vector<std::string> command{TUNPPP_COMMAND, "at", "--at-sockets", sockets()};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  test::TempDirectory files_;
  AtModem modem_;
};

TEST_F(AtSession, IsReachedThroughTheSession) {
  Process server(serve(), at_server());
  Process client(dial({"--dns", "none", "--at-device", modem_.path(), "--at-sockets", sockets()}),
                 at_client());
  ASSERT_TRUE(client.wait_for_output("monitor: watching the modem on")) << client.err();
  for (const std::vector<std::string>& way : std::vector<std::vector<std::string>>{
           {"--interface", "ppp0"}, {"--device", modem_.path()}, {"--device", cable_.end(0)}}) {
    std::vector<std::string> command = at(way);
    command.insert(command.end(), {"AT+CSQ", "AT+CGMM"});
    const auto good = test::run(command);
    EXPECT_EQ(good.status, exited(0)) << good;
    EXPECT_THAT(good.out, HasSubstr("+CSQ: 20,99\nOK\n"));
    EXPECT_THAT(good.out, HasSubstr("EC25\nOK\n"));
  }
  Process input(at({"--interface", "ppp0", "-"}), {.input = true});
  input.write("AT+CSQ\nAT+CEER\n");
  input.close_input();
  EXPECT_EQ(input.wait(), exited(0)) << input.err();
  EXPECT_THAT(input.out(), HasSubstr("+CSQ: 20,99\nOK\n"));
  EXPECT_THAT(input.out(), HasSubstr("+CEER: No cause information available\nOK\n"));
  const auto refused = test::run(at({"--interface", "ppp0", "AT+CFUN=0"}));
  EXPECT_EQ(refused.status, exited(exit_code(EndReason::usage))) << refused;
  EXPECT_THAT(refused.err, HasSubstr("not while ppp0 is up"));
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_FALSE(modem_.heard("AT+CFUN=0"));
  const auto text = test::run(at({"--interface", "ppp0", "AT+CMGS=1", "hello"}));
  EXPECT_EQ(text.status, exited(0)) << text;
  EXPECT_THAT(text.out, HasSubstr("+CMGS: 7"));
  const auto forced = test::run(at({"--interface", "ppp0", "--force", "AT+CFUN=0"}));
  EXPECT_EQ(forced.status, exited(0)) << forced;
  EXPECT_TRUE(modem_.heard("AT+CFUN=0"));
  close(client, server);
  EXPECT_FALSE(std::filesystem::exists(sockets()));
}

}  // namespace
}  // namespace tunppp::cli
