#include "tty/lock.h"

#include "child.h"
#include "support/temp_directory.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <array>
#include <fstream>

namespace tunppp::tty {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class LockFileTest : public ::testing::Test {
 protected:
  const fs::path& directory() const { return directory_.path(); }
  fs::path file() const { return directory() / "LCK..ttyUSB0"; }
  void write(std::string_view content) const { std::ofstream(file(), std::ios::binary) << content; }
  std::string content() const { return test::read_file(file()); }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory()), fs::directory_iterator()));
  }
  static std::string number(pid_t pid) { return fmt::format("{:10}\n", pid); }

  const fs::path device{"/dev/ttyUSB0"};

 private:
  test::TempDirectory directory_;
};

TEST(LockFileName, IsTheDevicesNameWithoutSlashes) {
  EXPECT_EQ(lock_file_name("/dev/ttyUSB0", "/var/lock"), "/var/lock/LCK..ttyUSB0");
  EXPECT_EQ(lock_file_name("/dev/pts/3", "/var/lock"), "/var/lock/LCK..pts_3");
}

// FHS 3.0, section 5.9: the process identifier in ASCII, ten characters, and a newline.
TEST_F(LockFileTest, HasTheFormOfHdbUucp) {
  const Result<LockFile> lock = LockFile::take(device, directory());
  ASSERT_TRUE(lock);
  EXPECT_EQ(lock->file(), file());
  EXPECT_EQ(lock->problem(), "");
  EXPECT_EQ(content(), number(::getpid()));
  EXPECT_EQ(content().size(), 11U);
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
  EXPECT_EQ(files(), 1U);
}

TEST_F(LockFileTest, GoesWithItsOwner) {
  {
    Result<LockFile> first = LockFile::take(device, directory());
    ASSERT_TRUE(first);
    LockFile second = std::move(*first);
    EXPECT_EQ(files(), 1U);
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(LockFileTest, OfALivingProcessIsRespectedAndItsOwnerNamed) {
  const Child other([&] { new LockFile(std::move(*LockFile::take(device, directory()))); });
  const Result<LockFile> lock = LockFile::take(device, directory());
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.failure().reason, EndReason::tty_busy);
  EXPECT_THAT(lock.failure().text, HasSubstr("tty_test"));
  EXPECT_THAT(lock.failure().text, HasSubstr(std::to_string(other.pid())));
  EXPECT_EQ(content(), number(other.pid()));
}

TEST_F(LockFileTest, OfADeadProcessIsReplaced) {
  write(number(dead_process()));
  ASSERT_TRUE(LockFile::take(device, directory()));
  write(fmt::format("{} minicom root\n", dead_process()));
  ASSERT_TRUE(LockFile::take(device, directory()));
}

TEST_F(LockFileTest, MayNameTheOwnerInBinary) {
  const Child other([] {});
  const pid_t pid = other.pid();
  std::array<char, sizeof pid> binary{};
  std::memcpy(binary.data(), &pid, sizeof pid);
  write({binary.data(), binary.size()});
  const Result<LockFile> lock = LockFile::take(device, directory());
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.failure().text, HasSubstr(std::to_string(pid)));
}

TEST_F(LockFileTest, ThatNamesNobodyIsReplaced) {
  for (const char* nobody : {"", "\n", "what", "0\n", "-1\n"}) {
    write(nobody);
    const Result<LockFile> lock = LockFile::take(device, directory());
    ASSERT_TRUE(lock) << nobody;
    EXPECT_EQ(content(), number(::getpid())) << nobody;
  }
}

TEST_F(LockFileTest, WithOurOwnNumberIsALeftOver) {
  write(number(::getpid()));
  const Result<LockFile> lock = LockFile::take(device, directory());
  ASSERT_TRUE(lock);
  EXPECT_EQ(lock->file(), file());
}

TEST_F(LockFileTest, ThatSomebodyElseMadeMeanwhileIsLeftAlone) {
  Result<LockFile> lock = LockFile::take(device, directory());
  ASSERT_TRUE(lock);
  fs::remove(file());
  write("       123\n");
  lock->release();
  EXPECT_EQ(content(), "       123\n");
}

TEST_F(LockFileTest, IsVoidWhereItCannotBeMade) {
  for (const fs::path& nowhere : {directory() / "missing", fs::path("/proc")}) {
    const Result<LockFile> lock = LockFile::take(device, nowhere);
    ASSERT_TRUE(lock) << nowhere;
    EXPECT_EQ(lock->file(), "");
    EXPECT_THAT(lock->problem(), HasSubstr(nowhere.string()));
  }
}

TEST_F(LockFileTest, IsNotReadThroughASymlinkOrFromAFifo) {
  fs::create_symlink("/dev/zero", file());
  EXPECT_NE(LockFile::take(device, directory())->problem(), "");
  fs::remove(file());
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  EXPECT_TRUE(LockFile::take(device, directory()));  // and does not wait for a writer
}

// All wait at a gate, then take the lock at once and keep it until everybody has tried.
int winners_of_a_race(const fs::path& device, const fs::path& directory, int processes) {
  int gate[2], verdicts[2], end[2];
  if (::pipe(gate) != 0 || ::pipe(verdicts) != 0 || ::pipe(end) != 0) return -1;
  for (int i = 0; i < processes; ++i) {
    if (::fork() != 0) continue;
    ::close(gate[1]);
    ::close(end[1]);
    char nothing;
    [[maybe_unused]] auto opened = ::read(gate[0], &nothing, 1);
    Result<LockFile> lock = LockFile::take(device, directory);
    const char verdict = lock && !lock->file().empty() ? 1 : 0;
    [[maybe_unused]] auto told = ::write(verdicts[1], &verdict, 1);
    [[maybe_unused]] auto ended = ::read(end[0], &nothing, 1);
    if (lock) lock->release();
    ::_exit(0);
  }
  ::close(gate[1]);
  int winners = 0;
  for (int i = 0; i < processes; ++i) {
    char verdict = 0;
    if (::read(verdicts[0], &verdict, 1) == 1) winners += verdict;
  }
  ::close(end[1]);
  while (::wait(nullptr) > 0) continue;
  for (int fd : {gate[0], verdicts[0], verdicts[1], end[0]}) ::close(fd);
  return winners;
}

TEST_F(LockFileTest, HasOneWinnerWhenManyRaceForIt) {
  for (int round = 0; round < 30; ++round)
    ASSERT_EQ(winners_of_a_race(device, directory(), 6), 1) << round;
  EXPECT_EQ(files(), 0U);
}

TEST_F(LockFileTest, HasOneWinnerWhenManyFindItStale) {
  const std::string stale = number(dead_process());
  for (int round = 0; round < 60; ++round) {
    write(stale);
    ASSERT_EQ(winners_of_a_race(device, directory(), 6), 1) << round;
  }
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace tunppp::tty
