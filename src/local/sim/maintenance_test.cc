// Pending maintenance, renames, and replicas beyond their region.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "local/sim/lab.h"

namespace rdsteady::local::sim {
namespace {

using std::chrono::days;
using testing::Contains;
using testing::HasSubstr;

constexpr std::string_view kArn = "arn:aws:rds:us-east-1:123456789012:db:orders";

Properties Named(std::string_view name, Properties more = {}) {
  more["DBInstanceIdentifier"] = std::string(name);
  return more;
}

Instant At(std::string_view text) {
  return ParseIso8601(text).value_or(Instant{});
}

class SimMaintenance : public testing::Test {
 protected:
  // Wednesday, 2026-03-04 10:00; the window opens on Sunday at 05:00.
  void SetUp() override { lab_.Create("orders", {{"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}}); }

  void Offer(MaintenanceOffer offer) {
    auto offered = lab_.sim().OfferMaintenance(std::string(kAccount), std::string(kRegion), "orders", std::move(offer),
                                               lab_.now());
    ASSERT_TRUE(offered.has_value()) << offered.error().message;
  }
  std::string Pending(Properties input = {}) {
    return ToJson(*Find(lab_.Do("DescribePendingMaintenanceActions", std::move(input)), "PendingMaintenanceActions"));
  }
  static Properties Apply(std::string_view action, std::string_view opt_in) {
    return {{"ResourceIdentifier", std::string(kArn)},
            {"ApplyAction", std::string(action)},
            {"OptInType", std::string(opt_in)}};
  }

  Lab lab_{{.real_engines = {{"postgres", "15"}}}};
};

TEST_F(SimMaintenance, IsShownUntilItIsDone) {
  EXPECT_EQ(Pending(), "[]");
  Offer({.action = "system-update", .description = "New Operating System update is available"});
  const std::string shown =
      R"([{"PendingMaintenanceActionDetails": [{"Action": "system-update", "Description": "New Operating System )"
      R"(update is available"}], "ResourceIdentifier": "arn:aws:rds:us-east-1:123456789012:db:orders"}])";
  EXPECT_EQ(Pending(), shown);
  EXPECT_EQ(Pending({{"ResourceIdentifier", std::string(kArn)}}), shown);
  EXPECT_EQ(Pending({{"Filters", List{Properties{{"Name", "db-instance-id"}, {"Values", List{"orders"}}}}}}), shown);
  EXPECT_EQ(Pending({{"Filters", List{Properties{{"Name", "db-instance-id"}, {"Values", List{"other"}}}}}}), "[]");
  lab_.Pass(days(30));
  EXPECT_EQ(Pending(), shown) << "nobody opted in, and nothing forces it";
  lab_.TakeJobs();
  lab_.Do("ApplyPendingMaintenanceAction", Apply("system-update", "immediate"));
  EXPECT_EQ(lab_.Status("orders"), "available") << "not to be seen yet";
  EXPECT_EQ(lab_.Refusal("ApplyPendingMaintenanceAction", Apply("system-update", "undo-opt-in")),
            "InvalidParameterCombination: The action system-update is being applied immediately, which can't be "
            "undone.");
  lab_.Pass(Millis(300));
  EXPECT_EQ(lab_.Status("orders"), "maintenance");
  lab_.Settle();
  EXPECT_EQ(lab_.Status("orders"), "available");
  EXPECT_EQ(Pending(), "[]");
  ASSERT_EQ(lab_.TakeJobs().at(0).verb, EngineVerb::kRestart);
  EXPECT_THAT(lab_.Messages("orders"), Contains("Finished applying maintenance: system-update"));
}

TEST_F(SimMaintenance, OptingInAndOut) {
  Offer({.action = "db-upgrade", .description = "Automatic minor version upgrade"});
  lab_.Do("ApplyPendingMaintenanceAction", Apply("db-upgrade", "next-maintenance"));
  EXPECT_THAT(Pending(), HasSubstr(R"("CurrentApplyDate": "2026-03-08T05:00:00.000Z")"));
  EXPECT_THAT(Pending(), HasSubstr(R"("OptInStatus": "next-maintenance")"));
  lab_.Do("ApplyPendingMaintenanceAction", Apply("db-upgrade", "undo-opt-in"));
  EXPECT_THAT(Pending(), testing::Not(HasSubstr("CurrentApplyDate")));
  lab_.Pass(days(14));
  EXPECT_THAT(Pending(), HasSubstr("db-upgrade"));
  lab_.Do("ApplyPendingMaintenanceAction", Apply("db-upgrade", "next-maintenance"));
  lab_.Restart();
  lab_.Pass(days(7));
  lab_.Settle();
  EXPECT_EQ(Pending(), "[]");
}

