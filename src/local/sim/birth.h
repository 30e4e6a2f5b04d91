// What all births of an instance have in common: defaults, place, identity, and the phases of creation.
#pragma once

#include <string>
#include <string_view>

#include "local/sim/catalogue.h"
#include "local/sim/operations.h"

namespace rdsteady::local::sim {

// The name is free and well formed, the tags are good, and one more instance is allowed.
[[nodiscard]] Checked<void> CheckNewIdentifier(const Request& request, std::string_view member);
[[nodiscard]] Checked<void> CheckClass(const Request& request, const std::string& name);
// Refuses a simulated instance where only real ones are wanted.
[[nodiscard]] Checked<void> CheckReality(const Request& request, const Instance& instance, const std::string& reason);

// Completes `settings`, which hold at least Engine and EngineVersion, with what RDS sets when nothing is said.
void FillDefaults(const Request& request, const Engine& engine, const std::string& identifier, Properties& settings);

// The instance is there, and being created; `origin` tells people what from. REQUIRES: its settings are complete and
// checked.
[[nodiscard]] Outcome Bring(const Request& request, const Engine& engine, Instance instance,
                            const std::string& simulated_because, std::string origin = {});

}  // namespace rdsteady::local::sim
