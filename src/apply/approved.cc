#include "apply/approved.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/disruption.h"

namespace rdsteady::apply {
namespace {

bool Holds(const List& list, const Value& item) {
  return std::ranges::find(list, item) != list.end();
}

// Elements of a whole set that a change would remove and nobody has seen when it was approved: neither as they were nor
// as they were about to be.
bool TakesMore(const plan::Change& change, const Value& was, const Value& was_coming) {
  const auto* from = change.from.If<List>();
  const auto* to = change.to.If<List>();
  if (from == nullptr || to == nullptr) return false;
  const auto seen = [](const Value& value, const Value& item) {
    const auto* list = value.If<List>();
    return list != nullptr && Holds(*list, item);
  };
  return std::ranges::any_of(*from, [&](const Value& item) {
    return item.Is<std::string>() && !Holds(*to, item) && !seen(was, item) && !seen(was_coming, item);
  });
}

bool IsDearer(const plan::Forecast& now, const plan::Forecast& then) {
  return model::Weight(now.disruption) > model::Weight(then.disruption) ||
         (now.destroys != model::Destroys::kNothing && now.destroys != then.destroys) ||
         (now.reversible == model::Reversible::kNo && then.reversible != model::Reversible::kNo) ||
         (now.when == model::ActsWhen::kNow && then.when == model::ActsWhen::kWindow);
}

const plan::Decision* DecisionOn(const plan::ResourcePlan& plan, std::string_view property) {
  const auto found = std::ranges::find(plan.decisions, property, &plan::Decision::property);
  return found == plan.decisions.end() ? nullptr : &*found;
}

// The same change. Where it begins from may have moved (a volume that has grown, a step before it, a value that was on
// its way), as long as that costs no more than what was agreed to; what only takes away says what it takes by where it
// begins.
bool IsThatChange(const plan::Change& change, const plan::Change& approved, const plan::ResourcePlan& plan) {
  if (change.property != approved.property || change.to != approved.to) return false;
  if (change.from == approved.from) return true;
  const plan::Decision* then = DecisionOn(plan, change.property);
  const Value coming = then == nullptr ? Value() : then->scheduled;
  const bool was_shown = !change.to.IsNull() || change.from == coming;
  return was_shown && !TakesMore(change, approved.from, coming) && !IsDearer(change.forecast, approved.forecast);
}

}  // namespace

std::string NotApproved(const plan::ResourcePlan& approved, const plan::ResourcePlan& now, const plan::Step& step,
                        bool newborn) {
  std::string strange;
  const auto add = [&](std::string_view what) { strange.append(strange.empty() ? "" : ", ").append(what); };
  for (const plan::Change& change : step.changes) {
    if (newborn) break;
    const bool known = std::ranges::any_of(approved.steps, [&](const plan::Step& s) {
      return std::ranges::any_of(s.changes, [&](const plan::Change& c) { return IsThatChange(change, c, approved); });
    });
    if (!known) {
      add(fmt::format("{} ({} -> {})", change.property, ToDisplay(change.from), ToDisplay(change.to)));
      continue;
    }
    const plan::Decision* seen = DecisionOn(now, change.property);
    const plan::Decision* then = DecisionOn(approved, change.property);
    if (seen == nullptr || seen->scheduled.IsNull() || seen->scheduled == change.to) continue;
    if (then == nullptr || then->scheduled != seen->scheduled)
      add(fmt::format("{} in place of {}, which waits in the queue meanwhile", change.property,
                      ToDisplay(seen->scheduled)));
  }
  for (const std::string& flush : step.flushes) {
    const bool known = std::ranges::any_of(
        approved.steps, [&](const plan::Step& s) { return std::ranges::find(s.flushes, flush) != s.flushes.end(); });
    if (!known) add("it would also run " + flush);
  }
  return strange;
}

}  // namespace rdsteady::apply
