// Subnet groups.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/network.h"
#include "local/sim/operations.h"
#include "local/sim/validate.h"

namespace rdsteady::local::sim {
namespace {

Checked<void> CheckName(std::string_view name) {
  const bool good = !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._- ").contains(c);
  });
  if (!good) {
    return InvalidValue(
        "The parameter DBSubnetGroupName must be 1 to 255 letters, digits, periods, underscores, "
        "spaces and hyphens.");
  }
  if (EqualsIgnoreCase(name, "default")) {
    return InvalidValue("The parameter DBSubnetGroupName must not be default.");
  }
  return {};
}

std::vector<std::string> SortedSubnets(const Request& request) {
  const auto asked = TextsAt(request.input, "SubnetIds");
  std::set<std::string> unique(asked.begin(), asked.end());
  return {unique.begin(), unique.end()};
}

Outcome Answer(const Request& request, const SubnetGroup& group) {
  return Properties{{"DBSubnetGroup", RenderSubnetGroup(request.machine, request.scope, group)}};
}

Checked<SubnetGroup*> Require(const Request& request) {
  const std::string name = TextOr(request.input, "DBSubnetGroupName");
  SubnetGroup* group = FindSubnetGroup(request.machine, request.scope, name);
  if (group == nullptr) return Refuse("DBSubnetGroupNotFoundFault", "DB subnet group '" + name + "' does not exist.");
  if (group->name == "default") {
    return Refuse("InvalidDBSubnetGroupStateFault", "The default DB subnet group can't be changed or deleted.");
  }
  return group;
}

}  // namespace

Outcome CreateDBSubnetGroup(const Request& request) {
  const std::string name = TextOr(request.input, "DBSubnetGroupName");
  RDSTEADY_CHECK(CheckName(name));
  RDSTEADY_CHECK(CheckTags(request.input));
  if (FindSubnetGroup(request.machine, request.scope, name) != nullptr) {
    return Refuse("DBSubnetGroupAlreadyExists", "The DB subnet group '" + ToLower(name) + "' already exists.");
  }
  if (TextOr(request.input, "DBSubnetGroupDescription").empty()) {
    return InvalidValue("The parameter DBSubnetGroupDescription must be provided and must not be blank.");
  }
  SubnetGroup group{.name = ToLower(name),
                    .description = TextOr(request.input, "DBSubnetGroupDescription"),
                    .vpc_id = {},
                    .subnet_ids = SortedSubnets(request)};
  auto vpc = CheckSubnets(request.machine, request.scope, group.subnet_ids);
  if (!vpc.has_value()) return std::unexpected(vpc.error());
  group.vpc_id = *vpc;
  request.machine.Touch(RecordKind::kSubnetGroup, request.scope, group.name);
  PutTags(request, ArnOf(request.scope, "subgrp", group.name));
  return Answer(request, request.machine.RealmOf(request.scope).subnet_groups[group.name] = std::move(group));
}

Outcome ModifyDBSubnetGroup(const Request& request) {
  auto found = Require(request);
  if (!found.has_value()) return std::unexpected(found.error());
  SubnetGroup& group = **found;
  const auto subnets = SortedSubnets(request);
  auto vpc = CheckSubnets(request.machine, request.scope, subnets);
  if (!vpc.has_value()) return std::unexpected(vpc.error());
  if (*vpc != group.vpc_id) {
    return Refuse("InvalidSubnet", "The new subnets are not in the same VPC as the existing subnet group.");
  }
  // A zone that an instance of the group lies in has to stay.
  std::set<std::string> zones;
  for (const SubnetPlace& place : PlacesOf(request.machine, request.scope, subnets))
    zones.insert(place.zone);
  for (const auto& [identifier, instance] : request.machine.RealmOf(request.scope).instances) {
    if (TextOr(instance.settings, "DBSubnetGroupName") != group.name) continue;
    if (!zones.contains(TextOr(instance.settings, "AvailabilityZone"))) {
      return Refuse("SubnetAlreadyInUse",
                    "A subnet that is to be removed is in use by DB instance " + identifier + ".");
    }
  }
  group.subnet_ids = subnets;
  if (auto description = TextAt(request.input, "DBSubnetGroupDescription")) group.description = *description;
  request.machine.Touch(RecordKind::kSubnetGroup, request.scope, group.name);
  return Answer(request, group);
}

Outcome DeleteDBSubnetGroup(const Request& request) {
  auto found = Require(request);
  if (!found.has_value()) return std::unexpected(found.error());
  const std::string name = (*found)->name;
  auto& realm = request.machine.RealmOf(request.scope);
  for (const auto& [identifier, instance] : realm.instances) {
    if (TextOr(instance.settings, "DBSubnetGroupName") == name ||
        TextOr(instance.pending, "DBSubnetGroupName") == name) {
      return Refuse("InvalidDBSubnetGroupStateFault", "Cannot delete the subnet group '" + name +
                                                          "' because at least one database instance: " + identifier +
                                                          " is still using it.");
    }
  }
  realm.subnet_groups.erase(name);
  request.machine.Touch(RecordKind::kSubnetGroup, request.scope, name);
  const std::string arn = ArnOf(request.scope, "subgrp", name);
  if (realm.tags.erase(arn) > 0) request.machine.Touch(RecordKind::kTags, request.scope, arn);
  return Properties{};
}

}  // namespace rdsteady::local::sim
