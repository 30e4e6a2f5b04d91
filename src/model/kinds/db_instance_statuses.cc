// DBInstance: statuses, what has to hold beside them, refusals that mean "wait", and the operations of their own.
#include "model/kinds/db_instance_rows.h"
#include "model/kinds/tag_rows.h"

namespace rdsteady::model::db_instance {
namespace {

using enum StatusClass;
using What = SeparateOperation::What;
using Until = WaitRefusal::Until;

constexpr std::string_view kPasswordAdvice = "set a MasterUserPassword that the engine accepts (password_version)";
constexpr std::string_view kDeadAdvice =
    "it cannot be repaired: restore a snapshot or a point in time under another name";
constexpr std::string_view kLostKeyAdvice = "the KMS key cannot be used: restore from a snapshot once it can";

constexpr std::string_view kActive[] = {"active"};
constexpr std::string_view kImpaired[] = {"impaired"};
constexpr std::string_view kRolesActive[] = {"ACTIVE"};
constexpr std::string_view kRolesInvalid[] = {"INVALID"};
// pending-reboot is a standing state: the values wait for a reboot, the association is done.
constexpr std::string_view kGroupSettled[] = {"in-sync", "pending-reboot", "pending-database-upgrade"};
constexpr std::string_view kGroupFailed[] = {"failed-to-apply"};
// What waits for the maintenance window is scheduled, and so as done as it will be.
constexpr std::string_view kOptionsSettled[] = {"in-sync", "pending-maintenance-apply", "pending-maintenance-removal"};
constexpr std::string_view kFailed[] = {"failed"};
constexpr std::string_view kDomainSettled[] = {"joined", "kerberos-enabled", "pending-maintenance-join",
                                               "pending-maintenance-removed"};
constexpr std::string_view kReplicating[] = {"replicating"};
constexpr std::string_view kNotReplicating[] = {"error", "stopped", "terminated"};
constexpr std::string_view kVolumeSettled[] = {"ACTIVE", "NOT-IN-USE", "STORAGE-OPTIMIZATION"};
constexpr std::string_view kVolumeFailed[] = {"VOLUME-FULL"};

constexpr std::string_view kRoleThere[] = {"DBInstanceRoleAlreadyExists"};
constexpr std::string_view kRoleGone[] = {"DBInstanceRoleNotFound"};
constexpr std::string_view kWrongState[] = {"InvalidDBInstanceState"};
constexpr std::string_view kPromotionCarries[] = {"BackupRetentionPeriod", "PreferredBackupWindow"};
constexpr std::string_view kStopped[] = {"stopped", "stopping"};
constexpr std::string_view kStarting[] = {"starting", "available"};

}  // namespace

// A status that is not here is transient, and worth a word to people.
constexpr StatusRow kStatuses[44] = {
    {"available", kSettled, true},
    {"storage-optimization", kSettled, true},
    {"storage-initialization", kSettled, true},
    {"stopped", kSettled, false, "it is stopped: start it (power: running) before it is changed"},
    {"storage-full", kNeedsAction, true, "raise AllocatedStorage, and nothing else, first", "AllocatedStorage"},
    {"incompatible-parameters", kNeedsAction, true,
     "correct the parameter group or associate another, then reboot the instance", "DBParameterGroupName"},
    {"incompatible-option-group", kNeedsAction, true, "state an OptionGroupName that fits the engine and its version",
     "OptionGroupName"},
    {"incompatible-credentials", kNeedsAction, true, kPasswordAdvice, "MasterUserPassword"},
    {"insufficient-capacity", kNeedsAction, true, "try again later, or state another DBInstanceClass"},
    // As AutomationMode asks for it.
    {"automation-paused", kSettled, true, "resume automation (AutomationMode: full) before anything else is changed",
     "AutomationMode"},
    {"unsupported-configuration", kNeedsAction, false, "bring the host back into the RDS Custom support perimeter"},
    {"inaccessible-encryption-credentials-recoverable", kNeedsAction, false,
     "make the KMS key usable again within seven days, then start the instance"},
    {"backing-up", kTransient, false},
    {"backtracking", kTransient, false},
    {"configuring-activity-stream", kTransient, false},
    {"configuring-associated-roles", kTransient, false},
    {"configuring-enhanced-monitoring", kTransient, false},
    {"configuring-iam-database-auth", kTransient, false},
    {"configuring-log-exports", kTransient, false},
    {"configuring-performance-insights", kTransient, false},
    {"converting-to-vpc", kTransient, false},
    {"creating", kTransient, false},
    {"delete-precheck", kTransient, false},
    {"maintenance", kTransient, false},
    {"modifying", kTransient, false},
    {"moving-to-vpc", kTransient, false},
    {"rebooting", kTransient, false},
    {"renaming", kTransient, false},
    {"resetting-master-credentials", kTransient, false},
    {"starting", kTransient, false},
    {"stopping", kTransient, false},
    {"storage-config-upgrade", kTransient, false},
    {"upgrading", kTransient, false},
    {"validating-configuration", kTransient, false},
    {"failed", kTerminal, false, kDeadAdvice},
    {"incompatible-create", kTerminal, false, kDeadAdvice},
    {"incompatible-network", kTerminal, false,
     "its subnets, security groups or addresses no longer fit: see its events"},
    {"incompatible-restore", kTerminal, false, kDeadAdvice},
    {"inaccessible-encryption-credentials", kTerminal, false, kLostKeyAdvice},
    {"modify-failed", kTerminal, false, "see its events; AWS support may have to repair it"},
    {"restore-error", kTerminal, false, kDeadAdvice},
    {"upgrade-failed", kTerminal, false, "see its events; AWS support may have to repair it"},
    {"deleting", kGone, false, "it is being deleted: wait until it is gone; a new one of that name would be empty"},
    {"deleted", kGone, false},
};
static_assert(!kStatuses[43].status.empty());

constexpr Facet kFacets[15] = {
    {"AdditionalStorageVolumes", "AdditionalStorageVolumes[].StorageVolumeStatus", kVolumeSettled, kVolumeFailed},
    {"AssociatedRoles", "AssociatedRoles[].Status", kRolesActive, kRolesInvalid},
    {"DBParameterGroupName", "DBParameterGroups[].ParameterApplyStatus", kGroupSettled, kGroupFailed},
    {"Domain", "DomainMemberships[].Status", kDomainSettled, kFailed},
    {"DomainAuthSecretArn", "DomainMemberships[].Status", kDomainSettled, kFailed},
    {"DomainDnsIps", "DomainMemberships[].Status", kDomainSettled, kFailed},
    {"DomainFqdn", "DomainMemberships[].Status", kDomainSettled, kFailed},
    {"DomainIAMRoleName", "DomainMemberships[].Status", kDomainSettled, kFailed},
    {"DomainOu", "DomainMemberships[].Status", kDomainSettled, kFailed},
    {"ManageMasterUserPassword", "MasterUserSecret.SecretStatus", kActive, kImpaired},
    {"MasterUserSecretKmsKeyId", "MasterUserSecret.SecretStatus", kActive, kImpaired},
    {"OptionGroupName", "OptionGroupMemberships[].Status", kOptionsSettled, kFailed},
    {"SourceDBClusterIdentifier", "StatusInfos[].Status", kReplicating, kNotReplicating},
    {"SourceDBInstanceIdentifier", "StatusInfos[].Status", kReplicating, kNotReplicating},
    {"VpcSecurityGroupIds", "VpcSecurityGroups[].Status", kActive, {}},
};
static_assert(!kFacets[14].property.empty());

// Narrow fragments: the same codes carry what no waiting will cure. The first that fits counts.
constexpr WaitRefusal kWaitRefusals[15] = {
    {"InvalidDBInstanceState", "your request later", Until::kShortly, 600},
    {"InvalidDBInstanceState", "", Until::kSettled, 3600},
    {"InvalidDBClusterStateFault", "", Until::kSettled, 3600},
    {"InvalidParameterCombination", "No modifications were requested", Until::kAlreadyDone, 0},
    {"InvalidParameterCombination", "previous storage change is being optimized", Until::kStorageOptimized, 86400},
    {"InvalidParameterValue", "ENHANCED_MONITORING", Until::kShortly, 120},
    {"InvalidParameterValue", "IAM role ARN value is invalid or does not include the required permissions",
     Until::kShortly, 120},
    {"ValidationError", "couldn't fetch the role from instance profile", Until::kShortly, 120},
    {"InvalidDBSnapshotState", "", Until::kShortly, 3600},
    {"InvalidDBClusterSnapshotStateFault", "", Until::kShortly, 3600},
    {"DBSubnetGroupNotFoundFault", "", Until::kShortly, 120, true},
    {"DBParameterGroupNotFound", "", Until::kShortly, 120, true},
    {"OptionGroupNotFoundFault", "", Until::kShortly, 120, true},
    {"DBInstanceNotFound", "", Until::kShortly, 120, true},
    {"KMSKeyNotAccessibleFault", "", Until::kShortly, 120, true},
};
static_assert(!kWaitRefusals[14].code.empty());

// Roles: one role a feature, so what goes leaves before what comes. Tags: what comes is added before what goes.
constexpr SeparateOperation kOperations[9] = {
    {.property = "AssociatedRoles",
     .what = What::kRemove,
     .operation = "RemoveRoleFromDBInstance",
     .resource_member = "DBInstanceIdentifier",
     .already_done_codes = kRoleGone},
    {.property = "AssociatedRoles",
     .what = What::kAdd,
     .operation = "AddRoleToDBInstance",
     .resource_member = "DBInstanceIdentifier",
     .already_done_codes = kRoleThere},
    kAddTags,
    kRemoveTags,
    {.property = "SourceDBInstanceIdentifier",
     .what = What::kPromote,
     .operation = "PromoteReadReplica",
     .resource_member = "DBInstanceIdentifier",
     .already_done_codes = kWrongState,
     .already_done_fragment = "not a read replica",
     .carries = kPromotionCarries},
    {.property = "SourceDBClusterIdentifier",
     .what = What::kPromote,
     .operation = "PromoteReadReplica",
     .resource_member = "DBInstanceIdentifier",
     .already_done_codes = kWrongState,
     .already_done_fragment = "not a read replica",
     .carries = kPromotionCarries},
    {.property = "power",
     .what = What::kStart,
     .operation = "StartDBInstance",
     .resource_member = "DBInstanceIdentifier",
     .from_statuses = kStopped,
     .done_statuses = kStarting},
    {.property = "power",
     .what = What::kStop,
     .operation = "StopDBInstance",
     .resource_member = "DBInstanceIdentifier",
     .done_statuses = kStopped},
    {.property = "reboot",
     .what = What::kReboot,
     .operation = "RebootDBInstance",
     .resource_member = "DBInstanceIdentifier",
     .needed_path = "DBParameterGroups[].ParameterApplyStatus",
     .needed_value = "pending-reboot"},
};
static_assert(!kOperations[8].property.empty());

}  // namespace rdsteady::model::db_instance
