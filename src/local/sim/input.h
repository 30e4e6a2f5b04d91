// Reading request members and settings. Each helper answers "nothing" for an absent member and for one of another type:
// types were checked against the API table before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rdsteady/value.h"

namespace rdsteady::local::sim {

[[nodiscard]] bool Has(const Properties& from, std::string_view name);
// Text of a string or of a literal secret.
[[nodiscard]] std::optional<std::string> TextOf(const Value& value);
[[nodiscard]] std::optional<std::string> TextAt(const Properties& from, std::string_view name);
[[nodiscard]] std::string TextOr(const Properties& from, std::string_view name, std::string_view otherwise = {});
[[nodiscard]] std::optional<std::int64_t> IntAt(const Properties& from, std::string_view name);
[[nodiscard]] std::int64_t IntOr(const Properties& from, std::string_view name, std::int64_t otherwise = 0);
[[nodiscard]] std::optional<bool> BoolAt(const Properties& from, std::string_view name);
[[nodiscard]] bool BoolOr(const Properties& from, std::string_view name, bool otherwise = false);
[[nodiscard]] std::vector<std::string> TextsAt(const Properties& from, std::string_view name);
// Letters of ASCII, digits, and what stands in `besides`, nothing else.
[[nodiscard]] bool IsAlphanumeric(std::string_view text, std::string_view besides);
[[nodiscard]] List ToList(const std::vector<std::string>& texts);

}  // namespace rdsteady::local::sim
