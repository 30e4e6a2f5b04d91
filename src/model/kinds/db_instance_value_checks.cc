// Checks of single values: sizes, names, credentials, windows. Numbers are those of the ModifyDBInstance and
// CreateDBInstance reference; where the service can tell (ranges of a class, versions), nothing is judged here.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/db_instance_checks.h"
#include "model/kinds/db_instance_rules.h"
#include "model/kinds/sight.h"

namespace rdsteady::model::db_instance {
namespace {

// "mysql" of mysql, "oracle" of oracle-ee and custom-oracle-ee: names that the tables below use.
std::string FamilyOf(const std::string& engine) {
  for (const std::string_view family : {"custom-oracle", "custom-sqlserver", "oracle", "sqlserver", "db2"}) {
    if (engine.starts_with(family)) return std::string(family);
  }
  return engine;
}

struct SizeRange {
  std::string_view engines;  // families separated by spaces
  std::string_view types;
  std::int64_t least;
  std::int64_t most;
};

constexpr std::array kSizeRanges = {
    SizeRange{"mysql mariadb postgres oracle", "gp2 gp3", 20, 65536},
    SizeRange{"mysql mariadb postgres oracle", "io1 io2", 100, 65536},
    SizeRange{"mysql mariadb postgres", "standard", 5, 3072},
    SizeRange{"oracle", "standard", 10, 3072},
    SizeRange{"sqlserver", "gp2 gp3", 20, 16384},
    SizeRange{"sqlserver", "io1 io2", 100, 16384},
    SizeRange{"sqlserver", "standard", 20, 1024},
    SizeRange{"db2", "gp3", 20, 65536},
    SizeRange{"db2", "io1 io2", 100, 65536},
    SizeRange{"custom-oracle", "gp2 gp3 io1 io2", 40, 65536},
    SizeRange{"custom-sqlserver", "gp2 gp3 io1 io2", 20, 16384},
};

bool HasWord(std::string_view words, std::string_view word) {
  return std::ranges::any_of(Split(words, ' '), [word](std::string_view candidate) { return candidate == word; });
}

struct LengthLimit {
  std::string_view engines;
  std::size_t longest;
};

constexpr std::array kPasswordLimits = {
    LengthLimit{"db2", 255},
    LengthLimit{"mysql mariadb", 41},
    LengthLimit{"sqlserver postgres", 128},
    LengthLimit{"oracle", 30},
};
constexpr std::array kUsernameLimits = {
    LengthLimit{"mysql mariadb", 16},
    LengthLimit{"postgres", 63},
    LengthLimit{"oracle", 30},
    LengthLimit{"sqlserver db2", 128},
};
constexpr std::array kDatabaseNameLimits = {
    LengthLimit{"mysql mariadb db2", 64},
    LengthLimit{"postgres", 63},
    LengthLimit{"oracle custom-oracle", 8},
};

template <std::size_t kCount>
std::optional<std::size_t> LongestFor(const std::array<LengthLimit, kCount>& limits, const std::string& family) {
  const auto found =
      std::ranges::find_if(limits, [&](const LengthLimit& limit) { return HasWord(limit.engines, family); });
  return found == limits.end() ? std::nullopt : std::optional(found->longest);
}

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsWordCharacter(char c) {
  return IsLetter(c) || (c >= '0' && c <= '9') || c == '_';
}

std::string ObjectionToWindowLength(std::string_view property, std::string_view text, const Window& window) {
  constexpr int kShortest = 30;
  if (window.start == window.end || window.Length() < kShortest) {
    return fmt::format("{} {} is shorter than {} minutes", property, text, kShortest);
  }
  return {};
}

}  // namespace

// GROW-ONLY
std::string ObjectionToVolumeRemoval(const Sight& sight) {
  const auto* volumes = StatedOf(sight, "AdditionalStorageVolumes").If<List>();
  if (volumes == nullptr) return {};
  for (const Value& volume : *volumes) {
    const Value* name = volume.Find("VolumeName");
    if (volume.Find(kRemovesVolume) != nullptr)
      return fmt::format("{} of volume {} is for deleting it, which apply never does", kRemovesVolume,
                         name == nullptr ? std::string_view() : TextOf(*name));
  }
  return {};
}

std::string ObjectionToShrink(const Sight& sight) {
  const auto want = IntegerOf(StatedOf(sight, "AllocatedStorage"));
  const auto live = IntegerOf(LiveOf(sight, "AllocatedStorage"));
  if (!want || !live || *want >= *live || ClusterMember(sight)) return {};
  static const Property kFloor{.name = "AllocatedStorage", .compare = Compare::kStorageFloor};
  if (Reached(kFloor, sight, Value(*want), Value(*live))) return {};
  return fmt::format("AllocatedStorage is {} and cannot shrink to {}", *live, *want);
}

// GROW-ONLY, of every volume by itself
std::string ObjectionToVolumeShrink(const Sight& sight) {
  static const Property kVolumes{.name = "AdditionalStorageVolumes", .compare = Compare::kKeyedVolumes};
  const Value& live = LiveOf(sight, "AdditionalStorageVolumes");
  const auto* stated = StatedOf(sight, "AdditionalStorageVolumes").If<List>();
  const auto* volumes = live.If<List>();
  if (stated == nullptr || volumes == nullptr) return {};
  for (const Value& volume : *stated) {
    const Value* name = volume.Find("VolumeName");
    const Value* size = volume.Find("AllocatedStorage");
    if (name == nullptr || size == nullptr || !IntegerOf(*size)) continue;
    const Value of_size_only(List{Properties{{"VolumeName", *name}, {"AllocatedStorage", *size}}});
    for (const Value& has : *volumes) {
      const Value* has_name = has.Find("VolumeName");
      const Value* has_size = has.Find("AllocatedStorage");
      if (has_name == nullptr || has_size == nullptr || !EqualsIgnoreCase(TextOf(*has_name), TextOf(*name))) continue;
      if (IntegerOf(*has_size).value_or(0) <= *IntegerOf(*size) || Reached(kVolumes, sight, of_size_only, live))
        continue;
      return fmt::format("AdditionalStorageVolumes: {} has {} GiB and cannot shrink to {}", TextOf(*name),
                         *IntegerOf(*has_size), *IntegerOf(*size));
    }
  }
  return {};
}

// SIZE-RANGES
std::string ObjectionToSize(const Sight& sight) {
  const auto size = IntegerOf(StatedOf(sight, "AllocatedStorage"));
  if (!size || ClusterMember(sight)) return {};
  const std::string engine = sight.Engine();
  const std::string type = StorageTypeOf(sight);
  const std::string family = FamilyOf(engine);
  // An unknown type or engine is judged by the widest range that fits.
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = 0;
  for (const SizeRange& range : kSizeRanges) {
    if (!engine.empty() && !HasWord(range.engines, family)) continue;
    // RDS gives SSD to whom asks for no type.
    if (type.empty() ? range.types == "standard" : !HasWord(range.types, type)) continue;
    least = std::min(least, range.least);
    most = std::max(most, range.most);
  }
  if (most == 0 || (*size >= least && *size <= most)) return {};
  return fmt::format("AllocatedStorage is {}, and must be {} to {} GiB{}{}{}{}", *size, least, most,
                     engine.empty() ? "" : " for ", engine, type.empty() ? "" : " on ", type);
}

// IOPS-REQUIRED
std::string ObjectionToMissingIops(const Sight& sight) {
  const std::string type = ToLower(TextOf(StatedOf(sight, "StorageType")));
  if ((type != "io1" && type != "io2") || IntegerOf(StatedOrLive(sight, "Iops")).value_or(0) > 0) return {};
  if (IsReplicaBirth(sight) || IsRestoreBirth(sight) || ClusterMember(sight)) return {};
  return fmt::format("StorageType {} needs Iops", type);
}

std::string ObjectionToGp3Iops(const Sight& sight) {
  const auto iops = IntegerOf(StatedOf(sight, "Iops"));
  const auto threshold = Gp3Threshold(sight.Engine());
  const auto size = StorageSizeOf(sight);
  if (!iops || !threshold || !size || StorageTypeOf(sight) != "gp3" || *size >= *threshold || IopsFixedByGp3(sight)) {
    return {};
  }
  return fmt::format("Iops is {}, but gp3 below {} GiB has a fixed 3000", *iops, *threshold);
}

std::string ObjectionToGp3Throughput(const Sight& sight) {
  const auto throughput = IntegerOf(StatedOf(sight, "StorageThroughput"));
  if (!throughput || *throughput == 0) return {};
  const std::string type = StorageTypeOf(sight);
  if (!type.empty() && type != "gp3")
    return fmt::format("StorageThroughput is for gp3 only, and StorageType is {}", type);
  const auto threshold = Gp3Threshold(sight.Engine());
  const auto size = StorageSizeOf(sight);
  if (type.empty() || !threshold || !size || *size >= *threshold || ThroughputFixedByGp3(sight)) return {};
  return fmt::format("StorageThroughput is {}, but gp3 below {} GiB has a fixed 125", *throughput, *threshold);
}

// IO-RATIO
std::string ObjectionToIopsRatio(const Sight& sight) {
  const auto iops = IntegerOf(StatedOf(sight, "Iops"));
  const auto size = StorageSizeOf(sight);
  const std::string engine = sight.Engine();
  if (!iops || *iops == 0 || !size || engine.empty() || StorageTypeOf(sight) != "io1" || ClusterMember(sight))
    return {};
  const bool is_sql_server = engine.contains("sqlserver");
  const bool too_few = is_sql_server ? *iops < *size : *iops * 2 < *size;
  if (!too_few && *iops <= *size * 50) return {};
  return fmt::format("Iops is {}, and must be {} to 50 times the {} GiB of io1", *iops, is_sql_server ? "1" : "0.5",
                     *size);
}

// AUTOSCALE-LIMIT
std::string ObjectionToAutoscaleLimit(const Sight& sight) {
  const auto limit = IntegerOf(StatedOf(sight, "MaxAllocatedStorage"));
  const auto size = StorageSizeOf(sight);
  // 0 and the size itself switch autoscaling off.
  if (!limit || *limit == 0 || !size || *limit == *size || *limit * 10 >= *size * 11) return {};
  return fmt::format("MaxAllocatedStorage is {}, and must exceed AllocatedStorage {} by at least 10%", *limit, *size);
}

// DBNAME
std::string ObjectionToDatabaseName(const Sight& sight) {
  const std::string_view name = TextOf(StatedOf(sight, "DBName"));
  if (Exists(sight) || name.empty() || ClusterMember(sight) || IsRestoreBirth(sight)) return {};
  const std::string engine = sight.Engine();
  if (engine.contains("sqlserver")) return "DBName must not be stated for SQL Server: databases are made by logging in";
  const auto longest = LongestFor(kDatabaseNameLimits, FamilyOf(engine));
  if (!longest) return {};
  if (name.size() > *longest) {
    return fmt::format("DBName has {} characters, and {} takes at most {}", name.size(), engine, *longest);
  }
  if (!IsLetter(name.front())) return fmt::format("DBName '{}' does not begin with a letter", name);
  if (engine == "postgres" && !std::ranges::all_of(name, IsWordCharacter)) {
    return fmt::format("DBName '{}' holds something other than letters, digits and underscores", name);
  }
  return {};
}

// USERNAME
std::string ObjectionToUsername(const Sight& sight) {
  const std::string_view name = TextOf(StatedOf(sight, "MasterUsername"));
  if (Exists(sight) || name.empty() || Inherited(sight) || ClusterMember(sight)) return {};
  const std::string engine = sight.Engine();
  const std::string family = FamilyOf(engine);
  const std::size_t longest = LongestFor(kUsernameLimits, family).value_or(128);
  if (name.size() > longest) {
    return fmt::format("MasterUsername has {} characters, and {} takes at most {}", name.size(),
                       engine.empty() ? "RDS" : engine, longest);
  }
  if (!IsLetter(name.front())) return fmt::format("MasterUsername '{}' does not begin with a letter", name);
  if (family != "sqlserver" && !std::ranges::all_of(name, IsWordCharacter)) {
    return fmt::format("MasterUsername '{}' holds something other than letters, digits and underscores", name);
  }
  const bool is_reserved =
      EqualsIgnoreCase(name, "rdsadmin") || (engine == "postgres" && EqualsIgnoreCase(name, "admin"));
  return is_reserved ? fmt::format("MasterUsername '{}' is a reserved word", name) : std::string();
}

// PASSWORD-LIMITS. Only a literal is looked at; the text never becomes part of the message.
std::string ObjectionToPassword(const Sight& sight) {
  const auto* secret = StatedOf(sight, "MasterUserPassword").If<Secret>();
  if (secret == nullptr || secret->source() != Secret::Source::kLiteral) return {};
  const std::string& text = secret->Reveal();
  const std::string engine = sight.Engine();
  const std::size_t longest = LongestFor(kPasswordLimits, FamilyOf(engine)).value_or(255);
  constexpr std::size_t kShortest = 8;
  if (text.size() < kShortest || text.size() > longest) {
    return fmt::format("MasterUserPassword must have {} to {} characters{}{}", kShortest, longest,
                       engine.empty() ? "" : " for ", engine);
  }
  const bool is_oracle = engine.contains("oracle");
  const std::string_view forbidden = is_oracle ? "/\"@&'" : "/\"@";
  if (std::ranges::any_of(text, [forbidden](char c) { return c < ' ' || c > '~' || forbidden.contains(c); })) {
    return fmt::format("MasterUserPassword must be printable ASCII without / \" @{}", is_oracle ? " & '" : "");
  }
  return {};
}

std::string ObjectionToReplicaPassword(const Sight& sight) {
  const bool promoted = IsStated(sight, "SourceDBInstanceIdentifier") && !IsAsked(sight, "SourceDBInstanceIdentifier");
  if (!IsStated(sight, "MasterUserPassword") || promoted || !(IsReplicaBirth(sight) || IsReplica(sight))) return {};
  return "MasterUserPassword cannot be set on a replica: it has its source's";
}

std::string ObjectionToLeavingManaged(const Sight& sight) {
  if (!TurnsManagementOff(sight) || IsAsked(sight, "MasterUserPassword")) return {};
  return "ManageMasterUserPassword can be turned off only together with a MasterUserPassword";
}

std::string ObjectionToSecretKey(const Sight& sight) {
  if (!IsAsked(sight, "MasterUserSecretKmsKeyId")) return {};
  const Value& live = LiveOf(sight, "MasterUserSecret.KmsKeyId");
  if (live.IsNull()) return {};
  static const Property kKey{.name = "MasterUserSecretKmsKeyId", .compare = Compare::kKmsKey};
  const Value& stated = StatedOf(sight, kKey.name);
  if (Reached(kKey, sight, stated, live)) return {};
  return fmt::format("{} is {} and cannot become {} while the password is managed", kKey.name, ToDisplay(live),
                     ShownMeaning(kKey, sight, stated));
}

// PI-TRIO
std::string ObjectionToInsightsKey(const Sight& sight) {
  const Value& live = LiveOf(sight, "PerformanceInsightsKMSKeyId");
  if (live.IsNull() || !IsAsked(sight, "PerformanceInsightsKMSKeyId")) return {};
  static const Property kKey{.name = "PerformanceInsightsKMSKeyId", .compare = Compare::kKmsKey};
  const Value& stated = StatedOf(sight, kKey.name);
  if (Reached(kKey, sight, stated, live)) return {};
  return fmt::format("{} is {} and cannot become {}: it is set once", kKey.name, ToDisplay(live),
                     ShownMeaning(kKey, sight, stated));
}

std::string ObjectionToInsightsRetention(const Sight& sight) {
  const auto days = IntegerOf(StatedOf(sight, "PerformanceInsightsRetentionPeriod"));
  if (!days || *days == 7 || *days == 731 || (*days % 31 == 0 && *days >= 31 && *days <= 31 * 23)) return {};
  return fmt::format("PerformanceInsightsRetentionPeriod is {}, and must be 7, 731, or a multiple of 31 up to 713",
                     *days);
}

std::string ObjectionToMonitoringInterval(const Sight& sight) {
  const auto seconds = IntegerOf(StatedOf(sight, "MonitoringInterval"));
  constexpr std::array<std::int64_t, 7> kAllowed = {0, 1, 5, 10, 15, 30, 60};
  if (!seconds || std::ranges::find(kAllowed, *seconds) != kAllowed.end()) return {};
  return fmt::format("MonitoringInterval is {}, and must be 0, 1, 5, 10, 15, 30 or 60", *seconds);
}

std::string ObjectionToBackupWindow(const Sight& sight) {
  const std::string_view text = TextOf(StatedOf(sight, "PreferredBackupWindow"));
  if (text.empty()) return {};
  const auto window = ParseDailyWindow(text);
  if (!window) return fmt::format("PreferredBackupWindow '{}' is not of the form hh:mm-hh:mm", text);
  return ObjectionToWindowLength("PreferredBackupWindow", text, *window);
}

std::string ObjectionToMaintenanceWindow(const Sight& sight) {
  const std::string_view text = TextOf(StatedOf(sight, "PreferredMaintenanceWindow"));
  if (text.empty()) return {};
  const auto window = ParseWeeklyWindow(text);
  if (!window) return fmt::format("PreferredMaintenanceWindow '{}' is not of the form ddd:hh:mm-ddd:hh:mm", text);
  return ObjectionToWindowLength("PreferredMaintenanceWindow", text, *window);
}

}  // namespace rdsteady::model::db_instance
