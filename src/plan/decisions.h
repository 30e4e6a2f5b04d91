// Decisions about what is not compared: a resource that is to be created, and one that is left alone whole. (What is
// compared is decided in compare_resource.h.) Pure.
#pragma once

#include "plan/plan.h"

namespace rdsteady::plan {

// One a stated property, or key of a map: sent by which call, left out by which rule, or refused. Reads the steps and
// refusals that `out` holds, and so says what they say.
void DecideBirth(const manifest::DesiredResource& desired, const model::Sight& sight, ResourcePlan& out);

// The last refusal of `out` is why.
void DecideLeftAlone(const manifest::DesiredResource& desired, const Observation& observed, ResourcePlan& out);

}  // namespace rdsteady::plan
