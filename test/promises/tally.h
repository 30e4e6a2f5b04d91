// How often each property row was stated, differed, was pending and was left out, and why a row cannot be; and what
// else the worlds were made of.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "prior.h"
#include "states.h"
#include "world_plan.h"

namespace rdsteady::promises {

// How rarely a state of a row may be made, twenty times in a thousand worlds, and an ingredient, ten times.
inline constexpr std::size_t kOneIn = 50;
inline constexpr std::size_t kIngredientOneIn = 100;

class Tally {
 public:
  // A resource at the moment of its first plan. `live` is what was read then.
  void Count(const ResourceWorld& resource, const plan::ResourcePlan& plan, const Value& live);
  void Count(const std::vector<Refused>& refused);
  void Count(const std::set<std::string_view>& ingredients);
  void CountWorld(bool broken);
  // How a resource's first run ended, in words.
  void CountResult(const std::string& result) { ++results_[result]; }
  [[nodiscard]] std::size_t worlds() const { return worlds_; }
  [[nodiscard]] std::size_t broken() const { return broken_; }

  // For the sum over several processes.
  [[nodiscard]] Value Save() const;
  void Add(const Value& saved);

  // A table for people.
  [[nodiscard]] std::string Render() const;
  // Rows that were seen too seldom in a state that they can have, and ingredients that were.
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
  std::map<std::string, std::size_t, std::less<>> ingredients_;
  std::map<std::string, std::size_t, std::less<>> results_;
  std::size_t worlds_ = 0;
  std::size_t broken_ = 0;
};

}  // namespace rdsteady::promises
