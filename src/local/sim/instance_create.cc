// CreateDBInstance and CreateDBInstanceReadReplica.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "local/sim/birth.h"
#include "local/sim/input.h"
#include "local/sim/operations.h"
#include "local/sim/storage.h"
#include "local/sim/validate.h"
#include "wire/form.h"

namespace rdsteady::local::sim {
namespace {

bool StartsWithLetter(std::string_view text) {
  return !text.empty() && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
}

Checked<std::string> WantedVersion(const Request& request, const Engine& engine) {
  const auto asked = TextAt(request.input, "EngineVersion");
  if (!asked.has_value()) return request.machine.DefaultVersion(engine);
  if (auto known = ResolveVersion(engine, *asked)) return *known;
  if (request.machine.options().strict || !LooksLikeVersion(*asked)) {
    return InvalidCombination("Cannot find version " + *asked + " for " + std::string(engine.name));
  }
  return *asked;
}

Checked<void> CheckMasterUser(const Request& request, const Engine& engine) {
  const std::string name = TextOr(request.input, "MasterUsername");
  const bool managed = BoolOr(request.input, "ManageMasterUserPassword");
  const auto password = TextAt(request.input, "MasterUserPassword");
  if (name.empty()) return InvalidValue("The parameter MasterUsername must be provided and must not be blank.");
  if (managed && password.has_value()) {
    return InvalidCombination("You can't specify MasterUserPassword when ManageMasterUserPassword is true.");
  }
  if (!managed && password.value_or("").empty()) {
    return InvalidValue("The parameter MasterUserPassword must be provided and must not be blank.");
  }
  if (!managed && Has(request.input, "MasterUserSecretKmsKeyId")) {
    return InvalidCombination("MasterUserSecretKmsKeyId can be given only when ManageMasterUserPassword is true.");
  }
  if (!StartsWithLetter(name) || !IsAlphanumeric(name, "_") ||
      name.size() > static_cast<std::size_t>(engine.max_username)) {
    return InvalidValue("The parameter MasterUsername is not valid: it must have 1 to " +
                        std::to_string(engine.max_username) +
                        " letters, digits or underscores, and begin with a letter.");
  }
  constexpr std::array<std::string_view, 10> kReserved = {"admin",        "rdsadmin",        "rds_superuser", "public",
                                                          "rdsrepladmin", "rds_replication", "user",          "none",
                                                          "root",         "replication"};
  const bool mysql_like = engine.name == "mysql" || engine.name == "mariadb";
  const std::string lower = ToLower(name);
  const bool allowed_there = mysql_like && (lower == "admin" || lower == "root");
  const bool reserved =
      std::ranges::find(kReserved, lower) != kReserved.end() || (engine.name == "postgres" && lower.starts_with("pg_"));
  if (reserved && !allowed_there) {
    return InvalidValue("MasterUsername " + name + " cannot be used as it is a reserved word used by the engine");
  }
  return managed ? Checked<void>() : CheckPassword(engine, *password);
}

Checked<void> CheckDatabaseName(const Request& request, const Engine& engine) {
  const auto name = TextAt(request.input, "DBName");
  if (!name.has_value()) return {};
  if (engine.name.starts_with("sqlserver")) {
    return InvalidValue("DBName must be null when Engine is " + std::string(engine.name) + ".");
  }
  const std::size_t most = engine.name.starts_with("oracle") ? 8 : engine.name == "postgres" ? 63 : 64;
  const bool starts_well = StartsWithLetter(*name) || (engine.name == "postgres" && name->starts_with('_'));
  if (!starts_well || !IsAlphanumeric(*name, "_") || name->size() > most) {
    return InvalidValue("DBName must begin with a letter and contain only alphanumeric characters.");
  }
  constexpr std::array<std::string_view, 4> kReserved = {"rdsadmin", "template0", "template1", "db"};
  if (std::ranges::find(kReserved, ToLower(*name)) != kReserved.end()) {
    return InvalidValue("Database name " + *name + " cannot be used as it is a reserved word for this engine");
  }
  return {};
}

// A parameter of a URL's query, decoded; nothing when there is none of that name.
std::optional<std::string> QueryParameter(std::string_view url, std::string_view name) {
  const auto question = url.find('?');
  if (question == std::string_view::npos) return std::nullopt;
  for (const std::string_view part : Split(url.substr(question + 1), '&')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos || part.substr(0, equals) != name) continue;
    return wire::PercentDecode(part.substr(equals + 1), false);
  }
  return std::nullopt;
}

// Where regions do not trust each other, the request carries one to the source's region. Elsewhere it is ignored.
Checked<void> CheckPreSignedUrl(const Request& request, const Scope& source_scope, const Instance& source) {
  if (Partition(request.scope.region) == "aws") return {};
  const auto url = TextAt(request.input, "PreSignedUrl");
  if (!url.has_value()) {
    return InvalidCombination(
        "PreSignedUrl must be specified when an encrypted read replica is created from another region.");
  }
  const std::string host = "https://rds." + source_scope.region + ".";
  const std::string arn = ArnOf(source_scope, "db", source.identifier);
  const bool good = url->starts_with(host) && QueryParameter(*url, "Action") == "CreateDBInstanceReadReplica" &&
                    QueryParameter(*url, "DestinationRegion") == request.scope.region &&
                    QueryParameter(*url, "KmsKeyId") == TextOr(request.input, "KmsKeyId") &&
                    EqualsIgnoreCase(QueryParameter(*url, "SourceDBInstanceIdentifier").value_or(""), arn) &&
                    QueryParameter(*url, "X-Amz-Signature").has_value();
  if (good) return {};
  return InvalidValue("PreSignedUrl is not a signed CreateDBInstanceReadReplica request to " + source_scope.region +
                      " with this source, key and destination region.");
}

Checked<void> CheckBeyondRegion(const Request& request, const Scope& source_scope, const Instance& source) {
  const bool encrypted = BoolOr(source.settings, "StorageEncrypted");
  const bool key = Has(request.input, "KmsKeyId");
  if (source_scope == request.scope) return {};
  if (source_scope.account != request.scope.account) {
    return Refuse("DBInstanceNotFound", "DBInstance " + ArnOf(source_scope, "db", source.identifier) + " not found.");
  }
  if (Partition(source_scope.region) != Partition(request.scope.region)) {
    return InvalidValue("A read replica can't be created in " + request.scope.region + " of a source in " +
                        source_scope.region + ".");
  }
  if (TextOr(source.settings, "Engine").starts_with("sqlserver")) {
    return InvalidCombination("SQL Server read replicas can't be created in another region.");
  }
  if (key && !encrypted) {
    return InvalidCombination("An encrypted read replica can't be created of an unencrypted DB instance.");
  }
  if (encrypted && !key) {
    return InvalidCombination(
        "KmsKeyId must be specified when an encrypted read replica is created from another region.");
  }
  return encrypted ? CheckPreSignedUrl(request, source_scope, source) : Checked<void>();
}

}  // namespace

