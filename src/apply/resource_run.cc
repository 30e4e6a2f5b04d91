#include "apply/resource_run.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "apply/read.h"
#include "base/text.h"
#include "model/kinds/compare.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

constexpr Millis kDefaultDeadline = 3h;
constexpr std::chrono::seconds kPlainDelay{30};  // AWS's waiters
constexpr int kPlainAttempts = 60;
constexpr Millis kUnreachedLimit = 15min;    // settled for so long, and still not what was sent
constexpr Millis kAbsentAfterCreate = 5min;  // a new resource may not be visible for a while
constexpr Millis kAbsentWhileRenamed = 30min;
constexpr int kSameCallLimit = 2;

std::set<std::string, std::less<>> PropertiesOf(const plan::Step& step) {
  std::set<std::string, std::less<>> names;
  for (const plan::Change& change : step.changes)
    names.emplace(plan::PropertyOf(change.property));
  return names;
}

std::string Signature(const plan::Step& step) {
  std::string signature(step.operation.view());
  for (const plan::Change& change : step.changes)
    signature += " " + change.property + "=" + ToDisplay(change.to);
  return signature;
}

// Whether a new plan still wants what the step has sent. One property may need several operations (one role goes,
// another comes): of these, the other ones do not count.
bool IsOpen(const plan::Change& change, const plan::Step& sent, const plan::ResourcePlan& rest) {
  const bool by_operation = sent.action == plan::Action::kOperation;
  return std::ranges::any_of(rest.steps, [&](const plan::Step& step) {
    if ((step.action == plan::Action::kOperation) != by_operation) return false;
    if (by_operation && step.operation != sent.operation) return false;
    return std::ranges::any_of(step.changes, [&](const plan::Change& c) {
      if (c.property != change.property) return false;
      return !by_operation || (c.to == change.to && (!c.to.IsNull() || c.from == change.from));
    });
  });
}

// Whether a request would delete something that its operation's name does not say.
bool Deletes(const Value& value) {
  if (const auto* list = value.If<List>()) return std::ranges::any_of(*list, Deletes);
  const auto* members = value.If<Properties>();
  return members != nullptr && std::ranges::any_of(*members, [](const auto& member) {
           return member.first == model::kRemovesVolume || Deletes(member.second);
         });
}

bool IsUnreadable(const model::Kind& kind, const std::string& change) {
  const model::Property* property = model::FindProperty(kind, change);
  return property != nullptr && property->update == model::Update::kWriteOnly;
}

}  // namespace

manifest::WaitSettings EffectiveWait(const manifest::WaitSettings& flags, const manifest::WaitSettings& resource,
                                     const manifest::WaitSettings& file) {
  manifest::WaitSettings wait;
  for (const manifest::WaitSettings* from : {&flags, &resource, &file}) {
    if (!wait.delay) wait.delay = from->delay;
    if (!wait.max_attempts) wait.max_attempts = from->max_attempts;
    if (!wait.timeout) wait.timeout = from->timeout;
  }
  return wait;
}

Millis DeadlineOf(const manifest::WaitSettings& wait) {
  if (wait.timeout) return *wait.timeout;
  if (wait.delay || wait.max_attempts)
    return wait.delay.value_or(kPlainDelay) * wait.max_attempts.value_or(kPlainAttempts);
  return kDefaultDeadline;
}

ResourceRun::ResourceRun(Shared& shared, const manifest::DesiredResource& desired, const plan::ResourcePlan& approved)
    : shared_(shared),
      desired_(desired),
      approved_(approved),
      name_(desired.name),
      started_(shared.context.timer.Now()) {
  outcome_.resource = desired.Id();
}

std::optional<Millis> ResourceRun::FixedDelay() const {
  const auto wait = EffectiveWait(shared_.options.wait, desired_.wait, shared_.manifest.wait);
  if (wait.delay) return *wait.delay;
  if (wait.max_attempts) return kPlainDelay;
  return std::nullopt;
}

Millis ResourceRun::Deadline() const {
  return DeadlineOf(EffectiveWait(shared_.options.wait, desired_.wait, shared_.manifest.wait));
}

void ResourceRun::Emit(Event::What what, std::string text, std::string operation) const {
  shared_.context.Tell({.what = what,
                        .resource = desired_.Id(),
                        .operation = std::move(operation),
                        .elapsed = shared_.context.timer.Now() - started_,
                        .text = std::move(text)});
}

