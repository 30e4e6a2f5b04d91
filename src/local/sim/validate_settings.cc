// RDS's rules on an instance's settings: ranges, companions, exclusions, and groups that must exist and fit.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/network.h"
#include "local/sim/render.h"
#include "local/sim/storage.h"
#include "local/sim/validate.h"
#include "local/sim/windows.h"

namespace rdsteady::local::sim {
namespace {

bool IsStorage(std::string_view type, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, type) != names.end();
}

Checked<void> CheckStorage(const Wish& wish) {
  const Engine& engine = *wish.engine;
  if (engine.cluster) return {};
  const std::string type = ToLower(TextOr(wish.merged, "StorageType"));
  const auto limits = LimitsOf(engine, type);
  if (!limits.has_value()) return InvalidValue("Invalid storage type: " + type);
  const std::int64_t size = IntOr(wish.merged, "AllocatedStorage");
  if (size < limits->min_gib || size > limits->max_gib) {
    return InvalidValue("Invalid storage size for engine name " + std::string(engine.name) + " and storage type " +
                        type + ": " + std::to_string(size));
  }
  const auto iops = IntAt(wish.asked, "Iops");
  const auto throughput = IntAt(wish.asked, "StorageThroughput");
  if (type == "gp3" && engine.striping_gib > 0 && size < engine.striping_gib &&
      (iops.value_or(0) > 0 || throughput.value_or(0) > 0)) {
    return InvalidCombination("You can't specify IOPS or storage throughput for engine " + std::string(engine.name) +
                              " and a storage size less than " + std::to_string(engine.striping_gib) + ".");
  }
  if (type == "gp3") {
    if (iops.has_value() && *iops != 0 && (*iops < limits->min_iops || *iops > limits->max_iops)) {
      return InvalidCombination("Invalid iops value " + std::to_string(*iops) + " for storage type gp3: it must be " +
                                std::to_string(limits->min_iops) + " to " + std::to_string(limits->max_iops));
    }
    if (throughput.has_value() && *throughput != 0 &&
        (*throughput < limits->min_throughput || *throughput > limits->max_throughput)) {
      return InvalidCombination("Invalid storage throughput value " + std::to_string(*throughput) +
                                " for storage type gp3: it must be " + std::to_string(limits->min_throughput) + " to " +
                                std::to_string(limits->max_throughput));
    }
    return {};
  }
  if (throughput.value_or(0) > 0) {
    return InvalidCombination("You can't specify storage throughput for storage type " + type + ".");
  }
  if (IsStorage(type, {"io1", "io2"})) {
    // What gp3 performs by itself is not what a provisioned volume was asked for. A type that waits in the queue was
    // judged when it was asked for.
    const bool comes = wish.current != nullptr && Has(wish.asked, "StorageType") &&
                       TextOr(wish.current->settings, "StorageType") != type;
    const std::int64_t value = IntOr(comes ? wish.asked : wish.merged, "Iops");
    if (value == 0) return InvalidCombination("You must specify Iops for storage type " + type + ".");
    const std::int64_t most_ratio = limits->max_iops_per_gib;
    if (value < limits->min_iops || value > limits->max_iops || value > size * most_ratio ||
        static_cast<double>(value) < static_cast<double>(size) * kMinIopsPerGib) {
      return InvalidCombination("Invalid iops value " + std::to_string(value) + " for storage type " + type +
                                " and storage size " + std::to_string(size) + ": the ratio must be 0.5 to " +
                                std::to_string(most_ratio) + ", and the value at least 1000.");
    }
  } else if (iops.value_or(0) > 0) {
    return InvalidCombination("You can't specify Iops for storage type " + type + ".");
  }
  return {};
}

// Rules on changing storage that exists.
Checked<void> CheckStorageChange(const Wish& wish) {
  if (wish.current == nullptr || wish.engine->cluster) return {};
  const Properties& has = wish.current->settings;
  const std::int64_t size = IntOr(has, "AllocatedStorage");
  const auto asked_size = IntAt(wish.asked, "AllocatedStorage");
  if (asked_size.has_value() && *asked_size < size) {
    return InvalidCombination("Invalid storage size: " + std::to_string(*asked_size) +
                              " GiB is less than the current " + std::to_string(size) +
                              " GiB, and storage can't be reduced.");
  }
  const std::string type = ToLower(TextOr(wish.merged, "StorageType"));
  const bool provisioned = IsStorage(type, {"io1", "io2"}) ||
                           (type == "gp3" && IntOr(wish.merged, "AllocatedStorage") >= wish.engine->striping_gib &&
                            size >= wish.engine->striping_gib);
  const auto iops = IntAt(wish.asked, "Iops");
  const bool size_changes = asked_size.has_value() && *asked_size != size;
  const bool iops_changes = iops.has_value() && *iops != IntOr(has, "Iops");
  const bool throughput_changes =
      Has(wish.asked, "StorageThroughput") && IntOr(wish.asked, "StorageThroughput") != IntOr(has, "StorageThroughput");
  if (provisioned && (size_changes || iops_changes || throughput_changes) &&
      (!asked_size.has_value() || !iops.has_value())) {
    return InvalidCombination(
        "You must specify both the storage size and iops when modifying the storage size or iops on a DB instance "
        "that has iops.");
  }
  const bool type_changes = type != TextOr(has, "StorageType");
  if ((size_changes || iops_changes || throughput_changes || type_changes) &&
      HasFacet(*wish.current, ActivityKind::kStorageOptimization)) {
    return InvalidCombination(
        "You can't currently modify the storage of this DB instance because the previous storage change is being "
        "optimized.");
  }
  return {};
}

Checked<void> CheckAutoscaling(const Wish& wish) {
  const auto most = IntAt(wish.asked, "MaxAllocatedStorage");
  if (!most.has_value()) return {};
  const std::int64_t size = IntOr(wish.merged, "AllocatedStorage");
  if (wish.current != nullptr && *most == size) return {};  // switches it off
  if (static_cast<double>(*most) < static_cast<double>(size) * 1.1) {
    return InvalidCombination("Max storage size must be at least 10% greater than the storage size: " +
                              std::to_string(*most) + " GiB is not, with " + std::to_string(size) + " GiB.");
  }
  if (*most > wish.engine->max_gib) {
    return InvalidValue("Invalid max storage size for engine name " + std::string(wish.engine->name) + ": " +
                        std::to_string(*most));
  }
  return {};
}

Checked<void> CheckWindows(const Wish& wish) {
  const auto backup_text = TextAt(wish.asked, "PreferredBackupWindow");
  const auto maintenance_text = TextAt(wish.asked, "PreferredMaintenanceWindow");
  if (backup_text.has_value()) {
    auto window = ParseBackupWindow(*backup_text);
    if (!window.has_value()) {
      return InvalidValue("Invalid backup window format: " + *backup_text +
                          ". Should be specified as a range hh24:mi-hh24:mi (24H Clock UTC). Example: 01:00-03:00");
    }
    if (window->length < 30) return InvalidValue("The backup window must be at least 30 minutes.");
  }
  if (maintenance_text.has_value()) {
    auto window = ParseMaintenanceWindow(*maintenance_text);
    if (!window.has_value()) {
      return InvalidValue("Invalid maintenance window format: " + *maintenance_text +
                          ". Should be specified as a range ddd:hh24:mi-ddd:hh24:mi (24H Clock UTC). Example: "
                          "Sun:23:45-Mon:00:15");
    }
    if (window->length < 30) return InvalidValue("The maintenance window must be at least 30 minutes.");
    if (window->length >= kMinutesPerDay) return InvalidValue("The maintenance window must be less than 24 hours.");
  }
  if (!backup_text.has_value() && !maintenance_text.has_value()) return {};
  auto backup = ParseBackupWindow(TextOr(wish.merged, "PreferredBackupWindow"));
  auto maintenance = ParseMaintenanceWindow(TextOr(wish.merged, "PreferredMaintenanceWindow"));
  if (backup.has_value() && maintenance.has_value() && Overlap(*backup, *maintenance)) {
    return InvalidCombination("The backup window and maintenance window must not overlap.");
  }
  return {};
}

Checked<void> CheckNumbers(const Wish& wish) {
  if (auto days = IntAt(wish.asked, "BackupRetentionPeriod"); days.has_value() && (*days < 0 || *days > 35)) {
    return InvalidValue("Invalid backup retention period: " + std::to_string(*days) +
                        ". Backup retention period must be between 0 and 35.");
  }
  if (auto port = IntAt(wish.asked, "Port")) {
    constexpr std::array<std::int64_t, 6> kSqlServerTaken = {1234, 1434, 3260, 3343, 3389, 47001};
    const bool taken =
        wish.engine->name.starts_with("sqlserver") &&
        (std::ranges::find(kSqlServerTaken, *port) != kSqlServerTaken.end() || (*port >= 49152 && *port <= 49156));
    if (*port < 1150 || *port > 65535 || taken) {
      return InvalidValue("Invalid database port: " + std::to_string(*port) + ". Must be between 1150 and 65535.");
    }
  }
  if (auto tier = IntAt(wish.asked, "PromotionTier"); tier.has_value() && (*tier < 0 || *tier > 15)) {
    return InvalidValue("Invalid promotion tier: " + std::to_string(*tier) + ". Must be between 0 and 15.");
  }
  return {};
}

Checked<void> CheckMonitoring(const Wish& wish) {
  constexpr std::array<std::int64_t, 7> kIntervals = {0, 1, 5, 10, 15, 30, 60};
  const std::int64_t interval = IntOr(wish.merged, "MonitoringInterval");
  if (std::ranges::find(kIntervals, interval) == kIntervals.end()) {
    return InvalidValue("Invalid monitoring interval: " + std::to_string(interval) +
                        ". Valid values are 0, 1, 5, 10, 15, 30 and 60.");
  }
  const std::string role = TextOr(wish.merged, "MonitoringRoleArn");
  if (interval > 0 && role.empty()) {
    return InvalidCombination(
        "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.");
  }
  if (auto asked = TextAt(wish.asked, "MonitoringRoleArn"); asked.has_value() && !asked->starts_with("arn:")) {
    return InvalidValue("The parameter MonitoringRoleArn is not a valid ARN: " + *asked);
  }
  if (wish.current == nullptr && interval == 0 && Has(wish.asked, "MonitoringRoleArn")) {
    return InvalidCombination(
        "You must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value.");
  }
  return {};
}

Checked<void> CheckInsights(const Wish& wish) {
  const bool on = BoolOr(wish.merged, "EnablePerformanceInsights");
  const auto retention = IntAt(wish.asked, "PerformanceInsightsRetentionPeriod");
  if (!on && (retention.has_value() || Has(wish.asked, "PerformanceInsightsKMSKeyId"))) {
    return InvalidCombination("To set Performance Insights properties, Performance Insights must be enabled.");
  }
  if (retention.has_value() && *retention != 7 && *retention != 731 &&
      (*retention % 31 != 0 || *retention < 31 || *retention > 713)) {
    return InvalidValue("Invalid Performance Insights retention period: " + std::to_string(*retention) +
                        ". Valid values are 7, 731, and 31 times 1 to 23.");
  }
  if (const Instance* current = wish.current; current != nullptr && Has(wish.asked, "PerformanceInsightsKMSKeyId")) {
    const std::string has = TextOr(current->settings, "PerformanceInsightsKMSKeyId");
    if (!has.empty() && has != TextOr(wish.asked, "PerformanceInsightsKMSKeyId")) {
      return InvalidCombination("You can't change your Performance Insights KMS key.");
    }
  }
  if (TextOr(wish.merged, "DatabaseInsightsMode") == "advanced" &&
      (!on || IntOr(wish.merged, "PerformanceInsightsRetentionPeriod", 7) < 465)) {
    return InvalidCombination(
        "To enable the Advanced mode of Database Insights, Performance Insights must be enabled and its retention "
        "period must be at least 465 days.");
  }
  return {};
}

Checked<void> CheckLogs(const Wish& wish) {
  for (const std::string& type : TextsAt(wish.asked, "EnableCloudwatchLogsExports")) {
    if (std::ranges::find(wish.engine->log_types, type) == wish.engine->log_types.end()) {
      return InvalidCombination("You cannot use the log types '" + type + "' with engine version " +
                                std::string(wish.engine->name) + " " + TextOr(wish.merged, "EngineVersion") +
                                ". For supported log types, see the documentation.");
    }
  }
  return {};
}

Checked<void> CheckGroups(Machine& machine, const Scope& scope, const Wish& wish) {
  const std::string version = TextOr(wish.merged, "EngineVersion");
  const std::string family = FamilyOf(*wish.engine, version);
  if (const std::string name = TextOr(wish.merged, "DBParameterGroupName");
      !name.empty() && (Has(wish.asked, "DBParameterGroupName") || Has(wish.asked, "EngineVersion"))) {
    const ParameterGroup* group = machine.FindParameterGroup(scope, name);
    if (group == nullptr) return Refuse("DBParameterGroupNotFound", "DBParameterGroup not found: " + name);
    if (group->family != family) {
      return InvalidCombination("The parameter group " + name + " with DBParameterGroupFamily " + group->family +
                                " can't be used for this instance. Use a parameter group with "
                                "DBParameterGroupFamily " +
                                family + ".");
    }
  }
  if (auto name = TextAt(wish.asked, "OptionGroupName")) {
    if (ToLower(*name) != DefaultOptionGroup(*wish.engine, version)) {
      return Refuse("OptionGroupNotFoundFault", "Specified OptionGroupName: " + *name + " not found.");
    }
  }
  if (auto name = TextAt(wish.asked, "DBSubnetGroupName")) {
    if (FindSubnetGroup(machine, scope, *name) == nullptr) {
      return Refuse("DBSubnetGroupNotFoundFault", "DB subnet group '" + *name + "' does not exist.");
    }
  }
  for (const std::string& id : TextsAt(wish.asked, "VpcSecurityGroupIds")) {
    if (!id.starts_with("sg-") || id.size() < 4) {
      return InvalidValue("Invalid security group , groupId= " + id + ", groupName=.");
    }
  }
  if (!TextsAt(wish.asked, "DBSecurityGroups").empty()) {
    return InvalidCombination("DB security groups can't be used with a DB instance in a VPC.");
  }
  if (auto ca = TextAt(wish.asked, "CACertificateIdentifier")) {
    constexpr std::array<std::string_view, 4> kCertificates = {"rds-ca-2019", "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1",
                                                               "rds-ca-ecc384-g1"};
    if (std::ranges::find(kCertificates, ToLower(*ca)) == kCertificates.end()) {
      return Refuse("CertificateNotFound", "Certificate not found: " + *ca);
    }
  }
  return {};
}

Checked<void> CheckPlaces(const Scope& scope, const Wish& wish) {
  if (auto zone = TextAt(wish.asked, "AvailabilityZone")) {
    if (BoolOr(wish.merged, "MultiAZ")) {
      return InvalidCombination("Requesting a specific availability zone is not valid for Multi-AZ instances.");
    }
    if (!zone->starts_with(scope.region) || zone->size() != scope.region.size() + 1) {
      return InvalidValue("Invalid availability zone: " + *zone);
    }
  }
  if (auto type = TextAt(wish.asked, "NetworkType")) {
    if (!EqualsIgnoreCase(*type, "IPV4") && !EqualsIgnoreCase(*type, "DUAL")) {
      return InvalidValue("Invalid network type: " + *type + ". Valid values are IPV4 and DUAL.");
    }
    if (EqualsIgnoreCase(*type, "DUAL")) {
      return Refuse("NetworkTypeNotSupported", "The DB subnet group doesn't support the network type DUAL.");
    }
  }
  return {};
}

std::int64_t VolumeSize(const Properties& settings, const std::string& name) {
  const Value* volumes = Find(settings, "AdditionalStorageVolumes");
  if (volumes == nullptr || !volumes->Is<List>()) return 0;
  for (const Value& item : volumes->As<List>()) {
    if (TextOr(item.As<Properties>(), "VolumeName") == name) return IntOr(item.As<Properties>(), "AllocatedStorage");
  }
  return 0;
}

Checked<void> CheckVolumes(const Wish& wish) {
  const Value* volumes = Find(wish.asked, "AdditionalStorageVolumes");
  if (volumes == nullptr || !volumes->Is<List>() || volumes->As<List>().empty()) return {};
  if (!wish.engine->name.starts_with("oracle") && !wish.engine->name.starts_with("sqlserver")) {
    return InvalidCombination("Additional storage volumes are only valid for Oracle and SQL Server.");
  }
  for (const Value& item : volumes->As<List>()) {
    const Properties& volume = item.As<Properties>();
    const std::string name = TextOr(volume, "VolumeName");
    if (name != "rdsdbdata2" && name != "rdsdbdata3" && name != "rdsdbdata4") {
      return InvalidValue("Invalid volume name: " + name + ". Valid names are rdsdbdata2, rdsdbdata3 and rdsdbdata4.");
    }
    const std::int64_t size = IntOr(volume, "AllocatedStorage");
    if (size < wish.engine->min_gib) {
      return InvalidValue("Invalid storage size for additional volume " + name + ": " + std::to_string(size));
    }
    if (wish.current != nullptr && size < VolumeSize(wish.current->settings, name)) {
      return InvalidCombination("Invalid storage size for additional volume " + name + ": " + std::to_string(size) +
                                " GiB is less than it has, and storage can't be reduced.");
    }
  }
  return {};
}

Checked<void> CheckOthers(const Wish& wish) {
  if (Has(wish.asked, "KmsKeyId") && !BoolOr(wish.merged, "StorageEncrypted")) {
    return InvalidCombination("KmsKeyId can't be given without StorageEncrypted.");
  }
  if (auto target = TextAt(wish.asked, "BackupTarget"); target.has_value() && ToLower(*target) != "region" &&
                                                        ToLower(*target) != "outposts" && ToLower(*target) != "local") {
    return InvalidValue("Invalid backup target: " + *target);
  }
  if (BoolOr(wish.asked, "DedicatedLogVolume") &&
      !IsStorage(ToLower(TextOr(wish.merged, "StorageType")), {"io1", "io2"})) {
    return InvalidCombination("A dedicated log volume requires storage type io1 or io2.");
  }
  if (BoolOr(wish.asked, "MultiTenant") && !wish.engine->name.ends_with("-cdb")) {
    return InvalidCombination("The multi-tenant configuration requires an Oracle CDB engine.");
  }
  if (auto support = TextAt(wish.asked, "EngineLifecycleSupport");
      support.has_value() && *support != "open-source-rds-extended-support" &&
      *support != "open-source-rds-extended-support-disabled") {
    return InvalidValue("Invalid engine lifecycle support: " + *support);
  }
  if (const std::string license = ToLower(TextOr(wish.asked, "LicenseModel")); !license.empty()) {
    const bool commercial = wish.engine->name.starts_with("oracle") || wish.engine->name.starts_with("sqlserver") ||
                            wish.engine->name.starts_with("db2");
    const bool good = license == wish.engine->license ||
                      (commercial && (license == "license-included" || license == "bring-your-own-license" ||
                                      license == "marketplace-license"));
    if (!good) {
      return InvalidCombination("Invalid license model '" + license + "' for engine '" +
                                std::string(wish.engine->name) +
                                "'. Valid license models are: " + std::string(wish.engine->license) + ".");
    }
  }
  const std::vector<std::string> ips = TextsAt(wish.asked, "DomainDnsIps");
  if (!ips.empty() && ips.size() != 2) return InvalidValue("DomainDnsIps must hold exactly two addresses.");
  for (std::string_view member : {"DomainFqdn", "DomainOu"}) {
    if (TextOr(wish.asked, member).size() > 64) {
      return InvalidValue("The parameter " + std::string(member) + " must have at most 64 characters.");
    }
  }
  return {};
}

}  // namespace

Checked<void> CheckSettings(Machine& machine, const Scope& scope, const Wish& wish) {
  RDSTEADY_CHECK(CheckNumbers(wish));
  RDSTEADY_CHECK(CheckStorage(wish));
  RDSTEADY_CHECK(CheckStorageChange(wish));
  RDSTEADY_CHECK(CheckAutoscaling(wish));
  RDSTEADY_CHECK(CheckWindows(wish));
  RDSTEADY_CHECK(CheckPlaces(scope, wish));
  RDSTEADY_CHECK(CheckMonitoring(wish));
  RDSTEADY_CHECK(CheckInsights(wish));
  RDSTEADY_CHECK(CheckLogs(wish));
  RDSTEADY_CHECK(CheckVolumes(wish));
  RDSTEADY_CHECK(CheckOthers(wish));
  return CheckGroups(machine, scope, wish);
}

}  // namespace rdsteady::local::sim
