#include "apply/approved.h"

#include <gtest/gtest.h>

namespace rdsteady::apply {
namespace {

using plan::Change;
using plan::ResourcePlan;
using plan::Step;

struct Case {
  const char* name;
  std::vector<Change> approved;
  std::vector<Change> now;
  std::string strange;
};

const model::Destroys kBackups = model::Destroys::kBackups;

TEST(NotApproved, HoldsEachChangeAgainstWhatWasSeen) {
  const List seen{"sg-1", "sg-2"};
  for (const Case& one : std::vector<Case>{
           {"the same",
            {{.property = "MultiAZ", .from = false, .to = true}},
            {{.property = "MultiAZ", .from = false, .to = true}},
            ""},
           {"another property",
            {{.property = "MultiAZ", .from = false, .to = true}},
            {{.property = "PubliclyAccessible", .from = true, .to = false}},
            "PubliclyAccessible (true -> false)"},
           {"another value",
            {{.property = "Port", .from = 5432, .to = 6432}},
            {{.property = "Port", .from = 5432, .to = 7432}},
            "Port (5432 -> 7432)"},
           {"it has grown meanwhile",
            {{.property = "AllocatedStorage", .from = 20, .to = 40}},
            {{.property = "AllocatedStorage", .from = 25, .to = 40}},
            ""},
           {"it would cost more from there",
            {{.property = "BackupRetentionPeriod", .from = 7, .to = 14}},
            {{.property = "BackupRetentionPeriod",
              .from = 0,
              .to = 14,
              .forecast = {.disruption = model::Disruption::kOutage}}},
            "BackupRetentionPeriod (0 -> 14)"},
           {"it would destroy something from there",
            {{.property = "BackupRetentionPeriod", .from = 0, .to = 0}},
            {{.property = "BackupRetentionPeriod", .from = 7, .to = 0, .forecast = {.destroys = kBackups}}},
            "BackupRetentionPeriod (7 -> 0)"},
           {"it would act at once",
            {{.property = "MultiAZ", .from = Value(), .to = true, .forecast = {.when = model::ActsWhen::kWindow}}},
            {{.property = "MultiAZ", .from = false, .to = true}},
            "MultiAZ (false -> true)"},
           {"less in a set than was seen",
            {{.property = "VpcSecurityGroupIds", .from = seen, .to = List{"sg-1"}}},
            {{.property = "VpcSecurityGroupIds", .from = List{"sg-2"}, .to = List{"sg-1"}}},
            ""},
           {"more in a set than was seen",
            {{.property = "VpcSecurityGroupIds", .from = seen, .to = List{"sg-1"}}},
            {{.property = "VpcSecurityGroupIds", .from = List{"sg-2", "sg-3"}, .to = List{"sg-1"}}},
            "VpcSecurityGroupIds ([sg-2, sg-3] -> [sg-1])"},
           {"another role goes",
            {{.property = "AssociatedRoles", .from = Properties{{"RoleArn", "one"}}, .to = Value()}},
            {{.property = "AssociatedRoles", .from = Properties{{"RoleArn", "theirs"}}, .to = Value()}},
            "AssociatedRoles ({RoleArn: theirs} -> null)"},
           {"a tag that has another value goes",
            {{.property = "Tags.a", .from = "b", .to = Value()}},
            {{.property = "Tags.a", .from = "theirs", .to = Value()}},
            "Tags.a (theirs -> null)"}}) {
    SCOPED_TRACE(one.name);
    const ResourcePlan approved{.steps = {Step{.changes = one.approved}}};
    const ResourcePlan now{.steps = {Step{.changes = one.now}}};
    EXPECT_EQ(NotApproved(approved, now, now.steps[0], false), one.strange);
    EXPECT_EQ(NotApproved(approved, now, now.steps[0], true), "") << "of what this run has created, all may change";
    EXPECT_EQ(NotApproved(now, now, now.steps[0], false), "");
  }
}

TEST(NotApproved, HoldsTheQueueAgainstWhatWasSeen) {
  const Change change{.property = "MultiAZ", .from = false, .to = true};
  const ResourcePlan approved{.steps = {Step{.changes = {change}, .flushes = {"EngineVersion: 15.10"}}}};
  ResourcePlan now = approved;
  EXPECT_EQ(NotApproved(approved, now, now.steps[0], false), "");
  now.steps[0].flushes.emplace_back("DBInstanceClass: db.m6g.4xlarge");
  for (const bool newborn : {false, true})
    EXPECT_EQ(NotApproved(approved, now, now.steps[0], newborn), "it would also run DBInstanceClass: db.m6g.4xlarge");
}

TEST(NotApproved, WhatWasOnItsWayWasSeen) {
  const auto plan = [](Value from, Value to) {
    return ResourcePlan{
        .steps = {Step{.changes = {{.property = "Logs", .from = std::move(from), .to = std::move(to)}}}}};
  };
  ResourcePlan approved = plan(List{}, List{"alert"});
  const auto from = [&](Value now) {
    const ResourcePlan again = plan(std::move(now), List{"alert"});
    return NotApproved(approved, again, again.steps[0], false);
  };
  EXPECT_EQ(from(List{"audit"}), "Logs ([audit] -> [alert])");
  approved.decisions = {{.property = "Logs", .scheduled = List{"audit", "trace"}}};
  EXPECT_EQ(from(List{"audit"}), "");
  EXPECT_EQ(from(List{"audit", "trace"}), "");
  EXPECT_EQ(from(List{"audit", "theirs"}), "Logs ([audit, theirs] -> [alert])");

  approved = plan("one", Value());
  approved.decisions = {{.property = "Logs", .scheduled = "two"}};
  for (const auto& [value, strange] : {std::pair("two", ""), std::pair("three", "Logs (three -> null)")}) {
    const ResourcePlan again = plan(value, Value());
    EXPECT_EQ(NotApproved(approved, again, again.steps[0], false), strange);
  }
}

TEST(NotApproved, AQueuedValueIsReplacedOnlyWhereItWasSeen) {
  const auto plan = [](Value scheduled) {
    return ResourcePlan{
        .decisions = {{.property = "Port", .desired = 6432, .live = 5432, .scheduled = std::move(scheduled)}},
        .steps = {Step{.changes = {{.property = "Port", .from = 5432, .to = 6432}}}}};
  };
  const auto between = [&](Value then, Value now) {
    const ResourcePlan again = plan(std::move(now));
    return NotApproved(plan(std::move(then)), again, again.steps[0], false);
  };
  EXPECT_EQ(between({}, {}), "");
  EXPECT_EQ(between(7432, 7432), "");
  EXPECT_EQ(between(7432, {}), "");
  EXPECT_EQ(between({}, 6432), "") << "as stated";
  EXPECT_EQ(between({}, 7432), "Port in place of 7432, which waits in the queue meanwhile");
  EXPECT_EQ(between(7432, 8432), "Port in place of 8432, which waits in the queue meanwhile");
}

}  // namespace
}  // namespace rdsteady::apply
