#include "session/pin_record_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

#include "support/temp_directory.h"

namespace {

/// What is brought to the disk, in its order: "sync FILE", "rename FILE". One of them can fail.
struct Disk {
  std::vector<std::string> done;
  std::string fails;

  bool does(std::string what) {
    done.push_back(what);
    return fails.empty() || what != fails;
  }
};
Disk* watched = nullptr;

std::string path_of(int fd) {
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd));
}

}  // namespace

// In the place of the C library's, so that what is synced can be seen, and refused.
extern "C" int fsync(int fd) {
  if (watched && !watched->does("sync " + path_of(fd))) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}
extern "C" int rename(const char* from, const char* to) noexcept {
  if (watched && !watched->does(std::string("rename ") + from)) {
    errno = EROFS;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace tunppp::session {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::string_view sim = "8900100000000000017";

class PinRecordFileTest : public testing::Test {
 protected:
  // Each is a program that was started anew.
  std::optional<std::string> attempt(std::string_view pin, std::string_view in = sim) {
    return PinRecordFile(directory_).begin_attempt({in, {}}, Secret(pin), tries_left_);
  }
  void accept(std::string_view pin) { PinRecordFile(directory_).accepted({sim, {}}, Secret(pin)); }

  test::TempDirectory files_;
  fs::path directory_ = files_.path() / "state" / "tunppp";
  std::optional<int> tries_left_ = 3;
};

TEST_F(PinRecordFileTest, ARefusedOrUnansweredPinIsNotSentAgain) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  ASSERT_TRUE(attempt("9999").has_value());
  EXPECT_THAT(*attempt("9999"), HasSubstr("refused it before"));
}

TEST_F(PinRecordFileTest, AnotherPinMayBeTried) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  EXPECT_EQ(attempt("4711"), std::nullopt);
}

TEST_F(PinRecordFileTest, AnAcceptedPinMayBeSentAtTheNextPowerUp) {
  for (int power_up = 0; power_up < 3; ++power_up) {
    EXPECT_EQ(attempt("4711"), std::nullopt);
    accept("4711");
  }
}

TEST_F(PinRecordFileTest, EachSimHasItsOwn) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  EXPECT_EQ(attempt("9999", "8900100000000000025"), std::nullopt);
  EXPECT_TRUE(attempt("9999").has_value());
}

TEST_F(PinRecordFileTest, NobodyElseReadsItAndNothingIsPlain) {
  EXPECT_EQ(attempt("31415926"), std::nullopt);
  int files = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(directory_)) {
    ++files;
    struct stat status {};
    ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u) << file.path();
    std::ostringstream content;
    content << std::ifstream(file.path()).rdbuf();
    EXPECT_EQ(content.str().find("31415926"), std::string::npos);
    EXPECT_EQ((file.path().string() + content.str()).find(sim), std::string::npos);
  }
  EXPECT_EQ(files, 2);  // the key, and the SIM's record
}

// What of SIM and modem tells its number may differ from start to start.
class PinOfANamelessSim : public PinRecordFileTest {
 protected:
  static constexpr std::string_view imei = "004999010640000";
  std::optional<std::string> try_pin(std::string_view pin, std::string_view iccid) {
    return PinRecordFile(directory_).begin_attempt({iccid, imei}, Secret(pin), tries_left_);
  }
};

TEST_F(PinOfANamelessSim, IsRememberedByTheModem) {
  EXPECT_EQ(try_pin("9999", ""), std::nullopt);
  EXPECT_TRUE(try_pin("9999", "").has_value());
}

TEST_F(PinOfANamelessSim, IsNotSentAgainWhenTheNumberCannotBeReadAnyMore) {
  EXPECT_EQ(try_pin("9999", sim), std::nullopt);
  EXPECT_TRUE(try_pin("9999", "").has_value());
}

TEST_F(PinOfANamelessSim, IsNotSentAgainWhenTheNumberCanBeRead) {
  EXPECT_EQ(try_pin("9999", ""), std::nullopt);
  EXPECT_TRUE(try_pin("9999", sim).has_value());
}

