#include "local/sim/pages.h"

#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"

namespace rdsteady::local::sim {
namespace {

// Markers are opaque; this one is the key in hexadecimal behind a letter that says whose it is.
constexpr std::string_view kMarkerStart = "r1";

std::string HexOf(std::string_view text) {
  return HexEncode({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

std::optional<std::string> TextOfHex(std::string_view hex) {
  auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    text += static_cast<char>(high * 16 + low);
  }
  return text;
}

}  // namespace

Checked<Filters> ReadFilters(const Request& request, std::initializer_list<std::string_view> known) {
  Filters filters;
  const Value* list = Find(request.input, "Filters");
  if (list == nullptr || !list->Is<List>()) return filters;
  for (const Value& item : list->As<List>()) {
    if (!item.Is<Properties>()) continue;
    const std::string name = TextOr(item.As<Properties>(), "Name");
    if (std::ranges::find(known, name) == known.end()) return InvalidValue("Unrecognized filter name: " + name);
    auto values = TextsAt(item.As<Properties>(), "Values");
    if (values.empty()) return InvalidValue("The filter " + name + " must have at least one value.");
    auto& all = filters[name];
    all.insert(all.end(), values.begin(), values.end());
  }
  return filters;
}

bool Passes(const Filters& filters, std::string_view name, std::string_view value) {
  auto found = filters.find(std::string(name));
  if (found == filters.end()) return true;
  return std::ranges::any_of(found->second, [&](const std::string& wanted) { return EqualsIgnoreCase(wanted, value); });
}

Checked<Page> ReadPage(const Request& request, std::size_t standard) {
  Page page{.size = standard, .after = {}};
  if (auto size = IntAt(request.input, "MaxRecords")) {
    if (*size < 20 || *size > 100) {
      return InvalidValue("Invalid value " + std::to_string(*size) + " for MaxRecords. Must be between 20 and 100");
    }
    page.size = static_cast<std::size_t>(*size);
  }
  const std::string marker = TextOr(request.input, "Marker");
  if (marker.empty()) return page;
  auto key =
      marker.starts_with(kMarkerStart) ? TextOfHex(std::string_view(marker).substr(kMarkerStart.size())) : std::nullopt;
  if (!key.has_value() || key->empty()) return InvalidValue("Invalid marker: " + marker);
  page.after = *std::move(key);
  return page;
}

std::string MarkerAfter(std::string_view key) {
  return std::string(kMarkerStart) + HexOf(key);
}

Checked<Properties> CutPage(const Request& request, std::string_view member, std::vector<Item> items) {
  auto page = ReadPage(request);
  if (!page.has_value()) return std::unexpected(page.error());
  List shown;
  Properties out;
  auto item = page->after.empty() ? items.begin() : std::ranges::upper_bound(items, page->after, {}, &Item::key);
  for (; item != items.end() && shown.size() < page->size; ++item)
    shown.push_back(std::move(item->value));
  if (item != items.end()) out["Marker"] = MarkerAfter(std::prev(item)->key);
  out[std::string(member)] = std::move(shown);
  return out;
}

}  // namespace rdsteady::local::sim
