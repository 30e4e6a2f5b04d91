// Others at work on the same databases while a run is under way: a second run of the same manifest, and people who
// delete, rename, replace and change. Nothing is sent that was not approved, nothing of theirs is undone, and the run
// ends, in convergence or in an error that says what has happened.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "model/kinds/compare.h"
#include "support/bad_luck.h"
#include "support/outcomes.h"

namespace rdsteady::apply {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

const ExecuteOptions kNow{.plan = {.when = plan::When::kNow}};

std::string Orders(std::string_view more, std::string_view retention = "7") {
  return fmt::format(R"(
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {{env: PW}}
    BackupRetentionPeriod: {}
{})",
                     retention, more);
}

std::string Role(std::string_view role) {
  return fmt::format(
      "    AssociatedRoles: [{{RoleArn: \"arn:aws:iam::123456789012:role/{}\", FeatureName: s3Import}}]\n", role);
}

// ---- two runs at once -----------------------------------------------------------------------------------------------

constexpr Millis kApart[] = {0ms, 1ms, 700ms};

struct Pair {
  const char* name;
  std::string before;              // empty: nothing is there
  std::string yaml;                // both apply it
  std::vector<std::string> calls;  // of one undisturbed run
};

std::vector<Pair> Pairs() {
  const std::string tags = "    Tags: {service: orders}\n";
  const std::string group = R"(
DBParameterGroup:
  mine:
    DBParameterGroupFamily: postgres15
    Description: of a test
    Parameters: {max_connections: 200}
)";
  return {
      {"create", "", Orders(tags), {"CreateDBInstance"}},
      {"create with what follows",
       "",
       Orders("    password_version: 1\n" + tags + Role("s3")),
       {"CreateDBInstance", "AddRoleToDBInstance", "AddTagsToResource"}},
      {"create a group", "", group, {"CreateDBParameterGroup", "ModifyDBParameterGroup"}},
      {"modify", Orders(tags), Orders("    MultiAZ: true\n" + tags, "14"), {"ModifyDBInstance"}},
      {"password",
       Orders("    password_version: 1\n"),
       Orders("    password_version: 2\n"),
       {"ModifyDBInstance", "AddTagsToResource"}},
      {"roles and tags",
       Orders("    Tags: {a: b}\n" + Role("one")),
       Orders("    Tags: {a: null, c: d}\n" + Role("two")),
       {"RemoveRoleFromDBInstance", "AddRoleToDBInstance", "AddTagsToResource", "RemoveTagsFromResource"}},
  };
}

TEST(LuckWithOthers, TwoRunsAtOnceEndAsOneWould) {
  for (const Pair& pair : Pairs()) {
    World first;
    if (!pair.before.empty()) ASSERT_TRUE(first.Apply(pair.before));
    first.timer.RunFor(5min);
    const World::Saved saved = first.Save();
    for (const Millis apart : kApart) {
      SCOPED_TRACE(fmt::format("{}, {} ms apart", pair.name, apart.count()));
      World world(saved);
      BadLuck a(world);
      BadLuck b(world);
      const auto outcomes = world.ApplyTogether({{pair.yaml, &a, kNow}, {pair.yaml, &b, kNow}}, apart);
      // Whoever comes second finds it done, does its share, or says whose it is; the first one may lose a race in turn.
      int good = 0;
      for (const auto& outcome : outcomes) {
        const ResourceOutcome one = OutcomeOf(outcome);
        const bool is_good = one.errors.empty();
        good += is_good ? 1 : 0;
        if (!is_good) {
          EXPECT_EQ(one.errors.front().message,
                    "it was created by somebody else since the plan was made, and differs from what is stated");
          EXPECT_EQ(one.result, ResourceResult::kRefused);
        }
      }
      EXPECT_GE(good, 1);
      // Neither sends what a single run would not have sent; what may be made once only is made once.
      const std::set<std::string> approved(pair.calls.begin(), pair.calls.end());
      for (BadLuck* luck : {&a, &b}) {
        for (const std::string& operation : Operations(luck->sent()))
          EXPECT_TRUE(approved.contains(operation)) << operation;
      }
      world.rds.ForgetCalls();
      const auto again = world.Apply(pair.yaml, kNow);
      EXPECT_EQ(OutcomeOf(again).result, ResourceResult::kUnchanged) << MessageOf(again);
      EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
    }
  }
}

