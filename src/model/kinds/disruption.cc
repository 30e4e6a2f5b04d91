#include "model/kinds/disruption.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/sight.h"

namespace rdsteady::model {
namespace {

Maybe Both(Maybe a, Maybe b) {
  if (a == Maybe::kNo || b == Maybe::kNo) return Maybe::kNo;
  return a == Maybe::kYes ? b : a;
}

Maybe Certainly(bool holds) {
  return holds ? Maybe::kYes : Maybe::kNo;
}

// "oracle" names every edition; "custom-oracle" is an engine of its own, as aurora is.
Maybe MatchesEngine(std::string_view engines, const std::string& engine) {
  if (engines == "all") return Maybe::kYes;
  if (engine.empty()) return Maybe::kMaybe;
  return Certainly(std::ranges::any_of(Split(engines, ' '), [&engine](std::string_view family) {
    return engine == family || engine.starts_with(std::string(family) + "-");
  }));
}

// Two zones as they are now: what the change makes of them is the row's own matter.
Maybe MatchesDeployment(std::string_view deployment, const Sight& sight) {
  if (deployment == "any") return Maybe::kYes;
  if (!Exists(sight)) return Maybe::kMaybe;
  const bool is_multi = IsTrue(LiveOf(sight, "MultiAZ"));
  return Certainly(deployment == "multi-az" ? is_multi : !is_multi);
}

std::string NoteOf(const DisruptionRow& row, Maybe holds) {
  if (holds == Maybe::kYes) return std::string(row.note);
  return row.note.empty() ? fmt::format("possibly {}, if {}", ToString(row.disruption), row.condition)
                          : fmt::format("possibly {}, if {}: {}", ToString(row.disruption), row.condition, row.note);
}

class Tally {
 public:
  void Add(const DisruptionRow& row, Maybe holds, Maybe destroys) {
    if (row.refused) {
      if (holds == Maybe::kYes) {
        cost_.refused = fmt::format("{}: {}", row.condition, row.note);
      } else {
        cost_.notes.push_back(fmt::format("refused if {}: {}", row.condition, row.note));
      }
      counted_ = true;
      return;
    }
    Weigh(row, holds);
    counted_ = true;
    cost_.storage_optimization = std::max(cost_.storage_optimization, Both(row.storage_optimization, holds), LessMaybe);
    all_irreversible_ = all_irreversible_ && row.reversible == Reversible::kNo;
    // What is only possible can be called neither irreversible nor reversible, unless all possibilities agree.
    const bool is_open = row.reversible == Reversible::kNo && holds == Maybe::kMaybe;
    reversible_ = Worse(reversible_, is_open ? Reversible::kUnknown : row.reversible);
    if (row.destroys != Destroys::kNothing) AddLoss(row, Both(holds, destroys));
    if (std::string note = NoteOf(row, holds); !note.empty()) cost_.notes.push_back(std::move(note));
  }

  Cost Total() && {
    if (!counted_) {
      cost_.confirmed = false;
      cost_.notes.emplace_back("what this change does is not documented");
      return std::move(cost_);
    }
    cost_.disruption = worst_ == nullptr ? Disruption::kNone : worst_->disruption;
    cost_.when = worst_ == nullptr ? ActsWhen::kNotApplicable : worst_->when;
    if (waits_for_reboot_ && cost_.disruption == Disruption::kNone) cost_.when = ActsWhen::kNextReboot;
    if (any_row_) cost_.reversible = all_irreversible_ ? Reversible::kNo : reversible_;
    cost_.confirmed = worst_ == nullptr || worst_->confidence == Confidence::kGuide;
    return std::move(cost_);
  }

 private:
  static bool LessMaybe(Maybe a, Maybe b) { return Order(a) < Order(b); }
  static int Order(Maybe maybe) { return maybe == Maybe::kNo ? 0 : maybe == Maybe::kMaybe ? 1 : 2; }
  static Reversible Worse(Reversible a, Reversible b) {
    const auto order = [](Reversible r) { return r == Reversible::kYes ? 0 : r == Reversible::kUnknown ? 1 : 2; };
    return order(a) < order(b) ? b : a;
  }

  // What waits for a reboot disturbs nobody by itself: the reboot has a cost of its own.
  void Weigh(const DisruptionRow& row, Maybe holds) {
    any_row_ = true;
    if (row.when == ActsWhen::kNextReboot) {
      waits_for_reboot_ = waits_for_reboot_ || holds == Maybe::kYes;
      return;
    }
    const bool is_worse = worst_ == nullptr || Weight(row.disruption) > Weight(worst_->disruption) ||
                          (row.disruption == Disruption::kOutage && worst_->disruption == Disruption::kUnknown);
    if (is_worse) worst_ = &row;
  }

  void AddLoss(const DisruptionRow& row, Maybe certain) {
    const std::string_view what = row.destroys == Destroys::kOther ? row.destroys_what : ToString(row.destroys);
    if (certain == Maybe::kYes) {
      if (row.destroys != Destroys::kOther) cost_.destroys = row.destroys;
      cost_.notes.push_back(fmt::format("gives up: {}", what));
    } else if (certain == Maybe::kMaybe) {
      cost_.notes.push_back(fmt::format("may give up: {}", what));
    }
  }

  Cost cost_;
  const DisruptionRow* worst_ = nullptr;
  Reversible reversible_ = Reversible::kYes;
  bool all_irreversible_ = true;
  bool waits_for_reboot_ = false;
  bool any_row_ = false;  // that is not a refusal
  bool counted_ = false;
};

}  // namespace

int Weight(Disruption disruption) {
  switch (disruption) {
    case Disruption::kNone: return 0;
    case Disruption::kDegraded: return 1;
    case Disruption::kFailover: return 2;
    case Disruption::kRestart: return 3;
    case Disruption::kOutage:
    case Disruption::kUnknown: return 4;
  }
  return 4;
}

namespace {

void AddRows(const Kind& kind, std::string_view property, const Sight& sight, const Value& from, const Value& to,
             Tally& tally) {
  const std::string engine = sight.Engine();
  for (const DisruptionRow& row : DisruptionRows(kind, property)) {
    Maybe holds = Both(MatchesEngine(row.engines, engine), MatchesDeployment(row.deployment, sight));
    if (holds != Maybe::kNo && row.applies != nullptr) holds = Both(holds, row.applies(sight, from, to));
    if (holds == Maybe::kNo) continue;
    tally.Add(row, holds, row.destroys_if == nullptr ? Maybe::kYes : row.destroys_if(sight, from, to));
  }
}

}  // namespace

Cost CostOf(const Kind& kind, std::string_view property, const Sight& sight, const Value& from, const Value& to) {
  Tally tally;
  AddRows(kind, property, sight, from, to, tally);
  // A modifier has no change of its own: what it does belongs to the change that it travels with.
  const Property* row = FindProperty(kind, property);
  for (const Companion& companion : row == nullptr ? std::span<const Companion>() : row->companions) {
    const Property* modifier = FindProperty(kind, companion.property);
    const bool rides = modifier->update == Update::kModifier && IsStated(sight, companion.property) &&
                       (companion.needed == nullptr || companion.needed(sight));
    if (rides) AddRows(kind, companion.property, sight, Value(), StatedOf(sight, companion.property), tally);
  }
  return std::move(tally).Total();
}

}  // namespace rdsteady::model
