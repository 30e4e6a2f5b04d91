// The guards, companions and checks that DBInstance's rows name, in sets. The names of rules are those that decisions
// show. Internal.
#pragma once

#include "model/kinds/db_instance_checks.h"
#include "model/kinds/db_instance_offers.h"
#include "model/kinds/db_instance_rules.h"
#include "model/kinds/kind.h"
#include "model/kinds/tables.h"

namespace rdsteady::model::db_instance {

// ---- guards ----------------------------------------------------------------------------------------------------

inline constexpr Guard kCluster = {"CLUSTER-MEMBER", "the cluster owns it", ClusterMember, Guard::Scope::kAlways};
inline constexpr Guard kBackupOwned = {"AWS-BACKUP-OWNS", "AWS Backup owns it", AwsBackupOwns};
inline constexpr Guard kGp3Iops = {"GP3-THRESHOLD", "gp3 of this size has a fixed baseline", IopsFixedByGp3,
                                   Guard::Scope::kAlways};
inline constexpr Guard kGp3Throughput = {"GP3-THRESHOLD", "gp3 of this size has a fixed baseline", ThroughputFixedByGp3,
                                         Guard::Scope::kAlways};
inline constexpr Guard kNotGp3 = {"GP3-THRESHOLD", "only gp3 has a throughput of its own", ThroughputNotGp3,
                                  Guard::Scope::kAlways};
inline constexpr Guard kMultiAZ = {"MULTIAZ-AZ", "a failover swaps the zones", StaysOnMultiAZ};
inline constexpr Guard kNotMonitored = {"MONITORING-PAIR", "monitoring is off", MonitoringOff, Guard::Scope::kAlways};
inline constexpr Guard kNoInsights = {"PI-TRIO", "Performance Insights is off", PerformanceInsightsOff,
                                      Guard::Scope::kAlways};
inline constexpr Guard kCustom = {"CUSTOM", "RDS Custom ignores it", Custom, Guard::Scope::kAlways};
inline constexpr Guard kInherited = {"REPLICA-INHERIT", "it comes from the source", Inherited};
inline constexpr Guard kMagnetic = {"TYPE-MAGNETIC", "AWS moves magnetic volumes to gp3 by itself", MagneticMigrated};
inline constexpr Guard kNoTimezone = {"TIMEZONE", "the engine reports none", TimezoneNotReported};
inline constexpr Guard kTenant = {"MULTI-TENANT", "it belongs to the tenant database", MovedToTenant};
inline constexpr Guard kAurora = {"ENGINE-ALIAS", "aurora is the old name of aurora-mysql", AuroraAlias};
inline constexpr Guard kUnmanaged = {"PASSWORD-MODE", "the password is not managed", PasswordNotManaged,
                                     Guard::Scope::kAlways};
inline constexpr Guard kSqlServerStorage = {"SQLSERVER-STORAGE", "SQL Server takes it by a modification afterwards",
                                            SqlServerStorageLater, Guard::Scope::kBirth};
inline constexpr Guard kMirroringLater = {"SQLSERVER-MIRRORING", "SQL Server takes it by a modification afterwards",
                                          SqlServerMirroringLater, Guard::Scope::kBirth};
inline constexpr Guard kReplicaGroup = {"REPLICA-INHERIT", "a replica takes it by a modification afterwards",
                                        ReplicaGroupLater, Guard::Scope::kBirth};
inline constexpr Guard kManagedLater = {"PASSWORD-MODE", "it is turned on by a modification after the restore",
                                        ManagedPasswordLater, Guard::Scope::kBirth};
inline constexpr Guard kRestoredName = {"DBNAME", "this engine restores the name with the data", RestoredNameFixed,
                                        Guard::Scope::kBirth};

inline constexpr Guard kOfCluster[] = {kCluster};
inline constexpr Guard kOfBackup[] = {kCluster, kBackupOwned};
inline constexpr Guard kOfStorage[] = {kCluster, kSqlServerStorage};
inline constexpr Guard kOfStorageType[] = {kCluster, kMagnetic, kSqlServerStorage};
inline constexpr Guard kOfIops[] = {kCluster, kGp3Iops, kSqlServerStorage};
inline constexpr Guard kOfThroughput[] = {kCluster, kNotGp3, kGp3Throughput, kSqlServerStorage};
inline constexpr Guard kOfZone[] = {kMultiAZ};
inline constexpr Guard kOfMonitoring[] = {kCustom};
inline constexpr Guard kOfMonitoringRole[] = {kCustom, kNotMonitored};
inline constexpr Guard kOfInsights[] = {kCustom};
inline constexpr Guard kOfInsightsDetail[] = {kCustom, kNoInsights};
inline constexpr Guard kOfGroup[] = {kCustom, kReplicaGroup};
inline constexpr Guard kOfClusterAndCustom[] = {kCluster, kCustom};
inline constexpr Guard kOfMultiAZ[] = {kCluster, kCustom, kMirroringLater};
inline constexpr Guard kOfUsername[] = {kCluster, kTenant, kInherited};
inline constexpr Guard kOfDatabaseName[] = {kCluster, kTenant, kRestoredName};
inline constexpr Guard kOfCharacterSet[] = {kCluster, kTenant};
inline constexpr Guard kOfTenant[] = {kTenant};
inline constexpr Guard kOfTimezone[] = {kNoTimezone};
inline constexpr Guard kOfEngine[] = {kAurora};
inline constexpr Guard kOfManaged[] = {kCluster, kManagedLater};
inline constexpr Guard kOfSecretKey[] = {kCluster, kUnmanaged, kManagedLater};

// ---- companions ------------------------------------------------------------------------------------------------

inline constexpr Companion kWithStorage[] = {{"Iops", IopsWithGrowth}};
inline constexpr Companion kWithIops[] = {{"AllocatedStorage", Provisioned}};
inline constexpr Companion kWithThroughput[] = {{"AllocatedStorage", Provisioned}, {"Iops", IopsWithGrowth}};
inline constexpr Companion kWithStorageType[] = {
    {"AllocatedStorage", IopsWithType}, {"Iops", IopsWithType}, {"StorageThroughput", ThroughputWithType}};
inline constexpr Companion kWithMonitoring[] = {{"MonitoringRoleArn", MonitoringOn}};
inline constexpr Companion kWithMonitoringRole[] = {{"MonitoringInterval"}};
inline constexpr Companion kWithInsights[] = {{"PerformanceInsightsKMSKeyId", PerformanceInsightsOn},
                                              {"PerformanceInsightsRetentionPeriod", PerformanceInsightsOn}};
inline constexpr Companion kWithInsightsKey[] = {{"EnablePerformanceInsights"},
                                                 {"PerformanceInsightsRetentionPeriod", PerformanceInsightsOn}};
inline constexpr Companion kWithInsightsRetention[] = {{"EnablePerformanceInsights"},
                                                       {"PerformanceInsightsKMSKeyId", PerformanceInsightsOn}};
inline constexpr Companion kWithInsightsMode[] = {{"EnablePerformanceInsights"},
                                                  {"PerformanceInsightsKMSKeyId", PerformanceInsightsOn},
                                                  {"PerformanceInsightsRetentionPeriod", PerformanceInsightsOn}};
inline constexpr Companion kWithDomain[] = {{"DomainIAMRoleName", DomainByRole}};
inline constexpr Companion kWithDomainRole[] = {{"Domain"}};
inline constexpr Companion kWithDomainFqdn[] = {{"DomainAuthSecretArn"}, {"DomainDnsIps"}, {"DomainOu"}};
inline constexpr Companion kWithDomainOu[] = {{"DomainAuthSecretArn"}, {"DomainDnsIps"}, {"DomainFqdn"}};
inline constexpr Companion kWithDomainSecret[] = {{"DomainDnsIps"}, {"DomainFqdn"}, {"DomainOu"}};
inline constexpr Companion kWithDomainDns[] = {{"DomainAuthSecretArn"}, {"DomainFqdn"}, {"DomainOu"}};
inline constexpr Companion kWithBackupWindow[] = {{"PreferredMaintenanceWindow", MaintenanceWindowMovesToo}};
inline constexpr Companion kWithMaintenanceWindow[] = {{"PreferredBackupWindow", BackupWindowMovesToo}};
inline constexpr Companion kWithVersion[] = {{"AllowMajorVersionUpgrade", CrossesMajorVersion},
                                             {"DBParameterGroupName", GroupWithMajor, true},
                                             {"OptionGroupName", OptionGroupWithMajor, true}};
inline constexpr Companion kWithCertificate[] = {{"CertificateRotationRestart"}};
inline constexpr Companion kWithClass[] = {{"ProcessorFeatures", ProcessorFeaturesOfClass},
                                           {"DBCapacityReservationIdentifier", Reserved}};
inline constexpr Companion kWithReservation[] = {{"DBCapacityReservationIdentifier", Reserved}};
inline constexpr Companion kWithManaged[] = {{"MasterUserPassword", TurnsManagementOff},
                                             {"MasterUserSecretKmsKeyId", TurnsManagementOn}};
inline constexpr Companion kWithSecretKey[] = {{"ManageMasterUserPassword"}};
inline constexpr Companion kWithAutomation[] = {{"ResumeFullAutomationModeMinutes", PausesAutomation}};
inline constexpr Companion kWithTde[] = {{"TdeCredentialPassword"}};

// ---- checks ----------------------------------------------------------------------------------------------------

inline constexpr std::string_view kSeeVersions =
    "`rdsteady call DescribeDBEngineVersions Engine=...` lists what is offered";
inline constexpr std::string_view kSeeOptions =
    "`rdsteady call DescribeOrderableDBInstanceOptions Engine=... DBInstanceClass=...` lists what is offered";

inline constexpr Check kVolumeChecks[] = {
    {.rule = "NEVER-DELETE",
     .objection = ObjectionToVolumeRemoval,
     .advice =
         "empty it, then remove it yourself with `rdsteady call ModifyDBInstance`, and take it out of the manifest",
     .offline = true},
    {.rule = "GROW-ONLY",
     .objection = ObjectionToVolumeShrink,
     .advice = "state at least its live size, or move its data to a new volume"},
};
inline constexpr Check kStorageChecks[] = {
    {.rule = "GROW-ONLY",
     .objection = ObjectionToShrink,
     .advice = "state at least the live size; a smaller database is a new one, filled by dump and load"},
    {.rule = "SIZE-RANGES", .objection = ObjectionToSize, .offline = true},
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kAllocatedStorage>, .advice = kSeeOptions},
};
inline constexpr Check kZoneChecks[] = {
    {.rule = "MULTIAZ-AZ",
     .objection = ObjectionToZoneOfMultiAZ,
     .advice = "leave AvailabilityZone out: RDS chooses two",
     .offline = true,
     .at_birth = true},
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kAvailabilityZone>, .advice = kSeeOptions},
};
inline constexpr Check kRetentionChecks[] = {
    {.rule = "RETENTION-ZERO",
     .objection = ObjectionToZeroRetention,
     .advice = "remove the replicas first, or keep at least one day",
     .offline = true},
};
inline constexpr Check kReservationChecks[] = {
    {.rule = "RESERVATION",
     .objection = ObjectionToLoneReservation,
     .advice = "state it together with the change that moves the instance"},
};
inline constexpr Check kNameChecks[] = {
    {.rule = "DBNAME", .objection = ObjectionToDatabaseName, .offline = true, .at_birth = true},
};
inline constexpr Check kSubnetChecks[] = {
    {.rule = "SUBNET-SAME-VPC",
     .objection = ObjectionToSubnetGroupMove,
     .advice = "change the subnets of the group, or restore a snapshot into the other group under a new name"},
};
inline constexpr Check kDnsChecks[] = {
    {.rule = "DOMAIN-DNS",
     .objection = ObjectionToDnsAddresses,
     .advice = "with one domain controller, state its address twice",
     .offline = true},
};
inline constexpr Check kEngineChecks[] = {
    {.rule = "ENGINE-FIXED",
     .objection = ObjectionToEngineChange,
     .advice = "restore a snapshot with the other engine under a new name, or migrate the data"},
};
inline constexpr Check kVersionChecks[] = {
    {.rule = "VERSION-FLOOR",
     .objection = ObjectionToDowngrade,
     .advice = "state the live version or a newer one; older data live in snapshots"},
    {.rule = "MAJOR-UPGRADE",
     .objection = ObjectionToMajorWithoutConsent,
     .advice = "state AllowMajorVersionUpgrade: true beside EngineVersion"},
    {.rule = "MAJOR-UPGRADE",
     .objection = ObjectionToMajorWithOldGroup,
     .advice = "state a DBParameterGroupName of the new version's family beside EngineVersion"},
    {.rule = "MAJOR-UPGRADE",
     .objection = ObjectionToMajorWithOldOptionGroup,
     .advice = "state an OptionGroupName of the new major version beside EngineVersion"},
    {.rule = "VERSION-OFFERED", .objection = ObjectionToUnknownVersion, .advice = kSeeVersions},
    {.rule = "UPGRADE-PATH", .objection = ObjectionToUpgradePath, .hint = UpgradeTargetsHint},
    {.rule = "ORDERABLE", .objection = ObjectionToClassOfVersion, .advice = kSeeOptions},
};
inline constexpr Check kIopsChecks[] = {
    {.rule = "GP3-THRESHOLD",
     .objection = ObjectionToGp3Iops,
     .advice = "leave Iops out, or grow AllocatedStorage beyond the threshold",
     .offline = true},
    {.rule = "IO-RATIO", .objection = ObjectionToIopsRatio, .offline = true},
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kIops>, .advice = kSeeOptions},
};
inline constexpr Check kThroughputChecks[] = {
    {.rule = "GP3-THRESHOLD",
     .objection = ObjectionToGp3Throughput,
     .advice = "leave StorageThroughput out, or use gp3 beyond the threshold",
     .offline = true},
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kStorageThroughput>, .advice = kSeeOptions},
};
inline constexpr Check kStorageTypeChecks[] = {
    {.rule = "IOPS-REQUIRED",
     .objection = ObjectionToMissingIops,
     .advice = "state Iops beside StorageType",
     .offline = true,
     .at_birth = true},
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kStorageType>, .advice = kSeeOptions},
};
inline constexpr Check kManagedChecks[] = {
    {.rule = "PASSWORD-MODE", .objection = ObjectionToLeavingManaged, .advice = "state MasterUserPassword beside it"},
};
inline constexpr Check kSecretKeyChecks[] = {
    {.rule = "PASSWORD-MODE",
     .objection = ObjectionToSecretKey,
     .advice = "turn management off and on again with the other key"},
};
inline constexpr Check kPasswordChecks[] = {
    {.rule = "PASSWORD-LIMITS", .objection = ObjectionToPassword, .offline = true},
    {.rule = "REPLICA-INHERIT",
     .objection = ObjectionToReplicaPassword,
     .advice = "leave MasterUserPassword out",
     .offline = true},
};
inline constexpr Check kUsernameChecks[] = {
    {.rule = "USERNAME", .objection = ObjectionToUsername, .offline = true, .at_birth = true},
};
inline constexpr Check kLimitChecks[] = {
    {.rule = "AUTOSCALE-LIMIT",
     .objection = ObjectionToAutoscaleLimit,
     .advice = "raise it, or write null to switch autoscaling off",
     .offline = true},
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kAutoscaling>, .advice = kSeeOptions},
};
inline constexpr Check kIntervalChecks[] = {
    {.rule = "MONITORING-INTERVAL", .objection = ObjectionToMonitoringInterval, .offline = true},
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kMonitoring>, .advice = kSeeOptions},
};
inline constexpr Check kTenantChecks[] = {
    {.rule = "MULTI-TENANT",
     .objection = ObjectionToLeavingMultiTenant,
     .advice = "restore a snapshot from before, under a new name"},
};
inline constexpr Check kInsightsKeyChecks[] = {
    {.rule = "PI-TRIO", .objection = ObjectionToInsightsKey, .advice = "leave it out, or state the live key"},
};
inline constexpr Check kInsightsRetentionChecks[] = {
    {.rule = "PI-TRIO", .objection = ObjectionToInsightsRetention, .offline = true},
};
inline constexpr Check kPortChecks[] = {
    {.rule = "PORT", .objection = ObjectionToPort, .offline = true},
};
inline constexpr Check kBackupWindowChecks[] = {
    {.rule = "WINDOW-FORMAT",
     .objection = ObjectionToBackupWindow,
     .advice = "in UTC, at least half an hour: 03:00-03:30",
     .offline = true},
};
inline constexpr Check kMaintenanceWindowChecks[] = {
    {.rule = "WINDOW-FORMAT",
     .objection = ObjectionToMaintenanceWindow,
     .advice = "in UTC, at least half an hour: sun:05:00-sun:05:30",
     .offline = true},
};
inline constexpr Check kSecurityGroupChecks[] = {
    {.rule = "SG-NO-EMPTY",
     .objection = ObjectionToNoSecurityGroups,
     .advice = "state at least one group, or leave the property out",
     .offline = true},
};
inline constexpr Check kAutoMinorChecks[] = {
    {.rule = "CUSTOM", .objection = ObjectionToCustomAutoMinor, .offline = true},
};
inline constexpr Check kProfileChecks[] = {
    {.rule = "CUSTOM", .objection = ObjectionToCustomProfile, .offline = true},
};
inline constexpr Check kClassChecks[] = {
    {.rule = "ORDERABLE", .objection = ObjectionToClass, .advice = kSeeOptions},
    {.rule = "CLASS-AND-VERSION",
     .objection = ObjectionToClassBeforeVersion,
     .advice = "upgrade first, and change the class in another run"},
};
inline constexpr Check kParameterGroupChecks[] = {
    {.rule = "GROUP-FAMILY",
     .objection = ObjectionToGroupFamily,
     .advice = "state a parameter group of the version's family"},
};
inline constexpr Check kLogChecks[] = {
    {.rule = "LOG-TYPES", .objection = ObjectionToLogTypes, .advice = kSeeVersions},
};
inline constexpr Check kCertificateChecks[] = {
    {.rule = "CERT", .objection = ObjectionToCertificate, .advice = kSeeVersions},
};
inline constexpr Check kSnapshotChecks[] = {
    {.rule = "EXTERNAL",
     .objection = ObjectionToMissingSnapshot,
     .advice = "correct the name, or state the ARN of a shared snapshot"},
};
inline constexpr Check kOptionGroupChecks[] = {
    {.rule = "EXTERNAL",
     .objection = ObjectionToMissingOptionGroup,
     .advice = "state an option group of the engine and its major version"},
};
inline constexpr Check kSourceChecks[] = {
    {.rule = "REPLICA-SOURCE",
     .objection = ObjectionToReplicaSource,
     .advice = "give the source a BackupRetentionPeriod above 0, or remove replicas that are no longer needed"},
};
inline constexpr Check kRestoreChecks[] = {
    {.rule = "RESTORE-SOURCE",
     .objection = ObjectionToRestoreSource,
     .advice = "state a time that the source's automated backups reach, or restore a snapshot"},
};
inline constexpr Check kMultiAZChecks[] = {
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kMultiAZ>, .advice = kSeeOptions},
};
inline constexpr Check kEncryptionChecks[] = {
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kStorageEncrypted>, .advice = kSeeOptions},
};
inline constexpr Check kInsightsChecks[] = {
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kPerformanceInsights>, .advice = kSeeOptions},
};
inline constexpr Check kIamChecks[] = {
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kIamAuthentication>, .advice = kSeeOptions},
};
inline constexpr Check kDomainChecks[] = {
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kDomain>, .advice = kSeeOptions},
};
inline constexpr Check kLogVolumeChecks[] = {
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kDedicatedLogVolume>, .advice = kSeeOptions},
};
inline constexpr Check kNetworkChecks[] = {
    {.rule = "ORDERABLE", .objection = NotOffered<Offer::kNetworkType>, .advice = kSeeOptions},
};
}  // namespace rdsteady::model::db_instance
