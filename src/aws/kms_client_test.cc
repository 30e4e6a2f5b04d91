// What KMS is asked, and what its answers and its silence come to. Repeats, clocks and credentials are SignedClient's.
#include "aws/kms_client.h"

#include <deque>

#include <gmock/gmock.h>
#include <boost/asio/io_context.hpp>

#include "aws/virtual_timer.h"
#include "wire/aws_json.h"

namespace rdsteady::aws {
namespace {

const Instant kStart = *ParseIso8601("2026-01-02T03:04:05Z");
const wire::Credentials kKeys{.access_key_id = "AKIDEXAMPLE",
                              .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
constexpr char kArn[] = "arn:aws:kms:us-east-1:123456789012:key/1111-2222";

Exchange Answered(int status, std::string body, std::string type = "application/x-amz-json-1.1") {
  return HttpResponse{
      .status = status, .headers = {{"Content-Type", std::move(type)}, {"x-amzn-RequestId", "r-1"}}, .body = body};
}
Exchange Refused(std::string code, std::string message) {
  return Answered(400, wire::EncodeJsonError({.code = std::move(code), .message = std::move(message)}));
}
Exchange Good() {
  return Answered(200, std::string(R"({"KeyMetadata": {"KeyId": "1111-2222", "Arn": ")") + kArn + R"("}})");
}

class Scripted final : public HttpTransport {
 public:
  boost::asio::awaitable<Exchange> Send(HttpRequest request, Deadline) override {
    sent.push_back(std::move(request));
    Exchange next = std::move(script.front());
    script.pop_front();
    co_return next;
  }
  std::deque<Exchange> script;
  std::vector<HttpRequest> sent;
};

class KmsClientTest : public ::testing::Test {
 protected:
  std::string Ask(std::deque<Exchange> script, std::string name = "alias/orders") {
    transport_->script = std::move(script);
    KmsClient client(options_, MakeFixedCredentials({.keys = kKeys}), transport_, timer_);
    const Result<std::string> arn = timer_.Run(client.KeyArn(std::move(name)));
    if (arn) return *arn;
    error_ = arn.error();
    return Describe(error_);
  }
  boost::asio::io_context context_;
  VirtualTimer timer_{context_, kStart};
  std::shared_ptr<Scripted> transport_ = std::make_shared<Scripted>();
  SignedClientOptions options_{
      .service = "kms", .region = "us-east-1", .endpoint_url = "https://kms.us-east-1.amazonaws.com"};
  Error error_;
};

TEST_F(KmsClientTest, AsksForOneKeySignedForKms) {
  EXPECT_EQ(Ask({Good()}), kArn);
  ASSERT_EQ(transport_->sent.size(), 1U);
  const HttpRequest& sent = transport_->sent[0];
  EXPECT_EQ(sent.origin, "https://kms.us-east-1.amazonaws.com");
  EXPECT_EQ(sent.message.method + sent.message.path, "POST/");
  EXPECT_EQ(sent.message.body, R"({"KeyId": "alias/orders"})");
  EXPECT_EQ(wire::TargetOf(sent.message), "TrentService.DescribeKey");
  EXPECT_EQ(*wire::FindHeader(sent.message.headers, "content-type"), "application/x-amz-json-1.1");
  EXPECT_TRUE(sent.repeatable);
  const auto claim = wire::ReadClaim(sent.message);
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->service, "kms");
  EXPECT_TRUE(wire::Verify(sent.message, *claim, kKeys, kStart));
}

TEST_F(KmsClientTest, ANameWithoutAKeyIsToldFromARefusal) {
  Ask({Refused("NotFoundException", "Alias arn:aws:kms:us-east-1:123456789012:alias/orders is not found.")});
  EXPECT_TRUE(IsNoSuchKey(error_));
  EXPECT_EQ(error_.message, "Alias arn:aws:kms:us-east-1:123456789012:alias/orders is not found.");
  EXPECT_EQ(error_.operation, "DescribeKey");
  EXPECT_EQ(error_.request_id, "r-1");
  Ask({Refused("com.amazonaws.kms#InvalidArnException", "Invalid Arn")});
  EXPECT_TRUE(IsNoSuchKey(error_));
  Ask({Refused("AccessDeniedException", "User: u is not authorized to perform: kms:DescribeKey")});
  EXPECT_FALSE(IsNoSuchKey(error_));
  EXPECT_EQ(error_.aws_code, "AccessDeniedException");
  EXPECT_EQ(error_.hint, "allow kms:DescribeKey to this identity");
}

TEST_F(KmsClientTest, RepeatsWhatPasses) {
  EXPECT_EQ(Ask({Refused("ThrottlingException", "Rate exceeded"),
                 Answered(500, "{\"__type\":\"KMSInternalException\"}"), Good()}),
            kArn);
  EXPECT_EQ(transport_->sent.size(), 3U);
}

TEST_F(KmsClientTest, WhatIsNotKmssIsSaidSo) {
  EXPECT_EQ(
      Ask({Answered(400, "<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>", "text/xml")}),
      "transport: DescribeKey: HTTP 400 from https://kms.us-east-1.amazonaws.com with an answer that is not KMS's "
      "(text/xml): <ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse> (request id r-1)");
  EXPECT_EQ(error_.hint, "check that the endpoint is KMS's, and that no proxy answers in its place");
  EXPECT_EQ(Ask({Answered(200, "{}")}),
            "transport: DescribeKey: the answer from https://kms.us-east-1.amazonaws.com holds no KeyMetadata.Arn");
}

TEST_F(KmsClientTest, NoErrorHoldsTheSecretKey) {
  Ask({Refused("InvalidSignatureException", "the key " + kKeys.secret_access_key + " is wrong")});
  EXPECT_EQ(error_.message, "the key **** is wrong");
}

}  // namespace
}  // namespace rdsteady::aws
