#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace tunppp::test {

/// A choice for each factor, by number; nullopt where none has been made yet.
using PartialRow = std::vector<std::optional<std::size_t>>;
using ChosenRow = std::vector<std::size_t>;

/// Whether what has been chosen so far can be chosen together.
using Allowed = std::function<bool(const PartialRow&)>;

/// Rows in which each value of each factor meets each value of each other factor at least once, as
/// far as `allowed` lets them meet. `sizes`: how many values each factor has. Always the same rows
/// for the same arguments.
std::vector<ChosenRow> pairwise_cover(const std::vector<std::size_t>& sizes,
                                      const Allowed& allowed);

}  // namespace tunppp::test