void ResourceRun::EmitStatus(const Judgement& judgement, bool reached) const {
  std::string text = judgement.waiting_for;
  if (judgement.state == Judgement::State::kGone) text = "until it can be seen";
  else if (text.empty() && !reached) text = "until the change shows";
  else if (text.empty()) text = "for a second look";
  shared_.context.Tell({.what = Event::What::kStatus,
                        .resource = desired_.Id(),
                        .status = judgement.status,
                        .percent = judgement.percent,
                        .elapsed = shared_.context.timer.Now() - started_,
                        .text = std::move(text)});
}

asio::awaitable<ResourceOutcome> ResourceRun::Go() {
  Emit(Event::What::kStarted);
  Result<void> result;
  try {
    result = co_await Converge();
  } catch (const boost::system::system_error& error) {
    result = error.code() == asio::error::operation_aborted
                 ? Fail(ErrorCategory::kInterrupted, "interrupted",
                        "run the same command again: it goes on where this one stopped")
                 : Fail(ErrorCategory::kInternal, error.code().message());
  }
  if (!result) {
    Error error = std::move(result.error());
    if (error.resource.empty()) error.resource = desired_.Id();
    outcome_.result =
        error.category == ErrorCategory::kRefused && !called_ ? ResourceResult::kRefused : ResourceResult::kFailed;
    Emit(outcome_.result == ResourceResult::kRefused ? Event::What::kRefused : Event::What::kFailed, error.message);
    outcome_.errors.push_back(std::move(error));
  } else {
    Emit(Event::What::kDone, std::string(ToString(outcome_.result)));
  }
  co_return std::move(outcome_);
}

plan::ResourcePlan ResourceRun::PlanAnew(const plan::Observation& observation) const {
  plan::Options options = shared_.options.plan;
  options.now = shared_.context.timer.Now();
  options.newborn = newborn_;
  options.underway = called_;
  options.sent_in_this_run = sent_unreadable_;
  return plan::PlanResource(desired_, observation, shared_.manifest.policy, options);
}

asio::awaitable<Result<plan::Observation>> ResourceRun::ReadAgain() {
  Result<plan::Observation> observation = co_await ReadOne(shared_.context.api, *desired_.kind, desired_.name);
  name_ = desired_.name;
  if (observation && !observation->exists && !desired_.renamed_from.empty()) {
    observation = co_await ReadOne(shared_.context.api, *desired_.kind, desired_.renamed_from);
    if (observation && observation->exists) name_ = desired_.renamed_from;
  }
  if (!observation) co_return Fail(std::move(observation.error()).Within("while reading it again"));
  std::vector<std::string> notes;
  if (auto extras = co_await ReadExtras(shared_.context.api, desired_, *observation, notes); !extras)
    co_return Fail(std::move(extras.error()));
  for (std::string& note : notes) {
    if (std::ranges::find(outcome_.notes, note) == outcome_.notes.end()) outcome_.notes.push_back(std::move(note));
  }
  outcome_.live = observation->live;
  co_return observation;
}

bool ResourceRun::IsRenameNow(const plan::Step& step) const {
  return step.action == plan::Action::kModify && step.apply_immediately &&
         std::ranges::any_of(step.changes, [&](const plan::Change& c) { return c.property == desired_.kind->key; });
}

asio::awaitable<Result<plan::Observation>> ResourceRun::ReadWhenReady(bool will_send) {
  std::optional<Poller::Watch> watch;
  for (;;) {
    Result<plan::Observation> observation = co_await ReadAgain();
    if (!observation || !observation->exists || !will_send) co_return observation;
    Judgement judgement = Judge(*desired_.kind, *observation, {});
    if (judgement.state != Judgement::State::kWaiting) co_return observation;
    // What is passing may accept what is planned all the same, but RDS refuses most of it: wait for its end.
    const model::StatusRow* row = model::FindStatus(*desired_.kind, judgement.status);
    if (row != nullptr && (row->accepts_modify || row->status_class == model::StatusClass::kGone))
      co_return observation;
    if (!watch) watch.emplace(shared_.poller, *desired_.kind, name_, FixedDelay());
    if (watch->Age() >= Deadline()) {
      co_return Fail(
          ErrorCategory::kFailed,
          fmt::format("still {} after {}; nothing was sent for it", judgement.status, FormatDuration(watch->Age())),
          "run again later, or give the wait more time with --timeout");
    }
    EmitStatus(judgement, true);
    if (auto next = co_await watch->Next(); !next) co_return Fail(std::move(next.error()));
  }
}

