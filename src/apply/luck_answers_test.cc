// Answers that are lost, late or of no use, to calls that matter: what is there afterwards, what was sent, what is
// said.
#include <algorithm>

#include <gmock/gmock.h>

#include "model/kinds/compare.h"
#include "support/bad_luck.h"
#include "support/outcomes.h"

namespace rdsteady::apply {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

constexpr std::string_view kOrders = R"(
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
    BackupRetentionPeriod: 7
    Tags: {service: orders}
)";
constexpr std::string_view kTheirs =
    "it was created by somebody else since the plan was made, and differs from what is stated";
const ExecuteOptions kNow{.plan = {.when = plan::When::kNow}};

std::string With(std::string_view from, std::string_view to) {
  std::string text(kOrders);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void ExpectStill(World& world, const std::string& yaml) {
  world.rds.ForgetCalls();
  EXPECT_EQ(OutcomeOf(world.Apply(yaml)).result, ResourceResult::kUnchanged);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

// ---- creations ------------------------------------------------------------------------------------------------------

struct Creation {
  const char* name;
  const char* operation;
  std::string yaml;
  std::vector<std::string> follows{};  // after the creation
};

std::vector<Creation> Creations() {
  return {
      {"instance",
       "CreateDBInstance",
       With("    Tags:",
            "    password_version: 3\n    AssociatedRoles: [{RoleArn: "
            "\"arn:aws:iam::123456789012:role/s3\", FeatureName: s3Import}]\n    Tags:"),
       {"AddRoleToDBInstance", "AddTagsToResource"}},
      {"replica",
       "CreateDBInstanceReadReplica",
       R"(
DBInstance:
  copy:
    SourceDBInstanceIdentifier: source
    DBInstanceClass: db.r6g.large
    BackupRetentionPeriod: 3
)",
       {"ModifyDBInstance"}},
      {"snapshot",
       "RestoreDBInstanceFromDBSnapshot",
       R"(
DBInstance:
  copy:
    DBSnapshotIdentifier: s
    DBInstanceClass: db.r6g.large
    MaxAllocatedStorage: 200
)",
       {"ModifyDBInstance"}},
      {"point in time", "RestoreDBInstanceToPointInTime", R"(
DBInstance:
  copy:
    SourceDBInstanceIdentifier: source
    UseLatestRestorableTime: true
    DeletionProtection: true
)"},
      {"subnet group", "CreateDBSubnetGroup", R"(
DBSubnetGroup:
  private:
    DBSubnetGroupDescription: private subnets
    SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]
)"},
      {"parameter group",
       "CreateDBParameterGroup",
       R"(
DBParameterGroup:
  mine:
    DBParameterGroupFamily: postgres15
    Description: of a test
    Parameters: {max_connections: 200}
)",
       {"ModifyDBParameterGroup"}},
  };
}

const World::Saved& WithASource() {
  static const World::Saved kSaved = [] {
    World world;
    std::string source(kOrders);
    source.replace(source.find("orders:"), 7, "source:");
    EXPECT_TRUE(world.Apply(source));
    EXPECT_TRUE(
        world.CallAsOther("CreateDBSnapshot", {{"DBInstanceIdentifier", "source"}, {"DBSnapshotIdentifier", "s"}}));
    world.timer.RunFor(2h);
    return world.Save();
  }();
  return kSaved;
}

TEST(LuckWithAnswers, ACreationWhoseAnswerIsLostIsFoundAndNotMadeAgain) {
  for (const Creation& creation : Creations()) {
    SCOPED_TRACE(creation.name);
    World world(WithASource());
    BadLuck luck(world);
    luck.Lose(creation.operation, BadLuck::Lost::kAnswer);
    const auto outcome = world.Apply(creation.yaml, {}, &luck);
    EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kCreated) << MessageOf(outcome);
    std::vector<std::string> wanted = creation.follows;
    wanted.insert(wanted.begin(), creation.operation);
    EXPECT_EQ(Operations(luck.sent()), wanted);
    ExpectStill(world, creation.yaml);
  }
}

