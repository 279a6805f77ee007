#include "tty/serial_port.h"

#include "child.h"
#include "pty.h"
#include "support/temp_directory.h"
#include "tty/holders.h"
#include "tty/termios2.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <cstring>

namespace tunppp::tty {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SerialPortTest : public ::testing::Test {
 protected:
  SerialPort::Options options() const {
    SerialPort::Options options;
    options.lock_directory = directory_.path();
    return options;
  }
  Result<SerialPort> open() const { return SerialPort::open(pty_.path(), options()); }

  // The master of a pty tells the settings of its slave.
  termios2 settings() const {
    termios2 settings{};
    EXPECT_FALSE(read_settings(pty_.master(), settings));
    return settings;
  }
  bool is_locked() const { return !fs::is_empty(directory_.path()); }
  const fs::path& directory() const { return directory_.path(); }

  test::TempDirectory directory_;
  Pty pty_;
};

bool readable(int fd) {
  pollfd file{fd, POLLIN, 0};
  return ::poll(&file, 1, 10'000) == 1 && (file.revents & POLLIN) != 0;
}

std::string read_some(int fd) {
  char buffer[256];
  const ssize_t count = ::read(fd, buffer, sizeof buffer);
  return count < 0 ? "error" : std::string(buffer, static_cast<std::size_t>(count));
}

void write_all(int fd, std::string_view text) {
  ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

TEST_F(SerialPortTest, IsRaw) {
  const Result<SerialPort> port = open();
  ASSERT_TRUE(port) << port.failure().text;
  const termios2 now = settings();
  EXPECT_EQ(now.c_lflag, 0U);
  EXPECT_EQ(now.c_oflag, 0U);
  EXPECT_EQ(now.c_iflag & (IXON | IXOFF | ICRNL | INLCR | ISTRIP | PARMRK), 0U);
  EXPECT_EQ(now.c_cflag & (CSIZE | CLOCAL | CREAD | PARENB | CSTOPB), CS8 | CLOCAL | CREAD);
  EXPECT_EQ(::fcntl(port->fd(), F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  EXPECT_EQ(::fcntl(port->fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_THAT(port->warnings(), IsEmpty());
}

TEST_F(SerialPortTest, CarriesEveryOctetBothWays) {
  const Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  const auto carry = [&](int from, int to) {
    write_all(from, all);
    std::string arrived;
    while (arrived.size() < all.size() && readable(to)) arrived += read_some(to);
    EXPECT_EQ(arrived, all);
  };
  carry(pty_.master(), port->fd());
  carry(port->fd(), pty_.master());
}

TEST_F(SerialPortTest, SetsStandardRatesByTheirCodeAndOthersByNumber) {
  Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  EXPECT_EQ(port->baud(), 115200U);
  EXPECT_EQ(settings().c_cflag & CBAUD, tcflag_t{B115200});
  ASSERT_FALSE(port->set_baud(921600));
  EXPECT_EQ(settings().c_cflag & CBAUD, tcflag_t{B921600});
  ASSERT_FALSE(port->set_baud(250000));
  EXPECT_EQ(settings().c_cflag & CBAUD, tcflag_t{BOTHER});
  EXPECT_EQ(settings().c_ospeed, 250000U);
  EXPECT_EQ(settings().c_ispeed, 250000U);
  EXPECT_EQ(port->baud(), 250000U);
}

TEST_F(SerialPortTest, SetsFlowControl) {
  SerialPort::Options with_flow = options();
  with_flow.flow = FlowControl::rtscts;
  Result<SerialPort> port = SerialPort::open(pty_.path(), with_flow);
  ASSERT_TRUE(port);
  EXPECT_EQ(flow_of(settings()), FlowControl::rtscts);
  ASSERT_FALSE(port->set_flow(FlowControl::none));
  EXPECT_EQ(flow_of(settings()), FlowControl::none);
}

TEST_F(SerialPortTest, RestoresTheSettingsOnClose) {
  const termios2 before = settings();
  Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  ASSERT_FALSE(port->set_baud(921600));
  port->close();
  port->close();
  const termios2 after = settings();
  EXPECT_EQ(std::memcmp(&before, &after, sizeof before), 0);
}

TEST_F(SerialPortTest, KeepsWhatArrivedBefore) {
  const int slave = pty_.open_slave();
  write_all(pty_.master(), "\r\nCONNECT\r\n~\xff}#");
  ASSERT_TRUE(readable(slave));
  const Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  std::string arrived;
  while (!arrived.ends_with("#") && readable(port->fd())) arrived += read_some(port->fd());
  EXPECT_THAT(arrived, HasSubstr("CONNECT"));
  ::close(slave);
}

TEST_F(SerialPortTest, DiscardsWhatArrivedBeforeIfWanted) {
  const int slave = pty_.open_slave();
  write_all(pty_.master(), "old\n");
  ASSERT_TRUE(readable(slave));
  SerialPort::Options fresh = options();
  fresh.discard_input = true;
  const Result<SerialPort> port = SerialPort::open(pty_.path(), fresh);
  ASSERT_TRUE(port);
  write_all(pty_.master(), "new");
  ASSERT_TRUE(readable(port->fd()));
  EXPECT_EQ(read_some(port->fd()), "new");
  ::close(slave);
}

TEST_F(SerialPortTest, CloseLeavesToThePtysFarEndWhatIsOnItsWay) {
  Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  write_all(port->fd(), "Terminate-Ack");
  port->close();
  ASSERT_TRUE(readable(pty_.master()));
  EXPECT_EQ(read_some(pty_.master()), "Terminate-Ack");
}

TEST_F(SerialPortTest, CloseDoesNotWaitForALineThatTakesNothing) {
  Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  const std::string much(4096, 'x');
  while (::write(port->fd(), much.data(), much.size()) > 0) continue;
  EXPECT_EQ(errno, EAGAIN);
  port->close();
}

TEST_F(SerialPortTest, APtyHasNoModemLinesAndThatIsNoError) {
  Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  EXPECT_FALSE(port->has_modem_lines());
  EXPECT_FALSE(port->set_dtr(false));
  EXPECT_FALSE(port->set_dtr(true));
  EXPECT_EQ(port->carrier(), std::nullopt);
  EXPECT_EQ(port->output_queued(), 0U);
}

TEST_F(SerialPortTest, FollowsSymlinks) {
  const test::TempDirectory names;
  const fs::path link = names.path() / "pci-0000:00:14.0-usb-0:1:1.2-port0";
  fs::create_symlink(pty_.path(), link);
  const Result<SerialPort> port = SerialPort::open(link, options());
  ASSERT_TRUE(port);
  EXPECT_EQ(port->device(), pty_.path());
  EXPECT_TRUE(fs::exists(lock_file_name(pty_.path(), directory())));
}

TEST_F(SerialPortTest, GivesUpItsLocksOnClose) {
  const int slave = pty_.open_slave();
  int exclusive = 0;
  {
    const Result<SerialPort> port = open();
    ASSERT_TRUE(port);
    EXPECT_TRUE(is_locked());
    EXPECT_EQ(::ioctl(slave, TIOCGEXCL, &exclusive), 0);
    EXPECT_EQ(exclusive, 1);
    EXPECT_EQ(::flock(slave, LOCK_EX | LOCK_NB), -1);
  }
  EXPECT_FALSE(is_locked());
  EXPECT_EQ(::ioctl(slave, TIOCGEXCL, &exclusive), 0);
  EXPECT_EQ(exclusive, 0);
  EXPECT_EQ(::flock(slave, LOCK_EX | LOCK_NB), 0);
  ::close(slave);
}

TEST_F(SerialPortTest, IsBusyForASecondOneInTheSameProcess) {
  const Result<SerialPort> first = open();
  ASSERT_TRUE(first);
  const termios2 before = settings();
  const Result<SerialPort> second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().reason, EndReason::tty_busy);
  EXPECT_THAT(second.failure().text, HasSubstr(std::to_string(::getpid())));
  EXPECT_TRUE(is_locked());
  const termios2 after = settings();
  EXPECT_EQ(std::memcmp(&before, &after, sizeof before), 0);
}

TEST_F(SerialPortTest, IsBusyWhenAnotherProcessHasIt) {
  const Child other([&] {
    pty_.hang_up();  // its copy of the master
    new SerialPort(std::move(*open()));
  });
  const Result<SerialPort> port = open();
  ASSERT_FALSE(port);
  EXPECT_EQ(port.failure().reason, EndReason::tty_busy);
  EXPECT_THAT(port.failure().text, HasSubstr(pty_.path().string()));
  EXPECT_THAT(port.failure().text, HasSubstr("tty_test (process " + std::to_string(other.pid())));
}

TEST_F(SerialPortTest, IsBusyWhenOnlyTheLockFileSaysSo) {
  const Child other([&] { new LockFile(std::move(*LockFile::take(pty_.path(), directory()))); });
  const Result<SerialPort> port = open();
  ASSERT_FALSE(port);
  EXPECT_EQ(port.failure().reason, EndReason::tty_busy);
  EXPECT_THAT(port.failure().text, HasSubstr(std::to_string(other.pid())));
}

// As root, which TIOCEXCL does not stop.
TEST_F(SerialPortTest, IsBusyWhenAnotherProcessHasItForItselfAlone) {
  const Child other([&] {
    pty_.hang_up();
    ::ioctl(pty_.open_slave(), TIOCEXCL);
  });
  const Result<SerialPort> port = open();
  ASSERT_FALSE(port);
  EXPECT_EQ(port.failure().reason, EndReason::tty_busy);
  EXPECT_THAT(port.failure().text, HasSubstr(std::to_string(other.pid())));
  EXPECT_FALSE(is_locked());
}

TEST_F(SerialPortTest, IsNotStoppedByTheExclusiveModeOfAProcessThatIsGone) {
  const int slave = pty_.open_slave();
  ::ioctl(slave, TIOCEXCL);
  ::close(slave);
  const int again = pty_.open_slave();
  const bool kernel_lets_us = again >= 0;  // it does so for root only
  ::close(again);
  const Result<SerialPort> port = open();
  EXPECT_EQ(static_cast<bool>(port), kernel_lets_us);
  EXPECT_TRUE(port || port.failure().reason == EndReason::tty_busy);
}

TEST_F(SerialPortTest, WarnsOfAProgramThatReadsItToo) {
  const Child cat([&] {
    pty_.hang_up();
    pty_.open_slave();
  });
  const Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  EXPECT_THAT(port->warnings(), ElementsAre(HasSubstr(std::to_string(cat.pid()))));
}

TEST_F(SerialPortTest, DoesNotWarnOfTheProgramAtThePtysFarEnd) {
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  const Child emulator([&] {
    static Pty own;
    own.open_slave();
    const std::string path = own.path();
    [[maybe_unused]] auto written = ::write(told[1], path.data(), path.size());
  });
  const Result<SerialPort> port = SerialPort::open(read_some(told[0]), options());
  ASSERT_TRUE(port) << port.failure().text;
  EXPECT_THAT(port->warnings(), IsEmpty());
  ::close(told[0]);
  ::close(told[1]);
}

TEST_F(SerialPortTest, WorksWithoutALockDirectory) {
  SerialPort::Options elsewhere = options();
  elsewhere.lock_directory = directory() / "missing";
  const Result<SerialPort> port = SerialPort::open(pty_.path(), elsewhere);
  ASSERT_TRUE(port);
  EXPECT_THAT(port->warnings(), ElementsAre(HasSubstr("missing")));
  EXPECT_EQ(SerialPort::open(pty_.path(), elsewhere).failure().reason, EndReason::tty_busy);
}

TEST_F(SerialPortTest, IsMissing) {
  const Result<SerialPort> port = SerialPort::open("/dev/ttyUSB4711", options());
  ASSERT_FALSE(port);
  EXPECT_EQ(port.failure().reason, EndReason::tty_missing);
  EXPECT_THAT(port.failure().text, HasSubstr("/dev/ttyUSB4711"));
}

TEST_F(SerialPortTest, MustBeATty) {
  const test::TempDirectory other;
  for (const fs::path& path : {fs::path("/dev/null"), fs::path(other.write_file("file", ""))}) {
    const Result<SerialPort> port = SerialPort::open(path, options());
    ASSERT_FALSE(port);
    EXPECT_EQ(port.failure().reason, EndReason::tty_failed);
    EXPECT_THAT(port.failure().text, HasSubstr("is not a tty"));
  }
  EXPECT_EQ(SerialPort::open(other.path(), options()).failure().reason, EndReason::tty_failed);
}

TEST_F(SerialPortTest, MayBeForbidden) {
  ASSERT_EQ(::chmod(pty_.path().c_str(), 0), 0);
  const int verdict = Child::run([&] {
    if (!drop_capabilities()) return 100;
    const Result<SerialPort> port = open();
    if (port) return 101;
    if (port.failure().code != std::errc::permission_denied) return 102;
    return static_cast<int>(port.failure().reason);
  });
  EXPECT_EQ(verdict, static_cast<int>(EndReason::tty_failed));
}

TEST_F(SerialPortTest, SaysThatTheLineWasHungUpAndClosesAllTheSame) {
  Result<SerialPort> port = open();
  ASSERT_TRUE(port);
  pty_.hang_up();
  ASSERT_TRUE(readable(port->fd()));
  char octet;
  const ssize_t count = ::read(port->fd(), &octet, 1);
  EXPECT_TRUE(count == 0 || (count < 0 && errno == EIO));
  EXPECT_EQ(port->output_queued(), 0U);
  port->close();
  EXPECT_FALSE(is_locked());
}

TEST_F(SerialPortTest, CanBeMovedAndOpenedAgain) {
  Result<SerialPort> first = open();
  ASSERT_TRUE(first);
  SerialPort second = std::move(*first);
  EXPECT_GE(second.fd(), 0);
  first->close();  // of what was moved away: nothing happens
  EXPECT_TRUE(is_locked());
  second.close();
  EXPECT_EQ(second.fd(), -1);
  EXPECT_TRUE(open());
}

TEST(SameTty, ByAnyOfItsNames) {
  const Pty one;
  const Pty other;
  const test::TempDirectory names;
  const fs::path link = names.path() / "modem";
  fs::create_symlink(one.path(), link);
  EXPECT_TRUE(is_same_tty(one.path(), one.path()));
  EXPECT_TRUE(is_same_tty(one.path(), link));
  EXPECT_FALSE(is_same_tty(one.path(), other.path()));
  EXPECT_FALSE(is_same_tty(one.path(), "/nowhere"));
  EXPECT_FALSE(is_same_tty({}, {}));
  EXPECT_FALSE(is_same_tty(names.path(), names.path())) << "a directory is none";
}

}  // namespace
}  // namespace tunppp::tty
