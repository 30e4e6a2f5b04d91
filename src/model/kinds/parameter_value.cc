#include "model/kinds/parameter_value.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"

namespace rdsteady::model {
namespace {

std::string AsText(const Value& value) {
  const auto* text = value.If<std::string>();
  return std::string(Trim(text != nullptr ? *text : ToDisplay(value)));
}

std::string MemberText(const Value& item, std::string_view member) {
  const Value* found = item.Find(member);
  return found == nullptr || found->IsNull() ? std::string() : AsText(*found);
}

// on and off as the service may write them.
std::optional<bool> AsSwitch(std::string_view text) {
  static constexpr std::array<std::string_view, 4> kOn = {"1", "on", "true", "yes"};
  static constexpr std::array<std::string_view, 4> kOff = {"0", "off", "false", "no"};
  const auto is = [text](std::string_view word) { return EqualsIgnoreCase(text, word); };
  if (std::ranges::any_of(kOn, is)) return true;
  if (std::ranges::any_of(kOff, is)) return false;
  return std::nullopt;
}

// Declared boolean, or with allowed values that are all switch words ("0,1", "ON,OFF").
bool IsSwitch(const Value& item) {
  if (EqualsIgnoreCase(MemberText(item, "DataType"), "boolean")) return true;
  const std::string allowed = MemberText(item, "AllowedValues");
  if (allowed.empty()) return false;
  return std::ranges::all_of(Split(allowed, ','),
                             [](std::string_view word) { return AsSwitch(Trim(word)).has_value(); });
}

bool IsNumeric(const Value& item) {
  const std::string type = ToLower(MemberText(item, "DataType"));
  return type == "integer" || type == "float" || type == "real" || type == "double";
}

}  // namespace

bool ParameterReached(const Value& want, const Value& have, const Value& item) {
  // A parameter that the user never set, or has reset, does not have the source "user".
  if (want.IsNull()) return item.IsNull() || !EqualsIgnoreCase(MemberText(item, "Source"), "user");
  if (have.IsNull()) return false;
  const std::string stated = AsText(want);
  const std::string live = AsText(have);
  if (stated == live) return true;
  if (IsSwitch(item)) {
    const auto a = AsSwitch(stated);
    const auto b = AsSwitch(live);
    return a && b ? *a == *b : EqualsIgnoreCase(stated, live);
  }
  if (IsNumeric(item)) {
    const auto a = ParseDouble(stated);
    const auto b = ParseDouble(live);
    return a && b && *a == *b;
  }
  return false;
}

}  // namespace rdsteady::model
