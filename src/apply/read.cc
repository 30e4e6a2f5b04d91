#include "apply/read.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "wire/pagination.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

constexpr int kPageSize = 100;             // the most that RDS gives
constexpr std::size_t kFilterLimit = 100;  // names in one filter: what comes back fits one page

std::string NameOf(const model::Kind& kind, const Value& item) {
  const Value name = model::ReadPath(item, kind.key);
  return name.Is<std::string>() ? ToLower(name.As<std::string>()) : std::string();
}

}  // namespace

Error UnknownOperation(std::string_view operation) {
  return {.category = ErrorCategory::kInternal,
          .message = fmt::format("no operation '{}' in the API table", operation)};
}

bool IsDenied(const Error& error) {
  return error.aws_code.starts_with("AccessDenied") || error.aws_code == "UnauthorizedOperation" ||
         error.aws_code == "NotAuthorized";
}

asio::awaitable<Result<List>> ReadPages(aws::RdsApi& api, const model::Operation& operation, Properties input,
                                        std::string items) {
  List all;
  const model::Paginator* paginator = operation.paginator;
  if (paginator != nullptr && !paginator->page_size.empty() && !input.contains(paginator->page_size)) {
    input.emplace(paginator->page_size, kPageSize);
  }
  std::optional<wire::PageCursor> cursor;
  if (paginator != nullptr) cursor.emplace(*paginator);
  for (;;) {
    Result<Properties> page = co_await api.Call(operation, input);
    if (!page) co_return Fail(std::move(page.error()));
    if (auto list = page->find(items); list != page->end() && list->second.Is<List>())
      std::ranges::move(*list->second.If<List>(), std::back_inserter(all));
    const Result<bool> more = cursor ? cursor->Advance(*page, input) : Result<bool>(false);
    if (!more) co_return Fail(Error(more.error()));
    if (!*more) co_return all;
  }
}

asio::awaitable<Result<plan::Observation>> ReadOne(aws::RdsApi& api, const model::Kind& kind, std::string name) {
  const model::Operation* describe = model::FindOperation(kind.describe);
  if (describe == nullptr) co_return Fail(UnknownOperation(kind.describe));
  const std::string wanted = ToLower(name);
  Result<Properties> answer = co_await api.Call(*describe, {{std::string(kind.describe_key), Value(std::move(name))}});
  if (!answer) {
    if (answer.error().aws_code == kind.not_found_code) co_return plan::Observation{};
    co_return Fail(std::move(answer.error()));
  }
  if (const Value* list = Find(*answer, kind.describe_items); list != nullptr && list->Is<List>()) {
    for (const Value& item : list->As<List>()) {
      const std::string found = NameOf(kind, item);
      if (found == wanted) co_return plan::Observation{.exists = true, .live = item};
      // Not the same as an answer that has none: what is there must not be created anew.
      if (found.empty()) {
        co_return Fail({.category = ErrorCategory::kService,
                        .message = fmt::format("the answer to {} does not say its {}", kind.describe, kind.key),
                        .hint = "what is there cannot be told from what is not: nothing was sent",
                        .operation = std::string(kind.describe)});
      }
    }
  }
  co_return plan::Observation{};
}

asio::awaitable<Result<Readings>> ReadMany(aws::RdsApi& api, const model::Kind& kind, std::vector<std::string> names,
                                           bool confirm_absence, std::vector<std::string>& notes) {
  Readings readings;
  for (std::string& name : names)
    name = ToLower(name);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  for (const std::string& name : names)
    readings.emplace(plan::ResourceKey{std::string(kind.name), name}, plan::Observation{});

  bool one_by_one = names.size() == 1;
  if (!one_by_one) {
    const model::Operation* describe = model::FindOperation(kind.describe);
    if (describe == nullptr) co_return Fail(UnknownOperation(kind.describe));
    Properties input;
    if (!kind.filter.empty() && names.size() <= kFilterLimit) {
      List values(names.begin(), names.end());
      input.emplace("Filters", List{Properties{{"Name", std::string(kind.filter)}, {"Values", std::move(values)}}});
    }
    Result<List> items = co_await ReadPages(api, *describe, std::move(input), std::string(kind.describe_items));
    if (!items) {
      if (!IsDenied(items.error())) co_return Fail(std::move(items.error()));
      notes.push_back(fmt::format("{} of all was denied, so each {} is read by itself", kind.describe, kind.name));
      one_by_one = true;
    } else {
      for (Value& item : *items) {
        const auto it = readings.find(plan::ResourceKey{std::string(kind.name), NameOf(kind, item)});
        if (it != readings.end()) it->second = {.exists = true, .live = std::move(item)};
      }
    }
  }
  // A list may lag behind; only the identifier itself proves that something is not there.
  for (auto& [key, observation] : readings) {
    if (observation.exists || (!one_by_one && !confirm_absence)) continue;
    Result<plan::Observation> one = co_await ReadOne(api, kind, key.name);
    if (!one) co_return Fail(std::move(one.error()).Within(fmt::format("while reading {}/{}", kind.name, key.name)));
    observation = std::move(*one);
  }
  co_return readings;
}

asio::awaitable<Result<void>> ReadExtras(aws::RdsApi& api, const manifest::DesiredResource& desired,
                                         plan::Observation& observation, std::vector<std::string>& notes) {
  if (!observation.exists) co_return Result<void>{};
  for (const model::ExtraRead& extra : desired.kind->extra_reads) {
    if (!desired.properties.contains(extra.property)) continue;
    if (observation.live.Find(extra.store_as) != nullptr) continue;  // the describe call has given it already
    const model::Operation* operation = model::FindOperation(extra.operation);
    if (operation == nullptr) co_return Fail(UnknownOperation(extra.operation));
    const Value resource = extra.by_arn ? model::ReadPath(observation.live, desired.kind->arn) : Value(desired.name);
    Result<List> items =
        co_await ReadPages(api, *operation, {{std::string(extra.resource_member), resource}}, std::string(extra.items));
    if (!items) {
      if (!IsDenied(items.error()))
        co_return Fail(
            std::move(items.error()).Within(fmt::format("while reading {} of {}", extra.property, desired.Id())));
      observation.unread.emplace(extra.property);
      notes.push_back(
          fmt::format("{}: {} was denied, so {} is not compared", desired.Id(), extra.operation, extra.property));
      continue;
    }
    if (auto* live = observation.live.If<Properties>())
      live->insert_or_assign(std::string(extra.store_as), Value(std::move(*items)));
  }
  co_return Result<void>{};
}

asio::awaitable<std::string> RecentEvents(aws::RdsApi& api, const model::Kind& kind, std::string name) {
  const model::Operation* describe = model::FindOperation("DescribeEvents");
  if (describe == nullptr || kind.event_source.empty()) co_return std::string();
  Result<Properties> answer = co_await api.Call(
      *describe,
      {{"SourceIdentifier", std::move(name)}, {"SourceType", std::string(kind.event_source)}, {"Duration", 180}});
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
