// Filters and pages of Describe operations.
//
// A page is cut by the key of the last item that was shown, not by its position, so that nothing is shown twice and
// nothing that stays is left out when the list changes between two pages.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "local/sim/faults.h"
#include "local/sim/operations.h"

namespace rdsteady::local::sim {

using Filters = std::map<std::string, std::vector<std::string>>;

// Fault: a filter that is not among `known`, or one without values.
[[nodiscard]] Checked<Filters> ReadFilters(const Request& request, std::initializer_list<std::string_view> known);
// True without such a filter, or when it names the value (without case).
[[nodiscard]] bool Passes(const Filters& filters, std::string_view name, std::string_view value);

struct Page {
  std::size_t size = 100;
  std::string after;  // the key of the last item shown; empty: from the start
};
// Fault: MaxRecords out of 20..100, or a marker that this server did not make.
[[nodiscard]] Checked<Page> ReadPage(const Request& request, std::size_t standard = 100);
[[nodiscard]] std::string MarkerAfter(std::string_view key);

// The instances of the page that DescribeDBInstances answers.
struct FoundInstances {
  std::vector<const Instance*> instances;
  std::string marker;  // empty on the last page
};
[[nodiscard]] Checked<FoundInstances> FindInstances(const Request& request);

// Items with their keys, sorted by key: the page and, when there is more, its marker.
struct Item {
  std::string key;
  Value value;
};
[[nodiscard]] Checked<Properties> CutPage(const Request& request, std::string_view member, std::vector<Item> items);

}  // namespace rdsteady::local::sim
