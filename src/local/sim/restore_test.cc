// Snapshots, automated backups, and the instances that are made from them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "local/sim/lab.h"

namespace rdsteady::local::sim {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SimOptions RealPostgres() {
  return {.real_engines = {{"postgres", "15"}}};
}

Properties Named(std::string_view name, Properties more = {}) {
  more["DBInstanceIdentifier"] = std::string(name);
  return more;
}

Properties SnapshotOf(std::string_view instance, std::string_view name, Properties more = {}) {
  more["DBSnapshotIdentifier"] = std::string(name);
  return Named(instance, std::move(more));
}

Properties FromSnapshot(std::string_view snapshot, std::string_view name, Properties more = {}) {
  return SnapshotOf(name, snapshot, std::move(more));
}

Properties Latest(std::string_view source, std::string_view name, Properties more = {}) {
  more["SourceDBInstanceIdentifier"] = std::string(source);
  more["TargetDBInstanceIdentifier"] = std::string(name);
  if (Find(more, "RestoreTime") == nullptr) more["UseLatestRestorableTime"] = true;
  return more;
}

List Snapshots(Lab& lab, Properties input = {}) {
  const Properties answer = lab.Do("DescribeDBSnapshots", std::move(input));
  const Value* list = Find(answer, "DBSnapshots");
  return list == nullptr ? List{} : list->As<List>();
}

std::vector<std::string> Names(const List& snapshots) {
  std::vector<std::string> names;
  for (const Value& snapshot : snapshots)
    names.push_back(snapshot.Find("DBSnapshotIdentifier")->As<std::string>());
  return names;
}

Value Snapshot(Lab& lab, std::string_view name) {
  const List found = Snapshots(lab, {{"DBSnapshotIdentifier", std::string(name)}});
  return found.empty() ? Value() : found.front();
}

std::string Json(const Value* value) {
  return value == nullptr ? "absent" : ToJson(*value);
}

std::vector<EngineJob> Jobs(Lab& lab, EngineVerb verb) {
  auto jobs = lab.TakeJobs();
  std::erase_if(jobs, [&](const EngineJob& job) { return job.verb != verb; });
  return jobs;
}

TEST(SimSnapshot, IsTakenWhileTheInstanceBacksUp) {
  Lab lab;
  lab.Create("orders",
             {{"CopyTagsToSnapshot", true}, {"Port", 6001}, {"Tags", List{Properties{{"Key", "a"}, {"Value", "b"}}}}});
  const Properties answer =
      lab.Do("CreateDBSnapshot",
             SnapshotOf("Orders", "Before-Upgrade", {{"Tags", List{Properties{{"Key", "t"}, {"Value", "1"}}}}}));
  const Value made = *Find(answer, "DBSnapshot");
  EXPECT_EQ(*made.Find("Status"), Value("creating"));
  EXPECT_EQ(*made.Find("PercentProgress"), Value(0));
  EXPECT_EQ(lab.Status("orders"), "backing-up");
  EXPECT_EQ(lab.Refusal("CreateDBSnapshot", SnapshotOf("orders", "again")),
            "InvalidDBInstanceState: Cannot create a snapshot because the database instance orders is not currently in "
            "the available state.");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", Named("orders", {{"DeletionProtection", true}})),
            "InvalidDBInstanceState: Database instance orders is not in available state.");
  EXPECT_EQ(lab.Refusal("DeleteDBSnapshot", {{"DBSnapshotIdentifier", "before-upgrade"}}),
            "InvalidDBSnapshotState: Cannot delete the snapshot because it is not in the available state: "
            "before-upgrade is creating.");
  EXPECT_EQ(lab.Refusal("RestoreDBInstanceFromDBSnapshot", FromSnapshot("before-upgrade", "new")),
            "InvalidDBSnapshotState: Cannot restore from before-upgrade, which is creating: the snapshot must be "
            "available.");
  lab.Settle();
  EXPECT_EQ(lab.Status("orders"), "available");
  const Value shown = Snapshot(lab, "before-upgrade");
  EXPECT_EQ(*shown.Find("Status"), Value("available"));
  EXPECT_EQ(*shown.Find("PercentProgress"), Value(100));
  EXPECT_EQ(*shown.Find("SnapshotType"), Value("manual"));
  EXPECT_EQ(*shown.Find("DBInstanceIdentifier"), Value("orders"));
  EXPECT_EQ(*shown.Find("DbiResourceId"), Value(lab.Show("orders", "DbiResourceId")));
  EXPECT_EQ(*shown.Find("DBSnapshotArn"), Value("arn:aws:rds:us-east-1:123456789012:snapshot:before-upgrade"));
  EXPECT_EQ(*shown.Find("Port"), Value(6001));
  EXPECT_EQ(*shown.Find("EngineVersion"), Value("15.20"));
  EXPECT_EQ(Json(shown.Find("TagList")), R"([{"Key": "a", "Value": "b"}, {"Key": "t", "Value": "1"}])");
  EXPECT_EQ(lab.Refusal("CreateDBSnapshot", SnapshotOf("orders", "before-Upgrade")),
            "DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier before-upgrade "
            "already exists.");
}

