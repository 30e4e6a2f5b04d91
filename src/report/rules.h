// What the named rules say, for people: the names that plans, refusals and decisions show. Pure.
//
// The reason of a guard and the advice of a check stand in the kinds' tables; here stands the one sentence that says
// what the rule is about, also for the rules that planning itself applies. A test holds the two together.
#pragma once

#include <span>
#include <string_view>

namespace rdsteady::report {

struct RuleMeaning {
  std::string_view rule;
  std::string_view meaning;
};

// Sorted by name.
[[nodiscard]] std::span<const RuleMeaning> RuleMeanings();
// nullptr when there is no such rule; without case. Of a policy's rules, the part that has a meaning.
[[nodiscard]] const RuleMeaning* FindRuleMeaning(std::string_view rule);

}  // namespace rdsteady::report
