// What instances go through: phases one after the other, facets beside them, and what each does when it ends.
#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/machine.h"
#include "local/sim/parameter_catalogue.h"
#include "local/sim/setting_table.h"
#include "local/sim/storage.h"
#include "local/sim/windows.h"

namespace rdsteady::local::sim {
namespace {

constexpr std::string_view kFailed = "failed";  // an activity's argument: it ends without its effect

bool IsDone(const Activity& activity, Instant now) {
  return activity.started && activity.due <= now && (!activity.verb.has_value() || activity.reported);
}

std::optional<Window> MaintenanceWindow(const Instance& instance) {
  return ParseMaintenanceWindow(TextOr(instance.settings, "PreferredMaintenanceWindow"));
}

// When the next automated backup begins; nothing while one is under way, or none is wanted.
std::optional<Instant> NextBackup(const Instance& instance) {
  if (instance.base_status != "available" || IntOr(instance.settings, "BackupRetentionPeriod") == 0 ||
      HasFacet(instance, ActivityKind::kDailyBackup)) {
    return std::nullopt;
  }
  const auto window = ParseBackupWindow(TextOr(instance.settings, "PreferredBackupWindow"));
  if (!window.has_value()) return std::nullopt;
  return NextDaily(*window, std::max(instance.last_backup, instance.created));
}

// Pending changes that the window (or ApplyImmediately) makes effective.
std::vector<std::string> Flushable(const Instance& instance) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : instance.pending) {
    if (!instance.pending_on_reboot.contains(key) && key != "MasterUserPassword") keys.push_back(key);
  }
  return keys;
}

std::optional<Instant> NextDue(const Instance& instance, Instant now) {
  std::optional<Instant> next;
  auto consider = [&](Instant due) {
    if (!next.has_value() || due < *next) next = due;
  };
  if (!instance.phases.empty() && instance.phases.front().started && instance.phases.front().due > now) {
    consider(instance.phases.front().due);
  }
  for (const Activity& facet : instance.facets) {
    if (facet.started && facet.due > now) consider(facet.due);
  }
  if (!instance.phases.empty()) return next;
  if (instance.base_status == "stopped") consider(instance.stopped_at + kStoppedFor);
  if (auto backup = NextBackup(instance)) consider(*backup);
  if (instance.base_status == "available") {
    for (const Maintenance& maintenance : instance.maintenance) {
      if (auto date = ApplyDateOf(instance, maintenance)) consider(*date);
    }
  }
  if (instance.base_status == "available" && !Flushable(instance).empty()) {
    if (auto window = MaintenanceWindow(instance)) consider(NextWeekly(*window, instance.pending_since));
  }
  return next;
}

bool IsInDomain(const Instance& instance) {
  return Has(instance.settings, "Domain") || Has(instance.settings, "DomainFqdn");
}

// Beside the status, which is back at available long before.
void JoinDomain(Instance& instance, const Pace& pace) {
  instance.domain_status = "joining";
  instance.facets.push_back({.kind = ActivityKind::kDomain, .lasts = pace.modifying});
}

bool NeedsRestart(const Instance& instance, const SettingRow& row) {
  if ((row.flags & kRestarts) == 0) return false;
  // PostgreSQL takes a new certificate without a restart.
  const std::string engine = TextOr(instance.settings, "Engine");
  return row.setting != "CACertificateIdentifier" || (engine != "postgres" && !engine.starts_with("mysql"));
}

}  // namespace

std::string ShownStatus(const Instance& instance) {
  for (const Activity& phase : instance.phases) {
    if (phase.kind == ActivityKind::kLag) break;
    if (!phase.status.empty()) return phase.status;
  }
  if (instance.base_status == "available" && HasFacet(instance, ActivityKind::kStorageOptimization)) {
    return "storage-optimization";
  }
  return instance.base_status;
}

bool IsSettled(const Instance& instance) {
  return instance.phases.empty();
}

bool HasFacet(const Instance& instance, ActivityKind kind) {
  return std::ranges::any_of(instance.facets, [&](const Activity& facet) { return facet.kind == kind; });
}

