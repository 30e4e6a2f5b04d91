// Instances: birth, change, and how both show on the virtual clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "local/sim/lab.h"

namespace rdsteady::local::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Millis kMoment{1};

Properties Modify(std::string_view name, Properties members) {
  members["DBInstanceIdentifier"] = std::string(name);
  return members;
}

Properties ModifyNow(std::string_view name, Properties members) {
  members["ApplyImmediately"] = true;
  return Modify(name, std::move(members));
}

SimOptions RealPostgres() {
  return {.real_engines = {{"postgres", "15"}}};
}

TEST(SimInstance, PassesThroughCreatingAndBackingUp) {
  Lab lab;
  const Properties answer = lab.Do("CreateDBInstance", PostgresMembers("Orders"));
  const Value& instance = *Find(answer, "DBInstance");
  EXPECT_EQ(*instance.Find("DBInstanceStatus"), Value("creating"));
  EXPECT_EQ(*instance.Find("DBInstanceIdentifier"), Value("orders")) << "identifiers are folded to lower case";
  EXPECT_EQ(instance.Find("Endpoint"), nullptr) << "there is no endpoint before the instance is there";
  EXPECT_EQ(instance.Find("MasterUserPassword"), nullptr);
  lab.Pass(Millis(999));
  EXPECT_EQ(lab.Status("orders"), "creating");
  lab.Pass(kMoment);
  EXPECT_EQ(lab.Status("orders"), "backing-up");
  lab.Pass(Millis(400));
  EXPECT_EQ(lab.Status("ORDERS"), "available");
  EXPECT_EQ(lab.Show("orders", "Endpoint.Port"), "5432");
  EXPECT_THAT(lab.Show("orders", "Endpoint.Address"), StartsWith("127."));
}

TEST(SimInstance, ReportsDefaultsThatNobodyAskedFor) {
  Lab lab;
  const Value instance = lab.Create("orders");
  const std::vector<std::pair<std::string_view, std::string_view>> expected = {
      {"EngineVersion", "15.20"},
      {"StorageType", "gp3"},
      {"Iops", "3000"},
      {"StorageThroughput", "125"},
      {"BackupRetentionPeriod", "1"},
      {"CACertificateIdentifier", "rds-ca-rsa2048-g1"},
      {"LicenseModel", "postgresql-license"},
      {"MonitoringInterval", "0"},
      {"MultiAZ", "false"},
      {"NetworkType", "IPV4"},
      {"DBSubnetGroup.DBSubnetGroupName", "default"},
      {"DbInstancePort", "0"},
      {"DBInstanceArn", "arn:aws:rds:us-east-1:123456789012:db:orders"},
      {"PendingModifiedValues", "{}"},
      {"TagList", "[]"},
  };
  for (const auto& [path, value] : expected)
    EXPECT_EQ(lab.Show("orders", path), value) << path;
  EXPECT_EQ(lab.Show("orders", "DBParameterGroups"),
            R"([{"DBParameterGroupName": "default.postgres15", "ParameterApplyStatus": "in-sync"}])");
  EXPECT_EQ(lab.Show("orders", "OptionGroupMemberships"),
            R"([{"OptionGroupName": "default:postgres-15", "Status": "in-sync"}])");
  EXPECT_EQ(lab.Show("orders", "MaxAllocatedStorage"), "absent");
}

