#include "local/sim/storage.h"

#include <algorithm>

#include "local/sim/input.h"

namespace rdsteady::local::sim {

void SettleStorage(const Engine& engine, Properties& settings, const Properties& asked) {
  const std::string type = TextOr(settings, "StorageType");
  if (type != "gp3") {
    settings["StorageThroughput"] = 0;
    if (type != "io1" && type != "io2") settings.erase("Iops");
    return;
  }
  const bool striped = engine.striping_gib > 0 && IntOr(settings, "AllocatedStorage") >= engine.striping_gib;
  // What another type performed does not come along.
  const Properties& before = Find(asked, "StorageType") != nullptr ? asked : settings;
  settings["Iops"] = std::max<std::int64_t>(striped ? 12000 : 3000, IntOr(before, "Iops"));
  settings["StorageThroughput"] = std::max<std::int64_t>(striped ? 500 : 125, IntOr(before, "StorageThroughput"));
}

}  // namespace rdsteady::local::sim
