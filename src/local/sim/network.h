// The pretended network: one default VPC per account and region, any subnet-... and sg-... is taken to exist.
//
// A subnet named subnet-<vpc>-<zone letter>-<anything> says where it lies (subnet-blue-a-1: vpc-blue, zone a); all
// others lie in the default VPC, and the subnets of a group are spread over the zones in the order of their names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "local/sim/faults.h"
#include "local/sim/machine.h"

namespace rdsteady::local::sim {

struct SubnetPlace {
  std::string vpc_id;
  std::string zone;  // us-east-1a
};

[[nodiscard]] std::string DefaultVpc(const Machine& machine, const Scope& scope);
[[nodiscard]] std::string DefaultSecurityGroup(const Machine& machine, const Scope& scope);
// Of the sorted ids of one group, in their order.
[[nodiscard]] std::vector<SubnetPlace> PlacesOf(const Machine& machine, const Scope& scope,
                                                const std::vector<std::string>& sorted_ids);
// The group's VPC, when it is a proper group: known subnets, one VPC, two zones.
[[nodiscard]] Checked<std::string> CheckSubnets(const Machine& machine, const Scope& scope,
                                                const std::vector<std::string>& sorted_ids);
// nullptr when there is none; `default` always exists.
[[nodiscard]] SubnetGroup* FindSubnetGroup(Machine& machine, const Scope& scope, std::string_view name);
[[nodiscard]] Properties RenderSubnetGroup(Machine& machine, const Scope& scope, const SubnetGroup& group);
[[nodiscard]] std::vector<std::string> ZonesOf(const Scope& scope);

}  // namespace rdsteady::local::sim
