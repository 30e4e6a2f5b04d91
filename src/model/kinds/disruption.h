// What a change costs, from the disruption rows: every row that may hold counts, and the worst is the forecast.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/kinds/kind.h"

namespace rdsteady::model {

struct Cost {
  Disruption disruption = Disruption::kUnknown;
  Maybe storage_optimization = Maybe::kNo;
  ActsWhen when = ActsWhen::kUnknown;
  Reversible reversible = Reversible::kUnknown;
  Destroys destroys = Destroys::kNothing;  // for certain; possible and lesser losses (a standby, an old name) are notes
  bool confirmed = true;                   // false when the rows that decided are not confirmed by AWS's reference
  std::string refused{};                   // not empty: RDS declines this change, and why
  std::vector<std::string> notes{};
};

// `from` and `to` as compared; of a map's key, `from` is the live item (the structure that the answer lists). A
// property without rows has an unknown cost.
[[nodiscard]] Cost CostOf(const Kind& kind, std::string_view property, const Sight& sight, const Value& from,
                          const Value& to);

// Unknown weighs as an outage.
[[nodiscard]] int Weight(Disruption disruption);

}  // namespace rdsteady::model
