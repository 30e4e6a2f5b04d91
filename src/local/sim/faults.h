// Faults: the protocol's errors, by wire code. The HTTP status comes from the API table; codes outside it are 400.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "local/sim/sim.h"

namespace rdsteady::local::sim {

template <class T>
using Checked = std::expected<T, Fault>;

[[nodiscard]] std::unexpected<Fault> Refuse(std::string_view code, std::string message);
[[nodiscard]] std::unexpected<Fault> InvalidValue(std::string message);        // InvalidParameterValue
[[nodiscard]] std::unexpected<Fault> InvalidCombination(std::string message);  // InvalidParameterCombination

}  // namespace rdsteady::local::sim

// Leaves the calling function with the fault of `expression` (a Checked<void>), if it has one.
#define RDSTEADY_CHECK(expression)                           \
  do {                                                       \
    if (auto checked = (expression); !checked.has_value()) { \
      return std::unexpected(std::move(checked).error());    \
    }                                                        \
  } while (false)
