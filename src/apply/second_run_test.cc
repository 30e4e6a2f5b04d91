// What random worlds have found (test/promises), each as the shortest case that shows it: runs that did not end, sent
// too much, or came back to what was done.
#include <algorithm>

#include <gmock/gmock.h>

#include "model/kinds/compare.h"
#include "support/in_process_rds.h"

namespace rdsteady::apply {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kInstance = R"(
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15.4
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
)";
constexpr std::string_view kReplica = R"(
DBInstance:
  copy:
    SourceDBInstanceIdentifier: null
)";
const ExecuteOptions kNow{.plan = {.when = plan::When::kNow}};

std::string With(std::string_view more) {
  return std::string(kInstance) + std::string(more);
}

ResourceOutcome OutcomeOf(const Result<ApplyOutcome>& outcome) {
  if (outcome && !outcome->resources.empty()) return outcome->resources.front();
  ADD_FAILURE() << (outcome ? "no resource" : outcome.error().message);
  return {.result = ResourceResult::kFailed};
}

std::string MessageOf(const Result<ApplyOutcome>& outcome) {
  const ResourceOutcome resource = OutcomeOf(outcome);
  return resource.errors.empty() ? std::string() : resource.errors.front().message;
}

Value At(World& world, const std::string& name, std::string_view path) {
  return model::ReadPath(world.Live("DBInstance", name), path);
}

void Modify(World& world, Properties input) {
  input.emplace("DBInstanceIdentifier", "orders");
  const auto answer = world.CallAsOther("ModifyDBInstance", std::move(input));
  ASSERT_TRUE(answer) << answer.error().message;
}

void MakeReplica(World& world) {
  ASSERT_EQ(OutcomeOf(world.Apply(With("    BackupRetentionPeriod: 7\n"))).result, ResourceResult::kCreated);
  ASSERT_TRUE(world.CallAsOther("CreateDBInstanceReadReplica",
                                {{"DBInstanceIdentifier", "copy"}, {"SourceDBInstanceIdentifier", "orders"}}));
  world.timer.RunFor(std::chrono::minutes(2));
}

TEST(SecondRun, ARoleThatGoesIsSettledBeforeTheOneThatComes) {
  World world;
  const auto roles = [](std::string_view role) {
    return With("    AssociatedRoles: [{RoleArn: \"arn:aws:iam::123456789012:role/" + std::string(role) +
                "\", FeatureName: s3Import}]\n");
  };
  ASSERT_EQ(OutcomeOf(world.Apply(roles("one"))).result, ResourceResult::kCreated);
  world.rds.ForgetCalls();
  EXPECT_EQ(OutcomeOf(world.Apply(roles("two"))).result, ResourceResult::kUpdated);
  EXPECT_THAT(world.rds.MutatingCalls(),
              ElementsAre("RemoveRoleFromDBInstance DBInstanceIdentifier,FeatureName,RoleArn",
                          "AddRoleToDBInstance DBInstanceIdentifier,FeatureName,RoleArn"));
}

TEST(SecondRun, APromotionThatComesTooEarlyIsNotTakenForDone) {
  World world;
  MakeReplica(world);
  // Under way, and still `available`: the promotion is refused for its state.
  ASSERT_TRUE(world.CallAsOther("ModifyDBInstance", {{"DBInstanceIdentifier", "copy"}, {"PubliclyAccessible", true}}));
  const auto outcome = world.Apply(std::string(kReplica));
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUpdated) << MessageOf(outcome);
  EXPECT_EQ(At(world, "copy", "ReadReplicaSourceDBInstanceIdentifier"), Value());
}

TEST(SecondRun, APromotionKeepsTheRetentionThatNobodyStates) {
  World world;
  MakeReplica(world);
  ASSERT_TRUE(
      world.CallAsOther("ModifyDBInstance",
                        {{"DBInstanceIdentifier", "copy"}, {"BackupRetentionPeriod", 14}, {"ApplyImmediately", true}}));
  world.timer.RunFor(std::chrono::minutes(2));
  ASSERT_EQ(At(world, "copy", "BackupRetentionPeriod"), Value(14));
  EXPECT_EQ(OutcomeOf(world.Apply(std::string(kReplica))).result, ResourceResult::kUpdated);
  EXPECT_EQ(At(world, "copy", "BackupRetentionPeriod"), Value(14));
}