std::string ParameterApplyStatus(Machine& machine, const Instance& instance) {
  const std::string name = TextOr(instance.settings, "DBParameterGroupName");
  if (instance.active_parameter_group.empty()) return "in-sync";  // still being created
  if (HasFacet(instance, ActivityKind::kParameters)) return "applying";
  if (instance.active_parameter_group != name) return "pending-reboot";
  const ParameterGroup* group = machine.FindParameterGroup(instance.scope, name);
  if (group == nullptr) return "in-sync";
  std::map<std::string, std::string> wanted;
  for (const auto& [parameter, value] : group->values)
    wanted[parameter] = value.value;
  return wanted == instance.running_parameters ? "in-sync" : "pending-reboot";
}

void Machine::Touch(Instance& instance) {
  const RecordKey key{RecordKind::kInstance, instance.scope, instance.identifier};
  changed_.insert(key);
  instance.revision = next_revision_++;
  if (Instance* source = FindByResource(instance.source_resource_id)) source->revision = next_revision_++;
  SetTimer(key, NextDue(instance, now_));
}

void Machine::Begin(Instance& instance, std::vector<Activity> phases) {
  for (Activity& phase : phases)
    instance.phases.push_back(std::move(phase));
  Pump(instance);
}

void Machine::BeginFacet(Instance& instance, Activity facet) {
  instance.facets.push_back(std::move(facet));
  Pump(instance);
}

std::vector<Activity> Machine::PhasesFor(const Instance& instance, const std::vector<std::string>& keys) const {
  std::vector<Activity> phases;
  auto wanted = [&](std::string_view key) { return std::ranges::find(keys, key) != keys.end(); };
  for (const SettingRow& row : SettingRows()) {
    if (!wanted(row.setting) || row.setting == "DBParameterGroupName") continue;
    if (row.setting == "DBInstanceIdentifier") {
      phases.push_back({.kind = ActivityKind::kRename,
                        .status = "renaming",
                        .lasts = pace().modifying,
                        .argument = TextOr(instance.pending, "DBInstanceIdentifier"),
                        .verb = EngineVerb::kRestart});
      continue;
    }
    auto phase = std::ranges::find_if(phases, [&](const Activity& known) {
      return known.kind == ActivityKind::kApply && known.status == row.status;
    });
    if (phase == phases.end()) {
      phases.push_back({.kind = ActivityKind::kApply, .status = std::string(row.status), .lasts = pace().modifying});
      phase = std::prev(phases.end());
    }
    phase->keys.emplace_back(row.setting);
    if (row.setting == "BackupRetentionPeriod" && !phase->verb.has_value() &&
        (IntOr(instance.settings, row.setting) == 0) != (IntOr(instance.pending, row.setting) == 0)) {
      phase->verb = EngineVerb::kReload;  // its log is archived from now on, or no longer
    }
    if (NeedsRestart(instance, row)) phase->verb = EngineVerb::kRestart;
    // The parameter group of the new family arrives together with the version.
    if (row.setting == "EngineVersion" && wanted("DBParameterGroupName"))
      phase->keys.emplace_back("DBParameterGroupName");
  }
  if (wanted("BackupRetentionPeriod") && IntOr(instance.settings, "BackupRetentionPeriod") == 0 &&
      IntOr(instance.pending, "BackupRetentionPeriod") > 0) {
    phases.push_back({.kind = ActivityKind::kBackup, .status = "backing-up", .lasts = pace().backing_up});
  }
  return phases;
}

