// Snapshots: how they come about, how automated ones age, and when the data of those that are gone is removed.
#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/machine.h"
#include "local/sim/network.h"

namespace rdsteady::local::sim {
namespace {

constexpr std::string_view kAutomated = "automated";

bool IsAutomated(const Snapshot& snapshot) {
  return TextOr(snapshot.answer, "SnapshotType") == kAutomated;
}

// 2026-03-04-10-00
std::string MinuteOf(Instant at) {
  std::string text = FormatIso8601(at).substr(0, 16);
  std::ranges::replace(text, 'T', '-');
  std::ranges::replace(text, ':', '-');
  return text;
}

Properties AnswerOf(const Scope& scope, const Instance& instance, const std::string& identifier, std::string_view type,
                    const std::string& now) {
  const Properties& settings = instance.settings;
  Properties answer{{"DBSnapshotIdentifier", identifier},
                    {"DBInstanceIdentifier", instance.identifier},
                    {"DbiResourceId", instance.resource_id},
                    {"DBSnapshotArn", ArnOf(scope, "snapshot", identifier)},
                    {"SnapshotType", std::string(type)},
                    {"SnapshotTarget", "region"},
                    {"SnapshotCreateTime", now},
                    {"OriginalSnapshotCreateTime", now},
                    {"InstanceCreateTime", FormatIso8601(instance.created, true)},
                    {"Encrypted", BoolOr(settings, "StorageEncrypted")},
                    {"IAMDatabaseAuthenticationEnabled", BoolOr(settings, "EnableIAMDatabaseAuthentication")}};
  for (std::string_view same : {"Engine",
                                "EngineVersion",
                                "AllocatedStorage",
                                "Port",
                                "AvailabilityZone",
                                "MasterUsername",
                                "LicenseModel",
                                "Iops",
                                "StorageThroughput",
                                "StorageType",
                                "OptionGroupName",
                                "KmsKeyId",
                                "DedicatedLogVolume",
                                "Timezone",
                                "TdeCredentialArn",
                                "ProcessorFeatures",
                                "DBSystemId",
                                "MultiTenant",
                                "BackupRetentionPeriod",
                                "PreferredBackupWindow"}) {
    if (const Value* value = Find(settings, same)) answer[std::string(same)] = *value;
  }
  return answer;
}

}  // namespace

Instant LatestRestorable(const Machine& machine, const Instance& instance) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(machine.now().time_since_epoch());
  const Instant behind{(minutes / kRestorableStep - 1) * kRestorableStep};
  return std::max(behind, instance.created);
}

Snapshot* Machine::FindSnapshot(const Scope& scope, std::string_view identifier) {
  auto& snapshots = RealmOf(scope).snapshots;
  auto found = snapshots.find(ToLower(identifier));
  return found == snapshots.end() ? nullptr : &found->second;
}

Snapshot& Machine::AddSnapshot(const Instance& instance, std::string identifier, std::string_view type) {
  const Scope& scope = instance.scope;
  Realm& realm = RealmOf(scope);
  Snapshot snapshot{.identifier = identifier,
                    .answer = AnswerOf(scope, instance, identifier, type, FormatIso8601(now_, true)),
                    .settings = instance.settings,
                    .instance_tags = {},
                    .password_verifier = instance.password_verifier,
                    .data_id = NewName("snap-", 20),
                    .taken = now_,
                    .real = instance.real};
  if (SubnetGroup* group = FindSubnetGroup(*this, scope, TextOr(instance.settings, "DBSubnetGroupName"))) {
    snapshot.answer["VpcId"] = group->vpc_id;
  }
  if (auto tags = realm.tags.find(ArnOf(scope, "db", instance.identifier)); tags != realm.tags.end()) {
    snapshot.instance_tags = tags->second;
  }
  if (BoolOr(instance.settings, "CopyTagsToSnapshot") && !snapshot.instance_tags.empty()) {
    const std::string arn = ArnOf(scope, "snapshot", identifier);
    realm.tags[arn] = snapshot.instance_tags;
    Touch(RecordKind::kTags, scope, arn);
  }
  Touch(RecordKind::kSnapshot, scope, identifier);
  return KeepSnapshot(scope, std::move(snapshot));
}

Snapshot& Machine::KeepSnapshot(const Scope& scope, Snapshot snapshot) {
  if (IsAutomated(snapshot)) backups_[TextOr(snapshot.answer, "DbiResourceId")].insert(snapshot.identifier);
  Snapshot& kept = RealmOf(scope).snapshots[snapshot.identifier];
  kept = std::move(snapshot);
  return kept;
}

void Machine::EraseSnapshot(const Scope& scope, const std::string& identifier) {
  Realm& realm = RealmOf(scope);
  auto found = realm.snapshots.find(identifier);
  if (found == realm.snapshots.end()) return;
  if (found->second.real) {
    realm.discarded.emplace(found->second.data_id, 0);
    Touch(RecordKind::kDiscarded, scope, found->second.data_id);
  }
  const std::string arn = ArnOf(scope, "snapshot", identifier);
  if (realm.tags.erase(arn) > 0) Touch(RecordKind::kTags, scope, arn);
  if (auto known = backups_.find(TextOr(found->second.answer, "DbiResourceId")); known != backups_.end()) {
    known->second.erase(identifier);
    if (known->second.empty()) backups_.erase(known);
  }
  realm.snapshots.erase(found);
  Touch(RecordKind::kSnapshot, scope, identifier);
  PumpDiscarded(scope);
}

