#include "local/sim/validate.h"

#include <algorithm>
#include <regex>

#include "base/text.h"
#include "local/sim/input.h"

namespace rdsteady::local::sim {
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

Checked<void> CheckConstraint(const model::Member& member, const Value& value) {
  const model::Constraint& constraint = *member.constraint;
  const std::string name(member.name);
  if (const auto* number = value.If<std::int64_t>()) {
    if ((constraint.min.has_value() && *number < *constraint.min) ||
        (constraint.max.has_value() && *number > *constraint.max)) {
      std::string bounds = constraint.max.has_value()
                               ? "Must be between " + std::to_string(constraint.min.value_or(0)) + " and " +
                                     std::to_string(*constraint.max)
                               : "Must be at least " + std::to_string(*constraint.min);
      return InvalidValue("Invalid value " + std::to_string(*number) + " for " + name + ". " + bounds);
    }
    return {};
  }
  const auto text = TextOf(value);
  if (!text.has_value()) return {};
  const auto length = static_cast<std::int64_t>(text->size());
  if (constraint.min_length.has_value() && length < *constraint.min_length) {
    return InvalidValue("The parameter " + name + " must be provided and must not be blank.");
  }
  if (constraint.max_length.has_value() && length > *constraint.max_length) {
    return InvalidValue("The parameter " + name + " is too long: at most " + std::to_string(*constraint.max_length) +
                        " characters are allowed.");
  }
  if (!constraint.pattern.empty() && length < 10'000) {
    const std::regex pattern(std::string(constraint.pattern), std::regex::ECMAScript);
    if (!std::regex_match(*text, pattern)) {
      return InvalidValue("The parameter " + name + " is not valid: it must match " + std::string(constraint.pattern));
    }
  }
  return {};
}

Checked<void> CheckValue(const model::Member& member, const model::Shape& shape, const Value& value) {
  switch (shape.type) {
    case model::ShapeType::kStructure:
      if (const auto* inner = value.If<Properties>()) return CheckShape(shape, *inner);
      return {};
    case model::ShapeType::kList:
      if (const auto* list = value.If<List>()) {
        for (const Value& item : *list)
          RDSTEADY_CHECK(CheckValue(member, *shape.element, item));
      }
      return {};
    case model::ShapeType::kString:
      if (const auto text = TextOf(value); text.has_value() && !shape.enum_values.empty() &&
                                           std::ranges::find(shape.enum_values, *text) == shape.enum_values.end()) {
        return InvalidValue("Invalid value '" + *text + "' for " + std::string(member.name) + ". Must be one of " +
                            QuotedAlternatives(shape.enum_values));
      }
      break;
    default: break;
  }
  return member.constraint == nullptr ? Checked<void>() : CheckConstraint(member, value);
}

}  // namespace

Checked<void> CheckShape(const model::Shape& shape, const Properties& input) {
  for (const model::Member& member : shape.members) {
    const Value* value = Find(input, member.name);
    if (value == nullptr || value->IsNull()) {
      if (member.required) {
        return Refuse("MissingParameter", "The request must contain the parameter " + std::string(member.name) + ".");
      }
      continue;
    }
    RDSTEADY_CHECK(CheckValue(member, *member.shape, *value));
  }
  return {};
}

Checked<void> CheckIdentifier(std::string_view member, std::string_view identifier, std::size_t most) {
  const bool good = !identifier.empty() && IsLetter(identifier.front()) && !identifier.ends_with('-') &&
                    !identifier.contains("--") &&
                    std::ranges::all_of(identifier, [](char c) { return IsLetter(c) || IsDigit(c) || c == '-'; });
  if (!good) {
    return InvalidValue("The parameter " + std::string(member) +
                        " is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII "
                        "letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive "
                        "hyphens.");
  }
  if (identifier.size() > most) {
    return InvalidValue("The parameter " + std::string(member) +
                        " is not a valid identifier because it is longer than " + std::to_string(most) +
                        " characters.");
  }
  return {};
}

Checked<void> CheckTags(const Properties& input) {
  const Value* tags = Find(input, "Tags");
  const List* list = tags == nullptr ? nullptr : tags->If<List>();
  if (list == nullptr) return {};
  for (const Value& tag : *list) {
    const auto* pair = tag.If<Properties>();
    const std::string key = pair == nullptr ? "" : TextOr(*pair, "Key");
    if (key.empty() || key.size() > 128) return InvalidValue("Tag keys must have 1 to 128 characters.");
    if (TextOr(*pair, "Value").size() > 256) return InvalidValue("Tag values must have at most 256 characters.");
    if (EqualsIgnoreCase(key.substr(0, 4), "aws:")) {
      return InvalidValue("Tag keys beginning with aws: are reserved for system use: " + key);
    }
  }
  if (list->size() > 50) return InvalidValue("A resource can have at most 50 tags.");
  return {};
}

Checked<void> CheckPassword(const Engine& engine, std::string_view password) {
  const std::string start = "The parameter MasterUserPassword is not a valid password";
  if (password.size() < 8) return InvalidValue(start + " because it is shorter than 8 characters.");
  if (password.size() > static_cast<std::size_t>(engine.max_password)) {
    return InvalidValue(start + " because it is longer than " + std::to_string(engine.max_password) + " characters.");
  }
  const bool is_oracle = engine.name.starts_with("oracle");
  const bool good = std::ranges::all_of(password, [&](char c) {
    return c > ' ' && c < 0x7f && c != '/' && c != '@' && c != '"' && !(is_oracle && (c == '&' || c == '\''));
  });
  if (!good) {
    return InvalidValue(start + ". Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.");
  }
  return {};
}

}  // namespace rdsteady::local::sim
