#include "plan/preflight.h"

#include <algorithm>

#include "plan/others.h"

namespace rdsteady::plan {
namespace {

bool IsDue(const model::Preflight& preflight, const ResourcePlan& plan) {
  return std::ranges::any_of(plan.steps, [&](const Step& step) {
    if (preflight.waiting != nullptr) return step.apply_immediately && step.action != Action::kCreate;
    return std::ranges::any_of(step.changes, [&](const Change& change) {
      return preflight.properties.empty() ||
             std::ranges::find(preflight.properties, PropertyOf(change.property)) != preflight.properties.end();
    });
  });
}

}  // namespace

std::vector<Question> QuestionsOf(const manifest::Manifest& manifest, const World& world, const Plan& plan) {
  const OthersInWorld others(world, manifest);
  std::vector<Question> questions;
  for (std::size_t i = 0; i < plan.resources.size(); ++i) {
    const ResourcePlan& resource = plan.resources[i];
    const manifest::DesiredResource& desired = manifest.resources[i];
    const Observation& observed = ObservationOf(world, desired);
    const model::Sight sight = SightOf(desired, observed, &others);
    for (const model::Preflight& preflight : resource.kind->preflights) {
      if (observed.offers.contains(preflight.name) || !IsDue(preflight, resource)) continue;
      if (auto request = preflight.request(sight))
        questions.push_back({ObservedKeyOf(world, desired), &preflight, std::move(*request)});
    }
  }
  return questions;
}

}  // namespace rdsteady::plan
