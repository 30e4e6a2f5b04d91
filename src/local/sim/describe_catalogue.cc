// What there could be: versions, orderable options, option groups, certificates, quotas.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/network.h"
#include "local/sim/operations.h"
#include "local/sim/pages.h"
#include "local/sim/render.h"
#include "local/sim/storage.h"

namespace rdsteady::local::sim {
namespace {

List Texts(std::span<const std::string_view> texts) {
  List list;
  for (std::string_view text : texts)
    list.emplace_back(text);
  return list;
}

constexpr std::string_view kCertificates[] = {"rds-ca-ecc384-g1", "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1"};

// Versions sort as numbers, so the key pads every component.
std::string VersionKey(const Engine& engine, std::string_view version) {
  std::string key(engine.name);
  for (std::string_view part : Split(version, '.')) {
    key += '.';
    if (ParseInteger(part).has_value()) key += std::string(8 - std::min<std::size_t>(8, part.size()), '0');
    key += part;
  }
  return key;
}

Properties RenderVersion(const Engine& engine, const std::string& version) {
  List targets;
  for (const UpgradeTarget& target : UpgradeTargets(engine, version)) {
    targets.push_back(Properties{{"Engine", std::string(engine.name)},
                                 {"EngineVersion", target.version},
                                 {"Description", std::string(engine.label) + " " + target.version},
                                 {"AutoUpgrade", target.automatic},
                                 {"IsMajorVersionUpgrade", target.major}});
  }
  const bool commercial = engine.name.starts_with("oracle") || engine.name.starts_with("sqlserver");
  return {{"Engine", std::string(engine.name)},
          {"MajorEngineVersion", MajorOf(engine, version)},
          {"EngineVersion", version},
          {"DBParameterGroupFamily", FamilyOf(engine, version)},
          {"DBEngineDescription", std::string(engine.label)},
          {"DBEngineVersionDescription", std::string(engine.label) + " " + version},
          {"ValidUpgradeTarget", std::move(targets)},
          {"ExportableLogTypes", Texts(engine.log_types)},
          {"SupportsLogExportsToCloudwatchLogs", true},
          {"SupportsReadReplica", engine.max_replicas > 0 && !engine.cluster},
          {"SupportedFeatureNames", List{}},
          {"Status", "available"},
          {"SupportsParallelQuery", false},
          {"SupportsGlobalDatabases", engine.cluster},
          {"SupportsBabelfish", false},
          {"SupportsLimitlessDatabase", false},
          {"SupportsCertificateRotationWithoutRestart", !commercial},
          {"SupportedCACertificateIdentifiers", Texts(kCertificates)},
          {"SupportsLocalWriteForwarding", false},
          {"SupportsIntegrations", false}};
}

// Mirroring and replicas are features of the greater editions.
bool CanMirror(const Engine& engine) {
  return engine.name != "sqlserver-ex" && engine.name != "sqlserver-web";
}

Properties RenderOrderable(const Scope& scope, const Engine& engine, const std::string& version,
                           const std::string& instance_class, std::string_view storage) {
  const VolumeLimits limits = *LimitsOf(engine, storage);
  List zones;
  for (const std::string& zone : ZonesOf(scope))
    zones.push_back(Properties{{"Name", zone}});
  Properties out{{"Engine", std::string(engine.name)},
                 {"EngineVersion", version},
                 {"DBInstanceClass", instance_class},
                 {"LicenseModel", std::string(engine.license)},
                 {"AvailabilityZoneGroup", scope.region},
                 {"AvailabilityZones", std::move(zones)},
                 {"MultiAZCapable", CanMirror(engine)},
                 {"ReadReplicaCapable", engine.max_replicas > 0},
                 {"Vpc", true},
                 {"SupportsStorageEncryption", true},
                 {"StorageType", std::string(storage)},
                 {"SupportsIops", limits.max_iops > 0},
                 {"SupportsStorageThroughput", limits.max_throughput > 0},
                 {"SupportsEnhancedMonitoring", true},
                 {"SupportsIAMDatabaseAuthentication", !engine.name.starts_with("oracle")},
                 {"SupportsPerformanceInsights", true},
                 {"MinStorageSize", limits.min_gib},
                 {"MaxStorageSize", limits.max_gib},
                 {"SupportsStorageAutoscaling", storage != "standard"},
                 {"SupportsKerberosAuthentication", true},
                 {"OutpostCapable", false},
                 {"SupportedNetworkTypes", List{"IPV4"}},
                 {"SupportsGlobalDatabases", false},
                 {"SupportsClusters", false},
                 {"SupportsDedicatedLogVolume", limits.max_iops_per_gib > 0}};
  if (limits.max_iops > 0) {
    out["MinIopsPerDbInstance"] = limits.min_iops;
    out["MaxIopsPerDbInstance"] = limits.max_iops;
  }
  if (limits.max_iops_per_gib > 0) {
    out["MinIopsPerGib"] = kMinIopsPerGib;
    out["MaxIopsPerGib"] = static_cast<double>(limits.max_iops_per_gib);
  }
  if (limits.max_throughput > 0) {
    out["MinStorageThroughputPerDbInstance"] = limits.min_throughput;
    out["MaxStorageThroughputPerDbInstance"] = limits.max_throughput;
  }
  return out;
}

// The versions that are offered; one that the catalogue does not know is simulated when it is asked for by its name,
// and so offered, unless the server is strict.
std::vector<std::string> OfferedVersions(const Request& request, const Engine& engine, const std::string& asked) {
  std::vector<std::string> versions = Versions(engine);
  const bool known = std::ranges::any_of(versions, [&](const std::string& one) {
    return one.starts_with(asked) && (one.size() == asked.size() || one[asked.size()] == '.');
  });
  if (!known && !request.machine.options().strict && LooksLikeVersion(asked)) versions.push_back(asked);
  return versions;
}
std::vector<std::string> OfferedClasses(const Request& request, const std::string& asked) {
  std::vector<std::string> classes = ClassNames();
  const bool known = std::ranges::find(classes, asked) != classes.end();
  if (!known && !request.machine.options().strict && LooksLikeClass(asked)) classes.push_back(asked);
  return classes;
}

// There are tens of thousands: only those of the page are made, and one more, which tells that there is more.
std::vector<Item> OrderableItems(const Request& request, const Engine& engine, const Page& page) {
  const std::string version = TextOr(request.input, "EngineVersion");
  const std::string wanted_class = ToLower(TextOr(request.input, "DBInstanceClass"));
  std::vector<Item> items;
  const std::vector<std::string> classes = OfferedClasses(request, wanted_class);
  for (const std::string& one : OfferedVersions(request, engine, version)) {
    if (!version.empty() && ResolveVersion(engine, version).value_or(version) != one) continue;
    for (const std::string& instance_class : classes) {
      if (!wanted_class.empty() && instance_class != wanted_class) continue;
      for (std::string_view storage : VolumeTypes()) {
        std::string key = VersionKey(engine, one) + "/" + instance_class + "/" + std::string(storage);
        if (key <= page.after) continue;
        items.push_back({std::move(key), RenderOrderable(request.scope, engine, one, instance_class, storage)});
        if (items.size() > page.size) return items;
      }
    }
  }
  return items;
}

}  // namespace

Outcome DescribeDBEngineVersions(const Request& request) {
  auto filters =
      ReadFilters(request, {"db-parameter-group-family", "engine", "engine-mode", "engine-version", "status"});
  if (!filters.has_value()) return std::unexpected(filters.error());
  const std::string engine_name = ToLower(TextOr(request.input, "Engine"));
  const std::string version = TextOr(request.input, "EngineVersion");
  const std::string family = ToLower(TextOr(request.input, "DBParameterGroupFamily"));
  const bool defaults = BoolOr(request.input, "DefaultOnly");
  if (!engine_name.empty() && FindEngine(engine_name) == nullptr) {
    return InvalidValue("Invalid DB engine: " + engine_name);
  }
  auto page = ReadPage(request);
  if (!page.has_value()) return std::unexpected(page.error());
  std::map<std::string, std::pair<const Engine*, std::string>> found;  // by the order in which they are shown
  for (const Engine& engine : Engines()) {
    if (!engine_name.empty() && engine.name != engine_name) continue;
    if (!Passes(*filters, "engine", engine.name)) continue;
    // The default of the engine, or of the version that was asked for.
    const std::string standard =
        version.empty() ? request.machine.DefaultVersion(engine) : ResolveVersion(engine, version).value_or("");
    for (std::string& one : OfferedVersions(request, engine, engine_name.empty() ? std::string() : version)) {
      const bool is_prefix = one.starts_with(version) && (one.size() == version.size() || one[version.size()] == '.');
      if (!version.empty() && !is_prefix) continue;
      if (!family.empty() && FamilyOf(engine, one) != family) continue;
      if (!Passes(*filters, "engine-version", one) ||
          !Passes(*filters, "db-parameter-group-family", FamilyOf(engine, one)) ||
          !Passes(*filters, "status", "available")) {
        continue;
      }
      if (defaults && one != standard) continue;
      std::string key = VersionKey(engine, one);
      found[std::move(key)] = {&engine, std::move(one)};
    }
  }
  std::vector<Item> items;
  auto next = page->after.empty() ? found.begin() : found.upper_bound(page->after);
  for (; next != found.end() && items.size() <= page->size; ++next) {
    items.push_back({next->first, RenderVersion(*next->second.first, next->second.second)});
  }
  return CutPage(request, "DBEngineVersions", std::move(items));
}

Outcome DescribeOrderableDBInstanceOptions(const Request& request) {
  if (auto filters = ReadFilters(request, {}); !filters.has_value()) return std::unexpected(filters.error());
  const std::string engine_name = ToLower(TextOr(request.input, "Engine"));
  const Engine* engine = FindEngine(engine_name);
  if (engine == nullptr) return InvalidValue("Invalid DB engine: " + engine_name);
  auto page = ReadPage(request);
  if (!page.has_value()) return std::unexpected(page.error());
  const std::string license = TextOr(request.input, "LicenseModel");
  std::vector<Item> items;
  const std::string zones = TextOr(request.input, "AvailabilityZoneGroup");
  const bool here = (zones.empty() || zones == request.scope.region) && BoolOr(request.input, "Vpc", true);
  if (!engine->cluster && here && (license.empty() || license == engine->license)) {
    items = OrderableItems(request, *engine, *page);
  }
  return CutPage(request, "OrderableDBInstanceOptions", std::move(items));
}

Outcome DescribeValidDBInstanceModifications(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  const Properties& settings = (*found)->settings;
  const Engine& engine = *FindEngine(TextOr(settings, "Engine"));
  const std::int64_t size = IntOr(settings, "AllocatedStorage");
  auto range = [](std::int64_t from, std::int64_t to) {
    return List{Properties{{"From", from}, {"To", to}, {"Step", 1}}};
  };
  List storage;
  for (std::string_view type : VolumeTypes()) {
    const VolumeLimits limits = *LimitsOf(engine, type);
    if (size > limits.max_gib) continue;  // it never shrinks
    Properties one{{"StorageType", std::string(type)},
                   {"StorageSize", range(std::max(size, limits.min_gib), limits.max_gib)},
                   {"SupportsStorageAutoscaling", type != "standard"}};
    if (limits.max_iops > 0) one["ProvisionedIops"] = range(limits.min_iops, limits.max_iops);
    if (limits.max_throughput > 0) {
      one["ProvisionedStorageThroughput"] = range(limits.min_throughput, limits.max_throughput);
    }
    if (limits.max_iops_per_gib > 0) {
      one["IopsToStorageRatio"] =
          List{Properties{{"From", kMinIopsPerGib}, {"To", static_cast<double>(limits.max_iops_per_gib)}}};
    }
    storage.push_back(std::move(one));
  }
  const std::string type = TextOr(settings, "StorageType");
  return Properties{{"ValidDBInstanceModificationsMessage",
                     Properties{{"Storage", std::move(storage)},
                                {"ValidProcessorFeatures", List{}},
                                {"SupportsDedicatedLogVolume", type == "io1" || type == "io2"}}}};
}

Outcome DescribeOptionGroups(const Request& request) {
  const std::string name = ToLower(TextOr(request.input, "OptionGroupName"));
  const std::string engine_name = ToLower(TextOr(request.input, "EngineName"));
  const std::string wanted_major = TextOr(request.input, "MajorEngineVersion");
  std::vector<Item> items;
  for (const Engine& engine : Engines()) {
    if (!engine_name.empty() && engine.name != engine_name) continue;
    for (const Major& major : engine.majors) {
      const std::string group = DefaultOptionGroup(engine, major.major);
      if (!name.empty() && group != name) continue;
      if (!wanted_major.empty() && major.major != wanted_major) continue;
      items.push_back(
          {group, Properties{{"OptionGroupName", group},
                             {"OptionGroupDescription",
                              "Default option group for " + std::string(engine.name) + " " + std::string(major.major)},
                             {"EngineName", std::string(engine.name)},
                             {"MajorEngineVersion", std::string(major.major)},
                             {"Options", List{}},
                             {"AllowsVpcAndNonVpcInstanceMemberships", true},
                             {"OptionGroupArn", ArnOf(request.scope, "og", group)}}});
    }
  }
  if (!name.empty() && items.empty()) {
    return Refuse("OptionGroupNotFoundFault", "Specified OptionGroupName: " + name + " not found.");
  }
  std::ranges::sort(items, {}, &Item::key);
  return CutPage(request, "OptionGroupsList", std::move(items));
}

Outcome DescribeCertificates(const Request& request) {
  const std::string name = ToLower(TextOr(request.input, "CertificateIdentifier"));
  std::vector<Item> items;
  for (std::string_view certificate : kCertificates) {
    if (!name.empty() && certificate != name) continue;
    items.push_back({std::string(certificate), Properties{{"CertificateIdentifier", std::string(certificate)},
                                                          {"CertificateType", "CA"},
                                                          {"ValidFrom", "2021-05-21T00:00:00.000Z"},
                                                          {"ValidTill", "2061-05-21T00:00:00.000Z"},
                                                          {"CertificateArn", "arn:" + Partition(request.scope.region) +
                                                                                 ":rds:" + request.scope.region +
                                                                                 "::cert:" + std::string(certificate)},
                                                          {"CustomerOverride", false}}});
  }
  if (!name.empty() && items.empty()) return Refuse("CertificateNotFound", "Certificate not found: " + name);
  auto out = CutPage(request, "Certificates", std::move(items));
  if (out.has_value()) (*out)["DefaultCertificateForNewLaunches"] = "rds-ca-rsa2048-g1";
  return out;
}

Outcome DescribeAccountAttributes(const Request& request) {
  const Realm& realm = request.machine.RealmOf(request.scope);
  std::int64_t storage = 0;
  for (const auto& [identifier, instance] : realm.instances)
    storage += IntOr(instance.settings, "AllocatedStorage");
  List quotas;
  auto add = [&](std::string_view name, std::int64_t used, std::int64_t most) {
    quotas.push_back(Properties{{"AccountQuotaName", std::string(name)}, {"Used", used}, {"Max", most}});
  };
  // Nothing here is refused for its number; these are the service's usual ceilings.
  add("DBInstances", static_cast<std::int64_t>(realm.instances.size()), 10000);
  add("AllocatedStorage", storage, 100'000'000);
  add("DBParameterGroups", static_cast<std::int64_t>(realm.parameter_groups.size()), 10000);
  add("DBSubnetGroups", static_cast<std::int64_t>(realm.subnet_groups.size()), 10000);
  add("ManualSnapshots", static_cast<std::int64_t>(realm.snapshots.size()), 10000);
  return Properties{{"AccountQuotas", std::move(quotas)}};
}

}  // namespace rdsteady::local::sim