Result<void> ResourceRun::CheckApproved(const plan::Step& step) const {
  if (newborn_) return {};
  // What was approved for a new and empty resource says nothing about one that somebody else has made meanwhile.
  if (approved_.fate == plan::Fate::kCreate && step.action != plan::Action::kCreate) {
    return Fail(ErrorCategory::kRefused,
                "it was created by somebody else since the plan was made, and differs from what is stated",
                "look at a new plan and run again");
  }
  std::string strange;
  std::set<std::string, std::less<>> flushes;
  const auto is_approved = [&](const plan::Change& change) {
    return std::ranges::any_of(approved_.steps, [&](const plan::Step& known) {
      return std::ranges::any_of(
          known.changes, [&](const plan::Change& c) { return c.property == change.property && c.to == change.to; });
    });
  };
  for (const plan::Step& known : approved_.steps)
    flushes.insert(known.flushes.begin(), known.flushes.end());
  for (const plan::Change& change : step.changes) {
    if (!is_approved(change))
      strange += fmt::format("{}{} ({} -> {})", strange.empty() ? "" : ", ", change.property, ToDisplay(change.from),
                             ToDisplay(change.to));
  }
  for (const std::string& flush : step.flushes) {
    if (!flushes.contains(flush)) strange += fmt::format("{}it would also run {}", strange.empty() ? "" : ", ", flush);
  }
  if (strange.empty()) return {};
  return Fail(ErrorCategory::kRefused,
              "it has changed since the plan was made, and now needs what was not approved: " + strange,
              "look at a new plan and run again");
}

asio::awaitable<Result<void>> ResourceRun::Converge() {
  bool looked_twice = false;
  const bool planned_conditional = std::ranges::any_of(approved_.steps, &plan::Step::conditional);
  for (;;) {
    Result<plan::Observation> observation = co_await ReadWhenReady(!approved_.steps.empty());
    if (!observation) co_return Fail(std::move(observation.error()));
    if (create_unanswered_ && observation->exists) newborn_ = true;
    plan::ResourcePlan now = PlanAnew(*observation);
    if (!now.refusals.empty()) {
      std::string reasons;
      for (const plan::Refusal& refusal : now.refusals)
        reasons += (reasons.empty() ? "" : "; ") + refusal.message;
      co_return Fail(ErrorCategory::kRefused, std::move(reasons), now.refusals.front().advice);
    }
    const auto next = std::ranges::find_if(now.steps, [](const plan::Step& step) { return !step.conditional; });
    if (next == now.steps.end()) {
      if (planned_conditional && !looked_twice) {
        looked_twice = true;
        if (auto looked = co_await LookTwice(); !looked) co_return Fail(std::move(looked.error()));
        continue;
      }
      for (std::string& note : now.notes)
        outcome_.notes.push_back(std::move(note));
      if (!now.scheduled.empty()) {
        outcome_.result = ResourceResult::kScheduled;
        for (std::string& scheduled : now.scheduled)
          outcome_.notes.push_back(std::move(scheduled));
      } else {
        outcome_.result = newborn_  ? ResourceResult::kCreated
                          : called_ ? ResourceResult::kUpdated
                                    : ResourceResult::kUnchanged;
      }
      co_return Result<void>{};
    }
    const plan::Step step = *next;
    if (auto approved = CheckApproved(step); !approved) co_return Fail(std::move(approved.error()));
    if (step.action == plan::Action::kCreate && approved_.fate != plan::Fate::kCreate) {
      co_return Fail(ErrorCategory::kRefused, "it has disappeared since the plan was made",
                     "look at a new plan and run again");
    }
    if (++times_sent_[Signature(step)] > kSameCallLimit) {
      co_return Fail(ErrorCategory::kFailed,
                     fmt::format("{} was accepted {} times, and {} is still not as stated", step.operation.view(),
                                 kSameCallLimit, step.changes.front().property),
                     "look at what the service says of it: rdsteady status, and its events");
    }
    if (step.confirm_pending) {
      if (auto stood = co_await ConfirmPending(step); !stood) co_return Fail(std::move(stood.error()));
    }
    Result<Sent> sent = co_await Send(step, *observation);
    if (!sent) co_return Fail(std::move(sent.error()));
    if (*sent == Sent::kReadAgain) {
      --times_sent_[Signature(step)];
      continue;
    }
    for (const plan::Change& change : step.changes) {
      if (IsUnreadable(*desired_.kind, change.property))
        sent_unreadable_.insert(plan::ChangeId(desired_.Id(), change.property));
    }
    if (*sent == Sent::kAlreadyThere) continue;
    if (shared_.options.no_wait && !desired_.kind->status_path.empty()) {
      outcome_.result = ResourceResult::kAccepted;
      co_return Result<void>{};
    }
    if (auto settled = co_await Settle(step); !settled) co_return Fail(std::move(settled.error()));
  }
}

