// What is explained is what the rows say, found without case, and what is not there is told with what was meant.
#include "report/explain_report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "report/table_words.h"

namespace rdsteady::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Text(std::string_view subject) {
  const Result<Value> json = Explain(subject);
  return json ? ExplanationText(*json) : fmt::format("{}\n{}", json.error().message, json.error().hint);
}

TEST(ExplainTest, APropertyWhole) {
  EXPECT_EQ(Text("DBInstance.Port"),
            "DBInstance.Port\n"
            "                restarts the database at once, whatever is asked\n"
            "  takes         integer, 1150 to 65535\n"
            "  created by    CreateDBInstance, CreateDBInstanceReadReplica,\n"
            "                RestoreDBInstanceFromDBSnapshot, RestoreDBInstanceToPointInTime\n"
            "  changes       by the modify call\n"
            "  modified by   ModifyDBInstance (as DBPortNumber)\n"
            "  acts          now, whatever is asked\n"
            "  read from     Endpoint.Port, else DbInstancePort\n"
            "  scheduled in  PendingModifiedValues.Port\n"
            "  compared      as a number\n"
            "\n"
            "What a change does\n"
            "  change (sent as DBPortNumber)\n"
            "    now; restart; reversible\n"
            "    note: restarts at once, whatever is asked; clients need the new port\n"
            "\n"
            "When it is left out\n"
            "  CLUSTER-MEMBER: the cluster owns it (neither compared nor sent)\n"
            "\n"
            "What is checked before any call\n"
            "  PORT: some ports are the engine's own or reserved (offline too)\n");
}

TEST(ExplainTest, NamesAreFoundWithoutCaseByCallsAndAlone) {
  const std::string port = Text("DBInstance.Port");
  EXPECT_EQ(Text("dbinstance.port"), port);
  EXPECT_EQ(Text("PORT.1"), port);
  EXPECT_EQ(Text("dbportnumber"), port);
  EXPECT_EQ(Text("DBInstance.DBPortNumber"), port);
  EXPECT_EQ(Text("DisableDomain"), Text("DBInstance.Domain"));
  EXPECT_EQ(Text("DBParameterGroup.Parameters.max_connections"), Text("DBParameterGroup.Parameters"));
  EXPECT_THAT(Text("Port"), HasSubstr("  PORT: some ports"));  // the property
  EXPECT_THAT(Text("PORT"), ::testing::StartsWith("PORT\n"));  // the rule, which has its name
}

TEST(ExplainTest, WhatIsNotThereIsToldWithWhatWasMeant) {
  EXPECT_EQ(Text("DBInstance.StorageTyp"), "DBInstance has no property 'StorageTyp'\ndid you mean 'StorageType'?");
  EXPECT_EQ(Text("DBInstnce.Port"), "there is no kind 'DBInstnce'\ndid you mean 'DBInstance'?");
  EXPECT_EQ(Text("AlocatedStorage"),
            "there is no kind, property or rule 'AlocatedStorage'\ndid you mean 'AllocatedStorage'?");
  EXPECT_EQ(Text("DBInstance.Zzz"),
            "DBInstance has no property 'Zzz'\n'rdsteady explain DBInstance' lists what it has");
  EXPECT_EQ(Text("Zzz"),
            "there is no kind, property or rule 'Zzz'\nwrite KIND, KIND.PROPERTY or a rule's name: "
            "DBInstance.StorageType, GROW-ONLY");
  EXPECT_EQ(Text("Tags"),
            "several kinds have 'Tags'\nsay which: DBInstance.Tags, DBParameterGroup.Tags, DBSubnetGroup.Tags");
  EXPECT_EQ(Explain("Zzz").error().category, ErrorCategory::kUsage);
}

TEST(ExplainTest, WhatIsNotConfirmedSaysSo) {
  EXPECT_THAT(Text("StorageType"), HasSubstr("expected, not confirmed by AWS's\n    reference\n"));
  EXPECT_THAT(Text("Port"), Not(HasSubstr("not confirmed")));
  EXPECT_THAT(Text("StorageType"), HasSubstr("  to or from magnetic (sqlserver)\n    RDS declines it\n"));
}

TEST(ExplainTest, SecretsNullsCompanionsAndOperationsAreInWords) {
  EXPECT_THAT(Text("MasterUserPassword"), HasSubstr("a secret: never shown, stated by reference"));
  EXPECT_THAT(Text("Domain"), HasSubstr("  null          resets it (sends DisableDomain=true)\n"));
  EXPECT_THAT(Text("MaxAllocatedStorage"),
              HasSubstr("  null          switches it off (sends the live AllocatedStorage)\n"));
  EXPECT_THAT(Text("EngineVersion"), HasSubstr("  travels with  AllowMajorVersionUpgrade, where RDS needs it beside"));
  EXPECT_THAT(Text("EngineVersion"), HasSubstr("; and\n                only in one request with it\n"));
  EXPECT_THAT(Text("Parameters"), HasSubstr("  set           ModifyDBParameterGroup, at most 20 a call\n"));
  EXPECT_THAT(Text("MultiTenant"), HasSubstr("  one way       cannot be taken back"));
  EXPECT_THAT(Text("power"), HasSubstr("  start         StartDBInstance, from status stopped, stopping\n"));
  EXPECT_THAT(Text("VpcSecurityGroupIds"), HasSubstr("  settled when  VpcSecurityGroups[].Status is active\n"));
  EXPECT_THAT(Text("DBInstanceIdentifier"), HasSubstr("\n                (as TargetDBInstanceIdentifier)\n"));
}

