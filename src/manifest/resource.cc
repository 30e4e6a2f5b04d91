#include "manifest/resource.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "manifest/scalar.h"
#include "manifest/settings.h"
#include "model/kinds/judge.h"
#include "model/kinds/sight.h"

namespace rdsteady::manifest {
namespace {

using model::Kind;
using model::Property;

// The member of a birth's or the modify call's input that has this name, although no row does.
std::string_view CallThatTakes(const Kind& kind, std::string_view member) {
  const auto takes = [&](std::string_view name) {
    const model::Operation* operation = model::FindOperation(name);
    return operation != nullptr && operation->input != nullptr &&
           model::FindMember(*operation->input, member) != nullptr;
  };
  for (const model::Birth& birth : kind.births) {
    if (takes(birth.operation.view())) return birth.operation.view();
  }
  return takes(kind.modify.view()) ? kind.modify.view() : std::string_view();
}

class BodyReader {
 public:
  BodyReader(const Reading& reading, const Kind& kind, const Node* name, BodyOf what)
      : reading_(reading), kind_(kind), types_(KindTypes::Of(kind)), what_(what) {
    body_.resource.kind = &kind;
    if (name == nullptr) return;
    body_.resource.name = name->text();
    body_.resource.where = reading.document.Span(*name);
  }

  Body Read(const Node& map) && {
    body_.incomplete = map.incomplete;
    for (const Entry& entry : map.entries())
      ReadEntry(entry);
    if (!new_name_.empty()) {
      body_.resource.renamed_from = std::exchange(body_.resource.name, new_name_);
      body_.resource.where_stated["renamed_from"] = body_.resource.where;
    }
    return std::move(body_);
  }

 private:
  void ReadEntry(const Entry& entry) {
    const std::string_view name = entry.key->text();
    if (name.starts_with("x-")) return;
    if (name == kind_.key) return ReadKey(entry);
    if (!kind_.apply_immediately.empty() && name == kind_.apply_immediately) return ReadApplyImmediately(entry);
    if (const PropertyType* type = types_.Find(name)) return ReadProperty(*type, entry);
    if (IsOneOf(name, kSettings) && what_ != BodyOf::kDictionary) return ReadOwn(entry);
    if (const Property* spelt = model::FindBySpelling(kind_, name)) return ReadSpelling(*spelt, entry);
    Unknown(entry);
  }

  void ReadKey(const Entry& entry) {
    if (what_ == BodyOf::kDefaults) return Refuse(*entry.key, fmt::format("{} cannot be a default", kind_.key));
    const std::optional<std::string> name = ReadText(reading_, *entry.value, kind_.key);
    if (!name) return;
    if (what_ == BodyOf::kDictionary) {
      body_.resource.name = *name;
      body_.resource.where = reading_.document.Span(*entry.value);
    } else if (!EqualsIgnoreCase(*name, body_.resource.name)) {
      Refuse(*entry.value,
             fmt::format("{} is '{}', and the resource is named '{}'", kind_.key, *name, body_.resource.name),
             "the key is the name: remove the line, or to rename state renamed_from: OLD-NAME",
             {{"named here", body_.resource.where}});
    }
  }

  void ReadApplyImmediately(const Entry& entry) {
    if (what_ != BodyOf::kDictionary) {
      return Refuse(*entry.key, fmt::format("{} is not a property", entry.key->text()),
                    "say when with --when now or --when window");
    }
    body_.modifies = true;
    const Node& value = *entry.value;
    if (!HasValue(reading_, value, entry.key->text())) return;
    if (value.IsScalar() && value.plain && (value.text() == "true" || value.text() == "false")) {
      body_.apply_immediately = value.text() == "true";
      return;
    }
    const std::optional<bool> meant = value.IsScalar() ? MeantBoolean(value.text()) : std::nullopt;
    Refuse(value, fmt::format("{} takes true or false, not {}", entry.key->text(), Describe(value)),
           meant ? fmt::format("write {}", *meant) : std::string());
  }