TEST(SimInstance, RefusesWhatRdsRefusesAtBirth) {
  struct Case {
    Properties more;
    std::string_view refusal;
  };
  const Case cases[] = {
      {{{"DBInstanceIdentifier", "instance_name"}},
       "InvalidParameterValue: The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin "
       "with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain "
       "two consecutive hyphens."},
      {{{"DBInstanceIdentifier", nullptr}},
       "MissingParameter: The request must contain the parameter DBInstanceIdentifier."},
      {{{"Engine", "mongodb"}}, "InvalidParameterValue: Invalid DB engine: mongodb"},
      {{{"EngineVersion", "newest"}}, "InvalidParameterCombination: Cannot find version newest for postgres"},
      {{{"DBInstanceClass", "large"}}, "InvalidParameterValue: Invalid DB Instance class: large"},
      {{{"MasterUsername", nullptr}},
       "InvalidParameterValue: The parameter MasterUsername must be provided and must not be blank."},
      {{{"MasterUsername", "rdsadmin"}},
       "InvalidParameterValue: MasterUsername rdsadmin cannot be used as it is a reserved word used by the engine"},
      {{{"MasterUserPassword", nullptr}},
       "InvalidParameterValue: The parameter MasterUserPassword must be provided and must not be blank."},
      {{{"MasterUserPassword", "short"}},
       "InvalidParameterValue: The parameter MasterUserPassword is not a valid password because it is shorter than 8 "
       "characters."},
      {{{"MasterUserPassword", "with/slash"}},
       "InvalidParameterValue: The parameter MasterUserPassword is not a valid password. Only printable ASCII "
       "characters besides '/', '@', '\"', ' ' may be used."},
      {{{"ManageMasterUserPassword", true}},
       "InvalidParameterCombination: You can't specify MasterUserPassword when ManageMasterUserPassword is true."},
      {{{"AllocatedStorage", 10}},
       "InvalidParameterValue: Invalid storage size for engine name postgres and storage type gp3: 10"},
      {{{"AllocatedStorage", nullptr}},
       "InvalidParameterValue: The parameter AllocatedStorage must be provided and must not be blank."},
      {{{"AllocatedStorage", 399}, {"StorageType", "gp3"}, {"Iops", 12000}},
       "InvalidParameterCombination: You can't specify IOPS or storage throughput for engine postgres and a storage "
       "size less than 400."},
      {{{"AllocatedStorage", 100}, {"StorageType", "io1"}},
       "InvalidParameterCombination: You must specify Iops for storage type io1."},
      {{{"StorageType", "gp2"}, {"Iops", 3000}},
       "InvalidParameterCombination: You can't specify Iops for storage type gp2."},
      {{{"StorageType", "tape"}}, "InvalidParameterValue: Invalid storage type: tape"},
      {{{"MaxAllocatedStorage", 21}},
       "InvalidParameterCombination: Max storage size must be at least 10% greater than the storage size: 21 GiB is "
       "not, with 20 GiB."},
      {{{"BackupRetentionPeriod", 36}},
       "InvalidParameterValue: Invalid backup retention period: 36. Backup retention period must be between 0 and 35."},
      {{{"PreferredBackupWindow", "1:00-2:00"}},
       "InvalidParameterValue: Invalid backup window format: 1:00-2:00. Should be specified as a range "
       "hh24:mi-hh24:mi (24H Clock UTC). Example: 01:00-03:00"},
      {{{"PreferredBackupWindow", "01:00-01:20"}},
       "InvalidParameterValue: The backup window must be at least 30 minutes."},
      {{{"PreferredBackupWindow", "01:00-02:00"}, {"PreferredMaintenanceWindow", "sun:01:30-sun:02:30"}},
       "InvalidParameterCombination: The backup window and maintenance window must not overlap."},
      {{{"PreferredMaintenanceWindow", "so:01:30-so:02:30"}},
       "InvalidParameterValue: Invalid maintenance window format: so:01:30-so:02:30. Should be specified as a range "
       "ddd:hh24:mi-ddd:hh24:mi (24H Clock UTC). Example: Sun:23:45-Mon:00:15"},
      {{{"Port", 80}}, "InvalidParameterValue: Invalid database port: 80. Must be between 1150 and 65535."},
      {{{"MultiAZ", true}, {"AvailabilityZone", "us-east-1a"}},
       "InvalidParameterCombination: Requesting a specific availability zone is not valid for Multi-AZ instances."},
      {{{"MonitoringInterval", 60}},
       "InvalidParameterCombination: A MonitoringRoleARN value is required if you specify a MonitoringInterval value "
       "other than 0."},
      {{{"MonitoringInterval", 7}, {"MonitoringRoleArn", "arn:aws:iam::123456789012:role/m"}},
       "InvalidParameterValue: Invalid monitoring interval: 7. Valid values are 0, 1, 5, 10, 15, 30 and 60."},
      {{{"PerformanceInsightsRetentionPeriod", 7}},
       "InvalidParameterCombination: To set Performance Insights properties, Performance Insights must be enabled."},
      {{{"EnablePerformanceInsights", true}, {"PerformanceInsightsRetentionPeriod", 30}},
       "InvalidParameterValue: Invalid Performance Insights retention period: 30. Valid values are 7, 731, and 31 "
       "times 1 to 23."},
      {{{"DatabaseInsightsMode", "advanced"}},
       "InvalidParameterCombination: To enable the Advanced mode of Database Insights, Performance Insights must be "
       "enabled and its retention period must be at least 465 days."},
      {{{"DatabaseInsightsMode", "deluxe"}},
       "InvalidParameterValue: Invalid value 'deluxe' for DatabaseInsightsMode. Must be one of 'advanced' or "
       "'standard'"},
      {{{"EnableCloudwatchLogsExports", List{"slowquery"}}},
       "InvalidParameterCombination: You cannot use the log types 'slowquery' with engine version postgres 15.20. For "
       "supported log types, see the documentation."},
      {{{"DBParameterGroupName", "nowhere"}}, "DBParameterGroupNotFound: DBParameterGroup not found: nowhere"},
      {{{"DBParameterGroupName", "default.postgres14"}},
       "InvalidParameterCombination: The parameter group default.postgres14 with DBParameterGroupFamily postgres14 "
       "can't be used for this instance. Use a parameter group with DBParameterGroupFamily postgres15."},
      {{{"OptionGroupName", "nowhere"}}, "OptionGroupNotFoundFault: Specified OptionGroupName: nowhere not found."},
      {{{"DBSubnetGroupName", "nowhere"}}, "DBSubnetGroupNotFoundFault: DB subnet group 'nowhere' does not exist."},
      {{{"VpcSecurityGroupIds", List{"default"}}},
       "InvalidParameterValue: Invalid security group , groupId= default, groupName=."},
      {{{"CACertificateIdentifier", "mine"}}, "CertificateNotFound: Certificate not found: mine"},
      {{{"DBName", "9lives"}},
       "InvalidParameterValue: DBName must begin with a letter and contain only alphanumeric characters."},
      {{{"KmsKeyId", "alias/mine"}}, "InvalidParameterCombination: KmsKeyId can't be given without StorageEncrypted."},
      {{{"Tags", List{Properties{{"Key", "aws:x"}, {"Value", "y"}}}}},
       "InvalidParameterValue: Tag keys beginning with aws: are reserved for system use: aws:x"},
      {{{"DBClusterIdentifier", "c"}}, "DBClusterNotFoundFault: DBCluster c not found."},
  };
  for (const Case& one : cases) {
    Lab lab;
    EXPECT_EQ(lab.Refusal("CreateDBInstance", PostgresMembers("orders", one.more)), one.refusal);
    EXPECT_EQ(lab.Do("DescribeDBInstances", {}), (Properties{{"DBInstances", List{}}}))
        << "a refused call leaves nothing behind: " << one.refusal;
  }
}

