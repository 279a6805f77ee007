#include "support/console_log.h"

#include "support/process.h"
#include "support/temp_directory.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace tunppp::test {

std::string ConsoleLog::text() const {
  return read_file(path_);
}

std::optional<std::vector<std::string>> ConsoleLog::wait_for(const std::string& pattern,
                                                             pid_t writer, Timeout timeout,
                                                             std::size_t from) const {
  Deadline deadline(timeout);
  int changes = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  // The folder, because the file may not be there yet.
  ::inotify_add_watch(changes, path_.parent_path().c_str(), IN_MODIFY | IN_CREATE);
  int end = static_cast<int>(::syscall(SYS_pidfd_open, writer, 0));
  std::array<pollfd, 2> files = {{{changes, POLLIN, 0}, {end, POLLIN, 0}}};

  std::optional<std::vector<std::string>> match;
  for (bool last = false; !match;) {
    // Whole lines only: a pattern that ends in .* must not match half of one.
    std::string found = text();
    found.resize(found.rfind('\n') + 1);
    if (found.size() > from) match = find(found.substr(from), pattern);
    if (match || last) break;
    ::poll(files.data(), files.size(), deadline.poll_milliseconds());
    last = deadline.passed() || end < 0 || files[1].revents;
    std::array<char, 4096> events;
    while (::read(changes, events.data(), events.size()) > 0) {
    }
  }
  ::close(changes);
  if (end >= 0) ::close(end);
  return match;
}

}  // namespace tunppp::test
