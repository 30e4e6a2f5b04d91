// From differences to the calls that remove them, in order: birth, modify now, modify in the window, operations of
// their own, power, reboot. Pure; parameters are what the wire will carry, with secrets still references.
#pragma once

#include <vector>

#include "plan/compare_resource.h"
#include "plan/plan.h"

namespace rdsteady::plan {

// Adds the creating call and the calls that must follow it, all marked new. Refusals: no birth fits what is stated.
// REQUIRES: !observed.exists.
void AddBirthSteps(const manifest::DesiredResource& desired, const Observation& observed, const Options& options,
                   ResourcePlan& out);

// Adds what brings the existing resource to what is stated. Refusals: a flush that was not allowed, a change that would
// disrupt at once under `window`.
void AddUpdateSteps(const manifest::DesiredResource& desired, const Observation& observed,
                    const std::vector<Difference>& differences, const Options& options, ResourcePlan& out);

// Whether something in the plan waits for a reboot.
[[nodiscard]] bool HasChangeForReboot(const ResourcePlan& plan);

// A reboot that is sent only if, once everything else is settled, something waits for it.
void AddConditionalReboot(const manifest::DesiredResource& desired, const Observation& observed, const Options& options,
                          ResourcePlan& out);

}  // namespace rdsteady::plan