// Two files that want different things of one property: the last word counts, and both say what has become of theirs.
TEST(LuckWithOthers, TwoRunsThatDisagreeEndWithTheWordOfOne) {
  World world({.seed = 7, .pace = {.modifying = 20s}});
  ASSERT_TRUE(world.Apply(Orders("")));
  BadLuck a(world);
  BadLuck b(world);
  const auto outcomes =
      world.ApplyTogether({{Orders("    PubliclyAccessible: true\n", "14"), &a, {}}, {Orders("", "21"), &b, {}}}, 8s);
  for (const auto& outcome : outcomes)
    EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUpdated) << MessageOf(outcome);
  EXPECT_EQ(At(world, "BackupRetentionPeriod"), Value(21));
  EXPECT_EQ(At(world, "PubliclyAccessible"), Value(true));
  EXPECT_THAT(a.sent(), SizeIs(1));
}

// ---- people ---------------------------------------------------------------------------------------------------------

struct Deed {
  const char* name;
  std::function<bool(BadLuck&)> act;
  std::function<void(World&)> stands;  // what they did has not been undone
};

std::vector<Deed> Deeds() {
  const auto modify = [](BadLuck& luck, Properties input) {
    input.emplace("DBInstanceIdentifier", "orders");
    return luck.TryOthers("ModifyDBInstance", std::move(input));
  };
  return {
      {"delete",
       [](BadLuck& luck) {
         return luck.TryOthers("DeleteDBInstance", {{"DBInstanceIdentifier", "orders"}, {"SkipFinalSnapshot", true}});
       },
       [](World& world) {
         world.timer.RunFor(5min);
         EXPECT_TRUE(world.Live("DBInstance", "orders").IsNull());
       }},
      {"rename",
       [=](BadLuck& luck) {
         return modify(luck, {{"NewDBInstanceIdentifier", "invoices"}, {"ApplyImmediately", true}});
       },
       [](World& world) {
         world.timer.RunFor(5min);
         EXPECT_TRUE(world.Live("DBInstance", "orders").IsNull());
         EXPECT_EQ(At(world, "AllocatedStorage", "invoices"), Value(20));
       }},
      {"change what is stated", [=](BadLuck& luck) { return modify(luck, {{"CopyTagsToSnapshot", true}}); },
       [](World& world) { EXPECT_EQ(At(world, "CopyTagsToSnapshot"), Value(true)); }},
      {"queue a change", [=](BadLuck& luck) { return modify(luck, {{"EnableIAMDatabaseAuthentication", true}}); },
       [](World& world) {
         EXPECT_EQ(At(world, "IAMDatabaseAuthenticationEnabled"), Value(false)) << "flushed";
         EXPECT_EQ(At(world, "PendingModifiedValues.IAMDatabaseAuthenticationEnabled"), Value(true)) << "lost";
       }},
      {"add a role",
       [](BadLuck& luck) {
         return luck.TryOthers("AddRoleToDBInstance", {{"DBInstanceIdentifier", "orders"},
                                                       {"RoleArn", "arn:aws:iam::123456789012:role/theirs"},
                                                       {"FeatureName", "Lambda"}});
       },
       [](World& world) {
         const Value roles = At(world, "AssociatedRoles[].FeatureName");
         EXPECT_THAT(roles.As<List>(), testing::Contains(Value("Lambda")));
       }},
  };
}

// Before the edit is planned, all is as this says.
std::string Before() {
  return Orders("    CopyTagsToSnapshot: false\n    Tags: {a: b}\n" + Role("one"));
}
// A class now, a retention, a password, a role for another, tags: five calls.
std::string Edited() {
  std::string text =
      Orders("    CopyTagsToSnapshot: false\n    password_version: 1\n    Tags: {a: null, c: d}\n" + Role("two"), "14");
  return text.replace(text.find("m6g.large"), 9, "m6g.xlarge");
}