  void ReadProperty(const PropertyType& type, const Entry& entry) {
    const Property& property = *type.property;
    const std::string name(property.name);
    if (property.update == model::Update::kRefused || property.update == model::Update::kServiceOwned) {
      body_.faulty.insert(name);
      return Refuse(*entry.key,
                    property.update == model::Update::kRefused
                        ? fmt::format("{} cannot be stated", name)
                        : fmt::format("{} is the service's own and cannot be stated", name),
                    std::string(property.note));
    }
    if (what_ == BodyOf::kDefaults && property.update == model::Update::kBirth) {
      return Refuse(*entry.key, fmt::format("{} cannot be a default", name), "state it where it belongs");
    }
    if (body_.resource.properties.contains(name)) {  // a modify spelling stood before it
      return Refuse(*entry.key, fmt::format("{} is stated twice, in two spellings", name), {},
                    {{"first stated here", body_.resource.where_stated[name]}});
    }
    std::optional<Value> value = TypeProperty(reading_, type, entry);
    if (!value) {
      body_.faulty.insert(name);
      return;
    }
    body_.resource.where_stated[name] = reading_.document.Span(*entry.key);
    body_.resource.properties.emplace(name, *std::move(value));
  }

  void ReadOwn(const Entry& entry) {
    const std::string_view name = entry.key->text();
    if (what_ == BodyOf::kDefaults && (name == "renamed_from" || name == "password_version")) {
      return Refuse(*entry.key, fmt::format("{} cannot be a default", name), "state it where it belongs");
    }
    body_.settings.emplace(name);
    ReadSetting(reading_, entry, body_.resource);
    body_.resource.where_stated[std::string(name)] = reading_.document.Span(*entry.key);
  }

  // A call's own word for a property: DBPortNumber, NewDBInstanceIdentifier, DisableDomain.
  void ReadSpelling(const Property& property, const Entry& entry) {
    const bool is_key = property.update == model::Update::kKey;
    const bool is_flag = property.modify_as != entry.key->text() && !is_key;
    const std::string_view name = entry.key->text();
    const bool mapped = what_ == BodyOf::kDictionary && property.delta_add.empty() && property.modify_as == name;
    if (mapped) {
      body_.modifies = true;
      if (!is_key) return ReadProperty(*types_.Find(property.name), entry);
      if (const std::optional<std::string> text = ReadText(reading_, *entry.value, name)) new_name_ = *text;
      return;
    }
    body_.faulty.emplace(property.name);
    const std::string message = fmt::format("{} is a call's word for {}, not a property", name, property.name);
    if (is_key) {
      Refuse(*entry.key, message,
             property.modify_as == name ? "name the resource by its new name and state renamed_from: OLD-NAME"
                                        : "the key above the body is the name");
    } else if (is_flag) {
      Refuse(*entry.key, message, fmt::format("write {}: null", property.name));
    } else {
      Refuse(*entry.key, message,
             property.delta_add.empty() ? fmt::format("write {}", property.name)
                                        : fmt::format("write {} with the whole list", property.name));
    }
  }

  void Unknown(const Entry& entry) {
    const std::string_view name = entry.key->text();
    if (what_ == BodyOf::kDictionary && (model::FindKind(name) != nullptr || IsOneOf(name, kTopKeys))) {
      return Refuse(*entry.key, fmt::format("'{}' cannot stand beside {} at the top", name, kind_.key),
                    fmt::format("a dictionary is one database and nothing else: write {}: and its name to state more",
                                kind_.name));
    }
    std::vector<std::string_view> known = types_.names();
    if (what_ != BodyOf::kDictionary) known.insert(known.end(), kSettings.begin(), kSettings.end());
    std::string hint = SuggestName(name, known);
    for (const std::string_view candidate : known) {
      if (hint.contains("'" + std::string(candidate) + "'")) body_.faulty.emplace(candidate);
    }
    const std::string_view call = CallThatTakes(kind_, name);
    if (!call.empty()) {
      return Refuse(*entry.key, fmt::format("{} is a parameter of {} and not a property of {}", name, call, kind_.name),
                    std::move(hint));
    }
    Refuse(*entry.key, fmt::format("unknown property '{}' of {}", name, kind_.name), std::move(hint));
  }

