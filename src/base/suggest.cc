#include "base/suggest.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace rdsteady {
namespace {

// Optimal string alignment: insertions, deletions, substitutions and swapped neighbours cost one each.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view Suggest(std::string_view name, std::span<const std::string_view> known) {
  const std::string wanted = ToLower(name);
  std::string_view best;
  std::size_t best_distance = std::min<std::size_t>(4, std::max<std::size_t>(1, name.size() / 3)) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = Distance(wanted, ToLower(candidate));
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string DidYouMean(std::string_view name, std::span<const std::string_view> known) {
  const std::string_view best = Suggest(name, known);
  return best.empty() ? std::string() : "did you mean '" + std::string(best) + "'?";
}

}  // namespace rdsteady
