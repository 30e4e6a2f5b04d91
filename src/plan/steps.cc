#include "plan/steps.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/judge.h"
#include "model/kinds/sight.h"
#include "plan/forecast.h"
#include "plan/request.h"

namespace rdsteady::plan {
namespace {

using model::SeparateOperation;
using model::Update;

// ---- what waits in the queue ------------------------------------------------------------------------------------

struct Queued {
  std::string property;
  Value value;
};

// Everything that a request with ApplyImmediately would run: pending values of deferrable properties, known or not.
std::vector<Queued> QueueOf(const model::Kind& kind, const Value& live) {
  std::vector<Queued> queue;
  std::vector<std::string_view> known;
  for (const model::Property& property : kind.properties) {
    if (property.pending.empty()) continue;
    known.push_back(property.pending.substr(0, property.pending.find('.')));
    const bool waits = property.timing == model::Timing::kDeferrable ||
                       property.timing == model::Timing::kDependsOnValue ||
                       property.timing == model::Timing::kOnlyNow || property.update == Update::kKey;  // a rename
    if (!waits) continue;
    if (auto pending = model::ReadPending(property, live)) queue.push_back({std::string(property.name), *pending});
  }
  const Value root = model::ReadPath(live, kind.pending_root);
  if (const auto* members = root.If<Properties>()) {
    for (const auto& [name, value] : *members) {
      if (std::ranges::find(known, name) == known.end()) queue.push_back({name, value});
    }
  }
  return queue;
}

// Whether an answer tells a change that waits from one that was never asked for. A reset by a flag leaves no value.
bool IsSeenWaiting(const Difference& difference) {
  const model::Property& property = *difference.property;
  if (difference.to.IsNull() && property.reset == model::Reset::kSendFlag) return false;
  return !property.pending.empty() || !property.pending_elsewhere.empty();
}

// ---- operations of their own ------------------------------------------------------------------------------------

bool Adds(SeparateOperation::What what) {
  return what == SeparateOperation::What::kAdd || what == SeparateOperation::What::kSet;
}
bool Removes(SeparateOperation::What what) {
  return what == SeparateOperation::What::kRemove || what == SeparateOperation::What::kReset;
}

struct Item {
  Value value;  // as it stands in the request
  std::string key;
  const Difference* difference;
};

// The items of one operation, from the differences of its property.
std::vector<Item> ItemsOf(const SeparateOperation& row, const std::vector<Difference>& differences, const Value& live) {
  std::vector<Item> items;
  for (const Difference& difference : differences) {
    const model::Property& property = *difference.property;
    if (property.name != row.property) continue;
    if (difference.key.empty()) {
      // A set as a whole: what comes and what goes.
      const List list =
          Adds(row.what) ? Without(difference.to, difference.from) : Without(difference.from, difference.to);
      for (const Value& item : list)
        items.push_back({item, {}, &difference});
      continue;
    }
    if (Adds(row.what) == difference.to.IsNull()) continue;
    if (row.item != nullptr) {
      items.push_back({row.item(difference.key, difference.to, model::LiveItem(property, live, difference.key)),
                       difference.key, &difference});
    } else if (Adds(row.what)) {
      items.push_back({Properties{{std::string(property.item_key), difference.key},
                                  {std::string(property.item_value), difference.to}},
                       difference.key, &difference});
    } else {
      items.push_back({difference.key, difference.key, &difference});
    }
  }
  return items;
}

// Splits into calls of at most max_items, keeping together what must travel together.
std::vector<std::vector<Item>> Chunk(const SeparateOperation& row, std::vector<Item> items) {
  std::vector<std::vector<Item>> groups;
  while (!items.empty()) {
    std::vector<Item> group{items.front()};
    const auto partners =
        row.together == nullptr ? std::span<const std::string_view>() : row.together(items.front().key);
    items.erase(items.begin());
    for (auto it = items.begin(); it != items.end();) {
      if (std::ranges::find(partners, it->key) != partners.end()) {
        group.push_back(*it);
        it = items.erase(it);
      } else {
        ++it;
      }
    }
    groups.push_back(std::move(group));
  }
  std::vector<std::vector<Item>> calls;
  const auto limit = row.items_member.empty() ? 1U : row.max_items == 0 ? ~0U : static_cast<unsigned>(row.max_items);
  for (std::vector<Item>& group : groups) {
    if (calls.empty() || calls.back().size() + group.size() > limit) calls.emplace_back();
    std::ranges::move(group, std::back_inserter(calls.back()));
  }
  return calls;
}

// The name that the live resource has, which is the old one until a rename has taken effect.
std::string NameInForce(const manifest::DesiredResource& desired, const Value& live) {
  const Value name = model::ReadPath(live, desired.kind->key);
  return name.Is<std::string>() ? name.As<std::string>() : desired.name;
}

class Builder {
 public:
  Builder(const manifest::DesiredResource& desired, const Observation& observed, const Options& options,
          ResourcePlan& out)
      : desired_(desired),
        kind_(*desired.kind),
        live_(observed.live),
        options_(options),
        out_(out),
        name_(NameInForce(desired, live_)),
        sight_(SightOf(desired, observed, options.others, options.keys.get())) {}

