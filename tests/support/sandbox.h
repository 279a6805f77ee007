#pragma once

#include <functional>

namespace tunppp::test {

/// Runs `body` in a process with namespaces of its own: processes, interfaces, mounts, /run
/// (with /run/lock and /run/netns, both empty) and $TMPDIR. What a test does there is seen by
/// nobody else, tests may run side by side, and whatever happens to them, nothing of it stays.
/// Orphans become children of that process. Returns what body returned; 128 + signal when it was
/// killed. Works as root, and as an ordinary user where user namespaces are allowed; where not, it
/// says so and returns 1, because a test that did not run has not passed.
int run_in_sandbox(const std::function<int()>& body);

}  // namespace tunppp::test