EngineSpec Machine::SpecOf(Instance& instance, const Activity& activity) {
  Properties settings = instance.settings;
  for (const std::string& key : activity.keys) {
    if (auto found = instance.pending.find(key); found != instance.pending.end()) settings[key] = found->second;
  }
  const bool takes_group = activity.verb == EngineVerb::kProvision || activity.verb == EngineVerb::kRestart;
  if (takes_group) {
    instance.running_parameters.clear();
    const std::string name = TextOr(settings, "DBParameterGroupName");
    if (const ParameterGroup* group = FindParameterGroup(instance.scope, name)) {
      for (const auto& [parameter, value] : group->values)
        instance.running_parameters[parameter] = value.value;
    }
    instance.active_parameter_group = name;
  }
  const auto instance_class = FindClass(TextOr(settings, "DBInstanceClass"));
  EngineSpec spec{.resource_id = instance.resource_id,
                  .identifier = instance.identifier,
                  .engine = TextOr(settings, "Engine"),
                  .engine_version = TextOr(settings, "EngineVersion"),
                  .address = instance.address,
                  .port = static_cast<int>(IntOr(settings, "Port")),
                  .db_name = TextOr(settings, "DBName"),
                  .master_username = TextOr(settings, "MasterUsername"),
                  .password_verifier = instance.password_verifier,
                  .memory_bytes = instance_class.has_value() ? instance_class->memory_bytes : 0};
  if (activity.verb == EngineVerb::kSetPassword) spec.password_verifier = instance.next_verifier;
  spec.keeps_log = IntOr(settings, "BackupRetentionPeriod") > 0;
  if (activity.verb == EngineVerb::kSnapshot) {
    if (const Snapshot* snapshot = FindSnapshot(instance.scope, activity.argument)) {
      spec.snapshot_id = snapshot->data_id;
      const auto backups = BackupsOf(instance);
      // A restore that is under way may have begun with a backup that has expired since.
      if (!backups.empty() && !IsReplayed(instance)) {
        spec.oldest_snapshot_id = backups.front()->data_id;
      }
    }
  } else if (activity.verb == EngineVerb::kProvision) {
    spec.snapshot_id = instance.birth.data_id;
    spec.log_of = instance.birth.log_of;
    spec.restore_until = instance.birth.until;
  }
  const FormulaInput input{.memory_bytes = spec.memory_bytes,
                           .vcpus = instance_class.has_value() ? instance_class->vcpus : 0,
                           .allocated_gib = IntOr(settings, "AllocatedStorage"),
                           .port = spec.port};
  for (const auto& [parameter, value] : instance.running_parameters) {
    if (auto evaluated = EngineValue(parameter, value, input)) spec.parameters[parameter] = *std::move(evaluated);
  }
  if (const Instance* source = FindByResource(instance.source_resource_id)) {
    spec.source_resource_id = source->resource_id;
    spec.source_address = source->address;
    spec.source_port = static_cast<int>(IntOr(source->settings, "Port"));
  }
  return spec;
}

void Machine::SubmitJob(Instance& instance, Activity& activity) {
  if (!activity.verb.has_value() || activity.job != 0 || activity.reported) return;
  if (!instance.real) {
    // Nobody will report; the same bookkeeping of parameters all the same.
    (void)SpecOf(instance, activity);
    activity.reported = true;
    return;
  }
  if (activity.verb == EngineVerb::kProvision) {
    const Instance* source = FindByResource(instance.source_resource_id);
    if (source == nullptr) source = FindByResource(instance.birth.log_of);
    if (source != nullptr && HasFacet(*source, ActivityKind::kRecovery)) return;  // submitted when the source is up
  }
  // Its log is being read; submitted when that is done.
  if (activity.verb == EngineVerb::kDestroy && IsReplayed(instance)) return;
  activity.job = next_job_++;
  Touch(RecordKind::kMeta, {}, "counters");
  jobs_[activity.job] = instance.resource_id;
  submitted_.push_back({.id = activity.job, .verb = *activity.verb, .spec = SpecOf(instance, activity)});
}

void Machine::Start(Instance& instance, Activity& activity) {
  if (!activity.started) {
    activity.started = true;
    activity.due = now_ + activity.lasts;
    switch (activity.kind) {
      case ActivityKind::kRename: Rename(instance, activity.argument); break;
      case ActivityKind::kBackup:
      case ActivityKind::kDailyBackup: StartBackup(instance, activity); break;
      case ActivityKind::kDelete:
        // Replicas outlive their source: each becomes a database of its own.
        for (Instance* replica : ReplicasOf(instance)) {
          if (ShownStatus(*replica) == "deleting") continue;
          Begin(*replica, {{.kind = ActivityKind::kPromote,
                            .status = "modifying",
                            .lasts = pace().rebooting,
                            .verb = EngineVerb::kPromote}});
        }
        break;
      case ActivityKind::kParameters:
        if (const ParameterGroup* group = FindParameterGroup(instance.scope, instance.active_parameter_group)) {
          for (const std::string& name : activity.keys) {
            auto value = group->values.find(name);
            if (value == group->values.end()) {
              instance.running_parameters.erase(name);
            } else {
              instance.running_parameters[name] = value->second.value;
            }
          }
        }
        break;
      default: break;
    }
  }
  SubmitJob(instance, activity);
}

