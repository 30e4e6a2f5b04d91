// Events, by source, category and time.
#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/operations.h"
#include "local/sim/pages.h"

namespace rdsteady::local::sim {
namespace {

std::string KeyOf(const Event& event) {
  const std::string digits = std::to_string(event.sequence);
  return std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits;
}

struct Categories {
  std::string_view source_type;
  std::vector<std::string_view> categories;
};

}  // namespace

Outcome DescribeEvents(const Request& request) {
  Machine& machine = request.machine;
  const std::string source = TextOr(request.input, "SourceIdentifier");
  const std::string type = TextOr(request.input, "SourceType");
  if (!source.empty() && type.empty()) {
    return InvalidCombination("SourceType must be given when SourceIdentifier is given.");
  }
  const auto start = ParseIso8601(TextOr(request.input, "StartTime"));
  const auto end = ParseIso8601(TextOr(request.input, "EndTime"));
  const auto minutes = IntAt(request.input, "Duration");
  if (minutes.has_value() && start.has_value() && end.has_value()) {
    return InvalidCombination("Duration can't be given together with StartTime and EndTime.");
  }
  if (minutes.has_value() && (*minutes < 1 || *minutes > 14 * 24 * 60)) {
    return InvalidValue("Invalid duration: " + std::to_string(*minutes) + ". Must be between 1 and 20160.");
  }
  const Millis span = std::chrono::minutes(minutes.value_or(60));
  const Instant from = start.value_or(end.has_value() ? *end - span : machine.now() - span);
  const Instant until = end.value_or(start.has_value() && minutes.has_value() ? *start + span : machine.now());
  if (from > until) return InvalidCombination("StartTime must be before EndTime.");
  const auto categories = TextsAt(request.input, "EventCategories");
  std::vector<Item> items;
  for (const Event& event : machine.RealmOf(request.scope).events) {
    if (event.at < from || event.at > until) continue;
    if (!type.empty() && event.source_type != type) continue;
    if (!source.empty() && event.source != ToLower(source)) continue;
    const bool wanted = categories.empty() || std::ranges::any_of(event.categories, [&](const std::string& category) {
                          return std::ranges::find(categories, category) != categories.end();
                        });
    if (!wanted) continue;
    items.push_back({KeyOf(event), Properties{{"SourceIdentifier", event.source},
                                              {"SourceType", event.source_type},
                                              {"SourceArn", event.source_arn},
                                              {"Message", event.message},
                                              {"EventCategories", ToList(event.categories)},
                                              {"Date", FormatIso8601(event.at, true)}}});
  }
  return CutPage(request, "Events", std::move(items));
}

Outcome DescribeEventCategories(const Request& request) {
  static const Categories kAll[] = {
      {"db-instance",
       {"availability", "backup", "configuration change", "creation", "deletion", "failover", "failure", "low storage",
        "maintenance", "notification", "read replica", "recovery", "restoration"}},
      {"db-parameter-group", {"configuration change"}},
      {"db-security-group", {"configuration change", "failure"}},
      {"db-snapshot", {"creation", "deletion", "notification", "restoration"}},
  };
  const std::string type = TextOr(request.input, "SourceType");
  List maps;
  for (const Categories& one : kAll) {
    if (!type.empty() && one.source_type != type) continue;
    List names;
    for (std::string_view category : one.categories)
      names.emplace_back(category);
    maps.push_back(Properties{{"SourceType", std::string(one.source_type)}, {"EventCategories", std::move(names)}});
  }
  return Properties{{"EventCategoriesMapList", std::move(maps)}};
}

}  // namespace rdsteady::local::sim
