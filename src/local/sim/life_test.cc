// What else happens to instances: replicas, reboots, stops, deletion, engines that work or fail, and a restart of the
// control plane itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "local/sim/lab.h"

namespace rdsteady::local::sim {
namespace {

using std::chrono::days;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

SimOptions RealPostgres() {
  return {.real_engines = {{"postgres", "15"}}};
}

Properties Named(std::string_view name, Properties more = {}) {
  more["DBInstanceIdentifier"] = std::string(name);
  return more;
}

Properties ReplicaOf(std::string_view source, std::string_view name, Properties more = {}) {
  more["SourceDBInstanceIdentifier"] = std::string(source);
  return Named(name, std::move(more));
}

// Backups apart, which come by themselves.
std::vector<EngineVerb> Verbs(const std::vector<EngineJob>& jobs) {
  std::vector<EngineVerb> verbs;
  for (const EngineJob& job : jobs) {
    if (job.verb != EngineVerb::kSnapshot && job.verb != EngineVerb::kDiscard) verbs.push_back(job.verb);
  }
  return verbs;
}

TEST(SimReplica, InheritsFromItsSourceAndShowsOnBoth) {
  Lab lab;
  lab.Create("orders", {{"Port", 6001}, {"AllocatedStorage", 50}, {"BackupRetentionPeriod", 7}});
  lab.Do("CreateDBInstanceReadReplica", ReplicaOf("Orders", "orders-replica"));
  EXPECT_EQ(lab.Show("orders", "ReadReplicaDBInstanceIdentifiers"), "[]") << "listed once it is there";
  lab.Settle();
  EXPECT_EQ(lab.Status("orders-replica"), "available");
  EXPECT_EQ(lab.Show("orders", "ReadReplicaDBInstanceIdentifiers"), R"(["orders-replica"])");
  EXPECT_EQ(lab.Show("orders-replica", "ReadReplicaSourceDBInstanceIdentifier"), "orders");
  EXPECT_EQ(lab.Show("orders-replica", "BackupRetentionPeriod"), "0");
  EXPECT_EQ(lab.Show("orders-replica", "AllocatedStorage"), "50");
  EXPECT_EQ(lab.Show("orders-replica", "Endpoint.Port"), "6001");
  EXPECT_EQ(lab.Show("orders-replica", "MasterUsername"), "master");
  EXPECT_THAT(lab.Show("orders-replica", "StatusInfos"), HasSubstr("replicating"));
}

TEST(SimReplica, Refusals) {
  Lab lab;
  lab.Create("orders", {{"BackupRetentionPeriod", 0}});
  EXPECT_EQ(lab.Refusal("CreateDBInstanceReadReplica", ReplicaOf("orders", "r")),
            "InvalidDBInstanceState: Automated backups are not enabled for this database instance. To enable automated "
            "backups, use ModifyDBInstance to set the backup retention period to a non-zero value.");
  EXPECT_EQ(lab.Refusal("CreateDBInstanceReadReplica", ReplicaOf("other", "r")),
            "DBInstanceNotFound: DBInstance other not found.");
  EXPECT_EQ(lab.Refusal("CreateDBInstanceReadReplica", Named("r")),
            "InvalidParameterValue: The parameter SourceDBInstanceIdentifier must be provided and must not be blank.");
  EXPECT_EQ(lab.Refusal("PromoteReadReplica", Named("orders")),
            "InvalidDBInstanceState: DB Instance orders is not a read replica.");
  lab.Create("sales");
  lab.Do("CreateDBInstanceReadReplica", ReplicaOf("sales", "sales-replica"));
  lab.Settle();
  EXPECT_EQ(
      lab.Refusal("ModifyDBInstance", Named("sales", {{"BackupRetentionPeriod", 0}})),
      "InvalidParameterCombination: Automated backups can't be disabled on a DB instance that has read replicas.");
  EXPECT_EQ(lab.Refusal("StopDBInstance", Named("sales")),
            "InvalidDBInstanceState: A DB instance that is a read replica, or has read replicas, can't be stopped.");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", Named("sales-replica", {{"MasterUserPassword", "long-enough"}})),
            "InvalidParameterCombination: The master password of a read replica can't be modified.");
}

TEST(SimReplica, SixteenthIsRefused) {
  Lab lab;
  lab.Create("orders");
  for (int i = 0; i < 15; ++i) {
    lab.Do("CreateDBInstanceReadReplica", ReplicaOf("orders", "r" + std::to_string(i)));
  }
  EXPECT_EQ(lab.Refusal("CreateDBInstanceReadReplica", ReplicaOf("orders", "r15")),
            "InstanceQuotaExceeded: The source DB instance already has 15 read replicas.");
}

TEST(SimReplica, OfAnotherRegionShowsTheArn) {
  Lab lab;
  lab.Create("orders");
  auto answer = lab.Handle("CreateDBInstanceReadReplica",
                           ReplicaOf("arn:aws:rds:us-east-1:123456789012:db:orders", "far"), "eu-west-1");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "ReadReplicaDBInstanceIdentifiers"), R"(["arn:aws:rds:eu-west-1:123456789012:db:far"])");
  answer = lab.Handle("DescribeDBInstances", Named("far"), "eu-west-1");
  const Value& far = Find(*answer, "DBInstances")->As<List>().at(0);
  EXPECT_EQ(*far.Find("ReadReplicaSourceDBInstanceIdentifier"), Value("arn:aws:rds:us-east-1:123456789012:db:orders"));
}

