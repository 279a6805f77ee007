// Defects that pppd had in what it reads from files, tried on ours.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "session/peer_secrets.h"
#include "tty/lock.h"

namespace tunppp::test {
namespace {

// CVE-2014-3158: an integer overflow while a word of an options file was read, which wrote far past
// the end of the word's buffer.
TEST(Pppd, Cve_2014_3158_WordsOfAnyLengthInAFile) {
  for (std::size_t size : {1023U, 1024U, 1025U, 65536U, 1000000U}) {
    for (const char* quote : {"", "\"", "'"}) {
      const std::string word = quote + std::string(size, 'x') + quote;
      const auto secrets =
          session::PeerSecrets::parse(word + " * " + word + "\nalice * s3cret\n", "a file");
      if (!secrets) continue;  // a refusal in words is an answer, too
      const auto alice = secrets->find("alice", "lns");
      ASSERT_TRUE(alice) << size;
      EXPECT_TRUE(alice->secret.equals(std::as_bytes(std::span("s3cret", 6))));
    }
    // Escapes and quotes without an end.
    EXPECT_NO_FATAL_FAILURE(session::PeerSecrets::parse(std::string(size, '\\'), "a file"));
    EXPECT_NO_FATAL_FAILURE(session::PeerSecrets::parse("\"" + std::string(size, 'x'), "a file"));
  }
}

// CVE-2015-3310: a name made of a process id that has more digits than were expected.
TEST(Pppd, Cve_2015_3310_ProcessIdsOfManyDigits) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("lock-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto name = tty::lock_file_name("/dev/ttyUSB0", folder);
  for (const char* owner : {"4194303", "4294967295", "2147483648", "99999999999999999999999", "-1",
                            "0", "    123456789012345678901234567890\n"}) {
    std::ofstream(name) << owner << '\n';
    // Nobody of these numbers lives; the lock is taken as one that a dead process has left.
    EXPECT_FALSE(tty::lock_owner("/dev/ttyUSB0", folder)) << owner;
    auto lock = tty::LockFile::take("/dev/ttyUSB0", folder);
    ASSERT_TRUE(lock) << owner;
    std::string content;
    std::getline(std::ifstream(name), content);
    EXPECT_EQ(content.size(), 10U) << "HDB UUCP: ten characters";
    EXPECT_EQ(std::stol(content), ::getpid());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tunppp::test