TEST(SimInstance, TwiceIsAnErrorWhateverTheCase) {
  Lab lab;
  lab.Create("orders");
  EXPECT_EQ(lab.Refusal("CreateDBInstance", PostgresMembers("ORDERS")),
            "DBInstanceAlreadyExists: DB instance already exists");
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", {{"DBInstanceIdentifier", "other"}}),
            "DBInstanceNotFound: DBInstance other not found.");
  EXPECT_EQ(lab.Handle("DescribeDBInstances", {{"DBInstanceIdentifier", "other"}}).error().http_status, 404);
}

TEST(SimInstance, FoldsWhatTheServiceFolds) {
  Lab lab;
  lab.Create("orders", {{"PreferredMaintenanceWindow", "Sun:05:00-Sun:06:00"},
                        {"StorageType", "GP2"},
                        {"StorageEncrypted", true},
                        {"KmsKeyId", "alias/mine"}});
  EXPECT_EQ(lab.Show("orders", "PreferredMaintenanceWindow"), "sun:05:00-sun:06:00");
  EXPECT_EQ(lab.Show("orders", "StorageType"), "gp2");
  EXPECT_EQ(lab.Show("orders", "Iops"), "absent");
  EXPECT_THAT(lab.Show("orders", "KmsKeyId"), StartsWith("arn:aws:kms:us-east-1:123456789012:key/"));
}

TEST(SimInstance, UnknownVersionIsSimulatedAndSaysWhy) {
  Lab lab(RealPostgres());
  lab.Do("CreateDBParameterGroup", {{"DBParameterGroupName", "my-parameter-group"},
                                    {"DBParameterGroupFamily", "postgres10"},
                                    {"Description", "old"}});
  lab.Create("instance-name", {{"EngineVersion", "10.0.1"},
                               {"DBInstanceClass", "db.m3.medium"},
                               {"DBParameterGroupName", "my-parameter-group"}});
  EXPECT_EQ(lab.Show("instance-name", "EngineVersion"), "10.0.1");
  EXPECT_THAT(lab.Messages("instance-name"),
              Contains("EngineVersion 10.0.1 is unknown to the catalogue: this instance is simulated"));
  EXPECT_TRUE(lab.TakeJobs().empty());
}

TEST(SimInstance, StrictRefusesWhatWouldBeSimulated) {
  SimOptions options = RealPostgres();
  options.strict = true;
  Lab lab(options);
  EXPECT_EQ(lab.Refusal("CreateDBInstance", PostgresMembers("orders", {{"EngineVersion", "10.0.1"}})),
            "InvalidParameterCombination: Cannot find version 10.0.1 for postgres");
  EXPECT_EQ(lab.Refusal("CreateDBInstance", PostgresMembers("orders", {{"EngineVersion", "16"}})),
            "InvalidParameterCombination: PostgreSQL 16 is not installed on this machine.");
  EXPECT_EQ(lab.Refusal("CreateDBInstance", PostgresMembers("orders")), "accepted");
}

