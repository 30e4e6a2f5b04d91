// Reading `policy:` of a manifest, or a policy file, into rows. Faults are collected, each where it stands.
#pragma once

#include "manifest/policy.h"
#include "manifest/typing.h"

namespace rdsteady::manifest {

enum class PolicyOf : std::uint8_t { kManifest, kFile };

// `node` is the map of the policy's members.
[[nodiscard]] Policy ReadPolicy(const Reading& reading, const Node& node, PolicyOf of);

}  // namespace rdsteady::manifest
