// What a volume performs when nothing else is said.
#pragma once

#include "local/sim/catalogue.h"
#include "rdsteady/value.h"

namespace rdsteady::local::sim {

// Completes Iops and StorageThroughput of `settings` after a birth or a storage change: gp3 never performs less than
// its baseline, which grows at the engine's striping threshold, and other types have no such value. `asked` holds the
// values that were asked for with it.
void SettleStorage(const Engine& engine, Properties& settings, const Properties& asked);

}  // namespace rdsteady::local::sim
