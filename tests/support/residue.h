#pragma once

#include "support/deadline.h"

#include <set>
#include <string>

namespace tunppp::test {

/// What is there: one line each for a process, an interface, a mount, a file under /run (lock
/// files, named network namespaces, sockets, temporary files). Meant for the inside of a sandbox,
/// where nobody else's doings show.
std::set<std::string> inventory();

/// What is there now and was not in `before`, as text, one line each. Reaps processes that have
/// ended, and gives those that are about to end some time.
std::string residue_since(const std::set<std::string>& before,
                          Timeout patience = std::chrono::seconds(2));

/// From now on each test and each test suite that leaves something behind fails and names it.
void forbid_residue();

}  // namespace tunppp::test
