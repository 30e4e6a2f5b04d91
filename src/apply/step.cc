#include "apply/step.h"

#include <algorithm>

namespace rdsteady::apply {

std::string Signature(const plan::Step& step) {
  std::string signature(step.operation.view());
  for (const plan::Change& change : step.changes)
    signature += " " + change.property + "=" + ToDisplay(change.to);
  return signature;
}

bool IsOpen(const plan::Change& change, const plan::Step& sent, const plan::ResourcePlan& rest) {
  const bool by_operation = sent.action == plan::Action::kOperation;
  return std::ranges::any_of(rest.steps, [&](const plan::Step& step) {
    if ((step.action == plan::Action::kOperation) != by_operation) return false;
    if (by_operation && step.operation != sent.operation) return false;
    return std::ranges::any_of(step.changes, [&](const plan::Change& c) {
      if (c.property != change.property) return false;
      return !by_operation || (c.to == change.to && (!c.to.IsNull() || c.from == change.from));
    });
  });
}

bool IsUnreadable(const model::Kind& kind, const std::string& change) {
  const model::Property* property = model::FindProperty(kind, change);
  return property != nullptr && property->update == model::Update::kWriteOnly;
}

}  // namespace rdsteady::apply
