// Which parameters a family of parameter groups has, what values they take, and what they come to on an instance.
//
// PostgreSQL's families all have the names of PostgreSQL 15. Families without a list here (oracle, sqlserver, db2)
// take any name: nothing runs for them that could refuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "local/sim/faults.h"
#include "local/sim/formula.h"

namespace rdsteady::local::sim {

enum class ParameterType : std::uint8_t { kInteger, kFloat, kBoolean, kString, kList };

struct ParameterInfo {
  std::string_view name;
  ParameterType type;
  bool is_static;
  bool modifiable;
  std::string_view allowed;   // "0,1", "1-262143", "a,b,c", or empty: anything
  std::string_view standard;  // RDS's own default; empty: the engine's
};

[[nodiscard]] std::span<const ParameterInfo> PostgresParameters();
[[nodiscard]] std::span<const ParameterInfo> MySqlParameters();
// Sorted by name; empty for families without a list.
[[nodiscard]] std::span<const ParameterInfo> ParametersOf(std::string_view family);
[[nodiscard]] const ParameterInfo* FindParameter(std::string_view family, std::string_view name);
[[nodiscard]] std::string_view ToString(ParameterType type);

// Faults as RDS words them: "Invalid parameter value: 0 for: max_connections allowed values are: 1-262143".
[[nodiscard]] Checked<void> CheckParameterValue(const ParameterInfo& info, std::string_view value);

// What a group's value comes to on an instance: formulas evaluated, and memory held within kEngineMemoryBudget, since
// many databases share this machine. nullopt for a formula that does not evaluate.
inline constexpr std::int64_t kEngineMemoryBudget = 128LL << 20;
[[nodiscard]] std::optional<std::string> EngineValue(std::string_view name, std::string_view value,
                                                     const FormulaInput& input);

}  // namespace rdsteady::local::sim