TEST(SimModify, DeferredChangesWaitForTheWindow) {
  Lab lab;
  lab.Create("orders", {{"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}});
  lab.Do("ModifyDBInstance", Modify("orders", {{"DBInstanceClass", "db.m6g.xlarge"}, {"MultiAZ", true}}));
  EXPECT_EQ(lab.Pending("orders"), R"({"DBInstanceClass": "db.m6g.xlarge", "MultiAZ": true})");
  EXPECT_EQ(lab.Status("orders"), "available");
  // The clock stands at a Wednesday, 10:00.
  lab.Pass(days(3) + hours(18));
  EXPECT_EQ(lab.Show("orders", "DBInstanceClass"), "db.m6g.large");
  lab.Pass(*ParseIso8601("2026-03-08T05:00:00.300Z") - lab.now());
  EXPECT_EQ(lab.Status("orders"), "modifying");
  lab.Settle();
  EXPECT_EQ(lab.Pending("orders"), "{}");
  EXPECT_EQ(lab.Show("orders", "DBInstanceClass"), "db.m6g.xlarge");
  EXPECT_EQ(lab.Show("orders", "MultiAZ"), "true");
  EXPECT_NE(lab.Show("orders", "SecondaryAvailabilityZone"), "absent");
}

TEST(SimModify, ApplyImmediatelyFlushesTheWholeQueueAfterALag) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance", Modify("orders", {{"DBInstanceClass", "db.m6g.xlarge"}}));
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"MultiAZ", true}}));
  EXPECT_EQ(lab.Status("orders"), "available") << "the status lags behind the accepted call";
  EXPECT_EQ(lab.Pending("orders"), R"({"DBInstanceClass": "db.m6g.xlarge", "MultiAZ": true})");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", ModifyNow("orders", {{"MultiAZ", false}})),
            "InvalidDBInstanceState: Database instance orders is not in available state.");
  lab.Pass(Millis(250));
  EXPECT_EQ(lab.Status("orders"), "modifying");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "DBInstanceClass"), "db.m6g.xlarge");
  EXPECT_EQ(lab.Show("orders", "MultiAZ"), "true");
  EXPECT_EQ(lab.Pending("orders"), "{}");
}

TEST(SimModify, TheCurrentValueWithApplyImmediatelyWithdraws) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance", Modify("orders", {{"DBInstanceClass", "db.m6g.xlarge"}}));
  lab.Do("ModifyDBInstance", Modify("orders", {{"DBInstanceClass", "db.m6g.large"}}));
  EXPECT_EQ(lab.Pending("orders"), R"({"DBInstanceClass": "db.m6g.xlarge"})") << "not without ApplyImmediately";
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"DBInstanceClass", "db.m6g.large"}}));
  EXPECT_EQ(lab.Pending("orders"), "{}");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "DBInstanceClass"), "db.m6g.large");
}

TEST(SimModify, FlagsChangeAtOnceWhateverIsAsked) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance",
         Modify("orders", {{"DeletionProtection", true}, {"CopyTagsToSnapshot", true}, {"MaxAllocatedStorage", 100}}));
  EXPECT_EQ(lab.Show("orders", "DeletionProtection"), "true");
  EXPECT_EQ(lab.Show("orders", "CopyTagsToSnapshot"), "true");
  EXPECT_EQ(lab.Show("orders", "MaxAllocatedStorage"), "100");
  EXPECT_EQ(lab.Pending("orders"), "{}");
  lab.Do("ModifyDBInstance", Modify("orders", {{"MaxAllocatedStorage", 20}}));
  EXPECT_EQ(lab.Show("orders", "MaxAllocatedStorage"), "absent") << "the allocated size switches autoscaling off";
}

TEST(SimModify, PortRestartsAtOnceWithoutFlushingTheQueue) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance", Modify("orders", {{"DBInstanceClass", "db.m6g.xlarge"}}));
  lab.Do("ModifyDBInstance", Modify("orders", {{"DBPortNumber", 6000}}));
  EXPECT_EQ(lab.Pending("orders"), R"({"DBInstanceClass": "db.m6g.xlarge", "Port": 6000})");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "Endpoint.Port"), "6000");
  EXPECT_EQ(lab.Pending("orders"), R"({"DBInstanceClass": "db.m6g.xlarge"})");
}

TEST(SimModify, GrowthIsRoundedAndFollowedByOptimization) {
  Lab lab;
  lab.Create("orders", {{"AllocatedStorage", 100}, {"StorageType", "gp2"}});
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"AllocatedStorage", 101}}));
  EXPECT_EQ(lab.Pending("orders"), R"({"AllocatedStorage": 110})");
  lab.Pass(Millis(250));
  EXPECT_EQ(lab.Status("orders"), "modifying");
  lab.Pass(Millis(700));
  EXPECT_EQ(lab.Status("orders"), "storage-optimization");
  EXPECT_EQ(lab.Show("orders", "AllocatedStorage"), "110");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", ModifyNow("orders", {{"AllocatedStorage", 200}})),
            "InvalidParameterCombination: You can't currently modify the storage of this DB instance because the "
            "previous storage change is being optimized.");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", Modify("orders", {{"DeletionProtection", true}})), "accepted");
  lab.Pass(Millis(700));
  EXPECT_EQ(lab.Status("orders"), "available");
}

