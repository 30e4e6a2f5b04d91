#include "local/sim/keys.h"

#include <gmock/gmock.h>

#include "local/sim/lab.h"

namespace rdsteady::local::sim {
namespace {

using ::testing::MatchesRegex;

constexpr char kAccount[] = "123456789012";

class KeysTest : public ::testing::Test {
 protected:
  // The key's ARN and manager, or "Code: message".
  std::string Told(std::string_view key, std::string_view region = "us-east-1") {
    const Answer answer = lab_.sim().DescribeKey(kAccount, std::string(region), {{"KeyId", key}}, lab_.now());
    if (!answer) return answer.error().code + ": " + answer.error().message;
    const Value value(*answer);
    return value.FindPath("KeyMetadata.Arn")->As<std::string>() + " " +
           value.FindPath("KeyMetadata.KeyManager")->As<std::string>();
  }
  Lab lab_;
};

TEST_F(KeysTest, WhatAnInstanceIsEncryptedWithIsKnownByAllItsNames) {
  lab_.Create("orders", {{"StorageEncrypted", true},
                         {"KmsKeyId", "alias/orders"},
                         {"EnablePerformanceInsights", true},
                         {"PerformanceInsightsKMSKeyId", "alias/insights"}});
  const std::string arn = lab_.Show("orders", "KmsKeyId");
  EXPECT_THAT(arn, MatchesRegex("arn:aws:kms:us-east-1:123456789012:key/[-0-9a-f]{36}"));
  EXPECT_EQ(Told("alias/orders"), arn + " CUSTOMER");
  EXPECT_EQ(Told("arn:aws:kms:us-east-1:123456789012:alias/orders"), arn + " CUSTOMER");
  EXPECT_EQ(Told(arn), arn + " CUSTOMER");
  EXPECT_EQ(Told(arn.substr(arn.find('/') + 1)), arn + " CUSTOMER");
  EXPECT_EQ(Told("alias/insights"), lab_.Show("orders", "PerformanceInsightsKMSKeyId") + " CUSTOMER");
}

TEST_F(KeysTest, TheKeysThatAwsManagesAreAlwaysThere) {
  EXPECT_THAT(Told("alias/aws/rds"), MatchesRegex("arn:aws:kms:us-east-1:123456789012:key/[-0-9a-f]{36} AWS"));
  lab_.Create("orders", {{"StorageEncrypted", true}});
  EXPECT_EQ(Told("alias/aws/rds"), lab_.Show("orders", "KmsKeyId") + " AWS");
  lab_.Create("managed", {{"MasterUserPassword", nullptr}, {"ManageMasterUserPassword", true}});
  EXPECT_EQ(Told("alias/aws/secretsmanager"), lab_.Show("managed", "MasterUserSecret.KmsKeyId") + " AWS");
}

TEST_F(KeysTest, OthersAreNotFound) {
  EXPECT_EQ(Told("alias/orders"),
            "NotFoundException: Alias arn:aws:kms:us-east-1:123456789012:alias/orders is not found.");
  EXPECT_EQ(Told("arn:aws:kms:us-east-1:123456789012:alias/orders"),
            "NotFoundException: Alias arn:aws:kms:us-east-1:123456789012:alias/orders is not found.");
  EXPECT_EQ(Told("12345678-1234-1234-1234-123456789abc"),
            "NotFoundException: Key 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789abc' does "
            "not exist");
  EXPECT_EQ(Told("orders"), "NotFoundException: Invalid keyId 'orders'");
  EXPECT_EQ(Told("arn:aws:kms:eu-west-1:123456789012:alias/aws/rds"), "NotFoundException: Invalid arn eu-west-1");
  EXPECT_EQ(Told("arn:aws"), "NotFoundException: Invalid arn arn:aws");
  EXPECT_EQ(Told(""),
            "ValidationException: 1 validation error detected: Value null at 'keyId' failed to satisfy constraint: "
            "Member must not be null");
}

TEST_F(KeysTest, AKeyIsOneOfItsRegion) {
  lab_.Create("orders", {{"StorageEncrypted", true}, {"KmsKeyId", "alias/orders"}});
  EXPECT_EQ(Told("alias/orders", "eu-west-1"),
            "NotFoundException: Alias arn:aws:kms:eu-west-1:123456789012:alias/orders is not found.");
}

}  // namespace
}  // namespace rdsteady::local::sim