asio::awaitable<Result<void>> ResourceRun::ConfirmPending(const plan::Step& step) {
  // A pending value may be on its way already; only one that stands still is worth a second request.
  Poller::Watch watch(shared_.poller, *desired_.kind, name_, Millis(10s));
  for (int reading = 0; reading < 3; ++reading) {
    Result<plan::Observation> observation = co_await watch.Next();
    if (!observation) co_return Fail(std::move(observation.error()));
    const plan::ResourcePlan now = PlanAnew(*observation);
    const bool stands =
        std::ranges::any_of(now.steps, [&](const plan::Step& s) { return Signature(s) == Signature(step); });
    if (!stands) co_return Result<void>{};
    EmitStatus(Judge(*desired_.kind, *observation, {}), false);
  }
  co_return Result<void>{};
}

asio::awaitable<Result<ResourceRun::Sent>> ResourceRun::Send(const plan::Step& step, const plan::Observation& seen) {
  const model::Operation* operation = model::FindOperation(step.operation.view());
  if (operation == nullptr)
    co_return Fail(ErrorCategory::kInternal, fmt::format("no operation '{}' in the API table", step.operation.view()));
  if (Deletes(Value(step.parameters))) {
    co_return Fail(ErrorCategory::kInternal,
                   fmt::format("{} was planned with {}, which deletes", step.operation.view(), model::kRemovesVolume));
  }
  Result<Properties> request = shared_.secrets.Fill(step.parameters);
  if (!request) co_return Fail(std::move(request.error()));
  if (!step.arn_member.empty())
    request->insert_or_assign(step.arn_member, model::ReadPath(seen.live, desired_.kind->arn));
  Emit(Event::What::kCalling, {}, std::string(operation->name));
  CallRecord record{.resource = desired_.Id(), .operation = std::string(operation->name)};
  for (const auto& [member, value] : *request)
    record.members.push_back(member);
  shared_.calls.push_back(std::move(record));
  const bool creating = step.action == plan::Action::kCreate;
  Result<Properties> answer = co_await shared_.context.api.Call(*operation, std::move(*request));
  called_ = true;
  if (!answer) co_return co_await AfterRefusal(step, std::move(answer.error()));
  if (creating) {
    newborn_ = true;
    shared_.created.insert(plan::KeyOf(*desired_.kind, desired_.name));
    for (const plan::Change& change : step.changes) {
      if (IsUnreadable(*desired_.kind, change.property))
        sent_unreadable_.insert(plan::ChangeId(desired_.Id(), change.property));
    }
  }
  Emit(Event::What::kCalled, {}, std::string(operation->name));
  co_return Sent::kAccepted;
}

