// Every stated property has its decision, whatever becomes of the resource, and no secret is in it.
#include "report/decision_report.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "manifest/load_for_test.h"
#include "report/plan_report.h"

namespace rdsteady::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Properties kLive = {{"DBInstanceIdentifier", "orders"},
                          {"DBInstanceStatus", "available"},
                          {"Engine", "postgres"},
                          {"DBInstanceClass", "db.m6g.large"},
                          {"AllocatedStorage", 20},
                          {"MasterUsername", "admin1"},
                          {"StorageEncrypted", true},
                          {"TagList", List{}}};

plan::Plan PlanOf(const std::string& yaml, const Properties& live, plan::Options options = {}) {
  const manifest::LoadOutcome loaded = manifest::Load({"m.yaml"}, manifest::FakeFiles({{"m.yaml", yaml}}));
  EXPECT_TRUE(loaded.manifest.has_value()) << manifest::RenderDiagnostics(loaded.diagnostics);
  plan::World world;
  world[{"DBInstance", "orders"}] = {.exists = !live.empty(), .live = live.empty() ? Value() : Value(live)};
  return plan::MakePlan(*loaded.manifest, world, options);
}

std::string Why(const plan::Plan& plan) {
  return DecisionsText(DecisionsToJson(plan.resources.front()), plan.resources.front().fate == plan::Fate::kCreate);
}

Properties With(Properties live, std::string_view member, Value value) {
  live.insert_or_assign(std::string(member), std::move(value));
  return live;
}

TEST(DecisionReportTest, WhatChangesAndWhatDoesNot) {
  EXPECT_EQ(Why(PlanOf(manifest::Orders("    BackupRetentionPeriod: 7\n    Tags: {a: b}\n"),
                       With(With(kLive, "BackupRetentionPeriod", 3), "AllocatedStorage", 30))),
            "    AllocatedStorage: refused [GROW-ONLY]\n"
            "        stated 20; live 30\n"
            "        AllocatedStorage is 30 and cannot shrink to 20\n"
            "    BackupRetentionPeriod: differs, not sent\n"
            "        stated 7; live 3\n"
            "        compared as a number\n"
            "    DBInstanceClass: equal\n"
            "        stated db.m6g.large; live db.m6g.large\n"
            "        as stated; compared as text, without case\n"
            "    Engine: equal\n"
            "        stated postgres; live postgres\n"
            "        as stated; compared as text, without case\n"
            "    MasterUserPassword: not compared\n"
            "        stated (secret, env PW); live: nothing\n"
            "        cannot be read back\n"
            "    MasterUsername: equal\n"
            "        stated admin1; live admin1\n"
            "        as stated; compared as text, without case\n"
            "    Tags.a: differs, not sent\n"
            "        stated b; live: nothing\n"
            "        compared key by key; keys that are not stated are untouched\n");
}

TEST(DecisionReportTest, ACallIsNamedWhereOneCarriesIt) {
  const std::string why = Why(PlanOf(manifest::Orders("    BackupRetentionPeriod: 7\n    Tags: {a: b}\n"),
                                     With(kLive, "BackupRetentionPeriod", 3)));
  EXPECT_THAT(why, HasSubstr("    BackupRetentionPeriod: differs, sent by ModifyDBInstance\n"));
  EXPECT_THAT(why, HasSubstr("    Tags.a: differs, sent by AddTagsToResource\n"));
}

TEST(DecisionReportTest, WhatIsScheduledIsShown) {
  const Properties live = With(kLive, "PendingModifiedValues", Properties{{"DBInstanceClass", "db.m6g.xlarge"}});
  EXPECT_THAT(Why(PlanOf(manifest::Orders(""), live)),
              HasSubstr("stated db.m6g.large; live db.m6g.large; scheduled db.m6g.xlarge\n"));
}

// A modifier, a null and what a rule leaves out have a decision in what is created, too.
TEST(DecisionReportTest, WhatIsCreatedSaysWhereEverythingGoes) {
  const std::string why = Why(PlanOf(manifest::Orders("    AllowMajorVersionUpgrade: true\n    Tags: {a: b, c: null}\n"
                                                      "    StorageType: gp3\n    Iops: 3000\n"),
                                     {}));
  EXPECT_THAT(why, HasSubstr("    AllocatedStorage: new, sent by CreateDBInstance\n        stated 20\n    Allow"));
  EXPECT_THAT(why, HasSubstr("    AllowMajorVersionUpgrade: not compared\n        stated true\n"
                             "        travels with another property, and with a modification only\n"));
  EXPECT_THAT(why, HasSubstr("    Tags.a: new, sent by CreateDBInstance\n"));
  EXPECT_THAT(why, HasSubstr("    Tags.c: not compared\n        stated null\n"
                             "        there is nothing to reset in a new one\n"));
  EXPECT_THAT(why, Not(HasSubstr("live")));
}

