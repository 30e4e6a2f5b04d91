// Effective state: what is stated against what is live, overlaid with what is scheduled. One decision a stated
// property (and a stated key of a map); what has to change comes out as differences. Pure.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace rdsteady::plan {

struct Difference {
  enum class What : std::uint8_t {
    kChange,    // stated differs from live, and from what is scheduled
    kWithdraw,  // stated is live, but something else is scheduled: send the live value at once
    kFlush,     // stated is scheduled, and wanted now
  };
  What what = What::kChange;
  const model::Property* property = nullptr;
  std::string key{};  // of a map, else empty
  Value from;         // live
  Value to;           // stated; null: reset
  SourceSpan where{};
  bool held = false;  // waits for the window even where changes are wanted now

  [[nodiscard]] std::string Name() const {
    return key.empty() ? std::string(property->name) : std::string(property->name) + "." + key;
  }
};

struct Comparison {
  std::vector<Decision> decisions;
  std::vector<Difference> differences;
  std::vector<Refusal> refusals;
  std::vector<std::string> notes;
};

// REQUIRES: observed.exists.
[[nodiscard]] Comparison Compare(const manifest::DesiredResource& desired, const Observation& observed,
                                 const Options& options);

}  // namespace rdsteady::plan
