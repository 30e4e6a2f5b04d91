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

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "aws/config.h"
#include "aws/credentials.h"
#include "aws/http.h"
#include "aws/rds_api.h"
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
[[nodiscard]] SignedClientOptions OptionsFrom(const Configuration& configuration);

class SignedClient final : public RdsApi {
 public:
  // REQUIRES: `timer` outlives the client.
  SignedClient(SignedClientOptions options, std::shared_ptr<CredentialsProvider> credentials,
               std::shared_ptr<HttpTransport> transport, Timer& timer);
  ~SignedClient() override;

  [[nodiscard]] boost::asio::awaitable<Result<Properties>> Call(const model::Operation& operation,
                                                                Properties input) override;
  [[nodiscard]] CallStatistics statistics() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rdsteady::aws