TEST(SimSnapshot, TagsHangOnItsArn) {
  Lab lab;
  lab.Create("orders");
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  const std::string arn = "arn:aws:rds:us-east-1:123456789012:snapshot:s";
  lab.Do("AddTagsToResource", {{"ResourceName", arn}, {"Tags", List{Properties{{"Key", "k"}, {"Value", "v"}}}}});
  EXPECT_EQ(Json(Find(lab.Do("ListTagsForResource", {{"ResourceName", arn}}), "TagList")),
            R"([{"Key": "k", "Value": "v"}])");
  lab.Do("DeleteDBSnapshot", {{"DBSnapshotIdentifier", arn}});
  EXPECT_EQ(lab.Refusal("ListTagsForResource", {{"ResourceName", arn}}), "DBSnapshotNotFound: DBSnapshot not found: s");
}

TEST(SimSnapshot, Refusals) {
  Lab lab({.quotas = {.instances = 2, .manual_snapshots = 1}});
  lab.Create("orders");
  EXPECT_EQ(lab.Refusal("CreateDBSnapshot", SnapshotOf("none", "s")), "DBInstanceNotFound: DBInstance none not found.");
  EXPECT_THAT(lab.Refusal("CreateDBSnapshot", SnapshotOf("orders", "rds:s")),
              HasSubstr("InvalidParameterValue: The parameter DBSnapshotIdentifier is not a valid identifier."));
  EXPECT_EQ(lab.Refusal("DeleteDBSnapshot", {{"DBSnapshotIdentifier", "none"}}),
            "DBSnapshotNotFound: DBSnapshot none not found.");
  EXPECT_EQ(lab.Refusal("DescribeDBSnapshots", {{"DBSnapshotIdentifier", "none"}}),
            "DBSnapshotNotFound: DBSnapshot none not found.");
  EXPECT_EQ(lab.Refusal("DescribeDBSnapshots", {{"SnapshotType", "weekly"}}),
            "InvalidParameterValue: Invalid snapshot type: weekly");
  EXPECT_EQ(lab.Refusal("RestoreDBInstanceFromDBSnapshot", FromSnapshot("none", "new")),
            "DBSnapshotNotFound: DBSnapshot none not found.");
  const std::string automated = Names(Snapshots(lab, {{"SnapshotType", "automated"}})).at(0);
  EXPECT_EQ(lab.Refusal("DeleteDBSnapshot", {{"DBSnapshotIdentifier", automated}}),
            "InvalidDBSnapshotState: Cannot delete the automated snapshot " + automated +
                ": automated snapshots are deleted with their retention period or their DB instance.");
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "first"));
  lab.Settle();
  EXPECT_EQ(lab.Refusal("CreateDBSnapshot", SnapshotOf("orders", "second")),
            "SnapshotQuotaExceeded: Cannot create more than 1 manual snapshots");
  lab.Do("RestoreDBInstanceFromDBSnapshot", FromSnapshot("first", "two"));
  EXPECT_EQ(lab.Refusal("RestoreDBInstanceFromDBSnapshot", FromSnapshot("first", "three")),
            "InstanceQuotaExceeded: Instance quota exceeded: at most 2 DB instances are allowed.");
  EXPECT_EQ(lab.Refusal("RestoreDBInstanceFromDBSnapshot", FromSnapshot("first", "orders")),
            "DBInstanceAlreadyExists: DB instance already exists");
}

