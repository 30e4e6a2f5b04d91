// What is, what is scheduled, what differs; never what would be sent. JSON, and text rendered from it. Pure.
#pragma once

#include <string>

#include "plan/plan.h"
#include "rdsteady/value.h"
#include "report/words.h"

namespace rdsteady::report {

// {"format_version": 1, "type": "status", "region", "account", "endpoint", "resources": [...]}
// A resource: {"resource", "exists"} and, where there are any, "status", "endpoint", "differs" (property, stated,
// live), "scheduled", "refused" (property, why), "unknown" (properties that could not be read), "notes".
[[nodiscard]] Value StatusToJson(const plan::Plan& plan, const plan::World& world);

// DBInstance/orders: available at 127.81.4.2:5432
//   differs: AllocatedStorage is 20, stated 50
//   scheduled: DBInstanceClass: db.m6g.xlarge in the window of 2026-01-04T03:00:00Z
// 1 of 4 resources differs
[[nodiscard]] std::string StatusText(const Value& status, const TextStyle& style = {});

}  // namespace rdsteady::report
