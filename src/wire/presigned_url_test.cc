#include "wire/presigned_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/query.h"

namespace rdsteady::wire {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Credentials kKeys{.access_key_id = "AKIDEXAMPLE",
                        .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const Instant kNow = *ParseIso8601("2026-01-02T03:04:05Z");
constexpr auto kSnapshot = "arn:aws:rds:us-west-2:123456789012:snapshot:orders-1";

const model::Operation& Op(std::string_view name) {
  return *model::FindOperation(name);
}

TEST(SourceRegionToPresign, IsStatedOrReadFromTheArn) {
  const auto region = [](std::string_view operation, const Properties& input) {
    return SourceRegionToPresign(Op(operation), input, "us-east-1");
  };
  EXPECT_EQ(region("CopyDBSnapshot", {{"SourceRegion", "eu-west-1"}, {"SourceDBSnapshotIdentifier", "x"}}),
            "eu-west-1");
  EXPECT_EQ(region("CopyDBSnapshot", {{"SourceDBSnapshotIdentifier", kSnapshot}}), "us-west-2");
  EXPECT_EQ(region("CopyDBClusterSnapshot", {{"SourceDBClusterSnapshotIdentifier", kSnapshot}}), "us-west-2");
  EXPECT_EQ(region("CreateDBCluster", {{"ReplicationSourceIdentifier", kSnapshot}}), "us-west-2");
  EXPECT_EQ(region("CreateDBInstanceReadReplica", {{"SourceDBInstanceIdentifier", kSnapshot}}), "us-west-2");
  EXPECT_EQ(region("StartDBInstanceAutomatedBackupsReplication", {{"SourceDBInstanceArn", kSnapshot}}), "us-west-2");
  EXPECT_EQ(region("CopyDBSnapshot", {{"SourceDBSnapshotIdentifier", "orders-1"}}), "");
  EXPECT_EQ(region("CopyDBSnapshot", {{"SourceRegion", "us-east-1"}, {"SourceDBSnapshotIdentifier", kSnapshot}}), "");
  EXPECT_EQ(region("CopyDBSnapshot", {{"SourceDBSnapshotIdentifier", kSnapshot}, {"PreSignedUrl", "https://x"}}), "");
  EXPECT_EQ(region("RestoreDBInstanceFromDBSnapshot", {{"DBSnapshotIdentifier", kSnapshot}}), "");
}

TEST(WithPreSignedUrl, HoldsTheRequestForTheSourceRegion) {
  const auto input = WithPreSignedUrl(Op("CopyDBSnapshot"),
                                      {{"SourceDBSnapshotIdentifier", kSnapshot},
                                       {"TargetDBSnapshotIdentifier", "t"},
                                       {"KmsKeyId", "k"},
                                       {"SourceRegion", "us-west-2"}},
                                      {.source_endpoint = "https://rds.us-west-2.amazonaws.com",
                                       .source_region = "us-west-2",
                                       .destination_region = "us-east-1"},
                                      kKeys, kNow);
  ASSERT_TRUE(input);
  EXPECT_EQ(input->size(), 4U);
  EXPECT_FALSE(input->contains("SourceRegion"));
  const std::string url = input->at("PreSignedUrl").As<std::string>();
  EXPECT_THAT(
      url,
      StartsWith("https://rds.us-west-2.amazonaws.com/?Action=CopyDBSnapshot&DestinationRegion=us-east-1&KmsKeyId=k&"));
  EXPECT_THAT(url, HasSubstr("&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Fus-west-2%2Frds%2Faws4_request&"));
  EXPECT_THAT(url, HasSubstr("&X-Amz-Expires=3600&"));
  EXPECT_THAT(url, Not(HasSubstr("SourceRegion")));
  EXPECT_THAT(url, Not(HasSubstr("PreSignedUrl")));

  const HttpRequest request{
      .method = "GET", .query = url.substr(url.find('?') + 1), .headers = {{"Host", "rds.us-west-2.amazonaws.com"}}};
  const auto claim = ReadClaim(request);
  ASSERT_TRUE(claim);
  EXPECT_TRUE(Verify(request, *claim, kKeys, kNow + std::chrono::minutes(59)));
}

TEST(WithPreSignedUrl, KeepsPasswordsOutOfTheUrl) {
  const auto input = WithPreSignedUrl(Op("CreateDBCluster"),
                                      {{"DBClusterIdentifier", "c"},
                                       {"Engine", "mysql"},
                                       {"MasterUserPassword", Secret::Literal("hunter2")},
                                       {"ReplicationSourceIdentifier", kSnapshot}},
                                      {.source_endpoint = "http://127.0.0.1:8080/base",
                                       .source_region = "us-west-2",
                                       .destination_region = "us-east-1"},
                                      kKeys, kNow);
  ASSERT_TRUE(input);
  const std::string url = input->at("PreSignedUrl").As<std::string>();
  EXPECT_THAT(url, StartsWith("http://127.0.0.1:8080/base/?Action=CreateDBCluster&"));
  EXPECT_THAT(url, Not(HasSubstr("hunter2")));
  EXPECT_THAT(url, Not(HasSubstr("MasterUserPassword")));
  EXPECT_EQ(input->at("MasterUserPassword"), Value(Secret::Literal("hunter2")));
}

TEST(WithPreSignedUrl, SignsTheHostAsItWillBeSent) {
  for (const std::string endpoint : {"https://h:443", "https://h", "http://h:80/"}) {
    const auto input = WithPreSignedUrl(
        Op("CopyDBSnapshot"), {{"SourceDBSnapshotIdentifier", kSnapshot}},
        {.source_endpoint = endpoint, .source_region = "us-west-2", .destination_region = "us-east-1"}, kKeys, kNow);
    const std::string url = input->at("PreSignedUrl").As<std::string>();
    const HttpRequest request{.method = "GET", .query = url.substr(url.find('?') + 1), .headers = {{"Host", "h"}}};
    EXPECT_TRUE(Verify(request, *ReadClaim(request), kKeys, kNow)) << endpoint;
  }
}

TEST(WithPreSignedUrl, AnUnknownParameterIsAUsageError) {
  const auto input = WithPreSignedUrl(Op("CopyDBSnapshot"), {{"Nonsense", 1}}, {}, kKeys, kNow);
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().category, ErrorCategory::kUsage);
}

}  // namespace
}  // namespace rdsteady::wire
