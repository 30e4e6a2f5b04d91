#include "rdsteady/client.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/handles.h"
#include "api/secret_source.h"
#include "api/session.h"
#include "base/suggest.h"

namespace rdsteady {
namespace {

Event::What Convert(apply::Event::What what) {
  switch (what) {
    case apply::Event::What::kStarted: return Event::What::kStarted;
    case apply::Event::What::kWaitingFor: return Event::What::kWaitingFor;
    case apply::Event::What::kCalling: return Event::What::kCalling;
    case apply::Event::What::kCalled: return Event::What::kCalled;
    case apply::Event::What::kStatus: return Event::What::kStatus;
    case apply::Event::What::kNote: return Event::What::kNote;
    case apply::Event::What::kDone: return Event::What::kDone;
    case apply::Event::What::kFailed: return Event::What::kFailed;
    case apply::Event::What::kRefused: return Event::What::kRefused;
  }
  return Event::What::kNote;
}

model::Disruption Convert(Disruption disruption) {
  switch (disruption) {
    case Disruption::kNone: return model::Disruption::kNone;
    case Disruption::kDegraded: return model::Disruption::kDegraded;
    case Disruption::kFailover: return model::Disruption::kFailover;
    case Disruption::kRestart: return model::Disruption::kRestart;
    case Disruption::kOutage: return model::Disruption::kOutage;
    case Disruption::kUnknown: return model::Disruption::kUnknown;
  }
  return model::Disruption::kUnknown;
}

class Forwarding final : public apply::EventSink {
 public:
  explicit Forwarding(const Run& run) : run_(run) {}
  void OnEvent(const apply::Event& event) override {
    if (!run_.on_event) return;
    run_.on_event({.what = Convert(event.what),
                   .at = event.at,
                   .resource = event.resource,
                   .operation = event.operation,
                   .status = event.status,
                   .percent = event.percent,
                   .elapsed = event.elapsed,
                   .text = event.text});
  }

 private:
  const Run& run_;
};

plan::Options OptionsFrom(const Change& change) {
  plan::Options options;
  options.when = change.when == When::kNow ? plan::When::kNow : plan::When::kWindow;
  options.flush_pending = change.flush_pending;
  options.allow_update = change.allow_update;
  if (change.max_disruption) options.max_disruption = Convert(*change.max_disruption);
  options.allow_irreversible = change.allow_irreversible;
  options.approve = change.approve_by_name;
  return options;
}

api::SessionOptions OptionsFrom(ClientOptions&& options) {
  api::SessionOptions session;
  const auto setting = [](std::string value, const char* member) -> std::optional<aws::Setting<std::string>> {
    if (value.empty()) return std::nullopt;
    return aws::Setting<std::string>{.value = std::move(value), .source = member};
  };
  session.request.region = setting(std::move(options.region), "ClientOptions::region");
  session.request.profile = setting(std::move(options.profile), "ClientOptions::profile");
  session.request.endpoint_url = setting(std::move(options.endpoint_url), "ClientOptions::endpoint_url");
  if (options.call_attempts) {
    session.request.call_attempts =
        aws::Setting<int>{.value = *options.call_attempts, .source = "ClientOptions::call_attempts"};
  }
  if (options.credentials) {
    session.credentials = wire::Credentials{.access_key_id = std::move(options.credentials->access_key_id),
                                            .secret_access_key = std::move(options.credentials->secret_access_key),
                                            .session_token = std::move(options.credentials->session_token)};
  }
  return session;
}

OutcomeResult Convert(apply::ResourceResult result) {
  switch (result) {
    case apply::ResourceResult::kUnchanged: return OutcomeResult::kUnchanged;
    case apply::ResourceResult::kCreated: return OutcomeResult::kCreated;
    case apply::ResourceResult::kUpdated:
    case apply::ResourceResult::kAccepted: return OutcomeResult::kUpdated;
    case apply::ResourceResult::kScheduled: return OutcomeResult::kScheduled;
    case apply::ResourceResult::kRefused:
    case apply::ResourceResult::kFailed: return OutcomeResult::kRefused;
  }
  return OutcomeResult::kRefused;
}

OutcomeResult Gravest(const std::vector<ResourceOutcome>& resources) {
  for (const OutcomeResult result :
       {OutcomeResult::kRefused, OutcomeResult::kCreated, OutcomeResult::kUpdated, OutcomeResult::kScheduled}) {
    if (std::ranges::find(resources, result, &ResourceOutcome::result) != resources.end()) return result;
  }
  return OutcomeResult::kUnchanged;
}

// The first failure is the error; the others, and what had been sent by then, are its context.
std::optional<Error> FailureOf(const apply::ApplyOutcome& outcome) {
  std::optional<Error> first;
  for (const apply::ResourceOutcome& resource : outcome.resources) {
    if (resource.result != apply::ResourceResult::kFailed) continue;
    for (const Error& error : resource.errors) {
      if (!first) first = error;
      else first->context.push_back(Describe(error));
    }
  }
  if (!first) return std::nullopt;
  for (const apply::CallRecord& call : outcome.mutating_calls) {
    first->context.push_back(fmt::format("{} was sent for {}", call.operation, call.resource));
  }
  return first;
}

}  // namespace

std::string_view ToString(OutcomeResult result) {
  switch (result) {
    case OutcomeResult::kUnchanged: return "unchanged";
    case OutcomeResult::kCreated: return "created";
    case OutcomeResult::kUpdated: return "updated";
    case OutcomeResult::kScheduled: return "scheduled";
    case OutcomeResult::kRefused: return "refused";
  }
  return "refused";
}

class Client::Impl {
 public:
  explicit Impl(ClientOptions options) : session_(OptionsFrom(std::move(options))) {}
  [[nodiscard]] const api::Session& session() const { return session_; }

