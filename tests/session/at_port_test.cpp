// A session that watches its modem on a second port, and lends that port to others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "session/at_socket.h"
#include "session/fake_at_tty.h"
#include "session/session.h"
#include "session/world.h"
#include "sim/modem_host.h"
#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

/// A program at the session's socket.
class Program final : private FdWatch::Listener {
 public:
  Program(World& world, const std::string& path) : world_(world), socket_(connected(path)) {
    if (socket_.fd() < 0) return;
    watch_.emplace(world.loop(), socket_.fd(), static_cast<FdWatch::Listener&>(*this));
    watch_->watch_read(true);
  }
  bool connected() const { return socket_.fd() >= 0; }
  void say(const std::string& text) {
    EXPECT_EQ(::send(socket_.fd(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  bool hears(const std::string& text) {
    return world_.until([&] { return said.find(text) != std::string::npos; });
  }
  void stop_reading() { watch_->watch_read(false); }

  std::string said;
  bool closed = false;

 private:
  static at::Descriptor connected(const std::string& path) {
    Result<at::Descriptor> socket = at::connect_to(path);
    EXPECT_TRUE(socket) << socket.failure().text;
    return socket ? std::move(*socket) : at::Descriptor(-1);
  }
  void fd_readable() override {
    std::array<char, 4096> buffer;
    const ssize_t count = ::recv(socket_.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) said.append(buffer.data(), static_cast<std::size_t>(count));
    closed = count == 0;
    if (closed) watch_->watch_read(false);
    world_.changed();
  }
  void fd_writable() override {}

  World& world_;
  at::Descriptor socket_;
  std::optional<FdWatch> watch_;
};

class SessionAtPort : public testing::Test {
 protected:
  SessionAtPort() {
    host_options_.modem.registration_delay = milliseconds(10);
    host_options_.modem.dial_delay = milliseconds(10);
    host_options_.server = server_options(-1);
  }
  ~SessionAtPort() override {
    if (!host_) return;
    bool stopped = false;
    host_->stop([&] {
      stopped = true;
      world_.changed();
    });
    EXPECT_TRUE(world_.until([&] { return stopped; }));
  }

  void dial(const std::string& at_device) {
    auto host = sim::ModemHost::create(world_.loop(), host_options_, [](const std::string&) {});
    ASSERT_TRUE(host) << host.failure().text;
    host_ = std::move(*host);
    host_->start();
    DialerOptions options = client_options(-1);
    options.line = {.device = host_->path()};
    options.modem = {.profile = "quectel-ec25",
                     .apn = "internet",
                     .state_directory = (files_.path() / "state").string(),
                     .at_device = at_device == "the same" ? host_->path() : at_device};
    options.at_socket_directory = sockets();
    options.up_timeout = seconds(60);
    client_.start(std::move(options));
  }
  bool up() {
    return world_.until([this] { return client_.reached("monitor") || client_.end.has_value(); },
                        seconds(30)) &&
           !client_.end;
  }
  bool told() {
    return world_.until([this] { return !client_.all<ModemStatus>().empty(); });
  }
  bool ended() {
    return world_.until([this] { return client_.end.has_value(); }, seconds(30));
  }
  std::string sockets() const { return (files_.path() / "run").string(); }
  std::string socket() const {
    return at::socket_path(sockets(), client_.all<AddressesSet>().front().interface);
  }

  World world_;
  test::TempDirectory files_;
  FakeAtTty at_{world_};
  sim::ModemHostOptions host_options_;
  Party client_{world_};
  std::unique_ptr<sim::ModemHost> host_;
};

TEST_F(SessionAtPort, TellsWhatTheModemSaysThere) {
  dial(at_.path());
  ASSERT_TRUE(up()) << client_.end->text;
  ASSERT_TRUE(told());
  const ModemStatus status = client_.all<ModemStatus>().front();
  EXPECT_EQ(status.registration, "registered, home");
  EXPECT_EQ(status.operator_name, "Example Mobile");
  EXPECT_EQ(status.radio, "LTE");
  EXPECT_EQ(status.signal_dbm, -73);
  EXPECT_THAT(status.text, HasSubstr("Example Mobile, LTE, signal -73 dBm"));
  client_.stop();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::requested);
}

struct Loss {
  const char* line;
  EndReason reason;
};

class SessionLoss : public SessionAtPort, public testing::WithParamInterface<Loss> {};

TEST_P(SessionLoss, EndsTheSessionAtOnce) {
  dial(at_.path());
  ASSERT_TRUE(up() && told());
  const Instant before = boot_time();
  at_.answers["AT+CEREG?"] = "+CEREG: 2,3";
  at_.answers["AT+CGREG?"] = "+CGREG: 2,0";
  at_.say(std::string("\r\n") + GetParam().line + "\r\n");
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), GetParam().reason) << client_.end->text;
  EXPECT_LT(boot_time() - before, seconds(4));
}

INSTANTIATE_TEST_SUITE_P(Codes, SessionLoss,
                         testing::Values(Loss{"+CGEV: NW PDN DEACT 1", EndReason::bearer_lost},
                                         Loss{"NO CARRIER", EndReason::bearer_lost},
                                         Loss{"+CEREG: 3", EndReason::registration_lost},
                                         Loss{"RDY", EndReason::modem_gone}));

TEST_F(SessionAtPort, TheBearerIsReleasedThereWhenTheOtherPortDoesNotComeBack) {
  host_options_.line.latency = milliseconds(300);
  dial(at_.path());
  ASSERT_TRUE(up()) << (client_.end ? client_.end->text : "not in time");
  ASSERT_TRUE(told());
  client_.stop();
  ASSERT_TRUE(ended());
  EXPECT_THAT(at_.heard, Contains("AT+CGACT=0,1"));
}

TEST_F(SessionAtPort, OneThatHangsUpIsNoLoss) {
  dial(at_.path());
  ASSERT_TRUE(up() && told());
  at_.hang_up();
  EXPECT_TRUE(world_.until([this] {
    for (const Warning& warning : client_.all<Warning>())
      if (warning.text.find("the AT port was hung up") != std::string::npos) return true;
    return false;
  })) << "a warning";
  EXPECT_FALSE(client_.end);
  client_.stop();
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::requested);
}

