// Value <-> JSON text. Secrets are written as {"secret": "env NAME"}: JSON that leaves the program never holds one.
#pragma once

#include <string>
#include <string_view>

#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady {

struct JsonStyle {
  bool pretty = false;  // two spaces, sorted keys either way
};

[[nodiscard]] std::string ToJson(const Value& value, JsonStyle style = {});
// Integers become integers, other numbers doubles. Errors: kUsage with line and column.
[[nodiscard]] Result<Value> ParseJson(std::string_view text);
// The text as a JSON string with its quotes; invalid UTF-8 is replaced by U+FFFD.
[[nodiscard]] std::string JsonQuote(std::string_view text);

}  // namespace rdsteady
