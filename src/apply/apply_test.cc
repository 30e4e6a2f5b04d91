// A run against the local RDS's control plane on a virtual clock: what is there afterwards, and what was sent for it.
#include "apply/apply.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/kinds/compare.h"
#include "support/in_process_rds.h"

namespace rdsteady::apply {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kOrders = R"(
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    StorageType: gp3
    DBName: orders
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
    BackupRetentionPeriod: 7
    MultiAZ: true
    PubliclyAccessible: false
    Tags: {service: orders}
)";

std::string With(std::string_view base, std::string_view from, std::string_view to) {
  std::string text(base);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Value LiveAt(World& world, std::string_view path) {
  return model::ReadPath(world.Live("DBInstance", "orders"), path);
}

ResourceResult ResultOf(const Result<ApplyOutcome>& outcome, std::string_view resource) {
  if (!outcome) {
    ADD_FAILURE() << Describe(outcome.error());
    return ResourceResult::kFailed;
  }
  const auto it = std::ranges::find(outcome->resources, resource, &ResourceOutcome::resource);
  if (it == outcome->resources.end()) {
    ADD_FAILURE() << "no outcome for " << resource;
    return ResourceResult::kFailed;
  }
  for (const Error& error : it->errors)
    std::fprintf(stderr, "%s\n", Describe(error).c_str());
  return it->result;
}

TEST(Apply, CreatesThenASecondRunMakesNoMutatingCall) {
  World world;
  EXPECT_EQ(ResultOf(world.Apply(std::string(kOrders)), "DBInstance/orders"), ResourceResult::kCreated);
  EXPECT_EQ(LiveAt(world, "DBInstanceStatus"), Value("available"));
  EXPECT_EQ(LiveAt(world, "AllocatedStorage"), Value(20));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(std::string(kOrders)), "DBInstance/orders"), ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.calls(), ElementsAre("DescribeDBInstances DBInstanceIdentifier"));
}

TEST(Apply, AnEditSendsExactlyWhatWasEdited) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  world.rds.ForgetCalls();
  const std::string edited = With(With(kOrders, "AllocatedStorage: 20", "AllocatedStorage: 40"),
                                  "BackupRetentionPeriod: 7", "BackupRetentionPeriod: 14");
  EXPECT_EQ(ResultOf(world.Apply(edited, {.plan = {.when = plan::When::kNow}}), "DBInstance/orders"),
            ResourceResult::kUpdated);
  EXPECT_THAT(
      world.rds.MutatingCalls(),
      ElementsAre("ModifyDBInstance AllocatedStorage,ApplyImmediately,BackupRetentionPeriod,DBInstanceIdentifier"));
  EXPECT_EQ(LiveAt(world, "AllocatedStorage"), Value(40));
  EXPECT_EQ(LiveAt(world, "BackupRetentionPeriod"), Value(14));
}

TEST(Apply, ADeferredChangeIsScheduledAndCountsAsSuccessUntilTheWindowPasses) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  const std::string edited = With(kOrders, "db.m6g.large", "db.m6g.xlarge");
  EXPECT_EQ(ResultOf(world.Apply(edited), "DBInstance/orders"), ResourceResult::kScheduled);
  EXPECT_EQ(LiveAt(world, "DBInstanceClass"), Value("db.m6g.large"));
  EXPECT_EQ(LiveAt(world, "PendingModifiedValues.DBInstanceClass"), Value("db.m6g.xlarge"));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(edited), "DBInstance/orders"), ResourceResult::kScheduled);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  world.timer.RunFor(std::chrono::days(8));
  EXPECT_EQ(LiveAt(world, "DBInstanceClass"), Value("db.m6g.xlarge"));
  EXPECT_EQ(ResultOf(world.Apply(edited), "DBInstance/orders"), ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

constexpr std::string_view kRenamed = R"(
DBInstance:
  payments:
    renamed_from: orders
    Engine: postgres
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
    BackupRetentionPeriod: 14
    Tags: {service: payments}
)";

