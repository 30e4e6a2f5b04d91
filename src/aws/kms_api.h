// KmsApi: the seam through which KMS is asked the one thing that RDS's answers leave open: which key a name stands for.
//
// Implementations: the signed client (aws/kms_client.h), the local RDS in the same process, and those of tests.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "rdsteady/error.h"

namespace rdsteady::aws {

class KmsApi {
 public:
  virtual ~KmsApi() = default;
  // The ARN of the key that a key id, a key ARN, an alias name or an alias ARN stands for. Errors: as RdsApi's; see
  // IsNoSuchKey. Cancellation of the coroutine ends the call with kInterrupted.
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::string>> KeyArn(std::string name) = 0;
};

// Whether KMS has said that the name stands for no key, and not only that it will not tell.
[[nodiscard]] inline bool IsNoSuchKey(const Error& error) {
  return error.aws_code == "NotFoundException" || error.aws_code == "InvalidArnException";
}

}  // namespace rdsteady::aws
