#include "plan/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/disruption.h"
#include "model/kinds/read_trace.h"
#include "plan/compare_resource.h"
#include "plan/decisions.h"
#include "plan/forecast.h"
#include "plan/others.h"
#include "plan/policy.h"
#include "plan/steps.h"

namespace rdsteady::plan {
namespace {

// What the resource's own state says before anything is compared. False: leave it alone.
bool MayBeTouched(const manifest::DesiredResource& desired, const Observation& observed, ResourcePlan& out) {
  const model::Kind& kind = *desired.kind;
  if (!kind.own_engines.empty()) {
    const Value engine = model::ReadPath(observed.live, "Engine");
    const bool ours = engine.Is<std::string>() && std::ranges::any_of(kind.own_engines, [&](std::string_view prefix) {
                        return engine.As<std::string>().starts_with(prefix);
                      });
    if (!ours && engine.Is<std::string>()) {
      out.refusals.push_back({"FOREIGN-ENGINE",
                              {},
                              fmt::format("its engine is {}, which is not RDS's", engine.As<std::string>()),
                              "manage it with its own service",
                              desired.where});
      return false;
    }
  }
  const Value status = model::ReadPath(observed.live, kind.status_path);
  const model::StatusRow* row = status.Is<std::string>() ? model::FindStatus(kind, status.As<std::string>()) : nullptr;
  if (row != nullptr && row->status_class == model::StatusClass::kGone) {
    out.refusals.push_back({"BEING-DELETED",
                            {},
                            fmt::format("its status is {}: a new resource of the name would be empty", row->status),
                            "wait until it is gone, then decide whether it shall be created anew",
                            desired.where});
    return false;
  }
  return true;
}

// A status in which RDS accepts no modification and that does not pass by itself.
void JudgeStatus(const manifest::DesiredResource& desired, const Observation& observed, ResourcePlan& out) {
  const Value status = model::ReadPath(observed.live, desired.kind->status_path);
  if (!status.Is<std::string>()) return;
  const model::StatusRow* row = model::FindStatus(*desired.kind, status.As<std::string>());
  if (row == nullptr) {
    out.notes.push_back(fmt::format("its status '{}' is not known: treated as passing", status.As<std::string>()));
    return;
  }
  const bool stuck = row->status_class == model::StatusClass::kTerminal ||
                     (row->status_class != model::StatusClass::kTransient && !row->accepts_modify);
  if (row->status_class == model::StatusClass::kTerminal)
    out.notes.push_back(fmt::format("its status is {}. {}", row->status, row->advice));
  if (!stuck || out.steps.empty()) return;
  // A step that leaves the status (a start) may come first; anything else has to wait for a person.
  const Step& first = out.steps.front();
  const bool leaves = std::ranges::any_of(desired.kind->operations, [&](const model::SeparateOperation& operation) {
    return operation.operation == first.operation &&
           std::ranges::find(operation.from_statuses, row->status) != operation.from_statuses.end();
  });
  if (leaves) return;
  out.refusals.push_back({"STATUS",
                          {},
                          fmt::format("its status is {}, in which RDS accepts no change", row->status),
                          row->advice.empty() ? "bring it back to available first" : std::string(row->advice),
                          desired.where});
}

Fate FateOf(const ResourcePlan& plan, bool exists) {
  if (!plan.refusals.empty()) return Fate::kRefused;
  if (!exists) return Fate::kCreate;
  if (!plan.steps.empty()) return Fate::kUpdate;
  return plan.scheduled.empty() ? Fate::kUnchanged : Fate::kScheduled;
}

void CollectScheduled(ResourcePlan& out) {
  for (const Decision& decision : out.decisions) {
    if (decision.verdict != Verdict::kScheduled) continue;
    std::string when;
    if (decision.until == model::ActsWhen::kNextReboot) when = " at the next restart";
    else if (decision.until == model::ActsWhen::kAsynchronous) when = ", on its way";
    else if (out.next_window) when = " in the window of " + FormatIso8601(*out.next_window);
    out.scheduled.push_back(fmt::format("{}: {} -> {}{}", decision.property, ToDisplay(decision.live),
                                        ToDisplay(decision.scheduled), when));
  }
}

}  // namespace

ResourceKey KeyOf(const model::Kind& kind, std::string_view name) {
  return {std::string(kind.name), ToLower(name)};
}

ResourceKey ObservedKeyOf(const World& world, const manifest::DesiredResource& desired) {
  const auto exists = [&](const ResourceKey& key) {
    const auto it = world.find(key);
    return it != world.end() && it->second.exists;
  };
  ResourceKey key = KeyOf(*desired.kind, desired.name);
  if (desired.renamed_from.empty() || exists(key)) return key;
  ResourceKey old = KeyOf(*desired.kind, desired.renamed_from);
  return exists(old) ? old : key;
}

const Observation& ObservationOf(const World& world, const manifest::DesiredResource& desired) {
  static const Observation kAbsent;
  const auto it = world.find(ObservedKeyOf(world, desired));
  return it == world.end() ? kAbsent : it->second;
}

model::Sight SightOf(const manifest::DesiredResource& desired, const Observation& observed, const model::Others* others,
                     const model::KeyNames* keys) {
  return {.desired = desired.properties,
          .live = observed.live,
          .name = desired.name,
          .others = others,
          .offers = &observed.offers,
          .keys = keys};
}

std::string_view PropertyOf(std::string_view part) {
  return part.substr(0, part.find('.'));
}

std::string ChangeId(std::string_view resource_id, std::string_view property) {
  return fmt::format("{}.{}", resource_id, property);
}

std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kEqual: return "equal";
    case Verdict::kScheduled: return "scheduled";
    case Verdict::kDiffers: return "differs";
    case Verdict::kNotCompared: return "not compared";
    case Verdict::kUnknowable: return "unknowable";
    case Verdict::kRefused: return "refused";
  }
  return "unknowable";
}

