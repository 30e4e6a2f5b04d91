// The rules of DBInstance that its rows name: when a property is left out, and what rides along. Internal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/kinds/kind.h"

namespace rdsteady::model::db_instance {

// ---- what is known of the instance ---------------------------------------------------------------------------------
// The GiB below which gp3 has a fixed baseline; 0: none. nullopt: the engine is not known.
[[nodiscard]] std::optional<std::int64_t> Gp3Threshold(const std::string& engine);
// As it will be: type in lower case (empty: not known), size the larger of stated and live.
[[nodiscard]] std::string StorageTypeOf(const Sight& sight);
[[nodiscard]] std::optional<std::int64_t> StorageSizeOf(const Sight& sight);
[[nodiscard]] bool IsReplicaBirth(const Sight& sight);
[[nodiscard]] bool IsRestoreBirth(const Sight& sight);
[[nodiscard]] bool IsReplica(const Sight& sight);
[[nodiscard]] bool IsManaged(const Sight& sight);  // the master password, as it will be
[[nodiscard]] bool CrossesMajorVersion(const Sight& sight);

// ---- guards --------------------------------------------------------------------------------------------------------
[[nodiscard]] bool ClusterMember(const Sight& sight);
[[nodiscard]] bool AwsBackupOwns(const Sight& sight);
[[nodiscard]] bool IopsFixedByGp3(const Sight& sight);
[[nodiscard]] bool ThroughputFixedByGp3(const Sight& sight);
[[nodiscard]] bool ThroughputNotGp3(const Sight& sight);
[[nodiscard]] bool OnMultiAZ(const Sight& sight);
[[nodiscard]] bool StaysOnMultiAZ(const Sight& sight);
[[nodiscard]] bool MonitoringOff(const Sight& sight);
[[nodiscard]] bool PerformanceInsightsOff(const Sight& sight);
[[nodiscard]] bool Custom(const Sight& sight);
[[nodiscard]] bool Inherited(const Sight& sight);
[[nodiscard]] bool MagneticMigrated(const Sight& sight);
[[nodiscard]] bool TimezoneNotReported(const Sight& sight);
[[nodiscard]] bool MovedToTenant(const Sight& sight);
[[nodiscard]] bool AuroraAlias(const Sight& sight);
[[nodiscard]] bool PasswordNotManaged(const Sight& sight);
[[nodiscard]] bool SqlServerStorageLater(const Sight& sight);
[[nodiscard]] bool SqlServerMirroringLater(const Sight& sight);
[[nodiscard]] bool ReplicaGroupLater(const Sight& sight);
[[nodiscard]] bool ManagedPasswordLater(const Sight& sight);
[[nodiscard]] bool RestoredNameFixed(const Sight& sight);

// ---- companions: when the other property is needed
// -------------------------------------------------------------------
[[nodiscard]] bool Provisioned(const Sight& sight);
[[nodiscard]] bool IopsWithGrowth(const Sight& sight);
[[nodiscard]] bool IopsWithType(const Sight& sight);
[[nodiscard]] bool ThroughputWithType(const Sight& sight);
[[nodiscard]] bool MonitoringOn(const Sight& sight);
[[nodiscard]] bool PerformanceInsightsOn(const Sight& sight);
[[nodiscard]] bool BackupWindowMovesToo(const Sight& sight);
[[nodiscard]] bool MaintenanceWindowMovesToo(const Sight& sight);
[[nodiscard]] bool GroupWithMajor(const Sight& sight);
[[nodiscard]] bool OptionGroupWithMajor(const Sight& sight);
[[nodiscard]] bool SelfManagedDomain(const Sight& sight);
[[nodiscard]] bool DomainByRole(const Sight& sight);
[[nodiscard]] bool ProcessorFeaturesOfClass(const Sight& sight);
[[nodiscard]] bool Reserved(const Sight& sight);
[[nodiscard]] bool TurnsManagementOn(const Sight& sight);
[[nodiscard]] bool TurnsManagementOff(const Sight& sight);
[[nodiscard]] bool PausesAutomation(const Sight& sight);
[[nodiscard]] bool CertificateWaitsForRestart(const Sight& sight);

// Crossing 0 waits for the window, other changes do not.
[[nodiscard]] bool RetentionCrossesZero(const Value& from, const Value& to);

}  // namespace rdsteady::model::db_instance
