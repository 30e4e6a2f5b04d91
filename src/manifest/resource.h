// One resource of a manifest: from its name and body to a DesiredResource, with a kind's defaults laid under it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/manifest.h"
#include "manifest/typing.h"

namespace rdsteady::manifest {

// What a body states: of a resource, or of a kind's defaults.
struct Body {
  DesiredResource resource;
  std::set<std::string, std::less<>> settings{};  // which settings are stated
  std::set<std::string, std::less<>> faulty{};    // properties that are stated, or were meant, but cannot be taken
  bool incomplete = false;                        // a syntax error took some of it
  bool modifies = false;                          // a script's dictionary for the modify call, not a creating one
  std::optional<bool> apply_immediately{};        // a script's
};

enum class BodyOf : std::uint8_t { kResource, kDefaults, kDictionary };

// `map` is the body. `name` is the key above it, nullptr for kDefaults and kDictionary; a dictionary names itself.
[[nodiscard]] Body ReadBody(const Reading& reading, const model::Kind& kind, const Node* name, const Node& map,
                            BodyOf what);

// What the body does not state comes from the defaults, as far as the resource's birth or its modify call takes it.
// Maps of texts are merged key by key.
void ApplyDefaults(const Body& defaults, Body& body);

// The rules that need no live answer: births, required properties, the kind's own checks.
void CheckResource(const Body& body, Faults& faults);

}  // namespace rdsteady::manifest
