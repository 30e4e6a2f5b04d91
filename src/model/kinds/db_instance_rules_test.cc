// Guards and companions, each test named for its rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/kinds/judge.h"
#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// The rule that takes the property out, or an empty text.
std::string Held(std::string_view property, const Properties& desired, const Properties& live, Purpose purpose) {
  const Value answer = live.empty() ? Value() : Value(live);
  const Guard* guard = HeldBy(*FindProperty(kDBInstance, property), {.desired = desired, .live = answer}, purpose);
  return guard == nullptr ? std::string() : std::string(guard->rule);
}

std::string NotCompared(std::string_view property, const Properties& desired, const Properties& live) {
  return Held(property, desired, live, Purpose::kCompare);
}

std::string NotSent(std::string_view property, const Properties& desired) {
  return Held(property, desired, {}, Purpose::kSendAtBirth);
}

std::vector<std::string_view> RidingWith(std::string_view property, const Properties& desired, const Properties& live) {
  const Value answer(live);
  const Sight sight{.desired = desired, .live = answer};
  std::vector<std::string_view> names;
  for (const Companion& companion : FindProperty(kDBInstance, property)->companions) {
    if (companion.needed == nullptr || companion.needed(sight)) names.push_back(companion.property);
  }
  return names;
}

TEST(GuardTest, CLUSTER_MEMBER) {
  const Properties member = {{"Engine", "aurora-mysql"}, {"DBClusterIdentifier", "orders"}};
  for (const char* name : {"AllocatedStorage",
                           "StorageType",
                           "Iops",
                           "StorageThroughput",
                           "MaxAllocatedStorage",
                           "BackupRetentionPeriod",
                           "PreferredBackupWindow",
                           "MasterUsername",
                           "MasterUserPassword",
                           "ManageMasterUserPassword",
                           "DBName",
                           "Port",
                           "VpcSecurityGroupIds",
                           "OptionGroupName",
                           "EngineVersion",
                           "EnableIAMDatabaseAuthentication",
                           "StorageEncrypted",
                           "KmsKeyId",
                           "DeletionProtection",
                           "CopyTagsToSnapshot",
                           "MultiAZ",
                           "EnableCloudwatchLogsExports",
                           "Domain",
                           "DatabaseInsightsMode",
                           "CharacterSetName",
                           "EngineLifecycleSupport",
                           "LicenseModel"}) {
    EXPECT_EQ(NotCompared(name, {}, member), "CLUSTER-MEMBER") << name;
    EXPECT_EQ(NotSent(name, member), "CLUSTER-MEMBER") << name;
    EXPECT_NE(NotCompared(name, {{name, 1}}, {{"Engine", "postgres"}}), "CLUSTER-MEMBER") << name;
  }
  for (const char* name : {"DBInstanceClass", "PubliclyAccessible", "DBParameterGroupName",
                           "PreferredMaintenanceWindow", "AutoMinorVersionUpgrade", "MonitoringInterval",
                           "EnablePerformanceInsights", "PromotionTier", "CACertificateIdentifier", "Tags"}) {
    EXPECT_EQ(NotCompared(name, {}, member), "") << name;
  }
}

TEST(GuardTest, AWS_BACKUP_OWNS) {
  const Properties owned = {{"Engine", "mysql"}, {"AwsBackupRecoveryPointArn", "arn:aws:backup:x"}};
  EXPECT_EQ(NotCompared("BackupRetentionPeriod", {}, owned), "AWS-BACKUP-OWNS");
  EXPECT_EQ(NotCompared("PreferredBackupWindow", {}, owned), "AWS-BACKUP-OWNS");
  EXPECT_EQ(NotCompared("PreferredMaintenanceWindow", {}, owned), "");
  EXPECT_EQ(NotCompared("BackupRetentionPeriod", {}, {{"Engine", "mysql"}}), "");
}

