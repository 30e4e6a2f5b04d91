#include "model/kinds/db_instance_offers.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "model/kinds/compare.h"
#include "model/kinds/db_instance_rules.h"
#include "model/kinds/sight.h"

namespace rdsteady::model::db_instance {
namespace {

constexpr std::string_view kVersions = "DBEngineVersions";
constexpr std::string_view kTargets = "TargetDBEngineVersions";
constexpr std::string_view kOrderable = "OrderableDBInstanceOptions";
constexpr std::string_view kSnapshots = "DBSnapshots";
constexpr std::string_view kOptionGroups = "OptionGroupsList";
constexpr std::size_t kShownTargets = 8;

std::string_view TextIn(const Value& item, std::string_view member) {
  const Value* found = item.Find(member);
  return found == nullptr ? std::string_view() : TextOf(*found);
}

// ---- versions ------------------------------------------------------------------------------------------------------

std::string_view StatedVersion(const Sight& sight) {
  return TextOf(StatedOf(sight, "EngineVersion"));
}
std::string_view LiveVersion(const Sight& sight) {
  return TextOf(LiveOf(sight, "EngineVersion"));
}
bool ChangesVersion(const Sight& sight) {
  return Exists(sight) && !StatedVersion(sight).empty() && !IsVersionPrefix(StatedVersion(sight), LiveVersion(sight));
}
std::string_view VersionInForce(const Sight& sight) {
  return !Exists(sight) || ChangesVersion(sight) ? StatedVersion(sight) : LiveVersion(sight);
}

// The rows of the version that will be in force; all that were answered where none is stated. nullopt: nobody asked.
std::optional<std::vector<const Value*>> VersionRows(const Sight& sight) {
  const List* rows = OffersOf(sight, ChangesVersion(sight) ? kTargets : kVersions);
  if (rows == nullptr) return std::nullopt;
  std::vector<const Value*> found;
  for (const Value& row : *rows) {
    if (IsVersionPrefix(VersionInForce(sight), TextIn(row, "EngineVersion")) || VersionInForce(sight).empty())
      found.push_back(&row);
  }
  return found;
}

const Value* LiveVersionRow(const Sight& sight) {
  const List* rows = OffersOf(sight, kVersions);
  if (rows == nullptr || !Exists(sight)) return nullptr;
  const auto row =
      std::ranges::find_if(*rows, [&](const Value& v) { return TextIn(v, "EngineVersion") == LiveVersion(sight); });
  return row == rows->end() ? nullptr : &*row;
}

// Those texts of a version's list that no version in force has; empty where nothing tells.
std::vector<std::string_view> NotAmong(const Sight& sight, std::string_view member, const List& wanted) {
  const auto rows = VersionRows(sight);
  std::vector<std::string_view> strange;
  if (!rows || rows->empty()) return strange;
  for (const Value& want : wanted) {
    const bool known = std::ranges::any_of(*rows, [&](const Value* row) {
      const Value* list = row->Find(member);
      return list == nullptr || !list->Is<List>() || std::ranges::any_of(list->As<List>(), [&](const Value& v) {
               return EqualsIgnoreCase(TextOf(v), TextOf(want));
             });
    });
    if (!known) strange.push_back(TextOf(want));
  }
  return strange;
}

std::string FamilyOfGroup(const Sight& sight) {
  const std::string group = ToLower(TextOf(StatedOf(sight, "DBParameterGroupName")));
  constexpr std::string_view kDefault = "default.";
  if (group.empty() || sight.others == nullptr) return {};
  if (group.starts_with(kDefault)) return group.substr(kDefault.size());
  const Properties* stated = sight.others->Stated("DBParameterGroup", group);
  if (const Value* family = stated == nullptr ? nullptr : Find(*stated, "DBParameterGroupFamily"))
    return std::string(TextOf(*family));
  const Value* live = sight.others->Live("DBParameterGroup", group);
  return live == nullptr ? std::string() : std::string(TextOf(ReadPath(*live, "DBParameterGroupFamily")));
}

std::string AskedEngine(const Sight& sight) {
  std::string engine = sight.Engine();
  return engine.empty() || ClusterMember(sight) ? std::string() : engine;
}

// ---- what is asked -------------------------------------------------------------------------------------------------

std::optional<Properties> VersionRequest(const Sight& sight) {
  std::string engine = AskedEngine(sight);
  // A birth that takes no version inherits its source's, which is no matter of choice.
  if (engine.empty() || (!Exists(sight) && (IsReplicaBirth(sight) || IsRestoreBirth(sight)))) return std::nullopt;
  Properties request{{"Engine", std::move(engine)}};
  if (Exists(sight)) {
    if (LiveVersion(sight).empty()) return std::nullopt;
    request.emplace("EngineVersion", LiveVersion(sight));
    request.emplace("IncludeAll", true);  // what is in use may not be offered any more
  } else if (!StatedVersion(sight).empty()) {
    request.emplace("EngineVersion", StatedVersion(sight));
  } else {
    request.emplace("DefaultOnly", true);
  }
  return request;
}

std::optional<Properties> TargetRequest(const Sight& sight) {
  std::string engine = AskedEngine(sight);
  if (engine.empty() || !ChangesVersion(sight)) return std::nullopt;
  return Properties{{"Engine", std::move(engine)}, {"EngineVersion", StatedVersion(sight)}};
}

std::optional<Properties> OrderableRequest(const Sight& sight) {
  std::string engine = AskedEngine(sight);
  const std::string_view instance_class = TextOf(StatedOrLive(sight, "DBInstanceClass"));
  if (engine.empty() || instance_class.empty()) return std::nullopt;
  Properties request{{"Engine", std::move(engine)}, {"DBInstanceClass", ToLower(instance_class)}};
  // While the version changes, the class must be offered with both. Whether a major alone is understood is not known.
  const std::string_view version = VersionInForce(sight);
  if (!ChangesVersion(sight) && !version.empty() && MajorOf(sight.Engine(), version) != version)
    request.emplace("EngineVersion", version);
  return request;
}

std::optional<Properties> MaintenanceRequest(const Sight& sight) {
  const Value& arn = LiveOf(sight, "DBInstanceArn");
  if (arn.IsNull()) return std::nullopt;
  return Properties{{"ResourceIdentifier", arn}};
}

std::string WaitingMaintenance(const Value& item) {
  const Value* details = item.Find("PendingMaintenanceActionDetails");
  if (details == nullptr || !details->Is<List>()) return {};
  std::string actions;
  for (const Value& detail : details->As<List>()) {
    if (const std::string_view action = TextIn(detail, "Action"); !action.empty())
      actions.append(actions.empty() ? "" : ", ").append(action);
  }
  return actions.empty() ? actions : fmt::format("pending maintenance (may run): {}", actions);
}

std::optional<Properties> SnapshotRequest(const Sight& sight) {
  const std::string_view snapshot = TextOf(StatedOf(sight, "DBSnapshotIdentifier"));
  if (Exists(sight) || snapshot.empty()) return std::nullopt;
  Properties request{{"DBSnapshotIdentifier", snapshot}};
  if (snapshot.starts_with("arn:")) request.emplace("IncludeShared", true);
  return request;
}

std::optional<Properties> OptionGroupRequest(const Sight& sight) {
  const std::string_view group = TextOf(StatedOf(sight, "OptionGroupName"));
  if (group.empty() || ClusterMember(sight)) return std::nullopt;
  return Properties{{"OptionGroupName", ToLower(group)}};
}

constexpr std::string_view kOfVersion[] = {"EngineVersion", "DBParameterGroupName", "EnableCloudwatchLogsExports",
                                           "CACertificateIdentifier"};
constexpr std::string_view kOfTarget[] = {"EngineVersion"};
constexpr std::string_view kOfClass[] = {"AllocatedStorage",
                                         "AvailabilityZone",
                                         "DBInstanceClass",
                                         "DedicatedLogVolume",
                                         "Domain",
                                         "EnableIAMDatabaseAuthentication",
                                         "EngineVersion",
                                         "Iops",
                                         "EnablePerformanceInsights",
                                         "MaxAllocatedStorage",
                                         "MonitoringInterval",
                                         "MultiAZ",
                                         "NetworkType",
                                         "StorageEncrypted",
                                         "StorageThroughput",
                                         "StorageType"};
constexpr std::string_view kOfSnapshot[] = {"DBSnapshotIdentifier"};
constexpr std::string_view kOfOptionGroup[] = {"OptionGroupName"};

// ---- classes -------------------------------------------------------------------------------------------------------

using Rows = std::vector<const Value*>;

template <class Predicate>
Rows Where(const Rows& rows, Predicate predicate) {
  Rows found;
  std::ranges::copy_if(rows, std::back_inserter(found), [&](const Value* row) { return predicate(*row); });
  return found;
}

std::optional<Rows> OrderableRows(const Sight& sight) {
  const List* list = OffersOf(sight, kOrderable);
  if (list == nullptr) return std::nullopt;
  Rows rows;
  for (const Value& row : *list)
    rows.push_back(&row);
  return rows;
}

Rows OfVersion(const Rows& rows, std::string_view version) {
  return Where(rows, [&](const Value& row) {
    return version.empty() || IsVersionPrefix(version, TextIn(row, "EngineVersion"));
  });
}

std::string Described(const Sight& sight) {
  return fmt::format("{} with {}{}{}", ToLower(TextOf(StatedOrLive(sight, "DBInstanceClass"))), sight.Engine(),
                     VersionInForce(sight).empty() ? "" : " ", VersionInForce(sight));
}

struct OfferRow {
  Offer offer;
  std::string_view property;
  enum class What : std::uint8_t { kFlag, kRange, kOneOf } what;
  std::string_view member;  // of the orderable option; for a range its least
  std::string_view most{};
};
using What = OfferRow::What;

constexpr OfferRow kOffers[] = {
    {Offer::kStorageType, "StorageType", What::kOneOf, "StorageType"},
    {Offer::kAllocatedStorage, "AllocatedStorage", What::kRange, "MinStorageSize", "MaxStorageSize"},
    {Offer::kIops, "Iops", What::kRange, "MinIopsPerDbInstance", "MaxIopsPerDbInstance"},
    {Offer::kStorageThroughput, "StorageThroughput", What::kRange, "MinStorageThroughputPerDbInstance",
     "MaxStorageThroughputPerDbInstance"},
    {Offer::kMultiAZ, "MultiAZ", What::kFlag, "MultiAZCapable"},
    {Offer::kStorageEncrypted, "StorageEncrypted", What::kFlag, "SupportsStorageEncryption"},
    {Offer::kPerformanceInsights, "EnablePerformanceInsights", What::kFlag, "SupportsPerformanceInsights"},
    {Offer::kIamAuthentication, "EnableIAMDatabaseAuthentication", What::kFlag, "SupportsIAMDatabaseAuthentication"},
    {Offer::kDomain, "Domain", What::kFlag, "SupportsKerberosAuthentication"},
    {Offer::kDedicatedLogVolume, "DedicatedLogVolume", What::kFlag, "SupportsDedicatedLogVolume"},
    {Offer::kAutoscaling, "MaxAllocatedStorage", What::kFlag, "SupportsStorageAutoscaling"},
    {Offer::kMonitoring, "MonitoringInterval", What::kFlag, "SupportsEnhancedMonitoring"},
    {Offer::kNetworkType, "NetworkType", What::kOneOf, "SupportedNetworkTypes[]"},
    {Offer::kAvailabilityZone, "AvailabilityZone", What::kOneOf, "AvailabilityZones[].Name"},
};

// Whether one option of the list takes the value; what the option does not say, it takes.
bool Takes(const OfferRow& offer, const Value& option, const Value& wanted) {
  const Value member = ReadPath(option, offer.member);
  switch (offer.what) {
    case What::kFlag: return member.IsNull() || IsTrue(member);
    case What::kRange: {
      const auto number = IntegerOf(wanted);
      const auto least = IntegerOf(member);
      const auto most = IntegerOf(ReadPath(option, offer.most));
      return !number || ((!least || *number >= *least) && (!most || *number <= *most));
    }
    case What::kOneOf: {
      const auto is_wanted = [&](const Value& v) { return EqualsIgnoreCase(TextOf(v), TextOf(wanted)); };
      if (const auto* list = member.If<List>()) return list->empty() || std::ranges::any_of(*list, is_wanted);
      return member.IsNull() || is_wanted(member);
    }
  }
  return true;
}

// "20 to 65536, or 100 to 65536": what the options take of a range.
std::string Bounds(const OfferRow& offer, const Rows& rows) {
  std::vector<std::string> bounds;
  for (const Value* row : rows) {
    const auto least = IntegerOf(ReadPath(*row, offer.member));
    const auto most = IntegerOf(ReadPath(*row, offer.most));
    if (!least || !most) continue;
    std::string text = fmt::format("{} to {}", *least, *most);
    if (std::ranges::find(bounds, text) == bounds.end()) bounds.push_back(std::move(text));
  }
  return Join(bounds, ", or ");
}

// ---- sources -------------------------------------------------------------------------------------------------------

// The retention that a source will have: what the manifest states of it, else what is live. nullopt: not known.
std::optional<std::int64_t> RetentionOfSource(const Sight& sight, std::string_view source) {
  if (sight.others == nullptr || source.starts_with("arn:")) return std::nullopt;
  if (const Properties* stated = sight.others->Stated("DBInstance", source)) {
    if (const Value* retention = Find(*stated, "BackupRetentionPeriod")) return IntegerOf(*retention);
  }
  const Value* live = sight.others->Live("DBInstance", source);
  return live == nullptr ? std::nullopt : IntegerOf(ReadPath(*live, "BackupRetentionPeriod"));
}

std::string ObjectionToSourceWithoutBackups(const Sight& sight, std::string_view what) {
  const std::string_view source = TextOf(StatedOf(sight, "SourceDBInstanceIdentifier"));
  if (Exists(sight) || source.empty() || RetentionOfSource(sight, source) != 0) return {};
  return fmt::format("{} has BackupRetentionPeriod 0, and RDS {} only what keeps automated backups", source, what);
}

}  // namespace

constinit const Preflight kPreflights[6] = {
    {.name = kVersions,
     .operation = "DescribeDBEngineVersions",
     .items = "DBEngineVersions",
     .request = VersionRequest,
     .properties = kOfVersion},
    {.name = kTargets,
     .operation = "DescribeDBEngineVersions",
     .items = "DBEngineVersions",
     .request = TargetRequest,
     .properties = kOfTarget},
    {.name = kOrderable,
     .operation = "DescribeOrderableDBInstanceOptions",
     .items = "OrderableDBInstanceOptions",
     .request = OrderableRequest,
     .properties = kOfClass},
    {.name = kSnapshots,
     .operation = "DescribeDBSnapshots",
     .items = "DBSnapshots",
     .none_code = "DBSnapshotNotFound",
     .request = SnapshotRequest,
     .properties = kOfSnapshot},
    {.name = kOptionGroups,
     .operation = "DescribeOptionGroups",
     .items = "OptionGroupsList",
     .none_code = "OptionGroupNotFoundFault",
     .request = OptionGroupRequest,
     .properties = kOfOptionGroup},
    {.name = "PendingMaintenanceActions",
     .operation = "DescribePendingMaintenanceActions",
     .items = "PendingMaintenanceActions",
     .none_code = "ResourceNotFoundFault",
     .request = MaintenanceRequest,
     .waiting = WaitingMaintenance},
};

std::string ObjectionToUnknownVersion(const Sight& sight) {
  const auto rows = VersionRows(sight);
  if (!rows || !rows->empty() || StatedVersion(sight).empty() || (Exists(sight) && !ChangesVersion(sight))) return {};
  return fmt::format("RDS offers no version {} of {}", StatedVersion(sight), sight.Engine());
}

std::string ObjectionToUpgradePath(const Sight& sight) {
  const Value* live = LiveVersionRow(sight);
  const Value* targets = live == nullptr ? nullptr : live->Find("ValidUpgradeTarget");
  if (targets == nullptr || !targets->Is<List>() || !ChangesVersion(sight)) return {};
  if (CompareVersions(StatedVersion(sight), LiveVersion(sight)) < 0 || !ObjectionToUnknownVersion(sight).empty())
    return {};
  const bool offered = std::ranges::any_of(targets->As<List>(), [&](const Value& target) {
    return IsVersionPrefix(StatedVersion(sight), TextIn(target, "EngineVersion"));
  });
  if (offered) return {};
  return fmt::format("RDS offers no upgrade of {} from {} to {}", sight.Engine(), LiveVersion(sight),
                     StatedVersion(sight));
}

std::string UpgradeTargetsHint(const Sight& sight) {
  const Value* live = LiveVersionRow(sight);
  const Value* targets = live == nullptr ? nullptr : live->Find("ValidUpgradeTarget");
  if (targets == nullptr || !targets->Is<List>() || targets->As<List>().empty())
    return "there is no upgrade from the live version: restore a snapshot of it, or dump and load into a new database";
  std::vector<std::string> names;
  for (const Value& target : targets->As<List>())
    names.emplace_back(TextIn(target, "EngineVersion"));
  // The newest say most: a way through several steps leads over them.
  if (names.size() > kShownTargets) names.erase(names.begin(), names.end() - kShownTargets);
  return fmt::format("upgrade in steps: from {} RDS goes to {}", LiveVersion(sight), Join(names, ", "));
}

std::string ObjectionToGroupFamily(const Sight& sight) {
  const std::string family = FamilyOfGroup(sight);
  const auto rows = VersionRows(sight);
  if (family.empty() || !rows || rows->empty()) return {};
  std::vector<std::string> families;
  for (const Value* row : *rows) {
    const std::string_view known = TextIn(*row, "DBParameterGroupFamily");
    if (known.empty() || EqualsIgnoreCase(known, family)) return {};
    if (std::ranges::find(families, known) == families.end()) families.emplace_back(known);
  }
  return fmt::format("DBParameterGroupName '{}' is of the family {}, and {} {} needs one of {}",
                     TextOf(StatedOf(sight, "DBParameterGroupName")), family, sight.Engine(), VersionInForce(sight),
                     Join(families, " or "));
}

std::string ObjectionToLogTypes(const Sight& sight) {
  const auto* wanted = StatedOf(sight, "EnableCloudwatchLogsExports").If<List>();
  if (wanted == nullptr) return {};
  const auto strange = NotAmong(sight, "ExportableLogTypes", *wanted);
  return strange.empty() ? std::string()
                         : fmt::format("{} {} has no log {} to export", sight.Engine(), VersionInForce(sight),
                                       QuotedAlternatives(strange));
}

std::string ObjectionToCertificate(const Sight& sight) {
  const Value& wanted = StatedOf(sight, "CACertificateIdentifier");
  if (TextOf(wanted).empty() || NotAmong(sight, "SupportedCACertificateIdentifiers", {wanted}).empty()) return {};
  return fmt::format("{} {} does not support CACertificateIdentifier {}", sight.Engine(), VersionInForce(sight),
                     TextOf(wanted));
}

Maybe CertificateNeedsRestart(const Sight& sight) {
  const Value* live = LiveVersionRow(sight);
  const Value* without = live == nullptr ? nullptr : live->Find("SupportsCertificateRotationWithoutRestart");
  if (without == nullptr || !without->Is<bool>()) return Maybe::kMaybe;
  return IsTrue(*without) ? Maybe::kNo : Maybe::kYes;
}

std::string ObjectionToClass(const Sight& sight) {
  const auto rows = OrderableRows(sight);
  if (!rows || !OfVersion(*rows, VersionInForce(sight)).empty() || !ObjectionToUnknownVersion(sight).empty()) return {};
  return fmt::format("RDS does not offer {} in this region", Described(sight));
}

std::string ObjectionToClassOfVersion(const Sight& sight) {
  const bool stays =
      EqualsIgnoreCase(TextOf(StatedOrLive(sight, "DBInstanceClass")), TextOf(LiveOf(sight, "DBInstanceClass")));
  return ChangesVersion(sight) && stays && ObjectionToUnknownVersion(sight).empty() ? ObjectionToClass(sight)
                                                                                    : std::string();
}

std::string ObjectionToClassBeforeVersion(const Sight& sight) {
  const auto rows = OrderableRows(sight);
  if (!rows || !ChangesVersion(sight) || OfVersion(*rows, VersionInForce(sight)).empty()) return {};
  if (!OfVersion(*rows, LiveVersion(sight)).empty()) return {};
  return fmt::format(
      "{} is not offered with the live version {}: DBInstanceClass and EngineVersion cannot change in "
      "one request",
      ToLower(TextOf(StatedOf(sight, "DBInstanceClass"))), LiveVersion(sight));
}

std::string ObjectionToOffer(const Sight& sight, Offer offer) {
  const auto row = std::ranges::find(kOffers, offer, &OfferRow::offer);
  const auto all = OrderableRows(sight);
  if (!all || !IsAsked(sight, row->property) || IntegerOf(StatedOf(sight, row->property)) == 0) return {};
  Rows rows = OfVersion(*all, VersionInForce(sight));
  const std::string storage = StorageTypeOf(sight);
  if (offer != Offer::kStorageType && !storage.empty())
    rows = Where(rows, [&](const Value& option) { return EqualsIgnoreCase(TextIn(option, "StorageType"), storage); });
  if (rows.empty()) return {};  // the class's objection, or the storage type's
  const Value& wanted = StatedOf(sight, row->property);
  if (std::ranges::any_of(rows, [&](const Value* option) { return Takes(*row, *option, wanted); })) return {};
  std::string text = row->what == What::kFlag ? fmt::format("{} is not offered by {}", row->property, Described(sight))
                                              : fmt::format("{} {} is not offered by {}", row->property,
                                                            ToDisplay(wanted), Described(sight));
  if (offer != Offer::kStorageType && !storage.empty()) text += " on " + storage;
  if (std::string bounds = row->what == What::kRange ? Bounds(*row, rows) : std::string(); !bounds.empty())
    text += fmt::format(", which takes {}", bounds);
  return text;
}

std::string ObjectionToMissingSnapshot(const Sight& sight) {
  const List* found = OffersOf(sight, kSnapshots);
  if (found == nullptr || !found->empty()) return {};
  return fmt::format("there is no DB snapshot '{}'", TextOf(StatedOf(sight, "DBSnapshotIdentifier")));
}

std::string ObjectionToMissingOptionGroup(const Sight& sight) {
  const List* found = OffersOf(sight, kOptionGroups);
  if (found == nullptr) return {};
  const std::string_view name = TextOf(StatedOf(sight, "OptionGroupName"));
  if (found->empty()) return fmt::format("there is no option group '{}'", name);
  const Value& group = found->front();
  const std::string_view engine = TextIn(group, "EngineName");
  const std::string_view major = TextIn(group, "MajorEngineVersion");
  if (!engine.empty() && !sight.Engine().empty() && !EqualsIgnoreCase(engine, sight.Engine()))
    return fmt::format("OptionGroupName '{}' is for {}, not for {}", name, engine, sight.Engine());
  const std::string_view version = VersionInForce(sight);
  if (major.empty() || version.empty() || IsVersionPrefix(major, version) || IsVersionPrefix(version, major)) return {};
  return fmt::format("OptionGroupName '{}' is for {} {}, not for {}", name, engine, major, version);
}

std::string ObjectionToReplicaSource(const Sight& sight) {
  if (!IsReplicaBirth(sight)) return {};
  if (std::string text = ObjectionToSourceWithoutBackups(sight, "replicates"); !text.empty()) return text;
  const std::string_view source = TextOf(StatedOf(sight, "SourceDBInstanceIdentifier"));
  const Value* live =
      Exists(sight) || sight.others == nullptr ? nullptr : sight.others->Live("DBInstance", NameOfArn(source));
  const Value replicas = live == nullptr ? Value() : ReadPath(*live, "ReadReplicaDBInstanceIdentifiers");
  if (!replicas.Is<List>()) return {};
  const std::string engine = sight.Engine();
  const std::size_t most = engine.starts_with("oracle") || engine.starts_with("sqlserver") ? 5 : 15;
  if (replicas.As<List>().size() < most) return {};
  return fmt::format("{} has {} replicas, and RDS allows no more", source, replicas.As<List>().size());
}

std::string ObjectionToRestoreSource(const Sight& sight) {
  if (Exists(sight)) return {};
  if (std::string text = ObjectionToSourceWithoutBackups(sight, "restores to a point in time"); !text.empty())
    return text;
  const auto wanted = ParseIso8601(TextOf(StatedOf(sight, "RestoreTime")));
  const std::string_view source = TextOf(StatedOf(sight, "SourceDBInstanceIdentifier"));
  const Value* live = sight.others == nullptr || source.empty() ? nullptr : sight.others->Live("DBInstance", source);
  // It moves all the time, and forward only: no value that a decision keeps, so it is not read as one.
  const Value* latest = live == nullptr ? nullptr : live->Find("LatestRestorableTime");
  if (!wanted || latest == nullptr) return {};
  const auto last = ParseIso8601(TextOf(*latest));
  if (!last || *wanted <= *last) return {};
  return fmt::format("RestoreTime is {}, and {} can be restored up to {}", FormatIso8601(*wanted), source,
                     FormatIso8601(*last));
}

}  // namespace rdsteady::model::db_instance