TEST(SimModify, Refusals) {
  struct Case {
    Properties members;
    std::string_view refusal;
  };
  const Case cases[] = {
      {{}, "InvalidParameterCombination: No modifications were requested"},
      {{{"ApplyImmediately", true}, {"AllowMajorVersionUpgrade", true}},
       "InvalidParameterCombination: No modifications were requested"},
      {{{"AllocatedStorage", 99}},
       "InvalidParameterCombination: Invalid storage size: 99 GiB is less than the current 100 GiB, and storage can't "
       "be reduced."},
      {{{"StorageType", "io1"}}, "InvalidParameterCombination: You must specify Iops for storage type io1."},
      {{{"EngineVersion", "15.3"}}, "InvalidParameterCombination: Cannot upgrade postgres from 15.4 to 15.3"},
      {{{"EngineVersion", "14"}}, "InvalidParameterCombination: Cannot upgrade postgres from 15.4 to 14.25"},
      {{{"EngineVersion", "99"}}, "InvalidParameterCombination: Cannot find version 99 for postgres"},
      {{{"EngineVersion", "16"}},
       "InvalidParameterCombination: The AllowMajorVersionUpgrade flag must be present when upgrading to a new major "
       "version."},
      {{{"DBParameterGroupName", "default.postgres16"}},
       "InvalidParameterCombination: The parameter group default.postgres16 with DBParameterGroupFamily postgres16 "
       "can't be used for this instance. Use a parameter group with DBParameterGroupFamily postgres15."},
      {{{"DBSubnetGroupName", "second"}},
       "InvalidVPCNetworkStateFault: You cannot move DB instance orders to subnet group second. The specified DB "
       "subnet group and DB instance are in the same VPC. Choose a DB subnet group in a different VPC than the "
       "specified DB instance and try again."},
      {{{"MasterUserPassword", "short"}},
       "InvalidParameterValue: The parameter MasterUserPassword is not a valid password because it is shorter than 8 "
       "characters."},
      {{{"RotateMasterUserPassword", true}},
       "InvalidParameterCombination: You must specify ApplyImmediately when you rotate the master user password."},
      {{{"ReplicaMode", "mounted"}},
       "InvalidParameterCombination: ReplicaMode is only valid for Oracle read replicas."},
      {{{"PreferredMaintenanceWindow", "sun:01:00-sun:02:00"}},
       "InvalidParameterCombination: The backup window and maintenance window must not overlap."},
      {{{"NewDBInstanceIdentifier", "other"}}, "DBInstanceAlreadyExists: DB instance already exists"},
      {{{"AutomationMode", "full"}}, "InvalidParameterCombination: AutomationMode is only valid for RDS Custom."},
  };
  Lab lab;
  lab.Do("CreateDBSubnetGroup", {{"DBSubnetGroupName", "second"},
                                 {"DBSubnetGroupDescription", "d"},
                                 {"SubnetIds", List{"subnet-1", "subnet-2"}}});
  lab.Create("other");
  lab.Create("orders", {{"AllocatedStorage", 100},
                        {"EngineVersion", "15.4"},
                        {"PreferredBackupWindow", "01:30-02:30"},
                        {"PreferredMaintenanceWindow", "mon:05:00-mon:06:00"}});
  const Properties before = lab.Instance("orders");
  for (const Case& one : cases) {
    EXPECT_EQ(lab.Refusal("ModifyDBInstance", Modify("orders", one.members)), one.refusal);
    EXPECT_TRUE(Value(lab.Instance("orders")) == Value(before)) << "a refused call changed something: " << one.refusal;
  }
}

TEST(SimInstance, PasswordsHaveTheLimitsOfTheirEngine) {
  struct Case {
    std::string_view engine, version, license;
    std::size_t longest;
  };
  for (const Case& one :
       {Case{"postgres", "15", "", 128}, Case{"mysql", "8.0", "", 41}, Case{"mariadb", "10.11", "", 41},
        Case{"oracle-ee", "19", "", 30}, Case{"sqlserver-se", "16.00", "", 128}, Case{"db2-se", "11.5", "", 255}}) {
    Lab lab;
    auto create = [&](std::size_t length) {
      return lab.Refusal("CreateDBInstance",
                         PostgresMembers("orders", {{"Engine", std::string(one.engine)},
                                                    {"EngineVersion", std::string(one.version)},
                                                    {"MasterUserPassword", std::string(length, 'p')}}));
    };
    EXPECT_EQ(create(one.longest + 1),
              "InvalidParameterValue: The parameter MasterUserPassword is not a valid password because it is longer "
              "than " +
                  std::to_string(one.longest) + " characters.");
    EXPECT_EQ(create(one.longest), "accepted") << one.engine;
  }
}

TEST(SimModify, PerformanceInsightsGoesWithItsCompanions) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance", Modify("orders", {{"EnablePerformanceInsights", true}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "PerformanceInsightsRetentionPeriod"), "7");
  EXPECT_THAT(lab.Show("orders", "PerformanceInsightsKMSKeyId"), StartsWith("arn:aws:kms:"));
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", Modify("orders", {{"PerformanceInsightsKMSKeyId", "alias/other"}})),
            "InvalidParameterCombination: You can't change your Performance Insights KMS key.");
  lab.Do("ModifyDBInstance", Modify("orders", {{"EnablePerformanceInsights", false}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "PerformanceInsightsEnabled"), "false");
  EXPECT_EQ(lab.Show("orders", "PerformanceInsightsRetentionPeriod"), "absent");
}