TEST(SimSnapshot, IsFoundByInstanceTypeAndFilterInPages) {
  Lab lab;
  lab.Create("orders");
  lab.Create("sales");
  for (int i = 10; i < 35; ++i) {
    lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s" + std::to_string(i)));
    lab.Settle();
  }
  EXPECT_EQ(Snapshots(lab).size(), 27U);
  EXPECT_EQ(Snapshots(lab, {{"SnapshotType", "manual"}}).size(), 25U);
  EXPECT_EQ(Snapshots(lab, {{"SnapshotType", "shared"}}).size(), 0U);
  EXPECT_THAT(Names(Snapshots(lab, {{"SnapshotType", "automated"}})),
              ElementsAre("rds:orders-2026-03-04-10-00", "rds:sales-2026-03-04-10-00"));
  EXPECT_EQ(Snapshots(lab, Named("sales")).size(), 1U);
  EXPECT_EQ(Snapshots(lab, {{"DbiResourceId", lab.Show("sales", "DbiResourceId")}}).size(), 1U);
  auto filtered = [&](std::string_view name, std::string_view value) {
    return Names(Snapshots(
        lab, {{"Filters", List{Properties{{"Name", std::string(name)}, {"Values", List{std::string(value)}}}}}}));
  };
  EXPECT_THAT(filtered("db-instance-id", lab.Show("sales", "DBInstanceArn")),
              ElementsAre("rds:sales-2026-03-04-10-00"));
  EXPECT_THAT(filtered("db-snapshot-id", "S10"), ElementsAre("s10"));
  EXPECT_EQ(filtered("engine", "postgres").size(), 27U);
  Properties page = lab.Do("DescribeDBSnapshots", {{"SnapshotType", "manual"}, {"MaxRecords", 20}});
  EXPECT_EQ(Find(page, "DBSnapshots")->As<List>().size(), 20U);
  page = lab.Do("DescribeDBSnapshots",
                {{"SnapshotType", "manual"}, {"MaxRecords", 20}, {"Marker", *Find(page, "Marker")}});
  EXPECT_EQ(Find(page, "DBSnapshots")->As<List>().size(), 5U);
  EXPECT_EQ(Find(page, "Marker"), nullptr);
}

TEST(SimSnapshot, FollowsItsInstanceToANewName) {
  Lab lab;
  lab.Create("orders");
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  lab.Do("ModifyDBInstance", Named("orders", {{"NewDBInstanceIdentifier", "sales"}, {"ApplyImmediately", true}}));
  lab.Settle();
  EXPECT_THAT(Names(Snapshots(lab, Named("sales"))), ElementsAre("rds:orders-2026-03-04-10-00", "s"));
  EXPECT_THAT(Snapshots(lab, Named("orders")), IsEmpty());
}

TEST(SimRestore, FromASnapshotInheritsTheDataAndTakesDefaultsForTheRest) {
  Lab lab;
  lab.Do("CreateDBParameterGroup",
         {{"DBParameterGroupName", "pg"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "d"}});
  lab.Create("orders", {{"Port", 6001},
                        {"AllocatedStorage", 100},
                        {"StorageType", "io1"},
                        {"Iops", 2000},
                        {"DBName", "orders"},
                        {"BackupRetentionPeriod", 7},
                        {"PreferredBackupWindow", "02:00-02:30"},
                        {"StorageEncrypted", true},
                        {"DBParameterGroupName", "pg"},
                        {"VpcSecurityGroupIds", List{"sg-1"}},
                        {"DeletionProtection", true},
                        {"MultiAZ", true},
                        {"MonitoringInterval", 60},
                        {"MonitoringRoleArn", "arn:aws:iam::123456789012:role/m"},
                        {"MaxAllocatedStorage", 1000},
                        {"AutoMinorVersionUpgrade", false},
                        {"Tags", List{Properties{{"Key", "a"}, {"Value", "b"}}}}});
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  const Properties answer = lab.Do("RestoreDBInstanceFromDBSnapshot", FromSnapshot("s", "New"));
  EXPECT_EQ(*Find(answer, "DBInstance")->Find("DBInstanceStatus"), Value("creating"));
  lab.Settle();
  EXPECT_EQ(lab.Status("new"), "available");
  EXPECT_THAT(lab.Messages("new"), Contains("Restored from snapshot s"));
  for (const char* same : {"Engine", "EngineVersion", "DBInstanceClass", "AllocatedStorage", "StorageType", "Iops",
                           "MasterUsername", "DBName", "BackupRetentionPeriod", "PreferredBackupWindow",
                           "StorageEncrypted", "KmsKeyId", "LicenseModel", "Endpoint.Port", "TagList"}) {
    EXPECT_EQ(lab.Show("new", same), lab.Show("orders", same)) << same;
  }
  EXPECT_NE(lab.Show("new", "Endpoint.Address"), lab.Show("orders", "Endpoint.Address"));
  EXPECT_NE(lab.Show("new", "DbiResourceId"), lab.Show("orders", "DbiResourceId"));
  EXPECT_THAT(lab.Show("new", "DBParameterGroups"), HasSubstr("default.postgres15"));
  EXPECT_THAT(lab.Show("new", "VpcSecurityGroups"), testing::Not(HasSubstr("sg-1\"")));
  EXPECT_EQ(lab.Show("new", "DeletionProtection"), "false");
  EXPECT_EQ(lab.Show("new", "MultiAZ"), "false");
  EXPECT_EQ(lab.Show("new", "MonitoringInterval"), "0");
  EXPECT_EQ(lab.Show("new", "MaxAllocatedStorage"), "absent");
  EXPECT_EQ(lab.Show("new", "AutoMinorVersionUpgrade"), "true");
  EXPECT_EQ(lab.Show("new", "ReadReplicaSourceDBInstanceIdentifier"), "absent");
}