  // One call a chunk of items, for every operation row that the differences concern.
  void AddOperations(const std::vector<Difference>& differences) {
    for (const SeparateOperation& row : kind_.operations) {
      if (!Adds(row.what) && !Removes(row.what)) continue;
      for (const std::vector<Item>& call : Chunk(row, ItemsOf(row, differences, live_))) {
        Step step = OperationStep(row);
        List list;
        for (const Item& item : call) {
          if (row.items_member.empty()) {
            if (const auto* members = item.value.If<Properties>())
              step.parameters.insert(members->begin(), members->end());
          } else {
            list.push_back(item.value);
          }
          step.changes.push_back(ChangeOf(*item.difference, item, row));
        }
        if (!row.items_member.empty())
          step.parameters.insert_or_assign(std::string(row.items_member), Value(std::move(list)));
        out_.steps.push_back(std::move(step));
      }
    }
  }

  // Promotion: an explicit null of a source that the live resource has.
  void AddPromotion(const std::vector<Difference>& differences) {
    for (const SeparateOperation& row : kind_.operations) {
      if (row.what != SeparateOperation::What::kPromote) continue;
      for (const Difference& difference : differences) {
        if (difference.property->name != row.property || !difference.to.IsNull()) continue;
        Step step = OperationStep(row);
        step.changes.push_back(MakeChange(difference));
        for (const std::string_view carried : row.carries) {
          const model::Property* property = model::FindProperty(kind_, carried);
          const Value* stated = rdsteady::Find(desired_.properties, carried);
          // What is not sent, the service sets to its defaults; what is live stays so by being sent.
          Value value = stated != nullptr && !stated->IsNull() ? *stated
                        : property != nullptr                  ? model::ReadLive(*property, live_)
                                                               : Value();
          if (value.IsNull() || (stated == nullptr && value == Value(0))) continue;
          step.parameters.emplace(carried, std::move(value));
        }
        out_.steps.push_back(std::move(step));
      }
    }
  }

  // Start, stop, reboot: rows without a property of the API; the status and the stated word decide.
  // A conditional step is planned before its reason can be seen: a reboot after parameters that will wait for one.
  void AddPower(SeparateOperation::What what, bool conditional = false) {
    for (const SeparateOperation& row : kind_.operations) {
      if (row.what != what) continue;
      const Value status = model::ReadPath(live_, kind_.status_path);
      const std::string_view at =
          status.Is<std::string>() ? std::string_view(status.As<std::string>()) : std::string_view();
      if (std::ranges::find(row.done_statuses, at) != row.done_statuses.end()) continue;
      if (!row.from_statuses.empty() && std::ranges::find(row.from_statuses, at) == row.from_statuses.end()) continue;
      bool only_if_seen = conditional;
      if (!conditional && !row.needed_path.empty()) {
        const Value at_path = model::ReadPath(live_, row.needed_path);
        // What has not settled yet may still become the reason: the step then waits for it to show.
        only_if_seen = !Seen(at_path, row.needed_value);
        if (only_if_seen && !IsInMotion(row.needed_path, at_path)) continue;
      }
      Step step = OperationStep(row);
      const model::Property word{.name = row.property, .timing = model::Timing::kImmediate};
      const std::string_view to = what == SeparateOperation::What::kStart  ? "running"
                                  : what == SeparateOperation::What::kStop ? "stopped"
                                                                           : row.operation.view();
      const Difference difference{.property = &word, .from = at, .to = to, .where = desired_.where};
      step.changes.push_back(MakeChange(difference));
      step.conditional = only_if_seen;
      out_.steps.push_back(std::move(step));
    }
  }

