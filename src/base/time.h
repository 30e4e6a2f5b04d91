// Time: UTC instants with millisecond precision, ISO-8601 both ways, and the Clock seam.
//
// Production code takes the time from a Clock that it was given; nothing else may ask the machine.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rdsteady {

using Millis = std::chrono::milliseconds;
using Instant = std::chrono::time_point<std::chrono::system_clock, Millis>;  // UTC

// "2026-01-02T03:04:05Z"; with milliseconds only when there are any, or always when asked.
[[nodiscard]] std::string FormatIso8601(Instant at, bool always_millis = false);
// Accepts with and without fraction, 'Z' or "+00:00" or "+0000"; nullopt for anything else.
[[nodiscard]] std::optional<Instant> ParseIso8601(std::string_view text);
// "20260102T030405Z", as SigV4 wants it.
[[nodiscard]] std::string FormatBasic(Instant at);
[[nodiscard]] std::optional<Instant> ParseBasic(std::string_view text);
// "1h02m", "12s", "350ms": for people.
[[nodiscard]] std::string FormatDuration(Millis duration);

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant Now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant Now() const override;
};

}  // namespace rdsteady
