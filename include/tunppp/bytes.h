#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tunppp {

/// Octets that somebody else owns. Valid as long as the function that takes or returns them says.
using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

}  // namespace tunppp
