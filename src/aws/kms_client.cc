#include "aws/kms_client.h"

#include <utility>

#include "aws/answer.h"
#include "base/json.h"
#include "wire/aws_json.h"

namespace rdsteady::aws {
namespace {

constexpr std::string_view kService = "kms";
constexpr std::string_view kOperation = "DescribeKey";

}  // namespace

SignedClientOptions KmsOptionsFrom(const Configuration& configuration) {
  return {.service = std::string(kService),
          .region = configuration.region.value,
          .endpoint_url = configuration.kms_endpoint_url.value,
          .retry = {.attempts = configuration.attempts.value}};
}

KmsClient::KmsClient(SignedClientOptions options, std::shared_ptr<CredentialsProvider> credentials,
                     std::shared_ptr<HttpTransport> transport, Timer& timer)
    : endpoint_url_(options.endpoint_url),
      calls_(std::move(options), std::move(credentials), std::move(transport), timer) {}

boost::asio::awaitable<Result<std::string>> KmsClient::KeyArn(std::string name) {
  const Asked asked{.service = kService, .operation = kOperation, .endpoint = endpoint_url_};
  Content content{.headers = {{"Content-Type", std::string(wire::kJsonContentType)},
                              {std::string(wire::kTargetHeader), std::string(wire::kKmsTarget).append(kOperation)}},
                  .body = ToJson(Properties{{"KeyId", std::move(name)}})};
  SignedCall call{.operation = std::string(kOperation),
                  .encode = [&content](const wire::Credentials&, Instant) -> Result<Content> { return content; },
                  .read = [&asked](const HttpResponse& response,
                                   const Scrubber& scrubber) { return ReadJsonAnswer(asked, response, scrubber); }};
  Result<Properties> answer = co_await calls_.Make(std::move(call));
  if (!answer) co_return Fail(std::move(answer.error()));
  const Value members(std::move(*answer));
  const Value* arn = members.FindPath("KeyMetadata.Arn");
  if (arn == nullptr || !arn->Is<std::string>()) {
    co_return Fail({.category = ErrorCategory::kTransport,
                    .message = "the answer from " + endpoint_url_ + " holds no KeyMetadata.Arn",
                    .operation = std::string(kOperation)});
  }
  co_return arn->As<std::string>();
}

}  // namespace rdsteady::aws
