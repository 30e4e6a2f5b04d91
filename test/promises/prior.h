// The others: they make what a world begins with, through the service's own API, and go on changing what is theirs.
// Nothing here is the program under test; requests are built from the API's spellings that the rows hold.
#pragma once

#include <string>
#include <vector>

#include "support/in_process_rds.h"
#include "world_plan.h"

namespace rdsteady::promises {

struct Refused {
  std::string property;
  std::string message;
};

class Prior {
 public:
  Prior(apply::World& world, const WorldPlan& plan) : world_(world), plan_(plan) {}

  // Everything before the run. An error: the world could not be made, which is a fault of the test's values.
  [[nodiscard]] Result<void> Furnish();
  // What others do between two runs.
  void Between();
  // Queues that the service did not take, and what it refuses in any world.
  [[nodiscard]] const std::vector<Refused>& refused() const { return refused_; }

 private:
  [[nodiscard]] Result<void> FurnishGroups();
  [[nodiscard]] Result<void> Make(const ResourceWorld& resource);
  [[nodiscard]] Result<void> Operate(const ResourceWorld& resource, const Properties& wanted);
  [[nodiscard]] Properties Modification(const ResourceWorld& resource, const Properties& wanted, bool with_modifiers);
  void Queue(const ResourceWorld& resource);
  void TryTheImpossible(const ResourceWorld& resource);
  void Wait();

  apply::World& world_;
  const WorldPlan& plan_;
  std::vector<Refused> refused_;
};

}  // namespace rdsteady::promises
