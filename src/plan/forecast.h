// When a change acts and what it costs: the disruption rows, seen from this request. Pure.
#pragma once

#include "plan/compare_resource.h"
#include "plan/plan.h"

namespace rdsteady::plan {

// `now`: the change is wanted now (ApplyImmediately will be sent if the change can be deferred at all).
[[nodiscard]] Forecast ForecastOf(const model::Kind& kind, const Difference& difference, const model::Sight& sight,
                                  bool now, Instant clock);

// A change of a resource that this run creates: it is new and empty, nothing can be disturbed.
[[nodiscard]] Forecast ForecastOfBirth();

// Whether the change waits for the window when ApplyImmediately is not sent.
[[nodiscard]] bool IsDeferrable(const Difference& difference);

// The start of the resource's next maintenance window; nullopt when it has none.
[[nodiscard]] std::optional<Instant> NextWindowOf(const model::Kind& kind, const Value& live, Instant clock);

}  // namespace rdsteady::plan
