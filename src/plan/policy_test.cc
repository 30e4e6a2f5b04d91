// Policies in general: what the scenarios show one by one, held for rules made at random.
#include "plan/policy.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace rdsteady::plan {
namespace {

using manifest::Policy;
using Word = Policy::Word;

const model::Kind& Instance() {
  return *model::FindKind("DBInstance");
}

manifest::DesiredResource Orders() {
  return {.kind = &Instance(),
          .name = "orders",
          .properties = {{"AllocatedStorage", 200},
                         {"BackupRetentionPeriod", 14},
                         {"CopyTagsToSnapshot", true},
                         {"DBInstanceClass", "db.m6g.xlarge"},
                         {"DeletionProtection", true},
                         {"Tags", Properties{{"owner", "me"}, {"team", "ours"}}}},
          .power = manifest::Power::kRunning};
}

Observation Live() {
  return {.exists = true,
          .live = Properties{{"AllocatedStorage", 100},
                             {"BackupRetentionPeriod", 7},
                             {"CopyTagsToSnapshot", false},
                             {"DBInstanceArn", "arn:aws:rds:us-east-1:123456789012:db:orders"},
                             {"DBInstanceClass", "db.m6g.large"},
                             {"DBInstanceIdentifier", "orders"},
                             {"DBInstanceStatus", "available"},
                             {"DeletionProtection", true},
                             {"Engine", "postgres"},
                             {"EngineVersion", "15.10"},
                             {"MultiAZ", true},
                             {"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"},
                             {"StorageType", "gp3"},
                             {"TagList", List{Properties{{"Key", "team"}, {"Value", "theirs"}}}}}};
}

Plan PlanUnder(const Policy& policy, const Options& options) {
  manifest::Manifest manifest;
  manifest.resources.push_back(Orders());
  manifest.policy = policy;
  return MakePlan(manifest, {{KeyOf(Instance(), "orders"), Live()}}, options);
}

// What would be sent: change, when it acts.
std::set<std::pair<std::string, model::ActsWhen>> Sent(const Plan& plan) {
  std::set<std::pair<std::string, model::ActsWhen>> sent;
  for (const ResourcePlan& resource : plan.resources) {
    if (resource.fate == Fate::kRefused) continue;
    for (const Step& step : resource.steps) {
      for (const Change& change : step.changes)
        sent.emplace(change.property, change.forecast.when);
    }
  }
  return sent;
}

std::set<std::string> Needs(const Plan& plan, const Options& options, bool asked) {
  std::set<std::string> needs;
  for (const ApprovalNeed& need : ApprovalsNeeded(plan, options)) {
    if (need.asked || !asked) needs.insert(need.property);
  }
  return needs;
}

Policy::Rule ArbitraryRule(bool tightens) {
  const Word word = tightens ? *rc::gen::element(Word::kNever, Word::kAsk, Word::kWindow)
                             : *rc::gen::element(Word::kNever, Word::kAsk, Word::kWindow, Word::kNow);
  return {
      .scope = {.kind = &Instance(), .names = *rc::gen::element<std::string>("*", "ord*", "orders", "billing")},
      .property = *rc::gen::element<std::string>("*", "AllocatedStorage", "BackupRetentionPeriod", "DBInstanceClass",
                                                 "Tags", "Tags.owner", "Tags.*", "Allocated*", "Copy*", "power"),
      .word = word};
}

RC_GTEST_PROP(Policies, ARuleMoreNeverPermitsMore, ()) {
  Policy policy;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    policy.rules.push_back(ArbitraryRule(false));
  Policy more = policy;
  more.rules.push_back(ArbitraryRule(true));
  const Options options{.when = *rc::gen::element(When::kNow, When::kWindow),
                        .now = ParseIso8601("2026-03-04T05:06:07Z").value()};
  const Plan loose = PlanUnder(policy, options);
  const Plan strict = PlanUnder(more, options);
  for (const auto& [property, when] : Sent(strict)) {
    const bool as_before = Sent(loose).contains({property, when});
    const bool later = when == model::ActsWhen::kWindow && Sent(loose).contains({property, model::ActsWhen::kNow});
    RC_ASSERT(as_before || later);
  }
  if (strict.HasRefusals()) return;
  for (const bool asked : {true, false}) {
    for (const std::string& need : Needs(loose, options, asked))
      RC_ASSERT(Needs(strict, options, asked).contains(need));
  }
}

TEST(Policies, TheOrderOfRulesSaysNothing) {
  Policy policy;
  const Policy::Scope scope{.kind = &Instance()};
  policy.rules = {{scope, "DBInstanceClass", Word::kNow},
                  {scope, "DBInstanceClass", Word::kAsk},
                  {scope, "DBInstanceClass", Word::kWindow}};
  const Options options{.when = When::kNow, .now = ParseIso8601("2026-03-04T05:06:07Z").value()};
  const auto expected = Sent(PlanUnder(policy, options));
  std::ranges::reverse(policy.rules);
  EXPECT_EQ(Sent(PlanUnder(policy, options)), expected);
  EXPECT_TRUE(expected.contains({"DBInstanceClass", model::ActsWhen::kWindow}));
}

TEST(Policies, ApprovingOfAMapApprovesOfItsKeys) {
  Policy policy;
  policy.rules = {{{.kind = &Instance()}, "Tags", Word::kAsk}};
  Options options{.now = ParseIso8601("2026-03-04T05:06:07Z").value()};
  const Plan plan = PlanUnder(policy, options);
  EXPECT_EQ(Needs(plan, options, true), (std::set<std::string>{"Tags.owner", "Tags.team"}));
  options.approve = {"DBInstance/orders.Tags.owner"};
  EXPECT_EQ(Needs(plan, options, true), std::set<std::string>{"Tags.team"});
  options.approve = {"DBInstance/orders.Tags"};
  EXPECT_EQ(Needs(plan, options, true), std::set<std::string>{});
}

TEST(AllowLists, NameChangesByKindPropertyAndKey) {
  struct Row {
    const char* entry;
    const char* kind;
    const char* change;
    bool names;
  };
  for (const Row& row :
       {Row{"AllocatedStorage", "DBInstance", "AllocatedStorage", true},
        Row{"DBInstance.AllocatedStorage", "DBInstance", "AllocatedStorage", true},
        Row{"Tags", "DBInstance", "Tags.owner", true}, Row{"Tags.owner", "DBInstance", "Tags.owner", true},
        Row{"Tags.owner", "DBInstance", "Tags.team", false}, Row{"Tags", "DBSubnetGroup", "Tags.owner", false},
        Row{"DBParameterGroup.Parameters", "DBParameterGroup", "Parameters.work_mem", true},
        Row{"DBParameterGroup.Parameters.work_mem", "DBParameterGroup", "Parameters.work_mem", true},
        Row{"DBParameterGroup.Parameters.rds.a", "DBParameterGroup", "Parameters.rds.a", true}}) {
    EXPECT_EQ(AllowListNames(row.entry, row.kind, row.change), row.names) << row.entry << " " << row.change;
  }
}

}  // namespace
}  // namespace rdsteady::plan
