#include "support/bad_luck.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

std::string Written(const model::Operation& operation, const Properties& input) {
  std::string text(operation.name);
  for (const auto& [name, value] : input)
    text += fmt::format(" {}={}", name, value.Is<Secret>() ? std::string("(secret)") : ToDisplay(value));
  return text;
}

}  // namespace

BadLuck::Script& BadLuck::Refuse(std::string operation, std::string code, std::string message, int times, int skip) {
  return scripts_.emplace_back(Script{.operation = std::move(operation),
                                      .skip = skip,
                                      .times = times,
                                      .error = Error{.category = ErrorCategory::kService,
                                                     .message = std::move(message),
                                                     .aws_code = std::move(code),
                                                     .request_id = "unlucky",
                                                     .http_status = 400}});
}

BadLuck::Script& BadLuck::Lose(std::string operation, Lost lost, int times, int skip) {
  return scripts_.emplace_back(Script{
      .operation = std::move(operation),
      .skip = skip,
      .times = times,
      .error =
          Error{.category = ErrorCategory::kTransport, .message = "the connection was reset", .outcome_unknown = true},
      .acts = lost == Lost::kAnswer});
}

BadLuck::Script& BadLuck::Before(std::string operation, std::function<void()> what, int skip) {
  return scripts_.emplace_back(Script{.operation = std::move(operation), .skip = skip, .before = std::move(what)});
}

BadLuck::Script& BadLuck::After(std::string operation, std::function<void()> what, int skip) {
  return scripts_.emplace_back(Script{.operation = std::move(operation), .skip = skip, .after = std::move(what)});
}

void BadLuck::RefuseUntil(std::string code, Instant until) {
  refused_until_ = {std::move(code), until};
}

bool BadLuck::TryOthers(std::string_view operation, Properties input) {
  const local::Answer answer = world_.sim.Handle(
      {"123456789012", "us-east-1", model::FindOperation(operation), std::move(input)}, world_.timer.Now());
  world_.rds.RunEngineJobs();
  return answer.has_value();
}

void BadLuck::Others(std::string_view operation, Properties input) {
  EXPECT_TRUE(TryOthers(operation, std::move(input))) << operation << " was refused";
}

std::size_t BadLuck::unmet() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(scripts_, [](const Script& s) { return s.times > 0 && s.times < kAlways / 2; }));
}

BadLuck::Script* BadLuck::Take(const model::Operation& operation) {
  const bool mutating = model::IsMutating(operation.name);
  for (Script& script : scripts_) {
    const bool meant =
        script.operation == operation.name || script.operation == "*" || (script.operation.empty() && mutating);
    if (!meant || script.times == 0) continue;
    if (script.skip > 0) {
      --script.skip;
      continue;
    }
    --script.times;
    return &script;
  }
  return nullptr;
}

asio::awaitable<Result<Properties>> BadLuck::Call(const model::Operation& operation, Properties input) {
  if (model::IsMutating(operation.name)) sent_.push_back(Written(operation, input));
  if (refused_until_ && world_.timer.Now() < refused_until_->second) {
    co_await world_.timer.Sleep(Millis(1));
    co_return Fail({.category = ErrorCategory::kService,
                    .message = "Rate exceeded",
                    .operation = std::string(operation.name),
                    .aws_code = refused_until_->first,
                    .http_status = 400});
  }
  std::function<void()> after;
  if (Script* script = Take(operation)) {
    if (script->before) script->before();
    after = script->after;
    if (script->error) {
      Error error = *script->error;
      error.operation = operation.name;
      if (script->acts) (void)co_await world_.rds.Call(operation, std::move(input));
      else co_await world_.timer.Sleep(Millis(1));
      if (after) after();
      co_return Fail(std::move(error));
    }
  }
  Result<Properties> answer = co_await world_.rds.Call(operation, std::move(input));
  if (after) after();
  if (answer && edit_ && operation.name == "DescribeDBInstances") {
    for (Value& item : *answer->at("DBInstances").If<List>())
      edit_(*item.If<Properties>());
  }
  co_return answer;
}

}  // namespace rdsteady::apply
