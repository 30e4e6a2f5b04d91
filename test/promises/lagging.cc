#include "lagging.h"

#include <algorithm>

#include "base/text.h"

namespace rdsteady::promises {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

// Less than the two good readings of a run are apart.
constexpr Millis kShortest = 200ms;
constexpr Millis kLongest = 9s;

Value At(const Value& value, std::string_view member) {
  const Value* found = value.Find(member);
  return found == nullptr ? Value() : *found;
}

const model::ExtraRead* ExtraReadOf(const model::Kind& kind, const model::Operation& operation) {
  const auto found = std::ranges::find(kind.extra_reads, operation.name, &model::ExtraRead::operation);
  return found == kind.extra_reads.end() ? nullptr : &*found;
}

}  // namespace

boost::asio::awaitable<Result<Properties>> LaggingRds::Call(const model::Operation& operation, Properties input) {
  if (!plan_.lagging) co_return co_await world_.rds.Call(operation, std::move(input));
  const ResourceWorld* resource = ResourceOf(operation, input);
  if (model::IsMutating(operation.name)) {
    Lag& lag = lags_[resource];
    if (resource != nullptr) Remember(*resource, lag);
    Result<Properties> answer = co_await world_.rds.Call(operation, std::move(input));
    if (!answer) lag.before.reset();
    constexpr Behind kWays[] = {Behind::kStatus, Behind::kValues, Behind::kBoth};
    lag.behind = kWays[dice_.Below(std::size(kWays))];
    lag.until = world_.timer.Now() + kShortest + Millis(dice_.Below((kLongest - kShortest) / 1ms));
    co_return answer;
  }
  Result<Properties> answer = co_await world_.rds.Call(operation, input);
  if (!answer) co_return answer;
  if (resource != nullptr && ExtraReadOf(*resource->kind, operation) != nullptr) {
    Lag& lag = lags_[resource];
    const Extra& extra =
        lag.extras.try_emplace(std::string(operation.name) + ToDisplay(input), Extra{&operation, input}).first->second;
    if (!IsBehind(lag) || !lag.before || !extra.before || lag.behind == Behind::kStatus) co_return answer;
    stale_values_ += *answer != *extra.before ? 1U : 0U;
    co_return *extra.before;
  }
  for (const model::Kind* kind : model::Kinds()) {
    if (kind->describe == operation.name) PutBackItems(*kind, *answer);
  }
  co_return answer;
}

const ResourceWorld* LaggingRds::ResourceOf(const model::Operation& operation, const Properties& input) const {
  for (const ResourceWorld& resource : plan_.resources) {
    const model::Kind& kind = *resource.kind;
    const auto names = [&](std::string_view member, bool by_arn) {
      const Value* value = Find(input, member);
      const auto* text = value == nullptr ? nullptr : value->If<std::string>();
      if (text == nullptr) return false;
      return EqualsIgnoreCase(by_arn ? std::string_view(*text).substr(text->rfind(':') + 1) : std::string_view(*text),
                              resource.name);
    };
    if (kind.modify.view() == operation.name && names(kind.key, false)) return &resource;
    if (const auto* extra = ExtraReadOf(kind, operation);
        extra != nullptr && names(extra->resource_member, extra->by_arn))
      return &resource;
    for (const model::SeparateOperation& row : kind.operations) {
      if (row.operation.view() == operation.name && names(row.resource_member, row.by_arn)) return &resource;
    }
  }
  return nullptr;
}

void LaggingRds::Remember(const ResourceWorld& resource, Lag& lag) {
  const auto read = [&](const model::Operation* operation, Properties input) {
    return world_.sim.Handle({"123456789012", "us-east-1", operation, std::move(input)}, world_.timer.Now());
  };
  for (auto& [request, extra] : lag.extras) {
    extra.before.reset();
    if (auto answer = read(extra.operation, extra.input)) extra.before = *std::move(answer);
  }
  const model::Kind& kind = *resource.kind;
  lag.before.reset();
  const auto answer = read(model::FindOperation(kind.describe), {{std::string(kind.describe_key), resource.name}});
  const Value* items = answer ? Find(*answer, kind.describe_items) : nullptr;
  if (items != nullptr && !items->As<List>().empty()) lag.before = items->As<List>().front();
}

void LaggingRds::PutBackItems(const model::Kind& kind, Properties& answer) {
  const auto items = answer.find(kind.describe_items);
  if (items == answer.end() || !items->second.Is<List>()) return;
  for (Value& item : *items->second.If<List>()) {
    for (const auto& [resource, lag] : lags_) {
      const bool is_it = resource != nullptr && resource->kind == &kind &&
                         EqualsIgnoreCase(At(item, kind.key).As<std::string>(), resource->name);
      if (is_it && lag.before && IsBehind(lag)) PutBack(kind, lag, item);
    }
  }
}

void LaggingRds::PutBack(const model::Kind& kind, const Lag& lag, Value& item) {
  const std::string status(kind.status_path);
  Value shown = lag.behind == Behind::kStatus ? item : *lag.before;
  if (!status.empty()) {
    shown.If<Properties>()->insert_or_assign(status, At(lag.behind == Behind::kValues ? item : *lag.before, status));
  }
  Properties values = item.As<Properties>();
  Properties shown_values = shown.As<Properties>();
  stale_statuses_ += !status.empty() && shown_values[status] != values[status] ? 1U : 0U;
  values.erase(status);
  shown_values.erase(status);
  stale_values_ += values != shown_values ? 1U : 0U;
  item = std::move(shown);
}

}  // namespace rdsteady::promises