std::string_view ToString(Action action) {
  switch (action) {
    case Action::kCreate: return "create";
    case Action::kModify: return "modify";
    case Action::kOperation: return "operation";
    case Action::kWithdraw: return "withdraw";
  }
  return "operation";
}

std::string_view ToString(Fate fate) {
  switch (fate) {
    case Fate::kUnchanged: return "unchanged";
    case Fate::kCreate: return "create";
    case Fate::kUpdate: return "update";
    case Fate::kScheduled: return "scheduled";
    case Fate::kRefused: return "refused";
  }
  return "unchanged";
}

model::Disruption ResourcePlan::WorstDisruption() const {
  model::Disruption worst = model::Disruption::kNone;
  for (const Step& step : steps) {
    for (const Change& change : step.changes) {
      if (model::Weight(change.forecast.disruption) > model::Weight(worst)) worst = change.forecast.disruption;
    }
  }
  return worst;
}

bool Plan::HasRefusals() const {
  return std::ranges::any_of(resources, [](const ResourcePlan& r) { return !r.refusals.empty(); });
}
bool Plan::HasSteps() const {
  return std::ranges::any_of(resources,
                             [](const ResourcePlan& r) { return r.fate != Fate::kRefused && !r.steps.empty(); });
}
bool Plan::HasScheduled() const {
  return std::ranges::any_of(resources, [](const ResourcePlan& r) { return !r.scheduled.empty(); });
}

ResourcePlan PlanResource(const manifest::DesiredResource& desired, const Observation& observed,
                          const manifest::Policy& policy, const Options& options) {
  ResourcePlan out{.kind = desired.kind, .name = desired.name};
  PolicyJudge judge(desired, observed, policy, options, out);
  if (!observed.exists) {
    AddBirthSteps(desired, observed, options, out);
    if (!desired.renamed_from.empty())
      out.notes.push_back(fmt::format("{} is not there to be renamed: it will be new and empty", desired.renamed_from));
    judge.JudgeCreation();
    judge.JudgeRequirements();
    DecideBirth(desired, SightOf(desired, observed, options.others, options.keys.get()), out);
    out.fate = FateOf(out, false);
    return out;
  }
  if (!desired.kind->stable_id.empty()) {
    const model::ReadTrace::Pause pause;
    const Value id = model::ReadPath(observed.live, desired.kind->stable_id);
    if (id.Is<std::string>()) out.identity = id.As<std::string>();
  }
  if (!MayBeTouched(desired, observed, out)) {
    DecideLeftAlone(desired, observed, out);
    out.fate = Fate::kRefused;
    return out;
  }
  {
    // Shown with what is scheduled; a change that counts on a window reads it for itself.
    const model::ReadTrace::Pause pause;
    out.next_window = NextWindowOf(*desired.kind, observed.live, options.now);
  }
  Comparison comparison = Compare(desired, observed, options);
  out.decisions = std::move(comparison.decisions);
  out.refusals = std::move(comparison.refusals);
  out.notes = std::move(comparison.notes);
  // What this run has created may become as stated.
  if (!options.newborn) judge.JudgeDifferences(comparison.differences);
  AddUpdateSteps(desired, observed, comparison.differences, judge.Tightened(), out);
  if (!options.newborn) {
    judge.JudgeSteps();
    judge.JudgeRequirements();
  }
  JudgeStatus(desired, observed, out);
  CollectScheduled(out);
  out.fate = FateOf(out, true);
  return out;
}