TEST(LuckWithAnswers, ACreationWhoseRequestIsLostIsMadeAgain) {
  for (const Creation& creation : Creations()) {
    SCOPED_TRACE(creation.name);
    World world(WithASource());
    BadLuck luck(world);
    luck.Lose(creation.operation, BadLuck::Lost::kRequest);
    const auto outcome = world.Apply(creation.yaml, {}, &luck);
    EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kCreated) << MessageOf(outcome);
    std::vector<std::string> wanted = creation.follows;
    wanted.insert(wanted.begin(), 2, creation.operation);
    EXPECT_EQ(Operations(luck.sent()), wanted);
    ExpectStill(world, creation.yaml);
  }
}

TEST(LuckWithAnswers, ACreationThatNeverArrivesEndsInItsError) {
  World world;
  BadLuck luck(world);
  luck.Lose("CreateDBInstance", BadLuck::Lost::kRequest, BadLuck::kAlways);
  const auto outcome = world.Apply(std::string(kOrders), {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(MessageOf(outcome), "the connection was reset");
  EXPECT_THAT(luck.sent(), SizeIs(3));
  EXPECT_TRUE(world.Live("DBInstance", "orders").IsNull());
}

// Made by us, its answer lost, and not to be seen for half a minute: every further attempt is told that it exists.
TEST(LuckWithAnswers, OurOwnLostCreationThatAnswersAlreadyExistsIsWaitedForUntilItCanBeSeen) {
  World world;
  BadLuck luck(world);
  const Instant seen = world.timer.Now() + 30s;
  luck.Lose("CreateDBInstance", BadLuck::Lost::kAnswer);
  luck.Show([&](Properties& item) {
    if (world.timer.Now() < seen) item.insert_or_assign("DBInstanceIdentifier", "not-yet");
  });
  const auto outcome = world.Apply(std::string(kOrders), {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kCreated) << MessageOf(outcome);
  for (const std::string& operation : Operations(luck.sent()))
    EXPECT_EQ(operation, "CreateDBInstance");
  EXPECT_THAT(luck.sent(), SizeIs(testing::Le(9U)));
  ExpectStill(world, std::string(kOrders));
}

TEST(LuckWithAnswers, WhatIsSaidToExistAndIsNeverSeenEndsInThatError) {
  World world;
  BadLuck luck(world);
  luck.Refuse("CreateDBInstance", "DBInstanceAlreadyExists", "DB instance already exists", BadLuck::kAlways);
  const Instant begun = world.timer.Now();
  const auto outcome = world.Apply(std::string(kOrders), {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(MessageOf(outcome), "DB instance already exists");
  EXPECT_LT(world.timer.Now() - begun, 6min);
}

const Properties kOfOthers{{"DBInstanceIdentifier", "orders"},  {"Engine", "postgres"},
                           {"DBInstanceClass", "db.m6g.large"}, {"AllocatedStorage", 50},
                           {"MasterUsername", "theirs"},        {"MasterUserPassword", "somebody-else"}};

// Our request never arrived, and somebody else's did: what stands there is not ours, whatever we have sent.
TEST(LuckWithAnswers, WhatOthersMadeWhileOurRequestWasLostIsNotTakenForOurs) {
  World world;
  BadLuck luck(world);
  luck.Lose("CreateDBInstance", BadLuck::Lost::kRequest).before = [&] { luck.Others("CreateDBInstance", kOfOthers); };
  const auto outcome = world.Apply(With("    Tags:", "    password_version: 1\n    Tags:"), {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(MessageOf(outcome), kTheirs);
  EXPECT_EQ(Operations(luck.sent()), std::vector<std::string>{"CreateDBInstance"});
  EXPECT_EQ(At(world, "AllocatedStorage"), Value(50));
  EXPECT_EQ(At(world, "BackupRetentionPeriod"), Value(1));
  EXPECT_THAT(At(world, "TagList").As<List>(), IsEmpty());
}

// A database that is no replica is no replica of ours.
TEST(LuckWithAnswers, AnEmptyDatabaseOfOthersIsNotTakenForALostReplica) {
  World world(WithASource());
  BadLuck luck(world);
  Properties theirs = kOfOthers;
  theirs.insert_or_assign("DBInstanceIdentifier", "copy");
  luck.Lose("CreateDBInstanceReadReplica", BadLuck::Lost::kRequest).before = [&] {
    luck.Others("CreateDBInstance", theirs);
  };
  const auto outcome = world.Apply(R"(
DBInstance:
  copy:
    SourceDBInstanceIdentifier: source
    DBInstanceClass: db.m6g.large
    BackupRetentionPeriod: 3
)",
                                   {}, &luck);
  EXPECT_EQ(MessageOf(outcome), kTheirs);
  EXPECT_THAT(luck.sent(), SizeIs(1));
  EXPECT_EQ(At(world, "BackupRetentionPeriod", "copy"), Value(1));
}

TEST(LuckWithAnswers, WhatOthersMadeMeanwhileIsLeftAloneUnlessItIsAsStated) {
  struct Case {
    const char* operation;
    Properties theirs;
    std::string yaml;
    bool same;
  };
  Properties same = kOfOthers;
  same.insert_or_assign("AllocatedStorage", 20);
  same.insert_or_assign("MasterUsername", "orders_admin");
  same.insert_or_assign("BackupRetentionPeriod", 7);
  same.insert_or_assign("EngineVersion", "15.10");
  same.insert_or_assign("Tags", List{Properties{{"Key", "service"}, {"Value", "orders"}}});
  const std::vector<Creation> creations = Creations();
  for (const Case& one :
       {Case{"CreateDBInstance", kOfOthers, std::string(kOrders), false},
        Case{"CreateDBInstance", same, std::string(kOrders), true},
        Case{"CreateDBSubnetGroup",
             {{"DBSubnetGroupName", "private"},
              {"DBSubnetGroupDescription", "theirs"},
              {"SubnetIds", List{"subnet-0a1b2c3d", "subnet-4e5f6a7b"}}},
             creations[4].yaml,
             false},
        Case{"CreateDBParameterGroup",
             {{"DBParameterGroupName", "mine"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "of a test"}},
             creations[5].yaml,
             false}}) {
    SCOPED_TRACE(one.yaml);
    World world;
    BadLuck luck(world);
    luck.Before(one.operation, [&] { luck.Others(one.operation, one.theirs); });
    const auto outcome = world.Apply(one.yaml, {}, &luck);
    EXPECT_EQ(OutcomeOf(outcome).result, one.same ? ResourceResult::kUnchanged : ResourceResult::kRefused);
    EXPECT_EQ(MessageOf(outcome), one.same ? "" : kTheirs);
    EXPECT_EQ(Operations(luck.sent()), std::vector<std::string>{one.operation});
  }
}

TEST(LuckWithAnswers, ANameThatOthersHaveTakenEndsTheRenameAndLosesNeither) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  BadLuck luck(world);
  Properties theirs = kOfOthers;
  theirs.insert_or_assign("DBInstanceIdentifier", "payments");
  luck.Before("ModifyDBInstance", [&] { luck.Others("CreateDBInstance", theirs); });
  const auto outcome = world.Apply(With("orders:\n", "payments:\n    renamed_from: orders\n"), kNow, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(OutcomeOf(outcome).errors.front().aws_code, "DBInstanceAlreadyExists");
  EXPECT_THAT(luck.sent(), SizeIs(1));
  EXPECT_EQ(At(world, "AllocatedStorage"), Value(20));
  EXPECT_EQ(At(world, "AllocatedStorage", "payments"), Value(50));
}

// ---- modifications --------------------------------------------------------------------------------------------------

constexpr std::string_view kNothingAsked = "No modifications were requested for the DB instance orders.";

TEST(LuckWithAnswers, NoModificationsWereRequestedBecauseSomebodyWasFaster) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  BadLuck luck(world);
  const Instant seen = world.timer.Now() + 15s;
  luck.Refuse("ModifyDBInstance", "InvalidParameterCombination", std::string(kNothingAsked), BadLuck::kAlways).before =
      [&] { luck.TryOthers("ModifyDBInstance", {{"DBInstanceIdentifier", "orders"}, {"BackupRetentionPeriod", 14}}); };
  luck.Show([&](Properties& item) {
    if (world.timer.Now() < seen) item.insert_or_assign("BackupRetentionPeriod", 7);
  });
  const std::string edited = With("BackupRetentionPeriod: 7", "BackupRetentionPeriod: 14");
  const auto outcome = world.Apply(edited, {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUnchanged) << MessageOf(outcome);
  EXPECT_THAT(luck.sent(), ElementsAre("ModifyDBInstance BackupRetentionPeriod=14 DBInstanceIdentifier=orders"));
  ExpectStill(world, edited);
}

TEST(LuckWithAnswers, NoModificationsWereRequestedAndYetItDiffersIsSaid) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  BadLuck luck(world);
  luck.Refuse("ModifyDBInstance", "InvalidParameterCombination", std::string(kNothingAsked), BadLuck::kAlways);
  const auto outcome = world.Apply(With("BackupRetentionPeriod: 7", "BackupRetentionPeriod: 14"), {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(
      MessageOf(outcome),
      "ModifyDBInstance answers that there is nothing to change, and BackupRetentionPeriod is still not as stated");
  EXPECT_THAT(luck.sent(), SizeIs(2));
  EXPECT_EQ(At(world, "BackupRetentionPeriod"), Value(7));
}

// The value shows at once, the membership takes longer: a lost answer is no reason to call it done.
TEST(LuckWithAnswers, AModificationWhoseAnswerIsLostIsWaitedForLikeAnyOther) {
  World world({.seed = 7, .pace = {.modifying = 90s}});
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  BadLuck luck(world);
  luck.Lose("ModifyDBInstance", BadLuck::Lost::kAnswer);
  const std::string edited = With("    Tags:", "    VpcSecurityGroupIds: [sg-0007c6489efbd9bca]\n    Tags:");
  const auto outcome = world.Apply(edited, {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUpdated) << MessageOf(outcome);
  EXPECT_THAT(luck.sent(), SizeIs(1));
  EXPECT_EQ(At(world, "VpcSecurityGroups[].Status"), Value(List{"active"}));
  ExpectStill(world, edited);
}

// ---- throttling -----------------------------------------------------------------------------------------------------

TEST(LuckWithAnswers, AMinuteOfThrottlingIsOutlastedWhereverItBegins) {
  const std::string edited = With("BackupRetentionPeriod: 7", "BackupRetentionPeriod: 14");
  for (const char* begins : {"before the first reading", "before the call", "while it is waited for"}) {
    SCOPED_TRACE(begins);
    World world;
    ASSERT_TRUE(world.Apply(std::string(kOrders)));
    BadLuck luck(world);
    const auto throttle = [&] { luck.RefuseUntil("Throttling", world.timer.Now() + 60s); };
    if (begins == std::string_view("before the first reading")) world.between_plan_and_execute = throttle;
    // What is told last has passed already when the clock says no.
    if (begins == std::string_view("before the call")) luck.After("DescribeDBInstances", throttle, 1);
    if (begins == std::string_view("while it is waited for")) luck.After("ModifyDBInstance", throttle);
    const Instant begun = world.timer.Now();
    const auto outcome = world.Apply(edited, {}, &luck);
    EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUpdated) << MessageOf(outcome);
    EXPECT_EQ(At(world, "BackupRetentionPeriod"), Value(14));
    EXPECT_THAT(world.timer.Now() - begun, AllOf(testing::Ge(Millis(60s)), testing::Le(Millis(2min))));
    EXPECT_EQ(
        std::ranges::count(world.rds.MutatingCalls(), "ModifyDBInstance BackupRetentionPeriod,DBInstanceIdentifier"),
        1);
    ExpectStill(world, edited);
  }
}

TEST(LuckWithAnswers, ThrottlingThatDoesNotEndIsAnError) {
  World world;
  ASSERT_TRUE(world.Apply(std::string(kOrders)));
  BadLuck luck(world);
  world.rds.ForgetCalls();
  luck.Refuse("ModifyDBInstance", "Throttling", "Rate exceeded", BadLuck::kAlways);
  const auto outcome = world.Apply(With("BackupRetentionPeriod: 7", "BackupRetentionPeriod: 14"), {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(Describe(OutcomeOf(outcome).errors.front()),
            "service: DBInstance/orders: ModifyDBInstance: Throttling: Rate exceeded (request id unlucky)");
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

TEST(LuckWithAnswers, AThrottledPlanIsNoPlan) {
  World world;
  BadLuck luck(world);
  luck.RefuseUntil("ThrottlingException", world.timer.Now() + 60s);
  const auto outcome = world.Apply(std::string(kOrders), {}, &luck);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "Rate exceeded");
  EXPECT_THAT(luck.sent(), IsEmpty());
}

// ---- roles that IAM has not told everybody of yet -------------------------------------------------------------------

struct Propagation {
  const char* operation;
  const char* code;
  const char* message;
  std::string yaml;
  bool exists;  // before
};

std::vector<Propagation> Propagations() {
  const std::string monitored = With(
      "    Tags:", "    MonitoringInterval: 60\n    MonitoringRoleArn: arn:aws:iam::123456789012:role/m\n    Tags:");
  const std::string with_role =
      With("    Tags:",
           "    AssociatedRoles: [{RoleArn: \"arn:aws:iam::123456789012:role/s3\", FeatureName: s3Import}]\n    Tags:");
  return {
      {"CreateDBInstance", "InvalidParameterValue",
       "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING", monitored,
       false},
      {"ModifyDBInstance", "InvalidParameterValue",
       "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING", monitored,
       true},
      {"AddRoleToDBInstance", "InvalidParameterValue",
       "IAM role ARN value is invalid or does not include the required permissions for: S3_INTEGRATION", with_role,
       true},
      {"CreateDBInstance", "ValidationError", "Couldn't fetch the role from instance profile x", monitored, false},
  };
}

TEST(LuckWithAnswers, AYoungRoleIsWaitedFor) {
  for (const Propagation& one : Propagations()) {
    SCOPED_TRACE(one.operation);
    World world;
    if (one.exists) ASSERT_TRUE(world.Apply(std::string(kOrders)));
    BadLuck luck(world);
    luck.Refuse(one.operation, one.code, one.message, 4);
    const auto outcome = world.Apply(one.yaml, {}, &luck);
    EXPECT_EQ(OutcomeOf(outcome).result, one.exists ? ResourceResult::kUpdated : ResourceResult::kCreated)
        << MessageOf(outcome);
    EXPECT_EQ(std::ranges::count(Operations(luck.sent()), one.operation), 5);
    ExpectStill(world, one.yaml);
  }
}

TEST(LuckWithAnswers, ARoleThatStaysUnknownIsAnErrorAfterTwoMinutes) {
  for (const Propagation& one : Propagations()) {
    SCOPED_TRACE(one.operation);
    World world;
    if (one.exists) ASSERT_TRUE(world.Apply(std::string(kOrders)));
    BadLuck luck(world);
    luck.Refuse(one.operation, one.code, one.message, BadLuck::kAlways);
    const Instant begun = world.timer.Now();
    const auto outcome = world.Apply(one.yaml, {}, &luck);
    EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
    EXPECT_EQ(MessageOf(outcome), one.message);
    EXPECT_THAT(OutcomeOf(outcome).errors.front().context, ElementsAre(StartsWith("after waiting 2m")));
    EXPECT_LT(world.timer.Now() - begun, 3min);
    EXPECT_EQ(world.Live("DBInstance", "orders").IsNull(), !one.exists);
  }
}

// The same code carries what no waiting cures.
TEST(LuckWithAnswers, OtherInvalidValuesAreNotWaitedFor) {
  World world;
  BadLuck luck(world);
  luck.Refuse("CreateDBInstance", "InvalidParameterValue", "Invalid DB engine", BadLuck::kAlways);
  const auto outcome = world.Apply(std::string(kOrders), {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(MessageOf(outcome), "Invalid DB engine");
  EXPECT_THAT(luck.sent(), SizeIs(1));
}

}  // namespace
}  // namespace rdsteady::apply
