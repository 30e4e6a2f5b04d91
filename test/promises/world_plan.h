// One world, as a value: what others have made, what they have queued, what the manifest says, and how it is applied.
// The same number gives the same world.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "states.h"

namespace rdsteady::promises {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  [[nodiscard]] std::size_t Below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  [[nodiscard]] bool Percent(unsigned chance) { return engine_() % 100 < chance; }

 private:
  std::mt19937_64 engine_;
};

enum class Moment : std::uint8_t { kNever, kBefore, kBetween };

struct ResourceWorld {
  const model::Kind* kind = nullptr;
  std::string name;
  bool exists = true;   // others have made it
  Properties prior{};   // with this
  Properties queued{};  // and have asked for this besides, for the window
  Properties stated{};
  std::vector<std::string> exact{};
  Properties settings{};  // ours: password_version, reboot
  Properties between{};   // what others change between two runs, nothing of it stated
  bool renamed = false;   // others have queued another name
  bool tried = false;     // others have tried what the service refuses
  bool tagged = false;    // others have set tags of their own, and go on doing so
  // What the service does by itself, before the run or between two runs.
  Moment grows = Moment::kNever;     // storage that autoscaling grows
  Moment upgrades = Moment::kNever;  // minor versions that it chooses
  bool backed_up = false;            // AWS Backup owns the retention and the backup window, and moves them
};

struct WorldPlan {
  std::uint64_t number = 0;
  const Flavour* flavour = nullptr;
  const Focus* focus = nullptr;  // what it is made for, if anything
  std::vector<ResourceWorld> resources{};
  plan::When when = plan::When::kWindow;
  bool flush_pending = false;
  bool in_flight = false;  // the run begins before what others asked for is done
  bool hostile = false;    // asks for what RDS cannot do in place
  bool quiet = false;      // others wait for nothing, so that the service acts by itself
  bool lagging = false;    // answers may be behind

  [[nodiscard]] std::string Manifest() const;  // JSON, which is YAML
  [[nodiscard]] std::string Describe() const;
};

[[nodiscard]] WorldPlan PlanWorld(std::uint64_t number);

}  // namespace rdsteady::promises
