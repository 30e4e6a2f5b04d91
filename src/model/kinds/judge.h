// Guards and checks, evaluated: what is left out, and what RDS would refuse, found before any call. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/kinds/kind.h"

namespace rdsteady::model {

enum class Purpose : std::uint8_t { kCompare, kSendAtBirth };

// The first guard that takes the property out for this purpose; nullptr: it counts.
[[nodiscard]] const Guard* HeldBy(const Property& property, const Sight& sight, Purpose purpose);

struct Objection {
  std::string rule;      // GROW-ONLY; RANGE and VALUES for what the rows' bounds say
  std::string property;  // empty: the resource as a whole
  std::string text;      // never holds a secret
  std::string hint;
};

enum class Knowledge : std::uint8_t {
  kLive,           // `live` is what the service says; null means that the resource will be created
  kNothing,        // nothing was read: only what holds of any live state
  kAssumeNothing,  // nothing was read, and creating is assumed
};

// Objections to the stated properties, by name, then to the resource as a whole.
[[nodiscard]] std::vector<Objection> Judge(const Kind& kind, const Sight& sight, Knowledge knowledge);

}  // namespace rdsteady::model