void Machine::PumpFacets(Instance& instance) {
  for (std::size_t i = 0; i < instance.facets.size();) {
    Start(instance, instance.facets[i]);
    if (!IsDone(instance.facets[i], now_)) {
      ++i;
      continue;
    }
    const Activity done = std::move(instance.facets[i]);
    instance.facets.erase(instance.facets.begin() + static_cast<std::ptrdiff_t>(i));
    EndFacet(instance, done);
  }
}

bool Machine::Pump(Instance& instance) {
  for (;;) {
    PumpFacets(instance);
    while (!instance.phases.empty()) {
      Start(instance, instance.phases.front());
      if (!IsDone(instance.phases.front(), now_)) break;
      const Activity done = std::move(instance.phases.front());
      instance.phases.pop_front();
      if (!EndPhase(instance, done)) return false;
    }
    PumpFacets(instance);  // those that the phases brought
    if (!instance.phases.empty() || !QueueWhatTimeBrings(instance)) break;
  }
  Touch(instance);
  return true;
}

void Machine::PumpReplicasOf(const Instance& source) {
  for (Instance* replica : ReplicasOf(source))
    Pump(*replica);
  const auto replaying = replaying_;
  for (const auto& [resource_id, of] : replaying) {
    if (of != source.resource_id) continue;
    if (Instance* restored = FindByResource(resource_id)) Pump(*restored);
  }
}

bool Machine::QueueWhatTimeBrings(Instance& instance) {
  if (instance.base_status == "stopped" && instance.stopped_at + kStoppedFor <= now_) {
    AddEvent(instance, {"notification"},
             "DB instance is being started due to it exceeding the maximum allowed time being stopped.");
    instance.phases.push_back(
        {.kind = ActivityKind::kStart, .status = "starting", .lasts = pace().starting, .verb = EngineVerb::kStart});
    return true;
  }
  if (instance.base_status != "available") return false;
  if (auto backup = NextBackup(instance); backup.has_value() && *backup <= now_) {
    instance.facets.push_back({.kind = ActivityKind::kDailyBackup, .lasts = pace().backing_up});
    return true;
  }
  for (const Maintenance& maintenance : instance.maintenance) {
    const auto date = ApplyDateOf(instance, maintenance);
    if (date.has_value() && *date <= now_) instance.phases.push_back(PhaseOf(*this, maintenance));
  }
  if (!instance.phases.empty()) return true;
  const auto keys = Flushable(instance);
  const auto window = MaintenanceWindow(instance);
  if (keys.empty() || !window.has_value() || NextWeekly(*window, instance.pending_since) > now_) return false;
  AddEvent(instance, {"maintenance"}, "Applying pending modifications in the maintenance window");
  for (Activity& phase : PhasesFor(instance, keys))
    instance.phases.push_back(std::move(phase));
  if (instance.phases.empty()) instance.pending_since = now_;  // nothing to do for it: not again before the next window
  return !instance.phases.empty();
}

