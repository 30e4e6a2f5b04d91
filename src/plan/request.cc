#include "plan/request.h"

#include <algorithm>

#include "model/kinds/compare.h"
#include "model/kinds/judge.h"

namespace rdsteady::plan {

Value ToApiShape(const model::Property& property, const Value& stated) {
  const auto* map = stated.If<Properties>();
  if (map == nullptr || property.item_key.empty()) return stated;
  List items;
  for (const auto& [key, value] : *map) {
    if (value.IsNull()) continue;
    items.emplace_back(Properties{{std::string(property.item_key), key}, {std::string(property.item_value), value}});
  }
  return items;
}

List Without(const Value& a, const Value& b) {
  List rest;
  const auto* from = a.If<List>();
  const auto* taken = b.If<List>();
  if (from == nullptr) return rest;
  for (const Value& item : *from) {
    if (taken == nullptr || std::ranges::find(*taken, item) == taken->end()) rest.push_back(item);
  }
  return rest;
}

void AddToModify(const Difference& difference, const Value& live, Properties& request) {
  const model::Property& property = *difference.property;
  const std::string name(property.modify_as.empty() ? property.name : property.modify_as);
  if (!property.delta_add.empty()) {
    // The differences are taken from what will be, pending changes included.
    const Value have = model::ReadPending(property, live).value_or(model::ReadLive(property, live));
    Properties delta;
    if (List add = Without(difference.to, have); !add.empty()) delta.emplace(property.delta_add, std::move(add));
    if (List remove = Without(have, difference.to); !remove.empty())
      delta.emplace(property.delta_remove, std::move(remove));
    request.insert_or_assign(name, Value(std::move(delta)));
    return;
  }
  if (!difference.to.IsNull()) {
    request.insert_or_assign(name, ToApiShape(property, difference.to));
    return;
  }
  switch (property.reset) {
    case model::Reset::kSendZero: request.insert_or_assign(name, Value(0)); return;
    case model::Reset::kSendLiveOf: request.insert_or_assign(name, model::ReadPath(live, property.reset_with)); return;
    case model::Reset::kSendFlag: request.insert_or_assign(std::string(property.reset_with), Value(true)); return;
    case model::Reset::kEmptySet: request.insert_or_assign(name, Value(List{})); return;
    case model::Reset::kPerKey:
    case model::Reset::kOperation:
    case model::Reset::kNotPossible: return;
  }
}

void AddCompanion(const model::Kind& kind, const model::Companion& companion, const model::Sight& sight,
                  Properties& request) {
  if (companion.needed != nullptr && !companion.needed(sight)) return;
  const model::Property* property = model::FindProperty(kind, companion.property);
  if (property == nullptr) return;
  // What is not compared (AWS Backup owns it) does not change by the way either.
  const model::Guard* held = model::HeldBy(*property, sight, model::Purpose::kCompare);
  if (held != nullptr && held->scope == model::Guard::Scope::kCompare) return;
  const std::string name(property->modify_as.empty() ? property->name : property->modify_as);
  if (request.contains(name)) return;
  const Value live = model::ReadLive(*property, sight.live);
  const Value* stated = rdsteady::Find(sight.desired, companion.property);
  // An explicit reset goes by the property's own word, and never beside what it resets.
  if (stated != nullptr && stated->IsNull()) return;
  // What is stated and does not count (the baseline of a volume that has outgrown it) is not asked for either.
  Value value = stated != nullptr && held == nullptr ? ToApiShape(*property, *stated) : ToApiShape(*property, live);
  // A floor that the service has grown past must not be sent as a shrink.
  if (property->compare == model::Compare::kStorageFloor && value.Is<std::int64_t>() && live.Is<std::int64_t>()) {
    value = std::max(value.As<std::int64_t>(), live.As<std::int64_t>());
  }
  if (!value.IsNull()) request.insert_or_assign(name, std::move(value));
}

}  // namespace rdsteady::plan
