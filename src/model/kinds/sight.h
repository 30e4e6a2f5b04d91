// What rules ask of a Sight, in one place: stated, live, and what will count once the stated is reached. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/kinds/kind.h"

namespace rdsteady::model {

// The value, or null. StatedOrLive reads `live_path` in the answer (the same name when it is empty); an explicit null
// is stated, and beats the live value.
[[nodiscard]] const Value& StatedOf(const Sight& sight, std::string_view property);
[[nodiscard]] const Value& LiveOf(const Sight& sight, std::string_view path);
[[nodiscard]] const Value& StatedOrLive(const Sight& sight, std::string_view property, std::string_view live_path = {});
// Whether the property is stated at all, null included.
[[nodiscard]] bool IsStated(const Sight& sight, std::string_view property);
// Stated, and not as null or false.
[[nodiscard]] bool IsAsked(const Sight& sight, std::string_view property);

[[nodiscard]] bool IsTrue(const Value& value);
// Empty text for anything but a text.
[[nodiscard]] std::string_view TextOf(const Value& value);
[[nodiscard]] std::optional<std::int64_t> IntegerOf(const Value& value);
// A non-empty list.
[[nodiscard]] bool HasItems(const Value& value);

// What was answered to the preflight of this name; nullptr: nobody asked.
[[nodiscard]] const List* OffersOf(const Sight& sight, std::string_view preflight);

[[nodiscard]] bool Exists(const Sight& sight);
[[nodiscard]] bool IsAutoscaled(const Sight& sight);

}  // namespace rdsteady::model
