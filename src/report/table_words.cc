#include "report/table_words.h"

#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "report/words.h"

namespace rdsteady::report {

std::string_view Word(model::Update update) {
  switch (update) {
    case model::Update::kKey: return "key";
    case model::Update::kModify: return "modify";
    case model::Update::kOperation: return "operation";
    case model::Update::kImmutable: return "immutable";
    case model::Update::kBirth: return "birth";
    case model::Update::kWriteOnly: return "write-only";
    case model::Update::kModifier: return "modifier";
    case model::Update::kServiceOwned: return "service-owned";
    case model::Update::kRefused: return "refused";
  }
  return "refused";
}

std::string_view Word(model::Confidence confidence) {
  switch (confidence) {
    case model::Confidence::kGuide: return "reference";
    case model::Confidence::kImplied: return "implied";
    case model::Confidence::kUnconfirmed: return "unconfirmed";
  }
  return "unconfirmed";
}

std::string_view Word(model::StatusClass status_class) {
  switch (status_class) {
    case model::StatusClass::kSettled: return "settled";
    case model::StatusClass::kTransient: return "transient";
    case model::StatusClass::kNeedsAction: return "needs-action";
    case model::StatusClass::kTerminal: return "terminal";
    case model::StatusClass::kGone: return "gone";
  }
  return "transient";
}

std::string_view Word(model::SeparateOperation::What what) {
  using What = model::SeparateOperation::What;
  switch (what) {
    case What::kAdd: return "add";
    case What::kRemove: return "remove";
    case What::kSet: return "set";
    case What::kReset: return "reset";
    case What::kPromote: return "promote";
    case What::kStart: return "start";
    case What::kStop: return "stop";
    case What::kReboot: return "reboot";
  }
  return "set";
}

std::string_view ComparedAs(model::Compare compare) {
  using enum model::Compare;
  switch (compare) {
    case kNever: return "not compared";
    case kExact: return "letter for letter";
    case kIgnoreCase: return "as text, without case";
    case kIdentifier: return "as a name, which RDS folds to lower case";
    case kInteger: return "as a number";
    case kIntegerZeroIsNull: return "as a number; 0 and absent are the same";
    case kStorageFloor: return "as a floor: more is as stated where RDS rounded up or autoscaling may have grown it";
    case kBoolean: return "as true or false; absent is false";
    case kPresence: return "as true or false: whether the answer holds it at all";
    case kVersion:
      return "as a version prefix by component; with automatic minor versions a floor within its major version";
    case kDailyWindow: return "as a daily window in UTC";
    case kWeeklyWindow: return "as a weekly window in UTC";
    case kKmsKey:
      return "as a KMS key: KMS is asked what a name stands for; an alias that it does not resolve counts as equal, "
             "with a "
             "warning";
    case kArnOrName: return "as a name; an ARN of the same account and region is the same";
    case kSet: return "as a set: whole, in any order";
    case kMultiset: return "as a list in any order, repetitions counted";
    case kTextMap: return "key by key; keys that are not stated are untouched";
    case kNameValueList: return "as a map of names and values";
    case kKeyedVolumes: return "volume by volume, by VolumeName";
    case kRolePairs: return "as a set of pairs of RoleArn and FeatureName";
    case kDistinguishedName: return "as a distinguished name, without case and spaces after commas";
    case kParameterMap: return "key by key, values as RDS normalises them; keys that are not stated are untouched";
  }
  return "not compared";
}

std::string_view HowItChanges(model::Update update) {
  switch (update) {
    case model::Update::kKey: return "the name of the resource: changed only where renamed_from says so";
    case model::Update::kModify: return "by the modify call";
    case model::Update::kOperation: return "by operations of its own";
    case model::Update::kImmutable: return "never: set at creation, and a difference is refused with the way round it";
    case model::Update::kBirth: return "never: it chooses or feeds the creating call, and means nothing afterwards";
    case model::Update::kWriteOnly:
      return "sent at creation, afterwards only when it is asked for: it cannot be read back";
    case model::Update::kModifier: return "travels with another property, and never causes a change";
    case model::Update::kServiceOwned: return "never: the service owns it";
    case model::Update::kRefused: return "stating it is an error";
  }
  return "never";
}

std::string_view WhenItActs(const model::Property& property) {
  switch (property.timing) {
    case model::Timing::kNotModifiable: return "";
    case model::Timing::kDeferrable: return "in the maintenance window; now with --when now";
    case model::Timing::kImmediate: return "now, whatever is asked";
    case model::Timing::kAsynchronous: return "as soon as possible, whatever is asked";
    case model::Timing::kOnlyNow: return "now: RDS demands ApplyImmediately";
    case model::Timing::kDependsOnValue:
      return "depends on the value: some steps wait for the maintenance window, others act as soon as possible";
  }
  return "";
}

std::string NullMeans(const model::Property& property) {
  switch (property.reset) {
    case model::Reset::kNotPossible: return "";
    case model::Reset::kSendZero: return "switches it off (sends 0)";
    case model::Reset::kSendLiveOf: return fmt::format("switches it off (sends the live {})", property.reset_with);
    case model::Reset::kSendFlag: return fmt::format("resets it (sends {}=true)", property.reset_with);
    case model::Reset::kEmptySet: return "empties it";
    case model::Reset::kPerKey: return "null for a key removes or resets that key";
    case model::Reset::kOperation: return "is an operation of its own: promotion";
  }
  return "";
}

namespace {

std::string ShapeWord(const model::Shape& shape) {
  switch (shape.type) {
    case model::ShapeType::kStructure: return "structure";
    case model::ShapeType::kList: return shape.element == nullptr ? "list" : "list of " + ShapeWord(*shape.element);
    case model::ShapeType::kMap: return "map";
    case model::ShapeType::kString: return "text";
    case model::ShapeType::kBoolean: return "boolean";
    case model::ShapeType::kInteger:
    case model::ShapeType::kLong: return "integer";
    case model::ShapeType::kDouble: return "number";
    case model::ShapeType::kTimestamp: return "time";
  }
  return "text";
}

List Texts(std::span<const std::string_view> texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace

Value ValueTypeToJson(const model::Kind& kind, const model::Property& property) {
  const model::Shape* shape = model::TypeOf(kind, property);
  const model::Member* member = model::ApiMember(kind, property);
  Properties json;
  if (shape == nullptr) return json;
  json.emplace("type", property.item_key.empty() ? ShapeWord(*shape) : "map of text");
  const model::Shape& inner =
      shape->type == model::ShapeType::kList && shape->element != nullptr ? *shape->element : *shape;
  if (property.item_key.empty() && inner.type == model::ShapeType::kStructure) {
    List members;
    for (const model::Member& one : inner.members)
      members.emplace_back(one.name);
    json.emplace("members", std::move(members));
  }
  if (!inner.enum_values.empty()) json.emplace("values", Texts(inner.enum_values));
  if (!property.values.empty()) json.insert_or_assign("values", Texts(property.values));
  if (const model::Constraint* bounds = member == nullptr ? nullptr : member->constraint) {
    if (bounds->min) json.emplace("least", *bounds->min);
    if (bounds->max) json.emplace("most", *bounds->max);
    if (bounds->min_length) json.emplace("least_length", *bounds->min_length);
    if (bounds->max_length) json.emplace("most_length", *bounds->max_length);
    if (!bounds->pattern.empty()) json.emplace("pattern", bounds->pattern);
  }
  if (property.range.IsStated()) {
    json.insert_or_assign("least", property.range.least);
    json.insert_or_assign("most", property.range.most);
  }
  if (IsSensitiveProperty(kind, property.name)) json.emplace("sensitive", true);
  return json;
}

std::string ValueTypeText(const Value& type) {
  std::string text(TextOf(type, "type"));
  const auto names = [&type](std::string_view member) {
    std::vector<std::string> list;
    for (const Value& value : ListOf(type, member))
      list.push_back(Printable(value.As<std::string>()));
    return Join(list, ", ");
  };
  if (!ListOf(type, "members").empty()) text += " {" + names("members") + "}";
  if (!ListOf(type, "values").empty()) text += ": " + names("values");
  const auto bounds = [&type](std::string_view least, std::string_view most, std::string_view unit) {
    const Value* low = type.Find(least);
    const Value* high = type.Find(most);
    if (low == nullptr && high == nullptr) return std::string();
    if (high == nullptr) return fmt::format(", at least {}{}", ToDisplay(*low), unit);
    if (low == nullptr) return fmt::format(", at most {}{}", ToDisplay(*high), unit);
    return fmt::format(", {} to {}{}", ToDisplay(*low), ToDisplay(*high), unit);
  };
  text += bounds("least", "most", "");
  text += bounds("least_length", "most_length", " characters");
  if (!TextOf(type, "pattern").empty()) text += fmt::format(", matching {}", Printable(TextOf(type, "pattern")));
  if (FlagOf(type, "sensitive")) text += "; a secret: never shown, stated by reference";
  return text;
}

std::string Wrapped(std::string_view text, std::string_view first, std::string_view indent, std::size_t width) {
  std::string out;
  std::string line(first);
  bool empty = true;
  for (const std::string_view word : Split(text, ' ')) {
    if (word.empty()) continue;
    if (!empty && line.size() + 1 + word.size() > width) {
      out += line + "\n";
      line = indent;
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  return out + line + "\n";
}

}  // namespace rdsteady::report
