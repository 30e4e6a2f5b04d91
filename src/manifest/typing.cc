#include "manifest/typing.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <regex>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/text.h"
#include "base/time.h"
#include "manifest/scalar.h"
#include "manifest/secret.h"

namespace rdsteady::manifest {
namespace {

using model::Shape;
using model::ShapeType;

// One value on its way from node to Value; `what` is its path for messages: AdditionalStorageVolumes[0].IOPS.
class Typer {
 public:
  explicit Typer(const Reading& reading) : reading_(reading) {}

  std::optional<Value> Type(const Node& node, const Shape& shape, const model::Constraint* constraint,
                            const std::string& what) {
    if (!HasValue(reading_, node, what)) return std::nullopt;
    if (node.IsNull() && shape.type != ShapeType::kString) {
      return Fail(node, fmt::format("{} cannot be null", what), "remove it to leave it alone");
    }
    switch (shape.type) {
      case ShapeType::kStructure: return Structure(node, shape, {}, what);
      case ShapeType::kList: return Items(node, *shape.element, {}, what);
      case ShapeType::kMap: return TextMap(node, what);
      case ShapeType::kString: return Text(node, shape, constraint, what);
      case ShapeType::kBoolean: return Boolean(node, what);
      case ShapeType::kInteger:
      case ShapeType::kLong: return Integer(node, shape, constraint, what);
      case ShapeType::kDouble: return Number(node, what);
      case ShapeType::kTimestamp: return Timestamp(node, what);
    }
    return std::nullopt;
  }

  std::optional<Value> Items(const Node& node, const Shape& element, std::string_view left_out,
                             const std::string& what) {
    if (!node.IsList()) {
      const bool one = node.IsScalar() && !node.IsNull();
      return Fail(node, fmt::format("{} takes a list, not {}", what, Describe(node)),
                  one ? fmt::format("write [{}]", reading_.document.Written(node)) : std::string());
    }
    List list;
    list.reserve(node.count);
    bool whole = true;
    for (const Node* item : node.items()) {
      const std::string item_what = fmt::format("{}[{}]", what, list.size());
      std::optional<Value> value = element.type == ShapeType::kStructure && item->IsMap()
                                       ? Structure(*item, element, left_out, item_what)
                                       : Type(*item, element, nullptr, item_what);
      whole = whole && value.has_value();
      list.push_back(std::move(value).value_or(Value()));
    }
    if (!whole) return std::nullopt;
    return Value(std::move(list));
  }

  // A map of texts. Values are read as they are written: 500, on and {DBInstanceClassMemory/32768} are texts.
  std::optional<Value> TextMap(const Node& node, const std::string& what) {
    if (!node.IsMap()) {
      return Fail(node, fmt::format("{} takes a map, not {}", what, Describe(node)), "write {name: value}");
    }
    Properties map;
    bool whole = true;
    for (const Entry& entry : node.entries()) {
      const std::string_view key = entry.key->text();
      const std::string entry_what = fmt::format("{}.{}", what, key);
      if (entry.value->IsNull()) {
        map.emplace_hint(map.end(), std::string(key), Value());
        continue;
      }
      if (entry.value->absent && entry.key->plain && key.contains(':')) {  // {a:1} is one long key
        (void)Fail(*entry.key, fmt::format("'{}' has no value", key), "write a space after the ':'");
        whole = false;
        continue;
      }
      std::optional<std::string> text = TextOf(*entry.value, entry_what, /*may_be_empty=*/true);
      whole = whole && text.has_value();
      if (text) map.emplace_hint(map.end(), std::string(key), Value(*std::move(text)));
    }
    if (!whole) return std::nullopt;
    return Value(std::move(map));
  }

  // [{Key: service, Value: orders}] as the map that it stands for.
  std::optional<Value> Pairs(const Node& node, const PropertyType& type, const std::string& what) {
    std::optional<Value> items = Items(node, *type.shape, {}, what);
    if (!items) return std::nullopt;
    Properties map;
    std::size_t index = 0;
    for (const Value& item : items->As<List>()) {
      const Node& where = *node.items()[index++];
      const Value* key = item.Find(type.property->item_key);
      const Value* value = item.Find(type.property->item_value);
      if (key == nullptr || !key->Is<std::string>()) {
        return Fail(where, fmt::format("{} has an item without '{}'", what, type.property->item_key));
      }
      if (!map.emplace(key->As<std::string>(), value == nullptr ? Value("") : *value).second) {
        return Fail(where, fmt::format("{} has '{}' twice", what, key->As<std::string>()));
      }
    }
    return Value(std::move(map));
  }

