// How often each property row was stated, differed, was pending and was left out, and why a row cannot be.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "prior.h"
#include "world_plan.h"

namespace rdsteady::promises {

enum class State : std::uint8_t { kStated, kDiffered, kPending, kLeftOut };
inline constexpr std::size_t kStates = 4;
inline constexpr std::size_t kAtLeast = 20;

// Why a row cannot be in a state, as the row itself says; nullopt: it can.
[[nodiscard]] std::optional<std::string> WhyNever(const model::Kind& kind, const model::Property& row, State state);

class Tally {
 public:
  // A resource at the moment of its first plan. `live` is what was read then.
  void Count(const ResourceWorld& resource, const plan::ResourcePlan& plan, const Value& live);
  void Count(const std::vector<Refused>& refused);
  // A table for people.
  [[nodiscard]] std::string Render() const;
  // Rows that were seen too rarely in a state that they can have.
  [[nodiscard]] std::vector<std::string> Missing() const;

 private:
  struct Row {
    std::size_t counts[kStates] = {};
    std::size_t refused = 0;  // tries of others that the service declined
    std::string refusal{};
  };
  // Nobody can bring a property into the state when the service refuses whatever would.
  [[nodiscard]] std::optional<std::string> WhyNot(const model::Kind& kind, const model::Property& row, const Row& seen,
                                                  State state) const;

  std::map<std::string, Row, std::less<>> rows_;
};

}  // namespace rdsteady::promises
