#include "model/kinds/db_instance_rules.h"

#include <algorithm>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/sight.h"

namespace rdsteady::model::db_instance {
namespace {

constexpr std::int64_t kGp3BaselineIops = 3000;
constexpr std::int64_t kGp3BaselineThroughput = 125;

bool IsProvisionedType(std::string_view type, const std::string& engine, std::optional<std::int64_t> size) {
  if (type == "io1" || type == "io2") return true;
  const auto threshold = Gp3Threshold(engine);
  return type == "gp3" && threshold && size && *size >= *threshold;
}

bool LiveProvisioned(const Sight& sight) {
  return IsProvisionedType(ToLower(TextOf(LiveOf(sight, "StorageType"))), sight.Engine(),
                           IntegerOf(LiveOf(sight, "AllocatedStorage")));
}

// By the stated size, where there is one: what autoscaling has grown past the threshold is stated as it was below it.
bool IsBelowGp3Threshold(const Sight& sight) {
  const auto threshold = Gp3Threshold(sight.Engine());
  const auto stated = IntegerOf(StatedOf(sight, "AllocatedStorage"));
  const auto size = stated ? stated : StorageSizeOf(sight);
  return StorageTypeOf(sight) == "gp3" && threshold && size && *size < *threshold;
}

// Autoscaling may have grown the volume past the threshold, beyond which nobody can ask for the baseline.
bool MayHaveGrownPastGp3Threshold(const Sight& sight) {
  return StorageTypeOf(sight) == "gp3" && Gp3Threshold(sight.Engine()).value_or(0) > 0 &&
         !IsStated(sight, "AllocatedStorage") && IntegerOf(StatedOrLive(sight, "MaxAllocatedStorage")).value_or(0) > 0;
}

bool IsBaseline(const Value& stated, std::int64_t baseline) {
  const std::int64_t value = IntegerOf(stated).value_or(0);
  return value == 0 || value == baseline;
}

bool IsPerformanceInsightsOn(const Sight& sight) {
  return IsTrue(StatedOrLive(sight, "EnablePerformanceInsights", "PerformanceInsightsEnabled"));
}

bool DiffersFromLive(const Sight& sight, std::string_view property) {
  return IsStated(sight, property) &&
         !EqualsIgnoreCase(TextOf(StatedOf(sight, property)), TextOf(LiveOf(sight, property)));
}

std::int64_t EffectiveMonitoringInterval(const Sight& sight) {
  return IntegerOf(StatedOrLive(sight, "MonitoringInterval")).value_or(0);
}

bool HasSecret(const Sight& sight) {
  return !LiveOf(sight, "MasterUserSecret").IsNull();
}

}  // namespace

std::optional<std::int64_t> Gp3Threshold(const std::string& engine) {
  if (engine == "mysql" || engine == "mariadb" || engine == "postgres" || engine.starts_with("db2")) return 400;
  if (engine.starts_with("oracle") || engine.starts_with("custom-oracle")) return 200;
  if (engine.starts_with("sqlserver") || engine.starts_with("custom-sqlserver")) return 0;
  return std::nullopt;
}

std::string StorageTypeOf(const Sight& sight) {
  std::string type = ToLower(TextOf(StatedOrLive(sight, "StorageType")));
  // Without a type, IOPS mean io1.
  if (type.empty() && IntegerOf(StatedOf(sight, "Iops")).value_or(0) > 0) type = "io1";
  return type;
}

std::optional<std::int64_t> StorageSizeOf(const Sight& sight) {
  const auto stated = IntegerOf(StatedOf(sight, "AllocatedStorage"));
  const auto live = IntegerOf(LiveOf(sight, "AllocatedStorage"));
  if (!stated || !live) return stated ? stated : live;
  return std::max(*stated, *live);
}

bool IsRestoreBirth(const Sight& sight) {
  return !Exists(sight) && (IsAsked(sight, "RestoreTime") || IsAsked(sight, "UseLatestRestorableTime") ||
                            IsAsked(sight, "DBSnapshotIdentifier") || IsAsked(sight, "DBClusterSnapshotIdentifier"));
}

bool IsReplicaBirth(const Sight& sight) {
  return !Exists(sight) && !IsRestoreBirth(sight) &&
         (IsAsked(sight, "SourceDBInstanceIdentifier") || IsAsked(sight, "SourceDBClusterIdentifier"));
}

bool IsReplica(const Sight& sight) {
  return !TextOf(LiveOf(sight, "ReadReplicaSourceDBInstanceIdentifier")).empty() ||
         !TextOf(LiveOf(sight, "ReadReplicaSourceDBClusterIdentifier")).empty();
}

bool IsManaged(const Sight& sight) {
  const Value& stated = StatedOf(sight, "ManageMasterUserPassword");
  return stated.IsNull() ? HasSecret(sight) : IsTrue(stated);
}

bool CrossesMajorVersion(const Sight& sight) {
  const std::string_view to = TextOf(StatedOf(sight, "EngineVersion"));
  const std::string_view from = TextOf(LiveOf(sight, "EngineVersion"));
  return !to.empty() && !from.empty() && CrossesMajor(sight.Engine(), from, to);
}

bool ClusterMember(const Sight& sight) {
  return !TextOf(StatedOrLive(sight, "DBClusterIdentifier")).empty();
}

bool AwsBackupOwns(const Sight& sight) {
  return !TextOf(LiveOf(sight, "AwsBackupRecoveryPointArn")).empty();
}

bool IopsFixedByGp3(const Sight& sight) {
  return (IsBelowGp3Threshold(sight) || MayHaveGrownPastGp3Threshold(sight)) &&
         IsBaseline(StatedOf(sight, "Iops"), kGp3BaselineIops);
}

bool ThroughputFixedByGp3(const Sight& sight) {
  return (IsBelowGp3Threshold(sight) || MayHaveGrownPastGp3Threshold(sight)) &&
         IsBaseline(StatedOf(sight, "StorageThroughput"), kGp3BaselineThroughput);
}

bool ThroughputNotGp3(const Sight& sight) {
  const std::string type = StorageTypeOf(sight);
  return !type.empty() && type != "gp3" && IntegerOf(StatedOf(sight, "StorageThroughput")).value_or(0) == 0;
}

bool OnMultiAZ(const Sight& sight) {
  return IsTrue(StatedOf(sight, "MultiAZ")) || IsTrue(LiveOf(sight, "MultiAZ")) ||
         IsTrue(LiveOf(sight, "PendingModifiedValues.MultiAZ"));
}

// A failover swaps the zones, so that whatever is stated would differ half of the time. An instance that is to leave
// them stays in the one where it is.
bool StaysOnMultiAZ(const Sight& sight) {
  return OnMultiAZ(sight) && StatedOf(sight, "MultiAZ") != Value(false);
}

bool MonitoringOff(const Sight& sight) {
  return EffectiveMonitoringInterval(sight) == 0;
}
bool MonitoringOn(const Sight& sight) {
  return !MonitoringOff(sight);
}
bool PerformanceInsightsOff(const Sight& sight) {
  return !IsPerformanceInsightsOn(sight);
}
bool PerformanceInsightsOn(const Sight& sight) {
  return IsPerformanceInsightsOn(sight);
}
bool Custom(const Sight& sight) {
  return sight.Engine().starts_with("custom-");
}

bool Inherited(const Sight& sight) {
  return IsReplica(sight) || IsReplicaBirth(sight) || IsAsked(sight, "DBSnapshotIdentifier") ||
         IsAsked(sight, "DBClusterSnapshotIdentifier") || IsAsked(sight, "RestoreTime") ||
         IsAsked(sight, "UseLatestRestorableTime");
}

bool MagneticMigrated(const Sight& sight) {
  return EqualsIgnoreCase(TextOf(StatedOf(sight, "StorageType")), "standard") &&
         EqualsIgnoreCase(TextOf(LiveOf(sight, "StorageType")), "gp3");
}

bool TimezoneNotReported(const Sight& sight) {
  const std::string engine = sight.Engine();
  return Exists(sight) && TextOf(LiveOf(sight, "Timezone")).empty() && !engine.contains("sqlserver") &&
         !engine.starts_with("db2");
}

bool MovedToTenant(const Sight& sight) {
  return IsTrue(LiveOf(sight, "MultiTenant"));
}

bool AuroraAlias(const Sight& sight) {
  return EqualsIgnoreCase(TextOf(StatedOf(sight, "Engine")), "aurora") &&
         EqualsIgnoreCase(TextOf(LiveOf(sight, "Engine")), "aurora-mysql");
}

bool PasswordNotManaged(const Sight& sight) {
  return !IsManaged(sight);
}

bool SqlServerStorageLater(const Sight& sight) {
  return sight.Engine().starts_with("sqlserver") && (IsReplicaBirth(sight) || IsRestoreBirth(sight));
}

bool SqlServerMirroringLater(const Sight& sight) {
  return sight.Engine().starts_with("sqlserver") && IsRestoreBirth(sight);
}

// The replica call takes a parameter group only for Oracle, for MySQL across regions, and from a Multi-AZ cluster.
bool ReplicaGroupLater(const Sight& sight) {
  if (!IsReplicaBirth(sight) || IsAsked(sight, "SourceDBClusterIdentifier")) return false;
  const std::string engine = sight.Engine();
  const bool other_region = TextOf(StatedOf(sight, "SourceDBInstanceIdentifier")).starts_with("arn:");
  return !engine.starts_with("oracle") && !(engine == "mysql" && other_region);
}

bool ManagedPasswordLater(const Sight& sight) {
  return IsRestoreBirth(sight) && !sight.Engine().starts_with("oracle");
}

bool RestoredNameFixed(const Sight& sight) {
  const std::string engine = sight.Engine();
  return IsRestoreBirth(sight) && !engine.contains("oracle") && !engine.contains("sqlserver");
}

bool Provisioned(const Sight& sight) {
  return IsProvisionedType(StorageTypeOf(sight), sight.Engine(), StorageSizeOf(sight));
}

// The live IOPS of a volume below the threshold are a baseline that RDS refuses to be told.
bool IopsWithGrowth(const Sight& sight) {
  return Provisioned(sight) && (IsAsked(sight, "Iops") || LiveProvisioned(sight));
}

bool IopsWithType(const Sight& sight) {
  const std::string type = StorageTypeOf(sight);
  const std::string live = ToLower(TextOf(LiveOf(sight, "StorageType")));
  const bool both_provisioned = type.starts_with("io") && live.starts_with("io");
  return Provisioned(sight) && (IsAsked(sight, "Iops") || both_provisioned);
}

bool ThroughputWithType(const Sight& sight) {
  return StorageTypeOf(sight) == "gp3" && Provisioned(sight) && IsAsked(sight, "StorageThroughput");
}

bool BackupWindowMovesToo(const Sight& sight) {
  return DiffersFromLive(sight, "PreferredBackupWindow");
}
bool MaintenanceWindowMovesToo(const Sight& sight) {
  return DiffersFromLive(sight, "PreferredMaintenanceWindow");
}

bool GroupWithMajor(const Sight& sight) {
  return CrossesMajorVersion(sight) && IsAsked(sight, "DBParameterGroupName");
}
bool OptionGroupWithMajor(const Sight& sight) {
  return CrossesMajorVersion(sight) && IsAsked(sight, "OptionGroupName");
}

bool SelfManagedDomain(const Sight& sight) {
  return IsAsked(sight, "DomainFqdn") || IsAsked(sight, "DomainOu") || IsAsked(sight, "DomainAuthSecretArn") ||
         IsAsked(sight, "DomainDnsIps");
}

bool DomainByRole(const Sight& sight) {
  const Value& domain = StatedOrLive(sight, "Domain");
  return IsAsked(sight, "DomainIAMRoleName") || (!domain.IsNull() && TextOf(domain) != "none");
}

bool ProcessorFeaturesOfClass(const Sight& sight) {
  return sight.Engine().contains("oracle") && HasItems(LiveOf(sight, "ProcessorFeatures"));
}

bool Reserved(const Sight& sight) {
  return !TextOf(StatedOrLive(sight, "DBCapacityReservationIdentifier")).empty();
}

bool TurnsManagementOn(const Sight& sight) {
  return IsTrue(StatedOf(sight, "ManageMasterUserPassword")) && !HasSecret(sight);
}

bool TurnsManagementOff(const Sight& sight) {
  return StatedOf(sight, "ManageMasterUserPassword") == Value(false) && HasSecret(sight);
}

bool PausesAutomation(const Sight& sight) {
  return EqualsIgnoreCase(TextOf(StatedOf(sight, "AutomationMode")), "all-paused");
}

bool CertificateWaitsForRestart(const Sight& sight) {
  return StatedOf(sight, "CertificateRotationRestart") == Value(false);
}

bool RetentionCrossesZero(const Value& from, const Value& to) {
  return (IntegerOf(from).value_or(0) == 0) != (IntegerOf(to).value_or(0) == 0);
}

}  // namespace rdsteady::model::db_instance
