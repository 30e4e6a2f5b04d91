#include "local/sim/setting_table.h"

#include <algorithm>

namespace rdsteady::local::sim {
namespace {

using enum Timing;
using enum Fold;

// Order is the order in which pending changes are applied.
constexpr SettingRow kRows[] = {
    // Birth only.
    {"DBName", "", "DBName", "", kFixed, ""},
    {"MasterUsername", "", "MasterUsername", "", kFixed, ""},
    {"AvailabilityZone", "", "AvailabilityZone", "", kFixed, ""},
    {"CharacterSetName", "", "CharacterSetName", "", kFixed, ""},
    {"NcharCharacterSetName", "", "NcharCharacterSetName", "", kFixed, ""},
    {"DBClusterIdentifier", "", "DBClusterIdentifier", "", kFixed, "", kLower},
    {"StorageEncrypted", "", "StorageEncrypted", "", kFixed, ""},
    {"KmsKeyId", "", "KmsKeyId", "", kFixed, "", kKmsKey},
    {"Timezone", "", "Timezone", "", kFixed, ""},
    {"BackupTarget", "", "BackupTarget", "", kFixed, "", kLower},
    {"CustomIamInstanceProfile", "", "CustomIamInstanceProfile", "", kFixed, ""},
    {"DBSystemId", "", "DBSystemId", "", kFixed, ""},

    // At once, seen at once.
    {"CopyTagsToSnapshot", "CopyTagsToSnapshot", "CopyTagsToSnapshot", "", kNow, ""},
    {"DeletionProtection", "DeletionProtection", "DeletionProtection", "", kNow, ""},
    {"MaxAllocatedStorage", "MaxAllocatedStorage", "MaxAllocatedStorage", "", kNow, "", kExact, kZeroIsUnset},
    {"PromotionTier", "PromotionTier", "PromotionTier", "", kNow, ""},
    {"EngineLifecycleSupport", "EngineLifecycleSupport", "EngineLifecycleSupport", "", kNow, ""},
    {"AwsBackupRecoveryPointArn", "AwsBackupRecoveryPointArn", "AwsBackupRecoveryPointArn", "", kNow, ""},
    {"AutoMinorVersionUpgrade", "AutoMinorVersionUpgrade", "AutoMinorVersionUpgrade", "", kNow, ""},
    {"PreferredBackupWindow", "PreferredBackupWindow", "PreferredBackupWindow", "", kNow, "", kWindow},
    {"PreferredMaintenanceWindow", "PreferredMaintenanceWindow", "PreferredMaintenanceWindow", "", kNow, "", kWindow},

    // At once, through a status of its own.
    {"MonitoringRoleArn", "MonitoringRoleArn", "MonitoringRoleArn", "", kNow, "configuring-enhanced-monitoring"},
    {"MonitoringInterval", "MonitoringInterval", "MonitoringInterval", "", kNow, "configuring-enhanced-monitoring"},
    {"EnablePerformanceInsights", "EnablePerformanceInsights", "PerformanceInsightsEnabled", "", kNow, "modifying"},
    {"PerformanceInsightsKMSKeyId", "PerformanceInsightsKMSKeyId", "PerformanceInsightsKMSKeyId", "", kNow, "modifying",
     kKmsKey},
    {"PerformanceInsightsRetentionPeriod", "PerformanceInsightsRetentionPeriod", "PerformanceInsightsRetentionPeriod",
     "", kNow, "modifying"},
    {"DatabaseInsightsMode", "DatabaseInsightsMode", "DatabaseInsightsMode", "", kNow, "modifying"},
    {"PubliclyAccessible", "PubliclyAccessible", "PubliclyAccessible", "", kNow, "modifying"},
    {"ReplicaMode", "ReplicaMode", "ReplicaMode", "", kNow, "modifying"},
    {"EnableCloudwatchLogsExports", "CloudwatchLogsExportConfiguration", "EnabledCloudwatchLogsExports", "", kNow,
     "configuring-log-exports"},
    {"Port", "DBPortNumber", "", "Port", kNow, "modifying", kExact, kRestarts},

    // In the window, or now when asked.
    {"AllocatedStorage", "AllocatedStorage", "AllocatedStorage", "AllocatedStorage", kDeferred, "modifying", kExact,
     kIsStorage},
    {"StorageType", "StorageType", "StorageType", "StorageType", kDeferred, "modifying", kLower, kIsStorage},
    {"Iops", "Iops", "Iops", "Iops", kDeferred, "modifying", kExact, kIsStorage | kZeroIsUnset},
    {"StorageThroughput", "StorageThroughput", "StorageThroughput", "StorageThroughput", kDeferred, "modifying", kExact,
     kIsStorage | kZeroIsUnset},
    {"DedicatedLogVolume", "DedicatedLogVolume", "DedicatedLogVolume", "DedicatedLogVolume", kDeferred, "modifying"},
    {"AdditionalStorageVolumes", "AdditionalStorageVolumes", "", "AdditionalStorageVolumes", kDeferred, "modifying"},
    {"DBInstanceClass", "DBInstanceClass", "DBInstanceClass", "DBInstanceClass", kDeferred, "modifying", kLower,
     kRestarts},
    {"ProcessorFeatures", "ProcessorFeatures", "ProcessorFeatures", "ProcessorFeatures", kDeferred, "modifying", kExact,
     kRestarts},
    {"LicenseModel", "LicenseModel", "LicenseModel", "LicenseModel", kDeferred, "modifying", kLower, kRestarts},
    {"MultiAZ", "MultiAZ", "MultiAZ", "MultiAZ", kDeferred, "modifying"},
    {"BackupRetentionPeriod", "BackupRetentionPeriod", "BackupRetentionPeriod", "BackupRetentionPeriod", kDeferred,
     "modifying"},
    {"OptionGroupName", "OptionGroupName", "", "", kDeferred, "modifying", kLower},
    {"CACertificateIdentifier", "CACertificateIdentifier", "CACertificateIdentifier", "CACertificateIdentifier",
     kDeferred, "modifying", kLower, kRestarts},
    {"NetworkType", "NetworkType", "NetworkType", "", kDeferred, "modifying"},
    {"EnableCustomerOwnedIp", "EnableCustomerOwnedIp", "CustomerOwnedIpEnabled", "", kDeferred, "modifying"},
    {"Domain", "Domain", "", "", kDeferred, "modifying"},
    {"DomainFqdn", "DomainFqdn", "", "", kDeferred, "modifying"},
    {"DomainOu", "DomainOu", "", "", kDeferred, "modifying"},
    {"DomainAuthSecretArn", "DomainAuthSecretArn", "", "", kDeferred, "modifying"},
    {"DomainDnsIps", "DomainDnsIps", "", "", kDeferred, "modifying"},
    {"DomainIAMRoleName", "DomainIAMRoleName", "", "", kDeferred, "modifying"},
    {"TdeCredentialArn", "TdeCredentialArn", "TdeCredentialArn", "", kDeferred, "modifying"},
    {"MultiTenant", "MultiTenant", "MultiTenant", "MultiTenant", kDeferred, "modifying"},
    {"DBCapacityReservationIdentifier", "DBCapacityReservationIdentifier", "DBCapacityReservationIdentifier",
     "DBCapacityReservationIdentifier", kDeferred, "modifying"},
    {"EnableIAMDatabaseAuthentication", "EnableIAMDatabaseAuthentication", "IAMDatabaseAuthenticationEnabled",
     "IAMDatabaseAuthenticationEnabled", kDeferred, "configuring-iam-database-auth"},
    {"DBSubnetGroupName", "DBSubnetGroupName", "", "DBSubnetGroupName", kDeferred, "moving-to-vpc", kLower, kRestarts},
    {"Engine", "Engine", "Engine", "Engine", kDeferred, "modifying", kLower, kRestarts},
    {"EngineVersion", "EngineVersion", "EngineVersion", "EngineVersion", kDeferred, "upgrading", kExact, kRestarts},

    // By name.
    {"DBInstanceIdentifier", "NewDBInstanceIdentifier", "", "DBInstanceIdentifier", kSpecial, "renaming", kLower,
     kRestarts},
    {"MasterUserPassword", "MasterUserPassword", "", "MasterUserPassword", kSpecial, "resetting-master-credentials"},
    {"DBParameterGroupName", "DBParameterGroupName", "", "", kSpecial, "", kLower},
    {"VpcSecurityGroupIds", "VpcSecurityGroupIds", "", "", kSpecial, ""},
    {"ManageMasterUserPassword", "ManageMasterUserPassword", "", "", kSpecial, ""},
    {"MasterUserSecretKmsKeyId", "MasterUserSecretKmsKeyId", "", "", kSpecial, "", kKmsKey},
};

}  // namespace

std::span<const SettingRow> SettingRows() {
  return kRows;
}

const SettingRow* FindSetting(std::string_view setting) {
  const auto* found = std::ranges::find(kRows, setting, &SettingRow::setting);
  return found == std::end(kRows) ? nullptr : found;
}

}  // namespace rdsteady::local::sim
