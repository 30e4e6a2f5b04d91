#include "plan/reads.h"

#include <fmt/format.h>

#include "base/json.h"
#include "model/kinds/compare.h"

namespace rdsteady::plan {
namespace {

using Place = model::ReadTrace::Place;

// A status that passes by itself, or in which changes are accepted, decides nothing: a run waits for its end. The
// others are told apart by their word.
Value StatusClassOf(const model::Kind& kind, const Value& status) {
  const auto* word = status.If<std::string>();
  const model::StatusRow* row = word == nullptr ? nullptr : model::FindStatus(kind, *word);
  if (word == nullptr) return status;
  if (row == nullptr || row->status_class == model::StatusClass::kTransient || row->accepts_modify)
    return "ready, or soon to be";
  return status;
}

// As KMS told it.
Value KeyOf(const model::KeyNames* keys, const std::string& name) {
  using What = model::NamedKey::What;
  if (keys == nullptr) return {};
  const auto found = keys->find(name);
  if (found == keys->end() || found->second.what == What::kUntold) return {};
  return found->second.what == What::kKnown ? Value(found->second.text) : Value("no key");
}

Value ReadPlace(const model::Kind& kind, const Value& live, const model::KeyNames* keys, const Place& place) {
  if (place.what == Place::What::kKey) return KeyOf(keys, place.detail);
  if (place.what == Place::What::kPath) {
    Value value = model::ReadPath(live, place.name, place.detail);
    return place.name == kind.status_path ? StatusClassOf(kind, value) : value;
  }
  const model::Property* property = model::FindProperty(kind, place.name);
  if (property == nullptr) return {};
  if (place.what == Place::What::kItem) return model::LiveItem(*property, live, place.detail);
  if (place.what == Place::What::kPending) return model::ReadPending(*property, live).value_or(Value());
  Value value = model::ReadLive(*property, live);
  return place.what == Place::What::kCarried ? Value(!value.IsNull()) : value;
}

std::string NameOf(const Place& place) {
  switch (place.what) {
    case Place::What::kLive:
    case Place::What::kPath: return place.name;
    case Place::What::kCarried: return place.name + " (in the answer)";
    case Place::What::kPending: return place.name + " (scheduled)";
    case Place::What::kItem: return fmt::format("{}.{}", place.name, place.detail);
    case Place::What::kKey: return fmt::format("{} ({})", place.name, place.detail);
  }
  return place.name;
}

}  // namespace

Plan MakePlan(const manifest::Manifest& manifest, const World& world, const Options& options, Reads& reads) {
  model::ReadTrace trace;
  for (const auto& [key, observation] : world)
    trace.Watch(observation.live);
  Plan plan = MakePlan(manifest, world, options);
  const model::ReadTrace::Pause pause;  // reading the values again is no decision
  for (const auto& [key, observation] : world) {
    ResourceReads& of = reads[key];
    of.exists = observation.exists;
    const model::Kind* kind = model::FindKind(key.kind);
    if (kind == nullptr || !observation.exists) continue;
    for (const Place& place : trace.Of(observation.live))
      of.reads.push_back({place, ReadPlace(*kind, observation.live, options.keys.get(), place)});
  }
  return plan;
}

std::vector<Moved> MovedSince(const Reads& reads, const World& world, const model::KeyNames* keys) {
  static const Observation kAbsent;
  std::vector<Moved> moved;
  for (const auto& [key, then] : reads) {
    const model::Kind* kind = model::FindKind(key.kind);
    const auto found = world.find(key);
    const Observation& now = found == world.end() ? kAbsent : found->second;
    const std::string resource = fmt::format("{}/{}", key.kind, key.name);
    if (now.exists != then.exists) {
      moved.push_back({resource, {}, then.exists ? "there" : "not there", now.exists ? "there" : "not there"});
      continue;
    }
    if (kind == nullptr || !now.exists) continue;
    for (const Read& read : then.reads) {
      Value value = ReadPlace(*kind, now.live, keys, read.place);
      // As JSON keeps them: 1.0 comes back as 1.
      if (ToJson(value) != ToJson(read.value))
        moved.push_back({resource, NameOf(read.place), read.value, std::move(value)});
    }
  }
  return moved;
}

}  // namespace rdsteady::plan
