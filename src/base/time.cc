#include "base/time.h"

#include <fmt/format.h>

#include "base/text.h"

namespace rdsteady {
namespace {

struct Broken {
  std::chrono::year_month_day day;
  std::chrono::hh_mm_ss<Millis> clock;
};

Broken Break(Instant at) {
  const auto midnight = std::chrono::floor<std::chrono::days>(at);
  return {std::chrono::year_month_day(midnight), std::chrono::hh_mm_ss<Millis>(at - midnight)};
}

std::optional<int> Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<Instant> Assemble(std::optional<int> year, std::optional<int> month, std::optional<int> day,
                                std::optional<int> hour, std::optional<int> minute, std::optional<int> second) {
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + Millis(0);
}

}  // namespace

std::string FormatIso8601(Instant at, bool always_millis) {
  const auto [day, clock] = Break(at);
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(day.year()),
                                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                                clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (const auto millis = clock.subseconds().count(); millis != 0 || always_millis)
    out += fmt::format(".{:03}", millis);
  return out + "Z";
}

std::optional<Instant> ParseIso8601(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const auto base = Assemble(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2), Digits(text, 11, 2),
                             Digits(text, 14, 2), Digits(text, 17, 2));
  if (!base) return std::nullopt;
  text.remove_prefix(19);
  std::int64_t millis = 0;
  if (text.front() == '.') {
    text.remove_prefix(1);
    int digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      if (digits < 3) millis = millis * 10 + (text.front() - '0');
      ++digits;
      text.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 3; ++digits)
      millis *= 10;
  }
  if (text != "Z" && text != "z" && text != "+00:00" && text != "+0000") return std::nullopt;
  return *base + Millis(millis);
}

std::string FormatBasic(Instant at) {
  const auto [day, clock] = Break(at);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::optional<Instant> ParseBasic(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  return Assemble(Digits(text, 0, 4), Digits(text, 4, 2), Digits(text, 6, 2), Digits(text, 9, 2), Digits(text, 11, 2),
                  Digits(text, 13, 2));
}

std::string FormatDuration(Millis duration) {
  using namespace std::chrono;  // NOLINT(google-build-using-namespace): literals of the standard's units only
  const auto total = duration.count();
  if (total < 1000) return fmt::format("{}ms", total);
  if (total < 10'000) return fmt::format("{:.1f}s", static_cast<double>(total) / 1000.0);
  const auto s = duration_cast<seconds>(duration).count();
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m{:02}s", s / 60, s % 60);
  return fmt::format("{}h{:02}m", s / 3600, s % 3600 / 60);
}

Instant SystemClock::Now() const {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

}  // namespace rdsteady
