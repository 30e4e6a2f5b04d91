#include "report/rules.h"

#include <algorithm>

#include "base/text.h"

namespace rdsteady::report {
namespace {

constexpr RuleMeaning kMeanings[] = {
    {"--allow-update", "the run was told which properties it may change, and this one is not among them"},
    {"--max-disruption", "the run was told how much a change may disturb the database, and this one would do more"},
    {"ACTS-AT-ONCE", "the change acts and disturbs at once whatever is asked, so it is no change for the window"},
    {"AUTOSCALE-LIMIT", "the limit of storage autoscaling must leave room above the size"},
    {"AWS-BACKUP-OWNS", "a database that AWS Backup protects takes retention and backup window from its plan"},
    {"BEING-DELETED", "a database that is being deleted is not awaited to be created anew: it would be empty"},
    {"CERT", "the certificate authority must be one that the engine version offers"},
    {"CLASS-AND-VERSION", "a class that only the new version offers cannot be asked for before the upgrade"},
    {"CLUSTER-MEMBER", "most properties of a member belong to its cluster"},
    {"CUSTOM", "RDS Custom has rules of its own"},
    {"DBNAME", "the initial database's name follows the engine's rules, and acts at creation"},
    {"DECLINED", "RDS declines the change as things are"},
    {"DOMAIN-DNS", "a self-managed domain needs two DNS addresses"},
    {"ENGINE-ALIAS", "aurora is an older name of aurora-mysql"},
    {"ENGINE-FIXED", "the engine of a database cannot be changed, but for Oracle's conversion to a container database"},
    {"EXTERNAL", "what is named must be there, and fit"},
    {"FOREIGN-ENGINE", "the same API lists databases of other services, which are never touched"},
    {"FOREIGN-PENDING", "a request that acts now would run what others have queued for the window"},
    {"GP3-THRESHOLD", "gp3 below the engine's threshold has a fixed baseline of IOPS and throughput"},
    {"GROUP-FAMILY", "the parameter group's family must be that of the engine version"},
    {"GROW-ONLY", "storage never shrinks"},
    {"ID-FORMAT", "names follow RDS's form"},
    {"IMMUTABLE", "RDS sets the property at creation only"},
    {"INSIGHTS-MODE", "the advanced mode of Database Insights needs Performance Insights with a long retention"},
    {"IO-RATIO", "provisioned IOPS and size must keep the ratio that the storage type allows"},
    {"IOPS-REQUIRED", "storage types with provisioned IOPS need Iops to be stated"},
    {"KMS-RESOLVE", "a key is compared by its ARN: KMS is asked what a stated key id or alias stands for"},
    {"LOG-TYPES", "only logs that the engine version has can be exported"},
    {"MAJOR-UPGRADE", "a major version needs a consent of its own, and groups of the new version's family"},
    {"MONITORING-INTERVAL", "enhanced monitoring takes certain intervals only"},
    {"MONITORING-PAIR", "the interval and the role of enhanced monitoring belong together"},
    {"MULTI-TENANT", "a multi-tenant container database cannot be turned back, and its tenants own some properties"},
    {"MULTIAZ-AZ", "a Multi-AZ database has two zones, which a failover swaps"},
    {"NEVER-DELETE", "nothing that is planned deletes, a volume with its data no more than a database"},
    {"ORDERABLE", "the class, in this region and with this engine version, must offer what is stated"},
    {"PARAMETER-FIXED", "some parameters of a family cannot be modified"},
    {"PARAMETER-UNKNOWN", "the parameter must exist in the group's family"},
    {"PASSWORD-LIMITS", "the master password follows the engine's length and characters"},
    {"PASSWORD-MODE", "the master password is either stated or managed in Secrets Manager"},
    {"PENDING-RENAME", "somebody has queued a rename away from the stated name"},
    {"PI-TRIO", "the settings of Performance Insights belong together"},
    {"PORT", "some ports are the engine's own or reserved"},
    {"RANGE", "the number must lie within RDS's bounds"},
    {"RENAME-REBOOTS", "a queued rename cannot be taken back without a restart"},
    {"REPLICA-GONE", "the source of an existing database is fixed"},
    {"REPLICA-INHERIT", "a replica takes some properties from its source"},
    {"REPLICA-SOURCE", "the source of a replica must keep backups and have room for one more"},
    {"REQUIRED", "what RDS needs to create the resource must be stated"},
    {"RESERVATION", "a capacity reservation changes only together with what moves the instance"},
    {"RESTORE-ONCE", "the source of a restore acts at creation, and means nothing afterwards"},
    {"RESTORE-SOURCE", "a restore needs a point in time that the source's backups reach"},
    {"RETENTION-ZERO", "a database with replicas keeps its backups"},
    {"RETIRED", "RDS has retired the property, or it is no state of a database"},
    {"SELF-PENDING", "what waits to be applied counts: a matching value is success, another one is withdrawn"},
    {"SG-NO-EMPTY", "a database has at least one security group"},
    {"SIZE-RANGES", "each engine and storage type has bounds for the size"},
    {"SQLSERVER-MIRRORING", "SQL Server takes Multi-AZ after its creation"},
    {"SQLSERVER-STORAGE", "SQL Server takes storage settings after a restore"},
    {"STATUS", "RDS accepts no change in the status that the resource is in"},
    {"SUBNET-SAME-VPC", "a database cannot move to another subnet group of the same VPC"},
    {"SUBNETS", "a subnet group needs subnets"},
    {"TAGS-AWS", "tags that begin with aws: or rdsteady: are not the manifest's, and there are at most 50"},
    {"TIMEZONE", "some engines do not report their time zone"},
    {"TYPE-MAGNETIC", "AWS moves magnetic storage to gp3 by itself"},
    {"UNSEEN-AFTER-BIRTH", "what the creating call does not take and no answer shows could be lost between two calls"},
    {"UNSEEN-PENDING", "no answer would show that the change waits, so every run would send it again"},
    {"UPGRADE-PATH", "RDS upgrades only along certain paths"},
    {"USERNAME", "the master user's name follows the engine's rules"},
    {"VALUES", "the property takes certain words only"},
    {"VERSION-FLOOR", "a version is never lowered"},
    {"VERSION-OFFERED", "the version must be one that RDS offers"},
    {"WINDOW-FORMAT", "windows are UTC, and at least half an hour long"},
    {"WINDOW-OVERLAP", "the backup window and the maintenance window may not overlap"},
    {"policy.max_disruption", "the policy says how much a change may disturb the database, and this one would do more"},
    {"policy.rules", "a rule of the policy for resources of this kind and name says what may be done, and when"},
    {"policy.updatable", "the policy lists what may be changed, and this is not on it"},
};
static_assert(std::ranges::is_sorted(kMeanings, {}, &RuleMeaning::rule));

}  // namespace

std::span<const RuleMeaning> RuleMeanings() {
  return kMeanings;
}

const RuleMeaning* FindRuleMeaning(std::string_view rule) {
  const auto find = [](std::string_view name) {
    return std::ranges::find_if(kMeanings,
                                [name](const RuleMeaning& meaning) { return EqualsIgnoreCase(meaning.rule, name); });
  };
  // A rule of a policy is named by where it stands: policy.rules.DBInstance.prod-*.Port.
  for (std::string_view name = rule;;) {
    if (const auto found = find(name); found != std::ranges::end(kMeanings)) return &*found;
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos || !name.starts_with("policy.")) return nullptr;
    name = name.substr(0, dot);
  }
}

}  // namespace rdsteady::report
