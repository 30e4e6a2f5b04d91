// Why a plan is as it is: the decisions of a resource, as JSON and as text rendered from it. Pure; secrets are
// references or masked.
#pragma once

#include <string>

#include "plan/plan.h"
#include "rdsteady/value.h"
#include "report/words.h"

namespace rdsteady::report {

// One a stated property, or key of a map: {"property", "verdict", "desired", "live", "scheduled", "rule", "reason",
// "compared", "sent_by"}; "rule" where a named one decided, "sent_by" where a call carries it.
[[nodiscard]] List DecisionsToJson(const plan::ResourcePlan& resource);

// AllocatedStorage: differs, sent by ModifyDBInstance
//     stated 50; live 20
//     differs; compared as a floor ...
//
// `creating`: nothing is compared, because there is nothing yet.
[[nodiscard]] std::string DecisionsText(const List& decisions, bool creating, const TextStyle& style = {});

}  // namespace rdsteady::report
