// IAM policies as documents that can be attached as they stand, and the reason of every statement beside them, because
// a policy document has no place for one. Pure.
#pragma once

#include <string>

#include "plan/permissions.h"
#include "rdsteady/value.h"
#include "report/words.h"

namespace rdsteady::report {

// {"plan": DOCUMENT, "apply": DOCUMENT}: two policies.
[[nodiscard]] Value PoliciesToJson(const plan::Permissions& permissions);

// {"format_version": 1, "type": "iam", "plan": DOCUMENT, "apply": DOCUMENT, "reasons": [...], "notes": [...]}
// A reason: {"policy": "plan|apply", "sid", "action", "reason", "confirmed"}.
[[nodiscard]] Value IamToJson(const plan::Permissions& permissions);

// The reasons of the apply policy, which holds the plan's, statement by statement; and the notes.
[[nodiscard]] std::string IamText(const Value& iam, const TextStyle& style = {});

}  // namespace rdsteady::report
