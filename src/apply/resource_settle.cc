// A run's waits: until what was sent is there and stays.
#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "apply/patience.h"
#include "apply/resource_run.h"
#include "apply/step.h"
#include "base/text.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

constexpr Millis kUnreachedLimit = 15min;  // settled for so long, and still not what was sent
constexpr Millis kAbsentWhileRenamed = 30min;

std::set<std::string, std::less<>> PropertiesOf(const plan::Step& step) {
  std::set<std::string, std::less<>> names;
  for (const plan::Change& change : step.changes)
    names.emplace(plan::PropertyOf(change.property));
  return names;
}

}  // namespace

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