  Change MakeChange(const Difference& difference, bool now = true) const {
    Change change{
        .property = difference.Name(), .from = difference.from, .to = difference.to, .where = difference.where};
    change.forecast = options_.newborn || live_.IsNull() ? ForecastOfBirth()
                                                         : ForecastOf(kind_, difference, sight_, now, options_.now);
    return change;
  }

  // The modify request for these differences, with what has to travel along.
  Step ModifyStep(const std::vector<const Difference*>& differences, bool apply_immediately) const {
    Step step{.action = Action::kModify, .operation = kind_.modify, .apply_immediately = apply_immediately};
    step.parameters.emplace(kind_.key, name_);
    bool only_flushes = true;
    bool only_withdrawals = true;
    for (const Difference* difference : differences) {
      AddToModify(*difference, live_, step.parameters);
      step.changes.push_back(MakeChange(*difference, apply_immediately));
      only_flushes &= difference->what == Difference::What::kFlush;
      only_withdrawals &= difference->what == Difference::What::kWithdraw;
    }
    step.confirm_pending = only_flushes;
    if (only_withdrawals) step.action = Action::kWithdraw;
    for (const Difference* difference : differences) {
      for (const model::Companion& companion : difference->property->companions)
        AddCompanion(kind_, companion, sight_, step.parameters);
    }
    for (const std::string_view always : kind_.always_send)
      AddCompanion(kind_, {.property = always}, sight_, step.parameters);
    if (apply_immediately && !kind_.apply_immediately.empty())
      step.parameters.insert_or_assign(std::string(kind_.apply_immediately), Value(true));
    return step;
  }

  // A request with ApplyImmediately runs the whole queue. What is not part of the request is a stranger to it; and what
  // waits against the manifest must not be run at all, for some of it cannot be taken back.
  bool FlushAllowed(Step& step, const std::vector<const Difference*>& differences) {
    for (const model::Preflight& preflight : kind_.preflights) {
      const List* waiting = preflight.waiting == nullptr ? nullptr : model::OffersOf(sight_, preflight.name);
      if (waiting == nullptr) continue;
      for (const Value& item : *waiting) {
        if (std::string text = preflight.waiting(item); !text.empty()) step.flushes.push_back(std::move(text));
      }
    }
    std::vector<std::string> against;
    for (const Queued& queued : QueueOf(kind_, live_)) {
      const bool ours =
          std::ranges::any_of(differences, [&](const Difference* d) { return d->property->name == queued.property; });
      if (ours || IsWantedNow(queued)) continue;
      step.flushes.push_back(fmt::format("{}: {}", queued.property, ToDisplay(queued.value)));
      if (IsAgainst(queued)) against.push_back(step.flushes.back());
    }
    if (!against.empty() && options_.flush_pending && !options_.newborn) {
      out_.refusals.push_back(
          {"FOREIGN-PENDING", step.changes.front().property,
           fmt::format("changing {} with ApplyImmediately would at once run what waits against what is stated: {}",
                       step.changes.front().property, Join(against, ", ")),
           "apply with --when now, so that what is stated takes its place, or wait until the window has passed",
           desired_.where});
      return false;
    }
    if (step.flushes.empty() || options_.flush_pending || options_.newborn) return true;
    const auto window = NextWindowOf(kind_, live_, options_.now);
    out_.refusals.push_back(
        {"FOREIGN-PENDING", step.changes.front().property,
         fmt::format("changing {} with ApplyImmediately would at once run what waits for the window{}: {}",
                     step.changes.front().property, window ? " of " + FormatIso8601(*window) : std::string(),
                     Join(step.flushes, ", ")),
         "pass --flush-pending to run it too, or wait until the window has passed", desired_.where});
    return false;
  }

  const manifest::DesiredResource& desired_;
  const model::Kind& kind_;
  const Value& live_;
  const Options& options_;
  ResourcePlan& out_;
  const std::string name_;  // what calls name it by
  const model::Sight sight_;

 private:
  // What waits as it is stated is no stranger to a run that wants it now, though no request asks for it again: what
  // RDS applies at once anyway, what waits for a restart.
  bool IsWantedNow(const Queued& queued) const {
    const model::Property* property = model::FindProperty(kind_, queued.property);
    const Value* stated = rdsteady::Find(desired_.properties, queued.property);
    return (options_.when == When::kNow || options_.newborn) && property != nullptr && stated != nullptr &&
           model::Reached(*property, sight_, *stated, queued.value);
  }

