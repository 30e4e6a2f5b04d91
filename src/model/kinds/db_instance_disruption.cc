#include <algorithm>
#include <array>
#include <iterator>

#include "model/kinds/db_instance_disruption_other.h"
#include "model/kinds/db_instance_disruption_storage.h"
#include "model/kinds/db_instance_disruption_version.h"
#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

constexpr auto kRows = [] {
  std::array<DisruptionRow, std::size(db_instance::kStorageDisruption) + std::size(db_instance::kVersionDisruption) +
                                std::size(db_instance::kOtherDisruption)>
      rows{};
  auto at = std::ranges::copy(db_instance::kStorageDisruption, rows.begin()).out;
  at = std::ranges::copy(db_instance::kVersionDisruption, at).out;
  std::ranges::copy(db_instance::kOtherDisruption, at);
  return rows;
}();

}  // namespace

std::span<const DisruptionRow> DBInstanceDisruption() {
  return kRows;
}

}  // namespace rdsteady::model
