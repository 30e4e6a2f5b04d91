#include "manifest/scalar.h"

#include <algorithm>
#include <charconv>

#include "base/suggest.h"
#include "base/text.h"

namespace rdsteady::manifest {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

bool IsDecimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !std::ranges::all_of(text, IsDigit)) return false;
  return text.front() != '0' || (text.size() == 1 && !negative);
}

std::optional<std::int64_t> MeantInteger(std::string_view text) {
  text = Trim(text);
  std::string digits;
  for (const char c : text) {
    if (c != '_' && c != ',') digits += c;
  }
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.erase(0, 1);
  if (digits.empty() || !IsDigit(digits.front())) return std::nullopt;
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) base = 16;
  if (digits.starts_with("0o")) base = 8;
  if (digits.starts_with("0b")) base = 2;
  const char* begin = digits.data() + (base == 10 ? 0 : 2);
  const char* end = digits.data() + digits.size();
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(begin, end, value, base);
  if (error != std::errc() || rest == begin) return std::nullopt;
  std::string_view tail(rest, static_cast<std::size_t>(end - rest));
  if (tail.starts_with('.')) {
    tail.remove_prefix(1);
    if (tail.empty() || !std::ranges::all_of(tail, [](char c) { return c == '0'; })) return std::nullopt;
    tail = {};
  }
  const std::string_view unit = Trim(tail);
  if (!std::ranges::all_of(unit, IsLetter) || unit.size() > 3 || (unit.size() == 1 && ToLower(unit) == "e")) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

std::optional<bool> MeantBoolean(std::string_view text) {
  const std::string lower = ToLower(Trim(text));
  constexpr std::string_view kTrue[] = {"true", "yes", "on", "y", "t", "1", "enabled"};
  constexpr std::string_view kFalse[] = {"false", "no", "off", "n", "f", "0", "disabled"};
  if (IsOneOf(lower, kTrue)) return true;
  if (IsOneOf(lower, kFalse)) return false;
  return std::nullopt;
}

std::optional<Instant> MeantTime(std::string_view text) {
  std::string candidate(Trim(text));
  if (candidate.size() == 10) candidate += "T00:00:00";
  if (candidate.size() < 16 || (candidate[10] != ' ' && candidate[10] != 'T')) return std::nullopt;
  candidate[10] = 'T';
  if (candidate.size() == 16) candidate += ":00";
  if (candidate.size() == 19) candidate += "Z";
  return ParseIso8601(candidate);
}

bool IsWord(std::string_view text) {
  return !text.empty() && !IsDigit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return IsLetter(c) || IsDigit(c) || c == '_'; });
}

bool IsOneOf(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

std::string SuggestName(std::string_view name, std::span<const std::string_view> known) {
  for (const std::string_view candidate : known) {
    if (EqualsIgnoreCase(candidate, name)) return "did you mean '" + std::string(candidate) + "'?";
  }
  // AllocatedStorageGiB, InstanceClass, SubnetGroupName: the one known name that holds it or is held by it.
  std::string nearest = DidYouMean(name, known);
  if (!nearest.empty() || name.size() < 5) return nearest;
  std::string_view only;
  for (const std::string_view candidate : known) {
    if (!ContainsIgnoreCase(candidate, name) && !(candidate.size() >= 5 && ContainsIgnoreCase(name, candidate)))
      continue;
    if (!only.empty()) return {};
    only = candidate;
  }
  return only.empty() ? std::string() : "did you mean '" + std::string(only) + "'?";
}

}  // namespace rdsteady::manifest