// What was done, when, and what the run said of it.
TEST(LuckWithOthers, WhateverPeopleDoInTheMiddleNothingUnapprovedIsSentAndNothingIsUndone) {
  World first;
  ASSERT_TRUE(first.Apply(Before()));
  first.timer.RunFor(5min);
  const World::Saved saved = first.Save();
  std::vector<std::string> approved;
  {
    World world(saved);
    BadLuck luck(world);
    ASSERT_EQ(OutcomeOf(world.Apply(Edited(), kNow, &luck)).result, ResourceResult::kUpdated);
    approved = luck.sent();
    ASSERT_EQ(Operations(approved),
              (std::vector<std::string>{"ModifyDBInstance", "RemoveRoleFromDBInstance", "AddRoleToDBInstance",
                                        "AddTagsToResource", "RemoveTagsFromResource"}));
  }
  std::map<std::string, std::set<std::string>> said;
  std::map<std::string, int> acted;
  for (const Deed& deed : Deeds()) {
    // Before the run's own first reading, before each call, and before the first reading after it.
    for (int point = 0; point < 1 + 2 * static_cast<int>(approved.size()); ++point) {
      const int call = (point - 1) / 2;
      const int place = point == 0 ? -1 : (point - 1) % 2;
      const std::string where = place == -1  ? "before the first reading"
                                : place == 0 ? fmt::format("before call {}", call)
                                             : fmt::format("before the reading after call {}", call);
      SCOPED_TRACE(fmt::format("{}, {}", deed.name, where));
      World world(saved);
      BadLuck luck(world);
      bool done = false;
      const auto act = [&] { done = deed.act(luck); };
      if (place == -1) luck.Before("DescribeDBInstances", act, 1);
      if (place == 0) luck.Before("", act, call);
      if (place > 0) luck.After("", [&] { luck.Before("DescribeDBInstances", act); }, call);
      const auto outcome = world.Apply(Edited(), kNow, &luck);
      for (const std::string& sent : luck.sent())
        EXPECT_THAT(approved, testing::Contains(sent));
      if (!done) continue;  // the service did not let them
      ++acted[deed.name];
      const ResourceOutcome result = OutcomeOf(outcome);
      for (const Error& error : result.errors)
        said[deed.name].insert(error.message);
      const bool ended = result.result == ResourceResult::kUpdated || !result.errors.empty();
      EXPECT_TRUE(ended) << ToString(result.result);
      // In the milliseconds between the last reading and the call nobody can see it: there are no conditional requests.
      if (place == 0 && call == 0 && deed.name == std::string_view("queue a change")) continue;
      deed.stands(world);
    }
    EXPECT_GE(acted[deed.name], 8) << deed.name;
  }
  const std::string changed = "it has changed since the plan was made, and now needs what was not approved: ";
  const std::string window = "2026-03-06T17:00:00Z";
  const std::string to_be_renamed = "it will be renamed to invoices, and the stated name will then be gone";
  const std::string would_run =
      "changing BackupRetentionPeriod with ApplyImmediately would at once run what waits for the window of " + window;
  const std::map<std::string, std::set<std::string>> wanted = {
      {"delete",
       {"it has disappeared since the plan was made",
        "its status is deleting: a new resource of the name would be empty",
        "its status is deleting: it is being deleted: wait until it is gone; a new one of that name would be empty"}},
      {"rename",
       {"it has disappeared since the plan was made", "it has disappeared while it was waited for", to_be_renamed,
        to_be_renamed + "; " + would_run + ": DBInstanceIdentifier: invoices"}},
      {"change what is stated", {changed + "CopyTagsToSnapshot (true -> false)"}},
      {"queue a change", {would_run + ": EnableIAMDatabaseAuthentication: true"}},
      {"add a role",
       {changed + "AssociatedRoles ({FeatureName: Lambda, RoleArn: arn:aws:iam::123456789012:role/theirs} -> null)"}},
  };
  EXPECT_EQ(said, wanted);
}

// ---- one by one -----------------------------------------------------------------------------------------------------

Properties LikeOurs() {
  return {{"DBInstanceIdentifier", "orders"},      {"Engine", "postgres"},      {"EngineVersion", "15.10"},
          {"DBInstanceClass", "db.m6g.large"},     {"AllocatedStorage", 20},    {"MasterUsername", "orders_admin"},
          {"MasterUserPassword", "somebody-else"}, {"BackupRetentionPeriod", 7}};
}

