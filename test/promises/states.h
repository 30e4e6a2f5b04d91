// The states of a property row that worlds have to show, and what a world can be made for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "values.h"

namespace rdsteady::promises {

enum class State : std::uint8_t { kStated, kDiffered, kPending, kLeftOut };
inline constexpr std::size_t kStates = 4;

// Why a row cannot be in a state, as the row itself says; nullopt: it can.
[[nodiscard]] std::optional<std::string> WhyNever(const model::Kind& kind, const model::Property& row, State state);

// From what others have (nullopt: nothing of it) to what is stated, or queued.
struct Way {
  std::optional<std::size_t> from;
  std::size_t to = 0;
};

// How the bundle's choices bring the row into the state: kDiffered or kPending. Where RDS can change the row in place,
// only such ways; of an immutable row, those whose other value is really there. `in_flight`: the run begins at once.
[[nodiscard]] std::vector<Way> WaysTo(const model::Kind& kind, const Bundle& bundle, const model::Property& row,
                                      State state, bool in_flight);

// What a world is made for, because chance alone makes it too seldom: a difference that RDS refuses or that few
// flavours know, or something that waits.
struct Focus {
  const model::Kind* kind = nullptr;
  const model::Property* row = nullptr;
  State state = State::kDiffered;
  std::vector<const Flavour*> flavours{};  // that have a way to it; never empty
};
[[nodiscard]] const std::vector<Focus>& Foci();

// The members of `choice` that `other` does not have like that.
void AddDifferent(const Properties& choice, const Properties& other, Properties& stated);
// What can wait unseen is not queued: nobody could tell it from what was never asked for. Nor may it be under way
// unseen when a run begins.
[[nodiscard]] bool CanBeQueued(const model::Kind& kind, const Properties& change, bool in_flight);

}  // namespace rdsteady::promises
