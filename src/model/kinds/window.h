// Backup windows ("03:00-03:30", every day) and maintenance windows ("sun:05:00-sun:06:00"), UTC. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace rdsteady::model {

// Minutes of the day, or of the week that begins on Monday at 00:00. An end at or before the start lies beyond midnight
// (or beyond Sunday).
struct Window {
  int start = 0;
  int end = 0;
  int period = 0;  // minutes after which it comes again: a day or a week
  [[nodiscard]] int Length() const;
  friend bool operator==(const Window&, const Window&) = default;
};

inline constexpr int kMinutesADay = 24 * 60;
inline constexpr int kMinutesAWeek = 7 * kMinutesADay;

// Without case; nullopt for anything but the format, or for a time of day that does not exist.
[[nodiscard]] std::optional<Window> ParseDailyWindow(std::string_view text);
[[nodiscard]] std::optional<Window> ParseWeeklyWindow(std::string_view text);

// Whether the two ever run at the same time; touching ends do not overlap.
[[nodiscard]] bool Overlap(const Window& a, const Window& b);

// The start of the window that runs now, else of the next one.
[[nodiscard]] Instant NextWindow(const Window& weekly, Instant now);

}  // namespace rdsteady::model
