// Formulas in parameter values: {DBInstanceClassMemory/9531392}, LEAST({...},5000), GREATEST, SUM, log (base 2), and
// arithmetic, over DBInstanceClassMemory (bytes), DBInstanceVCPU, AllocatedStorage (bytes) and EndPointPort.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace rdsteady::local::sim {

struct FormulaInput {
  std::int64_t memory_bytes = 0;
  int vcpus = 0;
  std::int64_t allocated_gib = 0;
  int port = 0;
};

// True for values that have to be evaluated; all others are literal.
[[nodiscard]] bool IsFormula(std::string_view value);
// The formula's value cut to an integer, as text. Error: what is wrong with the formula, in lower case.
[[nodiscard]] std::expected<std::string, std::string> EvaluateFormula(std::string_view formula,
                                                                      const FormulaInput& input);

}  // namespace rdsteady::local::sim
