#include "manifest/faults.h"

#include <fmt/format.h>

namespace rdsteady::manifest {

void Faults::Add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++errors_;
  if (diagnostics_.size() == kKept) {
    ++dropped_;
    return;
  }
  diagnostics_.push_back(std::move(diagnostic));
}

std::vector<Diagnostic> Faults::Take() && {
  if (dropped_ > 0) {
    const Severity severity = errors_ > 0 ? Severity::kError : Severity::kWarning;
    diagnostics_.push_back({severity, fmt::format("{} more faults are not shown", dropped_), {}, {}, {}});
  }
  return std::move(diagnostics_);
}

}  // namespace rdsteady::manifest
