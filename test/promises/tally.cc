#include "tally.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/compare.h"

namespace rdsteady::promises {
namespace {

using model::Update;

constexpr std::size_t kTries = 20;  // after so many refusals the service is believed
constexpr std::string_view kNames[kStates] = {"stated", "differed", "pending", "left out"};

std::string NameOf(const model::Kind& kind, const model::Property& row) {
  return fmt::format("{}.{}", kind.name, row.name);
}

bool Concerns(const plan::Decision& decision, std::string_view property) {
  return decision.property == property ||
         (decision.property.starts_with(property) && decision.property[property.size()] == '.');
}

}  // namespace

void Tally::Count(const ResourceWorld& resource, const plan::ResourcePlan& plan, const Value& live) {
  for (const model::Property& row : resource.kind->properties) {
    Row& seen = rows_[NameOf(*resource.kind, row)];
    const auto count = [&](State state, bool is) { seen.counts[static_cast<std::size_t>(state)] += is ? 1U : 0U; };
    const bool stated = row.update == Update::kKey || resource.stated.contains(row.name);
    count(State::kStated, stated);
    count(State::kLeftOut, !stated);
    count(State::kPending, model::ReadPending(row, live).has_value());
    count(State::kDiffered, resource.exists && std::ranges::any_of(plan.decisions, [&](const plan::Decision& d) {
                              if (!Concerns(d, row.name)) return false;
                              // Of what is fixed at birth only another value counts, and that it is refused.
                              if (row.update == Update::kImmutable)
                                return d.verdict == plan::Verdict::kRefused && !d.live.IsNull();
                              return d.verdict == plan::Verdict::kDiffers || d.verdict == plan::Verdict::kRefused;
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

void Tally::Count(const std::set<std::string_view>& ingredients) {
  for (const std::string_view ingredient : ingredients)
    ++ingredients_[std::string(ingredient)];
}

void Tally::CountWorld(bool broken) {
  ++worlds_;
  broken_ += broken ? 1U : 0U;
}

Value Tally::Save() const {
  const auto counts_of = [](const auto& map) {
    Properties counts;
    for (const auto& [name, count] : map)
      counts.emplace(name, static_cast<std::int64_t>(count));
    return counts;
  };
  Properties rows;
  for (const auto& [name, row] : rows_) {
    List counts;
    for (const std::size_t count : row.counts)
      counts.emplace_back(static_cast<std::int64_t>(count));
    rows.emplace(name, Properties{{"counts", std::move(counts)},
                                  {"refused", static_cast<std::int64_t>(row.refused)},
                                  {"refusal", row.refusal}});
  }
  return Properties{{"worlds", static_cast<std::int64_t>(worlds_)},
                    {"broken", static_cast<std::int64_t>(broken_)},
                    {"rows", std::move(rows)},
                    {"ingredients", counts_of(ingredients_)},
                    {"results", counts_of(results_)}};
}

void Tally::Add(const Value& saved) {
  const auto number = [](const Value& value) { return static_cast<std::size_t>(value.As<std::int64_t>()); };
  worlds_ += number(*saved.Find("worlds"));
  broken_ += number(*saved.Find("broken"));
  for (const auto& [name, count] : saved.Find("ingredients")->As<Properties>())
    ingredients_[name] += number(count);
  for (const auto& [name, count] : saved.Find("results")->As<Properties>())
    results_[name] += number(count);
  for (const auto& [name, saved_row] : saved.Find("rows")->As<Properties>()) {
    Row& row = rows_[name];
    const List& counts = saved_row.Find("counts")->As<List>();
    for (std::size_t i = 0; i < kStates; ++i)
      row.counts[i] += number(counts[i]);
    row.refused += number(*saved_row.Find("refused"));
    if (const std::string& refusal = saved_row.Find("refusal")->As<std::string>(); !refusal.empty())
      row.refusal = refusal;
  }
}

std::optional<std::string> Tally::WhyNot(const model::Kind& kind, const model::Property& row, const Row& seen,
                                         State state) const {
  if (auto never = WhyNever(kind, row, state)) return never;
  const bool declined = seen.refused >= kTries && seen.counts[static_cast<std::size_t>(state)] == 0;
  if (declined && (state == State::kPending || state == State::kDiffered))
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
  text += "\n";
  for (const std::string_view ingredient : kIngredients) {
    const auto found = ingredients_.find(ingredient);
    text += fmt::format("{:>7} worlds with {}\n", found == ingredients_.end() ? 0 : found->second, ingredient);
  }
  text += "\n";
  for (const auto& [result, count] : results_)
    text += fmt::format("{:>7} resources {}\n", count, result);
  return text + fmt::format("\n{} worlds, {} of them broken\n", worlds_, broken_);
}

std::vector<std::string> Tally::Missing() const {
  const std::size_t at_least = worlds_ / kOneIn;
  std::vector<std::string> missing;
  for (const std::string_view ingredient : kIngredients) {
    const auto found = ingredients_.find(ingredient);
    const std::size_t count = found == ingredients_.end() ? 0 : found->second;
    if (count < worlds_ / kIngredientOneIn) {
      missing.push_back(
          fmt::format("{}: in {} worlds, and should be in at least {}", ingredient, count, worlds_ / kIngredientOneIn));
    }
  }
  for (const model::Kind* kind : model::Kinds()) {
    for (const model::Property& row : kind->properties) {
      const auto found = rows_.find(NameOf(*kind, row));
      const Row seen = found == rows_.end() ? Row{} : found->second;
      for (std::size_t i = 0; i < kStates; ++i) {
        if (seen.counts[i] >= at_least || WhyNot(*kind, row, seen, static_cast<State>(i))) continue;
        missing.push_back(fmt::format("{} was {} {} times, and should be at least {}", NameOf(*kind, row), kNames[i],
                                      seen.counts[i], at_least));
      }
    }
  }
  return missing;
}

}  // namespace rdsteady::promises
