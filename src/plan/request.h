// Values as the wire carries them: maps as lists of structures, resets as the kind expresses them, differences of sets.
#pragma once

#include "model/kinds/kind.h"
#include "plan/compare_resource.h"
#include "rdsteady/value.h"

namespace rdsteady::plan {

// A stated value in the shape of the API: {service: orders} of Tags becomes [{Key: service, Value: orders}].
[[nodiscard]] Value ToApiShape(const model::Property& property, const Value& stated);

// Adds to a modify request what makes `difference` true.
void AddToModify(const Difference& difference, const Value& live, Properties& request);

// Adds a property that rides along: as stated, else as live; nothing when there is neither.
void AddCompanion(const model::Kind& kind, const model::Companion& companion, const model::Sight& sight,
                  Properties& request);

// a without b, as sets of values, in a's order.
[[nodiscard]] List Without(const Value& a, const Value& b);

}  // namespace rdsteady::plan
