// Requests arrive as flat names in any order. They are first gathered into a tree that has the shape's structure (so
// its depth is the shape's, whatever the sender writes), then the tree is turned into values.
#include <charconv>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "wire/member_index.h"
#include "wire/query.h"

namespace rdsteady::wire {
namespace {

using model::Shape;
using model::ShapeType;

using Fault = std::unexpected<ProtocolFault>;
template <class T>
using Decoded = std::expected<T, ProtocolFault>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// What a message may repeat of a name that the sender chose.
std::string Shown(std::string_view name) {
  constexpr std::size_t kLongest = 100;
  std::string shown(name.substr(0, kLongest));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) c = '?';
  }
  return name.size() > kLongest ? shown + "..." : shown;
}

Fault Invalid(std::string_view path, std::string_view expected) {
  return Fault(ProtocolFault{.code = "InvalidParameterValue",
                             .message = fmt::format("Invalid value for {}: expected {}", Shown(path), expected)});
}
Fault Unknown(std::string_view path, std::string_view operation) {
  return Fault(ProtocolFault{.code = "ValidationError",
                             .message = fmt::format("{} has no parameter {}", operation, Shown(path))});
}
Fault Twice(std::string_view path) {
  return Fault(ProtocolFault{.code = "MalformedQueryString",
                             .message = fmt::format("The parameter {} is given twice", Shown(path))});
}

// XML 1.0 could not carry these back to the client.
bool IsAnswerableText(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
  }
  return IsValidUtf8(text) && text.find("\xEF\xBF\xBE") == std::string_view::npos &&
         text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

struct Node {
  const std::string* text = nullptr;                         // a scalar, or the empty text of an empty list
  std::map<std::string_view, std::unique_ptr<Node>> fields;  // of a structure; "key" and "value" of a map's entry
  std::map<std::uint32_t, std::unique_ptr<Node>> items;      // of a list or a map, by the sender's number
};

template <class Key>
Node& Child(std::map<Key, std::unique_ptr<Node>>& children, Key key) {
  std::unique_ptr<Node>& child = children[key];
  if (child == nullptr) child = std::make_unique<Node>();
  return *child;
}

// The part of the path up to the next dot; rest loses it.
std::string_view TakeSegment(std::string_view& rest) {
  const auto dot = rest.find('.');
  const std::string_view segment = rest.substr(0, dot);
  rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  return segment;
}

class RequestReader {
 public:
  explicit RequestReader(const model::Operation& operation) : operation_(operation) {}

  [[nodiscard]] Decoded<void> Add(const std::string& name, const std::string& value) {
    if (operation_.input == nullptr || name.empty() || name.ends_with('.')) return Unknown(name, operation_.name);
    const Shape* shape = operation_.input;
    Node* node = &root_;
    std::string_view rest = name;
    while (true) {
      switch (shape->type) {
        case ShapeType::kStructure: {
          if (rest.empty()) return Invalid(name, "a structure");
          const std::string_view segment = TakeSegment(rest);
          const model::Member* member = LookUpMember(*shape, segment);
          if (member == nullptr) return Unknown(name, operation_.name);
          node = &Child(node->fields, member->name);
          shape = member->shape;
          continue;
        }
        case ShapeType::kList:
        case ShapeType::kMap: {
          if (rest.empty()) {
            if (!value.empty()) return Invalid(name, "a list");
            return SetText(*node, name, value);
          }
          const std::string_view segment = TakeSegment(rest);
          if (segment != shape->element_name && (shape->type != ShapeType::kList || segment != "member")) {
            return Unknown(name, operation_.name);
          }
          const auto number = ParseNumber(TakeSegment(rest));
          if (!number) {
            return Fault(
                ProtocolFault{.code = "MalformedQueryString",
                              .message = fmt::format("The parameter {} needs a list number from 1", Shown(name))});
          }
          node = &Child(node->items, *number);
          if (shape->type == ShapeType::kMap) {
            const std::string_view part = TakeSegment(rest);
            if (part == "key") {
              if (!rest.empty()) return Unknown(name, operation_.name);
              if (!IsAnswerableText(value)) return Invalid(name, "printable UTF-8 text");
              return SetText(Child(node->fields, std::string_view("key")), name, value);
            }
            if (part != "value") return Unknown(name, operation_.name);
            node = &Child(node->fields, std::string_view("value"));
          }
          shape = shape->element;
          continue;
        }
        default:
          if (!rest.empty()) return Unknown(name, operation_.name);
          return SetText(*node, name, value);
      }
    }
  }

  [[nodiscard]] Decoded<Properties> Finish() const {
    if (operation_.input == nullptr) return Properties();
    return Structure(*operation_.input, root_, "");
  }

 private:
  static std::optional<std::uint32_t> ParseNumber(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
    return number;
  }

  static Decoded<void> SetText(Node& node, std::string_view name, const std::string& value) {
    if (node.text != nullptr) return Twice(name);
    node.text = &value;
    return {};
  }

  static std::string Within(std::string_view path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
  }