  std::optional<std::string> TextOf(const Node& node, const std::string& what, bool may_be_empty = false) {
    if (node.IsMap()) {
      // {DBInstanceClassMemory/32768}: to YAML a map of a key without a value; to RDS a formula.
      const auto forgotten = [](const Entry& entry) { return entry.value->absent; };
      if (node.flow && node.count > 0 && std::ranges::all_of(node.entries(), forgotten)) {
        return std::string(reading_.document.Written(node));
      }
    }
    if (!node.IsScalar()) {
      const bool reference = node.IsMap() && node.count == 1 && LooksLikeSecretReference(node);
      reading_.faults.Error(
          reading_.document.Span(node), fmt::format("{} takes text, not {}", what, Describe(node)),
          reference ? "only secrets are read by reference; use vars: and --var for other values" : "");
      return std::nullopt;
    }
    if (!HasValue(reading_, node, what)) return std::nullopt;
    if (node.text().empty() && !may_be_empty) {
      reading_.faults.Error(reading_.document.Span(node), fmt::format("{} is empty", what),
                            "write a value; remove the line to leave it alone");
      return std::nullopt;
    }
    return std::string(node.text());
  }

 private:
  std::nullopt_t Fail(const Node& node, std::string message, std::string hint = {}) {
    reading_.faults.Error(reading_.document.Span(node), std::move(message), std::move(hint));
    return std::nullopt;
  }

  std::optional<Value> Structure(const Node& node, const Shape& shape, std::string_view left_out,
                                 const std::string& what) {
    if (!node.IsMap()) return Fail(node, fmt::format("{} takes a map, not {}", what, Describe(node)));
    const auto stated = [&](std::string_view name) { return name != left_out; };
    Properties members;
    bool whole = true;
    for (const Entry& entry : node.entries()) {
      const std::string_view name = entry.key->text();
      const model::Member* member = model::FindMember(shape, name);
      if (member == nullptr || !stated(name)) {
        std::vector<std::string_view> known;
        for (const model::Member& m : shape.members) {
          if (stated(m.name)) known.push_back(m.name);
        }
        reading_.faults.Error(reading_.document.Span(*entry.key), fmt::format("unknown member '{}' of {}", name, what),
                              SuggestName(name, known));
        whole = false;
        continue;
      }
      const std::string member_what = fmt::format("{}.{}", what, name);
      std::optional<Value> value = member->sensitive || member->shape->sensitive
                                       ? TypeSecret(reading_, entry, member_what)
                                       : Type(*entry.value, *member->shape, member->constraint, member_what);
      whole = whole && value.has_value();
      if (value) members.emplace(std::string(name), *std::move(value));
    }
    for (const model::Member& member : shape.members) {
      if (!member.required || !stated(member.name) || node.incomplete || FindEntry(node, member.name) != nullptr)
        continue;
      reading_.faults.Error(reading_.document.Span(node), fmt::format("{} lacks '{}'", what, member.name));
      whole = false;
    }
    if (!whole) return std::nullopt;
    return Value(std::move(members));
  }

  std::optional<Value> Text(const Node& node, const Shape& shape, const model::Constraint* constraint,
                            const std::string& what) {
    if (node.IsNull()) {
      return Fail(node, fmt::format("{} cannot be null", what),
                  "remove it to leave it alone; write \"null\" for the word itself");
    }
    std::optional<std::string> text = TextOf(node, what);
    if (!text) return std::nullopt;
    if (!shape.enum_values.empty() && !IsOneOf(*text, shape.enum_values)) {
      return Fail(node, fmt::format("{} takes {}, not '{}'", what, QuotedAlternatives(shape.enum_values), *text),
                  SuggestName(*text, shape.enum_values));
    }
    if (constraint != nullptr && !Meets(node, *text, *constraint, what)) return std::nullopt;
    return Value(*std::move(text));
  }