asio::awaitable<Result<ResourceRun::Sent>> ResourceRun::AfterRefusal(const plan::Step& step, Error error) {
  const model::Kind& kind = *desired_.kind;
  const bool creating = step.action == plan::Action::kCreate;
  if (error.outcome_unknown) {
    // Never repeated blindly: what is live tells whether it took effect.
    Emit(Event::What::kNote,
         fmt::format("the answer of {} was lost ({}); reading what it did", step.operation.view(), error.message));
    create_unanswered_ |= creating;
    co_await shared_.context.timer.Sleep(2s);
    if (++times_sent_["lost " + Signature(step)] > kSameCallLimit) co_return Fail(std::move(error));
    co_return Sent::kReadAgain;
  }
  if (creating) {
    const auto birth = std::ranges::find(kind.births, step.operation, &model::Birth::operation);
    if (birth != kind.births.end() && birth->exists_code == error.aws_code) {
      if (!create_unanswered_) Emit(Event::What::kNote, "it exists meanwhile; planning anew");
      if (++times_sent_["exists"] > kSameCallLimit) co_return Fail(std::move(error));
      co_return Sent::kReadAgain;
    }
  }
  for (const model::SeparateOperation& row : kind.operations) {
    if (row.operation == step.operation && ContainsIgnoreCase(error.message, row.already_done_fragment) &&
        std::ranges::find(row.already_done_codes, error.aws_code) != row.already_done_codes.end()) {
      co_return Sent::kAlreadyThere;
    }
  }
  for (const model::WaitRefusal& refusal : kind.wait_refusals) {
    if (refusal.code != error.aws_code || !ContainsIgnoreCase(error.message, refusal.fragment)) continue;
    if (refusal.fresh_dependency && !DependsOnNewborn()) continue;
    if (refusal.until == model::WaitRefusal::Until::kAlreadyDone) {
      Emit(Event::What::kNote, fmt::format("{}: {}", step.operation.view(), error.message));
      co_return Sent::kAlreadyThere;
    }
    const Instant now = shared_.context.timer.Now();
    const Instant since =
        refused_since_.try_emplace(fmt::format("{} {}", refusal.code, refusal.fragment), now).first->second;
    if (now - since >= std::chrono::seconds(refusal.limit_seconds)) {
      co_return Fail(
          std::move(error).Within(fmt::format("after waiting {} for it to pass", FormatDuration(now - since))));
    }
    Emit(Event::What::kNote,
         fmt::format("{} is not possible yet ({}); waiting", step.operation.view(), error.aws_code));
    // One reading's pause at least; the loop then reads, waits for the status and plans again.
    co_await shared_.context.timer.Sleep(refusal.until == model::WaitRefusal::Until::kStorageOptimized ? Millis(60s)
                                                                                                       : Millis(5s));
    co_return Sent::kReadAgain;
  }
  co_return Fail(std::move(error));
}

bool ResourceRun::DependsOnNewborn() const {
  const auto references = manifest::ReferencesOf(desired_);
  return std::ranges::any_of(
      references, [&](const manifest::Reference& r) { return shared_.created.contains(plan::KeyOf(*r.kind, r.name)); });
}

asio::awaitable<Result<void>> ResourceRun::Settle(const plan::Step& step) {
  const std::set<std::string, std::less<>> changed = PropertiesOf(step);
  const bool waits_for_nothing = desired_.kind->status_path.empty();
  const bool all_wait = std::ranges::all_of(step.changes, [](const plan::Change& c) {
    return c.forecast.when == model::ActsWhen::kWindow || c.forecast.when == model::ActsWhen::kNextReboot;
  });
  if (waits_for_nothing) co_return co_await SettleByReading(step);
  // A rename takes it away under its old name for minutes before it is there under the new one.
  const bool renaming = IsRenameNow(step);
  if (renaming) name_ = desired_.name;
  const Millis may_be_absent = step.action == plan::Action::kCreate ? kAbsentAfterCreate
                               : renaming                           ? kAbsentWhileRenamed
                                                                    : Millis(0);
  Evidence evidence(all_wait && !newborn_);
  Poller::Watch watch(shared_.poller, *desired_.kind, name_, FixedDelay());
  std::optional<Instant> unreached_since;
  for (;;) {
    Result<plan::Observation> reading = co_await watch.Next();
    if (!reading)
      co_return Fail(std::move(reading.error()).Within(fmt::format("while waiting for {}", step.operation.view())));
    const Instant now = shared_.context.timer.Now();
    const Judgement judgement = Judge(*desired_.kind, *reading, changed, newborn_);
    if (judgement.state == Judgement::State::kFailed) {
      co_return Fail(
          {.category = ErrorCategory::kFailed, .message = judgement.failure, .hint = co_await RecentEvents()});
    }
    if (judgement.state == Judgement::State::kGone && watch.Age() >= may_be_absent) {
      co_return Fail(ErrorCategory::kFailed, "it has disappeared while it was waited for",
                     "run again to see what is there now");
    }
    bool reached = false;
    if (judgement.state == Judgement::State::kSettled) {
      // Only what this step sent counts here, and only what the describe call itself shows; the loop looks at the rest.
      const plan::ResourcePlan rest = PlanAnew(*reading);
      reached =
          step.action == plan::Action::kCreate || std::ranges::none_of(step.changes, [&](const plan::Change& change) {
            return IsOpen(change, step, rest) && !IsUnreadable(*desired_.kind, change.property) &&
                   !std::ranges::any_of(desired_.kind->extra_reads, [&](const model::ExtraRead& e) {
                     return e.property == plan::PropertyOf(change.property);
                   });
          });
      if (!reached && !unreached_since) unreached_since = now;
      if (unreached_since && !reached && now - *unreached_since >= kUnreachedLimit) {
        co_return Fail(
            {.category = ErrorCategory::kFailed,
             .message = fmt::format("{} was accepted, but {} is still not as stated {} later", step.operation.view(),
                                    step.changes.front().property, FormatDuration(kUnreachedLimit)),
             .hint = co_await RecentEvents()});
      }
    }
    if (reached || judgement.state != Judgement::State::kSettled) unreached_since.reset();
    if (evidence.Add(judgement, reached, now)) {
      outcome_.live = reading->live;
      co_return Result<void>{};
    }
    EmitStatus(judgement, reached);
    if (watch.Age() >= Deadline()) {
      co_return Fail(ErrorCategory::kFailed,
                     fmt::format("not settled after {}: waiting {}", FormatDuration(watch.Age()),
                                 judgement.waiting_for.empty() ? "until the change shows" : judgement.waiting_for),
                     fmt::format("the service goes on by itself; `rdsteady wait {}` resumes the wait", desired_.Id()));
    }
  }
}