Outcome CreateDBInstance(const Request& request) {
  const std::string engine_name = ToLower(TextOr(request.input, "Engine"));
  const Engine* engine = FindEngine(engine_name);
  if (engine == nullptr) return InvalidValue("Invalid DB engine: " + engine_name);
  RDSTEADY_CHECK(CheckNewIdentifier(request, "DBInstanceIdentifier"));
  if (auto cluster = TextAt(request.input, "DBClusterIdentifier")) {
    return Refuse("DBClusterNotFoundFault", "DBCluster " + *cluster + " not found.");
  }
  if (engine->cluster) {
    return InvalidCombination("The engine " + engine_name + " needs a DB cluster: DBClusterIdentifier is missing.");
  }
  Properties asked = AskedAtBirth(request);
  asked.erase("MasterUserPassword");
  if (TextsAt(asked, "VpcSecurityGroupIds").empty()) asked.erase("VpcSecurityGroupIds");
  asked["Engine"] = engine_name;
  auto version = WantedVersion(request, *engine);
  if (!version.has_value()) return std::unexpected(version.error());
  asked["EngineVersion"] = *version;
  RDSTEADY_CHECK(CheckClass(request, TextOr(asked, "DBInstanceClass")));
  RDSTEADY_CHECK(CheckMasterUser(request, *engine));
  RDSTEADY_CHECK(CheckDatabaseName(request, *engine));
  if (!Has(asked, "AllocatedStorage")) {
    return InvalidValue("The parameter AllocatedStorage must be provided and must not be blank.");
  }

  Instance instance{.scope = request.scope, .identifier = ToLower(TextOr(asked, "DBInstanceIdentifier"))};
  asked.erase("DBInstanceIdentifier");
  instance.settings = asked;
  FillDefaults(request, *engine, instance.identifier, instance.settings);
  RDSTEADY_CHECK(
      CheckSettings(request.machine, request.scope, {.engine = engine, .asked = asked, .merged = instance.settings}));
  if (IntOr(instance.settings, "MaxAllocatedStorage") == 0) instance.settings.erase("MaxAllocatedStorage");
  SettleStorage(*engine, instance.settings, asked);

  std::string reason;
  instance.real = request.machine.RunsForReal(*engine, *version, TextOr(asked, "DBInstanceClass"), reason);
  RDSTEADY_CHECK(CheckReality(request, instance, reason));
  const bool managed = BoolOr(request.input, "ManageMasterUserPassword");
  // A managed password nobody can read is as good as any other that nobody knows.
  const std::string password = managed ? request.machine.RandomBytes(32) : TextOr(request.input, "MasterUserPassword");
  instance.password_verifier = VerifierOf(request.machine, *engine, password);
  return Bring(request, *engine, std::move(instance), reason);
}

