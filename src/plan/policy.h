// What may be changed: the manifest's policy and the flags, the strictest of all. Pure.
#pragma once

#include "plan/compare_resource.h"
#include "plan/plan.h"

namespace rdsteady::plan {

// Takes out of `differences` what the allow-lists do not hold: as refusals, or as notes where the policy says report.
void ApplyAllowLists(const manifest::DesiredResource& desired, const manifest::Policy& policy, const Options& options,
                     std::vector<Difference>& differences, ResourcePlan& out);

// Refuses what is more disruptive than the policy or the flag allows.
void ApplyMaxDisruption(const manifest::Policy& policy, const Options& options, ResourcePlan& out);

// True when `entry` of an allow-list names this change: "AllocatedStorage" (of DBInstance), "DBSubnetGroup.SubnetIds",
// "DBParameterGroup.Parameters", "DBParameterGroup.Parameters.max_connections".
[[nodiscard]] bool AllowListNames(std::string_view entry, std::string_view kind, std::string_view property,
                                  std::string_view key);

}  // namespace rdsteady::plan
