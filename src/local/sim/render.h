// Answers: what the state looks like in the API's shapes.
#pragma once

#include "local/sim/machine.h"

namespace rdsteady::local::sim {

[[nodiscard]] Properties RenderInstance(Machine& machine, const Instance& instance);
[[nodiscard]] List RenderTags(Machine& machine, const Scope& scope, const std::string& arn);
[[nodiscard]] Properties RenderSnapshot(Machine& machine, const Scope& scope, const Snapshot& snapshot);
[[nodiscard]] std::string DefaultOptionGroup(const Engine& engine, std::string_view version);

}  // namespace rdsteady::local::sim
