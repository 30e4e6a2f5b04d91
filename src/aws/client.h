// SignedClient: RdsApi over HTTPS. Encodes, signs every attempt anew, sends, decides what is repeated, decodes.
//
//   auto transport = std::make_shared<CurlTransport>(CurlOptions{.ca_bundle = configuration.ca_bundle.value});
//   SignedClient client(OptionsFrom(configuration), credentials, transport, timer);
//   Result<Properties> answer = co_await client.Call(*model::FindOperation("DescribeDBInstances"), {});
//
// Not thread-safe: all calls run on one thread or strand, any number at once; `concurrency` of them are under way, the
// others wait for their turn. The client must outlive its calls. Errors carry operation, code, HTTP status, request id
// and a hint; nothing that the API calls sensitive, no key and no signature is ever in them.
#pragma once

#include <memory>

#include "aws/config.h"
#include "aws/rds_api.h"
#include "aws/signed_calls.h"

namespace rdsteady::aws {

[[nodiscard]] SignedClientOptions OptionsFrom(const Configuration& configuration);

class SignedClient final : public RdsApi {
 public:
  // REQUIRES: `timer` outlives the client.
  SignedClient(SignedClientOptions options, std::shared_ptr<CredentialsProvider> credentials,
               std::shared_ptr<HttpTransport> transport, Timer& timer);

  [[nodiscard]] boost::asio::awaitable<Result<Properties>> Call(const model::Operation& operation,
                                                                Properties input) override;
  [[nodiscard]] CallStatistics statistics() const;

 private:
  const SignedClientOptions options_;
  SignedCalls calls_;
};

}  // namespace rdsteady::aws