TEST(SimReplica, PromotionIsOneWayAndBringsBackups) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.Do("CreateDBInstanceReadReplica", ReplicaOf("orders", "r"));
  lab.Settle();
  auto jobs = lab.TakeJobs();
  ASSERT_THAT(Verbs(jobs), ElementsAre(EngineVerb::kProvision, EngineVerb::kProvision));
  const EngineSpec& replica = jobs.back().spec;
  EXPECT_EQ(replica.source_resource_id, jobs[0].spec.resource_id);
  EXPECT_EQ(replica.source_address, jobs[0].spec.address);
  EXPECT_EQ(replica.source_port, 5432);
  EXPECT_EQ(replica.password_verifier, jobs[0].spec.password_verifier);
  lab.Do("ModifyDBInstance", Named("r", {{"BackupRetentionPeriod", 14}}));
  EXPECT_EQ(lab.Pending("r"), R"({"BackupRetentionPeriod": 14})");
  lab.Do("PromoteReadReplica", Named("r", {{"BackupRetentionPeriod", 5}}));
  EXPECT_EQ(lab.Status("r"), "modifying");
  lab.Settle();
  EXPECT_EQ(lab.Pending("r"), "{}");
  EXPECT_EQ(lab.Show("r", "ReadReplicaSourceDBInstanceIdentifier"), "absent");
  EXPECT_EQ(lab.Show("r", "StatusInfos"), "absent");
  EXPECT_EQ(lab.Show("r", "BackupRetentionPeriod"), "5");
  EXPECT_EQ(lab.Show("orders", "ReadReplicaDBInstanceIdentifiers"), "[]");
  EXPECT_THAT(Verbs(lab.TakeJobs()), ElementsAre(EngineVerb::kPromote));
  EXPECT_EQ(lab.Refusal("PromoteReadReplica", Named("r")),
            "InvalidDBInstanceState: DB Instance r is not a read replica.");
}

