#include <algorithm>
#include <array>

#include "model/kinds/compare.h"
#include "model/kinds/kind.h"
#include "model/kinds/sight.h"
#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

constexpr std::array<const Kind*, 3> kKinds = {&kDBInstance, &kDBParameterGroup, &kDBSubnetGroup};

const Member* InputMember(OperationName operation, std::string_view name) {
  const Operation* found = FindOperation(operation.view());
  return found == nullptr || found->input == nullptr ? nullptr : FindMember(*found->input, name);
}

// Members of the structures that a list holds: the modify call's may have more (SetForDelete).
std::size_t Richness(const Member* member) {
  const Shape* shape = member == nullptr ? nullptr : member->shape;
  if (shape != nullptr && shape->element != nullptr) shape = shape->element;
  return shape == nullptr ? 0 : shape->members.size();
}

// The item of the describe answer.
const Shape* DescribedShape(const Kind& kind) {
  const Operation* describe = FindOperation(kind.describe);
  const Member* items =
      describe == nullptr || describe->output == nullptr ? nullptr : FindMember(*describe->output, kind.describe_items);
  return items == nullptr ? nullptr : items->shape->element;
}

}  // namespace

std::span<const Kind* const> Kinds() {
  return kKinds;
}

const Kind* FindKind(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, [](const Kind* kind) { return kind->name; });
  return found == kKinds.end() ? nullptr : *found;
}

const Property* FindProperty(const Kind& kind, std::string_view name) {
  const auto found = std::ranges::lower_bound(kind.properties, name, {}, &Property::name);
  return found == kind.properties.end() || found->name != name ? nullptr : &*found;
}

const Property* FindBySpelling(const Kind& kind, std::string_view name) {
  const auto found = std::ranges::find_if(kind.properties, [name](const Property& property) {
    return property.modify_as == name || (property.reset == Reset::kSendFlag && property.reset_with == name);
  });
  if (found != kind.properties.end()) return &*found;
  const bool is_key =
      name != kind.key && std::ranges::any_of(kind.births, [name](const Birth& birth) { return birth.key_as == name; });
  return is_key ? FindProperty(kind, kind.key) : nullptr;
}

const Birth& BirthOf(const Kind& kind, const Properties& desired) {
  static const Value kAbsent;
  const Sight sight{.desired = desired, .live = kAbsent};
  const auto found = std::ranges::find_if(
      kind.births, [&](const Birth& birth) { return !birth.selector.empty() && IsAsked(sight, birth.selector); });
  return found == kind.births.end() ? kind.births.back() : *found;
}

const StatusRow* FindStatus(const Kind& kind, std::string_view status) {
  const auto found = std::ranges::find(kind.statuses, status, &StatusRow::status);
  return found == kind.statuses.end() ? nullptr : &*found;
}

std::span<const DisruptionRow> DisruptionRows(const Kind& kind) {
  if (kind.name == kDBInstance.name) return DBInstanceDisruption();
  if (kind.name == kDBParameterGroup.name) return DBParameterGroupDisruption();
  if (kind.name == kDBSubnetGroup.name) return DBSubnetGroupDisruption();
  return {};
}

std::span<const DisruptionRow> DisruptionRows(const Kind& kind, std::string_view property) {
  const std::span<const DisruptionRow> all = DisruptionRows(kind);
  const auto first = std::ranges::find(all, property, &DisruptionRow::property);
  const auto last =
      std::ranges::find_if(first, all.end(), [property](const DisruptionRow& row) { return row.property != property; });
  return {first, last};
}

const Member* ApiMember(const Kind& kind, const Property& property) {
  const Member* richest = nullptr;
  const auto consider = [&richest](const Member* member) {
    if (member != nullptr && (richest == nullptr || Richness(member) > Richness(richest))) richest = member;
  };
  // From create to the rarer births: the last row has no selector.
  for (auto birth = kind.births.rbegin(); birth != kind.births.rend(); ++birth) {
    consider(InputMember(birth->operation, property.name));
  }
  consider(InputMember(kind.modify, property.name));
  return richest;
}

const Shape* TypeOf(const Kind& kind, const Property& property) {
  if (const Member* member = ApiMember(kind, property)) return member->shape;
  if (const Shape* described = DescribedShape(kind)) {
    if (const Member* member = FindMember(*described, property.live)) return member->shape;
  }
  for (const ExtraRead& read : kind.extra_reads) {
    const Operation* operation = FindOperation(read.operation);
    if (read.property != property.name || operation == nullptr || operation->output == nullptr) continue;
    if (const Member* member = FindMember(*operation->output, read.items)) return member->shape;
  }
  return nullptr;
}

std::string_view ToString(Disruption disruption) {
  switch (disruption) {
    case Disruption::kNone: return "none";
    case Disruption::kDegraded: return "degraded";
    case Disruption::kFailover: return "failover";
    case Disruption::kRestart: return "restart";
    case Disruption::kOutage: return "outage";
    case Disruption::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view ToString(Reversible reversible) {
  switch (reversible) {
    case Reversible::kYes: return "yes";
    case Reversible::kNo: return "no";
    case Reversible::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view ToString(Destroys destroys) {
  switch (destroys) {
    case Destroys::kNothing: return "nothing";
    case Destroys::kBackups: return "backups";
    case Destroys::kVolume: return "volume";
    case Destroys::kSecret: return "secret";
    case Destroys::kReplicationLink: return "replication link";
    case Destroys::kHistory: return "history";
    case Destroys::kOther: return "other";
  }
  return "other";
}

std::string_view ToString(ActsWhen when) {
  switch (when) {
    case ActsWhen::kNow: return "now";
    case ActsWhen::kAsynchronous: return "as soon as possible";
    case ActsWhen::kWindow: return "in the maintenance window";
    case ActsWhen::kNextReboot: return "at the next reboot";
    case ActsWhen::kNotApplicable: return "not applicable";
    case ActsWhen::kUnknown: return "unknown";
  }
  return "unknown";
}

}  // namespace rdsteady::model