TEST(GuardTest, GP3_THRESHOLD) {
  const auto held = [](const char* property, const char* engine, int size, int stated, const char* type = "gp3") {
    return NotCompared(property, {{property, stated}},
                       {{"Engine", engine}, {"StorageType", type}, {"AllocatedStorage", size}});
  };
  EXPECT_EQ(held("Iops", "postgres", 399, 3000), "GP3-THRESHOLD");
  EXPECT_EQ(held("Iops", "postgres", 399, 0), "GP3-THRESHOLD");
  EXPECT_EQ(held("Iops", "postgres", 399, 6000), "");  // and a check objects
  EXPECT_EQ(held("Iops", "postgres", 400, 3000), "");
  EXPECT_EQ(held("Iops", "oracle-ee", 199, 3000), "GP3-THRESHOLD");
  EXPECT_EQ(held("Iops", "oracle-ee", 200, 3000), "");
  EXPECT_EQ(held("Iops", "db2-se", 399, 3000), "GP3-THRESHOLD");
  EXPECT_EQ(held("Iops", "sqlserver-ex", 50, 3000), "");
  EXPECT_EQ(held("Iops", "postgres", 100, 3000, "io1"), "");
  EXPECT_EQ(held("StorageThroughput", "mysql", 100, 125), "GP3-THRESHOLD");
  EXPECT_EQ(held("StorageThroughput", "mysql", 500, 125), "");
  EXPECT_EQ(held("StorageThroughput", "mysql", 500, 0, "gp2"), "GP3-THRESHOLD");
  // Grown past the threshold by autoscaling: the baseline was stated for what it was before.
  EXPECT_EQ(
      NotCompared(
          "Iops", {{"Iops", 3000}},
          {{"Engine", "mysql"}, {"StorageType", "gp3"}, {"AllocatedStorage", 800}, {"MaxAllocatedStorage", 5000}}),
      "GP3-THRESHOLD");
  EXPECT_EQ(
      NotCompared("Iops", {{"Iops", 3000}}, {{"Engine", "mysql"}, {"StorageType", "gp3"}, {"AllocatedStorage", 800}}),
      "");
  // The size that will be counts, not the live one.
  EXPECT_EQ(NotCompared("Iops", {{"Iops", 3000}, {"AllocatedStorage", 500}},
                        {{"Engine", "mysql"}, {"StorageType", "gp3"}, {"AllocatedStorage", 100}}),
            "");
  EXPECT_EQ(NotSent("Iops", {{"Engine", "mysql"}, {"StorageType", "gp3"}, {"AllocatedStorage", 20}, {"Iops", 3000}}),
            "GP3-THRESHOLD");
}

TEST(GuardTest, MULTIAZ_AZ) {
  const Properties zone = {{"AvailabilityZone", "us-east-1a"}};
  EXPECT_EQ(NotCompared("AvailabilityZone", zone, {{"MultiAZ", true}}), "MULTIAZ-AZ");
  EXPECT_EQ(NotCompared("AvailabilityZone", zone, {{"PendingModifiedValues", Properties{{"MultiAZ", true}}}}),
            "MULTIAZ-AZ");
  EXPECT_EQ(NotCompared("AvailabilityZone", {{"AvailabilityZone", "a"}, {"MultiAZ", true}}, {{"MultiAZ", false}}),
            "MULTIAZ-AZ");
  EXPECT_EQ(NotCompared("AvailabilityZone", zone, {{"MultiAZ", false}}), "");
  // What leaves Multi-AZ stays where it is: another zone is refused before the first call.
  EXPECT_EQ(NotCompared("AvailabilityZone", {{"AvailabilityZone", "a"}, {"MultiAZ", false}}, {{"MultiAZ", true}}), "");
}

TEST(GuardTest, MONITORING_PAIR) {
  EXPECT_EQ(NotCompared("MonitoringRoleArn", {{"MonitoringInterval", 0}}, {{"MonitoringInterval", 60}}),
            "MONITORING-PAIR");
  EXPECT_EQ(NotCompared("MonitoringRoleArn", {}, {{"Engine", "mysql"}}), "MONITORING-PAIR");
  EXPECT_EQ(NotCompared("MonitoringRoleArn", {}, {{"MonitoringInterval", 60}}), "");
  EXPECT_EQ(NotSent("MonitoringRoleArn", {{"MonitoringInterval", 0}}), "MONITORING-PAIR");
  EXPECT_EQ(NotSent("MonitoringRoleArn", {{"MonitoringInterval", 5}}), "");
}