TEST(LuckWithOthers, WhatWasApprovedForOneDatabaseIsNotSentToAnotherOfItsName) {
  World world;
  ASSERT_TRUE(world.Apply(Orders("")));
  const std::string old = At(world, "DbiResourceId").As<std::string>();
  BadLuck luck(world);
  world.between_plan_and_execute = [&] {
    luck.Others("DeleteDBInstance", {{"DBInstanceIdentifier", "orders"}, {"SkipFinalSnapshot", true}});
    world.timer.RunFor(5min);
    luck.Others("CreateDBInstance", LikeOurs());
    world.timer.RunFor(5min);
  };
  const auto outcome = world.Apply(Orders("", "14"), kNow, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kRefused);
  EXPECT_EQ(MessageOf(outcome), fmt::format("another one has taken its name since the plan was made: its "
                                            "DbiResourceId was {} and is {}",
                                            old, At(world, "DbiResourceId").As<std::string>()));
  EXPECT_THAT(luck.sent(), IsEmpty());
  EXPECT_EQ(At(world, "BackupRetentionPeriod"), Value(7));
}

TEST(LuckWithOthers, ADatabaseThatIsReplacedWhileItIsWaitedForGetsNoFurtherCall) {
  World world({.seed = 7, .pace = {.deleting = 0ms}});
  ASSERT_TRUE(world.Apply(Orders("    Tags: {a: b}\n")));
  BadLuck luck(world);
  // The reading of the plan, the one before the call, and then one while it is waited for.
  luck.Before(
      "DescribeDBInstances",
      [&] {
        luck.Others("DeleteDBInstance", {{"DBInstanceIdentifier", "orders"}, {"SkipFinalSnapshot", true}});
        luck.Others("CreateDBInstance", LikeOurs());
      },
      3);
  const auto outcome = world.Apply(Orders("    Tags: {a: c}\n", "14"), kNow, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_THAT(MessageOf(outcome), testing::StartsWith("another one has taken its name since the plan was made: "));
  EXPECT_EQ(Operations(luck.sent()), std::vector<std::string>{"ModifyDBInstance"});
  EXPECT_THAT(At(world, "TagList").As<List>(), IsEmpty());
}

// A new database that somebody deletes while the run waits for it is gone, and is not made a second time.
TEST(LuckWithOthers, WhatWasCreatedAndDeletedIsNotCreatedAgain) {
  const std::string yaml = Orders("    password_version: 1\n" + Role("s3"));
  for (int reading = 2; reading < 8; ++reading) {
    SCOPED_TRACE(reading);
    World world({.seed = 7, .pace = {.deleting = 0ms}});
    BadLuck luck(world);
    bool done = false;
    luck.Before(
        "DescribeDBInstances",
        [&] {
          done = luck.TryOthers("DeleteDBInstance", {{"DBInstanceIdentifier", "orders"}, {"SkipFinalSnapshot", true}});
        },
        reading);
    const auto outcome = world.Apply(yaml, {}, &luck);
    if (!done) continue;
    EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
    EXPECT_THAT(MessageOf(outcome),
                AnyOf("it has disappeared while it was waited for", "it has disappeared since this run has created it",
                      "DBInstance orders not found.",
                      "its status is deleting: it is being deleted: wait until it is gone; a new one "
                      "of that name would be empty"));
    EXPECT_EQ(std::ranges::count(Operations(luck.sent()), "CreateDBInstance"), 1);
    world.timer.RunFor(1min);
    EXPECT_TRUE(world.Live("DBInstance", "orders").IsNull());
  }
}

// A value of the same property that somebody has queued meanwhile is not replaced behind their back.
TEST(LuckWithOthers, WhatOthersQueueOfTheSamePropertyIsNotReplacedUnseen) {
  for (const plan::When when : {plan::When::kWindow, plan::When::kNow}) {
    World world;
    ASSERT_TRUE(world.Apply(Orders("")));
    BadLuck luck(world);
    world.between_plan_and_execute = [&] {
      luck.Others("ModifyDBInstance", {{"DBInstanceIdentifier", "orders"}, {"DBInstanceClass", "db.m6g.4xlarge"}});
      world.timer.RunFor(1min);
    };
    std::string edited = Orders("");
    edited.replace(edited.find("m6g.large"), 9, "m6g.xlarge");
    const auto outcome = world.Apply(edited, {.plan = {.when = when}}, &luck);
    EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kRefused);
    EXPECT_EQ(MessageOf(outcome),
              "it has changed since the plan was made, and now needs what was not approved: DBInstanceClass in place "
              "of db.m6g.4xlarge, which waits in the queue meanwhile");
    EXPECT_THAT(luck.sent(), IsEmpty());
    EXPECT_EQ(At(world, "PendingModifiedValues.DBInstanceClass"), Value("db.m6g.4xlarge"));
  }
}

