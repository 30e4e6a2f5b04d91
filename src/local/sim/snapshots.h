// Snapshots as the operations see them. How they come about and age is the machine's (machine_snapshots.cc).
#pragma once

#include <string>
#include <string_view>

#include "local/sim/operations.h"

namespace rdsteady::local::sim {

// Clients name snapshots by identifier or by ARN; an ARN of another account or region stays as it is, and is not found.
[[nodiscard]] std::string SnapshotNameOf(const Scope& scope, std::string_view reference);
[[nodiscard]] Checked<Snapshot*> RequireSnapshot(const Request& request, std::string_view member);
// The name is free and well formed, and one more is allowed.
[[nodiscard]] Checked<void> CheckNewSnapshot(const Request& request, std::string_view member, const std::string& name);

// Adds the snapshot, and answers the phase in which it is taken. REQUIRES: CheckNewSnapshot().
[[nodiscard]] Activity TakeManualSnapshot(const Request& request, const Instance& instance, const std::string& name,
                                          std::string status);

}  // namespace rdsteady::local::sim