  static Decoded<Properties> Structure(const Shape& shape, const Node& node, const std::string& path) {
    Properties members;
    for (const auto& [name, child] : node.fields) {
      auto value = Build(*LookUpMember(shape, name)->shape, *child, Within(path, name));
      if (!value) return std::unexpected(std::move(value).error());
      members.emplace_hint(members.end(), name, *std::move(value));
    }
    return members;
  }

  static Decoded<Value> Build(const Shape& shape, const Node& node, const std::string& path) {
    switch (shape.type) {
      case ShapeType::kStructure: {
        auto members = Structure(shape, node, path);
        if (!members) return std::unexpected(std::move(members).error());
        return Value(*std::move(members));
      }
      case ShapeType::kList: return BuildList(shape, node, path);
      case ShapeType::kMap: return BuildMap(shape, node, path);
      case ShapeType::kString:
        if (!IsAnswerableText(*node.text)) return Invalid(path, "printable UTF-8 text");
        return Value(*node.text);
      case ShapeType::kBoolean:
        if (*node.text == "true") return Value(true);
        if (*node.text == "false") return Value(false);
        return Invalid(path, "true or false");
      case ShapeType::kInteger:
      case ShapeType::kLong:
        if (const auto number = ParseInteger(*node.text)) return Value(*number);
        return Invalid(path, "an integer");
      case ShapeType::kDouble:
        if (const auto number = ParseDouble(*node.text)) return Value(*number);
        return Invalid(path, "a number");
      case ShapeType::kTimestamp:
        if (const auto at = ParseIso8601(*node.text)) return Value(FormatIso8601(*at));
        return Invalid(path, "a time such as 2026-01-02T03:04:05Z");
    }
    return Invalid(path, "another type");
  }

  static Decoded<Value> BuildList(const Shape& shape, const Node& node, const std::string& path) {
    if (node.text != nullptr && !node.items.empty()) return Twice(path);
    List items;
    items.reserve(node.items.size());
    for (const auto& [number, child] : node.items) {
      auto item = Build(*shape.element, *child, fmt::format("{}.{}.{}", path, shape.element_name, number));
      if (!item) return item;
      items.push_back(*std::move(item));
    }
    return Value(std::move(items));
  }

  static Decoded<Value> BuildMap(const Shape& shape, const Node& node, const std::string& path) {
    if (node.text != nullptr && !node.items.empty()) return Twice(path);
    Properties entries;
    for (const auto& [number, entry] : node.items) {
      const std::string place = fmt::format("{}.{}.{}", path, shape.element_name, number);
      const auto key = entry->fields.find("key");
      const auto value = entry->fields.find("value");
      if (key == entry->fields.end() || value == entry->fields.end()) return Invalid(place, "a key and a value");
      auto built = Build(*shape.element, *value->second, place + ".value");
      if (!built) return built;
      if (!entries.emplace(*key->second->text, *std::move(built)).second) return Twice(place + ".key");
    }
    return Value(std::move(entries));
  }

  const model::Operation& operation_;
  Node root_;
};

Decoded<DecodedRequest> Decode(const Pairs& pairs, bool skip_signature) {
  const std::string* action = nullptr;
  const std::string* version = nullptr;
  for (const auto& [name, value] : pairs) {
    if (name != "Action" && name != "Version") continue;
    const std::string*& slot = name == "Action" ? action : version;
    if (slot != nullptr) return Twice(name);
    slot = &value;
  }
  if (action == nullptr || action->empty()) {
    return Fault(ProtocolFault{.code = "MissingAction", .message = "The request names no Action"});
  }
  const model::Operation* operation = model::FindOperation(*action);
  if (operation == nullptr || version == nullptr || *version != model::kApiVersion) {
    return Fault(ProtocolFault{.code = "InvalidAction",
                               .message = fmt::format("Could not find operation {} for version {}", Shown(*action),
                                                      version == nullptr ? "NO_VERSION_SPECIFIED" : Shown(*version))});
  }
  RequestReader reader(*operation);
  for (const auto& [name, value] : pairs) {
    if (name == "Action" || name == "Version") continue;
    if (skip_signature && name.starts_with("X-Amz-")) continue;
    if (auto added = reader.Add(name, value); !added) return std::unexpected(std::move(added).error());
  }
  auto input = reader.Finish();
  if (!input) return std::unexpected(std::move(input).error());
  return DecodedRequest{.operation = operation, .input = *std::move(input)};
}

}  // namespace

std::expected<DecodedRequest, ProtocolFault> DecodeRequest(std::string_view form) {
  const auto pairs = ParseForm(form, true);
  if (!pairs) return std::unexpected(pairs.error());
  return Decode(*pairs, false);
}

std::expected<DecodedRequest, ProtocolFault> DecodeQuery(std::string_view query) {
  const auto pairs = ParseForm(query, false);
  if (!pairs) return std::unexpected(pairs.error());
  return Decode(*pairs, true);
}

}  // namespace rdsteady::wire