  // Whether another value is stated than the one that waits.
  bool IsAgainst(const Queued& queued) const {
    const model::Property* property = model::FindProperty(kind_, queued.property);
    const Value* stated = rdsteady::Find(desired_.properties, queued.property);
    return property != nullptr && stated != nullptr && property->compare != model::Compare::kNever &&
           model::HeldBy(*property, sight_, model::Purpose::kCompare) == nullptr &&
           !model::Reached(*property, sight_, *stated, queued.value);
  }

  static bool Seen(const Value& found, std::string_view wanted) {
    if (const auto* list = found.If<List>())
      return std::ranges::any_of(*list, [&](const Value& v) { return Seen(v, wanted); });
    return found == Value(wanted);
  }

  // Whether a facet at this path is in none of its settled values.
  bool IsInMotion(std::string_view path, const Value& found) const {
    const auto facet = std::ranges::find(kind_.facets, path, &model::Facet::path);
    if (facet == kind_.facets.end() || !found.Is<List>()) return false;
    return std::ranges::any_of(found.As<List>(), [&](const Value& at) {
      return at.Is<std::string>() && std::ranges::find(facet->settled, at.As<std::string>()) == facet->settled.end();
    });
  }

  Step OperationStep(const SeparateOperation& row) const {
    Step step{.action = Action::kOperation, .operation = row.operation};
    const Value arn = model::ReadPath(live_, kind_.arn);
    if (!row.by_arn) step.parameters.emplace(row.resource_member, name_);
    else if (!arn.IsNull()) step.parameters.emplace(row.resource_member, arn);
    else step.arn_member = row.resource_member;
    for (const auto& [name, value] : row.flags)
      step.parameters.emplace(name, value);
    return step;
  }

