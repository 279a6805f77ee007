// The differential test as a program of its own, for machines that are only emulated.
// differential [ROUNDS]
#include "differential.h"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  const auto rounds = static_cast<unsigned>(argc > 1 ? std::atoi(argv[1]) : 100);
  int failures = 0;
  for (const tunppp::hdlc::Kernels* set : tunppp::hdlc::all_kernels()) {
    const std::string name(set->name);
    if (!set->usable()) {
      std::printf("%s was not exercised: this CPU cannot run it\n", name.c_str());
      continue;
    }
    const std::string difference = tunppp::hdlc::test::first_difference(*set, rounds);
    std::printf("%s: %s\n", name.c_str(), difference.empty() ? "ok" : difference.c_str());
    std::fflush(stdout);
    if (!difference.empty()) ++failures;
  }
  return failures == 0 ? 0 : 1;
}
