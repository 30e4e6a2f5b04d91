// Volumes: what they perform when nothing else is said, and the additional ones of Oracle and SQL Server.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "local/sim/catalogue.h"
#include "rdsteady/value.h"

namespace rdsteady::local::sim {

// What a volume of a type may be. 0: cannot be given.
struct VolumeLimits {
  std::int64_t min_gib = 0;
  std::int64_t max_gib = 0;
  std::int64_t min_iops = 0;  // of gp3: from the engine's striping threshold on
  std::int64_t max_iops = 0;
  std::int64_t min_throughput = 0;
  std::int64_t max_throughput = 0;
  std::int64_t max_iops_per_gib = 0;  // at least half an operation goes with each GiB
};
inline constexpr double kMinIopsPerGib = 0.5;

[[nodiscard]] std::span<const std::string_view> VolumeTypes();
// nullopt for a type that does not exist.
[[nodiscard]] std::optional<VolumeLimits> LimitsOf(const Engine& engine, std::string_view type);

// Completes Iops and StorageThroughput of `settings` after a birth or a storage change: gp3 never performs less than
// its baseline, which grows at the engine's striping threshold, and other types have no such value. `asked` holds the
// values that were asked for with it.
void SettleStorage(const Engine& engine, Properties& settings, const Properties& asked);

// The additional volumes after `changes`, elements of the create or of the modify call: by VolumeName, which has no
// case; SetForDelete takes one away. Sorted by name.
[[nodiscard]] List MergeVolumes(const List& volumes, const List& changes);

}  // namespace rdsteady::local::sim
