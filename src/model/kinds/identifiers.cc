#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/sight.h"
#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsLetterOrDigit(char c) {
  return IsLetter(c) || (c >= '0' && c <= '9');
}

}  // namespace

std::string ObjectionToIdentifier(std::string_view name, std::string_view what, std::size_t longest) {
  if (name.empty()) return {};
  const bool is_well_formed = name.size() <= longest && IsLetter(name.front()) && !name.ends_with('-') &&
                              !name.contains("--") &&
                              std::ranges::all_of(name, [](char c) { return IsLetterOrDigit(c) || c == '-'; });
  if (is_well_formed) return {};
  return fmt::format(
      "'{}' is not {}: 1 to {} letters, digits and hyphens, the first a letter, no hyphen at the end, no two in a row",
      name, what, longest);
}

std::string SuggestIdentifier(std::string_view name, std::string_view prefix, std::size_t longest) {
  std::string suggestion;
  for (const char c : name) {
    if (IsLetterOrDigit(c)) {
      suggestion.push_back(c);
    } else if (!suggestion.empty() && !suggestion.ends_with('-')) {
      suggestion.push_back('-');
    }
  }
  if (suggestion.empty() || !IsLetter(suggestion.front())) suggestion.insert(0, prefix);
  suggestion.resize(std::min(suggestion.size(), longest));
  while (suggestion.ends_with('-'))
    suggestion.pop_back();
  return suggestion;
}

std::string ObjectionToTags(const Sight& sight) {
  const auto* tags = StatedOf(sight, "Tags").If<Properties>();
  if (tags == nullptr) return {};
  constexpr std::size_t kMost = 50;
  if (tags->size() > kMost)
    return fmt::format("Tags has {} keys, and a resource takes at most {}", tags->size(), kMost);
  for (const auto& [key, value] : *tags) {
    for (const std::string_view prefix : kForeignTags) {
      if (key.starts_with(prefix))
        return fmt::format("the tag '{}' is not yours to state: {}* is reserved", key, prefix);
    }
  }
  return {};
}

}  // namespace rdsteady::model
