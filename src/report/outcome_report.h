// What a run came to, as JSON and as text rendered from it. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "apply/apply.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"
#include "report/words.h"

namespace rdsteady::report {

// {"format_version": 1, "type": "outcome", "resources": [...], "mutating_calls": [...], "counts": {...}, "errors":
// [...]} `errors` are those of the run that belong to no resource. A resource that is not unchanged carries "live" as
// last read; "status" and "endpoint" ("host:port") are picked from it when it has them.
[[nodiscard]] Value OutcomeToJson(const apply::ApplyOutcome& outcome, std::span<const Error> errors = {});

// One line a resource that is not unchanged, errors below it, and the summary:
//   created    DBInstance/orders: available at 127.81.4.2:5432
//   1 created, 3 unchanged; mutating calls: 1
[[nodiscard]] std::string OutcomeText(const Value& outcome, const TextStyle& style = {});

// "nothing to do: 4 resources are as stated; mutating calls: 0"
[[nodiscard]] std::string OutcomeSummary(const Value& outcome);

// {"format_version": 1, "type": "error", "errors": [...]}: what a command answers with --json when it could not run.
[[nodiscard]] Value ErrorsToJson(std::span<const Error> errors);

}  // namespace rdsteady::report
