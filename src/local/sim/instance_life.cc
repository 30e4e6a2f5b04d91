// Delete, reboot, start, stop, promote, and the roles of an instance.
#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/operations.h"
#include "local/sim/render.h"
#include "local/sim/snapshots.h"
#include "local/sim/validate.h"
#include "local/sim/windows.h"

namespace rdsteady::local::sim {
namespace {

Outcome Answer(const Request& request, const Instance& instance) {
  return Properties{{"DBInstance", RenderInstance(request.machine, instance)}};
}

Checked<void> CheckFinalSnapshot(const Request& request, const Instance& instance) {
  const bool skip = BoolOr(request.input, "SkipFinalSnapshot");
  const auto name = TextAt(request.input, "FinalDBSnapshotIdentifier");
  if (skip && name.has_value()) {
    return InvalidCombination(
        "FinalDBSnapshotIdentifier can not be specified when deleting an instance with "
        "SkipFinalSnapshot as true.");
  }
  if (!instance.source_resource_id.empty()) {
    return name.has_value() ? InvalidCombination("A final snapshot can't be taken of a read replica.")
                            : Checked<void>();
  }
  if (skip) return {};
  if (!name.has_value()) {
    return InvalidCombination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
  }
  RDSTEADY_CHECK(CheckNewSnapshot(request, "FinalDBSnapshotIdentifier", *name));
  if (instance.base_status != "available" && instance.base_status != "stopped") {
    return Refuse("InvalidDBInstanceState", "A final snapshot can't be taken of " + instance.identifier +
                                                ", which is " + ShownStatus(instance) + ".");
  }
  return {};
}

// Snapshots that have begun are finished before the instance goes: somebody may have asked for them, and the deletion
// comes to nothing when its own can't be taken.
std::vector<Activity> SnapshotsUnderWay(const Instance& instance) {
  std::vector<Activity> kept;
  for (const Activity& phase : instance.phases) {
    if (phase.kind != ActivityKind::kBackup || phase.argument.empty()) continue;
    kept.push_back(phase);
    kept.back().status = "deleting";
  }
  return kept;
}

}  // namespace

Outcome DeleteDBInstance(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  Machine& machine = request.machine;
  if (ShownStatus(instance) == "deleting") {
    return Refuse("InvalidDBInstanceState", "Instance " + instance.identifier + " is already being deleted.");
  }
  if (BoolOr(instance.settings, "DeletionProtection")) {
    return InvalidCombination("Cannot delete protected DB Instance, please disable deletion protection and try again.");
  }
  RDSTEADY_CHECK(CheckFinalSnapshot(request, instance));
  if (BoolAt(request.input, "DeleteAutomatedBackups") == false) {
    return InvalidCombination(
        "Automated backups can't be retained here after their DB instance: take a final snapshot in place of "
        "DeleteAutomatedBackups=false.");
  }
  std::vector<Activity> phases = SnapshotsUnderWay(instance);
  if (auto name = TextAt(request.input, "FinalDBSnapshotIdentifier")) {
    phases.push_back(TakeManualSnapshot(request, instance, *name, "deleting"));
  }
  phases.push_back({.kind = ActivityKind::kDelete,
                    .status = "deleting",
                    .lasts = machine.pace().deleting,
                    .verb = EngineVerb::kDestroy});
  instance.phases.clear();
  machine.Begin(instance, std::move(phases));
  // With a pace of nothing it is gone already.
  Instance* still = machine.FindInstance(request.scope, TextOr(request.input, "DBInstanceIdentifier"));
  if (still == nullptr) {
    return Properties{
        {"DBInstance", Properties{{"DBInstanceIdentifier", ToLower(TextOr(request.input, "DBInstanceIdentifier"))},
                                  {"DBInstanceStatus", "deleting"}}}};
  }
  return Answer(request, *still);
}

Outcome RebootDBInstance(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  if (!IsSettled(instance) ||
      (instance.base_status != "available" && instance.base_status != "incompatible-parameters")) {
    return Refuse("InvalidDBInstanceState", "Database instance " + instance.identifier + " is not in available state.");
  }
  if (BoolOr(request.input, "ForceFailover") && !BoolOr(instance.settings, "MultiAZ")) {
    return InvalidCombination("Force failover is only valid for Multi-AZ instances.");
  }
  Machine& machine = request.machine;
  if (BoolOr(request.input, "ForceFailover")) {
    const Properties shown = RenderInstance(machine, instance);
    instance.settings["AvailabilityZone"] = TextOr(shown, "SecondaryAvailabilityZone");
    machine.AddEvent(instance, {"failover"}, "Multi-AZ instance failover completed");
  }
  machine.Begin(instance, {{.kind = ActivityKind::kReboot,
                            .status = "rebooting",
                            .lasts = machine.pace().rebooting,
                            .keys = {instance.pending_on_reboot.begin(), instance.pending_on_reboot.end()},
                            .verb = EngineVerb::kRestart}});
  return Answer(request, instance);
}

Outcome StopDBInstance(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  RDSTEADY_CHECK(RequireAvailable(instance));
  Machine& machine = request.machine;
  if (!instance.source_resource_id.empty() || !machine.ReplicasOf(instance).empty()) {
    return Refuse("InvalidDBInstanceState",
                  "A DB instance that is a read replica, or has read replicas, can't be stopped.");
  }
  std::vector<Activity> phases;
  if (auto name = TextAt(request.input, "DBSnapshotIdentifier")) {
    RDSTEADY_CHECK(CheckNewSnapshot(request, "DBSnapshotIdentifier", *name));
    phases.push_back(TakeManualSnapshot(request, instance, *name, "stopping"));
  }
  // Stopping forgets what is queued, but for the groups.
  std::erase_if(instance.pending, [](const auto& change) {
    return change.first != "OptionGroupName" && change.first != "DBParameterGroupName";
  });
  instance.pending_on_reboot.clear();
  phases.push_back(
      {.kind = ActivityKind::kStop, .status = "stopping", .lasts = machine.pace().stopping, .verb = EngineVerb::kStop});
  machine.Begin(instance, std::move(phases));
  return Answer(request, instance);
}

Outcome StartDBInstance(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  if (!IsSettled(instance) || instance.base_status != "stopped") {
    return Refuse("InvalidDBInstanceState", "Instance " + instance.identifier + " is not stopped.");
  }
  Machine& machine = request.machine;
  machine.Begin(instance, {{.kind = ActivityKind::kStart,
                            .status = "starting",
                            .lasts = machine.pace().starting,
                            .verb = EngineVerb::kStart}});
  return Answer(request, instance);
}

Outcome PromoteReadReplica(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  if (instance.source_resource_id.empty()) {
    return Refuse("InvalidDBInstanceState", "DB Instance " + instance.identifier + " is not a read replica.");
  }
  RDSTEADY_CHECK(RequireAvailable(instance));
  const Engine* engine = FindEngine(TextOr(instance.settings, "Engine"));
  Properties asked;
  for (std::string_view setting : {"BackupRetentionPeriod", "PreferredBackupWindow"}) {
    if (const Value* value = Find(request.input, setting); value != nullptr && !value->IsNull()) {
      asked[std::string(setting)] = Spelled(request, setting, *value);
    }
  }
  Wish wish{.engine = engine, .current = &instance, .asked = asked, .merged = instance.settings};
  for (const auto& [setting, value] : asked)
    wish.merged[setting] = value;
  RDSTEADY_CHECK(CheckSettings(request.machine, request.scope, wish));
  const bool backup = IntOr(wish.merged, "BackupRetentionPeriod", 1) > 0 || !Has(asked, "BackupRetentionPeriod");
  for (const auto& [setting, value] : asked) {
    Value& has = instance.settings[setting];
    if (has == value) continue;
    has = value;
    instance.pending.erase(setting);  // what was asked for last counts
  }
  if (!Has(asked, "BackupRetentionPeriod")) instance.settings["BackupRetentionPeriod"] = 1;
  Machine& machine = request.machine;
  std::vector<Activity> phases{{.kind = ActivityKind::kPromote,
                                .status = "modifying",
                                .lasts = machine.pace().rebooting,
                                .verb = EngineVerb::kPromote}};
  if (backup) {
    phases.push_back({.kind = ActivityKind::kBackup, .status = "backing-up", .lasts = machine.pace().backing_up});
  }
  machine.Begin(instance, std::move(phases));
  return Answer(request, instance);
}

Outcome AddRoleToDBInstance(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  RDSTEADY_CHECK(RequireAvailable(instance));
  const std::string arn = TextOr(request.input, "RoleArn");
  const std::string feature = TextOr(request.input, "FeatureName");
  if (!arn.starts_with("arn:")) return InvalidValue("The parameter RoleArn is not a valid ARN: " + arn);
  for (const Value& role : instance.roles) {
    const Properties& known = role.As<Properties>();
    if (TextOr(known, "RoleArn") == arn && TextOr(known, "FeatureName") == feature) {
      return Refuse("DBInstanceRoleAlreadyExists", "Role ARN " + arn + " is already associated with DB instance " +
                                                       instance.identifier + " for feature " + feature + ".");
    }
    if (TextOr(known, "FeatureName") == feature) {
      return InvalidValue("The feature " + feature + " already has a role: remove it first.");
    }
  }
  instance.roles.push_back(Properties{{"RoleArn", arn}, {"FeatureName", feature}, {"Status", "PENDING"}});
  request.machine.BeginFacet(instance,
                             {.kind = ActivityKind::kRoles, .lasts = request.machine.pace().applying_parameters});
  return Properties{};
}

Outcome RemoveRoleFromDBInstance(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  RDSTEADY_CHECK(RequireAvailable(instance));
  const std::string arn = TextOr(request.input, "RoleArn");
  const std::string feature = TextOr(request.input, "FeatureName");
  const auto removed = std::erase_if(instance.roles, [&](const Value& role) {
    return TextOr(role.As<Properties>(), "RoleArn") == arn && TextOr(role.As<Properties>(), "FeatureName") == feature;
  });
  if (removed == 0) {
    return Refuse("DBInstanceRoleNotFound",
                  "Role ARN " + arn + " cannot be found for DB instance " + instance.identifier + ".");
  }
  request.machine.Touch(instance);
  return Properties{};
}

}  // namespace rdsteady::local::sim
