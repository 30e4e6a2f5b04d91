#include "aws/client.h"

#include <utility>

#include "aws/answer.h"
#include "aws/endpoint.h"
#include "wire/presigned_url.h"
#include "wire/query.h"

namespace rdsteady::aws {
namespace {

Result<Content> Encode(const SignedClientOptions& options, const model::Operation& operation, Properties input,
                       const wire::Credentials& keys, Instant now) {
  if (const std::string source = wire::SourceRegionToPresign(operation, input, options.region); !source.empty()) {
    // A service under an address of its own answers for every region.
    Result<std::string> endpoint =
        options.custom_endpoint
            ? Result<std::string>(options.endpoint_url)
            : RegionalEndpoint({.region = source, .fips = options.fips, .dual_stack = options.dual_stack});
    if (!endpoint) return Fail(std::move(endpoint.error()));
    Result<Properties> presigned = wire::WithPreSignedUrl(
        operation, std::move(input),
        {.source_endpoint = *endpoint, .source_region = source, .destination_region = options.region}, keys, now);
    if (!presigned) return Fail(std::move(presigned.error()));
    input = std::move(*presigned);
  }
  wire::RemoveSourceRegion(operation, input);
  Result<std::string> body = wire::EncodeRequest(operation, input);
  if (!body) return Fail(std::move(body.error()));
  return Content{.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                 .body = std::move(*body)};
}

}  // namespace

SignedClientOptions OptionsFrom(const Configuration& configuration) {
  return {.region = configuration.region.value,
          .endpoint_url = configuration.endpoint_url.value,
          .custom_endpoint = configuration.custom_endpoint,
          .fips = configuration.use_fips.value,
          .dual_stack = configuration.use_dual_stack.value,
          .retry = {.attempts = configuration.attempts.value}};
}

SignedClient::SignedClient(SignedClientOptions options, std::shared_ptr<CredentialsProvider> credentials,
                           std::shared_ptr<HttpTransport> transport, Timer& timer)
    : options_(options), calls_(std::move(options), std::move(credentials), std::move(transport), timer) {}

boost::asio::awaitable<Result<Properties>> SignedClient::Call(const model::Operation& operation, Properties input) {
  Scrubber scrubber(operation, input);
  SignedCall call{.operation = std::string(operation.name),
                  .mutating = model::IsMutating(operation.name),
                  .scrubber = std::move(scrubber),
                  .encode =
                      [this, &operation, input = std::move(input)](const wire::Credentials& keys, Instant now) mutable {
                        return Encode(options_, operation, std::move(input), keys, now);
                      },
                  .read =
                      [this, &operation](const HttpResponse& response, const Scrubber& scrubber) {
                        return ReadAnswer(operation, response, options_.endpoint_url, scrubber);
                      }};
  return calls_.Make(std::move(call));
}

CallStatistics SignedClient::statistics() const {
  return calls_.statistics();
}

}  // namespace rdsteady::aws