  bool Meets(const Node& node, const std::string& text, const model::Constraint& constraint, const std::string& what) {
    const auto length =
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    if (length < constraint.min_length.value_or(0) ||
        length > constraint.max_length.value_or(std::numeric_limits<std::int64_t>::max())) {
      const std::string bounds = !constraint.max_length ? fmt::format("at least {}", *constraint.min_length)
                                 : constraint.min_length.value_or(0) == 0
                                     ? fmt::format("at most {}", *constraint.max_length)
                                     : fmt::format("{} to {}", *constraint.min_length, *constraint.max_length);
      (void)Fail(node, fmt::format("{} takes {} characters, not {}", what, bounds, length));
      return false;
    }
    // The library's matcher recurses by character: a text without a bound is left to the service.
    constexpr std::size_t kMaxMatched = 4096;
    if (constraint.pattern.empty() || text.size() > kMaxMatched) return true;
    if (std::regex_search(text, Compiled(constraint.pattern))) return true;
    (void)Fail(node, fmt::format("'{}' is not a {}", text, what), fmt::format("its form is {}", constraint.pattern));
    return false;
  }

  static const std::regex& Compiled(std::string_view pattern) {
    static std::mutex mutex;
    static std::map<std::string_view, std::regex> compiled;  // views into the static table
    const std::scoped_lock lock(mutex);
    const auto found = compiled.find(pattern);
    if (found != compiled.end()) return found->second;
    return compiled.emplace(pattern, std::regex(pattern.begin(), pattern.end(), std::regex::ECMAScript)).first->second;
  }

  std::optional<Value> Boolean(const Node& node, const std::string& what) {
    if (node.IsScalar() && node.plain && node.text() == "true") return Value(true);
    if (node.IsScalar() && node.plain && node.text() == "false") return Value(false);
    const std::optional<bool> meant = node.IsScalar() ? MeantBoolean(node.text()) : std::nullopt;
    return Fail(node, fmt::format("{} takes true or false, not {}", what, Shown(node)),
                meant ? fmt::format("write {}", *meant) : std::string());
  }

  std::optional<Value> Integer(const Node& node, const Shape& shape, const model::Constraint* constraint,
                               const std::string& what) {
    const std::optional<std::int64_t> value = ReadInteger(reading_, node, what);
    if (!value) return std::nullopt;
    const bool narrow = shape.type == ShapeType::kInteger;
    const std::int64_t low =
        narrow ? std::numeric_limits<std::int32_t>::min() : std::numeric_limits<std::int64_t>::min();
    const std::int64_t high =
        narrow ? std::numeric_limits<std::int32_t>::max() : std::numeric_limits<std::int64_t>::max();
    const std::int64_t min = constraint == nullptr ? low : constraint->min.value_or(low);
    const std::int64_t max = constraint == nullptr ? high : constraint->max.value_or(high);
    if (*value < min || *value > max) {
      return Fail(node, fmt::format("{} is out of range: {} is not between {} and {}", what, *value, min, max));
    }
    return Value(*value);
  }

  std::optional<Value> Number(const Node& node, const std::string& what) {
    const std::optional<double> value = node.IsScalar() && node.plain ? ParseDouble(node.text()) : std::nullopt;
    if (!value) return Fail(node, fmt::format("{} takes a number, not {}", what, Shown(node)));
    return Value(*value);
  }

  std::optional<Value> Timestamp(const Node& node, const std::string& what) {
    const std::optional<Instant> at = node.IsScalar() ? ParseIso8601(node.text()) : std::nullopt;
    if (at) return Value(FormatIso8601(*at));
    const std::optional<Instant> meant = node.IsScalar() ? MeantTime(node.text()) : std::nullopt;
    return Fail(node, fmt::format("{} takes a time in UTC, not {}", what, Shown(node)),
                "write " + (meant ? FormatIso8601(*meant) : "it as 2026-01-02T03:04:05Z"));
  }

  static std::string Shown(const Node& node) {
    if (!node.IsScalar()) return std::string(Describe(node));
    return node.plain ? fmt::format("'{}'", node.text()) : fmt::format("the text \"{}\"", node.text());
  }

