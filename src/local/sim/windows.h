// Maintenance windows (ddd:hh24:mi-ddd:hh24:mi) and backup windows (hh24:mi-hh24:mi), UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace rdsteady::local::sim {

inline constexpr int kMinutesPerDay = 24 * 60;
inline constexpr int kMinutesPerWeek = 7 * kMinutesPerDay;

// Minutes since Monday 00:00 (weekly) or midnight (daily). `length` is in minutes, wrapping round the end.
struct Window {
  int start = 0;
  int length = 0;
};

[[nodiscard]] std::optional<Window> ParseMaintenanceWindow(std::string_view text);
[[nodiscard]] std::optional<Window> ParseBackupWindow(std::string_view text);
// The service's own spelling: lower-case days, two-digit hours.
[[nodiscard]] std::string FormatMaintenanceWindow(Window window);
[[nodiscard]] std::string FormatBackupWindow(Window window);
// A daily window against a weekly one.
[[nodiscard]] bool Overlap(Window daily, Window weekly);
[[nodiscard]] bool IsInside(Window weekly, Instant at);
// The first start of the weekly (or daily) window after `at`.
[[nodiscard]] Instant NextWeekly(Window weekly, Instant at);
[[nodiscard]] Instant NextDaily(Window daily, Instant at);

}  // namespace rdsteady::local::sim
