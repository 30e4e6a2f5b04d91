// Session: the program's composition without its printing. Configuration, credentials, the signed client, reading,
// planning, executing and waiting, put together once for the command line and for the public library.
//
// Blocking; the calling thread runs the event loop. Thread-safe: each call has an event loop and a client of its own,
// and all share one transport, which is started by the first call. The constructor does no I/O.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "apply/apply.h"
#include "aws/config.h"
#include "manifest/manifest.h"
#include "plan/plan.h"
#include "plan/reads.h"
#include "rdsteady/error.h"
#include "wire/sigv4.h"

namespace rdsteady::api {

struct SessionOptions {
  aws::ConfigurationRequest request{};
  // Given: these are used, and none are looked for.
  std::optional<wire::Credentials> credentials{};
  // Neither the environment nor the shared files are read: region, endpoint and credentials are all in the options.
  bool isolated = false;
  std::string default_region{};  // when neither the request nor the manifest states one, and before the environment
  std::string account{};         // when it is known from elsewhere
};

struct Control {
  std::stop_token stop{};
  apply::EventSink* events = nullptr;  // nullptr: nobody listens
};

// A plan with all that it was made of: what Execute needs, and what status shows.
struct Planned {
  manifest::Manifest manifest;
  plan::Options options;
  plan::World world;
  plan::Plan plan;
  plan::Reads reads{};  // of a plan that is to be saved
};

enum class PlanFor : std::uint8_t {
  kRun,
  kSaving,  // or for comparing with a saved one: what is read is noted, and the account must be known
};

struct AwaitedResource {
  const model::Kind* kind = nullptr;
  std::string name;
  manifest::WaitSettings wait{};
};

class Session {
 public:
  explicit Session(SessionOptions options);
  ~Session();

  // What would be used, with where it came from. `region` is the manifest's, empty when it states none. Errors: kUsage,
  // also when the manifest's region is not the one that was asked for.
  [[nodiscard]] Result<aws::Configuration> Configure(std::string_view region = {}) const;
  [[nodiscard]] Result<wire::Credentials> FindCredentials() const;

  // Reads and compares. `options` needs no time, region or account: they are filled in. A manifest that states another
  // account than the one that answers is refused (kRefused), and so is one whose account cannot be told.
  [[nodiscard]] Result<Planned> MakePlan(manifest::Manifest manifest, plan::Options options, const Control& control,
                                         PlanFor purpose = PlanFor::kRun) const;

  // `options.plan` is taken from `planned`.
  [[nodiscard]] Result<apply::ApplyOutcome> Execute(const Planned& planned, apply::SecretSource& secrets,
                                                    apply::ExecuteOptions options, const Control& control) const;

  // All at once; one result each, in their order. Errors of the whole (configuration) come as that of each.
  [[nodiscard]] std::vector<Result<Value>> Await(const std::vector<AwaitedResource>& resources, apply::WaitGoal goal,
                                                 std::string_view region, const Control& control) const;

  [[nodiscard]] Result<Properties> Call(const model::Operation& operation, Properties input, std::string_view region,
                                        const Control& control) const;

 private:
  class Connection;
  [[nodiscard]] Result<std::unique_ptr<Connection>> Connect(std::string_view region) const;

  SessionOptions options_;
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

// The account of "arn:aws:rds:us-east-1:123456789012:db:orders"; empty when the text is no such ARN.
[[nodiscard]] std::string AccountOfArn(std::string_view arn);

}  // namespace rdsteady::api
