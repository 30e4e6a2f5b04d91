#include "judge.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/judge.h"

namespace rdsteady::promises {
namespace {

using model::Property;
using Names = std::set<std::string, std::less<>>;

// "Tags" of "Tags.service".
std::string_view PropertyOf(std::string_view change) {
  return change.substr(0, change.find('.'));
}

Names ChangedBy(const plan::ResourcePlan& plan) {
  Names changed;
  for (const plan::Step& step : plan.steps) {
    for (const plan::Change& change : step.changes)
      changed.emplace(PropertyOf(change.property));
  }
  return changed;
}

bool RidesWith(const model::Kind& kind, std::string_view property, const Names& changed) {
  return std::ranges::any_of(changed, [&](const std::string& name) {
    const Property* row = model::FindProperty(kind, name);
    return row != nullptr &&
           std::ranges::any_of(row->companions, [&](const model::Companion& c) { return c.property == property; });
  });
}

// "DomainMemberships[0]" of "DomainMemberships[0].Domain"; empty for what stands by itself.
std::string_view StructureOf(const Property& row) {
  const std::size_t dot = row.live.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : row.live.substr(0, dot);
}

// The service may move it when one of `changed` changes: one travels with the other, or both are of one structure.
bool IsTied(const model::Kind& kind, std::string_view property, const Names& changed) {
  if (RidesWith(kind, property, changed)) return true;
  const Property& row = *model::FindProperty(kind, property);
  const auto shares = [&](const std::string& name) {
    const Property* other = model::FindProperty(kind, name);
    return other != nullptr && !StructureOf(row).empty() && StructureOf(*other) == StructureOf(row);
  };
  return std::ranges::any_of(changed, shares) ||
         std::ranges::any_of(row.companions, [&](const model::Companion& c) { return changed.contains(c.property); });
}

class CallJudge {
 public:
  CallJudge(const ResourceWorld& resource, const plan::ResourcePlan& plan, const SentCall& call, Faults& faults)
      : resource_(resource), kind_(*resource.kind), changed_(ChangedBy(plan)), call_(call), faults_(faults) {}

  void Judge() {
    const auto birth = std::ranges::find_if(
        kind_.births, [&](const model::Birth& b) { return b.operation.view() == call_.operation; });
    if (birth != kind_.births.end()) return JudgeBirth(*birth);
    if (kind_.modify.view() == call_.operation) return JudgeModify();
    JudgeOperation();
  }

 private:
  void Fault(std::string_view member, std::string_view why) {
    faults_.push_back(fmt::format("{} sends {}, {}", call_.operation, member, why));
  }

  void JudgeBirth(const model::Birth& birth) {
    if (resource_.exists) return Fault(birth.key_as, "though it exists");
    for (const auto& [member, value] : call_.input) {
      if (member != birth.key_as && !resource_.stated.contains(member)) Fault(member, "which is not stated");
    }
  }

  void JudgeModify() {
    for (const auto& [member, value] : call_.input) {
      if (member == kind_.key || (!kind_.apply_immediately.empty() && member == kind_.apply_immediately)) continue;
      const Property* row = model::FindProperty(kind_, member);
      if (row == nullptr) row = model::FindBySpelling(kind_, member);
      if (row == nullptr) {
        Fault(member, "which no row knows");
        continue;
      }
      const bool always = std::ranges::find(kind_.always_send, member) != kind_.always_send.end();
      const bool rides = always || RidesWith(kind_, row->name, changed_);
      if (resource_.stated.contains(row->name)) {
        if (resource_.exists && !changed_.contains(row->name) && !rides)
          Fault(member, "which is stated but does not change");
        JudgeOwner(*row, member, value);
        continue;
      }
      if (!rides) {
        Fault(member, "which is not stated and rides along with nothing");
        continue;
      }
      const Value live = model::ReadLive(*row, call_.live);
      if (!SameOnTheWire(*row, value, live))
        Fault(member, fmt::format("{} though {} is live and it is not stated", ToDisplay(value), ToDisplay(live)));
    }
  }

  // What somebody else owns is not changed by the way.
  void JudgeOwner(const Property& row, std::string_view member, const Value& value) {
    const model::Sight sight{.desired = resource_.stated, .live = call_.live, .name = resource_.name};
    const model::Guard* guard = model::HeldBy(row, sight, model::Purpose::kCompare);
    if (!resource_.exists || guard == nullptr || guard->scope != model::Guard::Scope::kCompare) return;
    const Value live = model::ReadLive(row, call_.live);
    if (!model::Reached(row, sight, value, live))
      Fault(member, fmt::format("{} though {} is live: {}", ToDisplay(value), ToDisplay(live), guard->reason));
  }

  void JudgeOperation() {
    for (const model::SeparateOperation& row : kind_.operations) {
      if (row.operation.view() != call_.operation) continue;
      const bool ours = resource_.settings.contains(row.property) ||
                        (row.property == kind_.version_tags && resource_.settings.contains("password_version"));
      if (!resource_.stated.contains(row.property) && !ours) continue;
      for (const auto& [member, value] : call_.input) {
        if (member == row.resource_member ||
            std::ranges::any_of(row.flags, [&](const auto& f) { return f.first == member; }))
          continue;
        if (!row.items_member.empty() && member == row.items_member) {
          JudgeItems(row, value);
          continue;
        }
        const bool carried = std::ranges::find(row.carries, member) != row.carries.end();
        if (!carried && !(row.items_member.empty() && model::FindProperty(kind_, row.property) != nullptr))
          Fault(member, "which does not belong to it");
      }
      return;
    }
    Fault("a call", "that nothing stated asks for");
  }

