// SignedCalls: what all calls to AWS have in common, whatever the service and its protocol: they take turns, every
// attempt is signed anew, what fails is repeated where that is safe, and what is said of it holds no secret.
//
// Not thread-safe: all calls run on one thread or strand, any number at once; `concurrency` of them are under way, the
// others wait for their turn. It must outlive its calls.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "aws/answer.h"
#include "aws/credentials.h"
#include "aws/http.h"
#include "aws/retry.h"
#include "aws/timer.h"

namespace rdsteady::aws {

// Counted over the client's life; may be read from any thread while calls run.
struct CallStatistics {
  std::uint64_t calls = 0;           // logical calls, however many attempts each took
  std::uint64_t mutating_calls = 0;  // those of them that are not Describe, List or Download
  std::uint64_t attempts = 0;        // requests sent
  std::uint64_t retried = 0;         // attempts after the first
  std::uint64_t throttled = 0;       // answers that refused for the rate
  std::uint64_t failed = 0;          // calls that ended in an error
};

// 64 random bits; tests give a fixed sequence.
using Randomness = std::function<std::uint64_t()>;
[[nodiscard]] Randomness SystemRandomness();

struct SignedClientOptions {
  std::string service = "rds";  // the name in signatures
  std::string region;
  std::string endpoint_url;      // REQUIRES: ParseUrl takes it
  bool custom_endpoint = false;  // not a region's own
  bool fips = false;
  bool dual_stack = false;
  RetryPolicy retry{};
  Deadline deadline{};
  int concurrency = 8;
  Randomness random = SystemRandomness();
};

// What a protocol makes of a call.
struct Content {
  wire::Headers headers{};  // Content-Type, and what else the protocol wants
  std::string body{};
};

struct SignedCall {
  std::string operation;  // named in errors
  bool mutating = false;
  Scrubber scrubber{};
  // Called once, with the keys and the time that the first attempt will be signed with.
  std::function<Result<Content>(const wire::Credentials& keys, Instant now)> encode;
  std::function<Answer(const HttpResponse& response, const Scrubber& scrubber)> read;
};

class SignedCalls {
 public:
  // REQUIRES: `timer` outlives it.
  SignedCalls(SignedClientOptions options, std::shared_ptr<CredentialsProvider> credentials,
              std::shared_ptr<HttpTransport> transport, Timer& timer);
  ~SignedCalls();

  // REQUIRES: what the call's functions refer to outlives the coroutine.
  [[nodiscard]] boost::asio::awaitable<Result<Properties>> Make(SignedCall call);
  [[nodiscard]] CallStatistics statistics() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rdsteady::aws