TEST_F(SimMaintenance, AMinorUpgradeAndARotationChangeTheInstance) {
  lab_.Create("older", {{"EngineVersion", "15.15"}});
  auto offered = lab_.sim().OfferMaintenance(std::string(kAccount), std::string(kRegion), "older",
                                             {.action = "db-upgrade", .description = "d"}, lab_.now());
  ASSERT_TRUE(offered.has_value());
  lab_.Do("ApplyPendingMaintenanceAction", {{"ResourceIdentifier", "arn:aws:rds:us-east-1:123456789012:db:older"},
                                            {"ApplyAction", "db-upgrade"},
                                            {"OptInType", "immediate"}});
  lab_.Pass(Millis(300));
  EXPECT_EQ(lab_.Status("older"), "upgrading");
  lab_.Settle();
  EXPECT_EQ(lab_.Show("older", "EngineVersion"), "15.20");
  Offer({.action = "ca-certificate-rotation", .description = "Rotation of CA certificate"});
  lab_.Do("ApplyPendingMaintenanceAction", Apply("ca-certificate-rotation", "immediate"));
  lab_.Settle();
  EXPECT_EQ(lab_.Show("orders", "CACertificateIdentifier"), "rds-ca-rsa4096-g1");
}

TEST_F(SimMaintenance, DatesComeByThemselves) {
  Offer({.action = "os-upgrade", .description = "d", .auto_applied_after = At("2026-03-10T00:00:00Z")});
  Offer({.action = "hardware-maintenance", .description = "d", .forced = At("2026-03-05T12:00:00Z")});
  EXPECT_THAT(Pending(), HasSubstr(R"("CurrentApplyDate": "2026-03-15T05:00:00.000Z")"));
  EXPECT_THAT(Pending(), HasSubstr(R"("CurrentApplyDate": "2026-03-05T12:00:00.000Z")"));
  lab_.Pass(days(2));
  EXPECT_THAT(Pending(), testing::Not(HasSubstr("hardware-maintenance")));
  lab_.Pass(days(8));
  EXPECT_THAT(Pending(), HasSubstr("os-upgrade"));
  lab_.Pass(days(2));
  EXPECT_EQ(Pending(), "[]");
}

TEST_F(SimMaintenance, AWindowThatIsMovedOverThePresentOpensAtOnce) {
  Offer({.action = "system-update", .description = "d"});
  lab_.Do("ApplyPendingMaintenanceAction", Apply("system-update", "next-maintenance"));
  lab_.Do("ModifyDBInstance", Named("orders", {{"PreferredMaintenanceWindow", "wed:09:30-wed:11:00"}}));
  lab_.Pass(Millis(300));
  EXPECT_EQ(lab_.Status("orders"), "maintenance");
  lab_.Settle();
  EXPECT_EQ(Pending(), "[]");
}

TEST_F(SimMaintenance, Refusals) {
  Offer({.action = "system-update", .description = "d"});
  EXPECT_EQ(lab_.Refusal("ApplyPendingMaintenanceAction", Apply("db-upgrade", "immediate")),
            "ResourceNotFoundFault: The action db-upgrade is not pending for DB instance orders.");
  EXPECT_EQ(lab_.Refusal("ApplyPendingMaintenanceAction", Apply("system-update", "soon")),
            "InvalidParameterValue: Invalid value 'soon' for OptInType. Must be one of 'immediate', 'next-maintenance' "
            "or 'undo-opt-in'");
  EXPECT_EQ(lab_.Refusal("DescribePendingMaintenanceActions", {{"ResourceIdentifier", "orders"}}),
            "ResourceNotFoundFault: The specified resource orders was not found.");
  lab_.Do("StopDBInstance", Named("orders"));
  lab_.Settle();
  EXPECT_EQ(lab_.Refusal("ApplyPendingMaintenanceAction", Apply("system-update", "immediate")),
            "InvalidDBInstanceState: Database instance orders is not in available state.");
  auto offer = [&](std::string_view name, std::string_view action) {
    auto offered = lab_.sim().OfferMaintenance(std::string(kAccount), std::string(kRegion), std::string(name),
                                               {.action = std::string(action), .description = ""}, lab_.now());
    return offered.has_value() ? "accepted" : offered.error().code + ": " + offered.error().message;
  };
  EXPECT_EQ(offer("none", "db-upgrade"), "DBInstanceNotFound: DBInstance none not found.");
  EXPECT_THAT(offer("orders", "paint"),
              HasSubstr("InvalidParameterValue: Invalid maintenance action 'paint'. Must be"));
}