TEST(Apply, RenamesAndGoesOnUnderTheNewName) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  const Value id = LiveAt(world, "DbiResourceId");
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(std::string(kRenamed), {.plan = {.when = plan::When::kNow}}), "DBInstance/payments"),
            ResourceResult::kUpdated);
  EXPECT_TRUE(world.Live("DBInstance", "orders").IsNull());
  const Value live = world.Live("DBInstance", "payments");
  EXPECT_EQ(model::ReadPath(live, "DbiResourceId"), id) << "renamed, not created anew";
  EXPECT_EQ(model::ReadPath(live, "DBInstanceStatus"), Value("available"));
  EXPECT_EQ(model::ReadPath(live, "BackupRetentionPeriod"), Value(14));
  EXPECT_EQ(model::ReadPath(live, "TagList[0].Value"), Value("payments"));
  EXPECT_THAT(world.rds.MutatingCalls(),
              ElementsAre("ModifyDBInstance "
                          "ApplyImmediately,BackupRetentionPeriod,DBInstanceIdentifier,NewDBInstanceIdentifier",
                          "AddTagsToResource ResourceName,Tags"));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(std::string(kRenamed)), "DBInstance/payments"), ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, ARenameWaitsForTheWindowAndHappensOnce) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  EXPECT_EQ(ResultOf(world.Apply(std::string(kRenamed)), "DBInstance/payments"), ResourceResult::kScheduled);
  EXPECT_EQ(LiveAt(world, "PendingModifiedValues.DBInstanceIdentifier"), Value("payments"));
  EXPECT_EQ(LiveAt(world, "BackupRetentionPeriod"), Value(14));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(std::string(kRenamed)), "DBInstance/payments"), ResourceResult::kScheduled);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  world.timer.RunFor(std::chrono::days(8));
  EXPECT_TRUE(world.Live("DBInstance", "orders").IsNull());
  EXPECT_EQ(ResultOf(world.Apply(std::string(kRenamed)), "DBInstance/payments"), ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, ALostAnswerToARenameIsReadBackUnderEitherName) {
  for (const bool after_effect : {false, true}) {
    World world;
    ASSERT_TRUE(world.Apply(std::string(kOrders)));
    bool lost = false;
    FaultyRds faulty(world.rds, [&](const model::Operation& operation, const Properties& input) {
      if (lost || operation.name != "ModifyDBInstance" || !input.contains("NewDBInstanceIdentifier"))
        return std::optional<FaultyRds::Fault>();
      lost = true;
      return std::optional(FaultyRds::Fault{
          .error = {.category = ErrorCategory::kTransport, .message = "the connection broke", .outcome_unknown = true},
          .after_effect = after_effect});
    });
    world.rds.ForgetCalls();
    EXPECT_EQ(ResultOf(world.Apply(std::string(kRenamed), {.plan = {.when = plan::When::kNow}}, &faulty),
                       "DBInstance/payments"),
              ResourceResult::kUpdated);
    EXPECT_TRUE(lost);
    EXPECT_TRUE(world.Live("DBInstance", "orders").IsNull());
    EXPECT_EQ(model::ReadPath(world.Live("DBInstance", "payments"), "BackupRetentionPeriod"), Value(14));
    EXPECT_THAT(world.rds.MutatingCalls(), SizeIs(2));
  }
}

TEST(Apply, AReplicaFollowsItsSourceThroughARename) {
  World world;
  const std::string replica = R"(
  copy:
    SourceDBInstanceIdentifier: orders
    DBInstanceClass: db.m6g.large
)";
  ASSERT_TRUE(world.Apply(std::string(kOrders) + replica));
  world.rds.ForgetCalls();
  const std::string renamed = std::string(kRenamed) + With(replica, "SourceDBInstanceIdentifier: orders",
                                                           "SourceDBInstanceIdentifier: payments");
  const auto outcome = world.Apply(renamed, {.plan = {.when = plan::When::kNow}});
  EXPECT_EQ(ResultOf(outcome, "DBInstance/payments"), ResourceResult::kUpdated);
  EXPECT_EQ(ResultOf(outcome, "DBInstance/copy"), ResourceResult::kUnchanged);
  EXPECT_EQ(model::ReadPath(world.Live("DBInstance", "copy"), "ReadReplicaSourceDBInstanceIdentifier"),
            Value("payments"));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(renamed), "DBInstance/copy"), ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

