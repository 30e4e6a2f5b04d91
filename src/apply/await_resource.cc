#include <fmt/format.h>

#include "apply/apply.h"
#include "apply/poller.h"
#include "apply/read.h"
#include "apply/resource_run.h"
#include "apply/settle.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

std::string_view Word(WaitGoal goal) {
  switch (goal) {
    case WaitGoal::kAvailable: return "available";
    case WaitGoal::kSettled: return "settled";
    case WaitGoal::kDeleted: return "deleted";
  }
  return "settled";
}

}  // namespace

asio::awaitable<Result<Value>> AwaitResource(Poller& poller, const model::Kind& kind, std::string name, WaitGoal goal,
                                             manifest::WaitSettings wait) {
  const Context context = poller.context();
  const std::string id = fmt::format("{}/{}", kind.name, name);
  const auto fixed = wait.delay          ? std::optional<Millis>(*wait.delay)
                     : wait.max_attempts ? std::optional<Millis>(std::chrono::seconds(30))
                                         : std::nullopt;
  Poller::Watch watch(poller, kind, name, fixed);
  const auto fail = [&](std::string message, std::string hint = {}) {
    return Fail(
        {.category = ErrorCategory::kFailed, .message = std::move(message), .hint = std::move(hint), .resource = id});
  };
  // The first look is taken at once: what is there already needs no wait.
  Result<plan::Observation> reading = co_await watch.Look();
  for (;;) {
    // A list may lag behind: only the identifier itself proves that it is not there.
    if (reading && !reading->exists) reading = co_await ReadOne(context.api, kind, name);
    if (!reading) co_return Fail(std::move(reading.error()));
    const Judgement judgement = Judge(kind, *reading, {}, goal == WaitGoal::kSettled);
    if (judgement.state == Judgement::State::kGone) {
      if (goal == WaitGoal::kDeleted) co_return Value();
      co_return fail("it does not exist", "create it first, or correct the name");
    }
    if (goal != WaitGoal::kDeleted) {
      if (judgement.state == Judgement::State::kFailed)
        co_return fail(judgement.failure, co_await RecentEvents(context.api, kind, name));
      if (judgement.state == Judgement::State::kSettled) {
        const bool plainly_available =
            kind.status_path.empty() || judgement.status == "available" || judgement.status == "storage-optimization";
        if (goal == WaitGoal::kSettled || plainly_available) co_return reading->live;
        co_return fail(fmt::format("its status is {}, which does not become available by itself", judgement.status),
                       co_await RecentEvents(context.api, kind, name));
      }
    }
    context.Tell({.what = Event::What::kStatus,
                  .resource = id,
                  .status = judgement.status,
                  .percent = judgement.percent,
                  .elapsed = watch.Age(),
                  .text = judgement.waiting_for.empty() ? std::string("until it is gone") : judgement.waiting_for});
    if (watch.Age() >= DeadlineOf(wait)) {
      co_return fail(
          fmt::format("not {} after {}: its status is {}", Word(goal), FormatDuration(watch.Age()), judgement.status),
          "run the same command again to go on waiting, or give it more time with --timeout");
    }
    reading = co_await watch.Next();
  }
}

}  // namespace rdsteady::apply
