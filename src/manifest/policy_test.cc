// Policies: what their rows cover, what they require, and where they come from.
#include "manifest/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/load_for_test.h"

namespace rdsteady::manifest {
namespace {

using testing::ElementsAre;

PolicyOutcome LoadText(const std::string& text) {
  return LoadPolicy("p.yaml", FakeFiles({{"p.yaml", text}}));
}

std::string SaidOf(const std::string& text) {
  return RenderDiagnostics(LoadText(text).diagnostics);
}

TEST(Policies, OfSeveralFilesAllCount) {
  const LoadOutcome outcome =
      Load({"a.yaml", "b.yaml"},
           FakeFiles({{"a.yaml", "policy: {updatable: [Iops], others: report, max_disruption: failover}\n"},
                      {"b.yaml", "policy: {updatable: [DBInstance.Iops], max_disruption: degraded}\n"}}));
  ASSERT_TRUE(outcome.manifest.has_value()) << RenderDiagnostics(outcome.diagnostics);
  const Policy& policy = outcome.manifest->policy;
  ASSERT_EQ(policy.allow_lists.size(), 2U);
  EXPECT_THAT(policy.allow_lists[0].names, ElementsAre("Iops"));
  EXPECT_EQ(policy.allow_lists[0].others, Policy::Others::kReport);
  EXPECT_EQ(policy.allow_lists[1].others, Policy::Others::kRefuse);
  ASSERT_EQ(policy.limits.size(), 2U);
  EXPECT_EQ(policy.limits[1].most, model::Disruption::kDegraded);
  EXPECT_EQ(policy.limits[1].scope.where.file->path, "b.yaml");
}

TEST(Policies, OfAFileOfTheirOwn) {
  const FakeFiles files({{"p.yaml", "updatable: [AllocatedStorage]\n"},
                         {"q.yaml", "policy: {max_disruption: none}\n"},
                         {"e.yaml", ""},
                         {"m.yaml", "policy: {}\nDBInstance:\n  orders: {}\nx-mine: 1\n"}});
  EXPECT_THAT(LoadPolicy("p.yaml", files).policy.value().allow_lists.at(0).names, ElementsAre("AllocatedStorage"));
  EXPECT_EQ(LoadPolicy("q.yaml", files).policy.value().limits.at(0).most, model::Disruption::kNone);
  EXPECT_EQ(RenderDiagnostics(LoadPolicy("e.yaml", files).diagnostics),
            "e.yaml: error: the file is empty\n  hint: a policy has members such as rules:\n1 error\n");
  EXPECT_EQ(RenderDiagnostics(LoadPolicy("none.yaml", files).diagnostics), "none.yaml: error: no such file\n1 error\n");
  EXPECT_EQ(RenderDiagnostics(LoadPolicy("m.yaml", files).diagnostics),
            "m.yaml:2:1: error: 'DBInstance' stands beside policy: in a policy file\n"
            "    DBInstance:\n"
            "    ^~~~~~~~~~\n"
            "  hint: a policy file states no resources; rules stand below policy.rules\n"
            "1 error\n");
}

TEST(Policies, RowsKnowWhereTheyStand) {
  const Policy policy = LoadText(
                            "overridable: true\n"
                            "rules:\n"
                            "  DBInstance:\n"
                            "    prod-*:\n"
                            "      Tags.owner: never\n"
                            "      create: ask\n"
                            "      flush: allow\n"
                            "      allow_irreversible: [MultiTenant]\n"
                            "      max_disruption: degraded\n"
                            "      require:\n"
                            "        MultiAZ: true\n")
                            .policy.value();
  ASSERT_EQ(policy.rules.size(), 2U);
  const Policy::Rule& owner = policy.rules[0];
  EXPECT_EQ(owner.property, "Tags.owner");
  EXPECT_EQ(owner.word, Policy::Word::kNever);
  EXPECT_EQ(owner.scope.Describe(), "DBInstance prod-*");
  EXPECT_TRUE(owner.scope.overridable);
  EXPECT_EQ(owner.scope.where.line, 5U);
  EXPECT_EQ(owner.scope.where.column, 7U);
  EXPECT_EQ(policy.rules[1].property, Policy::kCreate);
  EXPECT_TRUE(policy.flushes.at(0).allowed);
  EXPECT_EQ(policy.grants.at(0).property, "MultiTenant");
  EXPECT_EQ(policy.grants.at(0).scope.where.column, 28U);
  EXPECT_EQ(policy.limits.at(0).scope.names, "prod-*");
  EXPECT_EQ(policy.requirements.at(0).scope.where.line, 11U);
}

TEST(Policies, APatternThatYamlTakesForAnAliasIsExplained) {
  EXPECT_THAT(SaidOf("rules:\n  DBInstance:\n    *:\n      Port: ask\n"),
              testing::HasSubstr("hint: a key that begins with '*' needs quotes: \"*\""));
}

TEST(Policies, TheExampleLoads) {
  const PolicyOutcome outcome = LoadPolicy(RDSTEADY_SOURCE_DIR "/examples/policies/production.yaml", DiskFileSource());
  EXPECT_EQ(RenderDiagnostics(outcome.diagnostics), "");
  EXPECT_EQ(outcome.policy.value().rules.size(), 12U);
  EXPECT_EQ(outcome.policy.value().requirements.size(), 8U);
}

TEST(Patterns, MatchWholeNamesWithoutCase) {
  struct Row {
    const char* pattern;
    const char* text;
    bool matches;
  };
  for (const Row& row :
       {Row{"*", "", true}, Row{"*", "orders", true}, Row{"prod-*", "PROD-orders", true},
        Row{"prod-*", "preprod-orders", false}, Row{"*-prod", "a-prod-prod", true}, Row{"*-prod", "a-prod-x", false},
        Row{"a?c", "abc", true}, Row{"a?c", "ac", false}, Row{"a*b*c", "axxbyyc", true}, Row{"a*b*c", "axxcyyb", false},
        Row{"orders", "orders-2", false}, Row{"", "", true}, Row{"", "a", false}, Row{"**", "x", true},
        Row{"a*", "a", true}}) {
    EXPECT_EQ(MatchesPattern(row.pattern, row.text), row.matches) << row.pattern << " " << row.text;
  }
}

TEST(Requirements, AreHeldByWhatTheTableCallsEqual) {
  const Properties nothing;
  const Value absent;
  const model::Sight sight{.desired = nothing, .live = absent};
  const auto holds = [&](const std::string& required, const Value& have) {
    const PolicyOutcome outcome = LoadText("rules: {DBInstance: {\"*\": {require: {" + required + "}}}}\n");
    EXPECT_TRUE(outcome.policy.has_value()) << RenderDiagnostics(outcome.diagnostics);
    return outcome.policy && std::ranges::all_of(outcome.policy->requirements, [&](const Policy::Requirement& row) {
             return row.HeldBy(have, sight);
           });
  };
  EXPECT_TRUE(holds("MultiAZ: true", true));
  EXPECT_FALSE(holds("MultiAZ: true", false));
  EXPECT_FALSE(holds("MultiAZ: true", {}));
  EXPECT_TRUE(holds("PubliclyAccessible: false", {}));  // absent is false
  EXPECT_TRUE(holds("EngineVersion: 15", "15.10"));
  EXPECT_FALSE(holds("EngineVersion: 15", "16.1"));
  EXPECT_TRUE(holds("EngineVersion: {at_least: 15.4}", "15.10"));
  EXPECT_FALSE(holds("EngineVersion: {at_least: 15.4}", "15.3"));
  EXPECT_TRUE(holds("EngineVersion: {at_most: 15}", "15.10"));
  EXPECT_FALSE(holds("EngineVersion: {at_most: 15}", "16.1"));
  EXPECT_TRUE(holds("BackupRetentionPeriod: {at_least: 7, at_most: 14}", 7));
  EXPECT_TRUE(holds("BackupRetentionPeriod: {at_least: 7, at_most: 14}", 14));
  EXPECT_FALSE(holds("BackupRetentionPeriod: {at_least: 7, at_most: 14}", 15));
  EXPECT_FALSE(holds("BackupRetentionPeriod: {at_least: 7}", {}));
  EXPECT_TRUE(holds("DBInstanceClass: {like: db.m*}", "db.m6g.large"));
  EXPECT_FALSE(holds("DBInstanceClass: {like: db.m*}", "db.t3.micro"));
  EXPECT_TRUE(holds("DBInstanceClass: {one_of: [db.m6g.large, db.r6g.large]}", "db.r6g.large"));
  EXPECT_FALSE(holds("DBInstanceClass: {one_of: [db.m6g.large, db.r6g.large]}", "db.r6g.xlarge"));
  EXPECT_TRUE(holds("VpcSecurityGroupIds: [sg-1, sg-2]", List{"sg-2", "sg-1"}));
  EXPECT_TRUE(holds("Tags: {owner: {like: '?*'}}", "me"));
  EXPECT_FALSE(holds("Tags: {owner: {like: '*'}}", {}));
  EXPECT_FALSE(holds("Tags: {owner: me}", "you"));
}

TEST(Requirements, OfWhatIsStatedAreCheckedOffline) {
  const FakeFiles files({{"m.yaml", Orders("    BackupRetentionPeriod: 3\n    Tags: {owner: me, team: x}\n")}});
  LoadOutcome loaded = Load({"m.yaml"}, files);
  ASSERT_TRUE(loaded.manifest.has_value());
  loaded.manifest->policy = LoadText(
                                "rules:\n"
                                "  DBInstance:\n"
                                "    ord*:\n"
                                "      require:\n"
                                "        BackupRetentionPeriod: {at_least: 7}\n"
                                "        Tags: {owner: you, team: x, unstated: y}\n"
                                "        MultiAZ: true\n"
                                "    billing:\n"
                                "      require: {BackupRetentionPeriod: 35}\n")
                                .policy.value();
  EXPECT_EQ(RenderDiagnostics(CheckRequirements(*loaded.manifest)),
            "m.yaml:8:5: error: BackupRetentionPeriod of DBInstance/orders is 3, and must be at least 7\n"
            "        BackupRetentionPeriod: 3\n"
            "        ^~~~~~~~~~~~~~~~~~~~~\n"
            "  p.yaml:5:9: required here for DBInstance ord*\n"
            "            BackupRetentionPeriod: {at_least: 7}\n"
            "            ^~~~~~~~~~~~~~~~~~~~~\n"
            "m.yaml:9:5: error: Tags.owner of DBInstance/orders is me, and must be you\n"
            "        Tags: {owner: me, team: x}\n"
            "        ^~~~\n"
            "  p.yaml:6:16: required here for DBInstance ord*\n"
            "            Tags: {owner: you, team: x, unstated: y}\n"
            "                   ^~~~~\n"
            "2 errors\n");
}

}  // namespace
}  // namespace rdsteady::manifest