// What is asked of the service beforehand costs reads where something is to be done, and none where nothing is.
TEST(Apply, AsksWhatIsOfferedOnlyWhereSomethingIsToBeDone) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  EXPECT_THAT(world.rds.calls(),
              ::testing::Contains("DescribeOrderableDBInstanceOptions DBInstanceClass,Engine,MaxRecords"));
  EXPECT_THAT(world.rds.calls(), ::testing::Contains("DescribeDBEngineVersions Engine,EngineVersion,MaxRecords"));
  world.rds.ForgetCalls();
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  EXPECT_THAT(world.rds.calls(), SizeIs(1));
}

TEST(Apply, WhatMayNotBeAskedIsNotedAndNoReasonToStop) {
  World world;
  FaultyRds denied(world.rds, [](const model::Operation& operation, const Properties&) {
    if (operation.name != "DescribeOrderableDBInstanceOptions") return std::optional<FaultyRds::Fault>();
    return std::optional(
        FaultyRds::Fault{.error = {.category = ErrorCategory::kService, .message = "no", .aws_code = "AccessDenied"}});
  });
  EXPECT_EQ(ResultOf(world.Apply(std::string(kOrders), {}, &denied), "DBInstance/orders"), ResourceResult::kCreated);
  EXPECT_TRUE(std::ranges::any_of(world.events, [](const Event& event) {
    return event.text ==
           "DescribeOrderableDBInstanceOptions was denied, so what it would tell is not checked beforehand";
  }));
}

TEST(Apply, AContradictingPendingValueIsWithdrawn) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  ASSERT_TRUE(world.CallAsOther("ModifyDBInstance",
                                {{"DBInstanceIdentifier", "orders"}, {"DBInstanceClass", "db.m6g.2xlarge"}}));
  world.timer.RunFor(std::chrono::minutes(1));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(std::string(kOrders)), "DBInstance/orders"), ResourceResult::kUpdated);
  EXPECT_THAT(world.rds.MutatingCalls(),
              ElementsAre("ModifyDBInstance ApplyImmediately,DBInstanceClass,DBInstanceIdentifier"));
  EXPECT_EQ(LiveAt(world, "PendingModifiedValues.DBInstanceClass"), Value());
  EXPECT_EQ(LiveAt(world, "DBInstanceClass"), Value("db.m6g.large"));
}

TEST(Apply, WhatOthersQueuedIsNotFlushedWithoutBeingTold) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  ASSERT_TRUE(world.CallAsOther("ModifyDBInstance",
                                {{"DBInstanceIdentifier", "orders"}, {"EnableIAMDatabaseAuthentication", true}}));
  world.timer.RunFor(std::chrono::minutes(1));
  world.rds.ForgetCalls();
  const std::string edited = With(kOrders, "db.m6g.large", "db.m6g.xlarge");
  const auto refused = world.Apply(edited, {.plan = {.when = plan::When::kNow}});
  EXPECT_EQ(ResultOf(refused, "DBInstance/orders"), ResourceResult::kRefused);
  EXPECT_THAT(refused->resources[0].errors[0].message,
              AllOf(HasSubstr(": EnableIAMDatabaseAuthentication: true"), HasSubstr("ApplyImmediately")));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  EXPECT_EQ(
      ResultOf(world.Apply(edited, {.plan = {.when = plan::When::kNow, .flush_pending = true}}), "DBInstance/orders"),
      ResourceResult::kUpdated);
  EXPECT_EQ(LiveAt(world, "DBInstanceClass"), Value("db.m6g.xlarge"));
  EXPECT_EQ(LiveAt(world, "IAMDatabaseAuthenticationEnabled"), Value(true));
}

