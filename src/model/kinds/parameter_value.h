// Values of database parameters, as RDS normalises them. Pure.
#pragma once

#include "rdsteady/value.h"

namespace rdsteady::model {

// Whether the parameter is as asked for. `item` is its structure in the answer (AllowedValues, DataType, Source), null
// when the answer has no such parameter; a null `want` asks for the engine's own value.
//
// Values are compared trimmed; switches without case and with on, true, yes and 1 alike; numbers as numbers.
[[nodiscard]] bool ParameterReached(const Value& want, const Value& have, const Value& item);

}  // namespace rdsteady::model
