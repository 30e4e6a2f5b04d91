#include "wire/aws_json.h"

#include <gtest/gtest.h>

namespace rdsteady::wire {
namespace {

std::string Code(std::string_view text) {
  const Result<ServiceError> error = DecodeJsonError(text);
  return error ? error->code + ": " + error->message : error.error().message;
}

TEST(AwsJson, TheTargetTellsTheProtocol) {
  EXPECT_EQ(TargetOf({.headers = {{"Host", "h"}, {"x-amz-target", " TrentService.DescribeKey "}}}),
            "TrentService.DescribeKey");
  EXPECT_EQ(TargetOf({.headers = {{"Host", "h"}}}), "");
}

TEST(AwsJson, AnObjectOrNothing) {
  EXPECT_EQ(DecodeJsonObject(R"({"KeyId": "alias/orders"})").value(), (Properties{{"KeyId", "alias/orders"}}));
  EXPECT_EQ(DecodeJsonObject(" ").value(), Properties{});
  for (const char* text : {"[]", "\"text\"", "{", "<html>"}) {
    const Result<Properties> decoded = DecodeJsonObject(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error().category, ErrorCategory::kTransport);
  }
}

TEST(AwsJson, AnErrorIsItsTypeAndMessage) {
  EXPECT_EQ(EncodeJsonError({.code = "NotFoundException", .message = "no \"such\" key"}),
            R"({"__type": "NotFoundException", "message": "no \"such\" key"})");
  EXPECT_EQ(Code(EncodeJsonError({.code = "NotFoundException", .message = "m"})), "NotFoundException: m");
  EXPECT_EQ(Code(R"({"__type":"com.amazonaws.kms#DisabledException","Message":"large"})"), "DisabledException: large");
  EXPECT_EQ(Code(R"({"__type":"AccessDeniedException"})"), "AccessDeniedException: ");
  EXPECT_EQ(Code(R"({"message":"m"})"), "it names no type of error");
  EXPECT_EQ(Code("[]"), "it is no JSON object");
}

}  // namespace
}  // namespace rdsteady::wire
