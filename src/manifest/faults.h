// Faults: the diagnostics of one run, collected in the order in which they are found.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/diagnostics.h"

namespace rdsteady::manifest {

class Faults {
 public:
  using Also = std::vector<std::pair<std::string, SourceSpan>>;

  void Error(SourceSpan where, std::string message, std::string hint = {}, Also also = {}) {
    Add({Severity::kError, std::move(message), std::move(where), std::move(hint), std::move(also)});
  }
  void Warning(SourceSpan where, std::string message, std::string hint = {}) {
    Add({Severity::kWarning, std::move(message), std::move(where), std::move(hint), {}});
  }

  [[nodiscard]] std::size_t errors() const { return errors_; }
  // The diagnostics, closed by a line about those that were too many to keep.
  [[nodiscard]] std::vector<Diagnostic> Take() &&;

 private:
  // A broken generator can make a fault of every line; nobody reads more than these, and rendering each costs a walk
  // to its line.
  static constexpr std::size_t kKept = 500;

  void Add(Diagnostic diagnostic);

  std::vector<Diagnostic> diagnostics_;
  std::size_t errors_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace rdsteady::manifest
