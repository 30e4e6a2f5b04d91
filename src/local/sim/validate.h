// What every request must meet before its operation looks at it, and the rules that several operations share.
#pragma once

#include <string>
#include <string_view>

#include "local/sim/faults.h"
#include "local/sim/machine.h"
#include "model/api/api.h"

namespace rdsteady::local::sim {

// Required members, enums, lengths, ranges and patterns of the API table.
[[nodiscard]] Checked<void> CheckShape(const model::Shape& shape, const Properties& input);

// 1 to 63 letters, digits and hyphens; a letter first; no hyphen at the end, no two together.
[[nodiscard]] Checked<void> CheckIdentifier(std::string_view member, std::string_view identifier,
                                            std::size_t most = 63);
[[nodiscard]] Checked<void> CheckTags(const Properties& input);

// What is asked for an instance, beside what it has. `asked` and `merged` are by the names of CreateDBInstance.
struct Wish {
  const Engine* engine = nullptr;
  const Instance* current = nullptr;  // nullptr: it is being created
  Properties asked;
  Properties merged;
};

// Every rule on an instance's settings that needs no other resource than its groups.
[[nodiscard]] Checked<void> CheckSettings(Machine& machine, const Scope& scope, const Wish& wish);
[[nodiscard]] Checked<void> CheckPassword(const Engine& engine, std::string_view password);

}  // namespace rdsteady::local::sim
