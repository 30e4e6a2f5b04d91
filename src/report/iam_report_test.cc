// Documents that IAM takes as they stand, with their reasons beside them.
#include "report/iam_report.h"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"

namespace rdsteady::report {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Packed(const Value& json, std::string_view member) {
  return ReplaceAll(ToJson(*json.Find(member)), " ", "");
}

plan::Permission Allow(std::string purpose, std::string action, std::string resource, std::string reason = "because",
                       bool confirmed = true) {
  return {.purpose = std::move(purpose),
          .action = std::move(action),
          .resource = std::move(resource),
          .reason = std::move(reason),
          .confirmed = confirmed};
}

TEST(IamReportTest, ActionsOfOnePurposeOnTheSameShareAStatement) {
  const plan::Permissions permissions{.plan = {Allow("Read", "rds:B", "arn:1"), Allow("Read", "rds:A", "arn:1"),
                                               Allow("Read", "rds:C", "arn:2"),
                                               Allow("Read", "rds:B", "arn:1", "for another reason")}};
  EXPECT_EQ(Packed(PoliciesToJson(permissions), "plan"),
            R"({"Statement":[{"Action":["rds:A","rds:B"],"Effect":"Allow","Resource":["arn:1"],"Sid":"Read"},)"
            R"({"Action":["rds:C"],"Effect":"Allow","Resource":["arn:2"],"Sid":"Read2"}],"Version":"2012-10-17"})");
}

// What is allowed on one resource under a condition must not be allowed on another, or without it.
TEST(IamReportTest, ConditionsAndResourcesAreKeptApart) {
  plan::Permission grant = Allow("Key", "kms:CreateGrant", "arn:key/*");
  grant.conditions = {{"Bool", "kms:GrantIsForAWSResource", "true"},
                      {"ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/a"}};
  const plan::Permissions permissions{
      .apply = {grant, Allow("Key", "kms:DescribeKey", "arn:key/*"), Allow("Key", "kms:DescribeKey", "arn:key/b")}};
  EXPECT_EQ(Packed(PoliciesToJson(permissions), "apply"),
            R"({"Statement":[{"Action":["kms:DescribeKey"],"Effect":"Allow","Resource":["arn:key/*","arn:key/b"],)"
            R"("Sid":"Key"},{"Action":["kms:CreateGrant"],"Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"},)"
            R"("ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/a"}},"Effect":"Allow",)"
            R"("Resource":["arn:key/*"],"Sid":"Key2"}],"Version":"2012-10-17"})");
}

TEST(IamReportTest, EveryStatementHasItsReasons) {
  const plan::Permissions permissions{
      .plan = {Allow("Read", "rds:A", "*", "to see it")},
      .apply = {Allow("Read", "rds:A", "*", "to see it"), Allow("Network", "ec2:X", "*", "a guess", false),
                Allow("Network", "ec2:Y", "*", "a guess", false)}};
  const Value json = IamToJson(permissions);
  EXPECT_EQ(TextOf(json, "type"), "iam");
  EXPECT_EQ(ListOf(json, "reasons").size(), 4U);
  EXPECT_THAT(ListOf(json, "notes"), IsEmpty());
  EXPECT_EQ(IamText(json),
            "Read\n"
            "  rds:A\n"
            "    to see it\n"
            "Network\n"
            "  ec2:X, ec2:Y\n"
            "    a guess (not confirmed)\n");
}

TEST(IamReportTest, APolicyThatIsTooLongIsSaid) {
  plan::Permissions permissions;
  for (int i = 0; i < 300; ++i)
    permissions.plan.push_back(Allow("Read", "rds:A", fmt::format("arn:aws:rds:us-east-1:123456789012:db:{}", i)));
  const Value json = IamToJson(permissions);
  ASSERT_EQ(ListOf(json, "notes").size(), 1U);
  EXPECT_THAT(IamText(json), HasSubstr("note: the policy for plan has "));
}

}  // namespace
}  // namespace rdsteady::report