TEST(SimModify, StripedVolumesPerformMoreAndNeedTheirCompanions) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"AllocatedStorage", 400}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "Iops"), "12000");
  EXPECT_EQ(lab.Show("orders", "StorageThroughput"), "500");
  const std::string refusal =
      "InvalidParameterCombination: You must specify both the storage size and iops when modifying the storage size "
      "or iops on a DB instance that has iops.";
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", ModifyNow("orders", {{"Iops", 13000}})), refusal);
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", ModifyNow("orders", {{"AllocatedStorage", 500}})), refusal);
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", ModifyNow("orders", {{"StorageThroughput", 600}})), refusal);
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"AllocatedStorage", 400}, {"Iops", 13000}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "Iops"), "13000");
  EXPECT_EQ(lab.Show("orders", "StorageThroughput"), "500");
}

TEST(SimModify, AdditionalVolumesAreAMapByName) {
  Lab lab;
  auto volume = [](std::string_view name, int size) {
    return Properties{{"VolumeName", std::string(name)}, {"AllocatedStorage", size}};
  };
  lab.Create("orders", {{"Engine", "oracle-ee"},
                        {"EngineVersion", "19"},
                        {"AdditionalStorageVolumes", List{volume("RDSDBDATA2", 100)}}});
  EXPECT_EQ(lab.Show("orders", "AdditionalStorageVolumes"),
            R"([{"AllocatedStorage": 100, "StorageType": "gp3", "StorageVolumeStatus": "ACTIVE", "VolumeName": )"
            R"("rdsdbdata2"}])");
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"AdditionalStorageVolumes", List{volume("rdsdbdata3", 50)}}}));
  lab.Settle();
  Properties gone = volume("rdsdbdata2", 100);
  gone["SetForDelete"] = true;
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"AdditionalStorageVolumes", List{gone}}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "AdditionalStorageVolumes"),
            R"([{"AllocatedStorage": 50, "StorageType": "gp3", "StorageVolumeStatus": "ACTIVE", "VolumeName": )"
            R"("rdsdbdata3"}])");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", Modify("orders", {{"AdditionalStorageVolumes", List{volume("more", 50)}}})),
            "InvalidParameterValue: Invalid volume name: more. Valid names are rdsdbdata2, rdsdbdata3 and "
            "rdsdbdata4.");
  lab.Create("other");
  EXPECT_EQ(
      lab.Refusal("ModifyDBInstance", Modify("other", {{"AdditionalStorageVolumes", List{volume("rdsdbdata2", 50)}}})),
      "InvalidParameterCombination: Additional storage volumes are only valid for Oracle and SQL Server.");
}

TEST(SimModify, AQueuedTypeDoesNotJudgeWhatIsAskedBesides) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance", Modify("orders", {{"StorageType", "io2"}, {"AllocatedStorage", 1000}, {"Iops", 20000}}));
  lab.Do("ModifyDBInstance", Modify("orders", {{"BackupRetentionPeriod", 0}}));
  EXPECT_EQ(lab.Show("orders", "PendingModifiedValues"),
            R"({"AllocatedStorage": 1000, "BackupRetentionPeriod": 0, "Iops": 20000, "StorageType": "io2"})");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", Modify("orders", {{"StorageType", "io1"}})),
            "InvalidParameterCombination: You must specify Iops for storage type io1.");
}

TEST(SimModify, WithdrawingAMajorVersionWithdrawsItsGroups) {
  Lab lab;
  for (const char* family : {"postgres15", "postgres16"}) {
    lab.Do("CreateDBParameterGroup",
           {{"DBParameterGroupName", family}, {"DBParameterGroupFamily", family}, {"Description", "of the test"}});
  }
  lab.Create("orders", {{"EngineVersion", "15.4"}, {"DBParameterGroupName", "postgres15"}});
  lab.Do("ModifyDBInstance", Modify("orders", {{"EngineVersion", "16.3"},
                                               {"AllowMajorVersionUpgrade", true},
                                               {"DBParameterGroupName", "postgres16"},
                                               {"OptionGroupName", "default:postgres-16"}}));
  EXPECT_THAT(lab.Show("orders", "OptionGroupMemberships"), testing::HasSubstr("default:postgres-16"));
  lab.Do("ModifyDBInstance", Modify("orders", {{"EngineVersion", "15.7"}}));
  EXPECT_EQ(lab.Show("orders", "OptionGroupMemberships"),
            R"([{"OptionGroupName": "default:postgres-15", "Status": "in-sync"}])");
  lab.Do("ModifyDBInstance", Modify("orders", {{"EngineVersion", "16.3"},
                                               {"AllowMajorVersionUpgrade", true},
                                               {"DBParameterGroupName", "postgres16"},
                                               {"OptionGroupName", "default:postgres-16"}}));
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"EngineVersion", "15.4"}}));
  lab.Pass(std::chrono::days(8));
  EXPECT_EQ(lab.Show("orders", "EngineVersion"), "15.4");
  EXPECT_EQ(lab.Show("orders", "DBParameterGroups"),
            R"([{"DBParameterGroupName": "postgres15", "ParameterApplyStatus": "in-sync"}])");
  EXPECT_EQ(lab.Show("orders", "OptionGroupMemberships"),
            R"([{"OptionGroupName": "default:postgres-15", "Status": "in-sync"}])");
}

