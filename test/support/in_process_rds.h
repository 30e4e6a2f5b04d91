// For tests: the local RDS's control plane in this process, behind RdsApi, on a virtual clock. Requests and answers go
// through the wire's codecs both ways, so what is tested is what would have been sent. Faults are decorators over it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "apply/apply.h"
#include "aws/kms_api.h"
#include "aws/rds_api.h"
#include "aws/virtual_timer.h"
#include "local/sim/sim.h"

namespace rdsteady::apply {

class InProcessRds final : public aws::RdsApi {
 public:
  InProcessRds(local::Sim& sim, aws::Timer& clock) : sim_(sim), clock_(clock) {}

  [[nodiscard]] boost::asio::awaitable<Result<Properties>> Call(const model::Operation& operation,
                                                                Properties input) override;

  // Every call in order: "ModifyDBInstance AllocatedStorage,ApplyImmediately,DBInstanceIdentifier".
  [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
  [[nodiscard]] std::vector<std::string> MutatingCalls() const;
  void ForgetCalls() { calls_.clear(); }
  // Engine jobs are reported done at once, unless a test says otherwise.
  void RunEngineJobs();
  std::function<local::EngineReport(const local::EngineJob&)> engine{};

 private:
  local::Sim& sim_;
  aws::Timer& clock_;
  std::vector<std::string> calls_;
};

// KMS, as the same control plane has it.
class InProcessKms final : public aws::KmsApi {
 public:
  InProcessKms(local::Sim& sim, aws::Timer& clock) : sim_(sim), clock_(clock) {}
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> KeyArn(std::string name) override;

  std::vector<std::string> asked{};
  std::optional<Error> refusal{};  // in place of every answer

 private:
  local::Sim& sim_;
  aws::Timer& clock_;
};

// Calls that a test breaks: called before each; an error is given in place of the call (kBefore) or of its answer.
class FaultyRds final : public aws::RdsApi {
 public:
  struct Fault {
    Error error;
    bool after_effect = false;
  };
  using Script = std::function<std::optional<Fault>(const model::Operation&, const Properties&)>;
  FaultyRds(aws::RdsApi& inner, Script script) : inner_(inner), script_(std::move(script)) {}
  [[nodiscard]] boost::asio::awaitable<Result<Properties>> Call(const model::Operation& operation,
                                                                Properties input) override;

 private:
  aws::RdsApi& inner_;
  Script script_;
};

// A world of its own: event loop, virtual clock, control plane, and the manifest language around them.
class World {
 public:
  explicit World(local::SimOptions options = {.seed = 7});
  // What was saved of another world: the same resources at the same time, without its past calls.
  struct Saved {
    std::vector<local::Record> records;
    Instant at{};
  };
  explicit World(const Saved& saved, local::SimOptions options = {.seed = 7});
  [[nodiscard]] Saved Save();
  // Reads, plans and applies a manifest's text, with every approval given. Loading faults fail the test.
  [[nodiscard]] Result<ApplyOutcome> Apply(const std::string& yaml, const ExecuteOptions& options = {},
                                           aws::RdsApi* api = nullptr);
  [[nodiscard]] Result<plan::Plan> Plan(const std::string& yaml, const plan::Options& options = {},
                                        aws::RdsApi* api = nullptr);
  [[nodiscard]] Result<Prepared> PrepareText(const std::string& yaml, const plan::Options& options = {},
                                             aws::RdsApi* api = nullptr);
  // Several runs in this world, each through its own api: all plan first, then each begins so much after the one
  // before.
  struct Runner {
    std::string yaml;
    aws::RdsApi* api = nullptr;
    ExecuteOptions options{};
  };
  [[nodiscard]] std::vector<Result<ApplyOutcome>> ApplyTogether(const std::vector<Runner>& runners, Millis apart);
  // The live answer of one resource; null when it does not exist.
  [[nodiscard]] Value Live(std::string_view kind, const std::string& name);
  // A call as anybody else would make it.
  [[nodiscard]] Result<Properties> CallAsOther(std::string_view operation, Properties input);

  boost::asio::io_context context;
  aws::VirtualTimer timer;
  local::Sim sim;
  InProcessRds rds;
  InProcessKms kms;
  std::vector<Event> events;
  std::function<void()> between_plan_and_execute{};  // what the world does meanwhile

 private:
  void Connect();
  std::map<std::string, std::string> records_;
};

}  // namespace rdsteady::apply
