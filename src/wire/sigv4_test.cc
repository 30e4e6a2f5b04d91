#include "wire/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdsteady::wire {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const Credentials kKeys{.access_key_id = "AKIDEXAMPLE",
                        .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};

Credentials WithToken(std::string token) {
  Credentials credentials = kKeys;
  credentials.session_token = std::move(token);
  return credentials;
}

Instant At(std::string_view text) {
  return *ParseIso8601(text);
}

HttpRequest Describe() {
  return {.headers = {{"Host", "rds.us-east-1.amazonaws.com"},
                      {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
          .body = "Action=DescribeDBInstances&Version=2014-10-31"};
}

std::string SignatureOf(const HttpRequest& request) {
  const std::string* header = FindHeader(request.headers, "authorization");
  return header == nullptr ? "" : header->substr(header->find("Signature=") + 10);
}

TEST(Sign, MatchesThePublishedVector) {
  HttpRequest request = Describe();
  Sign(request, kKeys, {.region = "us-east-1"}, At("2015-08-30T12:36:00Z"));
  EXPECT_EQ(*FindHeader(request.headers, "authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/rds/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=aae506226afb5271fe069f0663d5fc04b52e4e6a95a1ab9b6d3dc506a0092dcd");
  EXPECT_EQ(*FindHeader(request.headers, "x-amz-date"), "20150830T123600Z");
  EXPECT_EQ(FindHeader(request.headers, "x-amz-security-token"), nullptr);
}

TEST(Sign, SessionTokenIsSigned) {
  HttpRequest request = Describe();
  Sign(request, WithToken("TOKEN/x=="), {.region = "us-east-1"}, At("2015-08-30T12:36:00Z"));
  EXPECT_EQ(SignatureOf(request), "695f27a24dad5dd3fef8c60b06e0b1db1811997f5baeedd963e6909982c79879");
  EXPECT_EQ(*FindHeader(request.headers, "X-Amz-Security-Token"), "TOKEN/x==");
}

TEST(IamAuthToken, MatchesBothSdks) {
  const std::string host = "db1.abc.us-east-1.rds.amazonaws.com";
  const Instant now = At("2026-01-02T03:04:05Z");
  const std::string plain = IamAuthToken(host, 3306, "jane_doe", "us-east-1", kKeys, now);
  EXPECT_THAT(plain, StartsWith(host + ":3306/?Action=connect&DBUser=jane_doe&X-Amz-Algorithm=AWS4-HMAC-SHA256&"));
  EXPECT_THAT(plain, HasSubstr("X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Fus-east-1%2Frds-db%2Faws4_request&"));
  EXPECT_THAT(plain, HasSubstr("X-Amz-Expires=900&"));
  EXPECT_THAT(plain, HasSubstr("X-Amz-Signature=a9cde61edfd1de52020f27e718db4d0b7bce77c1507f0368ce712b2688a74b63"));
  EXPECT_THAT(IamAuthToken(host, 3306, "jane_doe", "us-east-1", WithToken("IQoJ/tok+en=="), now),
              HasSubstr("X-Amz-Signature=6eac892365b6c77e000b33355da29ecec6cc067d60bbc34e225204156de644e1"));
}

}  // namespace
}  // namespace rdsteady::wire
