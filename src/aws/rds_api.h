// RdsApi: the seam through which everything talks to RDS.
//
// Implementations: the signed HTTPS client (aws/client.h), the local RDS in the same process (tests, on a virtual
// clock), and decorators that count, record or break calls. A call is one logical request: what the transport repeats
// (throttling, transient failures of calls that are safe to repeat) has been repeated already when it returns.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "model/api/api.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::aws {

class RdsApi {
 public:
  virtual ~RdsApi() = default;
  // The answer's members. Errors: kService (aws_code, http_status, request_id set), kTransport, kCredentials. An error
  // after which it is not known whether a mutating call took effect has outcome_unknown set: read back, never repeat.
  // Cancellation of the coroutine ends the call with kInterrupted.
  [[nodiscard]] virtual boost::asio::awaitable<Result<Properties>> Call(const model::Operation& operation,
                                                                        Properties input) = 0;
};

}  // namespace rdsteady::aws
