#include "support/in_process_rds.h"

#include <stdexcept>

#include <fmt/format.h>

#include "apply/async.h"
#include "apply/read.h"
#include "base/text.h"
#include "manifest/manifest.h"
#include "wire/query.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

class TextSource final : public manifest::FileSource {
 public:
  explicit TextSource(const std::string& text) : text_(text) {}
  [[nodiscard]] Result<std::string> Read(const std::string&) const override { return text_; }
  [[nodiscard]] std::optional<std::vector<std::string>> List(const std::string&) const override { return std::nullopt; }

 private:
  const std::string& text_;
};

class Recorder final : public EventSink {
 public:
  explicit Recorder(std::vector<Event>& events) : events_(events) {}
  void OnEvent(const Event& event) override { events_.push_back(event); }

 private:
  std::vector<Event>& events_;
};

class TestSecrets final : public SecretSource {
 public:
  [[nodiscard]] Result<std::string> Resolve(const Secret& secret) override {
    if (secret.Describe() == "env MISSING") return Fail(ErrorCategory::kUsage, "the variable MISSING is not set");
    return "a-test-password";
  }
};

Result<manifest::Manifest> LoadText(const std::string& yaml) {
  manifest::LoadOutcome loaded = manifest::Load({"test.yaml"}, TextSource(yaml));
  if (!loaded.manifest) return Fail(ErrorCategory::kUsage, Render(loaded.diagnostics));
  return std::move(*loaded.manifest);
}

constexpr std::string_view kAccount = "123456789012";
constexpr std::string_view kRegion = "us-east-1";

}  // namespace

void InProcessRds::RunEngineJobs() {
  for (const local::EngineJob& job : sim_.TakeEngineJobs())
    sim_.OnEngineReport(engine ? engine(job) : local::EngineReport{.job_id = job.id}, clock_.Now());
}

asio::awaitable<Result<Properties>> InProcessRds::Call(const model::Operation& operation, Properties input) {
  std::string members;
  for (const auto& [name, value] : input)
    members += (members.empty() ? "" : ",") + name;
  calls_.push_back(fmt::format("{} {}", operation.name, members));
  const Result<std::string> form = wire::EncodeRequest(operation, input);
  if (!form) co_return Fail(form.error());
  const auto decoded = wire::DecodeRequest(*form);
  if (!decoded) co_return Fail(ErrorCategory::kInternal, decoded.error().message);
  const local::Answer answer = sim_.Handle({.account = std::string(kAccount),
                                            .region = std::string(kRegion),
                                            .operation = decoded->operation,
                                            .input = decoded->input},
                                           clock_.Now());
  RunEngineJobs();
  co_await clock_.Sleep(Millis(1));  // an answer is never there at once: whoever is ready may run first
  if (!answer) {
    co_return Fail({.category = ErrorCategory::kService,
                    .message = answer.error().message,
                    .operation = std::string(operation.name),
                    .aws_code = answer.error().code,
                    .request_id = "test",
                    .http_status = answer.error().http_status});
  }
  Result<wire::DecodedResponse> response =
      wire::DecodeResponse(operation, wire::EncodeResponse(operation, *answer, "test"));
  if (!response) co_return Fail(response.error());
  co_return std::move(response->output);
}

std::vector<std::string> InProcessRds::MutatingCalls() const {
  std::vector<std::string> mutating;
  for (const std::string& call : calls_) {
    if (model::IsMutating(call.substr(0, call.find(' ')))) mutating.push_back(call);
  }
  return mutating;
}

asio::awaitable<Result<std::string>> InProcessKms::KeyArn(std::string name) {
  asked.push_back(name);
  const local::Answer answer =
      sim_.DescribeKey(std::string(kAccount), std::string(kRegion), {{"KeyId", std::move(name)}}, clock_.Now());
  co_await clock_.Sleep(Millis(1));
  if (refusal) co_return Fail(*refusal);
  if (!answer) {
    co_return Fail({.category = ErrorCategory::kService,
                    .message = answer.error().message,
                    .operation = "DescribeKey",
                    .aws_code = answer.error().code,
                    .http_status = answer.error().http_status});
  }
  co_return Value(*answer).FindPath("KeyMetadata.Arn")->As<std::string>();
}

asio::awaitable<Result<Properties>> FaultyRds::Call(const model::Operation& operation, Properties input) {
  if (auto fault = script_(operation, input)) {
    if (fault->after_effect) (void)co_await inner_.Call(operation, std::move(input));
    co_return Fail(std::move(fault->error));
  }
  co_return co_await inner_.Call(operation, std::move(input));
}

World::World(local::SimOptions options)
    : timer(context, ParseIso8601("2026-03-04T05:06:07Z").value()),
      sim(std::move(options)),
      rds(sim, timer),
      kms(sim, timer) {
  Connect();
}

