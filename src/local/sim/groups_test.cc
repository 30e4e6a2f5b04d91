// Subnet groups, parameter groups and tags.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "local/sim/lab.h"

namespace rdsteady::local::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Properties Subnets(std::string_view name, List ids) {
  return {{"DBSubnetGroupName", std::string(name)}, {"DBSubnetGroupDescription", "d"}, {"SubnetIds", std::move(ids)}};
}

Properties Group(std::string_view name, std::string_view family = "postgres15") {
  return {{"DBParameterGroupName", std::string(name)},
          {"DBParameterGroupFamily", std::string(family)},
          {"Description", "d"}};
}

Properties Set(std::string_view group, std::string_view name, std::string_view value, std::string_view method) {
  return {{"DBParameterGroupName", std::string(group)},
          {"Parameters", List{Properties{{"ParameterName", std::string(name)},
                                         {"ParameterValue", std::string(value)},
                                         {"ApplyMethod", std::string(method)}}}}};
}

std::string UserParameters(Lab& lab, std::string_view group) {
  const Properties answer =
      lab.Do("DescribeDBParameters", {{"DBParameterGroupName", std::string(group)}, {"Source", "user"}});
  std::string text;
  for (const Value& parameter : Find(answer, "Parameters")->As<List>()) {
    text += parameter.Find("ParameterName")->As<std::string>() + "=" +
            parameter.Find("ParameterValue")->As<std::string>() + " ";
  }
  return text;
}

TEST(SimSubnetGroup, TwoSubnetsLieInTwoZonesOfOneVpc) {
  Lab lab;
  const Properties answer = lab.Do("CreateDBSubnetGroup", Subnets("My.Group_1 x", {"subnet-bbb", "subnet-aaa"}));
  const Value& group = *Find(answer, "DBSubnetGroup");
  EXPECT_EQ(*group.Find("DBSubnetGroupName"), Value("my.group_1 x"));
  EXPECT_EQ(*group.Find("SubnetGroupStatus"), Value("Complete"));
  const List& subnets = group.Find("Subnets")->As<List>();
  ASSERT_EQ(subnets.size(), 2U);
  EXPECT_EQ(*subnets[0].FindPath("SubnetAvailabilityZone.Name"), Value("us-east-1a"));
  EXPECT_EQ(*subnets[1].FindPath("SubnetAvailabilityZone.Name"), Value("us-east-1b"));
}

TEST(SimSubnetGroup, Refusals) {
  Lab lab;
  lab.Do("CreateDBSubnetGroup", Subnets("mine", {"subnet-1", "subnet-2"}));
  EXPECT_EQ(lab.Refusal("CreateDBSubnetGroup", Subnets("MINE", {"subnet-1", "subnet-2"})),
            "DBSubnetGroupAlreadyExists: The DB subnet group 'mine' already exists.");
  EXPECT_EQ(lab.Refusal("CreateDBSubnetGroup", Subnets("one", {"subnet-1", "subnet-1"})),
            "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage "
            "requirement. Current AZ coverage: us-east-1a. Add subnets to cover at least 2 AZs.");
  EXPECT_EQ(lab.Refusal("CreateDBSubnetGroup", Subnets("odd", {"subnet-1", "net-2"})),
            "InvalidParameterValue: Some input subnets in :[net-2] are invalid.");
  EXPECT_EQ(lab.Refusal("CreateDBSubnetGroup", Subnets("two", {"subnet-red-a-1", "subnet-blue-b-1"})),
            "InvalidSubnet: Subnets subnet-blue-b-1, subnet-red-a-1 do not belong to the same VPC.");
  EXPECT_EQ(lab.Refusal("CreateDBSubnetGroup", Subnets("default", {"subnet-1", "subnet-2"})),
            "InvalidParameterValue: The parameter DBSubnetGroupName must not be default.");
  EXPECT_EQ(lab.Refusal("ModifyDBSubnetGroup", Subnets("other", {"subnet-1", "subnet-2"})),
            "DBSubnetGroupNotFoundFault: DB subnet group 'other' does not exist.");
  EXPECT_EQ(lab.Refusal("ModifyDBSubnetGroup", Subnets("mine", {"subnet-red-a-1", "subnet-red-b-1"})),
            "InvalidSubnet: The new subnets are not in the same VPC as the existing subnet group.");
  EXPECT_EQ(lab.Refusal("ModifyDBSubnetGroup", {{"DBSubnetGroupName", "mine"}}),
            "MissingParameter: The request must contain the parameter SubnetIds.");
  EXPECT_EQ(lab.Refusal("DeleteDBSubnetGroup", {{"DBSubnetGroupName", "default"}}),
            "InvalidDBSubnetGroupStateFault: The default DB subnet group can't be changed or deleted.");
  lab.Create("orders", {{"DBSubnetGroupName", "mine"}});
  EXPECT_EQ(lab.Refusal("DeleteDBSubnetGroup", {{"DBSubnetGroupName", "mine"}}),
            "InvalidDBSubnetGroupStateFault: Cannot delete the subnet group 'mine' because at least one database "
            "instance: orders is still using it.");
}

