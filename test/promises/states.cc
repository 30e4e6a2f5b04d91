#include "states.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/compare.h"

namespace rdsteady::promises {
namespace {

using model::Update;

bool IsAlwaysRequired(const model::Kind& kind, const model::Property& row) {
  return std::ranges::all_of(kind.births, [&](const model::Birth& birth) {
    const auto& members = model::FindOperation(birth.operation.view())->input->members;
    return std::ranges::any_of(members, [&](const model::Member& m) { return m.name == row.name && m.required; });
  });
}

Value In(const Properties& choice, std::string_view name) {
  const Value* value = Find(choice, name);
  return value == nullptr ? Value() : *value;
}

bool IsSame(const model::Property& row, const Properties& choice, const Value& has) {
  const Value nothing;
  const model::Sight sight{.desired = choice, .live = nothing};
  const Value wanted = In(choice, row.name);
  return has == wanted || (row.compare != model::Compare::kNever && model::Reached(row, sight, wanted, has));
}

bool WaitsForWindow(const model::Property& row) {
  return row.timing == model::Timing::kDeferrable || row.timing == model::Timing::kDependsOnValue;
}

// What only few worlds would show by themselves.
bool IsRareByItself(const model::Property& row, State state, bool in_place, std::size_t flavours) {
  return state == State::kPending || row.update == Update::kImmutable || !in_place || flavours <= 2;
}

bool HasWayInPlace(const Bundle& bundle, const std::vector<Way>& ways) {
  return std::ranges::any_of(
      ways, [&](const Way& way) { return way.from && way.to < bundle.Possible() && bundle.may(*way.from, way.to); });
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

std::vector<Way> WaysTo(const model::Kind& kind, const Bundle& bundle, const model::Property& row, State state,
                        bool in_flight) {
  std::vector<Way> in_place;
  std::vector<Way> refused;
  // What waits for no window is pending only while it is on its way.
  if (state == State::kPending && !in_flight && !WaitsForWindow(row)) return {};
  const std::size_t count = state == State::kPending ? bundle.Possible() : bundle.choices.size();
  for (std::size_t to = 0; to < count; ++to) {
    const Value wanted = In(bundle.choices[to], row.name);
    if (!bundle.has_prior && state == State::kDiffered) {
      const Value counts_as = row.absent_equals.empty() ? Value() : Value(row.absent_equals);
      if (!row.live.empty() && row.update != Update::kImmutable && !wanted.IsNull() && wanted != counts_as)
        refused.push_back({std::nullopt, to});
      continue;
    }
    for (std::size_t from = 0; bundle.has_prior && from < bundle.Possible(); ++from) {
      const Value has = In(bundle.choices[from], row.name);
      if (!bundle.choices[to].contains(row.name) || IsSame(row, bundle.choices[to], has)) continue;
      const bool may = to < bundle.Possible() && bundle.may(from, to);
      if (state == State::kPending) {
        Properties change;
        AddDifferent(bundle.choices[to], bundle.choices[from], change);
        if (may && CanBeQueued(kind, change, in_flight)) in_place.push_back({from, to});
      } else if (may) {
        in_place.push_back({from, to});
      } else if (!has.IsNull() || row.update != Update::kImmutable) {
        refused.push_back({from, to});
      }
    }
  }
  return in_place.empty() || row.update == Update::kImmutable ? refused : in_place;
}

const std::vector<Focus>& Foci() {
  static const std::vector<Focus> kFoci = [] {
    std::vector<Focus> all;
    for (const model::Kind* kind : model::Kinds()) {
      for (const model::Property& row : kind->properties) {
        for (const State state : {State::kDiffered, State::kPending}) {
          if (WhyNever(*kind, row, state)) continue;
          Focus focus{.kind = kind, .row = &row, .state = state};
          bool in_place = false;
          for (const Flavour& flavour : Flavours()) {
            for (const Bundle& bundle : BundlesOf(*kind, flavour)) {
              std::vector<Way> ways = WaysTo(*kind, bundle, row, state, false);
              if (ways.empty()) ways = WaysTo(*kind, bundle, row, state, true);
              if (ways.empty()) continue;
              in_place |= HasWayInPlace(bundle, ways);
              focus.flavours.push_back(&flavour);
              break;
            }
          }
          if (focus.flavours.empty() || !IsRareByItself(row, state, in_place, focus.flavours.size())) continue;
          // The rarest of these twice: what is refused, what is pending for a moment, and what few flavours know.
          const bool passes = state == State::kPending && !WaitsForWindow(row);
          if (row.update == Update::kImmutable || passes || focus.flavours.size() <= 4) all.push_back(focus);
          all.push_back(std::move(focus));
        }
      }
    }
    return all;
  }();
  return kFoci;
}

void AddDifferent(const Properties& choice, const Properties& other, Properties& stated) {
  for (const auto& [name, value] : choice) {
    const Value* have = Find(other, name);
    if ((have == nullptr && !value.IsNull()) || (have != nullptr && *have != value)) stated.emplace(name, value);
  }
}

bool CanBeQueued(const model::Kind& kind, const Properties& change, bool in_flight) {
  return std::ranges::all_of(change, [&](const auto& member) {
    const model::Property& row = *model::FindProperty(kind, member.first);
    if (row.update == Update::kModifier) return true;
    const bool seen = !row.pending.empty() || !row.pending_elsewhere.empty();
    const bool waits = row.timing == model::Timing::kDeferrable;
    return row.update != Update::kOperation && row.timing != model::Timing::kOnlyNow && (seen || !(waits || in_flight));
  });
}

}  // namespace rdsteady::promises