World::World(const Saved& saved, local::SimOptions options)
    : timer(context, saved.at), sim(std::move(options)), rds(sim, timer), kms(sim, timer) {
  for (const local::Record& record : saved.records)
    records_.insert_or_assign(record.key, record.body);
  if (const auto loaded = sim.Load(saved.records, saved.at); !loaded) throw std::runtime_error(loaded.error());
  Connect();
}

void World::Connect() {
  timer.AlsoWake([this] { return sim.NextTimer(); });
  timer.OnAdvance([this](Instant now) {
    sim.Advance(now);
    rds.RunEngineJobs();
  });
}

World::Saved World::Save() {
  for (local::Record& record : sim.TakeChangedRecords()) {
    if (record.body.empty()) records_.erase(record.key);
    else records_.insert_or_assign(record.key, std::move(record.body));
  }
  Saved saved{.at = timer.Now()};
  for (const auto& [key, body] : records_)
    saved.records.push_back({key, body});
  return saved;
}

Result<plan::Plan> World::Plan(const std::string& yaml, const plan::Options& options, aws::RdsApi* api) {
  Result<Prepared> prepared = PrepareText(yaml, options, api);
  if (!prepared) return Fail(prepared.error());
  return std::move(prepared->plan);
}

Result<Prepared> World::PrepareText(const std::string& yaml, const plan::Options& options, aws::RdsApi* api) {
  Result<manifest::Manifest> manifest = LoadText(yaml);
  if (!manifest) return Fail(manifest.error());
  Recorder recorder(events);
  plan::Options full = options;
  full.now = timer.Now();
  full.region = kRegion;
  full.account = kAccount;
  aws::RdsApi& through = api == nullptr ? static_cast<aws::RdsApi&>(rds) : *api;
  return timer.Run(Prepare({through, timer, recorder, &kms}, *manifest, full));
}

Result<ApplyOutcome> World::Apply(const std::string& yaml, const ExecuteOptions& options, aws::RdsApi* api) {
  Result<manifest::Manifest> manifest = LoadText(yaml);
  if (!manifest) return Fail(manifest.error());
  Result<Prepared> prepared = PrepareText(yaml, options.plan, api);
  if (!prepared) return Fail(prepared.error());
  if (between_plan_and_execute) between_plan_and_execute();
  Recorder recorder(events);
  TestSecrets secrets;
  ExecuteOptions full = options;
  full.plan.region = kRegion;
  full.plan.account = kAccount;
  full.plan.keys = prepared->keys;
  aws::RdsApi& through = api == nullptr ? static_cast<aws::RdsApi&>(rds) : *api;
  return timer.Run(Execute({through, timer, recorder, &kms}, *manifest, prepared->plan, secrets, full));
}

std::vector<Result<ApplyOutcome>> World::ApplyTogether(const std::vector<Runner>& runners, Millis apart) {
  struct Planned {
    Result<manifest::Manifest> manifest;
    Result<Prepared> prepared;
  };
  std::vector<Planned> planned;
  for (const Runner& runner : runners)
    planned.push_back({LoadText(runner.yaml), PrepareText(runner.yaml, runner.options.plan, runner.api)});
  Recorder recorder(events);
  TestSecrets secrets;
  std::vector<Result<ApplyOutcome>> outcomes(runners.size());
  const auto run = [&](std::size_t number) -> asio::awaitable<void> {
    const auto& [its_manifest, its_own] = planned[number];
    if (!its_own) {
      outcomes[number] = Fail(its_own.error());
      co_return;
    }
    ExecuteOptions options = runners[number].options;
    options.plan.region = kRegion;
    options.plan.account = kAccount;
    options.plan.keys = its_own->keys;
    aws::RdsApi& through = runners[number].api == nullptr ? static_cast<aws::RdsApi&>(rds) : *runners[number].api;
    co_await timer.Sleep(apart * static_cast<int>(number));
    outcomes[number] =
        co_await Execute({through, timer, recorder, &kms}, *its_manifest, its_own->plan, secrets, options);
  };
  std::vector<asio::awaitable<void>> work;
  for (std::size_t number = 0; number < runners.size(); ++number)
    work.push_back(run(number));
  timer.Run(WhenAll(std::move(work)));
  return outcomes;
}

Value World::Live(std::string_view kind, const std::string& name) {
  const model::Kind* found = model::FindKind(kind);
  Result<plan::Observation> read = timer.Run(ReadOne(rds, *found, name));
  return read ? read->live : Value();
}

Result<Properties> World::CallAsOther(std::string_view operation, Properties input) {
  return timer.Run(rds.Call(*model::FindOperation(operation), std::move(input)));
}

}  // namespace rdsteady::apply
