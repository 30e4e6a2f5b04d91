#include "model/kinds/window.h"

#include <array>
#include <chrono>
#include <string>

#include "base/text.h"

namespace rdsteady::model {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// "hh:mm", both digits written.
std::optional<int> ParseTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = ParseInteger(text.substr(0, 2));
  const auto minute = ParseInteger(text.substr(3, 2));
  if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59) return std::nullopt;
  return static_cast<int>(*hour * 60 + *minute);
}

// "ddd:hh:mm"
std::optional<int> ParseTimeOfWeek(std::string_view text) {
  if (text.size() != 9 || text[3] != ':') return std::nullopt;
  const std::string day = ToLower(text.substr(0, 3));
  const auto time = ParseTimeOfDay(text.substr(4));
  for (std::size_t i = 0; i < kDays.size() && time; ++i) {
    if (kDays[i] == day) return static_cast<int>(i) * kMinutesADay + *time;
  }
  return std::nullopt;
}

std::optional<Window> Parse(std::string_view text, std::optional<int> (*parse_end)(std::string_view), int period) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto start = parse_end(text.substr(0, dash));
  const auto end = parse_end(text.substr(dash + 1));
  if (!start || !end) return std::nullopt;
  return Window{.start = *start, .end = *end, .period = period};
}

}  // namespace

int Window::Length() const {
  return end > start ? end - start : end - start + period;
}

std::optional<Window> ParseDailyWindow(std::string_view text) {
  return Parse(Trim(text), ParseTimeOfDay, kMinutesADay);
}

std::optional<Window> ParseWeeklyWindow(std::string_view text) {
  return Parse(Trim(text), ParseTimeOfWeek, kMinutesAWeek);
}

bool Overlap(const Window& a, const Window& b) {
  // Two repetitions meet when, on the shorter of the periods, one starts within the other.
  const int period = a.period < b.period ? a.period : b.period;
  const auto after = [period](int from, int to) { return ((to - from) % period + period) % period; };
  return after(a.start, b.start) < a.Length() || after(b.start, a.start) < b.Length();
}

Instant NextWindow(const Window& weekly, Instant now) {
  using std::chrono::days;
  using std::chrono::minutes;
  // 1970-01-05 was the first Monday of the epoch.
  constexpr Instant kMonday{std::chrono::duration_cast<Millis>(days(4))};
  const auto since = std::chrono::floor<minutes>(now - kMonday);
  const auto week = std::chrono::floor<std::chrono::weeks>(since);
  // A window that began last week may still run.
  Instant start = kMonday + week - std::chrono::weeks(1) + minutes(weekly.start);
  while (start + minutes(weekly.Length()) <= now)
    start += std::chrono::weeks(1);
  return start;
}

}  // namespace rdsteady::model