TEST_F(PinOfANamelessSim, IsNotThatOfAnotherSimWhoseNumberIsKnown) {
  EXPECT_EQ(try_pin("9999", sim), std::nullopt);
  EXPECT_EQ(try_pin("9999", "8900100000000000025"), std::nullopt);
}

// What one SIM refused stays so, however often another one in the same modem takes that PIN.
TEST_F(PinOfANamelessSim, IsNotForgivenWhenAnotherSimTakesThatPin) {
  EXPECT_EQ(try_pin("9999", sim), std::nullopt);
  EXPECT_EQ(try_pin("9999", "8900100000000000025"), std::nullopt);
  PinRecordFile(directory_).accepted({"8900100000000000025", imei}, Secret("9999"));
  EXPECT_TRUE(try_pin("9999", "").has_value()) << "it may be the first one";
  EXPECT_TRUE(try_pin("9999", sim).has_value());
  EXPECT_EQ(try_pin("9999", "8900100000000000025"), std::nullopt);
}

TEST_F(PinOfANamelessSim, IsNotSentAgainInAnotherModem) {
  EXPECT_EQ(try_pin("9999", sim), std::nullopt);
  const modem::SimIdentity elsewhere{sim, "004999010640018"};
  EXPECT_TRUE(PinRecordFile(directory_).begin_attempt(elsewhere, Secret("9999"), 3).has_value());
  EXPECT_EQ(PinRecordFile(directory_).begin_attempt(elsewhere, Secret("4711"), 3), std::nullopt);
  PinRecordFile(directory_).accepted(elsewhere, Secret("4711"));
  EXPECT_EQ(try_pin("4711", sim), std::nullopt) << "back in the first one";
}

TEST_F(PinOfANamelessSim, IsForgivenWhenAnotherIsAccepted) {
  EXPECT_EQ(try_pin("9999", ""), std::nullopt);
  EXPECT_EQ(try_pin("4711", sim), std::nullopt);
  PinRecordFile(directory_).accepted({sim, imei}, Secret("4711"));
  for (int power_up = 0; power_up < 4; ++power_up) {
    const std::string_view iccid = power_up % 2 == 0 ? "" : sim;
    EXPECT_EQ(try_pin("4711", iccid), std::nullopt) << power_up;
    PinRecordFile(directory_).accepted({iccid, imei}, Secret("4711"));
  }
}

TEST_F(PinOfANamelessSim, CountsUnderAllNamesWhereNobodyTellsTheTriesLeft) {
  tries_left_ = std::nullopt;
  EXPECT_EQ(try_pin("1111", ""), std::nullopt);
  EXPECT_EQ(try_pin("2222", ""), std::nullopt);
  EXPECT_TRUE(try_pin("3333", sim).has_value()) << "it would be the third";
}

TEST_F(PinOfANamelessSim, CountsAcrossNamesWhereNobodyTellsTheTriesLeft) {
  tries_left_ = std::nullopt;
  EXPECT_EQ(try_pin("1111", ""), std::nullopt);
  EXPECT_EQ(try_pin("2222", sim), std::nullopt);
  EXPECT_TRUE(try_pin("3333", sim).has_value()) << "it would be the third";
  EXPECT_TRUE(try_pin("3333", "").has_value()) << "it would be the third";
}

// A bare hash could be reversed by trying all digits: two keys make two different records.
TEST_F(PinRecordFileTest, TheHashesAreKeyed) {
  const fs::path other = files_.path() / "other";
  EXPECT_EQ(attempt("4711"), std::nullopt);
  EXPECT_EQ(PinRecordFile(other).begin_attempt({sim, {}}, Secret("4711"), 3), std::nullopt);
  for (const fs::directory_entry& file : fs::directory_iterator(other))
    if (file.path().filename() != "pin.key") {
      EXPECT_FALSE(fs::exists(directory_ / file.path().filename()));
    }
}

