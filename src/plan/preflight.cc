#include "plan/preflight.h"

#include <algorithm>

#include "model/kinds/compare.h"
#include "model/kinds/judge.h"
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

std::set<std::string> KeysToAsk(const manifest::Manifest& manifest, const World& world) {
  const OthersInWorld others(world, manifest);
  std::set<std::string> names;
  for (const manifest::DesiredResource& desired : manifest.resources) {
    const Observation& observed = ObservationOf(world, desired);
    if (!observed.exists) continue;
    const model::Sight sight = SightOf(desired, observed, &others);
    for (const auto& [name, want] : desired.properties) {
      const model::Property* property = model::FindProperty(*desired.kind, name);
      if (property == nullptr || property->compare != model::Compare::kKmsKey || !want.Is<std::string>()) continue;
      if (model::HeldBy(*property, sight, model::Purpose::kCompare) != nullptr) continue;
      const Value live = model::ReadLive(*property, observed.live);
      if (live.Is<std::string>() && model::NeedsKeyName(want.As<std::string>(), live.As<std::string>()))
        names.insert(want.As<std::string>());
    }
  }
  return names;
}

}  // namespace rdsteady::plan
