// The pretended KMS: every account and region has the keys that AWS manages for RDS and Secrets Manager, and a key of
// the customer's comes into being when something is created with it; it is known for as long as something uses it.
#pragma once

#include <string>
#include <string_view>

#include "local/sim/faults.h"
#include "local/sim/machine.h"

namespace rdsteady::local::sim {

// A key ARN for whatever names a key: ARN, key id, alias. An alias has its key for ever.
[[nodiscard]] std::string KeyArn(const Machine& machine, const Scope& scope, std::string_view key);

// KMS's DescribeKey: {"KeyMetadata": {...}}, as its JSON has it. Faults: NotFoundException, ValidationException.
[[nodiscard]] Checked<Properties> DescribeKey(const Machine& machine, const Scope& scope, const Properties& input);

}  // namespace rdsteady::local::sim
