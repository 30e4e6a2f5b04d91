// Small text helpers shared by every layer. All pure; ASCII only where case is concerned (RDS's identifiers are).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdsteady {

[[nodiscard]] std::string ToLower(std::string_view text);
[[nodiscard]] std::string ToUpper(std::string_view text);
[[nodiscard]] bool EqualsIgnoreCase(std::string_view a, std::string_view b);
[[nodiscard]] bool ContainsIgnoreCase(std::string_view text, std::string_view part);
[[nodiscard]] std::string_view Trim(std::string_view text);
// "a,b,,c" by ',' gives four parts; "" gives one empty part.
[[nodiscard]] std::vector<std::string_view> Split(std::string_view text, char separator);
[[nodiscard]] std::string Join(std::span<const std::string> parts, std::string_view separator);
[[nodiscard]] std::string ReplaceAll(std::string text, std::string_view from, std::string_view to);

// Decimal digits with an optional sign, within range, nothing else; no leading '+', no white space.
[[nodiscard]] std::optional<std::int64_t> ParseInteger(std::string_view text);
// A finite decimal number, nothing else.
[[nodiscard]] std::optional<double> ParseDouble(std::string_view text);
// The shortest decimal that reads back as the same double: 0.5, 128.
[[nodiscard]] std::string FormatDouble(double value);

[[nodiscard]] std::string HexEncode(std::span<const unsigned char> bytes);
[[nodiscard]] bool IsValidUtf8(std::string_view text);

// "'a', 'b' or 'c'"
[[nodiscard]] std::string QuotedAlternatives(std::span<const std::string_view> names);

}  // namespace rdsteady
