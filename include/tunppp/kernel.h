#pragma once

#include <tunppp/export.h>

#include <string>
#include <string_view>

namespace tunppp {

/// Frames are coded by one of several sets of functions, chosen once in the process by what the CPU
/// can do, or by the environment's TUNPPP_KERNEL.
TUNPPP_EXPORT std::string_view kernel_name();
/// What is wrong with TUNPPP_KERNEL, with the names that can be used; empty: nothing. A library
/// cannot end its process for a misspelt name: a program should ask before it begins.
TUNPPP_EXPORT std::string kernel_override_error();

}  // namespace tunppp
