// One resource from a program's own values: they become nodes, and are read as a file's would be.
#include "manifest/from_properties.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/text.h"
#include "manifest/manifest.h"
#include "manifest/resource.h"
#include "manifest/scalar.h"
#include "manifest/settings.h"

namespace rdsteady::manifest {
namespace {

class Converter {
 public:
  explicit Converter(Document& document) : document_(document) {}

  const Node* Convert(const Value& value) {
    return std::visit(Overloaded{
                          [&](std::monostate) { return Scalar("null", true); },
                          [&](bool flag) { return Scalar(flag ? "true" : "false", true); },
                          [&](std::int64_t number) { return Scalar(std::to_string(number), true); },
                          [&](double number) { return Scalar(FormatDouble(number), true); },
                          [&](const std::string& text) { return Scalar(text, false); },
                          [&](const List& list) { return ConvertList(list); },
                          [&](const Properties& map) { return ConvertMap(map, {}); },
                          [&](const Secret& secret) { return ConvertSecret(secret); },
                      },
                      value.storage());
  }

  const Node* ConvertMap(const Properties& map, std::string_view without) {
    std::vector<Entry> entries;
    for (const auto& [name, value] : map) {
      if (name != without) entries.push_back({Scalar(name, true), Convert(value)});
    }
    Node* node = document_.NewNode();
    node->type = Node::Type::kMap;
    node->entry_array = document_.Keep(std::span<const Entry>(entries));
    node->count = static_cast<std::uint32_t>(entries.size());
    return node;
  }

  const Node* Scalar(std::string_view text, bool plain) {
    Node* node = document_.NewNode();
    node->plain = plain;
    node->characters = document_.Keep(text).data();
    node->count = static_cast<std::uint32_t>(text.size());
    return node;
  }

 private:
  const Node* ConvertList(const List& list) {
    std::vector<const Node*> items;
    for (const Value& item : list)
      items.push_back(Convert(item));
    Node* node = document_.NewNode();
    node->type = Node::Type::kList;
    node->item_array = document_.Keep(std::span<const Node* const>(items));
    node->count = static_cast<std::uint32_t>(items.size());
    return node;
  }

  const Node* ConvertSecret(const Secret& secret) {
    Node* node = document_.NewNode();
    node->type = Node::Type::kSecret;
    node->secret = &secret;
    return node;
  }

  Document& document_;
};

// What a file cannot say, and a program can.
void CheckTypes(const model::Kind& kind, const Properties& properties, Faults& faults) {
  for (const auto& [name, value] : properties) {
    const PropertyType* type = KindTypes::Of(kind).Find(name);
    if (type == nullptr) continue;
    if (type->sensitive && value.Is<std::string>()) {
      faults.Error({}, fmt::format("{} takes a Secret, not text", name),
                   "Secret::FromEnv, FromFile or FromCommand; Secret::Literal for a value at hand");
    }
    if (value.Is<double>() && type->shape != nullptr && type->shape->type == model::ShapeType::kString) {
      faults.Error({}, fmt::format("{} takes text, not a number with a fraction", name),
                   fmt::format("write \"{}\" with all its digits", FormatDouble(value.As<double>())));
    }
  }
}

Error FirstOf(std::vector<Diagnostic> diagnostics, std::string resource) {
  Error error{.category = ErrorCategory::kUsage, .resource = std::move(resource)};
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    if (error.message.empty()) {
      error.message = std::move(diagnostic.message);
      error.hint = std::move(diagnostic.hint);
    } else {
      error.message += "; " + diagnostic.message;
    }
  }
  return error;
}

}  // namespace

namespace {

Result<const model::Kind*> KindNamed(std::string_view name) {
  if (const model::Kind* kind = model::FindKind(name)) return kind;
  std::vector<std::string_view> names;
  for (const model::Kind* known : model::Kinds())
    names.push_back(known->name);
  return Fail(ErrorCategory::kUsage, fmt::format("unknown kind '{}'", name), SuggestName(name, names));
}

}  // namespace

Result<DesiredResource> FromStates(std::string_view kind_name, std::string_view name, const Properties& states) {
  const Result<const model::Kind*> kind = KindNamed(kind_name);
  if (!kind) return std::unexpected(kind.error());
  Faults faults;
  Document document(std::make_shared<const SourceFile>());
  Converter converter(document);
  Body body = ReadBody({document, faults}, **kind, converter.Scalar(name, true),
                       *converter.ConvertMap(states, (*kind)->key), BodyOf::kResource);
  if (faults.errors() > 0) return Fail(FirstOf(std::move(faults).Take(), fmt::format("{}/{}", (*kind)->name, name)));
  body.resource.where = {};
  body.resource.where_stated.clear();
  return std::move(body.resource);
}

Result<WaitSettings> WaitFromProperties(const Value& value) {
  Faults faults;
  Document document(std::make_shared<const SourceFile>());
  Converter converter(document);
  const WaitSettings wait = ReadWait({document, faults}, *converter.Convert(value));
  if (faults.errors() > 0) return Fail(FirstOf(std::move(faults).Take(), {}));
  return wait;
}

Result<DesiredResource> FromProperties(std::string_view kind_name, const Properties& properties) {
  const Result<const model::Kind*> known = KindNamed(kind_name);
  if (!known) return std::unexpected(known.error());
  const model::Kind* kind = *known;
  const Value* name = Find(properties, kind->key);
  if (name == nullptr || !name->Is<std::string>() || name->As<std::string>().empty()) {
    return Fail(ErrorCategory::kUsage, fmt::format("{} is required, as text: it names the {}", kind->key, kind->name));
  }
  Faults faults;
  CheckTypes(*kind, properties, faults);
  std::string resource = fmt::format("{}/{}", kind->name, name->As<std::string>());
  if (faults.errors() > 0) return Fail(FirstOf(std::move(faults).Take(), std::move(resource)));
  Document document(std::make_shared<const SourceFile>());
  Converter converter(document);
  Body body = ReadBody({document, faults}, *kind, converter.Scalar(name->As<std::string>(), true),
                       *converter.ConvertMap(properties, kind->key), BodyOf::kResource);
  // Positions in an empty file say nothing.
  body.resource.where = {};
  body.resource.where_stated.clear();
  CheckResource(body, faults);
  if (faults.errors() > 0) return Fail(FirstOf(std::move(faults).Take(), std::move(resource)));
  return std::move(body.resource);
}

}  // namespace rdsteady::manifest