TEST(SimReplica, OutlivesItsSource) {
  Lab lab;
  lab.Create("orders");
  lab.Do("CreateDBInstanceReadReplica", ReplicaOf("orders", "r"));
  lab.Settle();
  lab.Do("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}}));
  lab.Settle();
  EXPECT_EQ(lab.Status("r"), "available");
  EXPECT_EQ(lab.Show("r", "ReadReplicaSourceDBInstanceIdentifier"), "absent");
}

TEST(SimReplica, FollowsTheNameOfItsSource) {
  Lab lab;
  lab.Create("orders");
  lab.Do("CreateDBInstanceReadReplica", ReplicaOf("orders", "r"));
  lab.Settle();
  lab.Do("ModifyDBInstance", Named("orders", {{"NewDBInstanceIdentifier", "sales"}, {"ApplyImmediately", true}}));
  lab.Settle();
  EXPECT_EQ(lab.Show("r", "ReadReplicaSourceDBInstanceIdentifier"), "sales");
  EXPECT_EQ(lab.Show("sales", "ReadReplicaDBInstanceIdentifiers"), R"(["r"])");
}

TEST(SimLife, DeletionNeedsAWordAboutTheFinalSnapshot) {
  Lab lab;
  lab.Create("orders", {{"DeletionProtection", true},
                        {"CopyTagsToSnapshot", true},
                        {"Tags", List{Properties{{"Key", "a"}, {"Value", "b"}}}}});
  EXPECT_EQ(lab.Refusal("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}})),
            "InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and "
            "try again.");
  lab.Do("ModifyDBInstance", Named("orders", {{"DeletionProtection", false}}));
  EXPECT_EQ(lab.Refusal("DeleteDBInstance", Named("orders")),
            "InvalidParameterCombination: FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is "
            "specified.");
  EXPECT_EQ(lab.Refusal("DeleteDBInstance",
                        Named("orders", {{"SkipFinalSnapshot", true}, {"FinalDBSnapshotIdentifier", "last"}})),
            "InvalidParameterCombination: FinalDBSnapshotIdentifier can not be specified when deleting an instance "
            "with SkipFinalSnapshot as true.");
  lab.Do("DeleteDBInstance", Named("orders", {{"FinalDBSnapshotIdentifier", "Last"}}));
  EXPECT_EQ(lab.Status("orders"), "deleting");
  EXPECT_EQ(lab.Refusal("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}})),
            "InvalidDBInstanceState: Instance orders is already being deleted.");
  EXPECT_EQ(lab.Refusal("CreateDBInstance", PostgresMembers("orders")),
            "DBInstanceAlreadyExists: DB instance already exists");
  lab.Settle();
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", Named("orders")), "DBInstanceNotFound: DBInstance orders not found.");
  const Properties answer = lab.Do("DescribeDBSnapshots", {{"DBSnapshotIdentifier", "last"}});
  const Value& snapshot = Find(answer, "DBSnapshots")->As<List>().at(0);
  EXPECT_EQ(*snapshot.Find("Status"), Value("available"));
  EXPECT_EQ(*snapshot.Find("TagList"), Value(List{Properties{{"Key", "a"}, {"Value", "b"}}}));
}

TEST(SimLife, StopForgetsTheQueueAndEndsByItselfAfterSevenDays) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.Do("ModifyDBInstance", Named("orders", {{"DBInstanceClass", "db.m6g.xlarge"}}));
  lab.TakeJobs();
  lab.Do("StopDBInstance", Named("orders"));
  EXPECT_EQ(lab.Status("orders"), "stopping");
  EXPECT_EQ(lab.Pending("orders"), "{}");
  lab.Settle();
  EXPECT_EQ(lab.Status("orders"), "stopped");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", Named("orders", {{"DeletionProtection", true}})),
            "InvalidDBInstanceState: Database instance orders is not in available state.");
  EXPECT_EQ(lab.Refusal("StopDBInstance", Named("orders")),
            "InvalidDBInstanceState: Database instance orders is not in available state.");
  EXPECT_EQ(lab.Show("orders", "AutomaticRestartTime"), "2026-03-11T10:00:01.100Z");
  lab.Pass(days(6));
  EXPECT_EQ(lab.Status("orders"), "stopped");
  lab.Pass(days(1));
  EXPECT_EQ(lab.Status("orders"), "starting");
  lab.Settle();
  EXPECT_EQ(lab.Status("orders"), "available");
  EXPECT_THAT(Verbs(lab.TakeJobs()), ElementsAre(EngineVerb::kStop, EngineVerb::kStart));
  EXPECT_EQ(lab.Refusal("StartDBInstance", Named("orders")), "InvalidDBInstanceState: Instance orders is not stopped.");
}

TEST(SimLife, FailoverSwapsTheZones) {
  Lab lab;
  lab.Create("orders", {{"MultiAZ", true}});
  const std::string first = lab.Show("orders", "AvailabilityZone");
  const std::string second = lab.Show("orders", "SecondaryAvailabilityZone");
  lab.Do("RebootDBInstance", Named("orders", {{"ForceFailover", true}}));
  EXPECT_EQ(lab.Status("orders"), "rebooting");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "AvailabilityZone"), second);
  EXPECT_EQ(lab.Show("orders", "SecondaryAvailabilityZone"), first);
  lab.Create("single");
  EXPECT_EQ(lab.Refusal("RebootDBInstance", Named("single", {{"ForceFailover", true}})),
            "InvalidParameterCombination: Force failover is only valid for Multi-AZ instances.");
}

