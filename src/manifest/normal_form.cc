#include "manifest/normal_form.h"

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "base/text.h"
#include "manifest/from_properties.h"

namespace rdsteady::manifest {
namespace {

using Requirement = Policy::Requirement;

// ---- out -----------------------------------------------------------------------------------------------------------

// "orders.yaml:7:5"
Value PositionOf(const SourceSpan& where) {
  if (where.file == nullptr) return {};
  return fmt::format("{}:{}:{}", where.file->path, where.line, where.column);
}

Result<Value> ReferenceOf(const Secret& secret, std::string_view what) {
  switch (secret.source()) {
    case Secret::Source::kEnv: return Properties{{"env", secret.reference().front()}};
    case Secret::Source::kFile: return Properties{{"file", secret.reference().front()}};
    case Secret::Source::kCommand:
      return Properties{{"command", List(secret.reference().begin(), secret.reference().end())}};
    case Secret::Source::kLiteral: break;
  }
  return Fail(ErrorCategory::kUsage,
              fmt::format("{} is written out in the manifest, and a saved plan keeps no secret", what),
              "refer to it: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}");
}

Value WaitOf(const WaitSettings& wait) {
  Properties members;
  if (wait.delay) members.emplace("delay", fmt::format("{}s", wait.delay->count()));
  if (wait.max_attempts) members.emplace("max_attempts", *wait.max_attempts);
  if (wait.timeout) members.emplace("timeout", fmt::format("{}s", wait.timeout->count()));
  return members.empty() ? Value() : Value(std::move(members));
}

Result<Value> ResourceOf(const DesiredResource& resource) {
  Properties states;  // properties, and settings beside them, as a file states them
  for (const auto& [name, value] : resource.properties) {
    const auto* secret = value.If<Secret>();
    if (secret == nullptr) {
      states.emplace(name, value);
      continue;
    }
    Result<Value> reference = ReferenceOf(*secret, fmt::format("{} of {}", name, resource.Id()));
    if (!reference) return reference;
    states.emplace(name, *std::move(reference));
  }
  if (Value wait = WaitOf(resource.wait); !wait.IsNull()) states.emplace("wait", std::move(wait));
  if (!resource.renamed_from.empty()) states.emplace("renamed_from", resource.renamed_from);
  if (resource.power) states.emplace("power", *resource.power == Power::kRunning ? "running" : "stopped");
  if (resource.reboot != RebootPolicy::kNever)
    states.emplace("reboot", resource.reboot == RebootPolicy::kWindow ? "window" : "if-pending");
  if (resource.password_version) states.emplace("password_version", *resource.password_version);
  if (!resource.exact.empty()) states.emplace("exact", List(resource.exact.begin(), resource.exact.end()));
  Properties places;
  for (const auto& [name, where] : resource.where_stated) {
    if (Value place = PositionOf(where); !place.IsNull()) places.emplace(name, std::move(place));
  }
  return Properties{{"kind", resource.kind->name},
                    {"name", resource.name},
                    {"states", std::move(states)},
                    {"where", PositionOf(resource.where)},
                    {"where_stated", std::move(places)}};
}

Properties RowOf(const Policy::Scope& scope) {
  Properties row{{"names", scope.names}, {"where", PositionOf(scope.where)}};
  if (scope.kind != nullptr) row.emplace("kind", scope.kind->name);
  if (scope.overridable) row.emplace("overridable", true);
  return row;
}

constexpr std::string_view kConditions[] = {"equal", "at_least", "at_most", "one_of", "like"};

Value PolicyValue(const Policy& policy) {
  List rows;
  const auto add = [&](const Policy::Scope& scope, std::initializer_list<std::pair<const char*, Value>> members) {
    Properties row = RowOf(scope);
    for (const auto& [name, value] : members)
      row.emplace(name, value);
    rows.emplace_back(std::move(row));
  };
  for (const auto& row : policy.allow_lists) {
    add(row.scope, {{"updatable", List(row.names.begin(), row.names.end())},
                    {"others", row.others == Policy::Others::kReport ? "report" : "refuse"}});
  }
  for (const auto& row : policy.limits)
    add(row.scope, {{"max_disruption", model::ToString(row.most)}});
  for (const auto& row : policy.rules)
    add(row.scope, {{"property", row.property}, {"word", ToString(row.word)}});
  for (const auto& row : policy.flushes)
    add(row.scope, {{"flush", row.allowed ? "allow" : "never"}});
  for (const auto& row : policy.grants)
    add(row.scope, {{"allow_irreversible", row.property}});
  for (const auto& row : policy.requirements) {
    add(row.scope, {{"require", row.property->name},
                    {"key", row.key},
                    {"is", kConditions[static_cast<std::size_t>(row.is)]},
                    {"value", row.value}});
  }
  return rows;
}

// ---- in ------------------------------------------------------------------------------------------------------------

std::unexpected<Error> Strange(std::string_view what) {
  return Fail(ErrorCategory::kUsage, fmt::format("{} is not what this version writes", what));
}

std::string TextAt(const Value& map, std::string_view member) {
  const Value* found = map.Find(member);
  return found != nullptr && found->Is<std::string>() ? found->As<std::string>() : std::string();
}

class Reader {
 public:
  Result<Manifest> Read(const Value& value) && {
    Manifest manifest;
    manifest.region = TextAt(value, "region");
    manifest.account = TextAt(value, "account");
    if (const Value* wait = value.Find("wait"); wait != nullptr && !wait->IsNull()) {
      Result<WaitSettings> read = WaitFromProperties(*wait);
      if (!read) return std::unexpected(std::move(read).error());
      manifest.wait = *read;
    }
    const Value* resources = value.Find("resources");
    const Value* rows = value.Find("policy");
    if (resources == nullptr || !resources->Is<List>() || rows == nullptr || !rows->Is<List>())
      return Strange("the manifest");
    for (const Value& one : resources->As<List>()) {
      Result<DesiredResource> resource = ReadResource(one);
      if (!resource) return std::unexpected(std::move(resource).error());
      manifest.resources.push_back(*std::move(resource));
    }
    for (const Value& one : rows->As<List>()) {
      if (!ReadRow(one, manifest.policy)) return Strange("a rule of the policy");
    }
    return manifest;
  }