TEST(Apply, AScheduledValueWantedNowIsFlushedOnceAfterItStoodStill) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  const std::string edited = With(kOrders, "db.m6g.large", "db.m6g.xlarge");
  ASSERT_TRUE(world.Apply(edited));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(edited, {.plan = {.when = plan::When::kNow}}), "DBInstance/orders"),
            ResourceResult::kUpdated);
  EXPECT_THAT(world.rds.MutatingCalls(),
              ElementsAre("ModifyDBInstance ApplyImmediately,DBInstanceClass,DBInstanceIdentifier"));
  EXPECT_EQ(LiveAt(world, "DBInstanceClass"), Value("db.m6g.xlarge"));
}

TEST(Apply, ALostAnswerToACreateIsReadBackAndNeverRepeated) {
  World world;
  int creates = 0;
  FaultyRds lossy(
      world.rds, [&](const model::Operation& operation, const Properties&) -> std::optional<FaultyRds::Fault> {
        if (operation.name != "CreateDBInstance" || ++creates > 1) return std::nullopt;
        return FaultyRds::Fault{
            {.category = ErrorCategory::kTransport, .message = "the connection was reset", .outcome_unknown = true},
            true};
      });
  EXPECT_EQ(ResultOf(world.Apply(std::string(kOrders), {}, &lossy), "DBInstance/orders"), ResourceResult::kCreated);
  EXPECT_EQ(creates, 1);
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(std::string(kOrders)), "DBInstance/orders"), ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, ASecretThatCannotBeResolvedSendsNothing) {
  World world;
  const auto outcome = world.Apply(With(kOrders, "{env: PW}", "{env: MISSING}"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().category, ErrorCategory::kUsage);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, TagsAreAddedBeforeOthersAreRemovedAndUnstatedOnesStay) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  const std::string arn = LiveAt(world, "DBInstanceArn").As<std::string>();
  ASSERT_TRUE(world.CallAsOther(
      "AddTagsToResource", {{"ResourceName", arn}, {"Tags", List{Properties{{"Key", "theirs"}, {"Value", "1"}}}}}));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(With(kOrders, "{service: orders}", "{team: a, service: null}")), "DBInstance/orders"),
            ResourceResult::kUpdated);
  EXPECT_THAT(world.rds.MutatingCalls(),
              ElementsAre("AddTagsToResource ResourceName,Tags", "RemoveTagsFromResource ResourceName,TagKeys"));
  const Value tags = LiveAt(world, "TagList");
  EXPECT_THAT(tags.As<List>(), SizeIs(2));
}

constexpr std::string_view kFamily = R"(
DBSubnetGroup:
  my-subnet:
    DBSubnetGroupDescription: private subnets
    SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]
DBParameterGroup:
  my-group:
    DBParameterGroupFamily: postgres15
    Description: orders service
    Parameters: {log_min_duration_statement: 500, max_connections: 200}
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
    DBSubnetGroupName: my-subnet
    DBParameterGroupName: my-group
    BackupRetentionPeriod: 7
  orders-replica:
    SourceDBInstanceIdentifier: orders
    DBInstanceClass: db.m6g.large
)";

TEST(Apply, AFamilyIsCreatedInOrderAndThenStandsStill) {
  World world;
  const auto outcome = world.Apply(std::string(kFamily));
  for (const char* resource :
       {"DBSubnetGroup/my-subnet", "DBParameterGroup/my-group", "DBInstance/orders", "DBInstance/orders-replica"}) {
    EXPECT_EQ(ResultOf(outcome, resource), ResourceResult::kCreated) << resource;
  }
  EXPECT_EQ(model::ReadPath(world.Live("DBInstance", "orders-replica"), "ReadReplicaSourceDBInstanceIdentifier"),
            Value("orders"));
  world.rds.ForgetCalls();
  const auto again = world.Apply(std::string(kFamily));
  for (const char* resource :
       {"DBSubnetGroup/my-subnet", "DBParameterGroup/my-group", "DBInstance/orders", "DBInstance/orders-replica"}) {
    EXPECT_EQ(ResultOf(again, resource), ResourceResult::kUnchanged) << resource;
  }
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, AnExplicitNullPromotesTheReplica) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kFamily)));
  world.rds.ForgetCalls();
  EXPECT_EQ(
      ResultOf(world.Apply(With(kFamily, "SourceDBInstanceIdentifier: orders", "SourceDBInstanceIdentifier: null")),
               "DBInstance/orders-replica"),
      ResourceResult::kUpdated);
  EXPECT_THAT(world.rds.MutatingCalls(), ElementsAre("PromoteReadReplica DBInstanceIdentifier,PreferredBackupWindow"));
  EXPECT_EQ(model::ReadPath(world.Live("DBInstance", "orders-replica"), "ReadReplicaSourceDBInstanceIdentifier"),
            Value());
}