TEST(SimInstance, JoinsTheDomainThatItIsBornFor) {
  Lab lab;
  lab.Create("orders", {{"Domain", "d-1234567890"}, {"DomainIAMRoleName", "directory-access"}});
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "DomainMemberships"),
            R"([{"Domain": "d-1234567890", "IAMRoleName": "directory-access", "Status": "joined"}])");
}

TEST(SimModify, PasswordIsMaskedWhileItIsBeingSet) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.TakeJobs();
  lab.Do("ModifyDBInstance", Modify("orders", {{"MasterUserPassword", "another-password"}}));
  EXPECT_EQ(lab.Pending("orders"), R"({"MasterUserPassword": "****"})");
  lab.Pass(Millis(250));
  EXPECT_EQ(lab.Status("orders"), "resetting-master-credentials");
  lab.Settle();
  EXPECT_EQ(lab.Pending("orders"), "{}");
  const auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].verb, EngineVerb::kSetPassword);
  EXPECT_THAT(jobs[0].spec.password_verifier, StartsWith("SCRAM-SHA-256$4096:"));
}

TEST(SimModify, NoPasswordStandsInRecordsOrAnswers) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.Do("ModifyDBInstance", Modify("orders", {{"MasterUserPassword", "canary-secret-1"}}));
  lab.Pass(Millis(300));
  for (const auto& [key, body] : lab.records()) {
    EXPECT_THAT(body, Not(HasSubstr("canary-secret-1"))) << key;
    EXPECT_THAT(body, Not(HasSubstr(std::string(kPassword)))) << key;
  }
  EXPECT_THAT(ToJson(lab.Instance("orders")), Not(HasSubstr("canary")));
}

TEST(SimModify, MajorUpgradeBringsTheGroupsOfTheNewFamily) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"EngineVersion", "16"}, {"AllowMajorVersionUpgrade", true}}));
  EXPECT_EQ(lab.Pending("orders"), R"({"EngineVersion": "16.16"})");
  lab.Pass(Millis(250));
  EXPECT_EQ(lab.Status("orders"), "upgrading");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "EngineVersion"), "16.16");
  EXPECT_THAT(lab.Show("orders", "DBParameterGroups"), HasSubstr("default.postgres16"));
  EXPECT_THAT(lab.Show("orders", "OptionGroupMemberships"), HasSubstr("default:postgres-16"));
}

TEST(SimModify, RenameMovesNameArnAddressAndTags) {
  Lab lab(RealPostgres());
  lab.Create("orders", {{"Tags", List{Properties{{"Key", "a"}, {"Value", "b"}}}}});
  const std::string resource = lab.Show("orders", "DbiResourceId");
  const std::string address = lab.Show("orders", "Endpoint.Address");
  lab.TakeJobs();
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"NewDBInstanceIdentifier", "Sales"}}));
  EXPECT_EQ(lab.Pending("orders"), R"({"DBInstanceIdentifier": "sales"})");
  lab.Pass(Millis(250));
  EXPECT_EQ(lab.Status("sales"), "renaming");
  lab.Settle();
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", {{"DBInstanceIdentifier", "orders"}}),
            "DBInstanceNotFound: DBInstance orders not found.");
  EXPECT_EQ(lab.Show("sales", "DbiResourceId"), resource);
  EXPECT_EQ(lab.Show("sales", "DBInstanceArn"), "arn:aws:rds:us-east-1:123456789012:db:sales");
  EXPECT_NE(lab.Show("sales", "Endpoint.Address"), address);
  EXPECT_EQ(lab.Show("sales", "TagList"), R"([{"Key": "a", "Value": "b"}])");
  const auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].verb, EngineVerb::kRestart);
  EXPECT_EQ(jobs[0].spec.address, lab.Show("sales", "Endpoint.Address"));
}

