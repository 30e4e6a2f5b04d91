#include "cli/call_input.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/time.h"

namespace rdsteady::cli {
namespace {

using model::Member;
using model::Shape;
using model::ShapeType;

std::string_view NameOf(ShapeType type) {
  switch (type) {
    case ShapeType::kStructure: return "an object";
    case ShapeType::kList: return "a list";
    case ShapeType::kMap: return "a map";
    case ShapeType::kString: return "a text";
    case ShapeType::kBoolean: return "true or false";
    case ShapeType::kInteger:
    case ShapeType::kLong: return "a whole number";
    case ShapeType::kDouble: return "a number";
    case ShapeType::kTimestamp: return "a time like 2026-01-02T03:04:05Z";
  }
  return "a value";
}

class Reader {
 public:
  explicit Reader(std::vector<Error>& errors) : errors_(errors) {}

  void Object(const Shape& shape, const Value& json, const std::string& path, Properties& into) {
    const auto* object = json.If<Properties>();
    if (object == nullptr) return Wrong(path, shape.type, &json);
    for (const auto& [name, value] : *object) {
      const std::string inner = path.empty() ? name : path + "." + name;
      if (const Member* member = MemberOf(shape, name, inner))
        into.insert_or_assign(name, FromJson(*member->shape, IsSensitive(*member), value, inner));
    }
  }

  // One NAME=VALUE, its name split at the dots.
  void Assign(const Shape& shape, std::span<const std::string_view> names, std::string_view text,
              const std::string& path, Properties& into) {
    const std::string inner = path.empty() ? std::string(names[0]) : path + "." + std::string(names[0]);
    const Member* member = MemberOf(shape, names[0], inner);
    if (member == nullptr) return;
    Value& slot = into[std::string(member->name)];
    Put(*member->shape, IsSensitive(*member), names.subspan(1), text, inner, slot);
  }

  void Missing(const Shape& shape, const Properties& value, const std::string& path) {
    for (const Member& member : shape.members) {
      const std::string inner = path.empty() ? std::string(member.name) : fmt::format("{}.{}", path, member.name);
      const Value* found = Find(value, member.name);
      if (found == nullptr || found->IsNull()) {
        if (member.required)
          Add(fmt::format("{} is missing", inner), fmt::format("it is {}", NameOf(member.shape->type)));
        continue;
      }
      if (const auto* object = found->If<Properties>();
          object != nullptr && member.shape->type == ShapeType::kStructure)
        Missing(*member.shape, *object, inner);
      if (const auto* list = found->If<List>(); list != nullptr && member.shape->type == ShapeType::kList &&
                                                member.shape->element->type == ShapeType::kStructure) {
        std::size_t number = 0;
        for (const Value& item : *list) {
          ++number;
          if (const auto* object = item.If<Properties>())
            Missing(*member.shape->element, *object, fmt::format("{}.{}", inner, number));
        }
      }
    }
  }

 private:
  void Add(std::string message, std::string hint = {}) {
    errors_.push_back({.category = ErrorCategory::kUsage, .message = std::move(message), .hint = std::move(hint)});
  }

  static bool IsSensitive(const Member& member) { return member.sensitive || member.shape->sensitive; }

  // The offending value is shown unless it may be a secret.
  void Wrong(const std::string& path, ShapeType type, const Value* value, bool sensitive = false) {
    const std::string subject = path.empty() ? "the input" : path;
    if (value == nullptr || sensitive) Add(fmt::format("{} must be {}", subject, NameOf(type)));
    else Add(fmt::format("{} is {}, and must be {}", subject, ToDisplay(*value), NameOf(type)));
  }

  const Member* MemberOf(const Shape& shape, std::string_view name, const std::string& path) {
    if (const Member* member = model::FindMember(shape, name)) return member;
    std::vector<std::string_view> names;
    for (const Member& member : shape.members)
      names.push_back(member.name);
    Add(fmt::format("unknown member '{}' of {}", path, shape.name), DidYouMean(name, names));
    return nullptr;
  }