TEST(SimLife, RolesAreSets) {
  Lab lab;
  lab.Create("orders");
  const Properties role{{"RoleArn", "arn:aws:iam::123456789012:role/s3"}, {"FeatureName", "s3Import"}};
  lab.Do("AddRoleToDBInstance", Named("orders", role));
  EXPECT_THAT(lab.Show("orders", "AssociatedRoles"), HasSubstr("PENDING"));
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "AssociatedRoles"),
            R"([{"FeatureName": "s3Import", "RoleArn": "arn:aws:iam::123456789012:role/s3", "Status": "ACTIVE"}])");
  EXPECT_EQ(lab.Refusal("AddRoleToDBInstance", Named("orders", role)),
            "DBInstanceRoleAlreadyExists: Role ARN arn:aws:iam::123456789012:role/s3 is already associated with DB "
            "instance orders for feature s3Import.");
  lab.Do("RemoveRoleFromDBInstance", Named("orders", role));
  EXPECT_EQ(lab.Refusal("RemoveRoleFromDBInstance", Named("orders", role)),
            "DBInstanceRoleNotFound: Role ARN arn:aws:iam::123456789012:role/s3 cannot be found for DB instance "
            "orders.");
}

TEST(SimEngine, CreatingLastsAsLongAsTheEngineDoes) {
  Lab lab(RealPostgres());
  lab.engines_work = false;
  lab.Do("CreateDBInstance", PostgresMembers("orders", {{"DBName", "orders"}, {"Port", 6002}}));
  lab.Pass(days(1));
  EXPECT_EQ(lab.Status("orders"), "creating");
  const auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U);
  const EngineSpec& spec = jobs[0].spec;
  EXPECT_EQ(jobs[0].verb, EngineVerb::kProvision);
  EXPECT_EQ(spec.engine, "postgres");
  EXPECT_EQ(spec.engine_version, "15.20");
  EXPECT_EQ(spec.db_name, "orders");
  EXPECT_EQ(spec.master_username, "master");
  EXPECT_EQ(spec.port, 6002);
  EXPECT_EQ(spec.memory_bytes, 8LL << 30);
  EXPECT_THAT(spec.address, testing::StartsWith("127."));
  EXPECT_TRUE(spec.parameters.empty());
  lab.Report(jobs[0]);
  EXPECT_EQ(lab.Status("orders"), "backing-up");
  EXPECT_EQ(lab.Show("orders", "Endpoint.Address"), spec.address);
}

TEST(SimEngine, FailureIsAStatusAndAnEvent) {
  Lab lab(RealPostgres());
  lab.engines_work = false;
  lab.Do("CreateDBInstance", PostgresMembers("orders"));
  lab.Report(lab.TakeJobs().at(0), false, "127.1.2.3:5432 is taken by process 77 (nc)");
  EXPECT_EQ(lab.Status("orders"), "failed");
  EXPECT_THAT(lab.Messages("orders"),
              Contains("DB instance creation failed: 127.1.2.3:5432 is taken by process 77 (nc)"));
  lab.Do("DeleteDBInstance", Named("orders", {{"SkipFinalSnapshot", true}}));
  lab.Pass(Millis(700));
  EXPECT_EQ(lab.Status("orders"), "deleting") << "until the engine has removed everything";
  const auto jobs = lab.TakeJobs();
  ASSERT_THAT(Verbs(jobs), ElementsAre(EngineVerb::kDestroy));
  lab.Report(jobs[0]);
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", Named("orders")), "DBInstanceNotFound: DBInstance orders not found.");
  lab.Report(jobs[0]);  // told twice: nothing happens
}