TEST(SimModify, ARenameToANameThatWasTakenMeanwhileFailsAlone) {
  Lab lab;
  lab.Create("orders", {{"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}});
  lab.Do("ModifyDBInstance", Modify("orders", {{"NewDBInstanceIdentifier", "sales"}, {"MultiAZ", true}}));
  lab.Create("sales");
  lab.Pass(days(5));
  EXPECT_EQ(lab.Status("orders"), "available");
  EXPECT_EQ(lab.Show("orders", "MultiAZ"), "true");
  EXPECT_EQ(lab.Pending("orders"), "{}");
  EXPECT_THAT(lab.Messages("orders"), Contains("The DB instance can't be renamed to sales: the name is taken"));
}

TEST(SimModify, SecurityGroupsPassThroughAddingAndRemoving) {
  Lab lab;
  lab.Create("orders", {{"VpcSecurityGroupIds", List{"sg-1"}}});
  lab.Do("ModifyDBInstance", Modify("orders", {{"VpcSecurityGroupIds", List{"sg-2"}}}));
  EXPECT_EQ(
      lab.Show("orders", "VpcSecurityGroups"),
      R"([{"Status": "removing", "VpcSecurityGroupId": "sg-1"}, {"Status": "adding", "VpcSecurityGroupId": "sg-2"}])");
  EXPECT_EQ(lab.Status("orders"), "available");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "VpcSecurityGroups"), R"([{"Status": "active", "VpcSecurityGroupId": "sg-2"}])");
  lab.Do("ModifyDBInstance", Modify("orders", {{"VpcSecurityGroupIds", List{}}}));
  EXPECT_EQ(lab.Show("orders", "VpcSecurityGroups"), R"([{"Status": "active", "VpcSecurityGroupId": "sg-2"}])")
      << "an empty list changes nothing";
}

TEST(SimModify, RetentionAcrossZeroWaitsAndOtherwiseDoesNot) {
  Lab lab;
  lab.Create("orders", {{"BackupRetentionPeriod", 7}});
  lab.Do("ModifyDBInstance", Modify("orders", {{"BackupRetentionPeriod", 14}}));
  EXPECT_EQ(lab.Show("orders", "BackupRetentionPeriod"), "14");
  lab.Do("ModifyDBInstance", Modify("orders", {{"BackupRetentionPeriod", 0}}));
  EXPECT_EQ(lab.Show("orders", "BackupRetentionPeriod"), "14");
  EXPECT_EQ(lab.Pending("orders"), R"({"BackupRetentionPeriod": 0})");
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"BackupRetentionPeriod", 0}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "BackupRetentionPeriod"), "0");
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"BackupRetentionPeriod", 3}}));
  lab.Pass(Millis(250 + 700));
  EXPECT_EQ(lab.Status("orders"), "backing-up");
}

TEST(SimModify, CertificateWithoutRestartStaysPendingUntilTheReboot) {
  Lab lab;
  lab.Create("orders", {{"Engine", "mariadb"}, {"EngineVersion", "10.11"}});
  lab.Do("ModifyDBInstance", ModifyNow("orders", {{"CACertificateIdentifier", "rds-ca-rsa4096-g1"},
                                                  {"CertificateRotationRestart", false}}));
  lab.Settle();
  EXPECT_EQ(lab.Pending("orders"), R"({"CACertificateIdentifier": "rds-ca-rsa4096-g1"})");
  EXPECT_EQ(lab.Status("orders"), "available");
  lab.Pass(days(15));
  EXPECT_EQ(lab.Show("orders", "CACertificateIdentifier"), "rds-ca-rsa2048-g1") << "the window does not apply it";
  lab.Do("RebootDBInstance", {{"DBInstanceIdentifier", "orders"}});
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "CACertificateIdentifier"), "rds-ca-rsa4096-g1");
  EXPECT_EQ(lab.Pending("orders"), "{}");
}

TEST(SimModify, AWindowMovedOverThePresentOpensAtOnce) {
  Lab lab;
  lab.Create("orders",
             {{"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}, {"PreferredBackupWindow", "01:00-02:00"}});
  lab.Do("ModifyDBInstance", Modify("orders", {{"DBInstanceClass", "db.m6g.xlarge"}}));
  lab.Do("ModifyDBInstance", Modify("orders", {{"PreferredMaintenanceWindow", "wed:09:45-wed:10:30"}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "DBInstanceClass"), "db.m6g.xlarge");
}

TEST(SimModify, LogExportsShowTheirDifferenceWhilePending) {
  Lab lab;
  lab.Create("orders", {{"EnableCloudwatchLogsExports", List{"postgresql"}}});
  lab.Do(
      "ModifyDBInstance",
      Modify("orders", {{"CloudwatchLogsExportConfiguration",
                         Properties{{"EnableLogTypes", List{"upgrade"}}, {"DisableLogTypes", List{"postgresql"}}}}}));
  EXPECT_EQ(
      lab.Pending("orders"),
      R"({"PendingCloudwatchLogsExports": {"LogTypesToDisable": ["postgresql"], "LogTypesToEnable": ["upgrade"]}})");
  lab.Pass(Millis(250));
  EXPECT_EQ(lab.Status("orders"), "configuring-log-exports");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "EnabledCloudwatchLogsExports"), R"(["upgrade"])");
}

TEST(SimModify, ManagedPasswordComesAndGoes) {
  Lab lab;
  lab.Create("orders");
  lab.Do("ModifyDBInstance", Modify("orders", {{"ManageMasterUserPassword", true}}));
  EXPECT_EQ(lab.Show("orders", "MasterUserSecret.SecretStatus"), "creating");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "MasterUserSecret.SecretStatus"), "active");
  EXPECT_EQ(
      lab.Refusal("ModifyDBInstance", Modify("orders", {{"ManageMasterUserPassword", false}})),
      "InvalidParameterCombination: A MasterUserPassword is required when ManageMasterUserPassword is turned off.");
  lab.Do("ModifyDBInstance",
         Modify("orders", {{"ManageMasterUserPassword", false}, {"MasterUserPassword", std::string(kPassword)}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "MasterUserSecret"), "absent");
}

}  // namespace
}  // namespace rdsteady::local::sim
