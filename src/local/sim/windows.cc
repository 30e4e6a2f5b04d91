#include "local/sim/windows.h"

#include <array>

#include "base/text.h"

namespace rdsteady::local::sim {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<int> ParseTime(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (std::size_t i : {0U, 1U, 3U, 4U}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return hours * 60 + minutes;
}

std::optional<int> ParseDayTime(std::string_view text) {
  if (text.size() != 9 || text[3] != ':') return std::nullopt;
  auto time = ParseTime(text.substr(4));
  if (!time.has_value()) return std::nullopt;
  for (std::size_t day = 0; day < kDays.size(); ++day) {
    if (EqualsIgnoreCase(text.substr(0, 3), kDays[day])) return static_cast<int>(day) * kMinutesPerDay + *time;
  }
  return std::nullopt;
}

int Wrapped(int minutes, int cycle) {
  return ((minutes % cycle) + cycle) % cycle;
}

std::string FormatTime(int minutes) {
  auto two = [](int n) { return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)}; };
  return two(minutes / 60) + ":" + two(minutes % 60);
}

std::string FormatDayTime(int minutes) {
  minutes = Wrapped(minutes, kMinutesPerWeek);
  return std::string(kDays[static_cast<std::size_t>(minutes / kMinutesPerDay)]) + ":" +
         FormatTime(minutes % kMinutesPerDay);
}

std::int64_t MinutesOf(Instant at) {
  return std::chrono::floor<std::chrono::minutes>(at.time_since_epoch()).count();
}

// 1970-01-01 was a Thursday.
constexpr int kEpochOffset = 3 * kMinutesPerDay;

Instant NextIn(int start, int cycle, int epoch_offset, Instant at) {
  const std::int64_t minutes = MinutesOf(at);
  const auto in_cycle = static_cast<int>((minutes + epoch_offset) % cycle);
  int ahead = Wrapped(start - in_cycle, cycle);
  if (ahead == 0) ahead = cycle;  // strictly later
  return Instant(std::chrono::minutes(minutes + ahead));
}

}  // namespace

std::optional<Window> ParseMaintenanceWindow(std::string_view text) {
  auto parts = Split(Trim(text), '-');
  if (parts.size() != 2) return std::nullopt;
  auto start = ParseDayTime(parts[0]);
  auto end = ParseDayTime(parts[1]);
  if (!start.has_value() || !end.has_value()) return std::nullopt;
  return Window{*start, Wrapped(*end - *start, kMinutesPerWeek)};
}

std::optional<Window> ParseBackupWindow(std::string_view text) {
  auto parts = Split(Trim(text), '-');
  if (parts.size() != 2) return std::nullopt;
  auto start = ParseTime(parts[0]);
  auto end = ParseTime(parts[1]);
  if (!start.has_value() || !end.has_value()) return std::nullopt;
  return Window{*start, Wrapped(*end - *start, kMinutesPerDay)};
}

std::string FormatMaintenanceWindow(Window window) {
  return FormatDayTime(window.start) + "-" + FormatDayTime(window.start + window.length);
}

std::string FormatBackupWindow(Window window) {
  return FormatTime(window.start) + "-" + FormatTime(Wrapped(window.start + window.length, kMinutesPerDay));
}

bool Overlap(Window daily, Window weekly) {
  for (int day = 0; day < 7; ++day) {
    const int start = day * kMinutesPerDay + daily.start;
    if (Wrapped(start - weekly.start, kMinutesPerWeek) < weekly.length) return true;
    if (Wrapped(weekly.start - start, kMinutesPerWeek) < daily.length) return true;
  }
  return false;
}

bool IsInside(Window weekly, Instant at) {
  const auto in_week = static_cast<int>((MinutesOf(at) + kEpochOffset) % kMinutesPerWeek);
  return Wrapped(in_week - weekly.start, kMinutesPerWeek) < weekly.length;
}

Instant NextWeekly(Window weekly, Instant at) {
  return NextIn(weekly.start, kMinutesPerWeek, kEpochOffset, at);
}

Instant NextDaily(Window daily, Instant at) {
  return NextIn(daily.start, kMinutesPerDay, 0, at);
}

}  // namespace rdsteady::local::sim
