#include "api/session.h"

#include <gtest/gtest.h>

#include "rdsteady/client.h"

namespace rdsteady::api {
namespace {

aws::Setting<std::string> Flag(std::string value, const char* source) {
  return {.value = std::move(value), .source = source};
}

SessionOptions Isolated() {
  SessionOptions options;
  options.isolated = true;
  options.credentials = wire::Credentials{.access_key_id = "a", .secret_access_key = "b"};
  // Port 1 is refused at once wherever tests run.
  options.request.endpoint_url = Flag("http://127.0.0.1:1", "--endpoint-url");
  options.request.call_attempts = aws::Setting<int>{.value = 1, .source = "--call-attempts"};
  return options;
}

TEST(Session, TheAccountStandsInTheFifthPlaceOfAnArn) {
  EXPECT_EQ(AccountOfArn("arn:aws:rds:us-east-1:123456789012:db:orders"), "123456789012");
  EXPECT_EQ(AccountOfArn("arn:aws-cn:rds:cn-north-1:123456789012:subgrp:a:b"), "123456789012");
  EXPECT_EQ(AccountOfArn("arn:aws:rds:us-east-1::db:orders"), "");
  EXPECT_EQ(AccountOfArn("orders"), "");
  EXPECT_EQ(AccountOfArn(""), "");
}

TEST(Session, TheManifestsRegionAndTheFlagMustAgree) {
  SessionOptions options = Isolated();
  options.request.region = Flag("us-east-1", "--region");
  const Session session(options);
  EXPECT_EQ(session.Configure("us-east-1")->region.value, "us-east-1");
  EXPECT_EQ(session.Configure("")->region.value, "us-east-1");
  const auto other = session.Configure("eu-west-1");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().category, ErrorCategory::kUsage);
  EXPECT_EQ(other.error().message, "the manifest is for region eu-west-1, but --region says us-east-1");
}

TEST(Session, TheDefaultRegionGivesWayToTheManifest) {
  SessionOptions options = Isolated();
  options.default_region = "us-east-1";
  const Session session(options);
  EXPECT_EQ(session.Configure("")->region.value, "us-east-1");
  EXPECT_EQ(session.Configure("eu-west-1")->region.value, "eu-west-1");
}

TEST(Session, WhatWasToldToStopBeforeItBeganSendsNothing) {
  SessionOptions options = Isolated();
  options.default_region = "us-east-1";
  const Session session(options);
  std::stop_source stop;
  stop.request_stop();
  const auto answer = session.Call(*model::FindOperation("DescribeDBInstances"), {}, "", {.stop = stop.get_token()});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().category, ErrorCategory::kInterrupted);
}

TEST(Session, ARefusedConnectionNamesOperationAndEndpoint) {
  SessionOptions options = Isolated();
  options.default_region = "us-east-1";
  const Session session(options);
  const auto answer = session.Call(*model::FindOperation("DescribeDBInstances"), {}, "", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().category, ErrorCategory::kTransport);
  EXPECT_EQ(answer.error().operation, "DescribeDBInstances");
  EXPECT_NE(answer.error().message.find("127.0.0.1:1"), std::string::npos) << answer.error().message;
}

TEST(Client, AFailedBodyIsReturnedAtOnceAndNothingIsWaitedFor) {
  // A wait would fail with another error: nobody listens there.
  Client client({.region = "us-east-1",
                 .endpoint_url = "http://127.0.0.1:1",
                 .call_attempts = 1,
                 .credentials = AccessKey{"a", "b"}});
  const Result<int> result = client.WithAvailability(
      "orders", {}, []() -> Result<int> { return Fail(ErrorCategory::kFailed, "the body failed"); });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message, "the body failed");
}

TEST(Client, UnknownOperationsAndKindsAreMistakes) {
  Client client({.region = "us-east-1"});
  const Result<Value> call = client.Call("DescribeDBInstance");
  ASSERT_FALSE(call.has_value());
  EXPECT_EQ(call.error().message, "there is no operation 'DescribeDBInstance'");
  EXPECT_EQ(call.error().hint, "did you mean 'DescribeDBInstances'?");
  const Result<Outcome> outcome = client.CreateOrUpdate("DBInstanc", {});
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().category, ErrorCategory::kUsage);
}

TEST(Manifest, FaultsCarryTheirPlace) {
  const Result<Manifest> manifest = Manifest::Parse("DBInstance:\n  a:\n    Nonsense: 1\n", "inline.yaml");
  ASSERT_FALSE(manifest.has_value());
  EXPECT_EQ(manifest.error().category, ErrorCategory::kUsage);
  EXPECT_NE(manifest.error().message.find("inline.yaml:3:5: error: unknown property 'Nonsense' of DBInstance"),
            std::string::npos)
      << manifest.error().message;
}

TEST(Manifest, NamesItsResources) {
  const Result<Manifest> manifest = Manifest::Parse(
      "DBSubnetGroup: {a: {DBSubnetGroupDescription: d, SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]}}");
  ASSERT_TRUE(manifest.has_value()) << manifest.error().message;
  EXPECT_EQ(manifest->Resources(), std::vector<std::string>{"DBSubnetGroup/a"});
}

}  // namespace
}  // namespace rdsteady::api
