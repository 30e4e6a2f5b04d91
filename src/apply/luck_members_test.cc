// Answers that lack what they might hold: each member of DBInstance left out of every answer in turn. What RDS always
// reports is not taken for different because an answer is silent about it; nothing is sent, nothing crashes.
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "model/kinds/compare.h"
#include "support/bad_luck.h"

namespace rdsteady::apply {
namespace {

// As much as one database can state, and read back.
constexpr std::string_view kAll = R"(
DBSubnetGroup:
  private:
    DBSubnetGroupDescription: private subnets
    SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]
DBParameterGroup:
  mine:
    DBParameterGroupFamily: postgres15
    Description: of a test
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15.10
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 400
    StorageType: gp3
    Iops: 12000
    StorageThroughput: 500
    MaxAllocatedStorage: 1000
    StorageEncrypted: true
    DBName: orders
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
    password_version: 2
    Port: 6432
    DBSubnetGroupName: private
    DBParameterGroupName: mine
    VpcSecurityGroupIds: [sg-0007c6489efbd9bca]
    BackupRetentionPeriod: 7
    BackupTarget: region
    PreferredBackupWindow: 03:00-03:30
    PreferredMaintenanceWindow: mon:01:00-mon:02:00
    MultiAZ: true
    PubliclyAccessible: true
    AutoMinorVersionUpgrade: true
    CopyTagsToSnapshot: true
    DeletionProtection: true
    EnableIAMDatabaseAuthentication: true
    EnableCloudwatchLogsExports: [postgresql]
    EnablePerformanceInsights: true
    PerformanceInsightsRetentionPeriod: 7
    DatabaseInsightsMode: standard
    MonitoringInterval: 60
    MonitoringRoleArn: arn:aws:iam::123456789012:role/m
    NetworkType: IPV4
    LicenseModel: postgresql-license
    CACertificateIdentifier: rds-ca-rsa2048-g1
    EngineLifecycleSupport: open-source-rds-extended-support-disabled
    AssociatedRoles: [{RoleArn: "arn:aws:iam::123456789012:role/s3", FeatureName: s3Import}]
    Tags: {service: orders}
)";

class LuckWithMembers : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    World world;
    const auto outcome = world.Apply(std::string(kAll));
    ASSERT_TRUE(outcome) << Describe(outcome.error());
    for (const ResourceOutcome& resource : outcome->resources) {
      for (const Error& error : resource.errors)
        ADD_FAILURE() << Describe(error);
    }
    world.timer.RunFor(std::chrono::minutes(30));
    saved_ = world.Save();
  }
  static std::vector<std::string_view> Members() {
    const model::Operation* describe = model::FindOperation("DescribeDBInstances");
    std::vector<std::string_view> names;
    for (const model::Member& member : model::FindMember(*describe->output, "DBInstances")->shape->element->members)
      names.push_back(member.name);
    return names;
  }
  inline static World::Saved saved_;
};

// What the run says or sends where a member is missing; nothing for the others.
using Said = std::map<std::string, std::string>;

Said RunWithout(const World::Saved& saved, const std::vector<std::string_view>& members, const std::string& yaml) {
  Said said;
  for (const std::string_view member : members) {
    World world(saved);
    BadLuck luck(world);
    luck.Show([&](Properties& item) { item.erase(std::string(member)); });
    const auto outcome = world.Apply(yaml, {}, &luck);
    std::string text;
    if (!outcome) {
      text = outcome.error().message;
    } else {
      for (const Error& error : outcome->resources.back().errors)
        text += error.message;
      for (const std::string& call : luck.sent())
        text += (text.empty() ? "" : "; ") + call.substr(0, call.find(' ')) + " " +
                (call.contains("DBInstanceIdentifier") ? call.substr(call.find("DBInstanceIdentifier")) : "");
    }
    if (!text.empty()) said.emplace(member, std::move(text));
  }
  return said;
}