TEST(Apply, AStaticParameterWaitsForARebootThatIsMadeOnlyWhenStated) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kFamily)));
  const std::string edited = With(kFamily, "max_connections: 200", "max_connections: 300");
  ASSERT_TRUE(world.Apply(edited));
  EXPECT_EQ(LiveAt(world, "DBParameterGroups[0].ParameterApplyStatus"), Value("pending-reboot"));
  world.rds.ForgetCalls();
  ASSERT_TRUE(world.Apply(edited));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  const std::string with_reboot =
      With(edited, "    BackupRetentionPeriod: 7", "    BackupRetentionPeriod: 7\n    reboot: if-pending");
  EXPECT_EQ(ResultOf(world.Apply(with_reboot), "DBInstance/orders"), ResourceResult::kUpdated);
  EXPECT_THAT(world.rds.MutatingCalls(), ElementsAre("RebootDBInstance DBInstanceIdentifier"));
  EXPECT_EQ(LiveAt(world, "DBParameterGroups[0].ParameterApplyStatus"), Value("in-sync"));
}

TEST(Apply, AMissingExternalNameIsRefusedBeforeTheFirstWrite) {
  World world;
  const auto outcome = world.Apply(
      With(kOrders, "    MultiAZ: true", "    DBSubnetGroupName: nowhere\n    DBParameterGroupName: nothing"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().category, ErrorCategory::kRefused);
  EXPECT_THAT(outcome.error().message,
              AllOf(HasSubstr("DBSubnetGroup/nowhere"), HasSubstr("DBParameterGroup/nothing")));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, WhatTheAllowListDoesNotHoldIsRefused) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  world.rds.ForgetCalls();
  const std::string edited = With(With(kOrders, "AllocatedStorage: 20", "AllocatedStorage: 40"),
                                  "BackupRetentionPeriod: 7", "BackupRetentionPeriod: 14");
  const auto outcome = world.Apply(edited, {.plan = {.allow_update = std::vector<std::string>{"AllocatedStorage"}}});
  EXPECT_EQ(ResultOf(outcome, "DBInstance/orders"), ResourceResult::kRefused);
  EXPECT_THAT(outcome->resources[0].errors[0].message, HasSubstr("BackupRetentionPeriod may not be changed"));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, WhatMovedSinceThePlanIsNotSent) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  const std::string edited = With(kOrders, "BackupRetentionPeriod: 7", "BackupRetentionPeriod: 14");
  // Somebody else changes another stated property between the plan and the first call.
  world.between_plan_and_execute = [&] {
    ASSERT_TRUE(
        world.CallAsOther("ModifyDBInstance", {{"DBInstanceIdentifier", "orders"}, {"PubliclyAccessible", true}}));
    world.timer.RunFor(std::chrono::minutes(1));
    world.rds.ForgetCalls();
  };
  const auto outcome = world.Apply(edited);
  EXPECT_EQ(ResultOf(outcome, "DBInstance/orders"), ResourceResult::kRefused);
  EXPECT_THAT(outcome->resources[0].errors[0].message, HasSubstr("PubliclyAccessible"));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, APasswordVersionSetsThePasswordOnceAndRemembersItInATag) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  const std::string versioned = With(kOrders, "    MultiAZ: true", "    MultiAZ: true\n    password_version: 2");
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(versioned), "DBInstance/orders"), ResourceResult::kUpdated);
  EXPECT_THAT(world.rds.MutatingCalls(), ElementsAre("ModifyDBInstance DBInstanceIdentifier,MasterUserPassword",
                                                     "AddTagsToResource ResourceName,Tags"));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(versioned), "DBInstance/orders"), ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(Apply, PortDoesNotRunUnderTheWindow) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  world.rds.ForgetCalls();
  const std::string edited = With(kOrders, "    MultiAZ: true", "    MultiAZ: true\n    Port: 6432");
  const auto refused = world.Apply(edited);
  EXPECT_EQ(ResultOf(refused, "DBInstance/orders"), ResourceResult::kRefused);
  EXPECT_THAT(refused->resources[0].errors[0].message, HasSubstr("Port acts at once whatever is asked"));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  EXPECT_EQ(ResultOf(world.Apply(edited, {.plan = {.when = plan::When::kNow}}), "DBInstance/orders"),
            ResourceResult::kUpdated);
  EXPECT_EQ(LiveAt(world, "Endpoint.Port"), Value(6432));
}