 private:
  api::Session session_;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&& other) noexcept = default;
Client& Client::operator=(Client&& other) noexcept = default;

Result<Plan> Client::MakePlan(const Manifest& manifest, const Change& change, const Run& run) {
  Forwarding events(run);
  Result<api::Planned> planned = impl_->session().MakePlan(api::Handles::Inside(manifest), OptionsFrom(change),
                                                           {.stop = run.stop, .events = &events});
  if (!planned) return std::unexpected(std::move(planned).error());
  return api::Handles::Make(std::move(*planned));
}

Result<Outcome> Client::Apply(const Plan& plan, const Run& run) {
  const api::Planned& planned = api::Handles::Inside(plan);
  // What only a name settles, handing over the plan does not.
  for (const Approval& need : plan.ApprovalsNeeded()) {
    if (!need.irreversible && !need.asked) continue;
    return Fail(ErrorCategory::kRefused,
                fmt::format("{}.{} was not agreed to by name: {}", need.resource, need.property, need.why),
                need.irreversible ? "name it in Change::allow_irreversible" : "name it in Change::approve_by_name");
  }
  Forwarding events(run);
  api::ProcessSecretSource secrets(run.stop);
  Result<apply::ApplyOutcome> done = impl_->session().Execute(planned, secrets, {.wait = planned.manifest.wait},
                                                              {.stop = run.stop, .events = &events});
  if (!done) return std::unexpected(std::move(done).error());
  if (std::optional<Error> failure = FailureOf(*done)) return std::unexpected(std::move(*failure));
  Outcome outcome{.result = OutcomeResult::kUnchanged, .plan = plan, .calls = {}, .resources = {}};
  for (apply::CallRecord& call : done->mutating_calls) {
    outcome.calls.push_back({.resource = std::move(call.resource),
                             .operation = std::move(call.operation),
                             .members = std::move(call.members)});
  }
  for (apply::ResourceOutcome& resource : done->resources) {
    outcome.resources.push_back({.resource = std::move(resource.resource),
                                 .result = Convert(resource.result),
                                 .notes = std::move(resource.notes),
                                 .live = std::move(resource.live)});
  }
  outcome.result = Gravest(outcome.resources);
  return outcome;
}

Result<Outcome> Client::CreateOrUpdate(std::string_view kind, const Properties& desired, const Change& change,
                                       const Run& run) {
  Result<manifest::DesiredResource> resource = manifest::FromProperties(kind, desired);
  if (!resource) return std::unexpected(std::move(resource).error());
  manifest::Manifest manifest;
  manifest.resources.push_back(std::move(*resource));
  Result<Plan> plan = MakePlan(api::Handles::Make(std::move(manifest), {}), change, run);
  if (!plan) return std::unexpected(std::move(plan).error());
  const auto is_open = [&](const Approval& need) { return !change.approve || need.irreversible || need.asked; };
  if (std::ranges::any_of(plan->ApprovalsNeeded(), is_open)) {
    return Outcome{.result = OutcomeResult::kRefused, .plan = std::move(*plan), .calls = {}, .resources = {}};
  }
  return Apply(*plan, run);
}

Result<void> Client::WaitUntilAvailable(std::string_view identifier, const Wait& wait, const Run& run) {
  Forwarding events(run);
  const manifest::WaitSettings settings{.delay = wait.delay, .max_attempts = wait.max_attempts};
  const std::vector<api::AwaitedResource> one{
      {.kind = model::FindKind("DBInstance"), .name = std::string(identifier), .wait = settings}};
  Result<Value> reached = std::move(
      impl_->session().Await(one, apply::WaitGoal::kAvailable, {}, {.stop = run.stop, .events = &events}).front());
  if (!reached) return std::unexpected(std::move(reached).error());
  return {};
}

Result<Value> Client::Call(std::string_view operation, const Properties& parameters, const Run& run) {
  const model::Operation* found = model::FindOperation(operation);
  if (found == nullptr) {
    std::vector<std::string_view> names;
    for (const model::Operation& known : model::Operations())
      names.push_back(known.name);
    return Fail(ErrorCategory::kUsage, fmt::format("there is no operation '{}'", operation),
                DidYouMean(operation, names));
  }
  Forwarding events(run);
  Result<Properties> answer = impl_->session().Call(*found, parameters, {}, {.stop = run.stop, .events = &events});
  if (!answer) return std::unexpected(std::move(answer).error());
  return Value(std::move(*answer));
}

bool Plan::HasChanges() const {
  return content_->planned.plan.HasSteps();
}
bool Plan::HasRefusals() const {
  return content_->planned.plan.HasRefusals();
}
bool Plan::HasScheduled() const {
  return content_->planned.plan.HasScheduled();
}

std::vector<Approval> Plan::ApprovalsNeeded() const {
  std::vector<Approval> needed;
  for (plan::ApprovalNeed& need : plan::ApprovalsNeeded(content_->planned.plan, content_->planned.options)) {
    needed.push_back({.resource = std::move(need.resource),
                      .property = std::move(need.property),
                      .why = std::move(need.why),
                      .irreversible = need.irreversible,
                      .asked = need.asked});
  }
  return needed;
}

}  // namespace rdsteady