TEST_F(SessionAtPort, OneThatWasNamedMustBeThere) {
  dial("/dev/ttyNone");
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::tty_missing);
}

TEST_F(SessionAtPort, OneThatWasNamedMustBeFree) {
  const auto holder = tty::SerialPort::open(at_.path(), {});
  ASSERT_TRUE(holder);
  dial(at_.path());
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::tty_busy);
}

TEST_F(SessionAtPort, IsNotThePortThatIsDialled) {
  dial("the same");
  ASSERT_TRUE(ended());
  EXPECT_EQ(client_.reason(), EndReason::usage);
}

// --- Lent to others ---

TEST_F(SessionAtPort, AnswersProgramsAtItsSocket) {
  dial(at_.path());
  ASSERT_TRUE(up() && told());
  struct stat status {};
  ASSERT_EQ(::stat(socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  Program one(world_, socket());
  Program other(world_, socket());
  EXPECT_TRUE(one.hears("= ppp"));
  EXPECT_THAT(one.said, HasSubstr(" " + host_->path() + " " + at_.path() + "\n"));
  at_.answers["AT+CGMR"] = "EC25EFAR06A08M4G";
  one.say("AT+CGMR\r\n");
  other.say("AT+CSQ\n");
  EXPECT_TRUE(one.hears(": EC25EFAR06A08M4G\n. OK\n"));
  EXPECT_TRUE(other.hears(": +CSQ: 20,99\n. OK\n"));
  at_.say("\r\n+CMTI: \"SM\",1\r\n");
  EXPECT_TRUE(one.hears("* +CMTI: \"SM\",1\n"));
  EXPECT_TRUE(other.hears("* +CMTI: \"SM\",1\n"));
  client_.stop();
  ASSERT_TRUE(ended());
  EXPECT_TRUE(world_.until([&] { return one.closed && other.closed; }));
  EXPECT_FALSE(std::filesystem::exists(sockets()));
}

TEST_F(SessionAtPort, RefusesWhatWouldEndTheConnection) {
  dial(at_.path());
  ASSERT_TRUE(up() && told());
  Program program(world_, socket());
  program.say("AT+CFUN=0\n");
  EXPECT_TRUE(program.hears("! not while ppp"));
  program.say("hello\n");
  EXPECT_TRUE(program.hears("! this is no AT command\n"));
  program.say("<\n");
  EXPECT_TRUE(program.hears("! the modem waits for no text\n"));
  program.say("AT+X=" + std::string(20000, '1') + "\n");
  EXPECT_TRUE(program.hears("! it is longer than 2048 octets\n"));
  EXPECT_THAT(at_.heard, Not(Contains("AT+CFUN=0")));
  program.say("!AT+CFUN=0\n");
  EXPECT_TRUE(program.hears(". OK\n"));
  EXPECT_THAT(at_.heard, Contains("AT+CFUN=0"));
}

TEST_F(SessionAtPort, ProgramsThatDoNotReadOrGoAwayHarmNobody) {
  dial(at_.path());
  ASSERT_TRUE(up() && told());
  Program slow(world_, socket());
  ASSERT_TRUE(slow.hears("= ppp"));
  slow.stop_reading();
  {
    Program gone(world_, socket());
    gone.say("AT+CSQ\nAT+CS");
  }
  std::string much;
  for (int i = 0; i < 40; ++i) much += "\r\n+CMTI: \"SM\"," + std::string(40, '1') + "\r\n";
  Program quick(world_, socket());
  for (int i = 0; i < 200; ++i) {
    at_.say(much);
    ASSERT_TRUE(quick.hears("+CMTI"));
    quick.said.clear();
  }
  quick.say("AT+CSQ\n");
  EXPECT_TRUE(quick.hears(". OK\n"));
}

TEST_F(SessionAtPort, ThereIsRoomForSoManyPrograms) {
  dial(at_.path());
  ASSERT_TRUE(up() && told());
  std::vector<std::unique_ptr<Program>> programs;
  for (std::size_t i = 0; i < AtServer::max_clients; ++i) {
    programs.push_back(std::make_unique<Program>(world_, socket()));
    ASSERT_TRUE(programs.back()->hears("= ppp"));
  }
  Program one_more(world_, socket());
  EXPECT_TRUE(one_more.hears("! too many"));
  EXPECT_TRUE(world_.until([&] { return one_more.closed; }));
  programs.pop_back();
  programs.back()->say("AT+CSQ\n");
  EXPECT_TRUE(programs.back()->hears(". OK\n"));
  Program now(world_, socket());
  EXPECT_TRUE(now.hears("= ppp"));
}

TEST(AtSocket, ADeadOneIsReplacedAndALivingOneIsNot) {
  const test::TempDirectory files;
  const std::string path = (files.path() / "ppp0.at").string();
  {
    const Result<at::Descriptor> dead = at::listen_at(path);
    ASSERT_TRUE(dead);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  const Result<at::Descriptor> living = at::listen_at(path);
  ASSERT_TRUE(living) << living.failure().text;
  const Result<at::Descriptor> second = at::listen_at(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().reason, EndReason::tty_busy);
  const std::string file = files.write_file("ppp1.at", "mine");
  EXPECT_FALSE(at::listen_at(file));
  EXPECT_EQ(test::read_file(file), "mine");
}

}  // namespace
}  // namespace tunppp::session
