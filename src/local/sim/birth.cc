#include "local/sim/birth.h"

#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/keys.h"
#include "local/sim/network.h"
#include "local/sim/render.h"
#include "local/sim/validate.h"
#include "local/sim/windows.h"

namespace rdsteady::local::sim {
namespace {

void FillWindows(const Machine& machine, const std::string& identifier, Properties& settings) {
  // RDS picks at random in the region's night; here the name decides, so that the same world comes about twice.
  const std::uint64_t bits = machine.Hash("windows/" + identifier);
  const auto backup_start = static_cast<int>(3 * 60 + bits % 16 * 30);
  Window backup{backup_start, 30};
  Window weekly{static_cast<int>((bits >> 8) % 7) * kMinutesPerDay + static_cast<int>((bits >> 16) % 48) * 30, 30};
  if (auto asked = ParseBackupWindow(TextOr(settings, "PreferredBackupWindow"))) backup = *asked;
  if (auto asked = ParseMaintenanceWindow(TextOr(settings, "PreferredMaintenanceWindow"))) {
    weekly = *asked;
    while (!Has(settings, "PreferredBackupWindow") && Overlap(backup, weekly)) {
      backup.start = (backup.start + 30) % kMinutesPerDay;
    }
  }
  while (!Has(settings, "PreferredMaintenanceWindow") && Overlap(backup, weekly)) {
    weekly.start = (weekly.start + 30) % kMinutesPerWeek;
  }
  settings["PreferredBackupWindow"] = FormatBackupWindow(backup);
  settings["PreferredMaintenanceWindow"] = FormatMaintenanceWindow(weekly);
}

void PlaceInstance(const Request& request, Instance& instance) {
  Machine& machine = request.machine;
  if (!Has(instance.settings, "AvailabilityZone")) {
    std::vector<std::string> zones;
    if (SubnetGroup* group = FindSubnetGroup(machine, request.scope, TextOr(instance.settings, "DBSubnetGroupName"))) {
      for (const SubnetPlace& place : PlacesOf(machine, request.scope, group->subnet_ids))
        zones.push_back(place.zone);
    }
    if (zones.empty()) zones = ZonesOf(request.scope);
    instance.settings["AvailabilityZone"] = zones[machine.Hash("zone/" + instance.identifier) % zones.size()];
  }
  for (const std::string& id : TextsAt(instance.settings, "VpcSecurityGroupIds")) {
    instance.security_groups[id] = "active";
  }
  instance.resource_id = machine.NewName("db-", 26);
  instance.address = machine.AddressFor(request.scope, instance.identifier);
  instance.created = machine.now();
}

}  // namespace

Checked<void> CheckClass(const Request& request, const std::string& name) {
  if (!LooksLikeClass(name) || (request.machine.options().strict && !FindClass(name).has_value())) {
    return InvalidValue("Invalid DB Instance class: " + name);
  }
  return {};
}

void FillDefaults(const Request& request, const Engine& engine, const std::string& identifier, Properties& settings) {
  const std::string version = TextOr(settings, "EngineVersion");
  const Properties defaults{
      {"AllocatedStorage", engine.min_gib},
      {"AutoMinorVersionUpgrade", true},
      {"BackupRetentionPeriod", 1},
      {"BackupTarget", "region"},
      {"CACertificateIdentifier", "rds-ca-rsa2048-g1"},
      {"CopyTagsToSnapshot", false},
      {"DBParameterGroupName", "default." + FamilyOf(engine, version)},
      {"DBSubnetGroupName", "default"},
      {"DatabaseInsightsMode", "standard"},
      {"DedicatedLogVolume", false},
      {"DeletionProtection", false},
      {"EnableCustomerOwnedIp", false},
      {"EnableIAMDatabaseAuthentication", false},
      {"EnablePerformanceInsights", false},
      {"LicenseModel", std::string(engine.license)},
      {"MonitoringInterval", 0},
      {"MultiAZ", false},
      {"NetworkType", "IPV4"},
      {"OptionGroupName", DefaultOptionGroup(engine, version)},
      {"Port", engine.port},
      {"PubliclyAccessible", false},
      {"StorageEncrypted", false},
      {"StorageType", Has(settings, "Iops") ? "io1" : "gp3"},
      {"VpcSecurityGroupIds", List{DefaultSecurityGroup(request.machine, request.scope)}},
  };
  for (const auto& [name, value] : defaults)
    settings.try_emplace(name, value);
  if (engine.name == "postgres" || engine.name == "mysql") {
    settings.try_emplace("EngineLifecycleSupport", "open-source-rds-extended-support");
  }
  if (engine.name.starts_with("oracle")) {
    settings.try_emplace("DBName", "ORCL");
    settings.try_emplace("CharacterSetName", "AL32UTF8");
    settings.try_emplace("NcharCharacterSetName", "AL16UTF16");
    settings["DBName"] = ToUpper(TextOr(settings, "DBName"));
  }
  if (engine.name.starts_with("sqlserver")) {
    settings.try_emplace("CharacterSetName", "SQL_Latin1_General_CP1_CI_AS");
  }
  if (BoolOr(settings, "StorageEncrypted")) {
    settings.try_emplace("KmsKeyId", KeyArn(request.machine, request.scope, "alias/aws/rds"));
  }
  if (BoolOr(settings, "EnablePerformanceInsights")) {
    settings.try_emplace("PerformanceInsightsRetentionPeriod", 7);
    settings.try_emplace("PerformanceInsightsKMSKeyId", KeyArn(request.machine, request.scope, "alias/aws/rds"));
  }
  FillWindows(request.machine, identifier, settings);
}

Outcome Bring(const Request& request, const Engine& engine, Instance instance, const std::string& simulated_because,
              std::string origin) {
  Machine& machine = request.machine;
  PlaceInstance(request, instance);
  Instance& added = machine.AddInstance(std::move(instance));
  PutTags(request, ArnOf(request.scope, "db", added.identifier));
  if (BoolOr(added.settings, "ManageMasterUserPassword")) StartManagedSecret(request, added);
  if (!added.real) {
    machine.AddEvent(added, {"notification"}, simulated_because + ": this instance is simulated");
  }
  std::vector<Activity> phases;
  phases.push_back({.kind = ActivityKind::kCreate,
                    .status = "creating",
                    .lasts = added.real ? Millis{} : machine.pace().creating,
                    .argument = std::move(origin),
                    .verb = EngineVerb::kProvision});
  if (IntOr(added.settings, "BackupRetentionPeriod") > 0 && !engine.cluster) {
    phases.push_back({.kind = ActivityKind::kBackup, .status = "backing-up", .lasts = machine.pace().backing_up});
  }
  machine.Begin(added, std::move(phases));
  return Properties{{"DBInstance", RenderInstance(machine, added)}};
}

Checked<void> CheckNewIdentifier(const Request& request, std::string_view member) {
  const std::string identifier = TextOr(request.input, member);
  RDSTEADY_CHECK(CheckIdentifier(member, identifier));
  if (request.machine.FindInstance(request.scope, identifier) != nullptr) {
    return Refuse("DBInstanceAlreadyExists", "DB instance already exists");
  }
  const std::size_t most = request.machine.options().quotas.instances;
  if (request.machine.RealmOf(request.scope).instances.size() >= most) {
    return Refuse("InstanceQuotaExceeded",
                  "Instance quota exceeded: at most " + std::to_string(most) + " DB instances are allowed.");
  }
  return CheckTags(request.input);
}

Checked<void> CheckReality(const Request& request, const Instance& instance, const std::string& reason) {
  if (instance.real || !request.machine.options().strict) return {};
  return InvalidCombination(reason + ".");
}

}  // namespace rdsteady::local::sim