TEST(SimRestore, TakesWhatTheCallSays) {
  Lab lab;
  lab.Do("CreateDBParameterGroup",
         {{"DBParameterGroupName", "pg"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "d"}});
  lab.Create("orders", {{"StorageType", "gp2"}, {"Tags", List{Properties{{"Key", "a"}, {"Value", "b"}}}}});
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  lab.Do("RestoreDBInstanceFromDBSnapshot", FromSnapshot("arn:aws:rds:us-east-1:123456789012:snapshot:s", "new",
                                                         {{"DBInstanceClass", "db.r6g.large"},
                                                          {"Port", 6002},
                                                          {"AllocatedStorage", 30},
                                                          {"MultiAZ", true},
                                                          {"DeletionProtection", true},
                                                          {"CopyTagsToSnapshot", true},
                                                          {"BackupRetentionPeriod", 0},
                                                          {"DBParameterGroupName", "pg"},
                                                          {"VpcSecurityGroupIds", List{"sg-9"}},
                                                          {"EnableIAMDatabaseAuthentication", true},
                                                          {"EnableCloudwatchLogsExports", List{"postgresql"}},
                                                          {"Tags", List{Properties{{"Key", "c"}, {"Value", "d"}}}}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("new", "DBInstanceClass"), "db.r6g.large");
  EXPECT_EQ(lab.Show("new", "Endpoint.Port"), "6002");
  EXPECT_EQ(lab.Show("new", "AllocatedStorage"), "30");
  EXPECT_EQ(lab.Show("new", "StorageType"), "gp3") << "a volume that is not provisioned becomes the default one";
  EXPECT_EQ(lab.Show("new", "MultiAZ"), "true");
  EXPECT_EQ(lab.Show("new", "DeletionProtection"), "true");
  EXPECT_EQ(lab.Show("new", "BackupRetentionPeriod"), "0");
  EXPECT_EQ(lab.Show("new", "LatestRestorableTime"), "absent");
  EXPECT_THAT(lab.Show("new", "DBParameterGroups"), HasSubstr("\"pg\""));
  EXPECT_THAT(lab.Show("new", "VpcSecurityGroups"), HasSubstr("sg-9"));
  EXPECT_EQ(lab.Show("new", "IAMDatabaseAuthenticationEnabled"), "true");
  EXPECT_EQ(lab.Show("new", "EnabledCloudwatchLogsExports"), R"(["postgresql"])");
  EXPECT_EQ(lab.Show("new", "TagList"), R"([{"Key": "c", "Value": "d"}])");
}

TEST(SimRestore, RefusesWhatDoesNotFit) {
  Lab lab;
  lab.Do("CreateDBParameterGroup",
         {{"DBParameterGroupName", "pg14"}, {"DBParameterGroupFamily", "postgres14"}, {"Description", "d"}});
  lab.Create("orders", {{"AllocatedStorage", 50}});
  lab.Create("sql", {{"Engine", "sqlserver-se"}, {"EngineVersion", "16.00"}, {"BackupRetentionPeriod", 0}});
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Do("CreateDBSnapshot", SnapshotOf("sql", "q"));
  lab.Settle();
  auto restore = [&](std::string_view snapshot, Properties more) {
    return lab.Refusal("RestoreDBInstanceFromDBSnapshot", FromSnapshot(snapshot, "new", std::move(more)));
  };
  EXPECT_EQ(restore("s", {{"DBName", "x"}}),
            "InvalidParameterValue: DBName must be null for Restoring for this Engine.");
  EXPECT_EQ(restore("s", {{"Engine", "mysql"}}),
            "InvalidParameterCombination: The engine mysql can't restore a backup of postgres.");
  EXPECT_EQ(restore("s", {{"AllocatedStorage", 20}}),
            "InvalidParameterValue: Invalid storage size for engine name postgres: 20 GiB is less than the 50 GiB of "
            "snapshot s.");
  EXPECT_THAT(
      restore("s", {{"DBParameterGroupName", "pg14"}}),
      HasSubstr("InvalidParameterCombination: The parameter group pg14 with DBParameterGroupFamily postgres14"));
  EXPECT_EQ(restore("s", {{"ManageMasterUserPassword", true}}),
            "InvalidParameterCombination: ManageMasterUserPassword can be given only for restores of RDS for Oracle.");
  EXPECT_EQ(restore("s", {{"DBSubnetGroupName", "none"}}),
            "DBSubnetGroupNotFoundFault: DB subnet group 'none' does not exist.");
  EXPECT_EQ(restore("s", {{"DBClusterSnapshotIdentifier", "c"}}),
            "InvalidParameterCombination: DBSnapshotIdentifier and DBClusterSnapshotIdentifier can't be specified "
            "together.");
  EXPECT_EQ(restore("q", {{"AllocatedStorage", 200}}),
            "InvalidParameterCombination: AllocatedStorage can't be given for SQL Server restores.");
  EXPECT_EQ(restore("q", {{"MultiAZ", true}}),
            "InvalidParameterValue: Mirroring cannot be applied to instances with backup retention set to zero.");
  EXPECT_EQ(lab.Refusal("RestoreDBInstanceFromDBSnapshot", Named("new")),
            "InvalidParameterCombination: DBSnapshotIdentifier or DBClusterSnapshotIdentifier must be specified.");
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", Named("new")), "DBInstanceNotFound: DBInstance new not found.");
}

TEST(SimRestore, MariaDbReadsMySql) {
  Lab lab;
  lab.Create("orders", {{"Engine", "mysql"}, {"EngineVersion", "8.0"}});
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  lab.Do("RestoreDBInstanceFromDBSnapshot", FromSnapshot("s", "new", {{"Engine", "mariadb"}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("new", "Engine"), "mariadb");
  EXPECT_EQ(lab.Show("new", "EngineVersion"), "10.11.16");
}

TEST(SimRestore, ToAPointInTime) {
  Lab lab;
  lab.Create("orders", {{"BackupRetentionPeriod", 7}, {"Tags", List{Properties{{"Key", "a"}, {"Value", "b"}}}}});
  lab.Pass(minutes(60));
  EXPECT_EQ(lab.Show("orders", "LatestRestorableTime"), "2026-03-04T10:55:00.000Z");
  lab.Pass(minutes(5));
  EXPECT_EQ(lab.Show("orders", "LatestRestorableTime"), "2026-03-04T11:00:00.000Z");
  lab.Do("RestoreDBInstanceToPointInTime",
         Latest("orders", "new", {{"RestoreTime", "2026-03-04T10:30:00Z"}, {"MaxAllocatedStorage", 100}}));
  lab.Settle();
  EXPECT_EQ(lab.Status("new"), "available");
  EXPECT_EQ(lab.Show("new", "MaxAllocatedStorage"), "100");
  EXPECT_EQ(lab.Show("new", "BackupRetentionPeriod"), "7");
  EXPECT_EQ(lab.Show("new", "TagList"), "[]");
  lab.Do("RestoreDBInstanceToPointInTime", {{"TargetDBInstanceIdentifier", "other"},
                                            {"SourceDbiResourceId", lab.Show("orders", "DbiResourceId")},
                                            {"UseLatestRestorableTime", true}});
  lab.Settle();
  EXPECT_EQ(lab.Status("other"), "available");
}

TEST(SimRestore, PointInTimeRefusals) {
  Lab lab;
  lab.Create("orders", {{"BackupRetentionPeriod", 7}});
  lab.Create("unsafe", {{"BackupRetentionPeriod", 0}});
  lab.Pass(minutes(60));
  auto restore = [&](std::string_view source, Properties more) {
    more["TargetDBInstanceIdentifier"] = "new";
    if (!source.empty()) more["SourceDBInstanceIdentifier"] = std::string(source);
    return lab.Refusal("RestoreDBInstanceToPointInTime", std::move(more));
  };
  const Properties latest{{"UseLatestRestorableTime", true}};
  EXPECT_EQ(restore("unsafe", latest),
            "PointInTimeRestoreNotEnabled: Point in time restore is not enabled for unsafe: its backup retention "
            "period is 0.");
  EXPECT_EQ(restore("orders", {{"RestoreTime", "2026-03-04T11:00:00Z"}}),
            "InvalidParameterValue: The specified instance cannot be restored to a time later than "
            "2026-03-04T10:55:00.000Z.");
  EXPECT_EQ(restore("orders", {{"RestoreTime", "2026-03-04T09:00:00Z"}}),
            "InvalidParameterValue: The specified instance cannot be restored to a time earlier than "
            "2026-03-04T10:00:01.400Z.");
  EXPECT_EQ(restore("orders", {{"RestoreTime", "2026-03-04T10:30:00Z"}, {"UseLatestRestorableTime", true}}),
            "InvalidParameterCombination: RestoreTime and UseLatestRestorableTime can't be specified together.");
  EXPECT_EQ(restore("orders", {}),
            "InvalidParameterCombination: RestoreTime or UseLatestRestorableTime must be specified.");
  EXPECT_EQ(restore("none", latest), "DBInstanceNotFound: DBInstance none not found.");
  EXPECT_EQ(restore("", latest),
            "InvalidParameterCombination: One of SourceDBInstanceIdentifier, SourceDbiResourceId and "
            "SourceDBInstanceAutomatedBackupsArn must be specified.");
  EXPECT_EQ(restore("", {{"UseLatestRestorableTime", true}, {"SourceDbiResourceId", "db-NONE"}}),
            "DBInstanceAutomatedBackupNotFound: DBInstanceAutomatedBackup of db-NONE not found.");
  lab.Do("CreateDBInstance", PostgresMembers("young"));
  EXPECT_EQ(restore("young", latest),
            "InvalidDBInstanceState: The source DB instance young is not in a state from which it can be restored: it "
            "is creating.");
  lab.Do("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}}));
  EXPECT_EQ(restore("orders", latest),
            "InvalidDBInstanceState: The source DB instance orders is not in a state from which it can be restored: it "
            "is deleting.");
}

TEST(SimBackup, ComesDailyAndAgesWithTheRetentionPeriod) {
  Lab lab;
  lab.Create("orders", {{"BackupRetentionPeriod", 2}, {"PreferredBackupWindow", "03:00-03:30"}});
  const Properties automated{{"SnapshotType", "automated"}};
  lab.Pass(days(1));
  EXPECT_THAT(Names(Snapshots(lab, automated)),
              ElementsAre("rds:orders-2026-03-04-10-00", "rds:orders-2026-03-05-03-00"));
  lab.Pass(days(5));
  EXPECT_THAT(Names(Snapshots(lab, automated)),
              ElementsAre("rds:orders-2026-03-08-03-00", "rds:orders-2026-03-09-03-00", "rds:orders-2026-03-10-03-00"));
  lab.Do("ModifyDBInstance", Named("orders", {{"BackupRetentionPeriod", 0}, {"ApplyImmediately", true}}));
  lab.Settle();
  EXPECT_THAT(Snapshots(lab, automated), IsEmpty()) << "without retention there are no backups";
  lab.Pass(days(2));
  EXPECT_THAT(Snapshots(lab, automated), IsEmpty());
  lab.Do("ModifyDBInstance", Named("orders", {{"BackupRetentionPeriod", 1}, {"ApplyImmediately", true}}));
  lab.Settle();
  EXPECT_EQ(Snapshots(lab, automated).size(), 1U);
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  lab.Do("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}}));
  lab.Settle();
  EXPECT_THAT(Names(Snapshots(lab)), ElementsAre("s")) << "automated ones go with their instance";
  EXPECT_EQ(lab.Refusal("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}})),
            "DBInstanceNotFound: DBInstance orders not found.");
}

TEST(SimRestoreEngine, JobsCarryTheDataAndTheLog) {
  Lab lab(RealPostgres());
  lab.Create("orders", {{"BackupRetentionPeriod", 1}});
  auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_TRUE(jobs[0].spec.keeps_log);
  EXPECT_EQ(jobs[1].verb, EngineVerb::kSnapshot);
  const std::string backup = jobs[1].spec.snapshot_id;
  EXPECT_THAT(backup, testing::StartsWith("snap-"));
  EXPECT_EQ(jobs[1].spec.oldest_snapshot_id, backup);
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  jobs = Jobs(lab, EngineVerb::kSnapshot);
  ASSERT_EQ(jobs.size(), 1U);
  const std::string manual = jobs[0].spec.snapshot_id;
  EXPECT_NE(manual, backup);
  lab.Do("RestoreDBInstanceFromDBSnapshot", FromSnapshot("s", "one"));
  lab.Settle();
  const EngineSpec one = Jobs(lab, EngineVerb::kProvision).at(0).spec;
  EXPECT_EQ(one.snapshot_id, manual);
  EXPECT_EQ(one.log_of, "");
  EXPECT_FALSE(one.restore_until.has_value());
  lab.Pass(minutes(60));
  lab.Do("RestoreDBInstanceToPointInTime", Latest("orders", "two", {{"RestoreTime", "2026-03-04T10:30:00Z"}}));
  lab.Settle();
  const EngineSpec two = Jobs(lab, EngineVerb::kProvision).at(0).spec;
  EXPECT_EQ(two.snapshot_id, backup);
  EXPECT_EQ(two.log_of, lab.Show("orders", "DbiResourceId"));
  EXPECT_EQ(two.restore_until, ParseIso8601("2026-03-04T10:30:00Z"));
  lab.Do("RestoreDBInstanceToPointInTime", Latest("orders", "three"));
  lab.Settle();
  EXPECT_FALSE(Jobs(lab, EngineVerb::kProvision).at(0).spec.restore_until.has_value());
}

TEST(SimRestoreEngine, RetentionDecidesWhetherTheLogIsKept) {
  Lab lab(RealPostgres());
  lab.Create("orders", {{"BackupRetentionPeriod", 0}});
  auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_FALSE(jobs[0].spec.keeps_log);
  lab.Do("ModifyDBInstance", Named("orders", {{"BackupRetentionPeriod", 3}, {"ApplyImmediately", true}}));
  lab.Settle();
  jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].verb, EngineVerb::kReload);
  EXPECT_TRUE(jobs[0].spec.keeps_log);
  EXPECT_EQ(jobs[1].verb, EngineVerb::kSnapshot);
  lab.Do("ModifyDBInstance", Named("orders", {{"BackupRetentionPeriod", 0}, {"ApplyImmediately", true}}));
  lab.Settle();
  jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].verb, EngineVerb::kReload);
  EXPECT_FALSE(jobs[0].spec.keeps_log);
  EXPECT_EQ(jobs[1].verb, EngineVerb::kDiscard);
}

TEST(SimRestoreEngine, AFinalSnapshotThatFailsKeepsTheDatabase) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.engines_work = false;
  lab.TakeJobs();
  lab.Do("DeleteDBInstance", Named("orders", {{"FinalDBSnapshotIdentifier", "last"}}));
  EXPECT_EQ(lab.Status("orders"), "deleting");
  EXPECT_EQ(lab.Refusal("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}})),
            "InvalidDBInstanceState: Instance orders is already being deleted.");
  lab.Pass(minutes(1));
  auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U);
  ASSERT_EQ(jobs[0].verb, EngineVerb::kSnapshot) << "nothing is destroyed before the data is safe";
  lab.Report(jobs[0], false, "no space left on device");
  EXPECT_EQ(lab.Status("orders"), "available");
  EXPECT_EQ(*Snapshot(lab, "last").Find("Status"), Value("failed"));
  EXPECT_THAT(lab.Messages("orders"), Contains("The snapshot last could not be taken: no space left on device"));
  EXPECT_THAT(lab.TakeJobs(), IsEmpty());
  lab.Do("DeleteDBSnapshot", {{"DBSnapshotIdentifier", "last"}});
  lab.Do("DeleteDBInstance", Named("orders", {{"FinalDBSnapshotIdentifier", "last"}}));
  lab.engines_work = true;
  for (const EngineJob& job : lab.TakeJobs())
    lab.Report(job);
  lab.Settle();
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", Named("orders")), "DBInstanceNotFound: DBInstance orders not found.");
  EXPECT_EQ(*Snapshot(lab, "last").Find("Status"), Value("available"));
}

TEST(SimRestoreEngine, ADeletionFinishesTheSnapshotThatIsBeingTaken) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.engines_work = false;
  lab.TakeJobs();
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Do("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}}));
  lab.Pass(minutes(1));
  auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U);
  lab.Report(jobs[0]);
  EXPECT_EQ(*Snapshot(lab, "s").Find("Status"), Value("available"));
  EXPECT_EQ(Jobs(lab, EngineVerb::kDestroy).size(), 1U);
}

TEST(SimRestoreEngine, DataStaysForAsLongAsItIsRestoredFrom) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  lab.engines_work = false;
  lab.TakeJobs();
  lab.Do("RestoreDBInstanceFromDBSnapshot", FromSnapshot("s", "one"));
  lab.Do("RestoreDBInstanceToPointInTime", Latest("orders", "two"));
  const auto provisions = Jobs(lab, EngineVerb::kProvision);
  ASSERT_EQ(provisions.size(), 2U);
  lab.Do("DeleteDBSnapshot", {{"DBSnapshotIdentifier", "s"}});
  lab.Do("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}}));
  lab.Pass(minutes(1));
  EXPECT_THAT(lab.TakeJobs(), IsEmpty()) << "neither the snapshot nor the log may go yet";
  lab.Report(provisions[0]);
  lab.Pass(Millis(1));
  auto jobs = lab.TakeJobs();
  EXPECT_EQ(std::ranges::count(jobs, EngineVerb::kDiscard, &EngineJob::verb), 1);
  EXPECT_EQ(std::ranges::count(jobs, EngineVerb::kDestroy, &EngineJob::verb), 0);
  lab.engines_work = true;
  for (const EngineJob& job : jobs)
    lab.Report(job);
  lab.Report(provisions[1]);
  lab.Settle();
  EXPECT_EQ(Jobs(lab, EngineVerb::kDestroy).size(), 1U);
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", Named("orders")), "DBInstanceNotFound: DBInstance orders not found.");
  EXPECT_EQ(lab.Status("one"), "available");
  EXPECT_EQ(lab.Status("two"), "available");
}

TEST(SimRestoreEngine, ARestoreThatFailsIsIncompatibleRestore) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  lab.engines_work = false;
  lab.Do("RestoreDBInstanceFromDBSnapshot", FromSnapshot("s", "new"));
  lab.Report(Jobs(lab, EngineVerb::kProvision).back(), false, "the data is gone");
  EXPECT_EQ(lab.Status("new"), "incompatible-restore");
  EXPECT_THAT(lab.Messages("new"), Contains("DB instance restoration failed: the data is gone"));
}

