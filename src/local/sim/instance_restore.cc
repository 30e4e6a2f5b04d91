// RestoreDBInstanceFromDBSnapshot and RestoreDBInstanceToPointInTime.
#include <algorithm>

#include "base/text.h"
#include "local/sim/birth.h"
#include "local/sim/input.h"
#include "local/sim/snapshots.h"
#include "local/sim/storage.h"
#include "local/sim/validate.h"

namespace rdsteady::local::sim {
namespace {

// What both restores begin with.
struct Origin {
  const Properties& settings;  // of the instance that was backed up
  const std::string& password_verifier;
  std::string name;  // for people
  bool real = false;
};

// Engines whose data another one reads.
struct Conversion {
  std::string_view from;
  std::string_view to;
};
constexpr Conversion kConversions[] = {{"mysql", "mariadb"},
                                       {"oracle-ee", "oracle-ee-cdb"},
                                       {"oracle-se2", "oracle-ee"},
                                       {"oracle-se2", "oracle-se2-cdb"},
                                       {"sqlserver-ex", "sqlserver-ee"},
                                       {"sqlserver-ex", "sqlserver-se"},
                                       {"sqlserver-ex", "sqlserver-web"},
                                       {"sqlserver-se", "sqlserver-ee"},
                                       {"sqlserver-web", "sqlserver-ee"},
                                       {"sqlserver-web", "sqlserver-se"}};

Checked<const Engine*> WantedEngine(const Request& request, const Origin& origin) {
  const std::string source = TextOr(origin.settings, "Engine");
  const Engine* engine = FindEngine(source);
  if (engine == nullptr) {
    return Refuse("InvalidDBSnapshotState", "The snapshot " + origin.name + " does not say what it holds.");
  }
  const auto asked = TextAt(request.input, "Engine");
  if (!asked.has_value() || EqualsIgnoreCase(*asked, source)) return engine;
  const Engine* wanted = FindEngine(ToLower(*asked));
  if (wanted == nullptr) return InvalidValue("Invalid DB engine: " + ToLower(*asked));
  const bool reads = std::ranges::any_of(
      kConversions, [&](const Conversion& known) { return known.from == source && known.to == wanted->name; });
  if (!reads) {
    return InvalidCombination("The engine " + std::string(wanted->name) + " can't restore a backup of " + source + ".");
  }
  return wanted;
}

// Members of the two calls that hold for some engines only.
Checked<void> CheckMembers(const Request& request, const Engine& engine, const Properties& asked) {
  const bool sqlserver = engine.name.starts_with("sqlserver");
  const bool oracle = engine.name.starts_with("oracle");
  if (sqlserver) {
    for (std::string_view member : {"AllocatedStorage", "Iops", "StorageThroughput", "StorageType"}) {
      if (Has(asked, member))
        return InvalidCombination(std::string(member) + " can't be given for SQL Server restores.");
    }
  }
  if (Has(asked, "DBName") && !sqlserver && !oracle) {
    return InvalidValue("DBName must be null for Restoring for this Engine.");
  }
  if (BoolOr(request.input, "ManageMasterUserPassword") && !oracle) {
    return InvalidCombination("ManageMasterUserPassword can be given only for restores of RDS for Oracle.");
  }
  if (Has(request.input, "MasterUserSecretKmsKeyId") && !BoolOr(request.input, "ManageMasterUserPassword")) {
    return InvalidCombination("MasterUserSecretKmsKeyId can be given only when ManageMasterUserPassword is true.");
  }
  return {};
}

bool IsProvisioned(std::string_view type) {
  return type == "io1" || type == "io2";
}

// The volume comes with the backup: a provisioned one stays what it was, any other becomes gp3 unless it is said.
void FillStorage(const Properties& from, const Properties& asked, Properties& settings) {
  const std::string type = TextOr(from, "StorageType");
  if (!Has(asked, "StorageType") && !Has(asked, "Iops") && IsProvisioned(type)) settings["StorageType"] = type;
  if (!Has(asked, "StorageType") && Has(asked, "Iops") && IntOr(asked, "Iops") == 0) {
    settings["StorageType"] = "gp3";
    settings.erase("Iops");
  }
  if (IsProvisioned(TextOr(settings, "StorageType")) && IsProvisioned(type) && !Has(asked, "Iops")) {
    if (const Value* iops = Find(from, "Iops")) settings["Iops"] = *iops;
    if (const Value* log = Find(from, "DedicatedLogVolume")) settings.try_emplace("DedicatedLogVolume", *log);
  }
}

Checked<void> CheckRestoredStorage(const Engine& engine, const Origin& origin, const Properties& asked) {
  const auto size = IntAt(asked, "AllocatedStorage");
  const std::int64_t least = IntOr(origin.settings, "AllocatedStorage");
  if (!size.has_value() || *size >= least) return {};
  return InvalidValue("Invalid storage size for engine name " + std::string(engine.name) + ": " +
                      std::to_string(*size) + " GiB is less than the " + std::to_string(least) + " GiB of " +
                      origin.name + ".");
}

// Settings that a restore takes from the instance that was backed up; all else has the defaults of a new instance.
constexpr std::string_view kInherited[] = {"AllocatedStorage",
                                           "BackupRetentionPeriod",
                                           "CharacterSetName",
                                           "DBInstanceClass",
                                           "DBName",
                                           "DBSystemId",
                                           "EngineVersion",
                                           "KmsKeyId",
                                           "LicenseModel",
                                           "MasterUsername",
                                           "MultiTenant",
                                           "NcharCharacterSetName",
                                           "Port",
                                           "PreferredBackupWindow",
                                           "StorageEncrypted",
                                           "Timezone"};

Outcome Restore(const Request& request, std::string_view target, const Origin& origin, Birth birth,
                const std::map<std::string, std::string>& tags) {
  Machine& machine = request.machine;
  auto wanted = WantedEngine(request, origin);
  if (!wanted.has_value()) return std::unexpected(wanted.error());
  const Engine& engine = **wanted;
  Properties asked = AskedAtBirth(request);
  for (std::string_view not_a_setting : {"DBInstanceIdentifier", "ManageMasterUserPassword", "MasterUserPassword"})
    asked.erase(std::string(not_a_setting));
  if (TextsAt(asked, "VpcSecurityGroupIds").empty()) asked.erase("VpcSecurityGroupIds");
  if (BoolOr(request.input, "UseDefaultProcessorFeatures")) asked.erase("ProcessorFeatures");
  asked["Engine"] = std::string(engine.name);
  if (auto name = TextAt(asked, "DBInstanceClass")) RDSTEADY_CHECK(CheckClass(request, *name));
  RDSTEADY_CHECK(CheckMembers(request, engine, asked));
  RDSTEADY_CHECK(CheckRestoredStorage(engine, origin, asked));

  Instance instance{.scope = request.scope, .identifier = ToLower(TextOr(request.input, target))};
  instance.settings = asked;
  for (std::string_view inherited : kInherited) {
    if (const Value* value = Find(origin.settings, inherited)) {
      instance.settings.try_emplace(std::string(inherited), *value);
    }
  }
  if (engine.name != TextOr(origin.settings, "Engine")) {
    if (engine.name == "mariadb") instance.settings["EngineVersion"] = machine.DefaultVersion(engine);
    if (!Has(asked, "LicenseModel")) instance.settings.erase("LicenseModel");
  }
  FillStorage(origin.settings, asked, instance.settings);
  FillDefaults(request, engine, instance.identifier, instance.settings);
  // The group must fit the version, which was not asked for here.
  Properties given = asked;
  given["EngineVersion"] = *Find(instance.settings, "EngineVersion");
  if (BoolOr(instance.settings, "MultiAZ") && engine.name.starts_with("sqlserver") &&
      IntOr(instance.settings, "BackupRetentionPeriod") == 0) {
    return InvalidValue("Mirroring cannot be applied to instances with backup retention set to zero.");
  }
  RDSTEADY_CHECK(
      CheckSettings(machine, request.scope, {.engine = &engine, .asked = given, .merged = instance.settings}));
  if (IntOr(instance.settings, "MaxAllocatedStorage") == 0) instance.settings.erase("MaxAllocatedStorage");
  SettleStorage(engine, instance.settings, instance.settings);

  std::string reason;
  const bool runs = machine.RunsForReal(engine, TextOr(instance.settings, "EngineVersion"),
                                        TextOr(instance.settings, "DBInstanceClass"), reason);
  // An instance that is simulated would have lost what the backup holds.
  if (origin.real && !runs)
    return Refuse("InvalidRestoreFault", "Cannot restore the data of " + origin.name + ": " + reason + ".");
  instance.real = origin.real;
  if (!origin.real) reason = "What " + origin.name + " was taken of is simulated";
  RDSTEADY_CHECK(CheckReality(request, instance, reason));
  // The master password is in the data.
  instance.password_verifier = origin.password_verifier;
  instance.birth = std::move(birth);
  if (BoolOr(request.input, "ManageMasterUserPassword")) instance.settings["ManageMasterUserPassword"] = true;
  const Value* own_tags = Find(request.input, "Tags");
  if ((own_tags == nullptr || !own_tags->Is<List>() || own_tags->As<List>().empty()) && !tags.empty()) {
    const std::string arn = ArnOf(request.scope, "db", instance.identifier);
    machine.RealmOf(request.scope).tags[arn] = tags;
    machine.Touch(RecordKind::kTags, request.scope, arn);
  }
  return Bring(request, engine, std::move(instance), reason, origin.name);
}

Checked<Instance*> RequireSource(const Request& request) {
  Machine& machine = request.machine;
  if (auto arn = TextAt(request.input, "SourceDBInstanceAutomatedBackupsArn")) {
    // Automated backups are neither replicated nor kept beyond their instance here.
    return Refuse("DBInstanceAutomatedBackupNotFound", "DBInstanceAutomatedBackup " + *arn + " not found.");
  }
  if (auto resource = TextAt(request.input, "SourceDbiResourceId")) {
    for (auto& [identifier, instance] : machine.RealmOf(request.scope).instances) {
      if (EqualsIgnoreCase(instance.resource_id, *resource)) return &instance;
    }
    return Refuse("DBInstanceAutomatedBackupNotFound", "DBInstanceAutomatedBackup of " + *resource + " not found.");
  }
  const std::string reference = TextOr(request.input, "SourceDBInstanceIdentifier");
  if (reference.empty()) {
    return InvalidCombination(
        "One of SourceDBInstanceIdentifier, SourceDbiResourceId and SourceDBInstanceAutomatedBackupsArn must be "
        "specified.");
  }
  Instance* source = machine.FindInstance(request.scope, InstanceNameOf(reference));
  if (source == nullptr) return Refuse("DBInstanceNotFound", "DBInstance " + reference + " not found.");
  return source;
}

Checked<void> CheckSourceState(const Instance& source) {
  if (IntOr(source.settings, "BackupRetentionPeriod") == 0) {
    return Refuse("PointInTimeRestoreNotEnabled", "Point in time restore is not enabled for " + source.identifier +
                                                      ": its backup retention period is 0.");
  }
  if ((source.base_status != "available" && source.base_status != "stopped") || ShownStatus(source) == "deleting") {
    return Refuse("InvalidDBInstanceState", "The source DB instance " + source.identifier +
                                                " is not in a state from which it can be restored: it is " +
                                                ShownStatus(source) + ".");
  }
  if (source.real && !source.source_resource_id.empty()) {
    return InvalidCombination("A point in time of a read replica with real data can't be restored here: restore " +
                              source.source_reference + ".");
  }
  return {};
}

// The newest backup that was there at that time.
Checked<const Snapshot*> BackupBefore(Machine& machine, const Instance& source, std::optional<Instant> until) {
  const Snapshot* newest = nullptr;
  std::optional<Instant> earliest;
  for (const Snapshot* backup : machine.BackupsOf(source)) {
    if (backup->status != "available") continue;
    if (!earliest.has_value()) earliest = backup->taken;
    if (!until.has_value() || backup->taken <= *until) newest = backup;
  }
  if (newest != nullptr) return newest;
  if (!earliest.has_value()) {
    return Refuse("InvalidDBInstanceState",
                  "The source DB instance " + source.identifier + " has no automated backup yet.");
  }
  return InvalidValue("The specified instance cannot be restored to a time earlier than " +
                      FormatIso8601(*earliest, true) + ".");
}

}  // namespace

Outcome RestoreDBInstanceFromDBSnapshot(const Request& request) {
  RDSTEADY_CHECK(CheckNewIdentifier(request, "DBInstanceIdentifier"));
  const auto cluster = TextAt(request.input, "DBClusterSnapshotIdentifier");
  if (cluster.has_value() && Has(request.input, "DBSnapshotIdentifier")) {
    return InvalidCombination("DBSnapshotIdentifier and DBClusterSnapshotIdentifier can't be specified together.");
  }
  if (cluster.has_value()) {
    return Refuse("DBClusterSnapshotNotFoundFault", "DBClusterSnapshot " + *cluster + " not found.");
  }
  if (TextOr(request.input, "DBSnapshotIdentifier").empty()) {
    return InvalidCombination("DBSnapshotIdentifier or DBClusterSnapshotIdentifier must be specified.");
  }
  auto found = RequireSnapshot(request, "DBSnapshotIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  const Snapshot& snapshot = **found;
  if (snapshot.status != "available") {
    return Refuse("InvalidDBSnapshotState", "Cannot restore from " + snapshot.identifier + ", which is " +
                                                snapshot.status + ": the snapshot must be available.");
  }
  const Origin origin{.settings = snapshot.settings,
                      .password_verifier = snapshot.password_verifier,
                      .name = "snapshot " + snapshot.identifier,
                      .real = snapshot.real};
  return Restore(request, "DBInstanceIdentifier", origin, {.data_id = snapshot.data_id, .log_of = {}},
                 snapshot.instance_tags);
}

Outcome RestoreDBInstanceToPointInTime(const Request& request) {
  Machine& machine = request.machine;
  RDSTEADY_CHECK(CheckNewIdentifier(request, "TargetDBInstanceIdentifier"));
  const auto time = TextAt(request.input, "RestoreTime");
  const bool latest = BoolOr(request.input, "UseLatestRestorableTime");
  if (latest && time.has_value()) {
    return InvalidCombination("RestoreTime and UseLatestRestorableTime can't be specified together.");
  }
  if (!latest && !time.has_value()) {
    return InvalidCombination("RestoreTime or UseLatestRestorableTime must be specified.");
  }
  auto found = RequireSource(request);
  if (!found.has_value()) return std::unexpected(found.error());
  const Instance& source = **found;
  RDSTEADY_CHECK(CheckSourceState(source));
  std::optional<Instant> until;
  if (time.has_value()) {
    until = ParseIso8601(*time);
    if (!until.has_value()) return InvalidValue("Invalid value for RestoreTime: " + *time);
    if (*until > LatestRestorable(machine, source)) {
      return InvalidValue("The specified instance cannot be restored to a time later than " +
                          FormatIso8601(LatestRestorable(machine, source), true) + ".");
    }
  }
  auto backup = BackupBefore(machine, source, until);
  if (!backup.has_value()) return std::unexpected(backup.error());
  const Origin origin{.settings = source.settings,
                      .password_verifier = source.password_verifier,
                      .name = "the backups of " + source.identifier,
                      .real = source.real};
  return Restore(request, "TargetDBInstanceIdentifier", origin,
                 {.data_id = (*backup)->data_id, .log_of = source.resource_id, .until = until}, {});
}

}  // namespace rdsteady::local::sim
