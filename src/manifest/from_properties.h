// Values of a program, read as a file's would be: typed, named and refused alike.
#pragma once

#include <string_view>

#include "manifest/manifest.h"

namespace rdsteady::manifest {

// Properties and settings of one resource. Rules between them are not checked: what was a manifest once has passed
// them, or was excused. Errors: kUsage.
[[nodiscard]] Result<DesiredResource> FromStates(std::string_view kind, std::string_view name,
                                                 const Properties& states);

// {delay: 30s, max_attempts: 60, timeout: 2h}
[[nodiscard]] Result<WaitSettings> WaitFromProperties(const Value& value);

}  // namespace rdsteady::manifest
