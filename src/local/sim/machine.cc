#include "local/sim/machine.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/verifier.h"

namespace rdsteady::local::sim {
namespace {

// SplitMix64's finaliser: spreads a counter over all bits.
std::uint64_t Mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

Machine::Machine(SimOptions options) : options_(std::move(options)) {}

Realm& Machine::RealmOf(const Scope& scope) {
  return realms_[scope];
}

Instance* Machine::FindInstance(const Scope& scope, std::string_view identifier) {
  auto& instances = RealmOf(scope).instances;
  auto found = instances.find(ToLower(identifier));
  return found == instances.end() ? nullptr : &found->second;
}

Instance* Machine::FindByResource(std::string_view resource_id) {
  auto found = by_resource_.find(std::string(resource_id));
  return found == by_resource_.end() ? nullptr : found->second;
}

std::vector<Instance*> Machine::ReplicasOf(const Instance& source) {
  std::vector<Instance*> replicas;
  auto known = replicas_.find(source.resource_id);
  if (known == replicas_.end()) return replicas;
  for (const std::string& resource_id : known->second) {
    if (Instance* replica = FindByResource(resource_id)) replicas.push_back(replica);
  }
  return replicas;
}

void Machine::SetSource(Instance& instance, std::string source_resource_id, std::string reference) {
  if (Instance* source = FindByResource(instance.source_resource_id)) source->revision = next_revision_++;
  if (!instance.source_resource_id.empty()) replicas_[instance.source_resource_id].erase(instance.resource_id);
  instance.source_resource_id = std::move(source_resource_id);
  instance.source_reference = std::move(reference);
  if (!instance.source_resource_id.empty()) replicas_[instance.source_resource_id].insert(instance.resource_id);
}

Instance& Machine::AddInstance(Instance instance) {
  auto& instances = RealmOf(instance.scope).instances;
  Instance& added = instances[instance.identifier];
  added = std::move(instance);
  by_resource_[added.resource_id] = &added;
  addresses_.insert(added.address);
  SetSource(added, added.source_resource_id, added.source_reference);
  if (!added.birth.data_id.empty()) restoring_[added.resource_id] = added.birth.data_id;
  if (!added.birth.log_of.empty()) replaying_[added.resource_id] = added.birth.log_of;
  return added;
}

void Machine::EraseInstance(const Instance& instance) {
  if (Instance* source = FindByResource(instance.source_resource_id)) source->revision = next_revision_++;
  if (!instance.source_resource_id.empty()) replicas_[instance.source_resource_id].erase(instance.resource_id);
  replicas_.erase(instance.resource_id);
  const RecordKey key{RecordKind::kInstance, instance.scope, instance.identifier};
  SetTimer(key, std::nullopt);
  changed_.insert(key);
  by_resource_.erase(instance.resource_id);
  addresses_.erase(instance.address);
  std::erase_if(jobs_, [&](const auto& job) { return job.second == instance.resource_id; });
  RealmOf(key.scope).instances.erase(key.name);
}

ParameterGroup* Machine::FindParameterGroup(const Scope& scope, std::string_view name) {
  auto& groups = RealmOf(scope).parameter_groups;
  const std::string key = ToLower(name);
  auto found = groups.find(key);
  if (found != groups.end()) return &found->second;
  if (!IsDefaultGroup(key)) return nullptr;
  const std::string family = key.substr(std::string_view("default.").size());
  if (EngineOfFamily(family) == nullptr) return nullptr;
  ParameterGroup& group = groups[key];
  group = {.name = key, .family = family, .description = "Default parameter group for " + family, .values = {}};
  Touch(RecordKind::kParameterGroup, scope, key);
  return &group;
}

std::vector<Instance*> Machine::UsersOf(const Scope& scope, std::string_view parameter_group) {
  std::vector<Instance*> users;
  for (auto& [identifier, instance] : RealmOf(scope).instances) {
    if (TextOr(instance.settings, "DBParameterGroupName") == parameter_group ||
        TextOr(instance.pending, "DBParameterGroupName") == parameter_group) {
      users.push_back(&instance);
    }
  }
  return users;
}

std::uint64_t Machine::Hash(std::string_view text) const {
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ options_.seed;
  for (char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return Mix(hash);
}

std::string Machine::NewName(std::string_view prefix, std::size_t letters) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string name(prefix);
  std::uint64_t bits = Hash("name" + std::to_string(next_name_++));
  Touch(RecordKind::kMeta, {}, "counters");
  for (std::size_t i = 0; i < letters; ++i) {
    name += kAlphabet[bits % kAlphabet.size()];
    bits = Mix(bits);
  }
  return name;
}

std::string Machine::RandomBytes(std::size_t count) const {
  if (options_.random_bytes) return options_.random_bytes(count);
  return UnpredictableBytes(count);
}

std::string Machine::AddressFor(const Scope& scope, std::string_view identifier) const {
  // Away from 127.0.0.x, where everything else of this machine listens, and from 127.255.x.x.
  std::uint64_t bits = Hash("address/" + scope.account + "/" + scope.region + "/" + std::string(identifier));
  for (;;) {
    std::string address = "127." + std::to_string(16 + bits % 224) + "." + std::to_string((bits >> 16) % 256) + "." +
                          std::to_string(1 + (bits >> 32) % 254);
    if (!addresses_.contains(address)) return address;
    bits = Mix(bits);
  }
}

bool Machine::RunsForReal(const Engine& engine, std::string_view version, std::string_view instance_class,
                          std::string& reason) const {
  const std::string major = MajorOf(engine, version);
  if (!IsKnownVersion(engine, version)) {
    reason = "EngineVersion " + std::string(version) + " is unknown to the catalogue";
  } else if (!FindClass(instance_class).has_value()) {
    reason = "DBInstanceClass " + std::string(instance_class) + " is unknown to the catalogue";
  } else if (std::ranges::none_of(options_.real_engines, [&](const auto& real) {
               return real.first == engine.name && real.second == major;
             })) {
    reason = std::string(engine.label) + " " + major + " is not installed on this machine";
  } else {
    return true;
  }
  return false;
}

std::string Machine::DefaultVersion(const Engine& engine) const {
  // The newest major that runs for real, so that a request without a version gets a real database.
  std::string major;
  for (const auto& [name, real] : options_.real_engines) {
    if (name == engine.name && (major.empty() || CompareVersions(real, major) > 0) &&
        ResolveVersion(engine, real).has_value()) {
      major = real;
    }
  }
  if (major.empty()) major = engine.default_major;
  return ResolveVersion(engine, major).value_or(major);
}

std::uint64_t Machine::RevisionOf(const Instance& instance) {
  Realm& realm = RealmOf(instance.scope);
  const std::int64_t slot = std::chrono::floor<std::chrono::minutes>(now_.time_since_epoch()) / kRestorableStep;
  if (std::exchange(realm.restorable_slot, slot) != slot) realm.revision = next_revision_++;
  return std::max(instance.revision, realm.revision);
}

void Machine::Touch(RecordKind kind, const Scope& scope, std::string name) {
  if (kind != RecordKind::kMeta && kind != RecordKind::kEvent) RealmOf(scope).revision = next_revision_++;
  changed_.insert({kind, scope, std::move(name)});
}

void Machine::AddEvent(const Instance& instance, std::vector<std::string> categories, std::string message) {
  AddEvent(instance.scope, {.source_type = "db-instance",
                            .source = instance.identifier,
                            .source_arn = ArnOf(instance.scope, "db", instance.identifier),
                            .message = std::move(message),
                            .categories = std::move(categories)});
}

void Machine::AddEvent(const Scope& scope, Event event) {
  auto name = [](const Event& of) {
    std::string digits = std::to_string(of.sequence);
    return std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits;
  };
  event.sequence = next_event_++;
  event.at = now_;
  auto& events = RealmOf(scope).events;
  while (!events.empty() && (events.size() >= kMaxEvents || events.front().at + kEventLife < now_)) {
    Touch(RecordKind::kEvent, scope, name(events.front()));
    events.pop_front();
  }
  Touch(RecordKind::kEvent, scope, name(event));
  Touch(RecordKind::kMeta, {}, "counters");
  events.push_back(std::move(event));
}

void Machine::SetTimer(const RecordKey& key, std::optional<Instant> due) {
  auto known = due_.find(key);
  if (known != due_.end()) {
    timers_.erase({known->second, key});
    due_.erase(known);
  }
  if (!due.has_value()) return;
  timers_.insert({*due, key});
  due_[key] = *due;
}

std::optional<Instant> Machine::NextTimer() const {
  return timers_.empty() ? std::nullopt : std::optional(timers_.begin()->first);
}

std::vector<EngineJob> Machine::TakeEngineJobs() {
  return std::exchange(submitted_, {});
}

std::string Partition(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  if (region.starts_with("us-gov-")) return "aws-us-gov";
  return "aws";
}

std::string ArnOf(const Scope& scope, std::string_view type, std::string_view name) {
  return "arn:" + Partition(scope.region) + ":rds:" + scope.region + ":" + scope.account + ":" + std::string(type) +
         ":" + std::string(name);
}

bool IsDefaultGroup(std::string_view name) {
  return name.starts_with("default.");
}

}  // namespace rdsteady::local::sim