asio::awaitable<Result<void>> ResourceRun::SettleByReading(const plan::Step& step) {
  // Nothing but the values themselves tells that a kind without a status has taken the change; they may lag behind.
  for (Millis pause = 200ms; pause < 15s; pause *= 2) {
    Result<plan::Observation> reading = co_await ReadAgain();
    if (!reading) co_return Fail(std::move(reading.error()));
    const plan::ResourcePlan now = PlanAnew(*reading);
    const bool open =
        std::ranges::any_of(now.steps, [&](const plan::Step& s) { return Signature(s) == Signature(step); });
    if (!open) co_return Result<void>{};
    co_await shared_.context.timer.Sleep(pause);
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> ResourceRun::LookTwice() {
  Poller::Watch watch(shared_.poller, *desired_.kind, name_, std::nullopt);
  Evidence evidence(false);
  for (;;) {
    Result<plan::Observation> reading = co_await watch.Next();
    if (!reading) co_return Fail(std::move(reading.error()));
    const plan::ResourcePlan now = PlanAnew(*reading);
    const bool shown = std::ranges::any_of(now.steps, [](const plan::Step& step) { return !step.conditional; });
    const Judgement judgement = Judge(*desired_.kind, *reading, {}, true);
    if (shown || judgement.state == Judgement::State::kFailed || judgement.state == Judgement::State::kGone)
      co_return Result<void>{};
    if (evidence.Add(judgement, true, shared_.context.timer.Now()) || watch.Age() >= Deadline())
      co_return Result<void>{};
    EmitStatus(judgement, true);
  }
}

asio::awaitable<std::string> ResourceRun::RecentEvents() {
  const model::Operation* describe = model::FindOperation("DescribeEvents");
  if (describe == nullptr || desired_.kind->event_source.empty()) co_return std::string();
  Result<Properties> answer = co_await shared_.context.api.Call(
      *describe,
      {{"SourceIdentifier", name_}, {"SourceType", std::string(desired_.kind->event_source)}, {"Duration", 180}});
  if (!answer) co_return std::string();
  const Value* events = Find(*answer, "Events");
  if (events == nullptr || !events->Is<List>() || events->As<List>().empty()) co_return std::string();
  const List& list = events->As<List>();
  std::string said = "the service's own events: ";
  for (std::size_t i = list.size() > 5 ? list.size() - 5 : 0; i < list.size(); ++i) {
    const Value* message = list[i].Find("Message");
    const Value* date = list[i].Find("Date");
    said += fmt::format("{}{} {}", said.ends_with(": ") ? "" : "; ", date == nullptr ? "" : ToDisplay(*date),
                        message == nullptr ? "" : ToDisplay(*message));
  }
  co_return said;
}

}  // namespace rdsteady::apply
