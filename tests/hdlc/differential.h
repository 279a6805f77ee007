#pragma once

#include "hdlc/kernel.h"

#include <string>

namespace tunppp::hdlc::test {

/// Drives a set and the reference through the same vectors and the same mutated streams, cut in the
/// same ways. Returns what the first difference was, or "". Knows no test framework, so that it
/// runs where there is none: cross compiled, under an emulator. `rounds` is a measure of effort.
std::string first_difference(const Kernels& set, unsigned rounds);

}  // namespace tunppp::hdlc::test