TEST(ExplainTest, ARuleTellsWhereItApplies) {
  const std::string grow = Text("grow-only");
  EXPECT_THAT(grow, ::testing::StartsWith("GROW-ONLY\n                storage never shrinks\n\nWhere it applies\n  "));
  EXPECT_THAT(grow, HasSubstr("  DBInstance.AllocatedStorage is checked\n"
                              "    advice: state at least the live size; a smaller database is a new one,\n"
                              "    filled by dump and load\n"));
  EXPECT_THAT(Text("CLUSTER-MEMBER"), HasSubstr("  DBInstance.Port is left out: the cluster owns it\n"));
  EXPECT_THAT(Text("policy.rules.DBInstance.prod-*.Port"), ::testing::StartsWith("policy.rules\n"));
  EXPECT_EQ(Text("STATUS"), "STATUS\n                RDS accepts no change in the status that the resource is in\n");
}

TEST(ExplainTest, AKindListsItsProperties) {
  const std::string text = Text("dbsubnetgroup");
  EXPECT_THAT(text,
              HasSubstr("DBSubnetGroup\n  named by      DBSubnetGroupName\n  read by       DescribeDBSubnetGroups\n"
                        "  created by    CreateDBSubnetGroup\n  modified by   ModifyDBSubnetGroup\n"));
  EXPECT_THAT(text, HasSubstr("\n  SubnetIds                 modify\n"));
  EXPECT_THAT(Text("DBInstance"), HasSubstr("Settings and causes that are no property\n"));
}

// Every row of every kind, so that a new one cannot be left without words.
TEST(ExplainTest, EverythingIsExplainedWithinEightyColumns) {
  std::size_t explained = 0;
  const auto check = [&](const std::string& subject) {
    const Result<Value> json = Explain(subject);
    ASSERT_TRUE(json.has_value()) << subject;
    EXPECT_TRUE(ParseJson(ToJson(*json)).has_value());
    EXPECT_EQ(TextOf(*json, "type"), "explanation");
    const std::string text = ExplanationText(*json);
    for (const std::string_view line : Split(text, '\n')) {
      const auto last = line.find_last_of(' ');
      const bool one_word =
          line.find_last_not_of(' ', last == std::string_view::npos ? 0 : last) == std::string_view::npos;
      EXPECT_TRUE(line.size() <= 80 || one_word || line.find(", matching ") != std::string_view::npos)
          << subject << ": " << line;
      EXPECT_FALSE(line.ends_with(' ')) << subject << ": '" << line << "'";
    }
    ++explained;
  };
  for (const model::Kind* kind : model::Kinds()) {
    check(std::string(kind->name));
    for (const model::Property& property : kind->properties) {
      const std::string id = fmt::format("{}.{}", kind->name, property.name);
      check(id);
      const Value json = *Explain(id);
      EXPECT_FALSE(TextOf(*json.Find("value"), "type").empty()) << id;
      EXPECT_EQ(ListOf(json, "guards").size(), property.guards.size()) << id;
      EXPECT_EQ(ListOf(json, "checks").size(), property.checks.size()) << id;
      EXPECT_EQ(ListOf(json, "companions").size(), property.companions.size()) << id;
      EXPECT_GE(ListOf(json, "effects").size(), model::DisruptionRows(*kind, property.name).size()) << id;
    }
    for (const std::string_view setting : SettingsOf(*kind))
      check(fmt::format("{}.{}", kind->name, setting));
  }
  EXPECT_GT(explained, 100U);
}

TEST(ExplainTest, WordsAreWrapped) {
  EXPECT_EQ(Wrapped("one two three", "> ", "  ", 9), "> one two\n  three\n");
  EXPECT_EQ(Wrapped("", "> ", "  ", 9), "> \n");
  EXPECT_EQ(Wrapped("averylongword and", "  ", "    ", 8), "  averylongword\n    and\n");
}

TEST(ExplainTest, TypesAreTheApis) {
  const model::Kind& kind = *model::FindKind("DBInstance");
  const auto type = [&kind](std::string_view property) {
    return ValueTypeText(ValueTypeToJson(kind, *model::FindProperty(kind, property)));
  };
  EXPECT_EQ(type("MultiAZ"), "boolean");
  EXPECT_EQ(type("NetworkType"), "text: IPV4, DUAL");
  EXPECT_EQ(type("VpcSecurityGroupIds"), "list of text");
  EXPECT_EQ(type("Tags"), "map of text");
  EXPECT_THAT(type("AssociatedRoles"), HasSubstr("list of structure {"));
  EXPECT_THAT(type("ReplicaMode"), HasSubstr("open-read-only"));
}

}  // namespace
}  // namespace rdsteady::report
