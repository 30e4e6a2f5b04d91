#include "local/sim/operations.h"

#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/keys.h"
#include "local/sim/network.h"
#include "local/sim/setting_table.h"
#include "local/sim/storage.h"
#include "local/sim/verifier.h"
#include "local/sim/windows.h"

namespace rdsteady::local::sim {
namespace {

struct Entry {
  std::string_view name;
  Handler handler;
};

constexpr Entry kOperations[] = {
    {"AddRoleToDBInstance", AddRoleToDBInstance},
    {"AddTagsToResource", AddTagsToResource},
    {"ApplyPendingMaintenanceAction", ApplyPendingMaintenanceAction},
    {"CreateDBInstance", CreateDBInstance},
    {"CreateDBInstanceReadReplica", CreateDBInstanceReadReplica},
    {"CreateDBParameterGroup", CreateDBParameterGroup},
    {"CreateDBSnapshot", CreateDBSnapshot},
    {"CreateDBSubnetGroup", CreateDBSubnetGroup},
    {"DeleteDBInstance", DeleteDBInstance},
    {"DeleteDBParameterGroup", DeleteDBParameterGroup},
    {"DeleteDBSnapshot", DeleteDBSnapshot},
    {"DeleteDBSubnetGroup", DeleteDBSubnetGroup},
    {"DescribeAccountAttributes", DescribeAccountAttributes},
    {"DescribeCertificates", DescribeCertificates},
    {"DescribeDBEngineVersions", DescribeDBEngineVersions},
    {"DescribeDBInstances", DescribeDBInstances},
    {"DescribeDBParameterGroups", DescribeDBParameterGroups},
    {"DescribeDBParameters", DescribeDBParameters},
    {"DescribeDBSnapshots", DescribeDBSnapshots},
    {"DescribeDBSubnetGroups", DescribeDBSubnetGroups},
    {"DescribeEngineDefaultParameters", DescribeEngineDefaultParameters},
    {"DescribeEventCategories", DescribeEventCategories},
    {"DescribeEvents", DescribeEvents},
    {"DescribeOptionGroups", DescribeOptionGroups},
    {"DescribeOrderableDBInstanceOptions", DescribeOrderableDBInstanceOptions},
    {"DescribePendingMaintenanceActions", DescribePendingMaintenanceActions},
    {"DescribeValidDBInstanceModifications", DescribeValidDBInstanceModifications},
    {"ListTagsForResource", ListTagsForResource},
    {"ModifyDBInstance", ModifyDBInstance},
    {"ModifyDBParameterGroup", ModifyDBParameterGroup},
    {"ModifyDBSubnetGroup", ModifyDBSubnetGroup},
    {"PromoteReadReplica", PromoteReadReplica},
    {"RebootDBInstance", RebootDBInstance},
    {"RemoveRoleFromDBInstance", RemoveRoleFromDBInstance},
    {"RemoveTagsFromResource", RemoveTagsFromResource},
    {"ResetDBParameterGroup", ResetDBParameterGroup},
    {"RestoreDBInstanceFromDBSnapshot", RestoreDBInstanceFromDBSnapshot},
    {"RestoreDBInstanceToPointInTime", RestoreDBInstanceToPointInTime},
    {"StartDBInstance", StartDBInstance},
    {"StopDBInstance", StopDBInstance},
};

}  // namespace

Handler FindHandler(std::string_view operation) {
  const auto* found = std::ranges::find(kOperations, operation, &Entry::name);
  return found == std::end(kOperations) ? nullptr : found->handler;
}

Value Spelled(const Request& request, std::string_view setting, Value value) {
  const SettingRow* row = FindSetting(setting);
  const auto text = TextOf(value);
  if (row == nullptr || !text.has_value()) return value;
  switch (row->fold) {
    case Fold::kExact: break;
    case Fold::kLower: return ToLower(*text);
    case Fold::kKmsKey: return KeyArn(request.machine, request.scope, *text);
    case Fold::kWindow:
      if (auto weekly = ParseMaintenanceWindow(*text)) return FormatMaintenanceWindow(*weekly);
      if (auto daily = ParseBackupWindow(*text)) return FormatBackupWindow(*daily);
      break;
  }
  if (setting == "NetworkType") return ToUpper(*text);
  return value;
}

Properties AskedAtBirth(const Request& request) {
  Properties asked;
  for (const SettingRow& row : SettingRows()) {
    const Value* value = Find(request.input, row.setting);
    if (value == nullptr || value->IsNull()) continue;
    asked[std::string(row.setting)] = Spelled(request, row.setting, *value);
  }
  if (const Value* volumes = Find(asked, "AdditionalStorageVolumes"); volumes != nullptr && volumes->Is<List>()) {
    asked["AdditionalStorageVolumes"] = MergeVolumes({}, volumes->As<List>());
  }
  return asked;
}

std::string InstanceNameOf(std::string_view reference) {
  auto parts = Split(reference, ':');
  return ToLower(parts.size() == 7 && parts[0] == "arn" ? parts[6] : reference);
}

Checked<Instance*> RequireInstance(const Request& request, std::string_view member) {
  const std::string identifier = TextOr(request.input, member);
  Instance* instance = request.machine.FindInstance(request.scope, identifier);
  if (instance == nullptr) return Refuse("DBInstanceNotFound", "DBInstance " + identifier + " not found.");
  return instance;
}

Checked<void> RequireAvailable(const Instance& instance) {
  if (IsSettled(instance) && instance.base_status == "available") return {};
  return Refuse("InvalidDBInstanceState", "Database instance " + instance.identifier + " is not in available state.");
}

void PutTags(const Request& request, const std::string& arn) {
  const Value* tags = Find(request.input, "Tags");
  if (tags == nullptr || !tags->Is<List>() || tags->As<List>().empty()) return;
  auto& stored = request.machine.RealmOf(request.scope).tags[arn];
  for (const Value& tag : tags->As<List>()) {
    if (const auto* pair = tag.If<Properties>()) stored[TextOr(*pair, "Key")] = TextOr(*pair, "Value");
  }
  request.machine.Touch(RecordKind::kTags, request.scope, arn);
}

std::string VerifierOf(const Machine& machine, const Engine& engine, std::string_view password) {
  if (engine.name == "mysql" || engine.name == "mariadb") return NativePasswordVerifier(password);
  constexpr std::size_t kSaltBytes = 16;
  return ScramVerifier(password, machine.RandomBytes(kSaltBytes));
}

void StartManagedSecret(const Request& request, Instance& instance) {
  Machine& machine = request.machine;
  const std::string key = TextOr(instance.settings, "MasterUserSecretKmsKeyId");
  instance.secret = {{"SecretArn", "arn:" + Partition(request.scope.region) + ":secretsmanager:" +
                                       request.scope.region + ":" + request.scope.account + ":secret:rds!" +
                                       ToLower(instance.resource_id) + "-" + ToLower(machine.NewName("", 6))},
                     {"SecretStatus", "creating"},
                     {"KmsKeyId", key.empty() ? KeyArn(machine, request.scope, "alias/aws/secretsmanager") : key}};
  machine.AddEvent(instance, {"notification"},
                   "The managed master password can't be read: there is no Secrets Manager here");
  instance.facets.push_back({.kind = ActivityKind::kSecret, .lasts = machine.pace().resetting_credentials});
}

}  // namespace rdsteady::local::sim