Outcome CreateDBInstanceReadReplica(const Request& request) {
  RDSTEADY_CHECK(CheckNewIdentifier(request, "DBInstanceIdentifier"));
  if (auto cluster = TextAt(request.input, "SourceDBClusterIdentifier")) {
    return Refuse("DBClusterNotFoundFault", "DBCluster " + *cluster + " not found.");
  }
  const std::string reference = TextOr(request.input, "SourceDBInstanceIdentifier");
  if (reference.empty()) {
    return InvalidValue("The parameter SourceDBInstanceIdentifier must be provided and must not be blank.");
  }
  Scope source_scope = request.scope;
  std::string source_name = reference;
  if (auto parts = Split(reference, ':'); parts.size() == 7 && parts[0] == "arn" && parts[5] == "db") {
    source_scope = {std::string(parts[4]), std::string(parts[3])};
    source_name = parts[6];
  }
  Machine& machine = request.machine;
  Instance* source = machine.FindInstance(source_scope, source_name);
  if (source == nullptr) return Refuse("DBInstanceNotFound", "DBInstance " + source_name + " not found.");
  const Engine* engine = FindEngine(TextOr(source->settings, "Engine"));
  if (engine->max_replicas == 0) {
    return InvalidCombination("The engine " + std::string(engine->name) + " does not support read replicas.");
  }
  if (source->base_status != "available" || ShownStatus(*source) == "deleting") {
    return Refuse("InvalidDBInstanceState", "The source DB instance " + source_name + " is not in available state.");
  }
  if (IntOr(source->settings, "BackupRetentionPeriod") == 0) {
    return Refuse("InvalidDBInstanceState",
                  "Automated backups are not enabled for this database instance. To enable automated backups, use "
                  "ModifyDBInstance to set the backup retention period to a non-zero value.");
  }
  RDSTEADY_CHECK(CheckBeyondRegion(request, source_scope, *source));
  if (machine.ReplicasOf(*source).size() >= static_cast<std::size_t>(engine->max_replicas)) {
    return Refuse("InstanceQuotaExceeded",
                  "The source DB instance already has " + std::to_string(engine->max_replicas) + " read replicas.");
  }

  Properties asked = AskedAtBirth(request);
  asked.erase("DBInstanceIdentifier");
  if (TextsAt(asked, "VpcSecurityGroupIds").empty()) asked.erase("VpcSecurityGroupIds");
  if (auto name = TextAt(asked, "DBInstanceClass")) RDSTEADY_CHECK(CheckClass(request, *name));
  const bool same_region = source_scope == request.scope;
  if (engine->name.starts_with("sqlserver")) {
    for (std::string_view member : {"AllocatedStorage", "Iops", "StorageThroughput", "StorageType"}) {
      if (Has(asked, member))
        return InvalidCombination(std::string(member) + " can't be given for SQL Server replicas.");
    }
  }
  Instance instance{.scope = request.scope, .identifier = ToLower(TextOr(request.input, "DBInstanceIdentifier"))};
  instance.settings = asked;
  // What a replica takes from its source; all else has the defaults of a new instance.
  for (std::string_view inherited :
       {"AllocatedStorage", "AutoMinorVersionUpgrade", "CharacterSetName", "DBInstanceClass", "DBName",
        "EnableIAMDatabaseAuthentication", "Engine", "EngineLifecycleSupport", "EngineVersion", "LicenseModel",
        "MasterUsername", "PreferredMaintenanceWindow", "StorageEncrypted"}) {
    if (const Value* value = Find(source->settings, inherited))
      instance.settings.try_emplace(std::string(inherited), *value);
  }
  instance.settings.try_emplace("Port", *Find(source->settings, "Port"));
  if (!Has(asked, "StorageType")) {
    instance.settings["StorageType"] = *Find(source->settings, "StorageType");
    if (const Value* iops = Find(source->settings, "Iops")) instance.settings.try_emplace("Iops", *iops);
  }
  if (same_region) {
    for (std::string_view group :
         {"DBParameterGroupName", "OptionGroupName", "DBSubnetGroupName", "VpcSecurityGroupIds", "KmsKeyId"}) {
      if (const Value* value = Find(source->settings, group)) instance.settings.try_emplace(std::string(group), *value);
    }
  }
  instance.settings["BackupRetentionPeriod"] = 0;
  instance.settings.erase("ManageMasterUserPassword");
  FillDefaults(request, *engine, instance.identifier, instance.settings);
  RDSTEADY_CHECK(
      CheckSettings(machine, request.scope, {.engine = engine, .asked = asked, .merged = instance.settings}));
  SettleStorage(*engine, instance.settings, asked);
  instance.password_verifier = source->password_verifier;
  instance.source_resource_id = source->resource_id;
  instance.source_reference = same_region ? source->identifier : ArnOf(source_scope, "db", source->identifier);
  std::string reason;
  instance.real = source->real && machine.RunsForReal(*engine, TextOr(instance.settings, "EngineVersion"),
                                                      TextOr(instance.settings, "DBInstanceClass"), reason);
  if (!source->real) reason = "The source DB instance " + source->identifier + " is simulated";
  RDSTEADY_CHECK(CheckReality(request, instance, reason));
  return Bring(request, *engine, std::move(instance), reason);
}

}  // namespace rdsteady::local::sim
