// Checks of the resource as a whole, of its topology, and of what can never be taken back.
#include "model/kinds/db_instance_checks.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/db_instance_rules.h"
#include "model/kinds/sight.h"
#include "model/kinds/tables.h"

namespace rdsteady::model::db_instance {
namespace {

constexpr std::string_view kKey = "DBInstanceIdentifier";
constexpr std::size_t kLongestIdentifier = 63;

std::string_view NameOf(const Sight& sight) {
  return sight.name.empty() ? TextOf(StatedOf(sight, kKey)) : sight.name;
}

bool Differs(const Sight& sight, std::string_view property, std::string_view live_path = {}) {
  const Value& stated = StatedOf(sight, property);
  if (stated.IsNull()) return false;
  const Value& live = LiveOf(sight, live_path.empty() ? property : live_path);
  return stated.Is<std::string>() ? !EqualsIgnoreCase(TextOf(stated), TextOf(live)) : stated != live;
}

// The group in force, as far as its name tells that it is the engine's own.
bool IsDefaultGroup(std::string_view name) {
  const std::string lower = ToLower(name);
  return lower.starts_with("default.") || lower.starts_with("default:");
}

std::string LiveGroup(const Sight& sight, std::string_view path) {
  return std::string(TextOf(ReadPath(sight.live, path)));
}

std::string ObjectionToOldGroup(const Sight& sight, std::string_view property, std::string_view path) {
  const std::string group = LiveGroup(sight, path);
  if (!CrossesMajorVersion(sight) || group.empty() || IsDefaultGroup(group)) return {};
  if (IsAsked(sight, property) && !EqualsIgnoreCase(TextOf(StatedOf(sight, property)), group)) return {};
  return fmt::format("{} '{}' belongs to the major version {}, and cannot serve {}", property, group,
                     MajorOf(sight.Engine(), TextOf(LiveOf(sight, "EngineVersion"))),
                     TextOf(StatedOf(sight, "EngineVersion")));
}

}  // namespace

std::string ObjectionToName(const Sight& sight) {
  if (Exists(sight) && EqualsIgnoreCase(NameOf(sight), TextOf(LiveOf(sight, kKey)))) return {};
  return ObjectionToIdentifier(NameOf(sight), "a DBInstanceIdentifier", kLongestIdentifier);
}

std::string NameHint(const Sight& sight) {
  return fmt::format("for example '{}'", SuggestIdentifier(NameOf(sight), "db-", kLongestIdentifier));
}

std::string ObjectionToMissing(const Sight& sight) {
  if (Exists(sight)) return {};
  const Birth& birth = BirthOf(kDBInstance, sight.desired);
  std::vector<std::string> missing;
  const auto need = [&](std::string_view name) {
    if (!IsAsked(sight, name)) missing.emplace_back(name);
  };
  if (birth.bit == kPointInTime) {
    if (!IsAsked(sight, "SourceDbiResourceId") && !IsAsked(sight, "SourceDBInstanceAutomatedBackupsArn")) {
      need("SourceDBInstanceIdentifier");
    }
  }
  if (birth.bit == kCreate) {
    need("DBInstanceClass");
    need("Engine");
    if (!ClusterMember(sight) && !sight.Engine().starts_with("aurora")) {
      need("AllocatedStorage");
      need("MasterUsername");
      const bool by_token = EqualsIgnoreCase(TextOf(StatedOf(sight, "MasterUserAuthenticationType")), "iam-db-auth");
      if (!IsAsked(sight, "ManageMasterUserPassword") && !by_token) need("MasterUserPassword");
    }
    if (Custom(sight)) need("CustomIamInstanceProfile");
  }
  if (missing.empty()) return {};
  return fmt::format("to create it, {} must be stated", Join(missing, ", "));
}

std::string ObjectionToPasswordModes(const Sight& sight) {
  if (!IsTrue(StatedOf(sight, "ManageMasterUserPassword")) || !IsAsked(sight, "MasterUserPassword")) return {};
  return "ManageMasterUserPassword: true and MasterUserPassword exclude each other";
}

std::string ObjectionToWindowOverlap(const Sight& sight) {
  if (!IsStated(sight, "PreferredBackupWindow") && !IsStated(sight, "PreferredMaintenanceWindow")) return {};
  if (ClusterMember(sight)) return {};
  const std::string_view backup = TextOf(StatedOrLive(sight, "PreferredBackupWindow"));
  const std::string_view maintenance = TextOf(StatedOrLive(sight, "PreferredMaintenanceWindow"));
  const auto daily = ParseDailyWindow(backup);
  const auto weekly = ParseWeeklyWindow(maintenance);
  if (!daily || !weekly || !Overlap(*daily, *weekly)) return {};
  return fmt::format("PreferredBackupWindow {} and PreferredMaintenanceWindow {} overlap", backup, maintenance);
}

std::string ObjectionToMonitoringPair(const Sight& sight) {
  const auto interval = IntegerOf(StatedOf(sight, "MonitoringInterval"));
  if (!interval || *interval == 0 || !TextOf(StatedOrLive(sight, "MonitoringRoleArn")).empty()) return {};
  return fmt::format("MonitoringInterval {} needs a MonitoringRoleArn", *interval);
}

std::string ObjectionToInsightsMode(const Sight& sight) {
  if (!EqualsIgnoreCase(TextOf(StatedOf(sight, "DatabaseInsightsMode")), "advanced") || ClusterMember(sight)) return {};
  if (PerformanceInsightsOff(sight)) return "DatabaseInsightsMode advanced needs EnablePerformanceInsights: true";
  constexpr std::int64_t kShortest = 465;
  const auto retention = IntegerOf(StatedOrLive(sight, "PerformanceInsightsRetentionPeriod"));
  if (retention && *retention >= kShortest) return {};
  return fmt::format("DatabaseInsightsMode advanced needs a PerformanceInsightsRetentionPeriod of at least {}",
                     kShortest);
}

// VERSION-FLOOR: RDS never goes back.
std::string ObjectionToDowngrade(const Sight& sight) {
  const std::string_view to = TextOf(StatedOf(sight, "EngineVersion"));
  const std::string_view from = TextOf(LiveOf(sight, "EngineVersion"));
  if (to.empty() || from.empty() || IsVersionPrefix(to, from) || CompareVersions(to, from) >= 0) return {};
  return fmt::format("EngineVersion is {} and cannot go back to {}", from, to);
}

std::string ObjectionToMajorWithoutConsent(const Sight& sight) {
  if (!CrossesMajorVersion(sight) || !ObjectionToDowngrade(sight).empty()) return {};
  if (IsTrue(StatedOf(sight, "AllowMajorVersionUpgrade"))) return {};
  return fmt::format("from {} to {} is a major upgrade, which has not been consented to",
                     TextOf(LiveOf(sight, "EngineVersion")), TextOf(StatedOf(sight, "EngineVersion")));
}

std::string ObjectionToMajorWithOldGroup(const Sight& sight) {
  return ObjectionToOldGroup(sight, "DBParameterGroupName", "DBParameterGroups[0].DBParameterGroupName");
}

std::string ObjectionToMajorWithOldOptionGroup(const Sight& sight) {
  return ObjectionToOldGroup(sight, "OptionGroupName", "OptionGroupMemberships[0].OptionGroupName");
}

std::string ObjectionToEngineChange(const Sight& sight) {
  const std::string to = ToLower(TextOf(StatedOf(sight, "Engine")));
  const std::string from = ToLower(TextOf(LiveOf(sight, "Engine")));
  if (to.empty() || from.empty() || to == from) return {};
  const bool to_cdb = (from == "oracle-ee" || from == "oracle-se2") && to == from + "-cdb";
  if (to_cdb && IsReplica(sight)) return "a replica cannot be converted to a container database";
  if (to_cdb && Differs(sight, "EngineVersion")) {
    return "Engine and EngineVersion cannot change in one request: convert first, then upgrade";
  }
  if (to_cdb) return {};
  return fmt::format("Engine is {} and cannot become {}", from, to);
}

std::string ObjectionToLeavingMultiTenant(const Sight& sight) {
  if (StatedOf(sight, "MultiTenant") != Value(false) || !IsTrue(LiveOf(sight, "MultiTenant"))) return {};
  return "MultiTenant cannot be taken back";
}

std::string ObjectionToCustomAutoMinor(const Sight& sight) {
  if (!Custom(sight) || !IsTrue(StatedOf(sight, "AutoMinorVersionUpgrade"))) return {};
  return "AutoMinorVersionUpgrade must be false for RDS Custom";
}

std::string ObjectionToCustomProfile(const Sight& sight) {
  const std::string_view profile = TextOf(StatedOf(sight, "CustomIamInstanceProfile"));
  if (profile.empty() || profile.starts_with("AWSRDSCustom")) return {};
  return fmt::format("CustomIamInstanceProfile '{}' does not begin with AWSRDSCustom", profile);
}

std::string ObjectionToZoneOfMultiAZ(const Sight& sight) {
  if (Exists(sight) || !IsTrue(StatedOf(sight, "MultiAZ")) || !IsAsked(sight, "AvailabilityZone")) return {};
  return "AvailabilityZone and MultiAZ: true exclude each other";
}

// SUBNET-SAME-VPC
std::string ObjectionToSubnetGroupMove(const Sight& sight) {
  if (!Exists(sight) || !Differs(sight, "DBSubnetGroupName", "DBSubnetGroup.DBSubnetGroupName")) return {};
  const std::string_view to = TextOf(StatedOf(sight, "DBSubnetGroupName"));
  const std::string_view vpc = TextOf(LiveOf(sight, "DBSubnetGroup.VpcId"));
  if (sight.others != nullptr && !vpc.empty()) {
    const Value* group = sight.others->Live("DBSubnetGroup", to);
    const Value group_vpc = group == nullptr ? Value() : ReadPath(*group, "VpcId");
    if (!group_vpc.IsNull() && TextOf(group_vpc) == vpc) {
      return fmt::format("DBSubnetGroupName can only move to another VPC, and '{}' lies in {} too", to, vpc);
    }
  }
  const std::string_view why = OnMultiAZ(sight)   ? "a Multi-AZ instance"
                               : IsReplica(sight) ? "a replica"
                               : HasItems(LiveOf(sight, "ReadReplicaDBInstanceIdentifiers"))
                                   ? "an instance with replicas"
                                   : "";
  if (why.empty()) return {};
  return fmt::format("DBSubnetGroupName of {} cannot move to another VPC", why);
}

std::string ObjectionToNoSecurityGroups(const Sight& sight) {
  const auto* groups = StatedOf(sight, "VpcSecurityGroupIds").If<List>();
  return groups != nullptr && groups->empty() ? "VpcSecurityGroupIds cannot be empty: RDS would keep the last set" : "";
}

std::string ObjectionToPort(const Sight& sight) {
  const auto port = IntegerOf(StatedOf(sight, "Port"));
  if (!port || !sight.Engine().contains("sqlserver")) return {};
  constexpr std::array<std::int64_t, 6> kTaken = {1234, 1434, 3260, 3343, 3389, 47001};
  if (std::ranges::find(kTaken, *port) == kTaken.end() && (*port < 49152 || *port > 49156)) return {};
  return fmt::format("Port {} is reserved by SQL Server", *port);
}

std::string ObjectionToDnsAddresses(const Sight& sight) {
  const auto* addresses = StatedOf(sight, "DomainDnsIps").If<List>();
  if (addresses == nullptr || addresses->size() == 2) return {};
  return fmt::format("DomainDnsIps has {} addresses, and must have two", addresses->size());
}

// RETENTION-ZERO
std::string ObjectionToZeroRetention(const Sight& sight) {
  if (StatedOf(sight, "BackupRetentionPeriod") != Value(0)) return {};
  if (HasItems(LiveOf(sight, "ReadReplicaDBInstanceIdentifiers"))) {
    return "BackupRetentionPeriod cannot be 0 while the instance has replicas";
  }
  if (sight.Engine().starts_with("custom-oracle")) return "BackupRetentionPeriod cannot be 0 for RDS Custom for Oracle";
  return {};
}

std::string ObjectionToLoneReservation(const Sight& sight) {
  if (!Exists(sight) || !Differs(sight, "DBCapacityReservationIdentifier")) return {};
  if (Differs(sight, "DBInstanceClass") || Differs(sight, "MultiAZ") || Differs(sight, "LicenseModel") ||
      Differs(sight, "Engine")) {
    return {};
  }
  return "DBCapacityReservationIdentifier changes only together with DBInstanceClass, MultiAZ, LicenseModel or Engine";
}

}  // namespace rdsteady::model::db_instance
