// What the tables of the kinds share. Internal to this folder.
#pragma once

#include <array>
#include <string_view>

#include "model/kinds/kind.h"

namespace rdsteady::model {

inline constexpr std::uint8_t kAnyBirth = kCreate | kReplica | kFromSnapshot | kPointInTime;
inline constexpr std::uint8_t kAnyCall = kAnyBirth | kModify;

// Tags of AWS's own, and ours that hold what we have to remember.
inline constexpr std::array<std::string_view, 2> kForeignTags = {"aws:", "rdsteady:"};

extern const Kind kDBInstance;
extern const Kind kDBParameterGroup;
extern const Kind kDBSubnetGroup;

// Empty when the kind has none.
[[nodiscard]] std::span<const DisruptionRow> DBInstanceDisruption();
[[nodiscard]] std::span<const DisruptionRow> DBParameterGroupDisruption();
[[nodiscard]] std::span<const DisruptionRow> DBSubnetGroupDisruption();

// TAGS-AWS: at most 50, none that begins with aws: or rdsteady:.
[[nodiscard]] std::string ObjectionToTags(const Sight& sight);

// What must hold of a name; empty when it does. `article_and_what` is "a DBInstanceIdentifier".
// Letters, digits and hyphens, the first a letter, no hyphen at the end, no two in a row.
[[nodiscard]] std::string ObjectionToIdentifier(std::string_view name, std::string_view what, std::size_t longest);
// A name of that form that is near to what was written.
[[nodiscard]] std::string SuggestIdentifier(std::string_view name, std::string_view prefix, std::size_t longest);

}  // namespace rdsteady::model
