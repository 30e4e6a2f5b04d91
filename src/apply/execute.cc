#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "apply/apply.h"
#include "apply/async.h"
#include "apply/poller.h"
#include "apply/resource_run.h"
#include "apply/secrets.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

// A resource and what others wait for: that it can be used.
struct Node {
  Node(const manifest::DesiredResource& d, const plan::ResourcePlan& p, const asio::any_io_executor& executor)
      : desired(d), approved(p), finished(executor) {
    outcome.resource = d.Id();
  }
  const manifest::DesiredResource& desired;
  const plan::ResourcePlan& approved;
  Signal finished;
  bool usable = false;
  ResourceOutcome outcome;
};

using Nodes = std::map<plan::ResourceKey, std::unique_ptr<Node>>;

ResourceOutcome Untouched(const Node& node) {
  ResourceOutcome outcome{.resource = node.desired.Id(), .notes = node.approved.notes};
  if (node.approved.fate == plan::Fate::kRefused) {
    outcome.result = ResourceResult::kRefused;
    for (const plan::Refusal& refusal : node.approved.refusals) {
      outcome.errors.push_back({.category = ErrorCategory::kRefused,
                                .message = refusal.message,
                                .hint = refusal.advice,
                                .resource = node.desired.Id()});
    }
  } else {
    outcome.result = node.approved.scheduled.empty() ? ResourceResult::kUnchanged : ResourceResult::kScheduled;
    outcome.notes.insert(outcome.notes.end(), node.approved.scheduled.begin(), node.approved.scheduled.end());
  }
  return outcome;
}

// Whether what depends on it may go on: it is there, as far as this run knows.
bool IsUsable(const Node& node) {
  switch (node.outcome.result) {
    case ResourceResult::kFailed: return false;
    // A refused change leaves what exists as it was; a refused creation leaves nothing.
    case ResourceResult::kRefused:
      return node.approved.steps.empty() || node.approved.steps.front().action != plan::Action::kCreate;
    case ResourceResult::kUnchanged:
    case ResourceResult::kCreated:
    case ResourceResult::kUpdated:
    case ResourceResult::kScheduled:
    case ResourceResult::kAccepted: return true;
  }
  return false;
}

asio::awaitable<void> RunNode(Shared& shared, Limit& limit, Nodes& nodes, Node& node) {
  const auto finish = [&] {
    node.usable = IsUsable(node);
    node.finished.Set();
  };
  try {
    if (node.approved.fate == plan::Fate::kRefused || node.approved.steps.empty()) {
      node.outcome = Untouched(node);
      if (node.outcome.result == ResourceResult::kRefused) {
        shared.context.Tell(
            {.what = Event::What::kRefused,
             .resource = node.desired.Id(),
             .text = node.approved.refusals.empty() ? std::string() : node.approved.refusals.front().message});
      }
      finish();
      co_return;
    }
    std::string broken;
    for (const plan::ResourceKey& key : node.approved.depends_on) {
      Node& other = *nodes.at(key);
      if (!other.finished.is_set()) {
        shared.context.Tell(
            {.what = Event::What::kWaitingFor, .resource = node.desired.Id(), .text = other.desired.Id()});
      }
      co_await other.finished.Wait();
      if (!other.usable) broken += (broken.empty() ? "" : ", ") + other.desired.Id();
    }
    if (!broken.empty()) {
      node.outcome.result = ResourceResult::kFailed;
      node.outcome.errors.push_back({.category = ErrorCategory::kFailed,
                                     .message = fmt::format("not touched, because it needs {}", broken),
                                     .resource = node.desired.Id()});
      shared.context.Tell(
          {.what = Event::What::kFailed, .resource = node.desired.Id(), .text = node.outcome.errors.back().message});
    } else {
      const Limit::Place place = co_await limit.Acquire();
      node.outcome = co_await ResourceRun(shared, node.desired, node.approved).Go();
    }
  } catch (const boost::system::system_error&) {
    // Cancelled while it waited for its turn: nothing was sent.
    node.outcome.result = ResourceResult::kFailed;
    node.outcome.errors.push_back({.category = ErrorCategory::kInterrupted,
                                   .message = "interrupted before anything was sent for it",
                                   .resource = node.desired.Id()});
  }
  finish();
}

}  // namespace

std::string_view ToString(ResourceResult result) {
  switch (result) {
    case ResourceResult::kUnchanged: return "unchanged";
    case ResourceResult::kCreated: return "created";
    case ResourceResult::kUpdated: return "updated";
    case ResourceResult::kScheduled: return "scheduled";
    case ResourceResult::kAccepted: return "accepted";
    case ResourceResult::kRefused: return "refused";
    case ResourceResult::kFailed: return "failed";
  }
  return "failed";
}

std::string_view ToString(Event::What what) {
  switch (what) {
    case Event::What::kStarted: return "started";
    case Event::What::kWaitingFor: return "waiting-for";
    case Event::What::kCalling: return "calling";
    case Event::What::kCalled: return "called";
    case Event::What::kStatus: return "status";
    case Event::What::kNote: return "note";
    case Event::What::kDone: return "done";
    case Event::What::kFailed: return "failed";
    case Event::What::kRefused: return "refused";
  }
  return "note";
}

asio::awaitable<Result<ApplyOutcome>> Execute(Context context, const manifest::Manifest& manifest,
                                              const plan::Plan& approved, SecretSource& secrets,
                                              const ExecuteOptions& options) {
  Result<ResolvedSecrets> resolved = ResolvedSecrets::Resolve(approved, secrets);
  if (!resolved) co_return Fail(std::move(resolved.error()));

  const auto executor = co_await asio::this_coro::executor;
  ApplyOutcome outcome;
  Poller poller(context);
  Shared shared{context, manifest, options, *resolved, poller, outcome.mutating_calls};
  Limit limit(executor, static_cast<std::size_t>(std::max(1, options.max_concurrent)));
  Nodes nodes;
  std::vector<Node*> in_order;
  for (const plan::ResourcePlan& planned : approved.resources) {
    const plan::ResourceKey key = plan::KeyOf(*planned.kind, planned.name);
    const auto desired =
        std::ranges::find_if(manifest.resources, [&](const auto& r) { return plan::KeyOf(*r.kind, r.name) == key; });
    if (desired == manifest.resources.end()) continue;
    in_order.push_back(nodes.emplace(key, std::make_unique<Node>(*desired, planned, executor)).first->second.get());
  }
  std::vector<asio::awaitable<void>> work;
  for (Node* node : in_order)
    work.push_back(RunNode(shared, limit, nodes, *node));
  bool interrupted = false;
  try {
    co_await WhenAll(std::move(work));
  } catch (const boost::system::system_error&) {
    interrupted = true;  // every resource has said so in its own outcome
  }
  if (interrupted) co_await asio::this_coro::reset_cancellation_state();
  for (Node* node : in_order)
    outcome.resources.push_back(std::move(node->outcome));
  co_return outcome;
}

}  // namespace rdsteady::apply
