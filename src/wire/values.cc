// Walks over values beside their shapes that neither read nor write the wire: what is missing, what must not be shown.
#include <fmt/format.h>

#include "wire/member_index.h"
#include "wire/query.h"

namespace rdsteady::wire {
namespace {

using model::Shape;
using model::ShapeType;

constexpr std::string_view kMask = "****";

std::string MissingIn(const Shape& shape, const Value& value) {
  if (shape.type == ShapeType::kStructure) {
    if (const auto* members = value.If<Properties>()) return MissingMember(shape, *members);
  } else if (shape.type == ShapeType::kList) {
    const auto* items = value.If<List>();
    if (items == nullptr) return {};
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (const std::string missing = MissingIn(*shape.element, (*items)[i]); !missing.empty()) {
        return fmt::format("{}.{}", i + 1, missing);
      }
    }
  } else if (shape.type == ShapeType::kMap) {
    const auto* entries = value.If<Properties>();
    if (entries == nullptr) return {};
    for (const auto& [key, entry] : *entries) {
      if (const std::string missing = MissingIn(*shape.element, entry); !missing.empty()) {
        return fmt::format("{}.{}", key, missing);
      }
    }
  }
  return {};
}

Value RedactValue(const Shape* shape, const Value& value);

// structure is nullptr where the table knows nothing: there, names decide.
Properties RedactMembers(const Shape* structure, const Properties& members) {
  Properties redacted;
  for (const auto& [name, item] : members) {
    const model::Member* member = structure == nullptr ? nullptr : LookUpMember(*structure, name);
    const bool hidden = member != nullptr ? member->sensitive : model::IsSensitiveName(name);
    redacted.emplace_hint(
        redacted.end(), name,
        hidden && !item.IsNull() ? Value(kMask) : RedactValue(member == nullptr ? nullptr : member->shape, item));
  }
  return redacted;
}

Value RedactValue(const Shape* shape, const Value& value) {
  if (value.IsNull()) return value;
  if (value.Is<Secret>() || (shape != nullptr && shape->sensitive)) return kMask;
  if (const auto* items = value.If<List>()) {
    const Shape* element = shape != nullptr && shape->type == ShapeType::kList ? shape->element : nullptr;
    List redacted;
    redacted.reserve(items->size());
    for (const Value& item : *items)
      redacted.push_back(RedactValue(element, item));
    return redacted;
  }
  const auto* members = value.If<Properties>();
  if (members == nullptr) return value;
  if (shape == nullptr || shape->type != ShapeType::kMap) {
    return RedactMembers(shape != nullptr && shape->type == ShapeType::kStructure ? shape : nullptr, *members);
  }
  Properties redacted;
  for (const auto& [key, item] : *members)
    redacted.emplace_hint(redacted.end(), key, RedactValue(shape->element, item));
  return redacted;
}

}  // namespace

std::string MissingMember(const Shape& structure, const Properties& value) {
  for (const model::Member& member : structure.members) {
    const Value* found = Find(value, member.name);
    if (found == nullptr || found->IsNull()) {
      if (member.required) return std::string(member.name);
      continue;
    }
    if (const std::string missing = MissingIn(*member.shape, *found); !missing.empty()) {
      return fmt::format("{}.{}", member.name, missing);
    }
  }
  return {};
}

Properties Redact(const Shape& structure, const Properties& value) {
  return RedactMembers(&structure, value);
}

}  // namespace rdsteady::wire