TEST_F(PinRecordFileTest, WhereItCannotBeWrittenThePinIsNotSent) {
  std::ofstream(files_.path() / "state") << "a file where a directory should be";
  const auto objection = attempt("4711");
  ASSERT_TRUE(objection.has_value());
  EXPECT_THAT(*objection, HasSubstr("cannot make"));
}

// A key that somebody else owns could have been read, or chosen, by them.
TEST_F(PinRecordFileTest, AKeyOfSomebodyElseIsNone) {
  EXPECT_EQ(attempt("4711"), std::nullopt);
  ASSERT_EQ(::chown((directory_ / "pin.key").c_str(), 65534, 65534), 0);
  EXPECT_THAT(attempt("1111").value_or(""), HasSubstr("is no key"));
}

/// Watches the disk while it lives.
class Watch {
 public:
  explicit Watch(Disk& disk) { watched = &disk; }
  ~Watch() { watched = nullptr; }
};

// A power cut right after the PIN was sent must find the note on the disk: the file's content, its
// name in the directory, and the directory's own name.
TEST_F(PinRecordFileTest, IsOnTheDiskBeforeThePinMayBeSent) {
  Disk disk;
  {
    const Watch watch(disk);
    EXPECT_EQ(attempt("4711"), std::nullopt);
  }
  fs::path note;
  for (const fs::directory_entry& file : fs::directory_iterator(directory_))
    if (file.path().filename() != "pin.key") note = file.path();
  const std::string directory = directory_;
  const std::string key = directory + "/pin.key";
  EXPECT_THAT(disk.done, ElementsAre("sync " + files_.path().string(),
                                     "sync " + directory_.parent_path().string(),  //
                                     "sync " + key + "." + std::to_string(::getpid()) + ".new",
                                     "sync " + directory,  //
                                     "sync " + note.string() + ".new",
                                     "rename " + note.string() + ".new", "sync " + directory));
}

TEST_F(PinRecordFileTest, WhatTheDiskRefusesKeepsThePinBack) {
  Disk all;
  {
    const Watch watch(all);
    EXPECT_EQ(attempt("4711"), std::nullopt);
  }
  for (const std::string& step : all.done) {
    fs::remove_all(directory_.parent_path());
    Disk disk{{}, step};
    const Watch watch(disk);
    // The key's name would be another one the next time, and so would the record's.
    if (step.find("/pin-") != step.npos) continue;
    const auto objection = attempt("4711");
    ASSERT_TRUE(objection.has_value()) << step;
    EXPECT_THAT(*objection, HasSubstr("cannot ")) << step;
  }
  accept("4711");  // the key and the record stay from here on
  fs::remove_all(directory_.parent_path());
  EXPECT_EQ(attempt("4711"), std::nullopt);
  fs::path note;
  for (const fs::directory_entry& file : fs::directory_iterator(directory_))
    if (file.path().filename() != "pin.key") note = file.path();
  for (const std::string& step : std::vector<std::string>{"sync " + note.string() + ".new",
                                                          "rename " + note.string() + ".new",
                                                          "sync " + directory_.string()}) {
    Disk disk{{}, step};
    const Watch watch(disk);
    EXPECT_THAT(attempt("1234").value_or(""), HasSubstr("cannot write")) << step;
  }
}

// Nor one of which only a part is there, or nothing: it may be that of the PIN.
TEST_F(PinRecordFileTest, ARecordThatIsEmptyOrCutOffIsNoLeaveToSend) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  for (const char* left : {"", "tried", "tri", "nonsense 1 2"}) {
    for (const fs::directory_entry& file : fs::directory_iterator(directory_))
      if (file.path().filename() != "pin.key") std::ofstream(file.path()) << left;
    EXPECT_THAT(attempt("9999").value_or(""), HasSubstr("is damaged")) << left;
  }
}

// The power went while a note was written: what was there before counts.
TEST_F(PinRecordFileTest, ANoteThatWasNotFinishedIsNone) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  for (const fs::directory_entry& file : fs::directory_iterator(directory_))
    if (file.path().filename() != "pin.key") {
      std::ofstream(file.path().string() + ".new") << "accep";
      break;
    }
  EXPECT_THAT(attempt("9999").value_or(""), HasSubstr("refused it before"));
  EXPECT_EQ(attempt("4711"), std::nullopt);
}

