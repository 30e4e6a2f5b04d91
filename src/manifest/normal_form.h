// A manifest as one Value and back: what a saved plan keeps of it. Everything is resolved (variables, defaults,
// includes, spellings), secrets are references as a file writes them, and every place in the files is kept for
// messages.
//
// Positions come back with the file's path and without its text: messages name them, and show no excerpt.
#pragma once

#include "manifest/manifest.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::manifest {

// Errors: kUsage when a secret is written out, which only a script's dictionary can do: it cannot be kept.
[[nodiscard]] Result<Value> ToNormalForm(const Manifest& manifest);

// Typed and named as a file's would be. Errors: kUsage, for whatever ToNormalForm does not write.
[[nodiscard]] Result<Manifest> FromNormalForm(const Value& value);

}  // namespace rdsteady::manifest