TEST(GuardTest, PI_TRIO) {
  for (const char* name : {"PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod"}) {
    EXPECT_EQ(NotCompared(name, {}, {{"PerformanceInsightsEnabled", false}}), "PI-TRIO");
    EXPECT_EQ(NotCompared(name, {}, {{"PerformanceInsightsEnabled", true}}), "");
    EXPECT_EQ(NotCompared(name, {{"EnablePerformanceInsights", false}}, {{"PerformanceInsightsEnabled", true}}),
              "PI-TRIO");
    EXPECT_EQ(NotSent(name, {{"Engine", "mysql"}}), "PI-TRIO");
  }
}

TEST(GuardTest, CUSTOM) {
  const Properties custom = {{"Engine", "custom-oracle-ee"}};
  for (const char* name : {"DBParameterGroupName", "OptionGroupName", "VpcSecurityGroupIds", "MultiAZ",
                           "EnablePerformanceInsights", "MonitoringInterval", "MonitoringRoleArn"}) {
    EXPECT_EQ(NotCompared(name, {}, custom), "CUSTOM") << name;
  }
  EXPECT_EQ(NotCompared("AllocatedStorage", {}, custom), "");
}

TEST(GuardTest, REPLICA_INHERIT) {
  EXPECT_EQ(NotCompared("MasterUsername", {}, {{"ReadReplicaSourceDBInstanceIdentifier", "orders"}}),
            "REPLICA-INHERIT");
  EXPECT_EQ(NotCompared("MasterUsername", {{"DBSnapshotIdentifier", "s"}}, {{"Engine", "mysql"}}), "REPLICA-INHERIT");
  EXPECT_EQ(NotCompared("MasterUsername", {}, {{"Engine", "mysql"}}), "");
  // The replica call takes a group for Oracle, for MySQL of another region, and from a cluster.
  const std::string elsewhere = "arn:aws:rds:eu-west-1:123456789012:db:orders";
  EXPECT_EQ(NotSent("DBParameterGroupName", {{"SourceDBInstanceIdentifier", "orders"}}), "REPLICA-INHERIT");
  EXPECT_EQ(NotSent("DBParameterGroupName", {{"Engine", "oracle-ee"}, {"SourceDBInstanceIdentifier", "orders"}}), "");
  EXPECT_EQ(NotSent("DBParameterGroupName", {{"Engine", "mysql"}, {"SourceDBInstanceIdentifier", elsewhere}}), "");
  EXPECT_EQ(NotSent("DBParameterGroupName", {{"Engine", "postgres"}, {"SourceDBInstanceIdentifier", elsewhere}}),
            "REPLICA-INHERIT");
  EXPECT_EQ(NotSent("DBParameterGroupName", {{"SourceDBClusterIdentifier", "orders"}}), "");
  EXPECT_EQ(NotCompared("DBParameterGroupName", {{"SourceDBInstanceIdentifier", "orders"}}, {{"Engine", "mysql"}}), "");
}

TEST(GuardTest, SQLSERVER_STORAGE) {
  const Properties restore = {{"Engine", "sqlserver-ex"}, {"DBSnapshotIdentifier", "s"}};
  for (const char* name : {"AllocatedStorage", "Iops", "StorageThroughput", "StorageType"}) {
    EXPECT_EQ(NotSent(name, restore), "SQLSERVER-STORAGE") << name;
    EXPECT_EQ(NotSent(name, {{"Engine", "sqlserver-ex"}, {"AllocatedStorage", 20}}), "") << name;
    EXPECT_EQ(NotSent(name, {{"Engine", "postgres"}, {"DBSnapshotIdentifier", "s"}}), "") << name;
  }
  EXPECT_EQ(NotSent("MultiAZ", restore), "SQLSERVER-MIRRORING");
}

TEST(GuardTest, TYPE_MAGNETIC) {
  EXPECT_EQ(NotCompared("StorageType", {{"StorageType", "standard"}}, {{"StorageType", "gp3"}}), "TYPE-MAGNETIC");
  EXPECT_EQ(NotCompared("StorageType", {{"StorageType", "standard"}}, {{"StorageType", "gp2"}}), "");
}

