// What has to be asked of the service before a plan can be relied on: what it offers for the changes that are to be
// made. A plan without steps asks nothing. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace rdsteady::plan {

struct Question {
  ResourceKey resource;  // the answer belongs into this resource's Observation::offers, under preflight->name
  const model::Preflight* preflight = nullptr;
  Properties request;
};

// `plan` was made from the manifest and the world, so that its resources are the manifest's, in the same order. What
// has been answered already is not asked again.
[[nodiscard]] std::vector<Question> QuestionsOf(const manifest::Manifest& manifest, const World& world,
                                                const Plan& plan);

// The stated names of keys that only KMS can compare with what is live, each once. A resource that is not there, or has
// no key, leaves nothing to compare.
[[nodiscard]] std::set<std::string> KeysToAsk(const manifest::Manifest& manifest, const World& world);

}  // namespace rdsteady::plan
