#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace rdsteady {
namespace {

char LowerChar(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char UpperChar(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), LowerChar);
  return out;
}

std::string ToUpper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), UpperChar);
  return out;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return LowerChar(x) == LowerChar(y); });
}

bool ContainsIgnoreCase(std::string_view text, std::string_view part) {
  return !std::ranges::search(text, part, [](char x, char y) { return LowerChar(x) == LowerChar(y); }).empty() ||
         part.empty();
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string Join(std::span<const std::string> parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string ReplaceAll(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<double> ParseDouble(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::string FormatDouble(double value) {
  std::string buffer(64, '\0');
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  buffer.resize(error == std::errc() ? static_cast<std::size_t>(end - buffer.data()) : 0);
  return buffer;
}

std::string HexEncode(std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

bool IsValidUtf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = p + text.size();
  const auto continuation = [&](int count, unsigned char low, unsigned char high) {
    if (end - p < count) return false;
    if (*p < low || *p > high) return false;
    for (int i = 1; i < count; ++i) {
      if ((p[i] & 0xC0) != 0x80) return false;
    }
    p += count;
    return true;
  };
  while (p < end) {
    const unsigned char lead = *p++;
    bool ok = true;
    if (lead < 0x80) continue;
    if (lead < 0xC2) return false;
    if (lead < 0xE0) ok = continuation(1, 0x80, 0xBF);
    else if (lead == 0xE0) ok = continuation(2, 0xA0, 0xBF);
    else if (lead == 0xED) ok = continuation(2, 0x80, 0x9F);
    else if (lead < 0xF0) ok = continuation(2, 0x80, 0xBF);
    else if (lead == 0xF0) ok = continuation(3, 0x90, 0xBF);
    else if (lead < 0xF4) ok = continuation(3, 0x80, 0xBF);
    else if (lead == 0xF4) ok = continuation(3, 0x80, 0x8F);
    else return false;
    if (!ok) return false;
  }
  return true;
}

std::string QuotedAlternatives(std::span<const std::string_view> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += fmt::format("'{}'", names[i]);
  }
  return out;
}

}  // namespace rdsteady
