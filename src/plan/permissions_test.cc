// The permissions of a manifest: as narrow as its names, as wide as its calls, and never one that deletes.
#include "plan/permissions.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/load_for_test.h"
#include "model/kinds/permissions.h"

namespace rdsteady::plan {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

Permissions Of(const std::string& yaml) {
  const manifest::LoadOutcome loaded = manifest::Load({"m.yaml"}, manifest::FakeFiles({{"m.yaml", yaml}}));
  EXPECT_TRUE(loaded.manifest.has_value()) << manifest::RenderDiagnostics(loaded.diagnostics);
  return loaded.manifest ? PermissionsFor(*loaded.manifest) : Permissions{};
}

// "rds:ModifyDBInstance arn:..."
std::set<std::string> Grants(const std::vector<Permission>& permissions, std::string_view action = {}) {
  std::set<std::string> out;
  for (const Permission& permission : permissions) {
    if (!action.empty() && permission.action != action) continue;
    out.insert(action.empty() ? permission.action + " " + permission.resource : permission.resource);
  }
  return out;
}
std::set<std::string> Actions(const std::vector<Permission>& permissions) {
  std::set<std::string> out;
  for (const Permission& permission : permissions)
    out.insert(permission.action);
  return out;
}

const std::string kHead = "region: us-east-1\naccount: \"123456789012\"\n";

TEST(PermissionsTest, OneInstanceIsReadAndChangedByItsName) {
  const Permissions permissions = Of(kHead + manifest::Orders("    Tags: {a: b}\n"));
  EXPECT_THAT(
      Grants(permissions.plan),
      UnorderedElementsAre("rds:DescribeDBInstances arn:aws:rds:us-east-1:123456789012:db:orders",
                           "rds:ListTagsForResource arn:aws:rds:us-east-1:123456789012:db:orders",
                           "rds:DescribeOrderableDBInstanceOptions *",
                           "rds:DescribePendingMaintenanceActions arn:aws:rds:us-east-1:123456789012:db:orders"));
  EXPECT_THAT(Grants(permissions.apply, "rds:CreateDBInstance"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:db:orders",
                                   "arn:aws:rds:us-east-1:123456789012:og:default*",
                                   "arn:aws:rds:us-east-1:123456789012:pg:default*",
                                   "arn:aws:rds:us-east-1:123456789012:subgrp:default*"));
  EXPECT_THAT(Grants(permissions.apply, "rds:ModifyDBInstance"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:db:orders"));
  EXPECT_THAT(Grants(permissions.apply, "rds:AddTagsToResource"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:db:orders"));
  EXPECT_THAT(Grants(permissions.apply, "rds:DescribeEvents"), UnorderedElementsAre("*"));
  EXPECT_THAT(Actions(permissions.apply), Not(Contains("rds:RemoveTagsFromResource")));
  EXPECT_THAT(Actions(permissions.apply), Not(Contains("iam:PassRole")));
}

// apply plans first, and again before each call.
TEST(PermissionsTest, ApplyHoldsAllOfPlan) {
  const Permissions permissions = Of(kHead + manifest::Orders("    Tags: {a: b}\n"));
  const auto apply = Grants(permissions.apply);
  for (const std::string& grant : Grants(permissions.plan))
    EXPECT_TRUE(apply.contains(grant)) << grant;
  for (const Permission& permission : permissions.plan) {
    const std::string_view name = std::string_view(permission.action).substr(4);
    EXPECT_TRUE(name.starts_with("Describe") || name.starts_with("List")) << permission.action;
  }
}

TEST(PermissionsTest, WithoutRegionAndAccountTheyAreOpen) {
  EXPECT_THAT(Grants(Of(manifest::Orders("")).plan), Contains("rds:DescribeDBInstances arn:aws:rds:*:*:db:orders"));
  EXPECT_THAT(Grants(Of("region: cn-north-1\n" + manifest::Orders("")).plan),
              Contains("rds:DescribeDBInstances arn:aws-cn:rds:cn-north-1:*:db:orders"));
  EXPECT_THAT(Grants(Of("region: us-gov-west-1\n" + manifest::Orders("")).plan),
              Contains("rds:DescribeDBInstances arn:aws-us-gov:rds:us-gov-west-1:*:db:orders"));
}

// One list serves them all, and IAM allows a list on all resources only.
TEST(PermissionsTest, SeveralAreReadByOneList) {
  const Permissions permissions =
      Of(kHead + manifest::Orders("") + "  replica:\n    SourceDBInstanceIdentifier: orders\n");
  EXPECT_THAT(Grants(permissions.plan, "rds:DescribeDBInstances"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:db:*"));
  EXPECT_THAT(
      Grants(permissions.apply, "rds:CreateDBInstanceReadReplica"),
      UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:db:orders",
                           "arn:aws:rds:us-east-1:123456789012:db:replica", "arn:aws:rds:us-east-1:123456789012:og:*",
                           "arn:aws:rds:us-east-1:123456789012:pg:*", "arn:aws:rds:us-east-1:123456789012:subgrp:*"));
}

TEST(PermissionsTest, WhatIsReferredToIsRead) {
  const Permissions permissions =
      Of(kHead + manifest::Orders("    DBSubnetGroupName: Mine\n    OptionGroupName: My-Options\n"));
  EXPECT_THAT(Grants(permissions.plan, "rds:DescribeDBSubnetGroups"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:subgrp:mine"));
  EXPECT_THAT(Grants(permissions.plan, "rds:DescribeOptionGroups"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:og:my-options"));
  EXPECT_THAT(Grants(permissions.apply, "rds:ModifyDBInstance"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:db:orders",
                                   "arn:aws:rds:us-east-1:123456789012:og:my-options",
                                   "arn:aws:rds:us-east-1:123456789012:subgrp:mine"));
}

TEST(PermissionsTest, ARenameNamesBothAndIsCreatedUnderTheNewName) {
  const Permissions permissions = Of(kHead + manifest::Orders("    renamed_from: older\n"));
  EXPECT_THAT(Grants(permissions.apply, "rds:ModifyDBInstance"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:db:older",
                                   "arn:aws:rds:us-east-1:123456789012:db:orders"));
  EXPECT_THAT(Grants(permissions.apply, "rds:CreateDBInstance"),
              Not(Contains("arn:aws:rds:us-east-1:123456789012:db:older")));
}

TEST(PermissionsTest, OperationsComeWithTheirSettings) {
  EXPECT_THAT(Actions(Of(manifest::Orders("")).apply),
              AllOf(Not(Contains("rds:StopDBInstance")), Not(Contains("rds:RebootDBInstance"))));
  const auto actions =
      Actions(Of(manifest::Orders("    power: stopped\n    reboot: if-pending\n    Tags: {a: null}\n")).apply);
  EXPECT_THAT(actions, AllOf(Contains("rds:StopDBInstance"), Contains("rds:RebootDBInstance"),
                             Contains("rds:RemoveTagsFromResource"), Not(Contains("rds:StartDBInstance")),
                             Not(Contains("rds:AddTagsToResource"))));
  EXPECT_THAT(Actions(Of(manifest::Orders("    password_version: 2\n")).apply), Contains("rds:AddTagsToResource"));
  EXPECT_THAT(Actions(Of(manifest::Orders("    Tags: {a: b}\n    exact: [Tags]\n")).apply),
              Contains("rds:RemoveTagsFromResource"));
  EXPECT_THAT(Actions(Of("DBInstance:\n  r:\n    SourceDBInstanceIdentifier: null\n").apply),
              Contains("rds:PromoteReadReplica"));
  const std::string group = "DBParameterGroup:\n  g:\n    DBParameterGroupFamily: postgres15\n    Description: d\n";
  EXPECT_THAT(Actions(Of(group).apply),
              AllOf(Not(Contains("rds:ModifyDBParameterGroup")), Not(Contains("rds:DescribeDBParameters"))));
  EXPECT_THAT(Actions(Of(group + "    Parameters: {work_mem: 8192}\n").apply),
              AllOf(Contains("rds:ModifyDBParameterGroup"), Contains("rds:DescribeDBParameters"),
                    Not(Contains("rds:ResetDBParameterGroup"))));
  EXPECT_THAT(Actions(Of(group + "    Parameters: {work_mem: null}\n").apply), Contains("rds:ResetDBParameterGroup"));
}

TEST(PermissionsTest, RestoresNameWhatTheyComeFrom) {
  const Permissions permissions = Of(kHead + "DBInstance:\n  back:\n    DBSnapshotIdentifier: Monday\n");
  EXPECT_THAT(Grants(permissions.apply, "rds:RestoreDBInstanceFromDBSnapshot"),
              AllOf(Contains("arn:aws:rds:us-east-1:123456789012:snapshot:monday"),
                    Contains("arn:aws:rds:us-east-1:123456789012:db:back")));
  EXPECT_THAT(Grants(permissions.plan, "rds:DescribeDBSnapshots"),
              UnorderedElementsAre("arn:aws:rds:us-east-1:123456789012:snapshot:monday"));
  EXPECT_THAT(Actions(permissions.apply), Not(Contains("rds:CreateDBInstance")));
}

// ---- other services ------------------------------------------------------------------------------------------------

TEST(PermissionsTest, RolesArePassed) {
  const Permissions permissions = Of(
      kHead + manifest::Orders("    MonitoringInterval: 60\n    MonitoringRoleArn: arn:aws:iam::123456789012:role/m\n"
                               "    Domain: d-1\n    DomainIAMRoleName: directory\n"
                               "    AssociatedRoles: [{RoleArn: 'arn:aws:iam::123456789012:role/s3', FeatureName: "
                               "s3Import}]\n"));
  EXPECT_THAT(Grants(permissions.apply, "iam:PassRole"),
              UnorderedElementsAre("arn:aws:iam::123456789012:role/m", "arn:aws:iam::123456789012:role/directory",
                                   "arn:aws:iam::123456789012:role/s3"));
}

const Permission* Find(const std::vector<Permission>& permissions, std::string_view action, std::string_view part) {
  const auto found = std::ranges::find_if(permissions, [&](const Permission& permission) {
    return permission.action == action &&
           (permission.resource.find(part) != std::string::npos ||
            std::ranges::any_of(permission.conditions, [&](const auto& condition) { return condition.value == part; }));
  });
  return found == permissions.end() ? nullptr : &*found;
}

TEST(PermissionsTest, KeysAreNamedByIdArnOrAlias) {
  const std::string encrypted = "    StorageEncrypted: true\n    KmsKeyId: ";
  const Permissions by_id = Of(kHead + manifest::Orders(encrypted + "1234\n"));
  const Permission* grant = Find(by_id.apply, "kms:CreateGrant", "key/1234");
  ASSERT_NE(grant, nullptr);
  EXPECT_EQ(grant->resource, "arn:aws:kms:us-east-1:123456789012:key/1234");
  ASSERT_EQ(grant->conditions.size(), 1U);
  EXPECT_EQ(grant->conditions[0], (PermissionCondition{"Bool", "kms:GrantIsForAWSResource", "true"}));

  const Permissions by_arn = Of(kHead + manifest::Orders(encrypted + "arn:aws:kms:us-east-1:9:key/5\n"));
  EXPECT_NE(Find(by_arn.apply, "kms:DescribeKey", "arn:aws:kms:us-east-1:9:key/5"), nullptr);

  const Permissions by_alias = Of(kHead + manifest::Orders(encrypted + "alias/mine\n"));
  const auto use = std::ranges::find(by_alias.apply, "UseKey", &Permission::purpose);
  ASSERT_NE(use, by_alias.apply.end());
  EXPECT_EQ(use->action, "kms:DescribeKey");
  EXPECT_EQ(use->resource, "arn:aws:kms:us-east-1:123456789012:key/*");
  EXPECT_EQ(use->conditions[0].key, "kms:ResourceAliases");
  EXPECT_EQ(Find(by_alias.apply, "kms:CreateGrant", "alias/mine")->conditions.size(), 2U);
  EXPECT_THAT(Actions(Of(manifest::Orders("")).apply), Not(Contains(HasSubstr("kms:"))));
}

// KMS-RESOLVE: whoever plans asks KMS about names, and about nothing else.
TEST(PermissionsTest, NamesOfKeysAreReadByThePlanToo) {
  const std::string encrypted = "    StorageEncrypted: true\n    KmsKeyId: ";
  const Permissions by_alias = Of(kHead + manifest::Orders(encrypted + "alias/mine\n"));
  for (const std::vector<Permission>* permissions : {&by_alias.plan, &by_alias.apply}) {
    const auto read = std::ranges::find(*permissions, "ReadKeys", &Permission::purpose);
    ASSERT_NE(read, permissions->end());
    EXPECT_EQ(read->action, "kms:DescribeKey");
    EXPECT_EQ(read->resource, "arn:aws:kms:us-east-1:123456789012:key/*");
    EXPECT_THAT(read->conditions,
                ElementsAre(PermissionCondition{"ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/mine"}));
    EXPECT_THAT(read->reason, ::testing::StartsWith("KmsKeyId is stated by a name of the key: KMS is asked"));
  }
  EXPECT_NE(Find(Of(kHead + manifest::Orders(encrypted + "1234\n")).plan, "kms:DescribeKey", "key/1234"), nullptr);
  EXPECT_THAT(Actions(Of(kHead + manifest::Orders(encrypted + "arn:aws:kms:us-east-1:9:key/5\n")).plan),
              Not(Contains("kms:DescribeKey")));
}

TEST(PermissionsTest, AManagedPasswordNeedsItsSecret) {
  const std::string managed =
      "DBInstance:\n  o:\n    Engine: postgres\n    DBInstanceClass: db.m6g.large\n    AllocatedStorage: 20\n"
      "    MasterUsername: admin1\n    ManageMasterUserPassword: ";
  const Permissions permissions = Of(kHead + managed + "true\n");
  EXPECT_THAT(Grants(permissions.apply, "secretsmanager:CreateSecret"),
              UnorderedElementsAre("arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-*"));
  EXPECT_NE(Find(permissions.apply, "kms:DescribeKey", "alias/aws/secretsmanager"), nullptr);
  EXPECT_THAT(Actions(Of(manifest::Orders("    ManageMasterUserPassword: false\n")).apply),
              Not(Contains(HasSubstr("secretsmanager:"))));
}

TEST(PermissionsTest, ARemoteSourceNeedsTheOtherRegion) {
  const std::string from = "DBInstance:\n  r:\n    SourceDBInstanceIdentifier: ";
  EXPECT_THAT(Actions(Of(from + "orders\n").apply), Not(Contains("rds:CrossRegionCommunication")));
  const Permissions permissions = Of(from + "arn:aws:rds:eu-west-1:123456789012:db:orders\n");
  EXPECT_THAT(Actions(permissions.apply), Contains("rds:CrossRegionCommunication"));
  EXPECT_THAT(Grants(permissions.apply, "rds:CreateDBInstanceReadReplica"),
              Contains("arn:aws:rds:eu-west-1:123456789012:db:orders"));
}

TEST(PermissionsTest, WhatNoReferenceSaysIsMarked) {
  for (const Permission& permission : Of(manifest::Orders("")).apply) {
    EXPECT_EQ(permission.confirmed, !permission.action.starts_with("ec2:")) << permission.action;
    EXPECT_FALSE(permission.reason.empty()) << permission.action;
  }
}

// A name must not open the policy for others.
TEST(PermissionsTest, WildcardsInNamesStandForThemselves) {
  const Permissions permissions = Of("DBInstance:\n  back:\n    DBSnapshotIdentifier: 'a*b?$${c}'\n");
  EXPECT_THAT(Grants(permissions.plan, "rds:DescribeDBSnapshots"),
              UnorderedElementsAre("arn:aws:rds:*:*:snapshot:a${*}b${?}${$}{c}"));
}

// ---- never a Delete ------------------------------------------------------------------------------------------------

// Everything that the tables could ever allow: all births, all operations, all demands.
TEST(PermissionsTest, NoActionDeletes) {
  std::set<std::string> actions;
  for (const model::Kind* kind : model::Kinds()) {
    actions.emplace(kind->describe);
    actions.emplace(kind->modify.view());
    for (const model::Birth& birth : kind->births)
      actions.emplace(birth.operation.view());
    for (const model::SeparateOperation& operation : kind->operations)
      actions.emplace(operation.operation.view());
    for (const model::ExtraRead& read : kind->extra_reads)
      actions.emplace(read.operation);
    for (const model::Preflight& preflight : kind->preflights)
      actions.emplace(preflight.operation);
  }
  for (const model::DemandedAction& row : model::DemandedActions())
    actions.emplace(row.action);
  for (const std::string& action : actions) {
    EXPECT_THAT(action, Not(HasSubstr("Delete")));
    EXPECT_THAT(action, Not(HasSubstr("*")));
  }
  EXPECT_GT(actions.size(), 30U);
}

TEST(PermissionsTest, TheTablesNameOperationsKindsAndPropertiesThatExist) {
  for (const model::Kind* kind : model::Kinds())
    EXPECT_FALSE(model::ArnTypeOf(kind->name).empty()) << kind->name;
  for (const model::NamedResource& row : model::NamedResources()) {
    EXPECT_NE(model::FindOperation(row.operation), nullptr) << row.operation;
    EXPECT_NE(model::FindProperty(*model::FindKind("DBInstance"), row.property), nullptr) << row.property;
  }
  for (const model::DemandedAction& row : model::DemandedActions()) {
    const model::Kind* kind = model::FindKind(row.kind);
    ASSERT_NE(kind, nullptr) << row.kind;
    if (!row.property.empty()) EXPECT_NE(model::FindProperty(*kind, row.property), nullptr) << row.property;
    EXPECT_FALSE(row.reason.empty());
    EXPECT_THAT(std::string(row.purpose), ::testing::MatchesRegex("[A-Za-z]+"));
  }
}

}  // namespace
}  // namespace rdsteady::plan
