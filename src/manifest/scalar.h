// What a person meant by a scalar that is spelt in another way: for hints only, never taken as the value.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace rdsteady::manifest {

// Decimal digits with an optional minus, without leading zeros: the one spelling of an integer.
[[nodiscard]] bool IsDecimal(std::string_view text);
// 0x14, 1_000, 20.0, +5, 0123 (as decimal), 20GiB.
[[nodiscard]] std::optional<std::int64_t> MeantInteger(std::string_view text);
// yes, on, True, 1 ... and their opposites.
[[nodiscard]] std::optional<bool> MeantBoolean(std::string_view text);
// 2026-01-02, 2026-01-02 03:04:05, 2026-01-02T03:04 (taken as UTC).
[[nodiscard]] std::optional<Instant> MeantTime(std::string_view text);

// A word that may name an environment variable or one of ours: a letter or '_', then letters, digits, '_'.
[[nodiscard]] bool IsWord(std::string_view text);

[[nodiscard]] bool IsOneOf(std::string_view name, std::span<const std::string_view> names);

// "did you mean 'X'?", also for names that differ in case, or in one being a piece of the other; else empty.
[[nodiscard]] std::string SuggestName(std::string_view name, std::span<const std::string_view> known);

}  // namespace rdsteady::manifest