void Machine::Rename(Instance& instance, const std::string& name) {
  auto& realm = RealmOf(instance.scope);
  instance.pending.erase("DBInstanceIdentifier");
  if (name == instance.identifier) return;  // restarts, and that is all
  if (realm.instances.contains(name)) {
    // The name was free when the change was queued.
    AddEvent(instance, {"failure"}, "The DB instance can't be renamed to " + name + ": the name is taken");
    return;
  }
  const RecordKey old_key{RecordKind::kInstance, instance.scope, instance.identifier};
  SetTimer(old_key, std::nullopt);
  changed_.insert(old_key);
  auto tags = realm.tags.extract(ArnOf(instance.scope, "db", instance.identifier));
  if (!tags.empty()) {
    Touch(RecordKind::kTags, instance.scope, tags.key());
    tags.key() = ArnOf(instance.scope, "db", name);
    Touch(RecordKind::kTags, instance.scope, tags.key());
    realm.tags.insert(std::move(tags));
  }
  AddEvent(instance, {"configuration change"}, "Renaming DB instance to " + name);
  auto node = realm.instances.extract(instance.identifier);
  node.key() = name;
  instance.identifier = name;
  realm.instances.insert(std::move(node));  // the node, and so the reference, stays where it is
  addresses_.erase(instance.address);
  instance.address = AddressFor(instance.scope, name);
  addresses_.insert(instance.address);
  for (Instance* replica : ReplicasOf(instance)) {
    replica->source_reference = replica->scope == instance.scope ? name : ArnOf(instance.scope, "db", name);
    Touch(*replica);
  }
  for (auto& [identifier, snapshot] : realm.snapshots) {
    if (TextOr(snapshot.answer, "DbiResourceId") != instance.resource_id) continue;
    snapshot.answer["DBInstanceIdentifier"] = name;
    Touch(RecordKind::kSnapshot, instance.scope, identifier);
  }
}

void Machine::EndApply(Instance& instance, const Activity& done) {
  Properties storage;
  bool domain = false;
  const std::string old_version = TextOr(instance.settings, "EngineVersion");
  for (const std::string& key : done.keys) {
    auto pending = instance.pending.find(key);
    if (pending == instance.pending.end()) continue;  // withdrawn meanwhile
    const SettingRow* row = FindSetting(key);
    if ((row->flags & kIsStorage) != 0) storage[key] = pending->second;
    domain |= key.starts_with("Domain");
    const bool unset = pending->second.IsNull() || ((row->flags & kZeroIsUnset) != 0 && pending->second == Value(0));
    if (unset) {
      instance.settings.erase(key);
    } else {
      instance.settings[key] = std::move(pending->second);
    }
    instance.pending.erase(pending);
    instance.pending_on_reboot.erase(key);
  }
  if (!BoolOr(instance.settings, "EnablePerformanceInsights")) {
    instance.settings.erase("PerformanceInsightsRetentionPeriod");
    instance.settings.erase("PerformanceInsightsKMSKeyId");
  }
  const std::string version = TextOr(instance.settings, "EngineVersion");
  if (version != old_version) {
    AddEvent(instance, {"maintenance"}, "The DB engine was upgraded from " + old_version + " to " + version);
    const Engine* engine = FindEngine(TextOr(instance.settings, "Engine"));
    if (engine != nullptr && MajorOf(*engine, version) != MajorOf(*engine, old_version)) {
      if (IsDefaultGroup(TextOr(instance.settings, "DBParameterGroupName"))) {
        instance.settings["DBParameterGroupName"] = "default." + FamilyOf(*engine, version);
        instance.active_parameter_group = TextOr(instance.settings, "DBParameterGroupName");
      }
      instance.settings["OptionGroupName"] =
          "default:" + std::string(engine->name) + "-" + ReplaceAll(MajorOf(*engine, version), ".", "-");
    }
  }
  if (!storage.empty()) {
    if (const Engine* engine = FindEngine(TextOr(instance.settings, "Engine"))) {
      SettleStorage(*engine, instance.settings, storage);
    }
    instance.facets.push_back({.kind = ActivityKind::kStorageOptimization, .lasts = pace().storage_optimization});
  }
  if (domain) JoinDomain(instance, pace());
  if (std::ranges::find(done.keys, "BackupRetentionPeriod") != done.keys.end()) AgeBackups(instance);
  AddEvent(instance, {"configuration change"}, "Finished applying modification to " + Join(done.keys, ", "));
  if (done.verb == EngineVerb::kRestart) AddEvent(instance, {"availability"}, "DB instance restarted");
}