TEST(SimSubnetGroup, MovesToAnotherVpcOnly) {
  Lab lab;
  lab.Do("CreateDBSubnetGroup", Subnets("blue", {"subnet-blue-a-1", "subnet-blue-b-1"}));
  lab.Create("orders");
  lab.Do("ModifyDBInstance",
         {{"DBInstanceIdentifier", "orders"}, {"DBSubnetGroupName", "Blue"}, {"ApplyImmediately", true}});
  lab.Pass(Millis(250));
  EXPECT_EQ(lab.Status("orders"), "moving-to-vpc");
  lab.Settle();
  EXPECT_EQ(lab.Show("orders", "DBSubnetGroup.VpcId"), "vpc-blue");
}

TEST(SimParameterGroup, FamiliesOfUnknownMajorsExist) {
  Lab lab;
  EXPECT_EQ(lab.Refusal("CreateDBParameterGroup", Group("a", "postgres10")), "accepted");
  EXPECT_EQ(lab.Refusal("CreateDBParameterGroup", Group("b", "oracle-ee-19")), "accepted");
  EXPECT_EQ(lab.Refusal("CreateDBParameterGroup", Group("c", "mongodb6")),
            "InvalidParameterValue: ParameterGroupFamily mongodb6 is not a valid parameter group family");
  EXPECT_EQ(lab.Refusal("CreateDBParameterGroup", Group("A")),
            "DBParameterGroupAlreadyExists: Parameter group a already exists");
  EXPECT_THAT(lab.Refusal("CreateDBParameterGroup", Group("no--good")), HasSubstr("is not a valid identifier"));
}

TEST(SimParameterGroup, Refusals) {
  Lab lab;
  lab.Do("CreateDBParameterGroup", Group("pg"));
  const std::vector<std::pair<Properties, std::string_view>> cases = {
      {Set("other", "work_mem", "64", "immediate"), "DBParameterGroupNotFound: DBParameterGroup not found: other"},
      {Set("pg", "work_memory", "64", "immediate"),
       "InvalidParameterValue: Could not find parameter with name: work_memory"},
      {Set("pg", "work_mem", "63", "immediate"),
       "InvalidParameterValue: Invalid parameter value: 63 for: work_mem allowed values are: 64-2147483647"},
      {Set("pg", "shared_buffers", "1000", "immediate"),
       "InvalidParameterCombination: cannot use immediate apply method for static parameter"},
      {Set("pg", "port", "1000", "pending-reboot"), "InvalidParameterValue: The parameter port cannot be modified."},
      {Set("pg", "log_statement", "some", "immediate"),
       "InvalidParameterValue: Invalid parameter value: some for: log_statement allowed values are: none,ddl,mod,all"},
      {Set("pg", "max_connections", "{DBInstanceClassMemory/}", "pending-reboot"),
       "InvalidParameterValue: Invalid parameter value: {DBInstanceClassMemory/} for: max_connections: unexpected "
       "'}'"},
      {Set("default.postgres15", "work_mem", "64", "immediate"),
       "InvalidParameterValue: The parameter DBParameterGroupName is not a valid identifier. Default parameter groups "
       "can't be modified: default.postgres15"},
  };
  for (const auto& [input, refusal] : cases)
    EXPECT_EQ(lab.Refusal("ModifyDBParameterGroup", input), refusal);
  List many;
  for (int i = 0; i < 21; ++i) {
    many.push_back(Properties{{"ParameterName", "work_mem"}, {"ParameterValue", "64"}, {"ApplyMethod", "immediate"}});
  }
  EXPECT_EQ(lab.Refusal("ModifyDBParameterGroup", {{"DBParameterGroupName", "pg"}, {"Parameters", many}}),
            "InvalidParameterValue: At most 20 parameters can be modified in one call, and there are 21.");
  EXPECT_EQ(UserParameters(lab, "pg"), "");
  EXPECT_EQ(lab.Refusal("DeleteDBParameterGroup", {{"DBParameterGroupName", "default.postgres15"}}),
            "InvalidDBParameterGroupState: Default DBParameterGroup cannot be deleted: default.postgres15");
  lab.Create("orders", {{"DBParameterGroupName", "PG"}});
  EXPECT_EQ(lab.Refusal("DeleteDBParameterGroup", {{"DBParameterGroupName", "pg"}}),
            "InvalidDBParameterGroupState: One or more database instances are still members of this parameter group "
            "pg, so the group cannot be deleted");
}

