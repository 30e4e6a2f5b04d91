// Client: creates and updates RDS resources idempotently, from a manifest or from a program's own values.
//
//   rdsteady::Client client({.region = "us-east-1"});
//   rdsteady::Properties desired = {{"DBInstanceIdentifier", "orders"},
//                                   {"Engine", "postgres"},
//                                   {"DBInstanceClass", "db.m6g.large"},
//                                   {"AllocatedStorage", 20},
//                                   {"MasterUsername", "orders_admin"},
//                                   {"MasterUserPassword", rdsteady::Secret::FromEnv("ORDERS_DB_PASSWORD")}};
//   rdsteady::Result<rdsteady::Outcome> outcome = client.CreateOrUpdate("DBInstance", desired);
//   if (!outcome) std::cerr << rdsteady::Describe(outcome.error()) << '\n';
//
// Blocking and cancellable (Run::stop). Thread-safe: calls from several threads run at once. The constructor does no
// I/O: configuration and credentials are looked for by the first call. No exception leaves the library.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "rdsteady/error.h"
#include "rdsteady/event.h"
#include "rdsteady/manifest.h"
#include "rdsteady/outcome.h"
#include "rdsteady/plan.h"
#include "rdsteady/value.h"

namespace rdsteady {

struct AccessKey {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token{};
};

// What is not given is looked for as the AWS tools do: environment, then profile, then default.
struct ClientOptions {
  std::string region{};
  std::string profile{};
  std::string endpoint_url{};          // "http://127.0.0.1:4510": a service that speaks RDS's protocol
  std::optional<int> call_attempts{};  // of every API call; the first counts
  std::optional<AccessKey> credentials{};
};

// The plain waiter's rhythm: one reading every `delay`, at most `max_attempts` of them.
struct Wait {
  std::chrono::seconds delay{30};
  int max_attempts = 60;
};

class Client {
 public:
  explicit Client(ClientOptions options = {});
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;

  // Reads what is, compares, forecasts; changes nothing.
  [[nodiscard]] Result<Plan> MakePlan(const Manifest& manifest, const Change& change = {}, const Run& run = {});

  // Carries the plan out and waits until it has taken effect. To call it is to approve of the plan, but for
  // what only a name settles (kRefused; see Approval). Every resource is read again before it is touched, and nothing
  // is sent that the plan does not hold. Errors: the first resource's that failed, the others in its context.
  [[nodiscard]] Result<Outcome> Apply(const Plan& plan, const Run& run = {});

  // One resource, named by its key property (DBInstanceIdentifier). What needs approval is refused unless
  // `change.approve` is set: see Outcome::result and Plan::ApprovalsNeeded.
  [[nodiscard]] Result<Outcome> CreateOrUpdate(std::string_view kind, const Properties& desired,
                                               const Change& change = {}, const Run& run = {});

  // Until the DB instance is available. Errors: kFailed on a status that ends the hope of it, or when time is over.
  [[nodiscard]] Result<void> WaitUntilAvailable(std::string_view identifier, const Wait& wait = {},
                                                const Run& run = {});

  // Any operation of the API by name; the parameters are checked against the API's table. The answer's members.
  [[nodiscard]] Result<Value> Call(std::string_view operation, const Properties& parameters = {}, const Run& run = {});

  // Runs the body, which returns a Result. If it failed, returns that at once; else waits until the DB instance is
  // available and returns the body's value, or the wait's error.
  template <class Body>
  [[nodiscard]] std::invoke_result_t<Body> WithAvailability(std::string_view identifier, const Wait& wait,
                                                            Body&& body) {
    std::invoke_result_t<Body> result = std::invoke(std::forward<Body>(body));
    if (!result.has_value()) return result;
    if (Result<void> available = WaitUntilAvailable(identifier, wait); !available.has_value()) {
      return std::unexpected(std::move(available).error());
    }
    return result;
  }

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rdsteady
