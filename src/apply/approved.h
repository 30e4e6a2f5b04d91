// What was approved, held against what a new look at the resource asks for. Pure.
#pragma once

#include <string>

#include "plan/plan.h"

namespace rdsteady::apply {

// What of `step`, which is of the new plan `now`, the approved plan does not hold: changes that are not in it or have
// become dearer, values that others have queued meanwhile, strangers in the queue that the request would run. Of a
// resource that this run has created (`newborn`) only the queue counts. Empty: all of it was approved.
[[nodiscard]] std::string NotApproved(const plan::ResourcePlan& approved, const plan::ResourcePlan& now,
                                      const plan::Step& step, bool newborn);

}  // namespace rdsteady::apply