class SimParameters : public testing::Test {
 protected:
  void SetUp() override {
    lab_.Do("CreateDBParameterGroup", Group("pg"));
    lab_.Create("orders", {{"DBParameterGroupName", "pg"}});
    lab_.TakeJobs();
  }
  std::string ApplyStatus() {
    return lab_.Instance("orders")
        .at("DBParameterGroups")
        .As<List>()[0]
        .Find("ParameterApplyStatus")
        ->As<std::string>();
  }

  Lab lab_{{.real_engines = {{"postgres", "15"}}}};
};

TEST_F(SimParameters, DynamicOnesReachTheEngineAtOnce) {
  lab_.Do("ModifyDBParameterGroup", Set("pg", "log_min_duration_statement", "500", "immediate"));
  EXPECT_EQ(ApplyStatus(), "applying");
  lab_.Settle();
  EXPECT_EQ(ApplyStatus(), "in-sync");
  const auto jobs = lab_.TakeJobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].verb, EngineVerb::kReload);
  EXPECT_EQ(jobs[0].spec.parameters, (std::map<std::string, std::string>{{"log_min_duration_statement", "500"}}));
}

TEST_F(SimParameters, StaticOnesWaitForARebootAndTheWindowBringsNone) {
  lab_.Do("ModifyDBParameterGroup", Set("pg", "max_connections", "200", "pending-reboot"));
  lab_.Pass(std::chrono::days(8));
  EXPECT_EQ(ApplyStatus(), "pending-reboot");
  for (const EngineJob& job : lab_.TakeJobs()) {
    EXPECT_TRUE(job.verb == EngineVerb::kSnapshot || job.verb == EngineVerb::kDiscard) << "only the daily backups";
  }
  // A dynamic change in between does not carry the static one along.
  lab_.Do("ModifyDBParameterGroup", Set("pg", "work_mem", "8192", "immediate"));
  lab_.Settle();
  EXPECT_EQ(ApplyStatus(), "pending-reboot");
  EXPECT_EQ(lab_.TakeJobs().at(0).spec.parameters, (std::map<std::string, std::string>{{"work_mem", "8192"}}));
  lab_.Do("RebootDBInstance", {{"DBInstanceIdentifier", "orders"}});
  lab_.Settle();
  EXPECT_EQ(ApplyStatus(), "in-sync");
  EXPECT_EQ(lab_.TakeJobs().at(0).spec.parameters,
            (std::map<std::string, std::string>{{"max_connections", "200"}, {"work_mem", "8192"}}));
}

TEST_F(SimParameters, FormulasAreEvaluatedForTheClassWithinTheBudget) {
  lab_.Do("ModifyDBParameterGroup",
          Set("pg", "max_connections", "LEAST({DBInstanceClassMemory/95313920},50)", "pending-reboot"));
  lab_.Do("ModifyDBParameterGroup", Set("pg", "shared_buffers", "{DBInstanceClassMemory/32768}", "pending-reboot"));
  lab_.Do("RebootDBInstance", {{"DBInstanceIdentifier", "orders"}});
  lab_.Settle();
  // 64 MiB in pages of 8 KiB: half of an instance's budget.
  EXPECT_EQ(lab_.TakeJobs().at(0).spec.parameters,
            (std::map<std::string, std::string>{{"max_connections", "50"}, {"shared_buffers", "8192"}}));
  EXPECT_EQ(UserParameters(lab_, "pg"),
            "max_connections=LEAST({DBInstanceClassMemory/95313920},50) shared_buffers={DBInstanceClassMemory/32768} ")
      << "formulas are kept literally";
}

TEST_F(SimParameters, ANewGroupWaitsForTheRebootAsAWhole) {
  lab_.Do("CreateDBParameterGroup", Group("pg2"));
  lab_.Do("ModifyDBParameterGroup", Set("pg2", "work_mem", "8192", "immediate"));
  lab_.Do("ModifyDBInstance", {{"DBInstanceIdentifier", "orders"}, {"DBParameterGroupName", "pg2"}});
  EXPECT_EQ(lab_.Status("orders"), "available");
  EXPECT_EQ(lab_.Pending("orders"), "{}");
  EXPECT_EQ(ApplyStatus(), "applying");
  lab_.Settle();
  EXPECT_EQ(ApplyStatus(), "pending-reboot");
  lab_.Do("ModifyDBParameterGroup", Set("pg2", "work_mem", "4096", "immediate"));
  lab_.Settle();
  EXPECT_TRUE(lab_.TakeJobs().empty()) << "nothing of the new group works before a reboot";
  lab_.Do("RebootDBInstance", {{"DBInstanceIdentifier", "orders"}});
  lab_.Settle();
  EXPECT_EQ(ApplyStatus(), "in-sync");
  EXPECT_EQ(lab_.TakeJobs().at(0).spec.parameters, (std::map<std::string, std::string>{{"work_mem", "4096"}}));
}

