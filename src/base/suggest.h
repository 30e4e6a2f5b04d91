// Did-you-mean: the nearest of the known names, by edit distance without case.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rdsteady {

// Empty when nothing is near enough to be a likely slip (at most a third of the name's letters, never more than 4).
[[nodiscard]] std::string_view Suggest(std::string_view name, std::span<const std::string_view> known);

// "did you mean 'X'?" or an empty text.
[[nodiscard]] std::string DidYouMean(std::string_view name, std::span<const std::string_view> known);

}  // namespace rdsteady
