// What holds between the resources of a manifest: identities, references, order.
#pragma once

#include <vector>

#include "manifest/faults.h"
#include "manifest/manifest.h"

namespace rdsteady::manifest {

// Reports resources that are named twice and drops all but the first.
void RefuseTwins(std::vector<DesiredResource>& resources, Faults& faults);

// Dependencies first, else the order that was given. Reports cycles, and references to a name that is being left.
void Order(std::vector<DesiredResource>& resources, Faults& faults);

}  // namespace rdsteady::manifest
