// A plan in a file: what `plan --out` writes and `apply --plan` reads. docs/design/saved-plan.md says what is in it.
// Pure.
//
// It holds no secret, only references to them, and a digest over all of it, which tells damage and careless editing,
// not malice: who may write the file may write another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/session.h"
#include "plan/reads.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::report {

inline constexpr int kSavedPlanFormat = 1;

// Errors: kUsage for a secret that is written out in the manifest.
[[nodiscard]] Result<std::string> SavePlan(const api::Planned& planned);

struct SavedPlan {
  std::string region;
  std::string account;
  std::string endpoint;
  manifest::Manifest manifest;
  plan::Options options;  // without time, region and account, and without --allow-irreversible: that is said anew
  plan::Reads reads;
  Value plan;  // PlanToJson of then
};

// Errors: kUsage for what is no saved plan, or is truncated, edited or damaged; kRefused for one of another format.
[[nodiscard]] Result<SavedPlan> ReadSavedPlan(std::string_view text);

// Why it is not for this region and endpoint, which can be told before anything is called. Empty: it is.
[[nodiscard]] std::vector<std::string> ReasonsAgainstTarget(const SavedPlan& saved, const std::string& region,
                                                            const std::string& endpoint);

// Why the plan that `planned` makes of the same manifest now is not the one that was saved: another target, values that
// have moved, windows that have passed, other steps. Empty: it is the same.
[[nodiscard]] std::vector<std::string> ReasonsAgainst(const SavedPlan& saved, const api::Planned& planned);

}  // namespace rdsteady::report
