#include "apply/resource_run.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "apply/approved.h"
#include "apply/patience.h"
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
constexpr Millis kActionLimit = 2min;  // in a status that only a person can end: it may still be on its way out
constexpr Millis kActionPause = 10s;
constexpr int kSameCallLimit = 2;
constexpr int kSameLookLimit = 5;

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
      started_(shared.context.timer.Now()),
      identity_(approved.identity) {
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
  const auto read = [this](const std::string& name) {
    return ReadPatiently(shared_.context, desired_.Id(),
                         [this, name] { return ReadOne(shared_.context.api, *desired_.kind, name); });
  };
  Result<plan::Observation> observation = co_await read(desired_.name);
  name_ = desired_.name;
  if (observation && !observation->exists && !desired_.renamed_from.empty()) {
    observation = co_await read(desired_.renamed_from);
    if (observation && observation->exists) name_ = desired_.renamed_from;
  }
  if (!observation) co_return Fail(std::move(observation.error()).Within("while reading it again"));
  std::vector<std::string> notes;
  const auto extras = co_await ReadPatiently(shared_.context, desired_.Id(), [this, &observation, &notes] {
    return ReadExtras(shared_.context.api, desired_, *observation, notes);
  });
  if (!extras) co_return Fail(Error(extras.error()));
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
      co_return Fail(ErrorCategory::kFailed,
                     fmt::format("still {} after {}; nothing {}was sent for it",
                                 judgement.status.empty() ? "without a status" : judgement.status,
                                 FormatDuration(watch->Age()), called_ ? "more " : ""),
                     "run again later, or give the wait more time with --timeout");
    }
    EmitStatus(judgement, true);
    if (auto next = co_await watch->Next(); !next) co_return Fail(std::move(next.error()));
  }
}

Result<void> ResourceRun::CheckApproved(const plan::Step& step, const plan::ResourcePlan& now) const {
  const std::string strange = NotApproved(approved_, now, step, newborn_);
  if (strange.empty()) return {};
  return Fail(ErrorCategory::kRefused,
              "it has changed since the plan was made, and now needs what was not approved: " + strange,
              "look at a new plan and run again");
}

// A name can be taken over: by a restore, a switch-over, a rename. What was approved was approved for one database.
Result<void> ResourceRun::CheckIdentity(const plan::Observation& observation) {
  const std::string_view member = desired_.kind->stable_id;
  if (!observation.exists || member.empty()) return {};
  const Value id = model::ReadPath(observation.live, member);
  if (!id.Is<std::string>()) return {};
  if (identity_.empty()) identity_ = id.As<std::string>();
  if (identity_ == id.As<std::string>()) return {};
  return Fail(ErrorCategory::kRefused,
              fmt::format("another one has taken its name since the plan was made: its {} was {} and is {}", member,
                          identity_, id.As<std::string>()),
              "look at a new plan and run again");
}

asio::awaitable<Error> ResourceRun::WithEvents(ErrorCategory category, std::string message, std::string hint) {
  std::string events = co_await RecentEvents(shared_.context.api, *desired_.kind, name_);
  if (!events.empty()) hint += (hint.empty() ? "" : "; ") + events;
  co_return Error{.category = category, .message = std::move(message), .hint = std::move(hint)};
}