  void JudgeItems(const model::SeparateOperation& row, const Value& items) {
    const Property& property = *model::FindProperty(kind_, row.property);
    const Value* stated = Find(resource_.stated, row.property);
    const bool exact = std::ranges::find(resource_.exact, row.property) != resource_.exact.end();
    for (const Value& item : items.As<List>()) {
      const Value* key = item.Find(property.item_key);
      const std::string name = item.Is<std::string>() ? item.As<std::string>()
                               : key != nullptr       ? key->As<std::string>()
                                                      : std::string();
      const bool foreign =
          std::ranges::any_of(property.foreign_keys, [&](std::string_view prefix) { return name.starts_with(prefix); });
      if (foreign ? name == plan::kPasswordVersionTag : exact || (stated != nullptr && stated->Find(name) != nullptr))
        continue;
      Fault(fmt::format("{}.{}", row.property, name), "which is not stated");
    }
  }

  static bool SameOnTheWire(const Property& row, const Value& sent, const Value& live) {
    if (row.item_key.empty() || !live.Is<Properties>()) return sent == live;
    Properties map;
    for (const Value& item : sent.As<List>())
      map.emplace(item.Find(row.item_key)->As<std::string>(), *item.Find(row.item_value));
    return Value(std::move(map)) == live;
  }

  const ResourceWorld& resource_;
  const model::Kind& kind_;
  Names changed_;
  const SentCall& call_;
  Faults& faults_;
};

// Without the keys that are stated or ours, of a map that is stated by key.
Value Unstated(const ResourceWorld& resource, const Property& row, Value value) {
  auto* map = value.If<Properties>();
  if (map == nullptr) return value;
  const Value* stated = Find(resource.stated, row.name);
  std::erase_if(*map, [&](const auto& entry) {
    return (stated != nullptr && stated->Find(entry.first) != nullptr) ||
           std::ranges::any_of(row.foreign_keys,
                               [&](std::string_view prefix) { return entry.first.starts_with(prefix); });
  });
  return value;
}

// An operation that takes a property along cannot leave it unset: the service's own default takes the place of nothing.
bool IsSetByOperation(const model::Kind& kind, const Property& row, const Names& changed, const Value& without) {
  if (!without.IsNull() && without != Value(0)) return false;
  return std::ranges::any_of(kind.operations, [&](const model::SeparateOperation& operation) {
    return changed.contains(operation.property) &&
           std::ranges::find(operation.carries, row.name) != operation.carries.end();
  });
}

}  // namespace

std::string IdOf(const ResourceWorld& resource) {
  return fmt::format("{}/{}", resource.kind->name, resource.name);
}

const plan::ResourcePlan* FindPlan(const plan::Plan& plan, const ResourceWorld& resource) {
  const auto found =
      std::ranges::find_if(plan.resources, [&](const plan::ResourcePlan& r) { return r.Id() == IdOf(resource); });
  return found == plan.resources.end() ? nullptr : &*found;
}

Faults FaultsOfCalls(const WorldPlan& world, const plan::Plan& plan, const apply::ApplyOutcome& outcome,
                     const std::vector<SentCall>& sent) {
  Faults faults;
  if (sent.size() != outcome.mutating_calls.size()) {
    faults.push_back(
        fmt::format("{} calls were sent, and {} are accounted for", sent.size(), outcome.mutating_calls.size()));
    return faults;
  }
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto resource = std::ranges::find(world.resources, outcome.mutating_calls[i].resource, IdOf);
    const plan::ResourcePlan* planned = resource == world.resources.end() ? nullptr : FindPlan(plan, *resource);
    if (planned == nullptr) faults.push_back(sent[i].operation + " was sent for what the manifest does not name");
    else CallJudge(*resource, *planned, sent[i], faults).Judge();
  }
  return faults;
}

Faults FaultsOfState(const ResourceWorld& resource, const plan::ResourcePlan& plan, const Value& live,
                     const Value& without, bool queue_too) {
  Faults faults;
  const Names changed = ChangedBy(plan);
  for (const Property& row : resource.kind->properties) {
    const bool map = row.compare == model::Compare::kTextMap || row.compare == model::Compare::kParameterMap;
    const bool exact = std::ranges::find(resource.exact, row.name) != resource.exact.end();
    if (exact || (!map && resource.stated.contains(row.name)) || IsTied(*resource.kind, row.name, changed)) continue;
    const Value have = Unstated(resource, row, model::ReadLive(row, live));
    const Value expected = Unstated(resource, row, model::ReadLive(row, without));
    if (have != expected && !IsSetByOperation(*resource.kind, row, changed, expected))
      faults.push_back(fmt::format("{} is not stated and is {}; without the run it would be {}", row.name,
                                   ToDisplay(have), ToDisplay(expected)));
    if (!queue_too) continue;
    const Value waits = model::ReadPending(row, live).value_or(Value());
    const Value waited = model::ReadPending(row, without).value_or(Value());
    if (waits != waited)
      faults.push_back(fmt::format("{} is not stated and waits to be {}; without the run, {}", row.name,
                                   ToDisplay(waits), ToDisplay(waited)));
  }
  return faults;
}

}  // namespace rdsteady::promises
