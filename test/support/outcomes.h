// What tests of runs look at: how the last resource ended, what is live, which calls were made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/in_process_rds.h"

namespace rdsteady::apply {

// The last resource's; a run without one fails the test.
[[nodiscard]] ResourceOutcome OutcomeOf(const Result<ApplyOutcome>& outcome);
// Its first error's; empty when there is none.
[[nodiscard]] std::string MessageOf(const Result<ApplyOutcome>& outcome);
// A member of the live answer of an instance.
[[nodiscard]] Value At(World& world, std::string_view path, const std::string& name = "orders");
// Calls without their members.
[[nodiscard]] std::vector<std::string> Operations(const std::vector<std::string>& calls);

}  // namespace rdsteady::apply