TEST(GuardTest, TimezoneIsComparedWhereItIsReported) {
  EXPECT_EQ(NotCompared("Timezone", {{"Timezone", "UTC"}}, {{"Engine", "mysql"}}), "TIMEZONE");
  EXPECT_EQ(NotCompared("Timezone", {{"Timezone", "UTC"}}, {{"Engine", "sqlserver-ex"}}), "");
  EXPECT_EQ(NotCompared("Timezone", {{"Timezone", "UTC"}}, {{"Engine", "mysql"}, {"Timezone", "Asia/Tokyo"}}), "");
}

TEST(GuardTest, MULTI_TENANT_MovesNamesToTheTenant) {
  for (const char* name : {"DBName", "MasterUsername", "CharacterSetName", "NcharCharacterSetName"}) {
    EXPECT_EQ(NotCompared(name, {}, {{"Engine", "oracle-ee-cdb"}, {"MultiTenant", true}}), "MULTI-TENANT") << name;
  }
}

TEST(GuardTest, TheOldNameOfAuroraMySqlIsNoChange) {
  EXPECT_EQ(NotCompared("Engine", {{"Engine", "aurora"}}, {{"Engine", "aurora-mysql"}}), "ENGINE-ALIAS");
  EXPECT_EQ(NotCompared("Engine", {{"Engine", "mysql"}}, {{"Engine", "aurora-mysql"}}), "");
}

// ---- companions ----------------------------------------------------------------------------------------------------

TEST(CompanionTest, COMPANION_STORAGE) {
  const auto live = [](const char* type, int size) {
    return Properties{{"Engine", "postgres"}, {"StorageType", type}, {"AllocatedStorage", size}, {"Iops", 12000}};
  };
  EXPECT_THAT(RidingWith("AllocatedStorage", {{"AllocatedStorage", 600}}, live("gp3", 500)), ElementsAre("Iops"));
  EXPECT_THAT(RidingWith("AllocatedStorage", {{"AllocatedStorage", 600}}, live("io1", 100)), ElementsAre("Iops"));
  EXPECT_THAT(RidingWith("AllocatedStorage", {{"AllocatedStorage", 200}}, live("gp3", 100)), IsEmpty());
  EXPECT_THAT(RidingWith("AllocatedStorage", {{"AllocatedStorage", 200}}, live("gp2", 100)), IsEmpty());
  // Growing over the threshold: the live baseline is not an allowed value above it.
  EXPECT_THAT(RidingWith("AllocatedStorage", {{"AllocatedStorage", 400}}, live("gp3", 100)), IsEmpty());
  EXPECT_THAT(RidingWith("AllocatedStorage", {{"AllocatedStorage", 400}, {"Iops", 14000}}, live("gp3", 100)),
              ElementsAre("Iops"));
  EXPECT_THAT(RidingWith("Iops", {{"Iops", 14000}}, live("gp3", 500)), ElementsAre("AllocatedStorage"));
  EXPECT_THAT(RidingWith("StorageThroughput", {{"StorageThroughput", 600}}, live("gp3", 500)),
              ElementsAre("AllocatedStorage", "Iops"));
  EXPECT_THAT(RidingWith("StorageType", {{"StorageType", "io1"}, {"Iops", 3000}}, live("gp2", 100)),
              ElementsAre("AllocatedStorage", "Iops"));
  EXPECT_THAT(RidingWith("StorageType", {{"StorageType", "io2"}}, live("io1", 100)),
              ElementsAre("AllocatedStorage", "Iops"));
  EXPECT_THAT(RidingWith("StorageType", {{"StorageType", "gp3"}}, live("gp2", 100)), IsEmpty());
}

