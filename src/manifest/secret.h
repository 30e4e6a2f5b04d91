// Secrets in a manifest: references, checked for form here and resolved elsewhere, much later.
#pragma once

#include <optional>
#include <string_view>

#include "manifest/typing.h"
#include "rdsteady/value.h"

namespace rdsteady::manifest {

// {env: NAME}, {file: PATH}, {command: [argv]}. A literal is an error, or in a script's dictionary a warning. Faults
// are shown at the key, never at the value, which may be the secret.
[[nodiscard]] std::optional<Value> TypeSecret(const Reading& reading, const Entry& entry, std::string_view what);

// A map whose only key is env, file or command. REQUIRES: node.IsMap().
[[nodiscard]] bool LooksLikeSecretReference(const Node& node);

}  // namespace rdsteady::manifest
