#include "tally.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/compare.h"

namespace rdsteady::promises {
namespace {

using model::Update;

constexpr std::string_view kNames[kStates] = {"stated", "differed", "pending", "left out"};

std::string NameOf(const model::Kind& kind, const model::Property& row) {
  return fmt::format("{}.{}", kind.name, row.name);
}

// What the local RDS does not show. An entry that is shown after all has to go.
struct Gap {
  std::string_view property;
  State state;
  std::string_view why;
};
constexpr Gap kGaps[] = {
    {"DBInstance.AdditionalStorageVolumes", State::kPending, "the local RDS takes volumes and does not report them"},
};

bool IsAlwaysRequired(const model::Kind& kind, const model::Property& row) {
  return std::ranges::all_of(kind.births, [&](const model::Birth& birth) {
    const auto& members = model::FindOperation(birth.operation.view())->input->members;
    return std::ranges::any_of(members, [&](const model::Member& m) { return m.name == row.name && m.required; });
  });
}

bool Concerns(const plan::Decision& decision, std::string_view property) {
  return decision.property == property ||
         (decision.property.starts_with(property) && decision.property[property.size()] == '.');
}

}  // namespace

std::optional<std::string> WhyNever(const model::Kind& kind, const model::Property& row, State state) {
  switch (state) {
    case State::kStated:
      if (row.update == Update::kRefused) return fmt::format("an error when stated: {}", row.note);
      if (row.update == Update::kServiceOwned) return "the service's own, an error when stated";
      return std::nullopt;
    case State::kDiffered:
      if (auto never = WhyNever(kind, row, State::kStated)) return never;
      if (row.update == Update::kKey) return "the identity: another name is another resource";
      if (row.update == Update::kModifier) return "a modifier: causes no change";
      if (row.update == Update::kBirth && row.compare == model::Compare::kNever) return "acts at birth only";
      if (row.compare == model::Compare::kNever && row.pending.empty()) return "write-only: cannot be read back";
      return std::nullopt;
    case State::kPending:
      if (row.pending.empty() && row.pending_elsewhere.empty()) return "the answer shows nothing of it as pending";
      if (row.timing == model::Timing::kOnlyNow) return "never waits: RDS demands that it is applied at once";
      return std::nullopt;
    case State::kLeftOut:
      if (row.update == Update::kKey) return "the identity: always stated";
      if (IsAlwaysRequired(kind, row)) return "every birth requires it";
      return std::nullopt;
  }
  return std::nullopt;
}

void Tally::Count(const ResourceWorld& resource, const plan::ResourcePlan& plan, const Value& live) {
  for (const model::Property& row : resource.kind->properties) {
    Row& seen = rows_[NameOf(*resource.kind, row)];
    const auto count = [&](State state, bool is) { seen.counts[static_cast<std::size_t>(state)] += is ? 1U : 0U; };
    const bool stated = row.update == Update::kKey || resource.stated.contains(row.name);
    count(State::kStated, stated);
    count(State::kLeftOut, !stated);
    count(State::kPending, model::ReadPending(row, live).has_value());
    count(State::kDiffered, resource.exists && std::ranges::any_of(plan.decisions, [&](const plan::Decision& d) {
                              return (d.verdict == plan::Verdict::kDiffers || d.verdict == plan::Verdict::kRefused) &&
                                     Concerns(d, row.name);
                            }));
  }
}

void Tally::Count(const std::vector<Refused>& refused) {
  for (const Refused& one : refused) {
    Row& row = rows_[one.property];
    ++row.refused;
    row.refusal = one.message;
  }
}

std::optional<std::string> Tally::WhyNot(const model::Kind& kind, const model::Property& row, const Row& seen,
                                         State state) const {
  if (auto never = WhyNever(kind, row, state)) return never;
  for (const Gap& gap : kGaps) {
    if (gap.property == NameOf(kind, row) && gap.state == state && seen.counts[static_cast<std::size_t>(state)] == 0)
      return std::string(gap.why);
  }
  const bool declined = seen.refused >= kAtLeast && seen.counts[static_cast<std::size_t>(state)] == 0;
  if (declined && state == State::kPending)
    return fmt::format("the service declined all {} tries: {}", seen.refused, seen.refusal);
  return std::nullopt;
}

std::string Tally::Render() const {
  std::string text =
      fmt::format("{:<52}{:>8}{:>10}{:>9}{:>10}\n", "property", kNames[0], kNames[1], kNames[2], kNames[3]);
  for (const model::Kind* kind : model::Kinds()) {
    for (const model::Property& row : kind->properties) {
      const auto found = rows_.find(NameOf(*kind, row));
      const Row seen = found == rows_.end() ? Row{} : found->second;
      text += fmt::format("{:<52}", NameOf(*kind, row));
      std::string reasons;
      constexpr int kWidths[kStates] = {8, 10, 9, 10};
      for (std::size_t i = 0; i < kStates; ++i) {
        const auto why = WhyNot(*kind, row, seen, static_cast<State>(i));
        const bool impossible = why && seen.counts[i] == 0;
        text += impossible ? fmt::format("{:>{}}", "-", kWidths[i]) : fmt::format("{:>{}}", seen.counts[i], kWidths[i]);
        if (impossible) reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", kNames[i], *why);
      }
      text += reasons.empty() ? "\n" : "  " + reasons + "\n";
    }
  }
  return text;
}

std::vector<std::string> Tally::Missing() const {
  std::vector<std::string> missing;
  for (const model::Kind* kind : model::Kinds()) {
    for (const model::Property& row : kind->properties) {
      const auto found = rows_.find(NameOf(*kind, row));
      const Row seen = found == rows_.end() ? Row{} : found->second;
      for (std::size_t i = 0; i < kStates; ++i) {
        if (seen.counts[i] >= kAtLeast || WhyNot(*kind, row, seen, static_cast<State>(i))) continue;
        missing.push_back(fmt::format("{} was {} {} times, and should be at least {}", NameOf(*kind, row), kNames[i],
                                      seen.counts[i], kAtLeast));
      }
    }
  }
  return missing;
}

}  // namespace rdsteady::promises
