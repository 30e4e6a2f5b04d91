#include "model/kinds/permissions.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rdsteady::model {
namespace {

constexpr std::pair<std::string_view, std::string_view> kArnTypes[] = {
    {"DBInstance", "db"},
    {"DBParameterGroup", "pg"},
    {"DBSubnetGroup", "subgrp"},
};

constexpr std::string_view kWithoutResource[] = {"DescribeDBEngineVersions", "DescribeEvents",
                                                 "DescribeOrderableDBInstanceOptions"};

constexpr std::string_view kOfOthers[] = {"DescribeDBSnapshots", "DescribeOptionGroups"};

// What a replica or a restore does not state comes from its source, whose groups are not known beforehand.
constexpr NamedResource kNamed[] = {
    {"CreateDBInstance", "og", "OptionGroupName", "default*"},
    {"CreateDBInstance", "pg", "DBParameterGroupName", "default*"},
    {"CreateDBInstance", "subgrp", "DBSubnetGroupName", "default*"},
    {"CreateDBInstance", "cluster", "DBClusterIdentifier"},
    {"CreateDBInstanceReadReplica", "db", "SourceDBInstanceIdentifier"},
    {"CreateDBInstanceReadReplica", "cluster", "SourceDBClusterIdentifier"},
    {"CreateDBInstanceReadReplica", "og", "OptionGroupName", "*"},
    {"CreateDBInstanceReadReplica", "pg", "DBParameterGroupName", "*"},
    {"CreateDBInstanceReadReplica", "subgrp", "DBSubnetGroupName", "*"},
    {"RestoreDBInstanceFromDBSnapshot", "snapshot", "DBSnapshotIdentifier"},
    {"RestoreDBInstanceFromDBSnapshot", "cluster-snapshot", "DBClusterSnapshotIdentifier"},
    {"RestoreDBInstanceFromDBSnapshot", "og", "OptionGroupName", "*"},
    {"RestoreDBInstanceFromDBSnapshot", "pg", "DBParameterGroupName", "*"},
    {"RestoreDBInstanceFromDBSnapshot", "subgrp", "DBSubnetGroupName", "*"},
    {"RestoreDBInstanceToPointInTime", "db", "SourceDBInstanceIdentifier"},
    {"RestoreDBInstanceToPointInTime", "auto-backup", "SourceDBInstanceAutomatedBackupsArn"},
    {"RestoreDBInstanceToPointInTime", "auto-backup", "SourceDbiResourceId", {}, "*"},
    {"RestoreDBInstanceToPointInTime", "og", "OptionGroupName", "*"},
    {"RestoreDBInstanceToPointInTime", "pg", "DBParameterGroupName", "*"},
    {"RestoreDBInstanceToPointInTime", "subgrp", "DBSubnetGroupName", "*"},
    {"ModifyDBInstance", "og", "OptionGroupName"},
    {"ModifyDBInstance", "pg", "DBParameterGroupName"},
    {"ModifyDBInstance", "subgrp", "DBSubnetGroupName"},
    {"DescribeDBSnapshots", "snapshot", "DBSnapshotIdentifier"},
    {"DescribeOptionGroups", "og", "OptionGroupName"},
};

using When = DemandedAction::When;
using On = DemandedAction::On;

constexpr std::string_view kInstance = "DBInstance";
constexpr std::string_view kPassRole = "iam:PassRole";
constexpr std::string_view kForService = "Bool kms:GrantIsForAWSResource true";
constexpr std::string_view kSecret = "arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:rds!db-*";
constexpr std::string_view kGuess =
    "not in the Service Authorization Reference of Amazon RDS; AWS's own policy AmazonRDSFullAccess and its "
    "CloudFormation handlers hold it";

// A data key of the customer's own: RDS makes a grant on it in the caller's name. The account's default key aws/rds
// needs nothing, its own policy allows what RDS does.
constexpr std::array<DemandedAction, 2> DataKey(std::string_view property, std::string_view reason) {
  return {{{.kind = kInstance,
            .property = property,
            .action = "kms:CreateGrant",
            .on = On::kKey,
            .purpose = "GrantKey",
            .reason = reason,
            .condition = kForService},
           {.kind = kInstance,
            .property = property,
            .action = "kms:DescribeKey",
            .on = On::kKey,
            .purpose = "UseKey",
            .reason = reason}}};
}
constexpr auto kStorageKey = DataKey("KmsKeyId", "RDS encrypts the storage with this key, by a grant");
constexpr auto kInsightsKey =
    DataKey("PerformanceInsightsKMSKeyId", "Performance Insights encrypts with this key, by a grant");
constexpr auto kSecretGrant =
    DataKey("MasterUserSecretKmsKeyId", "Secrets Manager encrypts the master password with this key, by a grant");

constexpr DemandedAction SecretKey(std::string_view action) {
  return {.kind = kInstance,
          .property = "MasterUserSecretKmsKeyId",
          .action = action,
          .on = On::kKey,
          .purpose = "UseKey",
          .reason = "Secrets Manager encrypts the master password with this key"};
}

constexpr DemandedAction ManagedSecret(std::string_view action) {
  return {.kind = kInstance,
          .property = "ManageMasterUserPassword",
          .when = When::kTrue,
          .action = action,
          .on = On::kText,
          .resource = kSecret,
          .purpose = "ManageSecret",
          .reason = "RDS creates the master password's secret in the caller's name"};
}

constexpr DemandedAction Network(std::string_view kind, std::string_view property, std::string_view action) {
  return {.kind = kind,
          .property = property,
          .action = action,
          .purpose = "ReadNetwork",
          .reason = kGuess,
          .confirmed = false};
}

constexpr DemandedAction kDemanded[] = {
    {.kind = kInstance,
     .property = {},
     .action = "iam:CreateServiceLinkedRole",
     .on = On::kText,
     .resource = "arn:PARTITION:iam::ACCOUNT:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS",
     .purpose = "CreateServiceLinkedRole",
     .reason = "the first database of an account makes RDS create its service-linked role, in the caller's name",
     .condition = "StringEquals iam:AWSServiceName rds.amazonaws.com"},
    {.kind = kInstance,
     .property = "MonitoringRoleArn",
     .action = kPassRole,
     .on = On::kRole,
     .purpose = "PassRole",
     .reason = "RDS is handed the role that writes enhanced monitoring to CloudWatch Logs"},
    {.kind = kInstance,
     .property = "DomainIAMRoleName",
     .action = kPassRole,
     .on = On::kRole,
     .purpose = "PassRole",
     .reason = "RDS is handed the role that talks to the directory; a role with a path needs its path written in"},
    {.kind = kInstance,
     .property = "AssociatedRoles",
     .action = kPassRole,
     .on = On::kRole,
     .member = "RoleArn",
     .purpose = "PassRole",
     .reason = "RDS is handed the roles of the database's features, and asked to give up others: to remove a role that "
               "is not stated any more, allow its ARN too"},
    {.kind = kInstance,
     .property = "CustomIamInstanceProfile",
     .action = kPassRole,
     .on = On::kRole,
     .purpose = "PassRole",
     .reason = "RDS Custom is handed the profile's role; no reference says which name IAM asks for",
     .confirmed = false},
    kStorageKey[0],
    kStorageKey[1],
    kInsightsKey[0],
    kInsightsKey[1],
    kSecretGrant[0],
    kSecretGrant[1],
    SecretKey("kms:Decrypt"),
    SecretKey("kms:GenerateDataKey"),
    ManagedSecret("secretsmanager:CreateSecret"),
    ManagedSecret("secretsmanager:TagResource"),
    {.kind = kInstance,
     .property = "ManageMasterUserPassword",
     .when = When::kTrue,
     .action = "kms:DescribeKey",
     .on = On::kKey,
     .resource = "alias/aws/secretsmanager",
     .purpose = "UseKey",
     .reason = "RDS looks at the default key of Secrets Manager, even where another one is stated"},
    {.kind = kInstance,
     .property = "MultiTenant",
     .when = When::kTrue,
     .action = "rds:CreateTenantDatabase",
     .on = On::kText,
     .resource = "arn:PARTITION:rds:REGION:ACCOUNT:*",
     .purpose = "CreateTenants",
     .reason = "a multi-tenant container database gets its first tenant with it"},
    {.kind = kInstance,
     .property = "SourceDBInstanceIdentifier",
     .when = When::kArn,
     .action = "rds:CrossRegionCommunication",
     .purpose = "ReachOtherRegions",
     .reason = "a source named by an ARN may lie in another region"},
    {.kind = kInstance,
     .property = "TagSpecifications",
     .action = "rds:AddTagsToResource",
     .on = On::kText,
     .resource = "arn:PARTITION:rds:REGION:ACCOUNT:auto-backup:*",
     .purpose = "TagBackups",
     .reason = "tags of the automated backups; no reference says which resource IAM asks for",
     .confirmed = false},
    Network(kInstance, {}, "ec2:DescribeAccountAttributes"),
    Network(kInstance, {}, "ec2:DescribeAvailabilityZones"),
    Network(kInstance, {}, "ec2:DescribeInternetGateways"),
    Network(kInstance, {}, "ec2:DescribeSecurityGroups"),
    Network(kInstance, {}, "ec2:DescribeSubnets"),
    Network(kInstance, {}, "ec2:DescribeVpcAttribute"),
    Network(kInstance, {}, "ec2:DescribeVpcs"),
    Network("DBSubnetGroup", {}, "ec2:DescribeAvailabilityZones"),
    Network("DBSubnetGroup", {}, "ec2:DescribeSubnets"),
    Network("DBSubnetGroup", {}, "ec2:DescribeVpcs"),
};

// What apply cannot name, its policy does not allow either.
static_assert(std::ranges::none_of(kDemanded, [](const DemandedAction& row) {
  return row.action.find("Delete") != std::string_view::npos || row.action.find('*') != std::string_view::npos;
}));
static_assert(std::ranges::none_of(kNamed,
                                   [](const NamedResource& row) { return row.operation.starts_with("Delete"); }));

}  // namespace

std::string_view ArnTypeOf(std::string_view kind) {
  const auto* found = std::ranges::find(kArnTypes, kind, [](const auto& row) { return row.first; });
  return found == std::ranges::end(kArnTypes) ? std::string_view() : found->second;
}

bool NamesNoResource(std::string_view operation) {
  return std::ranges::find(kWithoutResource, operation) != std::ranges::end(kWithoutResource);
}

bool NamesOthersOnly(std::string_view operation) {
  return std::ranges::find(kOfOthers, operation) != std::ranges::end(kOfOthers);
}

std::span<const NamedResource> NamedResources() {
  return kNamed;
}

std::span<const DemandedAction> DemandedActions() {
  return kDemanded;
}

}  // namespace rdsteady::model