TEST(Apply, StoppedAndRunningAreReached) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  const std::string stopped = With(kOrders, "    MultiAZ: true", "    MultiAZ: true\n    power: stopped");
  EXPECT_EQ(ResultOf(world.Apply(stopped), "DBInstance/orders"), ResourceResult::kUpdated);
  EXPECT_EQ(LiveAt(world, "DBInstanceStatus"), Value("stopped"));
  world.rds.ForgetCalls();
  EXPECT_EQ(ResultOf(world.Apply(stopped), "DBInstance/orders"), ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
  EXPECT_EQ(ResultOf(world.Apply(With(stopped, "power: stopped", "power: running")), "DBInstance/orders"),
            ResourceResult::kUpdated);
  EXPECT_EQ(LiveAt(world, "DBInstanceStatus"), Value("available"));
}

TEST(Apply, WhatSomebodyElseCreatedMeanwhileIsPlannedAnewNotModified) {
  World world;
  FaultyRds racing(world.rds,
                   [&](const model::Operation& operation, const Properties&) -> std::optional<FaultyRds::Fault> {
                     if (operation.name != "CreateDBInstance") return std::nullopt;
                     const local::Answer answer = world.sim.Handle({"123456789012",
                                                                    "us-east-1",
                                                                    &operation,
                                                                    {{"DBInstanceIdentifier", "orders"},
                                                                     {"Engine", "postgres"},
                                                                     {"DBInstanceClass", "db.m6g.large"},
                                                                     {"AllocatedStorage", 50},
                                                                     {"MasterUsername", "theirs"},
                                                                     {"MasterUserPassword", "somebody-else"}}},
                                                                   world.timer.Now());
                     EXPECT_TRUE(answer.has_value());
                     world.rds.RunEngineJobs();
                     return std::nullopt;
                   });
  const auto outcome = world.Apply(std::string(kOrders), {}, &racing);
  EXPECT_EQ(ResultOf(outcome, "DBInstance/orders"), ResourceResult::kRefused);
  world.rds.ForgetCalls();
  EXPECT_EQ(LiveAt(world, "AllocatedStorage"), Value(50));
  EXPECT_EQ(LiveAt(world, "BackupRetentionPeriod"), Value(1));
}

TEST(Apply, NoWaitEndsWithTheAcceptedCall) {
  World world;
  EXPECT_EQ(ResultOf(world.Apply(std::string(kOrders), {.no_wait = true}), "DBInstance/orders"),
            ResourceResult::kAccepted);
  EXPECT_EQ(LiveAt(world, "DBInstanceStatus"), Value("creating"));
  world.timer.RunFor(std::chrono::minutes(5));
  EXPECT_EQ(ResultOf(world.Apply(std::string(kOrders)), "DBInstance/orders"), ResourceResult::kUnchanged);
}

}  // namespace
}  // namespace rdsteady::apply
