// KmsClient: KmsApi over HTTPS; signs, repeats and fails as SignedClient does (client.h), for it is the same code.
//
// Not thread-safe: all calls run on one thread or strand, any number at once. The client must outlive its calls.
#pragma once

#include <memory>
#include <string>

#include "aws/config.h"
#include "aws/kms_api.h"
#include "aws/signed_calls.h"

namespace rdsteady::aws {

[[nodiscard]] SignedClientOptions KmsOptionsFrom(const Configuration& configuration);

class KmsClient final : public KmsApi {
 public:
  // REQUIRES: `timer` outlives the client.
  KmsClient(SignedClientOptions options, std::shared_ptr<CredentialsProvider> credentials,
            std::shared_ptr<HttpTransport> transport, Timer& timer);

  [[nodiscard]] boost::asio::awaitable<Result<std::string>> KeyArn(std::string name) override;

 private:
  const std::string endpoint_url_;
  SignedCalls calls_;
};

}  // namespace rdsteady::aws
