// What the decisions of a plan read of live answers, and what of it has moved since: a saved plan holds these values
// and no others. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/kinds/read_trace.h"
#include "plan/plan.h"

namespace rdsteady::plan {

struct Read {
  model::ReadTrace::Place place;
  Value value;  // as it was read; a status as the class of it that decisions tell apart
};

struct ResourceReads {
  bool exists = false;
  std::vector<Read> reads{};  // sorted by place
};
using Reads = std::map<ResourceKey, ResourceReads>;

// MakePlan, noting what it reads. The world must not change until it returns.
[[nodiscard]] Plan MakePlan(const manifest::Manifest& manifest, const World& world, const Options& options,
                            Reads& reads);

struct Moved {
  std::string resource;  // DBInstance/orders
  std::string what;      // "AllocatedStorage", "AllocatedStorage (scheduled)", "Tags.owner"; empty: whether it exists
  Value from;
  Value to;
};
// In the order of the reads. What the world does not hold any more was not read: it counts as absent. `keys` is what
// KMS says now.
[[nodiscard]] std::vector<Moved> MovedSince(const Reads& reads, const World& world, const model::KeyNames* keys);

}  // namespace rdsteady::plan
