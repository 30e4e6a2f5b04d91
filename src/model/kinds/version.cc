#include "model/kinds/version.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <vector>

#include "base/text.h"

namespace rdsteady::model {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Runs of digits and runs of anything else, so that "ru-2023-10" and "v1" order by their numbers.
std::vector<std::string_view> Tokens(std::string_view component) {
  std::vector<std::string_view> tokens;
  for (std::size_t at = 0; at < component.size();) {
    std::size_t end = at + 1;
    while (end < component.size() && IsDigit(component[end]) == IsDigit(component[at]))
      ++end;
    tokens.push_back(component.substr(at, end - at));
    at = end;
  }
  return tokens;
}

std::string_view WithoutLeadingZeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? std::string_view() : digits.substr(first);
}

// By length and then by digit: numbers of any length, no overflow.
std::strong_ordering CompareNumbers(std::string_view a, std::string_view b) {
  a = WithoutLeadingZeros(a);
  b = WithoutLeadingZeros(b);
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering CompareTokens(std::string_view a, std::string_view b) {
  if (IsDigit(a.front()) && IsDigit(b.front())) return CompareNumbers(a, b);
  return ToLower(a).compare(ToLower(b)) <=> 0;
}

std::strong_ordering CompareComponents(std::string_view a, std::string_view b) {
  const auto left = Tokens(a);
  const auto right = Tokens(b);
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (const auto order = CompareTokens(left[i], right[i]); order != 0) return order;
  }
  return left.size() <=> right.size();
}

// How many components make the major.
std::size_t MajorComponents(std::string_view engine, std::string_view version) {
  const std::string name = ToLower(engine);
  const std::string_view first = version.substr(0, version.find('.'));
  if (name == "postgres" || name == "aurora-postgresql") return CompareNumbers(first, "10") < 0 ? 2 : 1;
  if (name.starts_with("oracle") || name.starts_with("custom-oracle")) return CompareNumbers(first, "12") <= 0 ? 2 : 1;
  return 2;
}

}  // namespace

std::strong_ordering CompareVersions(std::string_view a, std::string_view b) {
  const auto left = Split(a, '.');
  const auto right = Split(b, '.');
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (const auto order = CompareComponents(left[i], right[i]); order != 0) return order;
  }
  return left.size() <=> right.size();
}

bool IsVersionPrefix(std::string_view prefix, std::string_view version) {
  if (prefix.empty()) return false;
  const auto stated = Split(prefix, '.');
  const auto whole = Split(version, '.');
  if (stated.size() > whole.size()) return false;
  for (std::size_t i = 0; i < stated.size(); ++i) {
    if (CompareComponents(stated[i], whole[i]) != 0) return false;
  }
  return true;
}

std::string MajorOf(std::string_view engine, std::string_view version) {
  const auto components = Split(version, '.');
  const std::size_t count = std::min(components.size(), MajorComponents(engine, version));
  std::string major(components.front());
  for (std::size_t i = 1; i < count; ++i)
    major.append(".").append(components[i]);
  return major;
}

bool CrossesMajor(std::string_view engine, std::string_view from, std::string_view to) {
  const std::string from_major = MajorOf(engine, from);
  const std::string to_major = MajorOf(engine, to);
  return !IsVersionPrefix(to_major, from_major) && !IsVersionPrefix(from_major, to_major);
}

}  // namespace rdsteady::model
