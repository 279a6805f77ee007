#include "interop/pairwise.h"

#include <set>
#include <utility>

namespace tunppp::test {
namespace {

/// One value of one factor.
using Choice = std::pair<std::size_t, std::size_t>;
using Pair = std::pair<Choice, Choice>;

Pair pair_of(Choice a, Choice b) {
  return a < b ? Pair{a, b} : Pair{b, a};
}

std::set<Pair> all_pairs(const std::vector<std::size_t>& sizes, const Allowed& allowed) {
  std::set<Pair> pairs;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    for (std::size_t j = i + 1; j < sizes.size(); ++j) {
      for (std::size_t a = 0; a < sizes[i]; ++a) {
        for (std::size_t b = 0; b < sizes[j]; ++b) {
          PartialRow row(sizes.size());
          row[i] = a;
          row[j] = b;
          if (allowed(row)) pairs.insert({{i, a}, {j, b}});
        }
      }
    }
  }
  return pairs;
}

/// How many open pairs the choice would close in this row.
std::size_t gain(const PartialRow& row, Choice choice, const std::set<Pair>& open) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] && i != choice.first) count += open.count(pair_of({i, *row[i]}, choice));
  }
  return count;
}

/// The value of this factor that closes most; of equals the one that has been used least.
std::size_t best_value(PartialRow row, std::size_t factor, std::size_t size, const Allowed& allowed,
                       const std::set<Pair>& open, const std::vector<std::size_t>& used) {
  std::optional<std::size_t> best;
  std::size_t best_gain = 0;
  for (std::size_t value = 0; value < size; ++value) {
    row[factor] = value;
    if (!allowed(row)) continue;
    const std::size_t value_gain = gain(row, {factor, value}, open);
    const bool better =
        !best || value_gain > best_gain || (value_gain == best_gain && used[value] < used[*best]);
    if (!better) continue;
    best = value;
    best_gain = value_gain;
  }
  return best.value();
}

}  // namespace

std::vector<ChosenRow> pairwise_cover(const std::vector<std::size_t>& sizes,
                                      const Allowed& allowed) {
  std::set<Pair> open = all_pairs(sizes, allowed);
  std::vector<std::vector<std::size_t>> used;
  for (std::size_t size : sizes) used.emplace_back(size);

  std::vector<ChosenRow> rows;
  while (!open.empty()) {
    // Each row begins with a pair that is still open, so there is an end.
    PartialRow row(sizes.size());
    const auto [first, second] = *open.begin();
    row[first.first] = first.second;
    row[second.first] = second.second;
    ChosenRow chosen;
    for (std::size_t factor = 0; factor < sizes.size(); ++factor) {
      if (!row[factor]) {
        row[factor] = best_value(row, factor, sizes[factor], allowed, open, used[factor]);
      }
      ++used[factor][*row[factor]];
      chosen.push_back(*row[factor]);
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      for (std::size_t j = i + 1; j < sizes.size(); ++j) {
        open.erase({{i, chosen[i]}, {j, chosen[j]}});
      }
    }
    rows.push_back(chosen);
  }
  return rows;
}

}  // namespace tunppp::test
