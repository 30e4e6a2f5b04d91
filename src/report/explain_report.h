// What the tables say of a kind, a property, a setting or a rule, as JSON and as text rendered from it. Pure, and no
// property is known by name here: a new row is explained as soon as it is there.
#pragma once

#include <string>
#include <string_view>

#include "model/kinds/kind.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"
#include "report/words.h"

namespace rdsteady::report {

// "DBInstance", "DBInstance.StorageType", "DBParameterGroup.Parameters.max_connections", "StorageType" where one kind
// alone has it, a setting that RDS executes ("DBInstance.power"), the spelling of a call ("DBPortNumber"), or a rule
// ("GROW-ONLY"); all without case. Errors: kUsage, with what was probably meant.
//
// {"format_version": 1, "type": "explanation", "subject": "kind|property|setting|rule", ...}
[[nodiscard]] Result<Value> Explain(std::string_view subject);

[[nodiscard]] std::string ExplanationText(const Value& explanation, const TextStyle& style = {});

// The explanation of one row. `property` is a row's name, or a setting's.
[[nodiscard]] Value PropertyToJson(const model::Kind& kind, const model::Property& property);
[[nodiscard]] Value SettingToJson(const model::Kind& kind, std::string_view setting);

// "in the maintenance window: failover; reversible": one row of costs, from its JSON.
[[nodiscard]] std::string EffectText(const Value& effect);

// Names that are no property of the kind but have operations or costs of their own (power, reboot), sorted.
[[nodiscard]] std::vector<std::string_view> SettingsOf(const model::Kind& kind);

}  // namespace rdsteady::report
