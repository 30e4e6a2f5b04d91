// What the parts of a run ask of a step. Pure.
#pragma once

#include <string>

#include "plan/plan.h"

namespace rdsteady::apply {

// The operation and what it sets: two steps of one signature ask for the same.
[[nodiscard]] std::string Signature(const plan::Step& step);

// Whether a new plan still wants what the step has sent. One property may need several operations (one role goes,
// another comes): of these, the other ones do not count.
[[nodiscard]] bool IsOpen(const plan::Change& change, const plan::Step& sent, const plan::ResourcePlan& rest);

// Whether no answer ever shows the changed property (a password).
[[nodiscard]] bool IsUnreadable(const model::Kind& kind, const std::string& change);

}  // namespace rdsteady::apply