TEST(SimRename, MovesTheEndpointTheTagsAndTheArnAndKeepsTheResource) {
  Lab lab({.real_engines = {{"postgres", "15"}}});
  lab.Create("orders", {{"Tags", List{Properties{{"Key", "a"}, {"Value", "b"}}}}});
  const std::string address = lab.Show("orders", "Endpoint.Address");
  const std::string resource = lab.Show("orders", "DbiResourceId");
  lab.TakeJobs();
  lab.Do("ModifyDBInstance", Named("orders", {{"NewDBInstanceIdentifier", "Sales"}, {"ApplyImmediately", true}}));
  lab.Pass(Millis(300));
  EXPECT_EQ(lab.Status("sales"), "renaming");
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", Named("orders")), "DBInstanceNotFound: DBInstance orders not found.");
  lab.Settle();
  EXPECT_EQ(lab.Show("sales", "DBInstanceArn"), "arn:aws:rds:us-east-1:123456789012:db:sales");
  EXPECT_EQ(lab.Show("sales", "DbiResourceId"), resource);
  EXPECT_NE(lab.Show("sales", "Endpoint.Address"), address);
  EXPECT_EQ(lab.Show("sales", "TagList"), R"([{"Key": "a", "Value": "b"}])");
  const auto jobs = lab.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].verb, EngineVerb::kRestart);
  EXPECT_EQ(jobs[0].spec.address, lab.Show("sales", "Endpoint.Address"));
  EXPECT_EQ(jobs[0].spec.resource_id, resource);
  lab.Create("orders");
  EXPECT_NE(lab.Show("orders", "DbiResourceId"), resource) << "the name is free again";
}

