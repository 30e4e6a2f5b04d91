// What has to be asked of the service before a plan can be relied on: what it offers for the changes that are to be
// made. A plan without steps asks nothing. Pure.
#pragma once

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

}  // namespace rdsteady::plan
