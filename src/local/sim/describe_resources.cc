// What there is: instances and groups.
#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/network.h"
#include "local/sim/operations.h"
#include "local/sim/pages.h"
#include "local/sim/parameter_catalogue.h"
#include "local/sim/render.h"

namespace rdsteady::local::sim {
namespace {

Properties RenderGroup(const Scope& scope, const ParameterGroup& group) {
  return {{"DBParameterGroupName", group.name},
          {"DBParameterGroupFamily", group.family},
          {"Description", group.description},
          {"DBParameterGroupArn", ArnOf(scope, "pg", group.name)}};
}

Properties RenderParameter(const ParameterInfo& info, const ParameterValue* set) {
  const std::string_view source = set != nullptr ? "user" : info.standard.empty() ? "engine-default" : "system";
  Properties out{{"ParameterName", std::string(info.name)},
                 {"Source", std::string(source)},
                 {"ApplyType", info.is_static ? "static" : "dynamic"},
                 {"DataType", std::string(ToString(info.type))},
                 {"IsModifiable", info.modifiable},
                 {"ApplyMethod", set != nullptr ? set->apply_method : "pending-reboot"}};
  if (set != nullptr) {
    out["ParameterValue"] = set->value;
  } else if (!info.standard.empty()) {
    out["ParameterValue"] = std::string(info.standard);
  }
  if (!info.allowed.empty()) out["AllowedValues"] = std::string(info.allowed);
  return out;
}

std::vector<Item> ParameterItems(const std::string& family, const std::map<std::string, ParameterValue>& values,
                                 std::string_view source, const Filters& filters) {
  std::vector<Item> items;
  auto add = [&](const ParameterInfo& info, const ParameterValue* set) {
    Properties parameter = RenderParameter(info, set);
    if (!source.empty() && TextOr(parameter, "Source") != source) return;
    if (!Passes(filters, "parameter-name", info.name)) return;
    items.push_back({std::string(info.name), std::move(parameter)});
  };
  const auto known = ParametersOf(family);
  for (const ParameterInfo& info : known) {
    auto set = values.find(std::string(info.name));
    add(info, set == values.end() ? nullptr : &set->second);
  }
  if (known.empty()) {
    for (const auto& [name, value] : values) {
      add({.name = name,
           .type = ParameterType::kString,
           .is_static = false,
           .modifiable = true,
           .allowed = {},
           .standard = {}},
          &value);
    }
  }
  return items;
}

}  // namespace

Checked<FoundInstances> FindInstances(const Request& request) {
  auto filters = ReadFilters(request, {"db-cluster-id", "db-instance-id", "dbi-resource-id", "domain", "engine"});
  if (!filters.has_value()) return std::unexpected(filters.error());
  auto page = ReadPage(request);
  if (!page.has_value()) return std::unexpected(page.error());
  FoundInstances found;
  if (auto reference = TextAt(request.input, "DBInstanceIdentifier"); reference.has_value() && !reference->empty()) {
    const Instance* instance = request.machine.FindInstance(request.scope, InstanceNameOf(*reference));
    if (instance == nullptr) return Refuse("DBInstanceNotFound", "DBInstance " + *reference + " not found.");
    found.instances.push_back(instance);
    return found;
  }
  if (auto names = filters->find("db-instance-id"); names != filters->end()) {
    for (std::string& name : names->second)
      name = InstanceNameOf(name);
  }
  auto passes = [&](const Instance& instance) {
    return filters->empty() || (Passes(*filters, "db-instance-id", instance.identifier) &&
                                Passes(*filters, "dbi-resource-id", instance.resource_id) &&
                                Passes(*filters, "engine", TextOr(instance.settings, "Engine")) &&
                                Passes(*filters, "domain", TextOr(instance.settings, "Domain")) &&
                                Passes(*filters, "db-cluster-id", TextOr(instance.settings, "DBClusterIdentifier")));
  };
  const auto& instances = request.machine.RealmOf(request.scope).instances;
  auto next = page->after.empty() ? instances.begin() : instances.upper_bound(page->after);
  for (; next != instances.end(); ++next) {
    if (!passes(next->second)) continue;
    if (found.instances.size() == page->size) {
      found.marker = MarkerAfter(found.instances.back()->identifier);
      break;
    }
    found.instances.push_back(&next->second);
  }
  return found;
}

Outcome DescribeDBInstances(const Request& request) {
  auto found = FindInstances(request);
  if (!found.has_value()) return std::unexpected(found.error());
  List shown;
  shown.reserve(found->instances.size());
  for (const Instance* instance : found->instances)
    shown.emplace_back(RenderInstance(request.machine, *instance));
  Properties out;
  if (!found->marker.empty()) out["Marker"] = std::move(found->marker);
  out["DBInstances"] = std::move(shown);
  return out;
}

Outcome DescribeDBSubnetGroups(const Request& request) {
  if (auto filters = ReadFilters(request, {}); !filters.has_value()) return std::unexpected(filters.error());
  (void)FindSubnetGroup(request.machine, request.scope, "default");
  const std::string name = ToLower(TextOr(request.input, "DBSubnetGroupName"));
  std::vector<Item> items;
  for (const auto& [key, group] : request.machine.RealmOf(request.scope).subnet_groups) {
    if (!name.empty() && key != name) continue;
    items.push_back({key, RenderSubnetGroup(request.machine, request.scope, group)});
  }
  if (!name.empty() && items.empty()) {
    return Refuse("DBSubnetGroupNotFoundFault",
                  "DB subnet group '" + TextOr(request.input, "DBSubnetGroupName") + "' does not exist.");
  }
  return CutPage(request, "DBSubnetGroups", std::move(items));
}

Outcome DescribeDBParameterGroups(const Request& request) {
  if (auto filters = ReadFilters(request, {}); !filters.has_value()) return std::unexpected(filters.error());
  const std::string name = ToLower(TextOr(request.input, "DBParameterGroupName"));
  std::vector<Item> items;
  if (!name.empty()) {
    const ParameterGroup* group = request.machine.FindParameterGroup(request.scope, name);
    if (group == nullptr) return Refuse("DBParameterGroupNotFound", "DBParameterGroup not found: " + name);
    items.push_back({name, RenderGroup(request.scope, *group)});
  } else {
    for (const auto& [key, group] : request.machine.RealmOf(request.scope).parameter_groups) {
      items.push_back({key, RenderGroup(request.scope, group)});
    }
  }
  return CutPage(request, "DBParameterGroups", std::move(items));
}

Outcome DescribeDBParameters(const Request& request) {
  auto filters = ReadFilters(request, {"parameter-name"});
  if (!filters.has_value()) return std::unexpected(filters.error());
  const std::string name = TextOr(request.input, "DBParameterGroupName");
  const ParameterGroup* group = request.machine.FindParameterGroup(request.scope, name);
  if (group == nullptr) return Refuse("DBParameterGroupNotFound", "DBParameterGroup not found: " + name);
  const std::string source = TextOr(request.input, "Source");
  if (!source.empty() && source != "user" && source != "system" && source != "engine-default") {
    return InvalidValue("Invalid value '" + source +
                        "' for Source. Must be one of 'user', 'system' or 'engine-default'");
  }
  return CutPage(request, "Parameters", ParameterItems(group->family, group->values, source, *filters));
}

Outcome DescribeEngineDefaultParameters(const Request& request) {
  auto filters = ReadFilters(request, {"parameter-name"});
  if (!filters.has_value()) return std::unexpected(filters.error());
  const std::string family = ToLower(TextOr(request.input, "DBParameterGroupFamily"));
  if (EngineOfFamily(family) == nullptr) {
    return InvalidValue("ParameterGroupFamily " + family + " is not a valid parameter group family");
  }
  auto page = CutPage(request, "Parameters", ParameterItems(family, {}, "", *filters));
  if (!page.has_value()) return page;
  (*page)["DBParameterGroupFamily"] = family;
  return Properties{{"EngineDefaults", *std::move(page)}};
}

}  // namespace rdsteady::local::sim