bool Machine::EndPhase(Instance& instance, const Activity& done) {
  switch (done.kind) {
    case ActivityKind::kCreate:
      instance.base_status = "available";
      instance.endpoint_known = true;
      if (!instance.birth.data_id.empty()) {
        AddEvent(instance, {"creation", "restoration"}, "Restored from " + done.argument);
      } else if (instance.source_resource_id.empty()) {
        AddEvent(instance, {"creation"}, "DB instance created");
      } else {
        AddEvent(instance, {"creation", "read replica"}, "Read replica instance created");
      }
      instance.birth = {};
      EndBirth(instance.scope, instance.resource_id);
      if (IsInDomain(instance)) JoinDomain(instance, pace());
      break;
    case ActivityKind::kBackup: EndBackup(instance, done); break;
    case ActivityKind::kApply: EndApply(instance, done); break;
    case ActivityKind::kMaintain: EndMaintenance(instance, done); break;
    case ActivityKind::kRename:
      AddEvent(instance, {"configuration change"}, "Finished renaming DB instance to " + instance.identifier);
      break;
    case ActivityKind::kResetPassword:
      instance.password_verifier = std::move(instance.next_verifier);
      instance.next_verifier.clear();
      instance.pending.erase("MasterUserPassword");
      AddEvent(instance, {"configuration change"}, "Reset master credentials");
      break;
    case ActivityKind::kReboot:
      instance.base_status = "available";
      if (!done.keys.empty()) EndApply(instance, done);
      AddEvent(instance, {"availability"}, "DB instance restarted");
      break;
    case ActivityKind::kStop:
      instance.base_status = "stopped";
      instance.stopped_at = now_;
      AddEvent(instance, {"notification"}, "DB instance stopped");
      break;
    case ActivityKind::kStart:
      instance.base_status = "available";
      AddEvent(instance, {"notification"}, "DB instance started");
      break;
    case ActivityKind::kPromote:
      if (done.argument == kFailed) break;
      SetSource(instance, {}, {});
      // Its own log begins here: what was backed up before can't be carried on from.
      for (const Snapshot* backup : BackupsOf(instance)) {
        if (backup->status != "creating") EraseSnapshot(instance.scope, std::string(backup->identifier));
      }
      AddEvent(instance, {"read replica"}, "Promoted Read Replica instance to a stand-alone database instance.");
      break;
    case ActivityKind::kDelete: {
      AddEvent(instance, {"deletion"}, "DB instance deleted");
      auto& tags = RealmOf(instance.scope).tags;
      const std::string arn = ArnOf(instance.scope, "db", instance.identifier);
      if (tags.erase(arn) > 0) Touch(RecordKind::kTags, instance.scope, arn);
      for (const Snapshot* backup : BackupsOf(instance))
        EraseSnapshot(instance.scope, std::string(backup->identifier));
      const Scope scope = instance.scope;
      const std::string resource_id = instance.resource_id;
      EraseInstance(instance);
      EndBirth(scope, resource_id);
      return false;
    }
    default: break;
  }
  return true;
}

void Machine::EndFacet(Instance& instance, const Activity& done) {
  switch (done.kind) {
    case ActivityKind::kSecurityGroups:
      std::erase_if(instance.security_groups, [](const auto& group) { return group.second == "removing"; });
      for (auto& [id, status] : instance.security_groups)
        status = "active";
      break;
    case ActivityKind::kRoles:
      for (Value& role : instance.roles)
        (*role.If<Properties>())["Status"] = "ACTIVE";
      break;
    case ActivityKind::kSecret:
      if (!instance.secret.empty()) instance.secret["SecretStatus"] = "active";
      break;
    case ActivityKind::kDomain: instance.domain_status = IsInDomain(instance) ? "joined" : ""; break;
    case ActivityKind::kStorageOptimization:
      AddEvent(instance, {"configuration change"}, "Finished storage optimization");
      break;
    case ActivityKind::kParameters:
      AddEvent(instance, {"configuration change"},
               "Finished updating DB parameter group " + instance.active_parameter_group);
      break;
    case ActivityKind::kDailyBackup: EndBackup(instance, done); break;
    case ActivityKind::kRecovery:
      if (instance.base_status == "failed" && done.argument != kFailed) {
        instance.base_status = "available";
        instance.status_reason.clear();
        AddEvent(instance, {"recovery"}, "Recovery of the DB instance is complete.");
      }
      PumpReplicasOf(instance);
      break;
    default: break;
  }
}