Plan MakePlan(const manifest::Manifest& manifest, const World& world, const Options& asked) {
  const OthersInWorld others(world, manifest);
  Options options = asked;
  options.others = &others;
  Plan plan{.region = options.region, .account = options.account, .when = options.when};
  for (const manifest::DesiredResource& desired : manifest.resources) {
    const Observation& observed = ObservationOf(world, desired);
    ResourcePlan resource = PlanResource(desired, observed, manifest.policy, options);
    resource.observed = ObservedKeyOf(world, desired);
    for (const manifest::Reference& reference : manifest::ReferencesOf(desired)) {
      const ResourceKey key = KeyOf(*reference.kind, reference.name);
      const auto target =
          std::ranges::find_if(plan.resources, [&](const ResourcePlan& r) { return KeyOf(*r.kind, r.name) == key; });
      if (target == plan.resources.end()) continue;
      resource.depends_on.push_back(key);
      // Values that a group will keep for the next reboot make a stated reboot due on those who use it.
      if (observed.exists && desired.reboot == manifest::RebootPolicy::kIfPending && resource.refusals.empty() &&
          HasChangeForReboot(*target)) {
        const std::size_t before = resource.steps.size();
        AddConditionalReboot(desired, observed, options, resource);
        PolicyJudge(desired, observed, manifest.policy, options, resource).JudgeSteps(before);
        if (!resource.refusals.empty()) resource.fate = Fate::kRefused;
        else if (resource.fate != Fate::kUpdate && !resource.steps.empty()) resource.fate = Fate::kUpdate;
      }
    }
    plan.resources.push_back(std::move(resource));
  }
  return plan;
}

namespace {

// What speaks for asking first, apart from policy; empty: nothing does.
std::string ReasonToAsk(const Step& step, const Change& change, const model::Property* property, bool by_name) {
  if (by_name) {
    return change.forecast.destroys == model::Destroys::kNothing
               ? std::string("cannot be taken back")
               : fmt::format("destroys: {}", model::ToString(change.forecast.destroys));
  }
  if (change.forecast.disruption > model::Disruption::kDegraded)
    return fmt::format("disruption: {}", model::ToString(change.forecast.disruption));
  if (change.forecast.reversible == model::Reversible::kNo) return "cannot be taken back";
  if (property != nullptr && property->update == model::Update::kWriteOnly) return "sets the master password";
  if (!step.flushes.empty() && !step.flush_allowed) return "runs what waits in the queue: " + Join(step.flushes, ", ");
  return {};
}

}  // namespace

std::vector<ApprovalNeed> ApprovalsNeeded(const Plan& plan, const Options& options) {
  std::vector<ApprovalNeed> needs;
  const auto add = [&](ApprovalNeed need) {
    // Tags approves of each of its keys.
    const auto named = [&](std::string_view property) {
      return options.approve.contains(ChangeId(need.resource, property));
    };
    const bool approved = named(need.property) || named(PropertyOf(need.property));
    if (need.irreversible || !approved) needs.push_back(std::move(need));
  };
  for (const ResourcePlan& resource : plan.resources) {
    if (resource.fate == Fate::kCreate && resource.creation == Consent::kAsk) {
      add({.resource = resource.Id(),
           .property = std::string(manifest::Policy::kCreate),
           .why = resource.creation_rule,
           .asked = true});
    }
    if (resource.fate != Fate::kUpdate) continue;
    for (const Step& step : resource.steps) {
      for (const Change& change : step.changes) {
        const model::Property* property = model::FindProperty(*resource.kind, change.property);
        const bool by_name =
            change.forecast.destroys != model::Destroys::kNothing || (property != nullptr && property->one_way);
        const bool allowed = change.irreversible_allowed ||
                             options.allow_irreversible.contains(ChangeId(resource.Id(), change.property));
        ApprovalNeed need{.resource = resource.Id(),
                          .property = change.property,
                          .why = ReasonToAsk(step, change, property, by_name),
                          .irreversible = by_name && !allowed,
                          .asked = change.consent == Consent::kAsk};
        if (change.consent == Consent::kGranted && !need.irreversible) continue;
        if (need.asked) need.why += (need.why.empty() ? "" : "; ") + change.consent_rule;
        if (!need.why.empty()) add(std::move(need));
      }
    }
  }
  return needs;
}

}  // namespace rdsteady::plan