  Value SecretFrom(const Properties& reference, const std::string& path) {
    if (reference.size() == 1) {
      const auto& [word, value] = *reference.begin();
      const auto* text = value.If<std::string>();
      if (word == "env" && text != nullptr) return Secret::FromEnv(*text);
      if (word == "file" && text != nullptr) return Secret::FromFile(*text);
      if (const auto* list = value.If<List>(); word == "command" && list != nullptr && !list->empty()) {
        std::vector<std::string> argv;
        for (const Value& item : *list)
          argv.push_back(item.Is<std::string>() ? item.As<std::string>() : ToDisplay(item));
        return Secret::FromCommand(std::move(argv));
      }
    }
    Add(fmt::format("{} is no reference to a secret", path),
        R"(write {"env": "NAME"}, {"file": "PATH"} or {"command": ["word"]})");
    return {};
  }

  Value FromJson(const Shape& shape, bool sensitive, const Value& json, const std::string& path) {
    switch (shape.type) {
      case ShapeType::kStructure: {
        Properties object;
        Object(shape, json, path, object);
        return object;
      }
      case ShapeType::kMap: {
        if (!json.Is<Properties>()) break;
        Properties object;
        for (const auto& [key, value] : json.As<Properties>())
          object.emplace(key, FromJson(*shape.element, sensitive, value, path + "." + key));
        return object;
      }
      case ShapeType::kList: {
        if (!json.Is<List>()) break;
        List list;
        for (const Value& item : json.As<List>())
          list.push_back(FromJson(*shape.element, sensitive, item, fmt::format("{}.{}", path, list.size() + 1)));
        return list;
      }
      case ShapeType::kBoolean:
        if (json.Is<bool>()) return json;
        break;
      case ShapeType::kInteger:
      case ShapeType::kLong:
        if (json.Is<std::int64_t>()) return json;
        break;
      case ShapeType::kDouble:
        if (json.Is<double>() || json.Is<std::int64_t>()) return json;
        break;
      case ShapeType::kString:
      case ShapeType::kTimestamp:
        if (sensitive && json.Is<Properties>()) return SecretFrom(json.As<Properties>(), path);
        if (json.Is<std::string>()) return FromText(shape, sensitive, json.As<std::string>(), path);
        break;
    }
    Wrong(path, shape.type, &json, sensitive);
    return {};
  }

  Value FromText(const Shape& shape, bool sensitive, std::string_view text, const std::string& path) {
    const Value shown(text);
    switch (shape.type) {
      case ShapeType::kString:
        if (sensitive && text.starts_with('{')) return FromJsonText(shape, sensitive, text, path);
        if (sensitive) return Secret::Literal(std::string(text));
        return text;
      case ShapeType::kTimestamp:
        if (ParseIso8601(text)) return text;
        break;
      case ShapeType::kBoolean:
        if (text == "true") return true;
        if (text == "false") return false;
        break;
      case ShapeType::kInteger:
      case ShapeType::kLong:
        if (const auto number = ParseInteger(text)) return *number;
        break;
      case ShapeType::kDouble:
        if (const auto number = ParseDouble(text)) return *number;
        break;
      case ShapeType::kList: return ListFromText(shape, sensitive, text, path);
      case ShapeType::kStructure:
      case ShapeType::kMap: return FromJsonText(shape, sensitive, text, path);
    }
    Wrong(path, shape.type, &shown, sensitive);
    return {};
  }

  Value FromJsonText(const Shape& shape, bool sensitive, std::string_view text, const std::string& path) {
    Result<Value> json = ParseJson(text);
    if (!json) {
      Add(fmt::format("{} is {}", path, json.error().message));
      return {};
    }
    return FromJson(shape, sensitive, *json, path);
  }

