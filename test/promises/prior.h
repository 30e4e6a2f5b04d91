// The others: they make what a world begins with, through the service's own API, and go on changing what is theirs.
// Nothing here is the program under test; requests are built from the API's spellings that the rows hold.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "support/in_process_rds.h"
#include "world_plan.h"

namespace rdsteady::promises {

// What worlds are made of besides the properties.
inline constexpr std::string_view kIngredients[] = {
    "a status that was behind",
    "values that were behind",
    "storage that grew before the run",
    "storage that grew between two runs",
    "a minor version that RDS chose before the run",
    "a minor version that RDS chose between two runs",
    "values that others have queued",
    "a rename that others have queued",
    "changes of others under way when the run began",
    "changes of others between two runs",
    "tags of others",
    "rows that AWS Backup owns",
    "rows that AWS Backup moved between two runs",
};
enum class Ingredient : std::uint8_t {
  kStaleStatus,
  kStaleValues,
  kGrownBefore,
  kGrownBetween,
  kUpgradedBefore,
  kUpgradedBetween,
  kQueued,
  kRenamed,
  kInFlight,
  kBetween,
  kTags,
  kBackupOwned,
  kBackupMoved,
};
[[nodiscard]] constexpr std::string_view NameOf(Ingredient ingredient) {
  return kIngredients[static_cast<std::size_t>(ingredient)];
}

struct Refused {
  std::string property;
  std::string message;
};

class Prior {
 public:
  Prior(apply::World& world, const WorldPlan& plan) : world_(world), plan_(plan) {}

  // Everything before the run. An error: the world could not be made, which is a fault of the test's values.
  [[nodiscard]] Result<void> Furnish();
  // What others do between two runs, and what the service does by itself where `calm` says that it may.
  void Between(const std::vector<bool>& calm);
  // By resource: whether nothing waits or goes on, so that the service would act by itself.
  [[nodiscard]] std::vector<bool> Calm();
  // Queues that the service did not take, and what it refuses in any world.
  [[nodiscard]] const std::vector<Refused>& refused() const { return refused_; }
  // What became part of the world besides what there was to begin with, in words of kIngredients.
  [[nodiscard]] const std::set<std::string_view>& ingredients() const { return ingredients_; }

 private:
  [[nodiscard]] Result<void> FurnishGroups();
  [[nodiscard]] Result<void> Make(const ResourceWorld& resource);
  [[nodiscard]] Result<void> Operate(const ResourceWorld& resource, const Properties& wanted);
  [[nodiscard]] Properties Modification(const ResourceWorld& resource, const Properties& wanted, bool with_modifiers);
  [[nodiscard]] Result<void> ActByItself(const ResourceWorld& resource, Moment moment);
  void Queue(const ResourceWorld& resource);
  void TryTheImpossible(const ResourceWorld& resource);
  void TryToBeBornWith(const ResourceWorld& resource, const model::Property& row, const Value& value);
  void Wait();
  void Note(Ingredient ingredient) { ingredients_.insert(NameOf(ingredient)); }

  apply::World& world_;
  const WorldPlan& plan_;
  std::vector<Refused> refused_;
  std::set<std::string_view> ingredients_;
};

}  // namespace rdsteady::promises