// It cannot be taken back: RDS restarts what is renamed to its own name.
TEST(SecondRun, ARenameInTheQueueThatOthersHavePutThereIsRefused) {
  World world;
  ASSERT_EQ(OutcomeOf(world.Apply(std::string(kInstance))).result, ResourceResult::kCreated);
  Modify(world, {{"NewDBInstanceIdentifier", "invoices"}});
  world.rds.ForgetCalls();
  const auto outcome = world.Apply(With("    MultiAZ: true\n"), kNow);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kRefused);
  EXPECT_THAT(MessageOf(outcome), HasSubstr("it will be renamed to invoices, and the stated name will then be gone"));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(SecondRun, ACertificateKeptForTheNextRestartStandsStill) {
  World world;
  ASSERT_EQ(OutcomeOf(world.Apply(std::string(kInstance))).result, ResourceResult::kCreated);
  const std::string rotated =
      With("    CACertificateIdentifier: rds-ca-ecc384-g1\n    CertificateRotationRestart: false\n");
  EXPECT_EQ(OutcomeOf(world.Apply(rotated, kNow)).result, ResourceResult::kScheduled);
  world.rds.ForgetCalls();
  EXPECT_EQ(OutcomeOf(world.Apply(rotated, kNow)).result, ResourceResult::kScheduled);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(SecondRun, AMajorUpgradeInTheWindowTakesItsGroupAlong) {
  World world;
  for (const auto& [name, family] : {std::pair{"old", "postgres15"}, std::pair{"new", "postgres16"}}) {
    ASSERT_TRUE(world.CallAsOther(
        "CreateDBParameterGroup",
        {{"DBParameterGroupName", name}, {"DBParameterGroupFamily", family}, {"Description", "of others"}}));
  }
  ASSERT_EQ(OutcomeOf(world.Apply(With("    DBParameterGroupName: old\n"))).result, ResourceResult::kCreated);
  std::string upgraded = With("    DBParameterGroupName: new\n    AllowMajorVersionUpgrade: true\n");
  upgraded.replace(upgraded.find("15.4"), 4, "16.3");
  world.rds.ForgetCalls();
  EXPECT_EQ(OutcomeOf(world.Apply(upgraded)).result, ResourceResult::kScheduled);
  EXPECT_THAT(
      world.rds.MutatingCalls(),
      ElementsAre("ModifyDBInstance AllowMajorVersionUpgrade,DBInstanceIdentifier,DBParameterGroupName,EngineVersion"));
  world.rds.ForgetCalls();
  EXPECT_EQ(OutcomeOf(world.Apply(upgraded)).result, ResourceResult::kScheduled);
  world.timer.RunFor(std::chrono::days(8));
  EXPECT_EQ(OutcomeOf(world.Apply(upgraded)).result, ResourceResult::kUnchanged);
  EXPECT_EQ(At(world, "orders", "DBParameterGroups[0].DBParameterGroupName"), Value("new"));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(SecondRun, WhatWouldWaitUnseenIsRefusedUnderTheWindow) {
  World world;
  ASSERT_EQ(OutcomeOf(world.Apply(With("    EnableCustomerOwnedIp: false\n"))).result, ResourceResult::kCreated);
  world.rds.ForgetCalls();
  const auto outcome = world.Apply(With("    EnableCustomerOwnedIp: true\n"));
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kRefused);
  EXPECT_THAT(MessageOf(outcome), HasSubstr("no answer of the service shows that it does"));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  EXPECT_EQ(OutcomeOf(world.Apply(With("    EnableCustomerOwnedIp: true\n"), kNow)).result, ResourceResult::kUpdated);
}

TEST(SecondRun, WhatIsOnItsWayIsNotTakenBackButChangedAgain) {
  World world;
  ASSERT_EQ(OutcomeOf(world.Apply(With("    Port: 5500\n"))).result, ResourceResult::kCreated);
  Modify(world, {{"DBPortNumber", 5501}});
  world.rds.ForgetCalls();
  EXPECT_EQ(OutcomeOf(world.Apply(With("    Port: 5500\n"))).result, ResourceResult::kRefused);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  EXPECT_EQ(OutcomeOf(world.Apply(With("    Port: 5500\n"), kNow)).result, ResourceResult::kUpdated);
  EXPECT_EQ(At(world, "orders", "Endpoint.Port"), Value(5500));
}

TEST(SecondRun, AResetGoesByItsOwnWordAndNotBesideWhatItResets) {
  World world;
  const std::string oracle = R"(
DBInstance:
  orders:
    Engine: oracle-ee
    DBInstanceClass: db.m6i.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
)";
  ASSERT_EQ(OutcomeOf(world.Apply(oracle + "    ProcessorFeatures: {coreCount: 2, threadsPerCore: 1}\n")).result,
            ResourceResult::kCreated);
  std::string larger = oracle + "    ProcessorFeatures: null\n";
  larger.replace(larger.find("m6i.large"), 9, "m6i.xlarge");
  world.rds.ForgetCalls();
  EXPECT_EQ(OutcomeOf(world.Apply(larger, kNow)).result, ResourceResult::kUpdated);
  EXPECT_THAT(
      world.rds.MutatingCalls(),
      ElementsAre(
          "ModifyDBInstance ApplyImmediately,DBInstanceClass,DBInstanceIdentifier,UseDefaultProcessorFeatures"));
}

}  // namespace
}  // namespace rdsteady::apply
