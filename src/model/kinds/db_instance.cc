// DBInstance: the kind itself, its births, and the checks of the resource as a whole.
#include <array>

#include "model/kinds/db_instance_checks.h"
#include "model/kinds/db_instance_offers.h"
#include "model/kinds/db_instance_rows.h"
#include "model/kinds/kind.h"
#include "model/kinds/tables.h"
#include "model/kinds/tag_rows.h"

namespace rdsteady::model {
namespace {

constexpr std::string_view kNotWithRestoreTime[] = {"UseLatestRestorableTime", "DBSnapshotIdentifier",
                                                    "DBClusterSnapshotIdentifier", "SourceDBClusterIdentifier"};
constexpr std::string_view kNotWithLatest[] = {"RestoreTime", "DBSnapshotIdentifier", "DBClusterSnapshotIdentifier",
                                               "SourceDBClusterIdentifier"};
constexpr std::string_view kNotWithSnapshot[] = {"DBClusterSnapshotIdentifier", "SourceDBInstanceIdentifier",
                                                 "SourceDBClusterIdentifier"};
constexpr std::string_view kNotWithClusterSnapshot[] = {"SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"};
constexpr std::string_view kNotWithSource[] = {"SourceDBClusterIdentifier"};

constexpr std::string_view kExists = "DBInstanceAlreadyExists";

// A source beside a time of restoring is the source of the restore; alone it makes a replica.
constexpr Birth kBirths[] = {
    {.selector = "RestoreTime",
     .operation = "RestoreDBInstanceToPointInTime",
     .bit = kPointInTime,
     .key_as = "TargetDBInstanceIdentifier",
     .exists_code = kExists,
     .not_with = kNotWithRestoreTime},
    {.selector = "UseLatestRestorableTime",
     .operation = "RestoreDBInstanceToPointInTime",
     .bit = kPointInTime,
     .key_as = "TargetDBInstanceIdentifier",
     .exists_code = kExists,
     .not_with = kNotWithLatest},
    {.selector = "DBSnapshotIdentifier",
     .operation = "RestoreDBInstanceFromDBSnapshot",
     .bit = kFromSnapshot,
     .key_as = "DBInstanceIdentifier",
     .exists_code = kExists,
     .not_with = kNotWithSnapshot},
    {.selector = "DBClusterSnapshotIdentifier",
     .operation = "RestoreDBInstanceFromDBSnapshot",
     .bit = kFromSnapshot,
     .key_as = "DBInstanceIdentifier",
     .exists_code = kExists,
     .not_with = kNotWithClusterSnapshot},
    {.selector = "SourceDBInstanceIdentifier",
     .operation = "CreateDBInstanceReadReplica",
     .bit = kReplica,
     .key_as = "DBInstanceIdentifier",
     .exists_code = kExists,
     .not_with = kNotWithSource},
    {.selector = "SourceDBClusterIdentifier",
     .operation = "CreateDBInstanceReadReplica",
     .bit = kReplica,
     .key_as = "DBInstanceIdentifier",
     .exists_code = kExists},
    {.selector = {},
     .operation = "CreateDBInstance",
     .bit = kCreate,
     .key_as = "DBInstanceIdentifier",
     .exists_code = kExists},
};

// By prefix. The same API lists Neptune and DocumentDB instances, which are not ours to touch.
constexpr std::string_view kOwnEngines[] = {"postgres",   "mysql",   "mariadb", "oracle-",
                                            "sqlserver-", "custom-", "db2-",    "aurora"};

constexpr ExtraRead kExtraReads[] = {
    kReadTags,
};

constexpr Check kWholeChecks[] = {
    {.rule = "ID-FORMAT", .objection = db_instance::ObjectionToName, .offline = true, .hint = db_instance::NameHint},
    {.rule = "REQUIRED",
     .objection = db_instance::ObjectionToMissing,
     .advice = "state them, or state a source that the instance comes from",
     .offline = true,
     .at_birth = true},
    {.rule = "PASSWORD-MODE",
     .objection = db_instance::ObjectionToPasswordModes,
     .advice = "state one of the two",
     .offline = true},
    {.rule = "WINDOW-OVERLAP",
     .objection = db_instance::ObjectionToWindowOverlap,
     .advice = "the backup window runs on every day of the week: move one of them",
     .offline = true},
    {.rule = "MONITORING-PAIR",
     .objection = db_instance::ObjectionToMonitoringPair,
     .advice = "state MonitoringRoleArn, the role that writes to CloudWatch Logs",
     .offline = true,
     .at_birth = true},
    {.rule = "INSIGHTS-MODE",
     .objection = db_instance::ObjectionToInsightsMode,
     .advice = "state EnablePerformanceInsights: true and a PerformanceInsightsRetentionPeriod of 465 or more",
     .offline = true,
     .at_birth = true},
};

}  // namespace

constinit const Kind kDBInstance = {
    .name = "DBInstance",
    .key = "DBInstanceIdentifier",
    .arn = "DBInstanceArn",
    .stable_id = "DbiResourceId",
    .describe = "DescribeDBInstances",
    .describe_key = "DBInstanceIdentifier",
    .describe_items = "DBInstances",
    .filter = "db-instance-id",
    .not_found_code = "DBInstanceNotFound",
    .modify = "ModifyDBInstance",
    .apply_immediately = "ApplyImmediately",
    .window_path = "PreferredMaintenanceWindow",
    .event_source = "db-instance",
    .pending_root = "PendingModifiedValues",
    .versioned_secret = "MasterUserPassword",
    .version_tags = "Tags",
    .births = kBirths,
    .properties = db_instance::kProperties,
    .operations = db_instance::kOperations,
    .extra_reads = kExtraReads,
    .preflights = db_instance::kPreflights,
    .status_path = "DBInstanceStatus",
    .statuses = db_instance::kStatuses,
    .facets = db_instance::kFacets,
    .wait_refusals = db_instance::kWaitRefusals,
    .checks = kWholeChecks,
    .own_engines = kOwnEngines,
};

}  // namespace rdsteady::model
