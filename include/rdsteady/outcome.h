// Outcome: what a run came to. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rdsteady/error.h"
#include "rdsteady/plan.h"
#include "rdsteady/value.h"

namespace rdsteady {

enum class OutcomeResult : std::uint8_t {
  kUnchanged,  // everything was as stated; no mutating call was made
  kCreated,
  kUpdated,
  kScheduled,  // accepted, or found, and waiting for a window or a reboot
  kRefused,    // nothing was sent for what was refused; the plan says why
};
[[nodiscard]] std::string_view ToString(OutcomeResult result);

struct SentCall {
  std::string resource;
  std::string operation;
  std::vector<std::string> members;  // names of what was sent, not values
};

struct ResourceOutcome {
  std::string resource;  // DBInstance/orders
  OutcomeResult result = OutcomeResult::kUnchanged;
  std::vector<std::string> notes{};
  Value live{};  // the final state: the describe answer as last read
};

struct Outcome {
  // Of several resources: refused before created before updated before scheduled before unchanged.
  OutcomeResult result = OutcomeResult::kUnchanged;
  Plan plan;
  std::vector<SentCall> calls;  // the mutating ones, in the order sent
  std::vector<ResourceOutcome> resources;
};

}  // namespace rdsteady