TEST_F(PinRecordFileTest, ADirectoryMayBeNamedWithASlashAtItsEnd) {
  const fs::path named = directory_ / "";
  EXPECT_EQ(PinRecordFile(named).begin_attempt({sim, {}}, Secret("4711"), 3), std::nullopt);
  EXPECT_TRUE(attempt("4711").has_value()) << "it is the same one";
}

// Two daemons at the first start of a device, each with its modem.
TEST_F(PinRecordFileTest, ProgramsThatStartTogetherHaveOneKey) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(::fork());
    if (children.back() == 0) ::_exit(attempt("9999", std::to_string(i)) ? 1 : 0);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  for (int i = 0; i < 4; ++i)
    EXPECT_THAT(attempt("9999", std::to_string(i)).value_or(""), HasSubstr("refused it before"));
}

// kill -9 between the note and the modem's answer.
TEST_F(PinRecordFileTest, AProgramThatIsKilledBeforeTheAnswerHasNotedIt) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool may_be_sent = !attempt("4711");
    if (may_be_sent) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_THAT(attempt("4711").value_or(""), HasSubstr("never answered"));
}

TEST_F(PinRecordFileTest, ARecordThatIsDamagedIsNoLeaveToSend) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  for (const fs::directory_entry& file : fs::directory_iterator(directory_))
    if (file.path().filename() != "pin.key") {
      fs::remove(file.path());
      fs::create_directory(file.path());
    }
  EXPECT_THAT(attempt("9999").value_or(""), HasSubstr("cannot read"));
}

// A SIM has three tries. Where the modem tells, that decides; where it does not, the record counts.
TEST_F(PinRecordFileTest, WhereTheModemDoesNotTellTheLastTryIsKeptBackAllTheSame) {
  tries_left_ = std::nullopt;
  EXPECT_EQ(attempt("1111"), std::nullopt);
  EXPECT_EQ(attempt("2222"), std::nullopt);
  for (int restart = 0; restart < 2; ++restart)
    EXPECT_THAT(attempt("3333").value_or(""), HasSubstr("does not tell how many tries are left"));
  EXPECT_EQ(attempt("3333", "8900100000000000025"), std::nullopt) << "another SIM";
  tries_left_ = 3;  // unlocked elsewhere, seen by another modem
  EXPECT_EQ(attempt("3333"), std::nullopt);
}

TEST_F(PinRecordFileTest, AnAcceptedPinBeginsTheCountAnew) {
  tries_left_ = std::nullopt;
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_EQ(attempt("1111"), std::nullopt);
    EXPECT_EQ(attempt("4711"), std::nullopt);
    accept("4711");
  }
}

// As written before the count was.
TEST_F(PinRecordFileTest, ARecordWithoutACountCountsForOne) {
  EXPECT_EQ(attempt("1111"), std::nullopt);
  for (const fs::directory_entry& file : fs::directory_iterator(directory_)) {
    if (file.path().filename() == "pin.key") continue;
    std::ostringstream content;
    content << std::ifstream(file.path()).rdbuf();
    const std::string text = content.str();
    std::ofstream(file.path()) << text.substr(0, text.rfind(' ')) << "\n";
  }
  EXPECT_THAT(attempt("1111").value_or(""), HasSubstr("refused it before"));
  tries_left_ = std::nullopt;
  EXPECT_EQ(attempt("2222"), std::nullopt);
  EXPECT_TRUE(attempt("3333").has_value());
}

TEST_F(PinRecordFileTest, AKeyThatOthersReadIsNone) {
  EXPECT_EQ(attempt("4711"), std::nullopt);
  fs::permissions(directory_ / "pin.key", fs::perms::others_read, fs::perm_options::add);
  EXPECT_TRUE(attempt("1111").has_value());
}

}  // namespace
}  // namespace tunppp::session
