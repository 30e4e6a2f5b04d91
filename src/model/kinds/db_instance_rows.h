// The parts of DBInstance's table that stand in files of their own: arrays of stated length, so that the kind can refer
// to them before anything runs. Internal.
#pragma once

#include "model/kinds/kind.h"

namespace rdsteady::model::db_instance {

extern const Property kProperties[87];
extern const StatusRow kStatuses[44];
extern const Facet kFacets[15];
extern const WaitRefusal kWaitRefusals[15];
extern const SeparateOperation kOperations[9];

}  // namespace rdsteady::model::db_instance
