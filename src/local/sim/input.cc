#include "local/sim/input.h"

#include <algorithm>

namespace rdsteady::local::sim {

bool IsAlphanumeric(std::string_view text, std::string_view besides) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || besides.contains(c);
  });
}

bool Has(const Properties& from, std::string_view name) {
  const Value* value = Find(from, name);
  return value != nullptr && !value->IsNull();
}

std::optional<std::string> TextOf(const Value& value) {
  if (const auto* text = value.If<std::string>()) return *text;
  if (const auto* secret = value.If<Secret>(); secret != nullptr && secret->source() == Secret::Source::kLiteral) {
    return secret->Reveal();
  }
  return std::nullopt;
}

std::optional<std::string> TextAt(const Properties& from, std::string_view name) {
  const Value* value = Find(from, name);
  return value == nullptr ? std::nullopt : TextOf(*value);
}

std::string TextOr(const Properties& from, std::string_view name, std::string_view otherwise) {
  auto text = TextAt(from, name);
  return text.has_value() ? *std::move(text) : std::string(otherwise);
}

std::optional<std::int64_t> IntAt(const Properties& from, std::string_view name) {
  const Value* value = Find(from, name);
  if (value == nullptr) return std::nullopt;
  const auto* number = value->If<std::int64_t>();
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::int64_t IntOr(const Properties& from, std::string_view name, std::int64_t otherwise) {
  return IntAt(from, name).value_or(otherwise);
}

std::optional<bool> BoolAt(const Properties& from, std::string_view name) {
  const Value* value = Find(from, name);
  if (value == nullptr) return std::nullopt;
  const auto* flag = value->If<bool>();
  return flag == nullptr ? std::nullopt : std::optional(*flag);
}

bool BoolOr(const Properties& from, std::string_view name, bool otherwise) {
  return BoolAt(from, name).value_or(otherwise);
}

std::vector<std::string> TextsAt(const Properties& from, std::string_view name) {
  std::vector<std::string> texts;
  const Value* value = Find(from, name);
  const List* list = value == nullptr ? nullptr : value->If<List>();
  if (list == nullptr) return texts;
  for (const Value& item : *list) {
    if (auto text = TextOf(item)) texts.push_back(*std::move(text));
  }
  return texts;
}

List ToList(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace rdsteady::local::sim