// What becomes of the instance when its engine could not do what it was told.
void Machine::Fail(Instance& instance, const Activity& activity, const std::string& message) {
  auto give_up = [&](std::string_view status, std::string_view what) {
    instance.base_status = status;
    instance.status_reason = message;
    instance.phases.clear();
    AddEvent(instance, {"failure"}, std::string(what) + ": " + message);
  };
  switch (activity.kind) {
    case ActivityKind::kCreate:
      if (instance.birth.data_id.empty()) {
        give_up("failed", "DB instance creation failed");
      } else {
        give_up("incompatible-restore", "DB instance restoration failed");
        instance.birth = {};
        EndBirth(instance.scope, instance.resource_id);
      }
      break;
    case ActivityKind::kBackup:
    case ActivityKind::kDailyBackup: FailBackup(instance, activity, message); break;
    case ActivityKind::kReboot:
    case ActivityKind::kApply:
    case ActivityKind::kMaintain:
    case ActivityKind::kRename:
      if (instance.running_parameters.empty()) {
        give_up("failed", "The DB instance could not be restarted");
      } else {
        give_up("incompatible-parameters", "The DB instance could not be restarted with its parameter group");
      }
      break;
    case ActivityKind::kStart: give_up("failed", "The DB instance could not be started"); break;
    case ActivityKind::kStop: give_up("failed", "The DB instance could not be stopped"); break;
    case ActivityKind::kDelete: give_up("failed", "The DB instance could not be deleted"); break;
    case ActivityKind::kRecovery:
      instance.base_status = "failed";
      instance.status_reason = message;
      AddEvent(instance, {"failure"}, "The DB instance did not come up again: " + message);
      break;
    case ActivityKind::kResetPassword:
      instance.next_verifier = instance.password_verifier;
      AddEvent(instance, {"failure"}, "The master password could not be reset: " + message);
      break;
    case ActivityKind::kPromote:
      AddEvent(instance, {"failure", "read replica"}, "The read replica could not be promoted: " + message);
      break;
    default: AddEvent(instance, {"failure"}, message); break;
  }
}

void Machine::Report(const EngineReport& report, Instant at) {
  AdvanceTo(at);
  auto job = jobs_.find(report.job_id);
  if (job == jobs_.end()) return;  // of an instance that is gone, or told twice
  const std::string of = std::move(job->second);
  jobs_.erase(job);
  Instance* instance = FindByResource(of);
  if (instance == nullptr) {
    ReportDiscarded(of, report.ok);
    return;
  }
  // What the engine did otherwise than told, for example a library that this machine does not have.
  if (report.ok && !report.message.empty()) AddEvent(*instance, {"notification"}, report.message);
  auto settle = [&](Activity& activity) {
    activity.job = 0;
    activity.reported = true;
    if (report.ok) return;
    const Activity failed = activity;
    // Recovery that failed must not end as one that worked.
    if (failed.kind == ActivityKind::kRecovery || failed.kind == ActivityKind::kPromote) activity.argument = kFailed;
    Fail(*instance, failed, report.message);  // may take the activity away
  };
  if (!instance->phases.empty() && instance->phases.front().job == report.job_id) {
    settle(instance->phases.front());
  } else {
    auto facet = std::ranges::find(instance->facets, report.job_id, &Activity::job);
    if (facet != instance->facets.end()) settle(*facet);
  }
  Pump(*instance);
}

void Machine::AdvanceTo(Instant at) {
  while (!timers_.empty() && timers_.begin()->first <= at) {
    const auto [due, key] = *timers_.begin();
    now_ = std::max(now_, due);
    if (key.kind == RecordKind::kInstance) {
      Pump(RealmOf(key.scope).instances.at(key.name));
    } else {
      SetTimer(key, std::nullopt);
    }
  }
  now_ = std::max(now_, at);
}

}  // namespace rdsteady::local::sim
