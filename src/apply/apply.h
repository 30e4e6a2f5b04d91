// Observe, execute, settle: the impure half of a run. One coroutine a resource; dependencies are awaited, independent
// resources run at once. The live answer is the only truth: nothing is remembered between runs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "apply/events.h"
#include "aws/kms_api.h"
#include "aws/rds_api.h"
#include "aws/timer.h"
#include "manifest/manifest.h"
#include "plan/plan.h"
#include "plan/reads.h"
#include "rdsteady/error.h"

namespace rdsteady::apply {

// Resolves a secret's reference to its text. Errors: kUsage, naming the reference, never the content.
class SecretSource {
 public:
  virtual ~SecretSource() = default;
  [[nodiscard]] virtual Result<std::string> Resolve(const Secret& secret) = 0;
};

struct Context {
  aws::RdsApi& api;
  aws::Timer& timer;
  EventSink& events;
  aws::KmsApi* kms = nullptr;  // nullptr: nothing can be asked about keys

  // Fills in when it happened.
  void Tell(Event event) const {
    event.at = timer.Now();
    events.OnEvent(event);
  }
  void Note(std::string text) const { Tell({.what = Event::What::kNote, .text = std::move(text)}); }
};

// Reads every resource that the manifest names or refers to; batched, absence confirmed by identifier. Errors of the
// service end the reading; missing external references are reported together (kRefused).
[[nodiscard]] boost::asio::awaitable<Result<plan::World>> Observe(Context context, const manifest::Manifest& manifest);

struct Prepared {
  plan::World world;
  plan::Plan plan;
  std::shared_ptr<const model::KeyNames> keys{};  // as plan::Options::keys of the plan, and of its execution
};
// Observes, asks KMS about names of keys, plans, asks the service what it offers for what is to be done, and plans
// again with the answers. What is denied of the latter is noted and left unchecked. Nothing is asked for a plan without
// steps. `reads`, where it is given, takes what the plan's decisions read of the live answers.
[[nodiscard]] boost::asio::awaitable<Result<Prepared>> Prepare(Context context, const manifest::Manifest& manifest,
                                                               const plan::Options& options,
                                                               plan::Reads* reads = nullptr);

struct ExecuteOptions {
  plan::Options plan{};
  manifest::WaitSettings wait{};  // from flags: stronger than a resource's own, which is stronger than the file's
  bool no_wait = false;           // accepted is enough
  int max_concurrent = 10;        // resources at work at once
};

enum class ResourceResult : std::uint8_t { kUnchanged, kCreated, kUpdated, kScheduled, kAccepted, kRefused, kFailed };
[[nodiscard]] std::string_view ToString(ResourceResult result);

struct CallRecord {
  std::string resource;
  std::string operation;
  std::vector<std::string> members;  // names of the members sent
};

struct ResourceOutcome {
  std::string resource;  // DBInstance/orders
  ResourceResult result = ResourceResult::kUnchanged;
  std::vector<Error> errors{};
  std::vector<std::string> notes{};
  Value live;  // as last read
};

struct ApplyOutcome {
  std::vector<ResourceOutcome> resources;  // in the plan's order
  std::vector<CallRecord> mutating_calls;  // in the order sent
};

// Sends what `approved` holds and nothing else, and waits until it is settled. Secrets that a planned call needs are
// resolved before the first mutating call; a failure there (kUsage) sends nothing. A resource whose dependency failed
// is not touched. Refused resources are left alone and reported.
[[nodiscard]] boost::asio::awaitable<Result<ApplyOutcome>> Execute(Context context, const manifest::Manifest& manifest,
                                                                   const plan::Plan& approved, SecretSource& secrets,
                                                                   const ExecuteOptions& options);

enum class WaitGoal : std::uint8_t { kAvailable, kSettled, kDeleted };
class Poller;
// Waits that share a poller are answered by common readings. Errors: kFailed on a terminal status or when the deadline
// passes; says the last status.
[[nodiscard]] boost::asio::awaitable<Result<Value>> AwaitResource(Poller& poller, const model::Kind& kind,
                                                                  std::string name, WaitGoal goal,
                                                                  manifest::WaitSettings wait);

}  // namespace rdsteady::apply