  // A change of a whole set shows the set; of a map, the key.
  Change ChangeOf(const Difference& difference, const Item& item, const SeparateOperation& row) const {
    if (!difference.key.empty()) return MakeChange(difference);
    Difference part = difference;
    part.from = Adds(row.what) ? Value() : item.value;
    part.to = Adds(row.what) ? item.value : Value();
    return MakeChange(part);
  }
};

// ---- births -----------------------------------------------------------------------------------------------------

// Everything that is stated, as differences from nothing.
std::vector<Difference> AllStated(const manifest::DesiredResource& desired) {
  std::vector<Difference> all;
  for (const auto& [name, value] : desired.properties) {
    const model::Property* property = model::FindProperty(*desired.kind, name);
    if (property == nullptr || value.IsNull()) continue;
    const auto at = desired.where_stated.find(name);
    const SourceSpan where = at == desired.where_stated.end() ? desired.where : at->second;
    const auto* map = value.If<Properties>();
    const bool per_key = map != nullptr && (property->compare == model::Compare::kTextMap ||
                                            property->compare == model::Compare::kParameterMap);
    if (!per_key) {
      all.push_back({.property = property, .to = value, .where = where});
      continue;
    }
    for (const auto& [key, item] : *map) {
      if (!item.IsNull()) all.push_back({.property = property, .key = key, .to = item, .where = where});
    }
  }
  return all;
}

// Some statuses take one property's change and no other: it goes in a request of its own, before the others. The status
// does not pass by itself, so that a change which waits for the window would leave the others nowhere to go.
std::vector<const Difference*> TakeFirst(const manifest::DesiredResource& desired, const Observation& observed,
                                         const Options& options, std::vector<const Difference*>& at_once,
                                         std::vector<const Difference*>& in_window, ResourcePlan& out) {
  const Value status = model::ReadPath(observed.live, desired.kind->status_path);
  const model::StatusRow* row =
      status.Is<std::string>() ? model::FindStatus(*desired.kind, status.As<std::string>()) : nullptr;
  if (row == nullptr || row->only.empty() || (at_once.empty() && in_window.empty())) return {};
  for (std::vector<const Difference*>* where : {&at_once, &in_window}) {
    const auto found =
        std::ranges::find_if(*where, [&](const Difference* d) { return d->property->name == row->only; });
    if (found == where->end()) continue;
    const Difference* first = *found;
    if (where == &in_window && IsDeferrable(*first)) {
      out.refusals.push_back(
          {"STATUS", first->Name(),
           fmt::format("its status is {}, which only a change of {} at once ends", row->status, row->only),
           "pass --when now", first->where});
      return {};
    }
    where->erase(found);
    return {first};
  }
  if (!options.underway) {
    out.refusals.push_back(
        {"STATUS",
         {},
         fmt::format("its status is {}, in which RDS accepts no change but of {}", row->status, row->only),
         std::string(row->advice),
         desired.where});
  }
  return {};
}

}  // namespace

bool HasChangeForReboot(const ResourcePlan& plan) {
  return std::ranges::any_of(plan.steps, [](const Step& step) {
    return std::ranges::any_of(step.changes,
                               [](const Change& c) { return c.forecast.when == model::ActsWhen::kNextReboot; });
  });
}

void AddConditionalReboot(const manifest::DesiredResource& desired, const Observation& observed, const Options& options,
                          ResourcePlan& out) {
  const auto is_reboot = [&](const Step& step) {
    return std::ranges::any_of(desired.kind->operations, [&](const SeparateOperation& row) {
      return row.what == SeparateOperation::What::kReboot && row.operation == step.operation;
    });
  };
  if (std::ranges::any_of(out.steps, is_reboot)) return;
  Builder(desired, observed, options, out).AddPower(SeparateOperation::What::kReboot, true);
}

void AddBirthSteps(const manifest::DesiredResource& desired, const Observation& observed, const Options& options,
                   ResourcePlan& out) {
  const model::Kind& kind = *desired.kind;
  Builder builder(desired, observed, options, out);
  const model::Sight& sight = builder.sight_;
  for (model::Objection& objection : model::Judge(kind, sight, model::Knowledge::kLive)) {
    const auto at = desired.where_stated.find(objection.property);
    out.refusals.push_back({std::move(objection.rule), std::move(objection.property), std::move(objection.text),
                            std::move(objection.hint), at == desired.where_stated.end() ? desired.where : at->second});
  }
  const model::Birth* birth = &model::BirthOf(kind, desired.properties);
  Step create{.action = Action::kCreate, .operation = birth->operation};
  create.parameters.emplace(birth->key_as.empty() ? kind.key : birth->key_as, desired.name);
  std::vector<Difference> later;
  for (const Difference& difference : AllStated(desired)) {
    const model::Property& property = *difference.property;
    const model::Guard* guard = model::HeldBy(property, sight, model::Purpose::kSendAtBirth);
    if (guard != nullptr && guard->scope == model::Guard::Scope::kAlways) continue;
    if ((property.calls & birth->bit) == 0 || guard != nullptr) {
      // A modifier belongs to the modify call alone; anything else follows the birth.
      if (property.update != Update::kModifier && property.update != Update::kBirth) later.push_back(difference);
      continue;
    }
    create.parameters.insert_or_assign(std::string(property.name),
                                       ToApiShape(property, desired.properties.at(std::string(property.name))));
    create.changes.push_back(builder.MakeChange(difference));
  }
  // A kind whose key alone is stated is created all the same; the step then says so by its key.
  if (create.changes.empty())
    create.changes.push_back(
        {.property = std::string(kind.key), .to = desired.name, .forecast = ForecastOfBirth(), .where = desired.where});
  out.steps.push_back(std::move(create));

  std::vector<const Difference*> modifications;
  for (const Difference& difference : later) {
    // What cannot be read back cannot be healed either: a run that dies before the second call would leave the old one.
    if (difference.property->update == Update::kWriteOnly &&
        !(difference.property->name == kind.versioned_secret && desired.password_version)) {
      out.refusals.push_back(
          {"UNSEEN-AFTER-BIRTH", difference.Name(),
           fmt::format("{} does not take {}, so that a second call must set it; should a run end between the two, no "
                       "answer would tell the next run that it is missing",
                       birth->operation.view(), difference.Name()),
           difference.property->name == kind.versioned_secret
               ? "state password_version: 1 beside it, or leave it out: the password then comes with the data"
               : "leave it out, and set it afterwards",
           difference.where});
    }
    if ((difference.property->calls & model::kModify) != 0 && difference.property->update != Update::kOperation)
      modifications.push_back(&difference);
  }
  if (!modifications.empty()) out.steps.push_back(builder.ModifyStep(modifications, !kind.apply_immediately.empty()));
  builder.AddOperations(later);
  if (desired.password_version && !kind.version_tags.empty()) {
    const model::Property* tags = model::FindProperty(kind, kind.version_tags);
    builder.AddOperations({{.property = tags,
                            .key = std::string(kPasswordVersionTag),
                            .to = fmt::format("<{}>/{}", kind.stable_id, *desired.password_version),
                            .where = desired.where}});
  }
  if (desired.power == manifest::Power::kStopped) builder.AddPower(SeparateOperation::What::kStop);
}

void AddUpdateSteps(const manifest::DesiredResource& desired, const Observation& observed,
                    const std::vector<Difference>& differences, const Options& options, ResourcePlan& out) {
  Builder builder(desired, observed, options, out);
  const model::Kind& kind = *desired.kind;
  if (desired.power == manifest::Power::kRunning) builder.AddPower(SeparateOperation::What::kStart);
  builder.AddPromotion(differences);

  const bool deferring = !kind.apply_immediately.empty();
  const bool now = options.when == When::kNow || options.newborn;
  std::vector<const Difference*> at_once;  // sent with ApplyImmediately if any of them can be deferred
  std::vector<const Difference*> in_window;
  for (const Difference& difference : differences) {
    const model::Property& property = *difference.property;
    const bool by_modify =
        property.update == Update::kModify || property.update == Update::kWriteOnly || property.update == Update::kKey;
    if (!by_modify) continue;
    if (difference.what != Difference::What::kChange ||
        (deferring && !difference.held && (now || property.timing == model::Timing::kOnlyNow))) {
      at_once.push_back(&difference);
    } else {
      in_window.push_back(&difference);
    }
  }
  const auto add_at_once = [&](const std::vector<const Difference*>& together) {
    if (together.empty()) return;
    const bool flag = std::ranges::any_of(together, [](const Difference* d) {
      return d->what != Difference::What::kChange || IsDeferrable(*d) || d->property->timing == model::Timing::kOnlyNow;
    });
    Step step = builder.ModifyStep(together, flag);
    if (!flag || builder.FlushAllowed(step, together)) out.steps.push_back(std::move(step));
  };
  add_at_once(TakeFirst(desired, observed, options, at_once, in_window, out));
  add_at_once(at_once);
  if (!in_window.empty()) {
    Step step = builder.ModifyStep(in_window, false);
    for (const Difference* difference : in_window) {
      if (!deferring || !IsDeferrable(*difference) || IsSeenWaiting(*difference)) continue;
      out.refusals.push_back(
          {"UNSEEN-PENDING", difference->Name(),
           fmt::format("{} would wait for the window, and no answer of the service shows that it does: another run "
                       "would send it again",
                       difference->Name()),
           difference->held ? "have the policy changed that holds it for the window" : "pass --when now to do it now",
           difference->where});
    }
    for (const Change& change : step.changes) {
      if (!deferring || change.forecast.when != model::ActsWhen::kNow ||
          change.forecast.disruption == model::Disruption::kUnknown)
        continue;
      if (change.forecast.disruption <= model::Disruption::kDegraded) continue;
      out.refusals.push_back({"ACTS-AT-ONCE", change.property,
                              fmt::format("{} acts at once whatever is asked ({}), so it cannot wait for the window",
                                          change.property, model::ToString(change.forecast.disruption)),
                              "pass --when now to do it now", change.where});
    }
    out.steps.push_back(std::move(step));
  }
  for (const Step& step : out.steps) {
    for (const Change& change : step.changes) {
      if (change.forecast.refused.empty()) continue;
      out.refusals.push_back({"DECLINED", change.property,
                              fmt::format("RDS declines to change {}: {}", change.property, change.forecast.refused),
                              "leave it as it is, or make the change possible first", change.where});
    }
  }
  builder.AddOperations(differences);
  if (desired.reboot != manifest::RebootPolicy::kNever) {
    const auto window = NextWindowOf(kind, observed.live, options.now);
    const bool due = desired.reboot == manifest::RebootPolicy::kIfPending || (window && *window <= options.now);
    const std::size_t before = out.steps.size();
    if (due) builder.AddPower(SeparateOperation::What::kReboot);
    if (due && out.steps.size() == before && HasChangeForReboot(out))
      builder.AddPower(SeparateOperation::What::kReboot, true);
  }
  if (desired.power == manifest::Power::kStopped) builder.AddPower(SeparateOperation::What::kStop);
}

}  // namespace rdsteady::plan