 private:
  Result<DesiredResource> ReadResource(const Value& value) {
    const Value* states = value.Find("states");
    if (states == nullptr || !states->Is<Properties>()) return Strange("a resource");
    Result<DesiredResource> resource =
        FromStates(TextAt(value, "kind"), TextAt(value, "name"), states->As<Properties>());
    if (!resource) return resource;
    resource->where = Position(TextAt(value, "where"));
    if (const Value* places = value.Find("where_stated"); places != nullptr && places->Is<Properties>()) {
      for (const auto& [name, place] : places->As<Properties>()) {
        if (place.Is<std::string>()) resource->where_stated.emplace(name, Position(place.As<std::string>()));
      }
    }
    return resource;
  }

  bool ReadRow(const Value& value, Policy& policy) {
    Policy::Scope scope{.names = TextAt(value, "names"), .where = Position(TextAt(value, "where"))};
    if (const std::string kind = TextAt(value, "kind"); !kind.empty()) {
      scope.kind = model::FindKind(kind);
      if (scope.kind == nullptr) return false;
    }
    const Value* overridable = value.Find("overridable");
    scope.overridable = overridable != nullptr && *overridable == Value(true);
    const auto has = [&](std::string_view member) { return value.Find(member) != nullptr; };
    if (has("updatable")) return ReadAllowList(value, std::move(scope), policy);
    if (has("max_disruption")) {
      const Result<model::Disruption> most = ParseMaxDisruption(TextAt(value, "max_disruption"));
      if (most) policy.limits.push_back({std::move(scope), *most});
      return most.has_value();
    }
    if (has("word")) {
      for (const auto word : {Policy::Word::kNow, Policy::Word::kWindow, Policy::Word::kAsk, Policy::Word::kNever}) {
        if (ToString(word) != TextAt(value, "word")) continue;
        policy.rules.push_back({std::move(scope), TextAt(value, "property"), word});
        return true;
      }
      return false;
    }
    if (has("flush")) {
      policy.flushes.push_back({std::move(scope), TextAt(value, "flush") == "allow"});
      return true;
    }
    if (has("allow_irreversible")) {
      policy.grants.push_back({std::move(scope), TextAt(value, "allow_irreversible")});
      return true;
    }
    return ReadRequirement(value, std::move(scope), policy);
  }