// What is reported of every database is unknown where it is missing. These are the members that RDS leaves out, or has
// left out in the past, when there is none: a missing one cannot be told from that. None of them is given up by the
// call that follows, which says what was said before, and the run says what it misses.
TEST_F(LuckWithMembers, ASecondRunSendsNothingForWhatAnAnswerDoesNotSay) {
  const auto sent = [](std::string_view property, std::string_view request) {
    return fmt::format(
        "ModifyDBInstance was accepted, but {} is still not as stated 15m00s later; ModifyDBInstance "
        "DBInstanceIdentifier=orders{}",
        property, request);
  };
  const std::string monitoring = " MonitoringInterval=60 MonitoringRoleArn=arn:aws:iam::123456789012:role/m";
  const std::string role =
      "AddRoleToDBInstance DBInstanceIdentifier=orders FeatureName=s3Import "
      "RoleArn=arn:aws:iam::123456789012:role/s3";
  Said said = RunWithout(saved_, Members(), std::string(kAll));
  for (const char* member : {"PerformanceInsightsEnabled", "PerformanceInsightsRetentionPeriod"}) {
    EXPECT_THAT(said[member], testing::EndsWith("PerformanceInsightsRetentionPeriod=7"));
    said.erase(member);
  }
  const Said wanted = {
      {"AssociatedRoles",
       "AddRoleToDBInstance answers that there is nothing to change, and AssociatedRoles is still not "
       "as stated; " +
           role + "; " + role},
      {"AutoMinorVersionUpgrade", sent("AutoMinorVersionUpgrade", "")},
      {"CopyTagsToSnapshot", sent("CopyTagsToSnapshot", "")},
      {"DBInstanceIdentifier", "the answer to DescribeDBInstances does not say its DBInstanceIdentifier"},
      {"DBName", "DBName is null and cannot become orders: RDS sets it at creation only"},
      {"DeletionProtection", sent("DeletionProtection", " DeletionProtection=true")},
      {"EnabledCloudwatchLogsExports", sent("EnableCloudwatchLogsExports", "")},
      {"IAMDatabaseAuthenticationEnabled",
       sent("EnableIAMDatabaseAuthentication", " EnableIAMDatabaseAuthentication=true")},
      {"Iops", sent("Iops", " Iops=12000")},
      {"MaxAllocatedStorage", sent("MaxAllocatedStorage", " MaxAllocatedStorage=1000")},
      {"MonitoringInterval", sent("MonitoringInterval", monitoring)},
      {"MonitoringRoleArn", sent("MonitoringRoleArn", monitoring)},
      {"MultiAZ", sent("MultiAZ", " MultiAZ=true")},
      {"PubliclyAccessible", sent("PubliclyAccessible", " PubliclyAccessible=true")},
      {"StorageEncrypted", "StorageEncrypted is null and cannot become true: RDS sets it at creation only"},
      {"StorageThroughput", sent("StorageThroughput", " Iops=12000 StorageThroughput=500")},
  };
  EXPECT_EQ(said, wanted);
}

// A change is made all the same: once, and nothing beside it but what stands above.
TEST_F(LuckWithMembers, AChangeIsMadeWhateverElseAnAnswerDoesNotSay) {
  constexpr std::string_view kStated = R"(
DBInstance:
  orders:
    Engine: postgres
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 400
    MasterUsername: orders_admin
    MasterUserPassword: {env: PW}
    BackupRetentionPeriod: 9
    Tags: {service: payments}
)";
  const std::string both = "ModifyDBInstance DBInstanceIdentifier=orders; AddTagsToResource ";
  // What runs read of every database, whatever is stated.
  const std::vector<std::string_view> members = {"BackupRetentionPeriod",
                                                 "DBInstanceArn",
                                                 "DBInstanceIdentifier",
                                                 "DBInstanceStatus",
                                                 "DBParameterGroups",
                                                 "DbiResourceId",
                                                 "Endpoint",
                                                 "Engine",
                                                 "EngineVersion",
                                                 "PendingModifiedValues",
                                                 "PreferredMaintenanceWindow",
                                                 "StorageType",
                                                 "TagList"};
  const Said said = RunWithout(saved_, members, std::string(kStated));
  Said wanted;
  for (const std::string_view member : members)
    wanted.emplace(member, both);
  wanted["BackupRetentionPeriod"] = "AddTagsToResource ";
  wanted["DBInstanceArn"] = "The request must contain the parameter ResourceName.; " + both;
  wanted["DBInstanceIdentifier"] = "the answer to DescribeDBInstances does not say its DBInstanceIdentifier";
  wanted["DBInstanceStatus"] = "still without a status after 3h00m; nothing was sent for it";
  EXPECT_EQ(said, wanted);
}

}  // namespace
}  // namespace rdsteady::apply
