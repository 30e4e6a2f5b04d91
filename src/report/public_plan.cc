// The public Plan's renderings: declared with the handle, defined where rendering is.
#include "api/handles.h"
#include "base/json.h"
#include "report/plan_report.h"

namespace rdsteady {
namespace {

Value JsonOf(const api::Planned& planned) {
  return report::PlanToJson(planned.plan, plan::ApprovalsNeeded(planned.plan, planned.options));
}

}  // namespace

std::string Plan::ToText() const {
  return report::PlanText(JsonOf(content_->planned));
}
std::string Plan::ToJson() const {
  return rdsteady::ToJson(JsonOf(content_->planned), {.pretty = true});
}

}  // namespace rdsteady
