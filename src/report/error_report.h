// Errors for people and for programs. Pure; an Error holds no secret, and neither does what is made of it.
#pragma once

#include <string>

#include "rdsteady/error.h"
#include "rdsteady/value.h"
#include "report/words.h"

namespace rdsteady::report {

// {"category", "message", "hint", "resource", "operation", "code", "request_id", "http_status", "outcome_unknown",
// "context"}; members that say nothing are left out.
[[nodiscard]] Value ErrorToJson(const Error& error);

// error: DBInstance/orders: ModifyDBInstance: storage cannot shrink
//   while reading DBInstance/orders
//   code InvalidParameterValue, HTTP 400, request id 4f0c...
//   hint: raise AllocatedStorage
[[nodiscard]] std::string ErrorText(const Value& error, const TextStyle& style = {});

}  // namespace rdsteady::report