TEST(SimRestoreEngine, RealDataIsNeverRestoredIntoASimulatedInstance) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Settle();
  EXPECT_EQ(
      lab.Refusal("RestoreDBInstanceFromDBSnapshot", FromSnapshot("s", "new", {{"DBInstanceClass", "db.z9.huge"}})),
      "InvalidRestoreFault: Cannot restore the data of snapshot s: DBInstanceClass db.z9.huge is unknown to the "
      "catalogue.");
}

TEST(SimRestoreEngine, SurvivesARestartAtEveryStep) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.engines_work = false;
  // What the new control plane asks for first, carried out; and what it asks for then.
  const auto restart = [&] {
    lab.Restart();
    auto jobs = lab.TakeJobs();
    for (const EngineJob& job : jobs) {
      if (job.verb == EngineVerb::kStart) lab.Report(job);
    }
    std::erase_if(jobs, [](const EngineJob& job) { return job.verb == EngineVerb::kStart; });
    lab.Pass(Millis(1));
    for (EngineJob& job : lab.TakeJobs())
      jobs.push_back(std::move(job));
    return jobs;
  };
  lab.Do("CreateDBSnapshot", SnapshotOf("orders", "s"));
  lab.Pass(minutes(1));
  auto jobs = restart();
  ASSERT_EQ(jobs.size(), 1U) << "asked for again";
  EXPECT_EQ(jobs[0].verb, EngineVerb::kSnapshot);
  lab.Report(jobs[0]);
  EXPECT_EQ(*Snapshot(lab, "s").Find("Status"), Value("available"));
  lab.Do("RestoreDBInstanceToPointInTime", Latest("orders", "two"));
  const EngineSpec asked = Jobs(lab, EngineVerb::kProvision).at(0).spec;
  lab.Restart();
  jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U) << "the restore waits for the server whose log it reads";
  EXPECT_EQ(jobs[0].verb, EngineVerb::kStart);
  lab.Report(jobs[0]);
  lab.Pass(Millis(1));
  jobs = Jobs(lab, EngineVerb::kProvision);
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].spec.snapshot_id, asked.snapshot_id);
  EXPECT_EQ(jobs[0].spec.log_of, asked.log_of);
  lab.Report(jobs[0]);
  lab.Pass(Millis(1));
  for (const EngineJob& job : Jobs(lab, EngineVerb::kSnapshot))
    lab.Report(job);
  lab.Do("DeleteDBSnapshot", {{"DBSnapshotIdentifier", "s"}});
  const auto discarded = [&] {
    return std::ranges::count_if(lab.records(),
                                 [](const auto& record) { return record.first.starts_with("discarded/"); });
  };
  EXPECT_EQ(discarded(), 1);
  jobs = restart();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].verb, EngineVerb::kDiscard);
  lab.Report(jobs[0]);
  EXPECT_EQ(discarded(), 0);
}

TEST(SimRestoreEngine, StoppingMayTakeASnapshotFirst) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.TakeJobs();
  lab.Do("StopDBInstance", Named("orders", {{"DBSnapshotIdentifier", "s"}}));
  EXPECT_EQ(lab.Status("orders"), "stopping");
  lab.Settle();
  EXPECT_EQ(lab.Status("orders"), "stopped");
  const auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].verb, EngineVerb::kSnapshot);
  EXPECT_EQ(jobs[1].verb, EngineVerb::kStop);
  EXPECT_EQ(*Snapshot(lab, "s").Find("Status"), Value("available"));
}

}  // namespace
}  // namespace rdsteady::local::sim