  // JSON when it reads as JSON; else [a,b] of plain words, or one plain word.
  Value ListFromText(const Shape& shape, bool sensitive, std::string_view text, const std::string& path) {
    if (text.starts_with('[')) {
      if (Result<Value> json = ParseJson(text)) return FromJson(shape, sensitive, *json, path);
      if (!text.ends_with(']')) {
        Add(fmt::format("{} has no closing ']'", path));
        return {};
      }
      text = text.substr(1, text.size() - 2);
    }
    List list;
    if (Trim(text).empty()) return list;
    if (shape.element->type == ShapeType::kStructure) {
      Add(fmt::format("{} must be a list of objects", path), "write it as JSON");
      return {};
    }
    for (const std::string_view part : Split(text, ',')) {
      list.push_back(FromText(*shape.element, sensitive, Trim(part), fmt::format("{}.{}", path, list.size() + 1)));
    }
    return list;
  }

  void Put(const Shape& shape, bool sensitive, std::span<const std::string_view> names, std::string_view text,
           const std::string& path, Value& slot) {
    if (names.empty()) {
      slot = FromText(shape, sensitive, text, path);
      return;
    }
    if (shape.type == ShapeType::kStructure) {
      if (!slot.Is<Properties>()) slot = Properties();
      Assign(shape, names, text, path, *slot.If<Properties>());
      return;
    }
    if (shape.type == ShapeType::kMap) {
      if (!slot.Is<Properties>()) slot = Properties();
      Put(*shape.element, sensitive, names.subspan(1), text, path + "." + std::string(names[0]),
          (*slot.If<Properties>())[std::string(names[0])]);
      return;
    }
    if (shape.type == ShapeType::kList) {
      constexpr std::int64_t kMost = 1000;
      const auto number = ParseInteger(names[0]);
      if (!number || *number < 1 || *number > kMost) {
        return Add(fmt::format("{} is a list: '{}' is no position in it", path, names[0]), "positions begin at 1");
      }
      if (!slot.Is<List>()) slot = List();
      List& list = *slot.If<List>();
      if (list.size() < static_cast<std::size_t>(*number)) list.resize(static_cast<std::size_t>(*number));
      Put(*shape.element, sensitive, names.subspan(1), text, fmt::format("{}.{}", path, *number),
          list[static_cast<std::size_t>(*number) - 1]);
      return;
    }
    Add(fmt::format("{} is {}, and has no member '{}'", path, NameOf(shape.type), names[0]));
  }

  std::vector<Error>& errors_;
};

}  // namespace

CallInput ReadCallInput(const model::Operation& operation, std::string_view json,
                        const std::vector<std::string>& words) {
  static const Shape kNothing{.name = "the operation",
                              .type = ShapeType::kStructure,
                              .members = {},
                              .element = nullptr,
                              .element_name = {},
                              .enum_values = {},
                              .sensitive = false};
  const Shape& shape = operation.input != nullptr ? *operation.input : kNothing;
  CallInput result;
  Reader reader(result.errors);
  const auto add_json = [&](std::string_view text, std::string_view from) {
    const Result<Value> parsed = ParseJson(text);
    if (parsed) reader.Object(shape, *parsed, "", result.input);
    else
      result.errors.push_back(
          {.category = ErrorCategory::kUsage, .message = fmt::format("{} is {}", from, parsed.error().message)});
  };
  if (!json.empty()) add_json(json, "--cli-input-json");
  for (const std::string& word : words) {
    if (word.starts_with('{')) {
      add_json(word, "the input");
      continue;
    }
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      result.errors.push_back(
          {.category = ErrorCategory::kUsage, .message = fmt::format("'{}' is no Name=value", word)});
      continue;
    }
    const std::vector<std::string_view> names = Split(std::string_view(word).substr(0, equals), '.');
    reader.Assign(shape, names, std::string_view(word).substr(equals + 1), "", result.input);
  }
  if (result.errors.empty()) reader.Missing(shape, result.input, "");
  return result;
}

}  // namespace rdsteady::cli
