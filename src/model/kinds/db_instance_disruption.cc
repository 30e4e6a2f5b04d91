#include "model/kinds/tables.h"
namespace rdsteady::model {
std::span<const DisruptionRow> DBInstanceDisruption() {
  return {};
}
}  // namespace rdsteady::model
