#include "plan/policy.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/disruption.h"

namespace rdsteady::plan {
namespace {

// The kind whose properties an allow-list may name without their kind: that of the scripts it is carried over from.
constexpr std::string_view kBareKind = "DBInstance";

struct AllowList {
  const std::vector<std::string>* names;
  std::string rule;
  SourceSpan where;
};

}  // namespace

bool AllowListNames(std::string_view entry, std::string_view kind, std::string_view property, std::string_view key) {
  const std::string full = fmt::format("{}.{}", kind, property);
  if (entry == full || (kind == kBareKind && entry == property)) return true;
  return !key.empty() && (entry == fmt::format("{}.{}", full, key) ||
                          (kind == kBareKind && entry == fmt::format("{}.{}", property, key)));
}

void ApplyAllowLists(const manifest::DesiredResource& desired, const manifest::Policy& policy, const Options& options,
                     std::vector<Difference>& differences, ResourcePlan& out) {
  std::vector<AllowList> lists;
  if (policy.updatable) lists.push_back({&*policy.updatable, "policy.updatable", policy.where_updatable});
  if (options.allow_update) lists.push_back({&*options.allow_update, "--allow-update", {}});
  std::erase_if(differences, [&](const Difference& difference) {
    for (const AllowList& list : lists) {
      const bool allowed = std::ranges::any_of(*list.names, [&](const std::string& entry) {
        return AllowListNames(entry, desired.kind->name, difference.property->name, difference.key);
      });
      if (allowed) continue;
      if (policy.others == manifest::Policy::Others::kReport) {
        out.notes.push_back(
            fmt::format("{} differs and is left as it is: {} does not list it", difference.Name(), list.rule));
      } else {
        const std::string at = list.where.file == nullptr
                                   ? std::string()
                                   : fmt::format(" ({}:{})", list.where.file->path, list.where.line);
        out.refusals.push_back(
            {list.rule, difference.Name(),
             fmt::format("{} may not be changed: {}{} does not list it", difference.Name(), list.rule, at),
             "add it there, or state the live value", difference.where});
      }
      return true;
    }
    return false;
  });
}

void ApplyMaxDisruption(const manifest::Policy& policy, const Options& options, ResourcePlan& out) {
  const auto judge = [&](std::optional<model::Disruption> limit, std::string_view rule) {
    if (!limit) return;
    for (const Step& step : out.steps) {
      for (const Change& change : step.changes) {
        if (model::Weight(change.forecast.disruption) <= model::Weight(*limit)) continue;
        out.refusals.push_back({std::string(rule), change.property,
                                fmt::format("{} would cause: {}; {} allows at most {}", change.property,
                                            model::ToString(change.forecast.disruption), rule, model::ToString(*limit)),
                                "leave it for an agreed time, or raise the limit", change.where});
      }
    }
  };
  judge(policy.max_disruption, "policy.max_disruption");
  judge(options.max_disruption, "--max-disruption");
}

}  // namespace rdsteady::plan