TEST(DecisionReportTest, WhatFollowsTheCreationSaysSo) {
  const plan::Plan plan = PlanOf(
      "DBInstance:\n  orders:\n    DBSnapshotIdentifier: monday\n    Engine: postgres\n"
      "    DBInstanceClass: db.m6g.large\n    PreferredMaintenanceWindow: sun:05:00-sun:05:30\n",
      {});
  const std::string why = Why(plan);
  EXPECT_THAT(why, HasSubstr("    DBSnapshotIdentifier: new, sent by RestoreDBInstanceFromDBSnapshot\n"));
  EXPECT_THAT(why, HasSubstr("    PreferredMaintenanceWindow: new, sent by ModifyDBInstance\n"
                             "        stated sun:05:00-sun:05:30\n"
                             "        new: ModifyDBInstance follows the creation\n"));
}

TEST(DecisionReportTest, WhatIsLeftAloneWholeSaysWhy) {
  const std::string why = Why(PlanOf(manifest::Orders(""), With(kLive, "DBInstanceStatus", "deleting")));
  EXPECT_THAT(why, HasSubstr("    AllocatedStorage: not compared [BEING-DELETED]\n        stated 20; live 20\n"
                             "        its status is deleting"));
}

TEST(DecisionReportTest, EveryStatedPropertyHasOne) {
  for (const Properties& live : {Properties{}, kLive, With(kLive, "DBInstanceStatus", "deleting")}) {
    const plan::Plan plan = PlanOf(manifest::Orders("    StorageType: gp3\n    MultiAZ: true\n"), live);
    const List decisions = DecisionsToJson(plan.resources.front());
    for (const std::string_view property : {"AllocatedStorage", "DBInstanceClass", "Engine", "MasterUserPassword",
                                            "MasterUsername", "MultiAZ", "StorageType"}) {
      EXPECT_EQ(std::ranges::count_if(decisions, [&](const Value& one) { return TextOf(one, "property") == property; }),
                1)
          << property;
    }
  }
}

// A literal can only come from a script's own dictionary.
TEST(DecisionReportTest, SecretsAreNotShown) {
  const std::map<std::string, std::string> files = {
      {"m.yaml",
       R"({"DBInstanceIdentifier": "orders", "Engine": "postgres", "AllocatedStorage": 20,
           "DBInstanceClass": "db.m6g.large", "MasterUsername": "admin1", "MasterUserPassword": "hunter2-hunter2"})"}};
  const manifest::LoadOutcome loaded = manifest::Load({"m.yaml"}, manifest::FakeFiles(files));
  ASSERT_TRUE(loaded.manifest.has_value());
  for (const bool exists : {false, true}) {
    plan::World world;
    world[{"DBInstance", "orders"}] = {.exists = exists, .live = exists ? Value(kLive) : Value()};
    const plan::Plan plan = plan::MakePlan(*loaded.manifest, world, {});
    const Value json = PlanToJson(plan, {}, Detail::kDecisions);
    EXPECT_THAT(ToJson(json), HasSubstr("\"decisions\""));
    EXPECT_THAT(ToJson(json), Not(HasSubstr("hunter2")));
    EXPECT_THAT(PlanText(json), Not(HasSubstr("hunter2")));
  }
}

TEST(DecisionReportTest, APlanHoldsThemOnlyWhenAsked) {
  const plan::Plan plan = PlanOf(manifest::Orders(""), kLive);
  EXPECT_THAT(ToJson(PlanToJson(plan)), Not(HasSubstr("decisions")));
  EXPECT_EQ(PlanText(PlanToJson(plan)), "nothing to do: 1 resource is as stated\n");
  const std::string text = PlanText(PlanToJson(plan, {}, Detail::kDecisions));
  EXPECT_THAT(text, HasSubstr("  DBInstance/orders: unchanged\n  why:\n    AllocatedStorage: equal\n"));
}

}  // namespace
}  // namespace rdsteady::report