TEST(CompanionTest, PairsAndTrios) {
  EXPECT_THAT(RidingWith("MonitoringInterval", {{"MonitoringInterval", 60}}, {}), ElementsAre("MonitoringRoleArn"));
  EXPECT_THAT(RidingWith("MonitoringInterval", {{"MonitoringInterval", 0}}, {}), IsEmpty());
  EXPECT_THAT(RidingWith("EnablePerformanceInsights", {{"EnablePerformanceInsights", true}}, {}),
              ElementsAre("PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod"));
  EXPECT_THAT(RidingWith("EnablePerformanceInsights", {{"EnablePerformanceInsights", false}},
                         {{"PerformanceInsightsEnabled", true}}),
              IsEmpty());
  EXPECT_THAT(
      RidingWith("DatabaseInsightsMode", {{"DatabaseInsightsMode", "advanced"}},
                 {{"PerformanceInsightsEnabled", true}}),
      ElementsAre("EnablePerformanceInsights", "PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod"));
  EXPECT_THAT(RidingWith("DomainFqdn", {{"DomainFqdn", "corp"}}, {}),
              UnorderedElementsAre("DomainAuthSecretArn", "DomainDnsIps", "DomainOu"));
  EXPECT_THAT(RidingWith("Domain", {{"Domain", "d-1"}}, {}), ElementsAre("DomainIAMRoleName"));
  EXPECT_THAT(RidingWith("Domain", {{"Domain", nullptr}}, {}), IsEmpty());
  EXPECT_THAT(RidingWith("CACertificateIdentifier", {}, {}), ElementsAre("CertificateRotationRestart"));
}

TEST(CompanionTest, BothWindowsTravelTogetherWhenBothMove) {
  const Properties live = {{"PreferredBackupWindow", "03:00-03:30"},
                           {"PreferredMaintenanceWindow", "sun:05:00-sun:05:30"}};
  const Properties both = {{"PreferredBackupWindow", "05:00-05:30"},
                           {"PreferredMaintenanceWindow", "sun:03:00-sun:03:30"}};
  EXPECT_THAT(RidingWith("PreferredBackupWindow", both, live), ElementsAre("PreferredMaintenanceWindow"));
  EXPECT_THAT(RidingWith("PreferredMaintenanceWindow", both, live), ElementsAre("PreferredBackupWindow"));
  EXPECT_THAT(RidingWith("PreferredBackupWindow", {{"PreferredBackupWindow", "05:00-05:30"}}, live), IsEmpty());
}

TEST(CompanionTest, MAJOR_UPGRADE) {
  const Properties live = {{"Engine", "postgres"}, {"EngineVersion", "14.10"}};
  EXPECT_THAT(RidingWith("EngineVersion", {{"EngineVersion", "14.11"}, {"DBParameterGroupName", "new"}}, live),
              IsEmpty());
  EXPECT_THAT(RidingWith("EngineVersion", {{"EngineVersion", "15"}, {"DBParameterGroupName", "new"}}, live),
              ElementsAre("AllowMajorVersionUpgrade", "DBParameterGroupName"));
  for (const Companion& companion : FindProperty(kDBInstance, "EngineVersion")->companions) {
    EXPECT_EQ(companion.only_together, companion.property != "AllowMajorVersionUpgrade") << companion.property;
  }
}

TEST(CompanionTest, AReservationRidesSoThatItIsNotReleased) {
  const Properties live = {{"Engine", "postgres"}, {"DBCapacityReservationIdentifier", "cr-1"}};
  for (const char* name : {"DBInstanceClass", "MultiAZ", "LicenseModel", "Engine"}) {
    EXPECT_THAT(RidingWith(name, {}, live), ::testing::Contains("DBCapacityReservationIdentifier")) << name;
    EXPECT_THAT(RidingWith(name, {}, {{"Engine", "postgres"}}), IsEmpty()) << name;
  }
}

TEST(CompanionTest, PASSWORD_MODE) {
  const Properties managed = {{"MasterUserSecret", Properties{{"SecretArn", "arn:x"}}}};
  EXPECT_THAT(RidingWith("ManageMasterUserPassword", {{"ManageMasterUserPassword", false}}, managed),
              ElementsAre("MasterUserPassword"));
  EXPECT_THAT(RidingWith("ManageMasterUserPassword", {{"ManageMasterUserPassword", true}}, {{"Engine", "mysql"}}),
              ElementsAre("MasterUserSecretKmsKeyId"));
}

TEST(TimingTest, RETENTION_ZERO) {
  const Property& row = *FindProperty(kDBInstance, "BackupRetentionPeriod");
  ASSERT_EQ(row.timing, Timing::kDependsOnValue);
  EXPECT_TRUE(row.deferrable(0, 7));
  EXPECT_TRUE(row.deferrable(7, 0));
  EXPECT_FALSE(row.deferrable(7, 14));
  EXPECT_FALSE(row.deferrable(Value(), 0));
}

}  // namespace
}  // namespace rdsteady::model
