#include "local/sim/storage.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "local/sim/input.h"

namespace rdsteady::local::sim {

namespace {

constexpr std::string_view kTypes[] = {"gp2", "gp3", "io1", "io2", "standard"};

}  // namespace

std::span<const std::string_view> VolumeTypes() {
  return kTypes;
}

std::optional<VolumeLimits> LimitsOf(const Engine& engine, std::string_view type) {
  if (std::ranges::find(kTypes, type) == std::end(kTypes)) return std::nullopt;
  VolumeLimits limits{.min_gib = engine.min_gib, .max_gib = engine.max_gib};
  if (type == "standard") {
    limits.min_gib = engine.min_magnetic_gib;
    limits.max_gib = engine.max_magnetic_gib;
  } else if (type == "io1" || type == "io2") {
    limits.min_gib = 100;
    limits.min_iops = 1000;
    limits.max_iops = 256'000;
    limits.max_iops_per_gib = type == "io2" ? 1000 : 50;
  } else if (type == "gp3") {
    const bool striped = engine.striping_gib > 0;
    limits.min_iops = striped ? 12'000 : 3'000;
    limits.max_iops = striped ? 64'000 : 16'000;
    limits.min_throughput = striped ? 500 : 125;
    limits.max_throughput = striped ? 4'000 : 1'000;
  }
  return limits;
}

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

List MergeVolumes(const List& volumes, const List& changes) {
  std::map<std::string, Properties> by_name;
  for (const List* list : {&volumes, &changes}) {
    for (const Value& item : *list) {
      const auto* change = item.If<Properties>();
      if (change == nullptr) continue;
      const std::string name = ToLower(TextOr(*change, "VolumeName"));
      if (BoolOr(*change, "SetForDelete")) {
        by_name.erase(name);
        continue;
      }
      Properties& volume = by_name.try_emplace(name, Properties{{"StorageType", "gp3"}}).first->second;
      for (const auto& [member, value] : *change) {
        if (member != "SetForDelete" && !value.IsNull()) volume[member] = value;
      }
      volume["VolumeName"] = name;
      volume["StorageType"] = ToLower(TextOr(volume, "StorageType"));
    }
  }
  List merged;
  for (auto& [name, volume] : by_name)
    merged.emplace_back(std::move(volume));
  return merged;
}

}  // namespace rdsteady::local::sim
