// What the promises say of the calls of a run and of the state afterwards. Everything is decided by the rows: which
// members belong to which property, what rides along, what names the resource.
#pragma once

#include <string>
#include <vector>

#include "apply/apply.h"
#include "recorder.h"
#include "world_plan.h"

namespace rdsteady::promises {

using Faults = std::vector<std::string>;

// Unstated is untouched: every member of every call is stated and was planned, or travels with what was.
[[nodiscard]] Faults FaultsOfCalls(const WorldPlan& world, const plan::Plan& plan, const apply::ApplyOutcome& outcome,
                                   const std::vector<SentCall>& sent);

// What is unstated is the same in both, the second being the same world without the run. `queue_too`: what waits for
// the window as well.
[[nodiscard]] Faults FaultsOfState(const ResourceWorld& resource, const plan::ResourcePlan& plan, const Value& live,
                                   const Value& without, bool queue_too);

// The resource's plan; nullptr when the plan has none.
[[nodiscard]] const plan::ResourcePlan* FindPlan(const plan::Plan& plan, const ResourceWorld& resource);
[[nodiscard]] std::string IdOf(const ResourceWorld& resource);

}  // namespace rdsteady::promises
