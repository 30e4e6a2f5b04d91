// A run's calls: what is sent, and what a refusal or a lost answer means.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apply/patience.h"
#include "apply/resource_run.h"
#include "apply/step.h"
#include "base/text.h"
#include "model/kinds/compare.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

// Whether a request would delete something that its operation's name does not say.
bool Deletes(const Value& value) {
  if (const auto* list = value.If<List>()) return std::ranges::any_of(*list, Deletes);
  const auto* members = value.If<Properties>();
  return members != nullptr && std::ranges::any_of(*members, [](const auto& member) {
           return member.first == model::kRemovesVolume || Deletes(member.second);
         });
}

}  // namespace

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

bool ResourceRun::DependsOnNewborn() const {
  const auto references = manifest::ReferencesOf(desired_);
  return std::ranges::any_of(
      references, [&](const manifest::Reference& r) { return shared_.created.contains(plan::KeyOf(*r.kind, r.name)); });
}

}  // namespace rdsteady::apply
