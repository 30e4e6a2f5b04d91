#include <algorithm>
#include <array>
#include <iterator>

#include "model/kinds/db_instance_disruption_other.h"
#include "model/kinds/db_instance_disruption_storage.h"
#include "model/kinds/db_instance_disruption_version.h"
#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

using namespace db_instance;  // NOLINT(google-build-using-namespace): the kind's own parts

constexpr auto kRows = [] {
  std::array<DisruptionRow, std::size(kStorageDisruption) + std::size(kVersionDisruption) + std::size(kOtherDisruption)>
      rows{};
  auto at = std::ranges::copy(kStorageDisruption, rows.begin()).out;
  at = std::ranges::copy(kVersionDisruption, at).out;
  std::ranges::copy(kOtherDisruption, at);
  return rows;
}();

}  // namespace

std::span<const DisruptionRow> DBInstanceDisruption() {
  return kRows;
}

}  // namespace rdsteady::model
