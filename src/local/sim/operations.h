// The operations, by name. Handlers find their input checked against the API table; they answer the operation's output
// shape, or a fault before anything was changed.
#pragma once

#include <string_view>

#include "local/sim/faults.h"
#include "local/sim/machine.h"

namespace rdsteady::local::sim {

struct Request {
  Machine& machine;
  const Scope& scope;
  const Properties& input;
};

using Outcome = Checked<Properties>;
using Handler = Outcome (*)(const Request& request);

// nullptr: not implemented here.
[[nodiscard]] Handler FindHandler(std::string_view operation);

// instance_create.cc
Outcome CreateDBInstance(const Request& request);
Outcome CreateDBInstanceReadReplica(const Request& request);
// instance_restore.cc
Outcome RestoreDBInstanceFromDBSnapshot(const Request& request);
Outcome RestoreDBInstanceToPointInTime(const Request& request);
// instance_modify.cc
Outcome ModifyDBInstance(const Request& request);
// instance_life.cc
Outcome DeleteDBInstance(const Request& request);
Outcome RebootDBInstance(const Request& request);
Outcome StartDBInstance(const Request& request);
Outcome StopDBInstance(const Request& request);
Outcome PromoteReadReplica(const Request& request);
Outcome AddRoleToDBInstance(const Request& request);
Outcome RemoveRoleFromDBInstance(const Request& request);
// snapshots.cc
Outcome CreateDBSnapshot(const Request& request);
Outcome DeleteDBSnapshot(const Request& request);
Outcome DescribeDBSnapshots(const Request& request);
// maintenance.cc
Outcome DescribePendingMaintenanceActions(const Request& request);
Outcome ApplyPendingMaintenanceAction(const Request& request);
[[nodiscard]] Checked<void> OfferMaintenance(Machine& machine, const Scope& scope, std::string_view identifier,
                                             MaintenanceOffer offer);
// groups
Outcome CreateDBSubnetGroup(const Request& request);
Outcome ModifyDBSubnetGroup(const Request& request);
Outcome DeleteDBSubnetGroup(const Request& request);
Outcome CreateDBParameterGroup(const Request& request);
Outcome ModifyDBParameterGroup(const Request& request);
Outcome ResetDBParameterGroup(const Request& request);
Outcome DeleteDBParameterGroup(const Request& request);
// tags.cc
Outcome AddTagsToResource(const Request& request);
Outcome RemoveTagsFromResource(const Request& request);
Outcome ListTagsForResource(const Request& request);
// describe_*.cc
Outcome DescribeDBInstances(const Request& request);
Outcome DescribeDBSubnetGroups(const Request& request);
Outcome DescribeDBParameterGroups(const Request& request);
Outcome DescribeDBParameters(const Request& request);
Outcome DescribeEngineDefaultParameters(const Request& request);
Outcome DescribeDBEngineVersions(const Request& request);
Outcome DescribeOrderableDBInstanceOptions(const Request& request);
Outcome DescribeValidDBInstanceModifications(const Request& request);
Outcome DescribeOptionGroups(const Request& request);
Outcome DescribeCertificates(const Request& request);
Outcome DescribeAccountAttributes(const Request& request);
Outcome DescribeEvents(const Request& request);
Outcome DescribeEventCategories(const Request& request);

// Shared by them.
// Members of the request that are settings, by their names in CreateDBInstance, in the service's own spelling.
[[nodiscard]] Properties AskedAtBirth(const Request& request);
[[nodiscard]] Value Spelled(const Request& request, std::string_view setting, Value value);
// Clients name instances by identifier or by ARN.
[[nodiscard]] std::string InstanceNameOf(std::string_view reference);
[[nodiscard]] Checked<Instance*> RequireInstance(const Request& request, std::string_view member);
// The instance in the state in which changes are accepted.
[[nodiscard]] Checked<void> RequireAvailable(const Instance& instance);
void PutTags(const Request& request, const std::string& arn);
// Hashed as the engine stores it; the password itself goes nowhere.
[[nodiscard]] std::string VerifierOf(const Machine& machine, const Engine& engine, std::string_view password);
void StartManagedSecret(const Request& request, Instance& instance);

}  // namespace rdsteady::local::sim
