// Parameter groups and their parameters.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/operations.h"
#include "local/sim/parameter_catalogue.h"
#include "local/sim/validate.h"

namespace rdsteady::local::sim {
namespace {

constexpr std::size_t kMostParameters = 20;  // of one call

Checked<ParameterGroup*> Require(const Request& request) {
  const std::string name = TextOr(request.input, "DBParameterGroupName");
  ParameterGroup* group = request.machine.FindParameterGroup(request.scope, name);
  if (group == nullptr) return Refuse("DBParameterGroupNotFound", "DBParameterGroup not found: " + name);
  return group;
}

Checked<ParameterGroup*> RequireOwn(const Request& request) {
  auto group = Require(request);
  if (group.has_value() && IsDefaultGroup((*group)->name)) {
    return InvalidValue(
        "The parameter DBParameterGroupName is not a valid identifier. Default parameter groups can't "
        "be modified: " +
        (*group)->name);
  }
  return group;
}

struct Change {
  std::string name;
  std::string value;
  std::string method;
};

// The names, methods and, for a modification, values of the request.
Checked<std::vector<Change>> ReadChanges(const Request& request, const ParameterGroup& group, bool with_values) {
  std::vector<Change> changes;
  const Value* list = Find(request.input, "Parameters");
  if (list == nullptr || !list->Is<List>()) return changes;
  for (const Value& item : list->As<List>()) {
    if (!item.Is<Properties>()) continue;
    const Properties& parameter = item.As<Properties>();
    Change change{.name = TextOr(parameter, "ParameterName"),
                  .value = TextOr(parameter, "ParameterValue"),
                  .method = TextOr(parameter, "ApplyMethod")};
    if (change.name.empty()) {
      return InvalidValue("The parameter ParameterName must be provided and must not be blank.");
    }
    const ParameterInfo* info = FindParameter(group.family, change.name);
    if (info == nullptr && !ParametersOf(group.family).empty()) {
      return InvalidValue("Could not find parameter with name: " + change.name);
    }
    if (with_values) {
      if (!Has(parameter, "ParameterValue")) {
        return InvalidValue("The parameter ParameterValue must be provided and must not be blank.");
      }
      if (change.method.empty()) {
        return InvalidValue("The parameter ApplyMethod must be provided and must not be blank.");
      }
      if (info != nullptr && !info->modifiable) {
        return InvalidValue("The parameter " + change.name + " cannot be modified.");
      }
      if (info != nullptr) RDSTEADY_CHECK(CheckParameterValue(*info, change.value));
    }
    if (info != nullptr && info->is_static && change.method == "immediate") {
      return InvalidCombination("cannot use immediate apply method for static parameter");
    }
    if (change.method.empty()) change.method = info != nullptr && info->is_static ? "pending-reboot" : "immediate";
    changes.push_back(std::move(change));
  }
  if (changes.size() > kMostParameters) {
    return InvalidValue("At most " + std::to_string(kMostParameters) +
                        " parameters can be modified in one call, and there are " + std::to_string(changes.size()) +
                        ".");
  }
  return changes;
}

// Dynamic parameters reach the instances at once, the others with their next restart.
void Spread(const Request& request, const ParameterGroup& group, const std::vector<std::string>& dynamic) {
  Machine& machine = request.machine;
  machine.Touch(RecordKind::kParameterGroup, request.scope, group.name);
  machine.AddEvent(request.scope, {.source_type = "db-parameter-group",
                                   .source = group.name,
                                   .source_arn = ArnOf(request.scope, "pg", group.name),
                                   .message = "Updated parameter group " + group.name,
                                   .categories = {"configuration change"}});
  if (dynamic.empty()) return;
  for (Instance* instance : machine.UsersOf(request.scope, group.name)) {
    const std::string shown = ShownStatus(*instance);
    if (instance->active_parameter_group != group.name || shown == "deleting") continue;
    Activity facet{.kind = ActivityKind::kParameters, .lasts = machine.pace().applying_parameters, .keys = dynamic};
    if (instance->base_status == "available") facet.verb = EngineVerb::kReload;
    machine.BeginFacet(*instance, std::move(facet));
  }
}

Outcome NameOnly(const ParameterGroup& group) {
  return Properties{{"DBParameterGroupName", group.name}};
}

}  // namespace

Outcome CreateDBParameterGroup(const Request& request) {
  const std::string name = ToLower(TextOr(request.input, "DBParameterGroupName"));
  RDSTEADY_CHECK(CheckIdentifier("DBParameterGroupName", name, 255));
  RDSTEADY_CHECK(CheckTags(request.input));
  const std::string family = ToLower(TextOr(request.input, "DBParameterGroupFamily"));
  if (EngineOfFamily(family) == nullptr) {
    return InvalidValue("ParameterGroupFamily " + family + " is not a valid parameter group family");
  }
  if (TextOr(request.input, "Description").empty()) {
    return InvalidValue("The parameter Description must be provided and must not be blank.");
  }
  auto& groups = request.machine.RealmOf(request.scope).parameter_groups;
  if (groups.contains(name)) {
    return Refuse("DBParameterGroupAlreadyExists", "Parameter group " + name + " already exists");
  }
  groups[name] = {.name = name, .family = family, .description = TextOr(request.input, "Description"), .values = {}};
  request.machine.Touch(RecordKind::kParameterGroup, request.scope, name);
  PutTags(request, ArnOf(request.scope, "pg", name));
  return Properties{{"DBParameterGroup", Properties{{"DBParameterGroupName", name},
                                                    {"DBParameterGroupFamily", family},
                                                    {"Description", TextOr(request.input, "Description")},
                                                    {"DBParameterGroupArn", ArnOf(request.scope, "pg", name)}}}};
}

Outcome ModifyDBParameterGroup(const Request& request) {
  auto found = RequireOwn(request);
  if (!found.has_value()) return std::unexpected(found.error());
  ParameterGroup& group = **found;
  auto changes = ReadChanges(request, group, true);
  if (!changes.has_value()) return std::unexpected(changes.error());
  if (changes->empty()) return InvalidValue("The parameter Parameters must be provided and must not be blank.");
  std::vector<std::string> dynamic;
  for (Change& change : *changes) {
    auto& stored = group.values[change.name];
    // The method alone changes nothing, and is not kept.
    if (stored.value == change.value && !stored.apply_method.empty()) continue;
    if (change.method == "immediate") dynamic.push_back(change.name);
    stored = {std::move(change.value), std::move(change.method)};
  }
  Spread(request, group, dynamic);
  return NameOnly(group);
}

Outcome ResetDBParameterGroup(const Request& request) {
  auto found = RequireOwn(request);
  if (!found.has_value()) return std::unexpected(found.error());
  ParameterGroup& group = **found;
  auto changes = ReadChanges(request, group, false);
  if (!changes.has_value()) return std::unexpected(changes.error());
  const auto all = BoolAt(request.input, "ResetAllParameters");
  if (all.value_or(false) && !changes->empty()) {
    return InvalidCombination("Parameters can't be listed when ResetAllParameters is true.");
  }
  if (all == false && changes->empty()) {
    return InvalidValue("The parameter Parameters must be provided and must not be blank.");
  }
  std::vector<std::string> dynamic;
  auto reset = [&](const std::string& name, std::string_view method) {
    if (group.values.erase(name) == 0) return;
    const ParameterInfo* info = FindParameter(group.family, name);
    if (method == "immediate" && (info == nullptr || !info->is_static)) dynamic.push_back(name);
  };
  if (changes->empty()) {
    const auto values = group.values;
    for (const auto& [name, value] : values)
      reset(name, "immediate");
  } else {
    for (const Change& change : *changes)
      reset(change.name, change.method);
  }
  Spread(request, group, dynamic);
  return NameOnly(group);
}

Outcome DeleteDBParameterGroup(const Request& request) {
  auto found = Require(request);
  if (!found.has_value()) return std::unexpected(found.error());
  const std::string name = (*found)->name;
  if (IsDefaultGroup(name)) {
    return Refuse("InvalidDBParameterGroupState", "Default DBParameterGroup cannot be deleted: " + name);
  }
  if (const auto users = request.machine.UsersOf(request.scope, name); !users.empty()) {
    return Refuse("InvalidDBParameterGroupState",
                  "One or more database instances are still members of this parameter group " + name +
                      ", so the group cannot be deleted");
  }
  auto& realm = request.machine.RealmOf(request.scope);
  realm.parameter_groups.erase(name);
  request.machine.Touch(RecordKind::kParameterGroup, request.scope, name);
  const std::string arn = ArnOf(request.scope, "pg", name);
  if (realm.tags.erase(arn) > 0) request.machine.Touch(RecordKind::kTags, request.scope, arn);
  return Properties{};
}

}  // namespace rdsteady::local::sim