std::vector<const Snapshot*> Machine::BackupsOf(const Instance& instance) {
  std::vector<const Snapshot*> backups;
  auto known = backups_.find(instance.resource_id);
  if (known == backups_.end()) return backups;
  const auto& snapshots = RealmOf(instance.scope).snapshots;
  for (const std::string& name : known->second)
    backups.push_back(&snapshots.at(name));
  std::ranges::sort(backups, {},
                    [](const Snapshot* snapshot) { return std::pair(snapshot->taken, snapshot->data_id); });
  return backups;
}

bool Machine::IsRestoring(std::string_view data_id) const {
  return std::ranges::any_of(restoring_, [&](const auto& birth) { return birth.second == data_id; });
}

bool Machine::IsReplayed(const Instance& instance) const {
  return std::ranges::any_of(replaying_, [&](const auto& birth) { return birth.second == instance.resource_id; });
}

void Machine::EndBirth(const Scope& scope, const std::string& resource_id) {
  if (restoring_.erase(resource_id) == 0) return;
  const auto replayed = replaying_.extract(resource_id);
  PumpDiscarded(scope);
  // Its deletion may have waited.
  Instance* source = replayed.empty() ? nullptr : FindByResource(replayed.mapped());
  if (source != nullptr) Pump(*source);
}

void Machine::PumpDiscarded(const Scope& scope) {
  for (auto& [data_id, job] : RealmOf(scope).discarded) {
    if (job != 0 || IsRestoring(data_id)) continue;
    job = next_job_++;
    Touch(RecordKind::kMeta, {}, "counters");
    jobs_[job] = data_id;
    EngineSpec spec{.resource_id = data_id, .identifier = data_id, .engine = "postgres"};
    submitted_.push_back({.id = job, .verb = EngineVerb::kDiscard, .spec = std::move(spec)});
  }
}

void Machine::ReportDiscarded(const std::string& data_id, bool ok) {
  for (auto& [scope, realm] : realms_) {
    auto found = realm.discarded.find(data_id);
    if (found == realm.discarded.end()) continue;
    found->second = 0;  // tried again after the next start
    if (!ok) return;
    realm.discarded.erase(found);
    Touch(RecordKind::kDiscarded, scope, data_id);
    return;
  }
}

void Machine::StartBackup(Instance& instance, Activity& activity) {
  activity.verb = EngineVerb::kSnapshot;
  AddEvent(instance, {"backup"}, "Backing up DB instance");
  if (!activity.argument.empty()) return;
  std::string name = "rds:" + instance.identifier + "-" + MinuteOf(now_);
  // A database of that name may have been backed up in this minute and renamed.
  while (FindSnapshot(instance.scope, name) != nullptr)
    name += "-2";
  instance.last_backup = now_;
  AddSnapshot(instance, name, kAutomated);
  activity.argument = name;
}

void Machine::EndBackup(Instance& instance, const Activity& done) {
  Snapshot* snapshot = FindSnapshot(instance.scope, done.argument);
  if (snapshot == nullptr || snapshot->status != "creating") return;
  snapshot->status = "available";
  snapshot->taken = now_;
  Touch(RecordKind::kSnapshot, instance.scope, snapshot->identifier);
  AddEvent(instance, {"backup"}, "Finished DB Instance backup");
  const bool automated = IsAutomated(*snapshot);
  std::string message = automated ? "Automated snapshot created" : "Manual snapshot created";
  if (!snapshot->real) message += " of a simulated instance: it holds no data";
  AddEvent(instance.scope, {.source_type = "db-snapshot",
                            .source = snapshot->identifier,
                            .source_arn = ArnOf(instance.scope, "snapshot", snapshot->identifier),
                            .message = std::move(message),
                            .categories = {"creation"}});
  if (automated) AgeBackups(instance);
}

void Machine::AgeBackups(const Instance& instance) {
  const std::int64_t days = IntOr(instance.settings, "BackupRetentionPeriod");
  const auto backups = BackupsOf(instance);
  std::vector<std::string> old;
  for (std::size_t i = 0; i < backups.size(); ++i) {
    const bool expired = backups[i]->taken + std::chrono::days(days) < now_ && i + 1 < backups.size();
    // One that is being taken is looked at again when it is there.
    if (backups[i]->status != "creating" && (expired || days == 0)) old.push_back(backups[i]->identifier);
  }
  for (const std::string& identifier : old)
    EraseSnapshot(instance.scope, identifier);
}

void Machine::FailBackup(Instance& instance, const Activity& activity, const std::string& message) {
  const std::string name = activity.argument;
  AddEvent(instance, {"failure"}, "The snapshot " + name + " could not be taken: " + message);
  // What was to come after it, a deletion above all, was asked for with the data safe.
  if (activity.kind == ActivityKind::kBackup && instance.phases.size() > 1) {
    const bool ends = std::ranges::any_of(instance.phases, [](const Activity& phase) {
      return phase.kind == ActivityKind::kDelete || phase.kind == ActivityKind::kStop;
    });
    if (ends) {
      AddEvent(instance, {"failure"}, "The DB instance is kept as it is, because its snapshot could not be taken");
      while (instance.phases.size() > 1)
        instance.phases.pop_back();
    }
  }
  Snapshot* snapshot = FindSnapshot(instance.scope, name);
  if (snapshot == nullptr) return;
  if (IsAutomated(*snapshot)) {
    EraseSnapshot(instance.scope, name);
    return;
  }
  snapshot->status = "failed";
  Touch(RecordKind::kSnapshot, instance.scope, name);
}

}  // namespace rdsteady::local::sim
