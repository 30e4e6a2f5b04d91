#include "local/sim/instance_pages.h"

#include <cstdio>
#include <cstdlib>

#include "wire/query.h"

namespace rdsteady::local {
namespace {

constexpr std::string_view kList = "DBInstances";
constexpr std::string_view kMarker = "Marker";

// What the bookkeeping of one text costs besides the text: list and map nodes, the shared string, its control block.
constexpr std::size_t kOverhead = 256;

std::string Encoded(std::string_view name, const model::Shape& shape, const Value& value) {
  auto text = wire::EncodeElement(name, shape, value);
  if (!text) {
    std::fputs((text.error().message + "\n").c_str(), stderr);
    std::abort();
  }
  return *std::move(text);
}

}  // namespace

std::size_t InstancePages::SizeOf(const Kept& kept) {
  return kOverhead + kept.resource_id.size() + kept.text->size();
}

SharedText InstancePages::TextOf(Sim& sim, const ShownInstance& shown) {
  auto known = by_resource_.find(shown.resource_id);
  if (known != by_resource_.end()) {
    kept_.splice(kept_.begin(), kept_, known->second);
    if (known->second->revision == shown.revision) return known->second->text;
  } else {
    kept_.push_front({.resource_id = std::string(shown.resource_id), .revision = 0, .text = ShareText({})});
    known = by_resource_.emplace(kept_.front().resource_id, kept_.begin()).first;
    bytes_ += SizeOf(kept_.front());
  }
  static const model::Shape& list =
      *model::FindMember(*model::FindOperation("DescribeDBInstances")->output, kList)->shape;
  Kept& kept = *known->second;
  bytes_ -= SizeOf(kept);
  kept.revision = shown.revision;
  std::string made = Encoded(list.element_name, *list.element, sim.Show(shown.resource_id));
  made.shrink_to_fit();
  kept.text = ShareText(std::move(made));
  bytes_ += SizeOf(kept);
  ++rendered_;
  SharedText text = kept.text;
  while (bytes_ > max_bytes_ && !kept_.empty()) {
    bytes_ -= SizeOf(kept_.back());
    by_resource_.erase(kept_.back().resource_id);
    kept_.pop_back();
  }
  return text;
}

std::expected<TextPieces, Fault> InstancePages::Describe(Sim& sim, const Call& call, Instant now) {
  auto page = sim.Page(call, now);
  if (!page) return std::unexpected(std::move(page).error());
  static const SharedText open = ShareText("<" + std::string(kList) + ">");
  TextPieces pieces;
  pieces.reserve(page->instances.size() + 2);
  pieces.push_back(open);
  for (const ShownInstance& shown : page->instances)
    pieces.push_back(TextOf(sim, shown));
  std::string close = "</" + std::string(kList) + ">";
  if (!page->marker.empty()) {
    close += Encoded(kMarker, *model::FindMember(*call.operation->output, kMarker)->shape, std::move(page->marker));
  }
  pieces.push_back(ShareText(std::move(close)));
  return pieces;
}

}  // namespace rdsteady::local