TEST(SimRename, WaitsForTheWindowAndYieldsToANameThatIsTakenMeanwhile) {
  Lab lab;
  lab.Create("orders", {{"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}});
  lab.Create("bills", {{"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}});
  lab.Do("ModifyDBInstance", Named("orders", {{"NewDBInstanceIdentifier", "sales"}}));
  lab.Do("ModifyDBInstance", Named("bills", {{"NewDBInstanceIdentifier", "taken"}}));
  EXPECT_EQ(lab.Pending("orders"), R"({"DBInstanceIdentifier": "sales"})");
  EXPECT_EQ(lab.Status("orders"), "available");
  lab.Create("taken");
  EXPECT_EQ(lab.Refusal("ModifyDBInstance", Named("orders", {{"NewDBInstanceIdentifier", "taken"}})),
            "DBInstanceAlreadyExists: DB instance already exists");
  lab.Restart();
  lab.Pass(days(5));
  EXPECT_EQ(lab.Status("sales"), "available");
  EXPECT_EQ(lab.Pending("sales"), "{}");
  EXPECT_EQ(lab.Pending("bills"), "{}");
  EXPECT_THAT(lab.Messages("bills"), Contains("The DB instance can't be renamed to taken: the name is taken"));
}

TEST(SimRename, ReplicasOfOtherRegionsFollowTheArn) {
  Lab lab;
  lab.Create("orders");
  ASSERT_TRUE(lab.Handle("CreateDBInstanceReadReplica",
                         Named("far", {{"SourceDBInstanceIdentifier", std::string(kArn)}}), "eu-west-1")
                  .has_value());
  lab.Settle();
  lab.Do("ModifyDBInstance", Named("orders", {{"NewDBInstanceIdentifier", "sales"}, {"ApplyImmediately", true}}));
  lab.Settle();
  const auto far = lab.Handle("DescribeDBInstances", Named("far"), "eu-west-1");
  ASSERT_TRUE(far.has_value());
  EXPECT_EQ(*Find(*far, "DBInstances")->As<List>().at(0).Find("ReadReplicaSourceDBInstanceIdentifier"),
            Value("arn:aws:rds:us-east-1:123456789012:db:sales"));
}

class SimFarReplica : public testing::Test {
 protected:
  std::string Ask(std::string_view source_region, std::string_view region, Properties more) {
    const std::string partition = source_region.starts_with("cn-") ? "aws-cn" : "aws";
    more["SourceDBInstanceIdentifier"] =
        "arn:" + partition + ":rds:" + std::string(source_region) + ":123456789012:db:orders";
    auto answer = lab_.Handle("CreateDBInstanceReadReplica", Named("far", std::move(more)), region);
    return answer.has_value() ? "accepted" : answer.error().code + ": " + answer.error().message;
  }
  void Create(std::string_view region, Properties more = {}) {
    ASSERT_TRUE(lab_.Handle("CreateDBInstance", PostgresMembers("orders", std::move(more)), region).has_value());
    lab_.Settle();
  }
  Lab lab_;
};

TEST_F(SimFarReplica, OfAnEncryptedSourceNeedsAKeyOfItsOwnRegion) {
  Create("us-east-1", {{"StorageEncrypted", true}});
  EXPECT_EQ(Ask("us-east-1", "eu-west-1", {}),
            "InvalidParameterCombination: KmsKeyId must be specified when an encrypted read replica is created from "
            "another region.");
  EXPECT_EQ(Ask("us-east-1", "cn-north-1", {{"KmsKeyId", "k"}}),
            "InvalidParameterValue: A read replica can't be created in cn-north-1 of a source in us-east-1.");
  EXPECT_EQ(Ask("us-east-1", "eu-west-1", {{"KmsKeyId", "k"}, {"PreSignedUrl", "https://anything"}}), "accepted")
      << "a signed request is ignored here";
}

TEST_F(SimFarReplica, OfAnUnencryptedSourceTakesNoKey) {
  Create("us-east-1");
  EXPECT_EQ(Ask("us-east-1", "eu-west-1", {{"KmsKeyId", "k"}}),
            "InvalidParameterCombination: An encrypted read replica can't be created of an unencrypted DB instance.");
  EXPECT_EQ(Ask("us-east-1", "eu-west-1", {}), "accepted");
}

TEST_F(SimFarReplica, ASignedRequestIsDemandedWhereRegionsDoNotTrustEachOther) {
  Create("cn-north-1", {{"StorageEncrypted", true}});
  const Properties key{{"KmsKeyId", "alias/far"}};
  EXPECT_EQ(Ask("cn-north-1", "cn-northwest-1", key),
            "InvalidParameterCombination: PreSignedUrl must be specified when an encrypted read replica is created "
            "from another region.");
  const auto with = [&](std::string_view destination, std::string_view of) {
    Properties more = key;
    more["PreSignedUrl"] =
        "https://rds.cn-north-1.amazonaws.com.cn/?Action=CreateDBInstanceReadReplica&KmsKeyId="
        "alias%2Ffar&DestinationRegion=" +
        std::string(destination) +
        "&SourceDBInstanceIdentifier=arn%3Aaws-cn%3Ards%3Acn-north-1%3A123456789012%3Adb%3A" + std::string(of) +
        "&X-Amz-Signature=00";
    return more;
  };
  const std::string bad =
      "InvalidParameterValue: PreSignedUrl is not a signed CreateDBInstanceReadReplica request to cn-north-1 with this "
      "source, key and destination region.";
  EXPECT_EQ(Ask("cn-north-1", "cn-northwest-1", with("cn-north-1", "orders")), bad);
  EXPECT_EQ(Ask("cn-north-1", "cn-northwest-1", with("cn-northwest-1", "other")), bad);
  EXPECT_EQ(Ask("cn-north-1", "cn-northwest-1", with("cn-northwest-1", "orders")), "accepted");
}

}  // namespace
}  // namespace rdsteady::local::sim
