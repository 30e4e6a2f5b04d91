// Databases that are born of others: of a snapshot, of a point in time, in another name. Each is there afterwards as
// its file states it, and a second run makes no mutating call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/kinds/compare.h"
#include "support/in_process_rds.h"

namespace rdsteady::apply {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kOrders = R"(
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 50
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
    BackupRetentionPeriod: 7
)";

class Births : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world_.Apply(std::string(kOrders)));
    ASSERT_TRUE(
        world_.CallAsOther("CreateDBSnapshot", {{"DBInstanceIdentifier", "orders"}, {"DBSnapshotIdentifier", "s"}}));
    world_.timer.RunFor(std::chrono::hours(2));
    world_.rds.ForgetCalls();
  }

  void Run(const std::string& yaml, ResourceResult wanted) {
    const auto outcome = world_.Apply(yaml);
    ASSERT_TRUE(outcome) << Describe(outcome.error());
    ASSERT_EQ(outcome->resources.size(), 1U);
    for (const Error& error : outcome->resources[0].errors)
      ADD_FAILURE() << Describe(error);
    EXPECT_EQ(outcome->resources[0].result, wanted);
  }
  void BringAboutOnce(const std::string& yaml) {
    Run(yaml, ResourceResult::kCreated);
    made_ = world_.rds.MutatingCalls();
    world_.rds.ForgetCalls();
    Run(yaml, ResourceResult::kUnchanged);
    EXPECT_THAT(world_.rds.MutatingCalls(), IsEmpty());
  }
  Value LiveAt(const std::string& name, std::string_view path) {
    return model::ReadPath(world_.Live("DBInstance", name), path);
  }

  World world_;
  std::vector<std::string> made_;
};

TEST_F(Births, ASnapshotIsRestoredAndWhatTheRestoreCannotSetFollows) {
  BringAboutOnce(R"(
DBInstance:
  copy:
    DBSnapshotIdentifier: s
    DBInstanceClass: db.r6g.large
    BackupRetentionPeriod: 3
    MonitoringInterval: 60
    MonitoringRoleArn: arn:aws:iam::123456789012:role/m
    MaxAllocatedStorage: 200
    Tags: {a: b}
)");
  EXPECT_THAT(made_, ElementsAre("RestoreDBInstanceFromDBSnapshot BackupRetentionPeriod,DBInstanceClass,"
                                 "DBInstanceIdentifier,DBSnapshotIdentifier,Tags",
                                 testing::StartsWith("ModifyDBInstance ")));
  EXPECT_EQ(LiveAt("copy", "DBInstanceStatus"), Value("available"));
  EXPECT_EQ(LiveAt("copy", "DBInstanceClass"), Value("db.r6g.large"));
  EXPECT_EQ(LiveAt("copy", "AllocatedStorage"), Value(50));
  EXPECT_EQ(LiveAt("copy", "BackupRetentionPeriod"), Value(3));
  EXPECT_EQ(LiveAt("copy", "MonitoringInterval"), Value(60));
  EXPECT_EQ(LiveAt("copy", "MaxAllocatedStorage"), Value(200));
}

TEST_F(Births, APointInTimeIsRestored) {
  const Value latest = LiveAt("orders", "LatestRestorableTime");
  ASSERT_TRUE(latest.Is<std::string>());
  BringAboutOnce(R"(
DBInstance:
  copy:
    SourceDBInstanceIdentifier: orders
    RestoreTime: ")" +
                 latest.As<std::string>() + R"("
    MaxAllocatedStorage: 200
    DeletionProtection: true
)");
  EXPECT_THAT(made_, ElementsAre("RestoreDBInstanceToPointInTime DeletionProtection,MaxAllocatedStorage,RestoreTime,"
                                 "SourceDBInstanceIdentifier,TargetDBInstanceIdentifier"));
  EXPECT_EQ(LiveAt("copy", "DeletionProtection"), Value(true));
  BringAboutOnce(R"(
DBInstance:
  newest:
    SourceDBInstanceIdentifier: orders
    UseLatestRestorableTime: true
)");
  EXPECT_EQ(LiveAt("newest", "BackupRetentionPeriod"), Value(7));
}

TEST_F(Births, ASnapshotThatIsNotThereIsNoReasonForAnEmptyDatabase) {
  const auto outcome = world_.Apply(R"(
DBInstance:
  copy:
    DBSnapshotIdentifier: none
    DBInstanceClass: db.r6g.large
)");
  EXPECT_TRUE(!outcome || outcome->resources[0].result == ResourceResult::kFailed ||
              outcome->resources[0].result == ResourceResult::kRefused);
  EXPECT_EQ(world_.Live("DBInstance", "copy"), Value());
}

TEST_F(Births, ARoleIsAddedOnceItIsThere) {
  BringAboutOnce(R"(
DBInstance:
  copy:
    DBSnapshotIdentifier: s
    AssociatedRoles: [{RoleArn: "arn:aws:iam::123456789012:role/s3", FeatureName: s3Import}]
)");
  EXPECT_THAT(made_, ElementsAre("RestoreDBInstanceFromDBSnapshot DBInstanceIdentifier,DBSnapshotIdentifier",
                                 "AddRoleToDBInstance DBInstanceIdentifier,FeatureName,RoleArn"));
}

}  // namespace
}  // namespace rdsteady::apply
