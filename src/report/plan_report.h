// The plan as JSON and as text. The text is rendered from the JSON's structure, so the two cannot disagree. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "plan/plan.h"
#include "rdsteady/value.h"
#include "report/words.h"

namespace rdsteady::report {

// {"format_version": 1, "type": "plan", "region", "account", "endpoint", "when", "resources": [...], "approvals":
// [...],
//  "counts": {"create", "update", "scheduled", "refused", "unchanged", "calls"}}
//
// With Detail::kDecisions every resource carries "decisions" too (decision_report.h), and the text shows them.
//
// A resource: {"resource", "kind", "name", "fate"} and, where there are any, "steps", "refusals", "scheduled", "notes",
// "depends_on", "next_window". A step: {"action", "operation", "parameters", "apply_immediately", "flushes",
// "changes"}. A change: {"id", "property", "from", "to", "where", "forecast"}. Secrets are references.
enum class Detail : std::uint8_t { kSteps, kDecisions };
[[nodiscard]] Value PlanToJson(const plan::Plan& plan, std::span<const plan::ApprovalNeed> approvals = {},
                               Detail detail = Detail::kSteps);

// Every resource that is not unchanged, the approvals that are needed, and the summary.
[[nodiscard]] std::string PlanText(const Value& plan, const TextStyle& style = {});

// "2 to create, 1 to update, 1 refused, 3 unchanged; 4 calls", or "nothing to do: 4 resources are as stated" (with what
// is scheduled).
[[nodiscard]] std::string PlanSummary(const Value& plan);

// "in the window of 2026-01-04T03:00:00Z; restart; reversible"
[[nodiscard]] std::string ForecastText(const Value& forecast);

// A property's value for a plan's line: text that may hold anything, shortened when long.
[[nodiscard]] std::string Shown(const Value& value);

}  // namespace rdsteady::report
