#include "model/api/api.h"

#include <algorithm>
#include <functional>

#include "base/diagnostics.h"
#include "model/api/generated/tables.h"

namespace rdsteady::model {

namespace {

// A row of a table that is sorted by `key`, or nullptr.
template <typename Row, typename Key>
const Row* Find(std::span<const Row> rows, std::string_view wanted, Key key) {
  const auto it = std::ranges::lower_bound(rows, wanted, {}, key);
  return it != rows.end() && std::invoke(key, *it) == wanted ? &*it : nullptr;
}

}  // namespace

std::span<const Operation> Operations() {
  return generated::kOperations;
}
std::span<const Shape> Shapes() {
  return generated::kShapes;
}
std::span<const ErrorShape> Errors() {
  return generated::kErrors;
}
std::span<const Waiter> Waiters() {
  return generated::kWaiters;
}

const Operation* FindOperation(std::string_view name) {
  return Find(Operations(), name, &Operation::name);
}
const Shape* FindShape(std::string_view name) {
  return Find(Shapes(), name, &Shape::name);
}
const ErrorShape* FindErrorByCode(std::string_view code) {
  return Find(Errors(), code, &ErrorShape::code);
}
const Waiter* FindWaiter(std::string_view name) {
  return Find(Waiters(), name, &Waiter::name);
}

const ErrorShape* FindErrorByName(std::string_view name) {
  const auto* place = Find(std::span<const std::uint8_t>(generated::kErrorsByName), name,
                           [](std::uint8_t i) { return generated::kErrors[i].name; });
  return place == nullptr ? nullptr : &generated::kErrors[*place];
}

// Members stand in the API's order, which requests and answers mostly follow; the largest structure has 94, and names
// of another length are passed over without being read.
const Member* FindMember(const Shape& structure, std::string_view name) {
  const auto it = std::ranges::find(structure.members, name, &Member::name);
  return it == structure.members.end() ? nullptr : &*it;
}

bool IsMutating(std::string_view operation_name) {
  return !operation_name.starts_with("Describe") && !operation_name.starts_with("List") &&
         !operation_name.starts_with("Download");
}

bool IsSensitiveName(std::string_view member_name) {
  return std::ranges::binary_search(generated::kSensitiveNames, member_name) || LooksSensitive(member_name);
}

}  // namespace rdsteady::model