  const Reading& reading_;
};

}  // namespace

std::string_view Describe(const Node& node) {
  switch (node.type) {
    case Node::Type::kList: return "a list";
    case Node::Type::kMap: return "a map";
    case Node::Type::kSecret: return "a secret";
    case Node::Type::kScalar: break;
  }
  return node.IsNull() ? "null" : node.plain ? "a word" : "text";
}

bool HasValue(const Reading& reading, const Node& node, std::string_view what, std::string_view advice) {
  if (node.faulty) return false;
  if (!node.IsScalar() || (!node.plain && !node.substituted)) return true;
  const std::string hint(advice.empty() ? "write a value, or remove it" : advice);
  const std::string_view text = node.text();
  if (node.absent) {
    reading.faults.Error(reading.document.Span(node), fmt::format("{} has no value", what), hint);
  } else if (node.substituted && text.empty()) {
    reading.faults.Error(reading.document.Span(node), fmt::format("{} is empty once its variables are replaced", what),
                         hint);
  } else if (node.substituted && node.plain && (text == "null" || text == "~")) {
    reading.faults.Error(reading.document.Span(node),
                         fmt::format("{} is '{}' once its variables are replaced", what, text), hint);
  } else if (node.plain &&
             (text == "~" || text == "Null" || text == "NULL" || (reading.bare_dictionary && text == "None"))) {
    reading.faults.Error(reading.document.Span(node), fmt::format("'{}' is no value for {}", text, what), hint);
  } else {
    return true;
  }
  return false;
}

std::optional<std::string> ReadText(const Reading& reading, const Node& node, std::string_view what) {
  if (node.IsNull()) {
    reading.faults.Error(reading.document.Span(node), fmt::format("{} cannot be null", what));
    return std::nullopt;
  }
  return Typer(reading).TextOf(node, std::string(what));
}

std::optional<std::size_t> ReadWord(const Reading& reading, const Node& node, std::string_view what,
                                    std::span<const std::string_view> words) {
  const std::optional<std::string> text = ReadText(reading, node, what);
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(words, *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  reading.faults.Error(reading.document.Span(node),
                       fmt::format("{} takes {}, not '{}'", what, QuotedAlternatives(words), *text),
                       SuggestName(*text, words));
  return std::nullopt;
}

std::optional<std::int64_t> ReadInteger(const Reading& reading, const Node& node, std::string_view what) {
  if (!HasValue(reading, node, what)) return std::nullopt;
  if (node.IsScalar() && node.plain && IsDecimal(node.text())) {
    if (const std::optional<std::int64_t> value = ParseInteger(node.text())) return value;
    reading.faults.Error(reading.document.Span(node), fmt::format("{} is out of range: {}", what, node.text()));
    return std::nullopt;
  }
  const std::optional<std::int64_t> meant = node.IsScalar() ? MeantInteger(node.text()) : std::nullopt;
  const std::string found = !node.IsScalar() ? std::string(Describe(node))
                            : node.plain     ? fmt::format("'{}'", node.text())
                                             : fmt::format("the text \"{}\"", node.text());
  reading.faults.Error(reading.document.Span(node), fmt::format("{} takes an integer, not {}", what, found),
                       meant ? fmt::format("write {}", *meant) : "write it in decimal digits");
  return std::nullopt;
}

std::optional<std::vector<std::string>> ReadTexts(const Reading& reading, const Node& node, std::string_view what) {
  if (!HasValue(reading, node, what)) return std::nullopt;
  if (!node.IsList()) {
    reading.faults.Error(reading.document.Span(node), fmt::format("{} takes a list, not {}", what, Describe(node)),
                         node.IsScalar() ? fmt::format("write [{}]", reading.document.Written(node)) : std::string());
    return std::nullopt;
  }
  std::vector<std::string> texts;
  bool whole = true;
  for (const Node* item : node.items()) {
    std::optional<std::string> text = ReadText(reading, *item, fmt::format("{}[{}]", what, texts.size()));
    whole = whole && text.has_value();
    texts.push_back(std::move(text).value_or(std::string()));
  }
  if (!whole) return std::nullopt;
  return texts;
}

std::optional<Value> TypeProperty(const Reading& reading, const PropertyType& type, const Entry& entry) {
  const model::Property& property = *type.property;
  const Node& node = *entry.value;
  const std::string what(property.name);
  const bool resettable = property.reset != model::Reset::kNotPossible && property.reset != model::Reset::kPerKey;
  if (type.sensitive) return TypeSecret(reading, entry, what);
  if (!HasValue(reading, node, what,
                resettable ? "write a value; write null to reset it; remove the line to leave it alone"
                           : "write a value; remove the line to leave it alone")) {
    return std::nullopt;
  }
  if (node.IsNull()) {
    if (resettable) return Value();
    reading.faults.Error(reading.document.Span(node), fmt::format("{} cannot be reset with null", what),
                         property.reset == model::Reset::kPerKey ? "null belongs to one of its keys: {name: null}"
                                                                 : "remove the line to leave it alone");
    return std::nullopt;
  }
  Typer typer(reading);
  if (type.form == PropertyType::Form::kTextMap) {
    if (node.IsList() && type.shape != nullptr) {
      if (reading.bare_dictionary) return typer.Pairs(node, type, what);
      reading.faults.Error(reading.document.Span(node), fmt::format("{} takes a map, not a list", what),
                           "write {name: value} in place of the pairs");
      return std::nullopt;
    }
    return typer.TextMap(node, what);
  }
  const bool items = type.form == PropertyType::Form::kItems;
  if (items || type.shape->type == ShapeType::kList) {
    std::optional<Value> list = typer.Items(node, items ? *type.shape : *type.shape->element, type.left_out, what);
    if (list && list->As<List>().empty() && property.compare == model::Compare::kSet &&
        property.reset != model::Reset::kEmptySet) {
      reading.faults.Error(reading.document.Span(node), fmt::format("{} cannot be an empty list", what),
                           "RDS keeps the last set; remove the line to leave it alone");
      return std::nullopt;
    }
    return list;
  }
  return typer.Type(node, *type.shape, type.constraint, what);
}

KindTypes::KindTypes(const model::Kind& kind) {
  for (const model::Property& property : kind.properties) {
    PropertyType type{.property = &property};
    const model::Member* member = model::ApiMember(kind, property);
    if (member != nullptr) {
      type.shape = member->shape;
      type.constraint = member->constraint;
      type.sensitive = member->sensitive || member->shape->sensitive;
    }
    const auto operation = std::ranges::find_if(kind.operations, [&](const model::SeparateOperation& o) {
      return o.property == property.name && o.what == model::SeparateOperation::What::kAdd;
    });
    if (!property.item_key.empty()) {
      type.form = PropertyType::Form::kTextMap;
      const bool pairs = type.shape != nullptr && type.shape->type == ShapeType::kList;
      type.shape = pairs ? type.shape->element : nullptr;
    } else if (member == nullptr && operation != kind.operations.end()) {
      const model::Operation* adds = model::FindOperation(operation->operation.view());
      type.form = PropertyType::Form::kItems;
      type.shape = adds == nullptr ? nullptr : adds->input;
      type.left_out = operation->resource_member;
    }
    if (type.shape == nullptr && type.form != PropertyType::Form::kTextMap)
      continue;  // a test holds that there is none
    types_.push_back(std::move(type));
    if (property.update != model::Update::kKey) names_.push_back(property.name);
  }
  std::ranges::sort(types_, {}, [](const PropertyType& t) { return t.property->name; });
  std::ranges::sort(names_);
}

const PropertyType* KindTypes::Find(std::string_view property) const {
  const auto name = [](const PropertyType& t) { return t.property->name; };
  const auto it = std::ranges::lower_bound(types_, property, {}, name);
  return it != types_.end() && name(*it) == property ? &*it : nullptr;
}

const KindTypes& KindTypes::Of(const model::Kind& kind) {
  static std::mutex mutex;
  static std::map<const model::Kind*, KindTypes> all;
  const std::scoped_lock lock(mutex);
  const auto found = all.find(&kind);
  return found != all.end() ? found->second : all.emplace(&kind, KindTypes(kind)).first->second;
}

}  // namespace rdsteady::manifest