TEST(SimEngine, ARestartThatFailsWithParametersIsIncompatibleParameters) {
  Lab lab(RealPostgres());
  lab.Do("CreateDBParameterGroup",
         {{"DBParameterGroupName", "pg"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "d"}});
  lab.Create("orders", {{"DBParameterGroupName", "pg"}});
  lab.Do("ModifyDBParameterGroup", {{"DBParameterGroupName", "pg"},
                                    {"Parameters", List{Properties{{"ParameterName", "max_connections"},
                                                                   {"ParameterValue", "500"},
                                                                   {"ApplyMethod", "pending-reboot"}}}}});
  lab.engines_work = false;
  lab.TakeJobs();
  lab.Do("RebootDBInstance", Named("orders"));
  auto jobs = lab.TakeJobs();
  EXPECT_EQ(jobs.at(0).spec.parameters, (std::map<std::string, std::string>{{"max_connections", "500"}}));
  lab.Report(jobs.at(0), false, "it did not start");
  EXPECT_EQ(lab.Status("orders"), "incompatible-parameters");
  lab.engines_work = true;
  lab.Do("RebootDBInstance", Named("orders"));
  lab.Settle();
  EXPECT_EQ(lab.Status("orders"), "available");
}

TEST(SimEngine, RemarksBecomeEvents) {
  Lab lab(RealPostgres());
  lab.engines_work = false;
  lab.Do("CreateDBInstance", PostgresMembers("orders"));
  lab.Report(lab.TakeJobs().at(0), true, "pg_cron is not installed here and was left out");
  EXPECT_THAT(lab.Messages("orders"), Contains("pg_cron is not installed here and was left out"));
}

TEST(SimRestart, ComesBackAsItWas) {
  Lab lab;
  lab.Do("CreateDBSubnetGroup", {{"DBSubnetGroupName", "mine"},
                                 {"DBSubnetGroupDescription", "d"},
                                 {"SubnetIds", List{"subnet-1", "subnet-2"}},
                                 {"Tags", List{Properties{{"Key", "k"}, {"Value", "v"}}}}});
  lab.Do("CreateDBParameterGroup",
         {{"DBParameterGroupName", "pg"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "d"}});
  lab.Create("orders", {{"DBSubnetGroupName", "mine"}, {"DBParameterGroupName", "pg"}, {"MultiAZ", true}});
  lab.Create("stopped");
  lab.Do("StopDBInstance", Named("stopped"));
  lab.Settle();
  lab.Do("CreateDBInstanceReadReplica", ReplicaOf("orders", "r"));
  lab.Pass(Millis(300));  // in the middle of it
  lab.Do("ModifyDBInstance", Named("orders", {{"DBInstanceClass", "db.m6g.xlarge"}}));
  lab.Do("ModifyDBInstance", Named("orders", {{"MasterUserPassword", "long-enough"}}));
  const auto before = lab.records();
  const auto world = [&] {
    List all;
    for (std::string_view operation : {"DescribeDBInstances", "DescribeDBSubnetGroups", "DescribeDBParameterGroups",
                                       "DescribeEvents", "DescribeDBSnapshots"}) {
      all.emplace_back(lab.Do(operation, {}));
    }
    return Value(std::move(all));
  };
  const Value seen = world();
  lab.Restart();
  EXPECT_TRUE(world() == seen);
  EXPECT_TRUE(lab.records() == before) << "coming back changes nothing that is stored";
  lab.Settle();
  EXPECT_EQ(lab.Status("r"), "available");
  EXPECT_EQ(lab.Pending("orders"), R"({"DBInstanceClass": "db.m6g.xlarge"})");
  lab.Pass(days(8));
  EXPECT_EQ(lab.Show("orders", "DBInstanceClass"), "db.m6g.xlarge");
  EXPECT_EQ(lab.Status("stopped"), "available");
}