// While the run looks whether its own scheduled value stands still, somebody takes it back, or puts another beside it.
TEST(LuckWithOthers, AFlushIsNotSentForWhatNoLongerWaits) {
  std::string edited = Orders("");
  edited.replace(edited.find("m6g.large"), 9, "m6g.xlarge");
  for (const bool withdrawn : {true, false}) {
    SCOPED_TRACE(withdrawn);
    World world;
    ASSERT_TRUE(world.Apply(Orders("")));
    ASSERT_EQ(OutcomeOf(world.Apply(edited)).result, ResourceResult::kScheduled);
    BadLuck luck(world);
    luck.Before(
        "DescribeDBInstances",
        [&] {
          Properties input{{"DBInstanceIdentifier", "orders"}};
          if (withdrawn) {
            input.emplace("DBInstanceClass", "db.m6g.large");
            input.emplace("ApplyImmediately", true);
          } else {
            input.emplace("EnableIAMDatabaseAuthentication", true);
          }
          luck.Others("ModifyDBInstance", input);
        },
        3);
    const auto outcome = world.Apply(edited, kNow, &luck);
    if (withdrawn) {
      // It is a change again, as it was approved.
      EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUpdated) << MessageOf(outcome);
      EXPECT_THAT(luck.sent(), ElementsAre("ModifyDBInstance ApplyImmediately=true DBInstanceClass=db.m6g.xlarge "
                                           "DBInstanceIdentifier=orders"));
    } else {
      EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kRefused);
      EXPECT_THAT(MessageOf(outcome), HasSubstr("would at once run what waits for the window"));
      EXPECT_THAT(luck.sent(), IsEmpty());
      EXPECT_EQ(At(world, "IAMDatabaseAuthenticationEnabled"), Value(false));
    }
  }
}

// Even of a database that this very run has created.
TEST(LuckWithOthers, WhatOthersQueueOnANewDatabaseIsNotFlushed) {
  World world;
  std::string older = Orders("");
  older.replace(older.find("EngineVersion: 15"), 17, "EngineVersion: 15.4");
  ASSERT_TRUE(world.Apply(older));
  BadLuck luck(world);
  bool done = false;
  for (int reading = 4; reading < 12; ++reading) {
    luck.Before(
        "DescribeDBInstances",
        [&] {
          if (!done)
            done = luck.TryOthers("ModifyDBInstance",
                                  {{"DBInstanceIdentifier", "copy"}, {"EnableIAMDatabaseAuthentication", true}});
        },
        reading);
  }
  const auto outcome = world.Apply(older + R"(  copy:
    SourceDBInstanceIdentifier: orders
    UseLatestRestorableTime: true
    EngineVersion: 15.10
)",
                                   {}, &luck);
  ASSERT_TRUE(done);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(MessageOf(outcome),
            "it has changed since the plan was made, and now needs what was not approved: it would also run "
            "EnableIAMDatabaseAuthentication: true");
  EXPECT_EQ(At(world, "IAMDatabaseAuthenticationEnabled", "copy"), Value(false));
}

// A role that goes by itself is gone, one that was never ours stays.
TEST(LuckWithOthers, ARoleThatSomebodyRemovesMeanwhileIsGone) {
  World world;
  ASSERT_TRUE(world.Apply(Orders(Role("one"))));
  BadLuck luck(world);
  luck.Before("RemoveRoleFromDBInstance", [&] {
    luck.Others("RemoveRoleFromDBInstance", {{"DBInstanceIdentifier", "orders"},
                                             {"RoleArn", "arn:aws:iam::123456789012:role/one"},
                                             {"FeatureName", "s3Import"}});
  });
  const auto outcome = world.Apply(Orders(Role("two")), {}, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUpdated) << MessageOf(outcome);
  EXPECT_EQ(Operations(luck.sent()), (std::vector<std::string>{"RemoveRoleFromDBInstance", "AddRoleToDBInstance"}));
  EXPECT_EQ(At(world, "AssociatedRoles[].RoleArn"), Value(List{"arn:aws:iam::123456789012:role/two"}));
}

}  // namespace
}  // namespace rdsteady::apply