asio::awaitable<Result<void>> ResourceRun::Converge() {
  bool looked_twice = false;
  const bool planned_conditional = std::ranges::any_of(approved_.steps, &plan::Step::conditional);
  for (;;) {
    Result<plan::Observation> observation = co_await ReadWhenReady(!approved_.steps.empty());
    if (!observation) co_return Fail(std::move(observation.error()));
    if (auto same = CheckIdentity(*observation); !same) co_return Fail(std::move(same.error()));
    if (unanswered_) {
      const Result<bool> taken_up = co_await TakeUp(*observation);
      if (!taken_up) co_return Fail(Error(taken_up.error()));
      if (*taken_up) continue;
    }
    // Whoever deletes it wants it gone: it is not made a second time.
    if (!observation->exists && (newborn_ || approved_.fate != plan::Fate::kCreate)) {
      co_return Fail(co_await WithEvents(
          ErrorCategory::kRefused,
          newborn_ ? "it has disappeared since this run has created it" : "it has disappeared since the plan was made",
          "look at a new plan and run again"));
    }
    plan::ResourcePlan now = PlanAnew(*observation);
    // What was approved for a new and empty resource says nothing about one that somebody else has made meanwhile.
    if (!newborn_ && observation->exists && approved_.fate == plan::Fate::kCreate &&
        !(now.refusals.empty() && now.steps.empty()))
      co_return Fail(SomebodyElses());
    if (!now.refusals.empty()) {
      std::string reasons;
      for (const plan::Refusal& refusal : now.refusals)
        reasons += (reasons.empty() ? "" : "; ") + refusal.message;
      std::string advice = now.refusals.front().advice;
      if (NeedsHelp(*observation))
        co_return Fail(co_await WithEvents(ErrorCategory::kRefused, std::move(reasons), std::move(advice)));
      co_return Fail(ErrorCategory::kRefused, std::move(reasons), std::move(advice));
    }
    const auto next = std::ranges::find_if(now.steps, [](const plan::Step& step) { return !step.conditional; });
    if (next == now.steps.end()) {
      if (planned_conditional && !looked_twice) {
        looked_twice = true;
        if (auto looked = co_await LookTwice(); !looked) co_return Fail(std::move(looked.error()));
        continue;
      }
      if (called_ && NeedsHelp(*observation)) {
        // Everything is as stated, and it is in no state to be used.
        const Judgement judgement = Judge(*desired_.kind, *observation, {});
        const Instant since = helpless_since_.value_or(shared_.context.timer.Now());
        helpless_since_ = since;
        const model::StatusRow* row = model::FindStatus(*desired_.kind, judgement.status);
        if (judgement.state == Judgement::State::kFailed || shared_.context.timer.Now() - since >= kActionLimit) {
          co_return Fail(co_await WithEvents(ErrorCategory::kFailed,
                                             fmt::format("its status is {}: {}", row->status, row->advice)));
        }
        EmitStatus(judgement, true);
        co_await shared_.context.timer.Sleep(kActionPause);
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
    if (auto approved = CheckApproved(step, now); !approved) co_return Fail(std::move(approved.error()));
    const std::string signature = Signature(step);
    if (step.confirm_pending && !confirmed_.contains(signature)) {
      const Result<bool> stood = co_await ConfirmPending(step);
      if (!stood) co_return Fail(Error(stood.error()));
      if (*stood) confirmed_.insert(signature);
      else if (++times_sent_["confirm " + signature] > kSameLookLimit) {
        co_return Fail(ErrorCategory::kFailed,
                       fmt::format("what is scheduled for {} comes and goes", step.changes.front().property),
                       "somebody else may be changing it: run again when it stands still");
      }
      continue;  // what is sent is decided by a reading of that moment
    }
    confirmed_.erase(signature);
    if (++times_sent_[signature] > kSameCallLimit) {
      co_return Fail(ErrorCategory::kFailed,
                     said_done_.contains(signature)
                         ? fmt::format("{} answers that there is nothing to change, and {} is still not as stated",
                                       step.operation.view(), step.changes.front().property)
                         : fmt::format("{} was accepted {} times, and {} is still not as stated", step.operation.view(),
                                       kSameCallLimit, step.changes.front().property),
                     "look at what the service says of it: rdsteady status, and its events");
    }
    Result<Sent> sent = co_await Send(step, *observation);
    if (!sent) co_return Fail(std::move(sent.error()));
    if (*sent == Sent::kReadAgain) {
      --times_sent_[signature];
      continue;
    }
    refused_since_.clear();
    for (const plan::Change& change : step.changes) {
      if (IsUnreadable(*desired_.kind, change.property))
        sent_unreadable_.insert(plan::ChangeId(desired_.Id(), change.property));
    }
    if (*sent == Sent::kAlreadyThere) {
      // Somebody was faster, and the answers that were read are behind.
      said_done_.insert(signature);
      if (auto seen = co_await SettleByReading(step); !seen) co_return Fail(std::move(seen.error()));
      continue;
    }
    if (shared_.options.no_wait && !desired_.kind->status_path.empty()) {
      outcome_.result = ResourceResult::kAccepted;
      co_return Result<void>{};
    }
    if (auto settled = co_await Settle(step); !settled) co_return Fail(std::move(settled.error()));
  }
}

asio::awaitable<Result<bool>> ResourceRun::ConfirmPending(const plan::Step& step) {
  // A pending value may be on its way already; only one that stands still is worth a second request.
  Poller::Watch watch(shared_.poller, *desired_.kind, name_, Millis(10s));
  for (int reading = 0; reading < 3; ++reading) {
    Result<plan::Observation> observation = co_await watch.Next();
    if (!observation) co_return Fail(std::move(observation.error()));
    const plan::ResourcePlan now = PlanAnew(*observation);
    const bool stands =
        std::ranges::any_of(now.steps, [&](const plan::Step& s) { return Signature(s) == Signature(step); });
    if (!stands) co_return false;
    EmitStatus(Judge(*desired_.kind, *observation, {}), false);
  }
  co_return true;
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
  if (!answer) co_return co_await AfterRefusal(step, std::move(answer.error()));
  called_ = true;
  if (creating) {
    identity_.clear();
    Adopt(step);
  }
  Emit(Event::What::kCalled, {}, std::string(operation->name));
  co_return Sent::kAccepted;
}

void ResourceRun::Adopt(const plan::Step& creation) {
  newborn_ = true;
  shared_.created.insert(plan::KeyOf(*desired_.kind, desired_.name));
  for (const plan::Change& change : creation.changes) {
    if (IsUnreadable(*desired_.kind, change.property))
      sent_unreadable_.insert(plan::ChangeId(desired_.Id(), change.property));
  }
}

Error ResourceRun::SomebodyElses() const {
  return {.category = ErrorCategory::kRefused,
          .message = "it was created by somebody else since the plan was made, and differs from what is stated",
          .hint = "look at a new plan and run again"};
}

// Whether it is what the call would have made: of what it said, everything that can be read is there.
bool ResourceRun::IsMadeBy(const plan::Step& creation, const plan::Observation& seen) const {
  const plan::ResourcePlan plan = PlanAnew(seen);
  const auto birth = std::ranges::find(desired_.kind->births, creation.operation, &model::Birth::operation);
  const bool replica = birth != desired_.kind->births.end() && birth->bit == model::kReplica;
  return std::ranges::all_of(creation.changes, [&](const plan::Change& change) {
    const model::Property* property = model::FindProperty(*desired_.kind, change.property);
    if (property == nullptr || property->update == model::Update::kWriteOnly) return true;
    // A restore leaves no trace of where it came from; a replica does.
    if (property->update == model::Update::kBirth && replica && property->compare != model::Compare::kNever &&
        model::ReadLive(*property, seen.live).IsNull())
      return false;
    return std::ranges::none_of(plan.decisions, [&](const plan::Decision& decision) {
      return decision.property == change.property &&
             (decision.verdict == plan::Verdict::kDiffers || decision.verdict == plan::Verdict::kRefused);
    });
  });
}

asio::awaitable<Result<bool>> ResourceRun::TakeUp(const plan::Observation& seen) {
  const plan::Step step = *std::exchange(unanswered_, std::nullopt);
  if (step.action == plan::Action::kCreate) {
    if (!seen.exists) co_return false;
    if (auto settled = co_await Settle(step); !settled) co_return Fail(std::move(settled.error()));
    const Result<plan::Observation> reading = co_await ReadAgain();
    if (!reading) co_return Fail(Error(reading.error()));
    if (!reading->exists) co_return true;
    if (!IsMadeBy(step, *reading)) co_return Fail(SomebodyElses());
    Adopt(step);
    co_return true;
  }
  bool acted = IsRenameNow(step) && !seen.exists;
  if (seen.exists) {
    const plan::ResourcePlan rest = PlanAnew(seen);
    acted = std::ranges::none_of(step.changes, [&](const plan::Change& c) { return IsOpen(c, step, rest); });
  }
  if (!acted) co_return false;
  if (auto settled = co_await Settle(step); !settled) co_return Fail(std::move(settled.error()));
  co_return true;
}

asio::awaitable<Result<ResourceRun::Sent>> ResourceRun::AfterRefusal(const plan::Step& step, Error error) {
  const model::Kind& kind = *desired_.kind;
  const bool creating = step.action == plan::Action::kCreate;
  if (error.outcome_unknown) {
    // Never repeated blindly: what is live tells whether it took effect.
    Emit(Event::What::kNote,
         fmt::format("the answer of {} was lost ({}); reading what it did", step.operation.view(), error.message));
    called_ = true;
    create_unanswered_ |= creating;
    unanswered_ = step;
    co_await shared_.context.timer.Sleep(2s);
    if (++times_sent_["lost " + Signature(step)] > kSameCallLimit) co_return Fail(std::move(error));
    co_return Sent::kReadAgain;
  }
  if (creating) {
    const auto birth = std::ranges::find(kind.births, step.operation, &model::Birth::operation);
    if (birth != kind.births.end() && birth->exists_code == error.aws_code) {
      if (create_unanswered_) unanswered_ = step;
      else Emit(Event::What::kNote, "it exists meanwhile; planning anew");
      // What is said to exist may not be seen for a while.
      if (WaitedFor("exists") >= kAbsentAfterCreate) co_return Fail(std::move(error));
      if (times_sent_["exists"]++ > 0) co_await shared_.context.timer.Sleep(5s);
      co_return Sent::kReadAgain;
    }
  }
  if (IsThrottled(error)) {
    if (WaitedFor("throttled") >= kTroubleLimit) co_return Fail(std::move(error));
    Emit(Event::What::kNote, fmt::format("{} was refused for the rate ({}); nothing was done, trying again",
                                         step.operation.view(), error.aws_code));
    co_await shared_.context.timer.Sleep(kTroublePause);
    co_return Sent::kReadAgain;
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
    const Millis waited = WaitedFor(fmt::format("{} {}", refusal.code, refusal.fragment));
    if (waited >= std::chrono::seconds(refusal.limit_seconds))
      co_return Fail(std::move(error).Within(fmt::format("after waiting {} for it to pass", FormatDuration(waited))));
    Emit(Event::What::kNote,
         fmt::format("{} is not possible yet ({}); waiting", step.operation.view(), error.aws_code));
    // One reading's pause at least; the loop then reads, waits for the status and plans again.
    co_await shared_.context.timer.Sleep(refusal.until == model::WaitRefusal::Until::kStorageOptimized ? Millis(60s)
                                                                                                       : Millis(5s));
    co_return Sent::kReadAgain;
  }
  co_return Fail(std::move(error));
}

// Since the first refusal of this sort after the last call that was accepted.
Millis ResourceRun::WaitedFor(const std::string& refusal) {
  const Instant now = shared_.context.timer.Now();
  return now - refused_since_.try_emplace(refusal, now).first->second;
}

bool ResourceRun::NeedsHelp(const plan::Observation& observation) const {
  const model::StatusRow* row = model::FindStatus(*desired_.kind, Judge(*desired_.kind, observation, {}).status);
  return row != nullptr &&
         (row->status_class == model::StatusClass::kNeedsAction || row->status_class == model::StatusClass::kTerminal);
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
    if (auto same = CheckIdentity(*reading); !same) co_return Fail(std::move(same.error()));
    const Instant now = shared_.context.timer.Now();
    const Judgement judgement = Judge(*desired_.kind, *reading, changed, newborn_);
    if (judgement.state == Judgement::State::kFailed)
      co_return Fail(co_await WithEvents(ErrorCategory::kFailed, judgement.failure));
    if (judgement.state == Judgement::State::kGone && watch.Age() >= may_be_absent) {
      co_return Fail(co_await WithEvents(ErrorCategory::kFailed, "it has disappeared while it was waited for",
                                         "run again to see what is there now"));
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
        co_return Fail(co_await WithEvents(
            ErrorCategory::kFailed,
            fmt::format("{} was accepted, but {} is still not as stated {} later", step.operation.view(),
                        step.changes.front().property, FormatDuration(kUnreachedLimit))));
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

}  // namespace rdsteady::apply
