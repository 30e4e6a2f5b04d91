// The reference documentation, made from the tables: a page a kind, the statuses, the rules, and what is not known of
// the effects of changes. Pure: the same tables give the same pages, byte for byte. A test holds docs/reference to
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/kinds/kind.h"

namespace rdsteady::report {

struct ReferencePage {
  std::string file;  // DBInstance.md
  std::string text;
};
[[nodiscard]] std::vector<ReferencePage> ReferencePages();

// A cell of the table of effects that AWS's reference does not fill.
struct UncertainCell {
  const model::Kind* kind = nullptr;
  const model::DisruptionRow* row = nullptr;  // nullptr: the property has no row at all
  std::string_view property;
  std::string_view cell;  // disruption, when, reversible
  bool is_known = false;  // true: expected, from what the reference implies or from elsewhere; false: unknown
  std::string reason;
};
[[nodiscard]] std::vector<UncertainCell> UncertainCells();

// The worst that a change of the property may do, by engine: "outage (db2), else restart". Rows that RDS declines, and
// those that wait for a reboot, do nothing by themselves.
[[nodiscard]] std::string WorstDisruption(const model::Kind& kind, std::string_view property);

}  // namespace rdsteady::report
