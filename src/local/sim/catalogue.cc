#include "local/sim/catalogue.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "local/sim/input.h"

namespace rdsteady::local::sim {
namespace {

using Texts = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> kPostgresLogs = {"iam-db-auth-error", "postgresql", "upgrade"};
constexpr std::array<std::string_view, 5> kMySqlLogs = {"audit", "error", "general", "iam-db-auth-error", "slowquery"};
constexpr std::array<std::string_view, 5> kMariaDbLogs = {"audit", "error", "general", "iam-db-auth-error",
                                                          "slowquery"};
constexpr std::array<std::string_view, 5> kOracleLogs = {"alert", "audit", "listener", "oemagent", "trace"};
constexpr std::array<std::string_view, 3> kSqlServerLogs = {"agent", "error", "iam-db-auth-error"};
constexpr std::array<std::string_view, 2> kDb2Logs = {"diag.log", "notify.log"};
constexpr std::array<std::string_view, 3> kAuroraPostgresLogs = {"iam-db-auth-error", "instance", "postgresql"};
constexpr std::array<std::string_view, 6> kAuroraMySqlLogs = {"audit",    "error",    "general", "iam-db-auth-error",
                                                              "instance", "slowquery"};

constexpr Major kPostgresMajors[] = {{"11", 16, 22}, {"12", 11, 22}, {"13", 7, 23}, {"14", 3, 25},
                                     {"15", 2, 20},  {"16", 1, 16},  {"17", 1, 12}, {"18", 1, 6}};
constexpr Major kMySqlMajors[] = {{"5.7", 37, 44}, {"8.0", 28, 46}, {"8.4", 3, 9}};
constexpr Major kMariaDbMajors[] = {{"10.4", 29, 34}, {"10.5", 20, 29}, {"10.6", 10, 25},
                                    {"10.11", 4, 16}, {"11.4", 3, 10},  {"11.8", 3, 6}};

constexpr std::string_view kOracle19Versions[] = {
    "19.0.0.0.ru-2024-01.rur-2024-01.r1", "19.0.0.0.ru-2024-04.rur-2024-04.r1", "19.0.0.0.ru-2024-07.rur-2024-07.r1",
    "19.0.0.0.ru-2024-10.rur-2024-10.r1", "19.0.0.0.ru-2025-01.rur-2025-01.r1", "19.0.0.0.ru-2025-04.rur-2025-04.r1"};
constexpr std::string_view kOracle21Versions[] = {
    "21.0.0.0.ru-2024-07.rur-2024-07.r1", "21.0.0.0.ru-2024-10.rur-2024-10.r1", "21.0.0.0.ru-2025-01.rur-2025-01.r1"};
constexpr Major kOracleMajors[] = {{"19", 0, -1, kOracle19Versions}};
constexpr Major kOracleCdbMajors[] = {{"19", 0, -1, kOracle19Versions}, {"21", 0, -1, kOracle21Versions}};

constexpr std::string_view kSqlServer14Versions[] = {"14.00.3460.9.v1", "14.00.3465.1.v1", "14.00.3471.2.v1"};
constexpr std::string_view kSqlServer15Versions[] = {"15.00.4385.2.v1", "15.00.4410.1.v1", "15.00.4430.1.v1"};
constexpr std::string_view kSqlServer16Versions[] = {"16.00.4150.1.v1", "16.00.4165.4.v1", "16.00.4185.3.v1"};
constexpr Major kSqlServerMajors[] = {{"14.00", 0, -1, kSqlServer14Versions},
                                      {"15.00", 0, -1, kSqlServer15Versions},
                                      {"16.00", 0, -1, kSqlServer16Versions}};

constexpr std::string_view kDb2Versions[] = {"11.5.9.0.sb00029276.r1", "11.5.9.0.sb00054120.r1"};
constexpr Major kDb2Majors[] = {{"11.5", 0, -1, kDb2Versions}};

constexpr Major kAuroraPostgresMajors[] = {{"13", 9, 21}, {"14", 6, 18}, {"15", 2, 13}, {"16", 1, 9}, {"17", 4, 5}};
constexpr std::string_view kAuroraMySqlVersions[] = {
    "8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.04.4", "8.0.mysql_aurora.3.05.2", "8.0.mysql_aurora.3.06.1",
    "8.0.mysql_aurora.3.07.1", "8.0.mysql_aurora.3.08.2", "8.0.mysql_aurora.3.09.0", "8.0.mysql_aurora.3.10.0"};
constexpr Major kAuroraMySqlMajors[] = {{"8.0", 0, -1, kAuroraMySqlVersions}};

constexpr Engine Oracle(std::string_view name, std::string_view label, std::span<const Major> majors) {
  return {.name = name,
          .label = label,
          .family_prefix = name,
          .major_parts = 1,
          .port = 1521,
          .license = "bring-your-own-license",
          .max_password = 30,
          .max_username = 30,
          .max_replicas = 5,
          .striping_gib = 200,
          .min_magnetic_gib = 10,
          .default_major = "19",
          .log_types = kOracleLogs,
          .majors = majors};
}

constexpr Engine SqlServer(std::string_view name, std::string_view label, std::int64_t min_gib) {
  return {.name = name,
          .label = label,
          .family_prefix = name,
          .major_parts = 2,
          .port = 1433,
          .license = "license-included",
          .max_password = 128,
          .max_username = 128,
          .max_replicas = 5,
          .min_gib = min_gib,
          .max_gib = 16384,
          .min_magnetic_gib = 20,
          .max_magnetic_gib = 1024,
          .default_major = "16.00",
          .log_types = kSqlServerLogs,
          .majors = kSqlServerMajors};
}

constexpr Engine kEngines[] = {
    {.name = "aurora-mysql",
     .label = "Aurora MySQL",
     .family_prefix = "aurora-mysql",
     .major_parts = 2,
     .port = 3306,
     .license = "general-public-license",
     .max_replicas = 15,
     .cluster = true,
     .min_gib = 1,
     .default_major = "8.0",
     .log_types = kAuroraMySqlLogs,
     .majors = kAuroraMySqlMajors},
    {.name = "aurora-postgresql",
     .label = "Aurora PostgreSQL",
     .family_prefix = "aurora-postgresql",
     .major_parts = 1,
     .port = 5432,
     .license = "postgresql-license",
     .max_username = 63,
     .max_replicas = 15,
     .cluster = true,
     .min_gib = 1,
     .default_major = "16",
     .log_types = kAuroraPostgresLogs,
     .majors = kAuroraPostgresMajors},
    {.name = "db2-ae",
     .label = "Db2 Advanced Edition",
     .family_prefix = "db2-ae-",
     .major_parts = 2,
     .port = 50000,
     .license = "bring-your-own-license",
     .max_password = 255,
     .max_replicas = 3,
     .striping_gib = 400,
     .default_major = "11.5",
     .log_types = kDb2Logs,
     .majors = kDb2Majors},
    {.name = "db2-se",
     .label = "Db2 Standard Edition",
     .family_prefix = "db2-se-",
     .major_parts = 2,
     .port = 50000,
     .license = "bring-your-own-license",
     .max_password = 255,
     .max_replicas = 3,
     .striping_gib = 400,
     .default_major = "11.5",
     .log_types = kDb2Logs,
     .majors = kDb2Majors},
    {.name = "mariadb",
     .label = "MariaDB",
     .family_prefix = "mariadb",
     .major_parts = 2,
     .port = 3306,
     .license = "general-public-license",
     .max_replicas = 15,
     .striping_gib = 400,
     .default_major = "10.11",
     .log_types = kMariaDbLogs,
     .majors = kMariaDbMajors},
    {.name = "mysql",
     .label = "MySQL Community Edition",
     .family_prefix = "mysql",
     .major_parts = 2,
     .port = 3306,
     .license = "general-public-license",
     .max_username = 32,
     .max_replicas = 15,
     .striping_gib = 400,
     .default_major = "8.0",
     .log_types = kMySqlLogs,
     .majors = kMySqlMajors},
    Oracle("oracle-ee", "Oracle Enterprise Edition", kOracleMajors),
    Oracle("oracle-ee-cdb", "Oracle Enterprise Edition (CDB)", kOracleCdbMajors),
    Oracle("oracle-se2", "Oracle Standard Edition Two", kOracleMajors),
    Oracle("oracle-se2-cdb", "Oracle Standard Edition Two (CDB)", kOracleCdbMajors),
    {.name = "postgres",
     .label = "PostgreSQL",
     .family_prefix = "postgres",
     .major_parts = 1,
     .port = 5432,
     .license = "postgresql-license",
     .max_password = 128,
     .max_username = 63,
     .max_replicas = 15,
     .striping_gib = 400,
     .default_major = "17",
     .log_types = kPostgresLogs,
     .majors = kPostgresMajors},
    SqlServer("sqlserver-ee", "SQL Server Enterprise Edition", 20),
    SqlServer("sqlserver-ex", "SQL Server Express Edition", 20),
    SqlServer("sqlserver-se", "SQL Server Standard Edition", 20),
    SqlServer("sqlserver-web", "SQL Server Web Edition", 20),
};

struct Size {
  std::string_view name;
  int vcpus;
};
constexpr Size kSizes[] = {{"large", 2},     {"xlarge", 4},    {"2xlarge", 8},   {"4xlarge", 16},  {"8xlarge", 32},
                           {"12xlarge", 48}, {"16xlarge", 64}, {"24xlarge", 96}, {"32xlarge", 128}};
struct ClassFamily {
  std::string_view name;
  int gib_per_vcpu;
};
constexpr ClassFamily kClassFamilies[] = {
    {"m4", 4},  {"m5", 4},   {"m5d", 4}, {"m6g", 4}, {"m6gd", 4}, {"m6i", 4},  {"m6id", 4},   {"m7g", 4},
    {"m7i", 4}, {"m8g", 4},  {"r4", 8},  {"r5", 8},  {"r5b", 8},  {"r5d", 8},  {"r6g", 8},    {"r6gd", 8},
    {"r6i", 8}, {"r6id", 8}, {"r7g", 8}, {"r7i", 8}, {"r8g", 8},  {"x2g", 16}, {"x2idn", 16}, {"x2iedn", 32}};
struct BurstSize {
  std::string_view name;
  int vcpus;
  int mib;
};
constexpr BurstSize kBurstSizes[] = {{"micro", 2, 1024}, {"small", 2, 2048},   {"medium", 2, 4096},
                                     {"large", 2, 8192}, {"xlarge", 4, 16384}, {"2xlarge", 8, 32768}};
constexpr std::string_view kBurstFamilies[] = {"t2", "t3", "t4g"};

std::string MinorName(const Major& major, int minor) {
  return std::string(major.major) + "." + std::to_string(minor);
}

std::vector<std::string> VersionsOf(const Major& major) {
  if (!major.versions.empty()) return {major.versions.begin(), major.versions.end()};
  std::vector<std::string> versions;
  for (int minor = major.first; minor <= major.last; ++minor)
    versions.push_back(MinorName(major, minor));
  return versions;
}

bool StartsWithComponents(std::string_view version, std::string_view prefix) {
  return version.starts_with(prefix) && (version.size() == prefix.size() || version[prefix.size()] == '.');
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::span<const Engine> Engines() {
  return kEngines;
}

const Engine* FindEngine(std::string_view name) {
  const auto* found = std::ranges::find(kEngines, name, &Engine::name);
  return found == std::end(kEngines) ? nullptr : found;
}

std::vector<std::string> Versions(const Engine& engine) {
  std::vector<std::string> all;
  for (const Major& major : engine.majors) {
    for (std::string& version : VersionsOf(major))
      all.push_back(std::move(version));
  }
  return all;
}

bool IsKnownVersion(const Engine& engine, std::string_view version) {
  return std::ranges::any_of(Versions(engine), [&](const std::string& known) { return known == version; });
}

std::optional<std::string> ResolveVersion(const Engine& engine, std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::optional<std::string> newest;
  for (std::string& version : Versions(engine)) {
    if (version == text) return std::move(version);
    if (StartsWithComponents(version, text)) newest = std::move(version);
  }
  return newest;
}

std::string MajorOf(const Engine& engine, std::string_view version) {
  auto parts = Split(version, '.');
  std::size_t count = static_cast<std::size_t>(engine.major_parts);
  // Before version 10 PostgreSQL's majors had two components.
  if (engine.family_prefix == "postgres" && IsDigits(parts[0]) && parts[0].size() == 1) count = 2;
  std::string major;
  for (std::size_t i = 0; i < std::min(count, parts.size()); ++i) {
    if (i > 0) major += '.';
    major += parts[i];
  }
  return major;
}

std::string FamilyOf(const Engine& engine, std::string_view version) {
  std::string major = MajorOf(engine, version);
  if (engine.name.starts_with("sqlserver")) {
    // sqlserver-se-15.0 of 15.00.4385.2.v1
    return std::string(engine.name) + "-" + std::string(Split(major, '.')[0]) + ".0";
  }
  if (engine.name.starts_with("oracle")) return std::string(engine.name) + "-" + major;
  return std::string(engine.family_prefix) + major;
}

int CompareVersions(std::string_view a, std::string_view b) {
  auto left = Split(a, '.');
  auto right = Split(b, '.');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    if (i >= left.size()) return -1;
    if (i >= right.size()) return 1;
    auto x = ParseInteger(left[i]);
    auto y = ParseInteger(right[i]);
    if (x.has_value() && y.has_value()) {
      if (*x != *y) return *x < *y ? -1 : 1;
    } else if (int order = left[i].compare(right[i]); order != 0) {
      return order;
    }
  }
  return 0;
}

std::vector<UpgradeTarget> UpgradeTargets(const Engine& engine, std::string_view version) {
  std::vector<UpgradeTarget> targets;
  const std::string own_major = MajorOf(engine, version);
  // MySQL goes one major at a time.
  const auto own = std::ranges::find(engine.majors, own_major, &Major::major);
  const bool step_by_step = engine.name == "mysql" && own != engine.majors.end() && own + 1 != engine.majors.end();
  const std::string_view next_major = step_by_step ? (own + 1)->major : std::string_view();
  for (std::string& candidate : Versions(engine)) {
    if (CompareVersions(candidate, version) <= 0) continue;
    if (step_by_step && CompareVersions(MajorOf(engine, candidate), next_major) > 0) continue;
    targets.push_back({.version = candidate, .major = MajorOf(engine, candidate) != own_major});
  }
  for (auto target = targets.rbegin(); target != targets.rend(); ++target) {
    if (target->major) continue;
    target->automatic = true;  // the newest minor only
    break;
  }
  return targets;
}

const Engine* EngineOfFamily(std::string_view family) {
  const Engine* best = nullptr;
  for (const Engine& engine : kEngines) {
    std::string_view rest = family;
    if (!rest.starts_with(engine.family_prefix)) continue;
    rest.remove_prefix(engine.family_prefix.size());
    if (rest.starts_with("-")) rest.remove_prefix(1);
    if (!std::ranges::all_of(Split(rest, '.'), IsDigits)) continue;
    if (best == nullptr || engine.family_prefix.size() > best->family_prefix.size()) best = &engine;
  }
  return best;
}

std::optional<InstanceClass> FindClass(std::string_view name) {
  auto parts = Split(name, '.');
  if (parts.size() != 3 || parts[0] != "db") return std::nullopt;
  if (std::ranges::find(kBurstFamilies, parts[1]) != std::end(kBurstFamilies)) {
    const auto* size = std::ranges::find(kBurstSizes, parts[2], &BurstSize::name);
    if (size == std::end(kBurstSizes)) return std::nullopt;
    return InstanceClass{std::string(name), size->vcpus, static_cast<std::int64_t>(size->mib) << 20};
  }
  const auto* family = std::ranges::find(kClassFamilies, parts[1], &ClassFamily::name);
  const auto* size = std::ranges::find(kSizes, parts[2], &Size::name);
  if (family == std::end(kClassFamilies) || size == std::end(kSizes)) return std::nullopt;
  const std::int64_t gib = static_cast<std::int64_t>(size->vcpus) * family->gib_per_vcpu;
  return InstanceClass{std::string(name), size->vcpus, gib << 30};
}

bool LooksLikeVersion(std::string_view text) {
  constexpr std::size_t kLongest = 63;
  return !text.empty() && text.size() <= kLongest && text.front() >= '0' && text.front() <= '9' &&
         IsAlphanumeric(text, ".-_") && !text.ends_with('.');
}

bool LooksLikeClass(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, '.');
  return parts.size() >= 3 && parts[0] == "db" && IsAlphanumeric(text, ".-") &&
         std::ranges::none_of(parts, &std::string_view::empty);
}

std::vector<std::string> ClassNames() {
  std::vector<std::string> names;
  for (std::string_view family : kBurstFamilies) {
    for (const BurstSize& size : kBurstSizes)
      names.push_back("db." + std::string(family) + "." + std::string(size.name));
  }
  for (const ClassFamily& family : kClassFamilies) {
    for (const Size& size : kSizes)
      names.push_back("db." + std::string(family.name) + "." + std::string(size.name));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace rdsteady::local::sim
