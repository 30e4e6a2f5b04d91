#include "local/sim/network.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace rdsteady::local::sim {
namespace {

std::string HexName(const Machine& machine, std::string_view prefix, const Scope& scope, std::string_view what) {
  const std::string seed = fmt::format("{}/{}/{}", scope.account, scope.region, what);
  return fmt::format("{}{:016x}{}", prefix, machine.Hash(seed), "0");
}

bool IsZoneLetter(std::string_view text) {
  return text.size() == 1 && text[0] >= 'a' && text[0] <= 'f';
}

}  // namespace

std::string DefaultVpc(const Machine& machine, const Scope& scope) {
  return HexName(machine, "vpc-", scope, "vpc");
}

std::string DefaultSecurityGroup(const Machine& machine, const Scope& scope) {
  return HexName(machine, "sg-", scope, "security group");
}

std::vector<std::string> ZonesOf(const Scope& scope) {
  return {scope.region + "a", scope.region + "b", scope.region + "c"};
}

std::vector<SubnetPlace> PlacesOf(const Machine& machine, const Scope& scope,
                                  const std::vector<std::string>& sorted_ids) {
  const auto zones = ZonesOf(scope);
  const std::string vpc = DefaultVpc(machine, scope);
  std::vector<SubnetPlace> places;
  places.reserve(sorted_ids.size());
  for (std::size_t i = 0; i < sorted_ids.size(); ++i) {
    auto parts = Split(sorted_ids[i], '-');
    if (parts.size() == 4 && !parts[1].empty() && IsZoneLetter(parts[2])) {
      places.push_back({"vpc-" + std::string(parts[1]), scope.region + std::string(parts[2])});
    } else {
      places.push_back({vpc, zones[i % zones.size()]});
    }
  }
  return places;
}

Checked<std::string> CheckSubnets(const Machine& machine, const Scope& scope,
                                  const std::vector<std::string>& sorted_ids) {
  std::vector<std::string> wrong;
  for (const std::string& id : sorted_ids) {
    if (!id.starts_with("subnet-") || id.size() < 8) wrong.push_back(id);
  }
  if (!wrong.empty()) return InvalidValue("Some input subnets in :[" + Join(wrong, ", ") + "] are invalid.");
  std::set<std::string> vpcs;
  std::set<std::string> zones;
  for (const SubnetPlace& place : PlacesOf(machine, scope, sorted_ids)) {
    vpcs.insert(place.vpc_id);
    zones.insert(place.zone);
  }
  if (vpcs.size() > 1) {
    return Refuse("InvalidSubnet", "Subnets " + Join(sorted_ids, ", ") + " do not belong to the same VPC.");
  }
  if (zones.size() < 2) {
    return Refuse(
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: " +
            (zones.empty() ? std::string("none") : *zones.begin()) + ". Add subnets to cover at least 2 AZs.");
  }
  return *vpcs.begin();
}

SubnetGroup* FindSubnetGroup(Machine& machine, const Scope& scope, std::string_view name) {
  auto& groups = machine.RealmOf(scope).subnet_groups;
  const std::string key = ToLower(name);
  auto found = groups.find(key);
  if (found != groups.end()) return &found->second;
  if (key != "default") return nullptr;
  SubnetGroup& group = groups[key];
  group = {.name = key, .description = "default", .vpc_id = DefaultVpc(machine, scope)};
  for (std::string_view number : {"1", "2", "3"}) {
    group.subnet_ids.push_back(HexName(machine, "subnet-", scope, "subnet " + std::string(number)));
  }
  std::ranges::sort(group.subnet_ids);
  machine.Touch(RecordKind::kSubnetGroup, scope, key);
  return &group;
}

Properties RenderSubnetGroup(Machine& machine, const Scope& scope, const SubnetGroup& group) {
  // Member by member: an initializer list would copy everything below it once more, for every instance of a page.
  List subnets;
  subnets.reserve(group.subnet_ids.size());
  auto places = PlacesOf(machine, scope, group.subnet_ids);
  for (std::size_t i = 0; i < group.subnet_ids.size(); ++i) {
    Properties zone;
    zone["Name"] = std::move(places[i].zone);
    Properties subnet;
    subnet["SubnetIdentifier"] = group.subnet_ids[i];
    subnet["SubnetAvailabilityZone"] = std::move(zone);
    subnet["SubnetOutpost"] = Properties{};
    subnet["SubnetStatus"] = "Active";
    subnets.emplace_back(std::move(subnet));
  }
  Properties out;
  out["DBSubnetGroupName"] = group.name;
  out["DBSubnetGroupDescription"] = group.description;
  out["VpcId"] = group.vpc_id;
  out["SubnetGroupStatus"] = "Complete";
  out["Subnets"] = std::move(subnets);
  out["DBSubnetGroupArn"] = ArnOf(scope, "subgrp", group.name);
  out["SupportedNetworkTypes"] = List{"IPV4"};
  return out;
}

}  // namespace rdsteady::local::sim