TEST_F(SimParameters, ResetTakesValuesBack) {
  lab_.Do("ModifyDBParameterGroup", Set("pg", "work_mem", "8192", "immediate"));
  lab_.Do("ModifyDBParameterGroup", Set("pg", "max_connections", "200", "pending-reboot"));
  lab_.Do("RebootDBInstance", {{"DBInstanceIdentifier", "orders"}});
  lab_.Settle();
  lab_.TakeJobs();
  lab_.Do("ResetDBParameterGroup",
          {{"DBParameterGroupName", "pg"},
           {"ResetAllParameters", false},
           {"Parameters", List{Properties{{"ParameterName", "work_mem"}, {"ApplyMethod", "immediate"}}}}});
  lab_.Settle();
  EXPECT_EQ(UserParameters(lab_, "pg"), "max_connections=200 ");
  EXPECT_EQ(lab_.TakeJobs().at(0).spec.parameters, (std::map<std::string, std::string>{{"max_connections", "200"}}));
  lab_.Do("ResetDBParameterGroup", {{"DBParameterGroupName", "pg"}, {"ResetAllParameters", true}});
  lab_.Settle();
  EXPECT_EQ(UserParameters(lab_, "pg"), "");
  EXPECT_EQ(ApplyStatus(), "pending-reboot");
  EXPECT_EQ(lab_.Refusal("ResetDBParameterGroup", {{"DBParameterGroupName", "pg"}, {"ResetAllParameters", false}}),
            "InvalidParameterValue: The parameter Parameters must be provided and must not be blank.");
}

TEST_F(SimParameters, TheApplyMethodAloneChangesNothing) {
  lab_.Do("ModifyDBParameterGroup", Set("pg", "work_mem", "8192", "immediate"));
  lab_.Settle();
  lab_.Do("ModifyDBParameterGroup", Set("pg", "work_mem", "8192", "pending-reboot"));
  const Properties answer = lab_.Do("DescribeDBParameters", {{"DBParameterGroupName", "pg"}, {"Source", "user"}});
  EXPECT_EQ(*Find(answer, "Parameters")->As<List>().at(0).Find("ApplyMethod"), Value("immediate"));
  EXPECT_EQ(ApplyStatus(), "in-sync");
}

TEST(SimTags, AreAMapByArnWithoutCase) {
  Lab lab;
  lab.Create("orders");
  const std::string arn = "arn:aws:rds:us-east-1:123456789012:db:orders";
  auto tag = [](std::string_view key, std::string_view value) {
    return Properties{{"Key", std::string(key)}, {"Value", std::string(value)}};
  };
  lab.Do("AddTagsToResource", {{"ResourceName", arn}, {"Tags", List{tag("a", "1"), tag("b", "2")}}});
  lab.Do("AddTagsToResource", {{"ResourceName", arn}, {"Tags", List{tag("a", "3")}}});
  lab.Do("RemoveTagsFromResource", {{"ResourceName", arn}, {"TagKeys", List{"b", "c"}}});
  EXPECT_EQ(lab.Do("ListTagsForResource", {{"ResourceName", arn}}), (Properties{{"TagList", List{tag("a", "3")}}}));
  EXPECT_EQ(lab.Show("orders", "TagList"), R"([{"Key": "a", "Value": "3"}])");
  EXPECT_EQ(lab.Refusal("ListTagsForResource", {{"ResourceName", arn + "x"}}),
            "DBInstanceNotFound: DBInstance not found: ordersx");
  EXPECT_EQ(lab.Refusal("ListTagsForResource", {{"ResourceName", "orders"}}),
            "InvalidParameterValue: Invalid resource name: orders");
  EXPECT_EQ(lab.Refusal("AddTagsToResource", {{"ResourceName", arn}, {"Tags", List{tag("AWS:x", "1")}}}),
            "InvalidParameterValue: Tag keys beginning with aws: are reserved for system use: AWS:x");
}

TEST(SimTags, GoWithTheirResource) {
  Lab lab;
  Properties group = Group("pg");
  group["Tags"] = List{Properties{{"Key", "a"}, {"Value", "b"}}};
  lab.Do("CreateDBParameterGroup", group);
  lab.Do("DeleteDBParameterGroup", {{"DBParameterGroupName", "pg"}});
  lab.Do("CreateDBParameterGroup", Group("pg"));
  EXPECT_EQ(lab.Do("ListTagsForResource", {{"ResourceName", "arn:aws:rds:us-east-1:123456789012:pg:pg"}}),
            (Properties{{"TagList", List{}}}));
}

}  // namespace
}  // namespace rdsteady::local::sim