TEST(SimRestart, EnginesComeUpAgainAndUnreportedJobsGoOutAgain) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.Create("resting");
  lab.Do("StopDBInstance", Named("resting"));
  lab.Settle();
  lab.engines_work = false;
  lab.Do("CreateDBInstance", PostgresMembers("young"));
  lab.Do("CreateDBInstanceReadReplica", ReplicaOf("orders", "r"));
  lab.Do("ModifyDBInstance", Named("orders", {{"MasterUserPassword", "long-enough"}}));
  lab.Pass(Millis(300));
  lab.Restart();
  lab.Pass(Millis(1));
  auto jobs = lab.TakeJobs();
  std::vector<std::pair<std::string, EngineVerb>> given;
  for (const EngineJob& job : jobs)
    given.emplace_back(job.spec.identifier, job.verb);
  EXPECT_THAT(given, testing::UnorderedElementsAre(std::pair{"orders", EngineVerb::kStart},
                                                   std::pair{"orders", EngineVerb::kSetPassword},
                                                   std::pair{"young", EngineVerb::kProvision}))
      << "the replica waits for its source, and the stopped one stays stopped";
  lab.engines_work = true;
  for (const EngineJob& job : jobs)
    lab.Report(job);
  lab.Pass(Millis(1));
  given.clear();
  for (const EngineJob& job : lab.TakeJobs())
    given.emplace_back(job.spec.identifier, job.verb);
  EXPECT_THAT(given, testing::UnorderedElementsAre(std::pair{"r", EngineVerb::kProvision},
                                                   std::pair{"young", EngineVerb::kSnapshot}));
  lab.Settle();
  for (std::string_view name : {"orders", "young", "r"})
    EXPECT_EQ(lab.Status(name), "available") << name;
}

TEST(SimRestart, ADatabaseThatDoesNotComeUpIsFailedUntilItDoes) {
  Lab lab(RealPostgres());
  lab.Create("orders");
  lab.engines_work = false;
  lab.Restart();
  lab.Report(lab.TakeJobs().at(0), false, "PG_VERSION is missing");
  EXPECT_EQ(lab.Status("orders"), "failed");
  lab.engines_work = true;
  lab.Restart();
  lab.Settle();
  EXPECT_EQ(lab.Status("orders"), "available");
}

TEST(SimRestart, TimeNeverGoesBack) {
  Lab lab;
  lab.Create("orders");
  const auto stored = lab.Stored();
  Sim later({});
  ASSERT_TRUE(later.Load(stored, lab.now() - days(2)).has_value());
  auto answer = later.Handle({.account = std::string(kAccount),
                              .region = std::string(kRegion),
                              .operation = model::FindOperation("DescribeEvents"),
                              .input = {}},
                             lab.now() - days(2));
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_FALSE(Find(*answer, "Events")->As<List>().empty()) << "the events are of the last hour, not of the future";
}

TEST(SimRestart, DamagedRecordsAreRefusedByName) {
  auto load = [](std::string key, std::string body) {
    Sim sim({});
    auto loaded = sim.Load({{std::move(key), std::move(body)}}, Instant{});
    return loaded.has_value() ? std::string("loaded") : loaded.error();
  };
  EXPECT_EQ(load("planet/1/2/x", "{}"), "record 'planet/1/2/x' is of an unknown kind");
  EXPECT_THAT(load("instance/1/2/x", "{"), HasSubstr("record 'instance/1/2/x' is damaged: "));
  EXPECT_EQ(load("instance/1/2/x", "[]"), "record 'instance/1/2/x' is damaged: it is no object");
  EXPECT_EQ(load("instance/1/2/x", "{}"), "record 'instance/1/2/x' is damaged: no resource_id");
  EXPECT_EQ(load("meta///counters", R"({"format": 2})"),
            "the stored state has format 2, and this program reads format 1");
}

}  // namespace
}  // namespace rdsteady::local::sim