  void Refuse(const Node& node, std::string message, std::string hint = {}, Faults::Also also = {}) {
    reading_.faults.Error(reading_.document.Span(node), std::move(message), std::move(hint), std::move(also));
  }

  const Reading& reading_;
  const Kind& kind_;
  const KindTypes& types_;
  const BodyOf what_;
  Body body_;
  std::string new_name_;  // a script's NewDBInstanceIdentifier
};

// Whether a default of this row has a place in a resource of this birth: sent when it is born, or modified afterwards.
bool HasPlace(const Property& property, const model::Birth& birth) {
  if ((property.calls & birth.bit) != 0) return true;
  return property.update == model::Update::kModify || property.update == model::Update::kOperation;
}

// True when there is nothing to object to.
bool CheckBirths(const DesiredResource& resource, Faults& faults) {
  const model::Birth& birth = model::BirthOf(*resource.kind, resource.properties);
  const Value nothing;
  const model::Sight sight{.desired = resource.properties, .live = nothing};
  const auto where = [&](std::string_view property) { return resource.where_stated.find(property)->second; };
  bool good = true;
  for (const std::string_view other : birth.not_with) {
    if (!model::IsAsked(sight, other)) continue;
    good = false;
    faults.Error(where(other), fmt::format("{} and {} are two ways to create {}", birth.selector, other, resource.Id()),
                 "state one of them", {{"the other stands here", where(birth.selector)}});
  }
  return good;
}

// Whether the manifest says of itself that the database is there already.
bool ExistsBySaying(const Body& body) {
  if (body.modifies) return true;
  return std::ranges::any_of(body.resource.kind->births, [&](const model::Birth& birth) {
    const Value* selector = Find(body.resource.properties, birth.selector);
    return selector != nullptr && selector->IsNull();  // SourceDBInstanceIdentifier: null promotes what is a replica
  });
}

void CheckRequired(const Body& body, Faults& faults) {
  const DesiredResource& resource = body.resource;
  const auto is_faulty = [&](const model::Birth& b) { return body.faulty.contains(b.selector); };
  if (std::ranges::any_of(resource.kind->births, is_faulty)) return;  // nobody knows which birth is meant
  const model::Birth& birth = model::BirthOf(*resource.kind, resource.properties);
  const model::Operation* operation = model::FindOperation(birth.operation.view());
  if (operation == nullptr || operation->input == nullptr) return;
  std::vector<std::string_view> missing;
  for (const model::Member& member : operation->input->members) {
    if (!member.required || member.name == birth.key_as || member.name == resource.kind->key) continue;
    if (resource.properties.contains(member.name) || body.faulty.contains(member.name)) continue;
    missing.push_back(member.name);
  }
  if (missing.empty()) return;
  std::string names;
  for (const std::string_view name : missing) {
    if (!names.empty()) names += name == missing.back() ? " and " : ", ";
    names += name;
  }
  faults.Error(resource.where, fmt::format("{} lacks {}", resource.Id(), names),
               fmt::format("{} requires {}", birth.operation.view(), missing.size() == 1 ? "it" : "them"));
}

}  // namespace

Body ReadBody(const Reading& reading, const Kind& kind, const Node* name, const Node& map, BodyOf what) {
  return BodyReader(reading, kind, name, what).Read(map);
}

void ApplyDefaults(const Body& defaults, Body& body) {
  DesiredResource& resource = body.resource;
  const model::Birth& birth = model::BirthOf(*resource.kind, resource.properties);
  for (const auto& [name, value] : defaults.resource.properties) {
    const PropertyType& type = *KindTypes::Of(*resource.kind).Find(name);
    if (!HasPlace(*type.property, birth) || body.faulty.contains(name)) continue;
    const auto [place, inserted] = resource.properties.emplace(name, value);
    if (inserted) {
      resource.where_stated.emplace(name, defaults.resource.where_stated.find(name)->second);
    } else if (type.form == PropertyType::Form::kTextMap && place->second.Is<Properties>() && value.Is<Properties>()) {
      place->second.If<Properties>()->insert(value.As<Properties>().begin(), value.As<Properties>().end());
    }
  }
  for (const std::string& name : defaults.faulty) {
    if (!resource.properties.contains(name)) body.faulty.insert(name);
  }
  for (const std::string& setting : defaults.settings) {
    if (!body.settings.insert(setting).second) continue;
    const DesiredResource& from = defaults.resource;
    if (setting == "wait") resource.wait = from.wait;
    if (setting == "power") resource.power = from.power;
    if (setting == "reboot") resource.reboot = from.reboot;
    if (setting == "exact") {  // where there is such a map, it is complete
      std::ranges::copy_if(from.exact, std::back_inserter(resource.exact),
                           [&](const std::string& name) { return resource.properties.contains(name); });
    }
    resource.where_stated.emplace(setting, from.where_stated.find(setting)->second);
  }
}

void CheckResource(const Body& body, Faults& faults) {
  const DesiredResource& resource = body.resource;
  const auto where = [&](std::string_view stated) {
    const auto found = resource.where_stated.find(stated);
    return found == resource.where_stated.end() ? resource.where : found->second;
  };
  const Value nothing;
  const model::Sight sight{.desired = resource.properties, .live = nothing, .name = resource.name};
  const bool exists = ExistsBySaying(body) || body.incomplete || !body.faulty.empty();
  const bool one_birth = CheckBirths(resource, faults);
  bool lacks = false;
  for (model::Objection& objection :
       model::Judge(*resource.kind, sight, exists ? model::Knowledge::kNothing : model::Knowledge::kAssumeNothing)) {
    lacks = lacks || objection.rule == "REQUIRED";
    if (!one_birth && objection.rule == "TWO-BIRTHS") continue;  // said already, with both places
    faults.Error(where(objection.property), fmt::format("{} [{}]", objection.text, objection.rule),
                 std::move(objection.hint));
  }
  if (!lacks && one_birth && !ExistsBySaying(body) && !body.incomplete) CheckRequired(body, faults);
  for (const std::string& name : resource.exact) {
    if (resource.properties.contains(name) || body.faulty.contains(name) || body.incomplete) continue;
    faults.Error(where("exact"), fmt::format("exact names {}, which {} does not state", name, resource.Id()),
                 fmt::format("state {}: {{}} to empty it", name));
  }
  const std::string_view secret = resource.kind->versioned_secret;
  if (resource.password_version && !resource.properties.contains(secret) && !body.faulty.contains(secret)) {
    faults.Error(where("password_version"), fmt::format("password_version speaks of {}, which is not stated", secret),
                 fmt::format("state {}: {{env: NAME}}", secret));
  }
  if (!resource.renamed_from.empty() && EqualsIgnoreCase(resource.renamed_from, resource.name)) {
    faults.Error(where("renamed_from"), fmt::format("{} is renamed from its own name", resource.Id()));
  }
  const model::Property* key = model::FindProperty(*resource.kind, resource.kind->key);
  if (!resource.renamed_from.empty() && (key == nullptr || key->modify_as.empty())) {
    faults.Error(where("renamed_from"), fmt::format("RDS cannot rename a {}", resource.kind->name),
                 "create it under the new name, and let refer to it what refers to the old one");
  }
}

}  // namespace rdsteady::manifest
