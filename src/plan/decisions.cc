#include "plan/decisions.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/compare.h"
#include "model/kinds/judge.h"
#include "model/kinds/read_trace.h"

namespace rdsteady::plan {
namespace {

// The call that carries the change; nullptr: none does.
const Step* StepOf(const ResourcePlan& plan, std::string_view change) {
  const auto found = std::ranges::find_if(plan.steps, [change](const Step& step) {
    return std::ranges::any_of(step.changes, [change](const Change& c) { return c.property == change; });
  });
  return found == plan.steps.end() ? nullptr : &*found;
}

void DecideOne(const model::Property& property, const std::string& name, const Value& want, const model::Sight& sight,
               ResourcePlan& out) {
  Decision decision{.property = name, .verdict = Verdict::kNotCompared, .desired = want};
  const auto refusal = std::ranges::find_if(
      out.refusals, [&](const Refusal& r) { return r.property == property.name || r.property == name; });
  if (refusal != out.refusals.end()) {
    decision.verdict = Verdict::kRefused;
    decision.rule = refusal->rule;
    decision.reason = refusal->message;
  } else if (const Step* step = StepOf(out, name)) {
    const model::Guard* guard = model::HeldBy(property, sight, model::Purpose::kSendAtBirth);
    decision.verdict = Verdict::kDiffers;
    if (guard != nullptr) decision.rule = guard->rule;
    decision.reason = step->action == Action::kCreate
                          ? std::string("new")
                          : fmt::format("new: {} follows the creation", step->operation.view());
  } else if (const model::Guard* guard = model::HeldBy(property, sight, model::Purpose::kSendAtBirth)) {
    decision.rule = guard->rule;
    decision.reason = guard->reason;
  } else if (want.IsNull()) {
    decision.reason = "there is nothing to reset in a new one";
  } else if (property.update == model::Update::kModifier) {
    decision.reason = "travels with another property, and with a modification only";
  } else {
    decision.reason = "the creating call does not take it";
  }
  out.decisions.push_back(std::move(decision));
}

}  // namespace

void DecideBirth(const manifest::DesiredResource& desired, const model::Sight& sight, ResourcePlan& out) {
  for (const auto& [name, want] : desired.properties) {
    const model::Property* property = model::FindProperty(*desired.kind, name);
    if (property == nullptr) continue;
    const auto* map = want.If<Properties>();
    const bool by_key =
        property->compare == model::Compare::kTextMap || property->compare == model::Compare::kParameterMap;
    if (map == nullptr || !by_key) {
      DecideOne(*property, name, want, sight, out);
      continue;
    }
    for (const auto& [key, value] : *map)
      DecideOne(*property, fmt::format("{}.{}", name, key), value, sight, out);
  }
}

void DecideLeftAlone(const manifest::DesiredResource& desired, const Observation& observed, ResourcePlan& out) {
  const model::ReadTrace::Pause pause;  // shown, and nothing depends on it
  const Refusal& why = out.refusals.back();
  for (const auto& [name, want] : desired.properties) {
    const model::Property* property = model::FindProperty(*desired.kind, name);
    if (property == nullptr) continue;
    out.decisions.push_back({.property = name,
                             .verdict = Verdict::kNotCompared,
                             .desired = want,
                             .live = model::ReadLive(*property, observed.live),
                             .rule = why.rule,
                             .reason = why.message});
  }
}

}  // namespace rdsteady::plan