  static bool ReadAllowList(const Value& value, Policy::Scope scope, Policy& policy) {
    const Value* names = value.Find("updatable");
    if (!names->Is<List>()) return false;
    Policy::AllowList list{
        .scope = std::move(scope),
        .others = TextAt(value, "others") == "report" ? Policy::Others::kReport : Policy::Others::kRefuse};
    for (const Value& name : names->As<List>()) {
      if (!name.Is<std::string>()) return false;
      list.names.push_back(name.As<std::string>());
    }
    policy.allow_lists.push_back(std::move(list));
    return true;
  }

  static bool ReadRequirement(const Value& value, Policy::Scope scope, Policy& policy) {
    if (scope.kind == nullptr) return false;
    const model::Property* property = model::FindProperty(*scope.kind, TextAt(value, "require"));
    const auto is = std::ranges::find(kConditions, TextAt(value, "is"));
    const Value* required = value.Find("value");
    if (property == nullptr || is == std::end(kConditions) || required == nullptr) return false;
    Requirement row{.scope = std::move(scope),
                    .property = property,
                    .key = TextAt(value, "key"),
                    .is = static_cast<Requirement::Is>(is - std::begin(kConditions)),
                    .value = *required};
    if (row.is == Requirement::Is::kOneOf && !row.value.Is<List>()) return false;
    if (row.is == Requirement::Is::kLike && !row.value.Is<std::string>()) return false;
    policy.requirements.push_back(std::move(row));
    return true;
  }

  // One SourceFile a path.
  SourceSpan Position(std::string_view text) {
    const std::size_t column = text.rfind(':');
    if (column == std::string_view::npos || column == 0) return {};
    const std::size_t line = text.rfind(':', column - 1);
    if (line == std::string_view::npos) return {};
    const auto line_number = ParseInteger(text.substr(line + 1, column - line - 1));
    const auto column_number = ParseInteger(text.substr(column + 1));
    if (!line_number || !column_number) return {};
    const std::string path(text.substr(0, line));
    std::shared_ptr<const SourceFile>& file = files_[path];
    if (file == nullptr) file = std::make_shared<const SourceFile>(SourceFile{path, {}});
    return {file, static_cast<std::uint32_t>(*line_number), static_cast<std::uint32_t>(*column_number), 1};
  }

  std::map<std::string, std::shared_ptr<const SourceFile>> files_;
};

}  // namespace

Result<Value> ToNormalForm(const Manifest& manifest) {
  List resources;
  for (const DesiredResource& resource : manifest.resources) {
    Result<Value> one = ResourceOf(resource);
    if (!one) return one;
    resources.push_back(*std::move(one));
  }
  return Properties{{"region", manifest.region},
                    {"account", manifest.account},
                    {"wait", WaitOf(manifest.wait)},
                    {"resources", std::move(resources)},
                    {"policy", PolicyValue(manifest.policy)}};
}

Result<Manifest> FromNormalForm(const Value& value) {
  return Reader().Read(value);
}

}  // namespace rdsteady::manifest
