#include "apply/resource_run.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "apply/approved.h"
#include "apply/patience.h"
#include "apply/read.h"
#include "apply/step.h"
#include "base/text.h"
#include "model/kinds/compare.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

constexpr Millis kDefaultDeadline = 3h;
constexpr std::chrono::seconds kPlainDelay{30};  // AWS's waiters
constexpr int kPlainAttempts = 60;
constexpr Millis kActionLimit = 2min;  // in a status that only a person can end: it may still be on its way out
constexpr Millis kActionPause = 10s;
constexpr int kSameLookLimit = 5;

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

bool ResourceRun::NeedsHelp(const plan::Observation& observation) const {
  const model::StatusRow* row = model::FindStatus(*desired_.kind, Judge(*desired_.kind, observation, {}).status);
  return row != nullptr &&
         (row->status_class == model::StatusClass::kNeedsAction || row->status_class == model::StatusClass::kTerminal);
}

}  // namespace rdsteady::apply
