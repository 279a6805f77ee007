#include "support/pty_pair.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tunppp::test {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

PtyPair::PtyPair() {
  master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master_ < 0) fail("posix_openpt");
  char name[64];
  if (::grantpt(master_) < 0 || ::unlockpt(master_) < 0 ||
      ::ptsname_r(master_, name, sizeof name) != 0) {
    fail("pty");
  }
  path_ = name;
  slave_ = ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios mode{};
  if (slave_ < 0 || ::tcgetattr(slave_, &mode) < 0) fail(name);
  ::cfmakeraw(&mode);
  if (::tcsetattr(slave_, TCSANOW, &mode) < 0) fail(name);
}

PtyPair::~PtyPair() {
  hang_up();
}

void PtyPair::hang_up() {
  if (slave_ >= 0) ::close(slave_);
  if (master_ >= 0) ::close(master_);
  slave_ = master_ = -1;
}

}  // namespace tunppp::test
