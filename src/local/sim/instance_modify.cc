// ModifyDBInstance: what is asked, whether it may be, and when it takes effect.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/keys.h"
#include "local/sim/network.h"
#include "local/sim/operations.h"
#include "local/sim/render.h"
#include "local/sim/setting_table.h"
#include "local/sim/storage.h"
#include "local/sim/validate.h"
#include "local/sim/windows.h"

namespace rdsteady::local::sim {
namespace {

// Members that say how, not what: alone they ask for nothing.
constexpr std::string_view kModifiers[] = {"DBInstanceIdentifier",     "ApplyImmediately",
                                           "AllowMajorVersionUpgrade", "CertificateRotationRestart",
                                           "DBSecurityGroups",         "ResumeFullAutomationModeMinutes"};

class Modification {
 public:
  Modification(const Request& request, Instance& instance)
      : request_(request),
        machine_(request.machine),
        input_(request.input),
        instance_(instance),
        engine_(*FindEngine(TextOr(instance.settings, "Engine"))),
        now_wanted_(BoolOr(request.input, "ApplyImmediately")) {}

  Checked<void> Check() {
    const bool asks_something = std::ranges::any_of(input_, [](const auto& member) {
      return !member.second.IsNull() && std::ranges::find(kModifiers, member.first) == std::end(kModifiers);
    });
    if (!asks_something) return InvalidCombination("No modifications were requested");
    RDSTEADY_CHECK(CheckState());
    ReadAsked();
    RDSTEADY_CHECK(CheckVersion());
    RDSTEADY_CHECK(CheckPasswordMode());
    RDSTEADY_CHECK(CheckRename());
    RDSTEADY_CHECK(CheckReplicaRules());
    RDSTEADY_CHECK(CheckEngineSpecific());
    RDSTEADY_CHECK(CheckSubnetMove());
    Wish wish{.engine = &engine_, .current = &instance_, .asked = asked_, .merged = instance_.settings};
    for (const auto& [setting, value] : instance_.pending)
      wish.merged[setting] = value;
    for (const auto& [setting, value] : asked_)
      wish.merged[setting] = value;
    // The groups of a version that is withdrawn go with it.
    for (const std::string& setting : QueuedWithVersion()) {
      if (!Has(asked_, setting)) wish.merged[setting] = *Find(instance_.settings, setting);
    }
    return CheckSettings(machine_, request_.scope, wish);
  }

  void Apply() {
    RoundGrowth();
    for (auto& [setting, value] : asked_)
      ApplyOne(setting, value);
    ApplyParameterGroup();
    ApplySecurityGroups();
    ApplySecret();
    std::vector<std::string> flush = at_once_;
    if (now_wanted_) {
      for (const auto& [setting, value] : instance_.pending) {
        if (std::ranges::find(flush, setting) == flush.end() && setting != "MasterUserPassword")
          flush.push_back(setting);
      }
      if (BoolAt(input_, "CertificateRotationRestart") == false) {
        // The new certificate waits for the next restart, which may be far away.
        std::erase(flush, "CACertificateIdentifier");
        if (Has(instance_.pending, "CACertificateIdentifier")) {
          instance_.pending_on_reboot.insert("CACertificateIdentifier");
        }
      }
      std::erase_if(flush, [&](const std::string& setting) { return instance_.pending_on_reboot.contains(setting); });
    }
    std::vector<Activity> phases;
    if (TextAt(input_, "MasterUserPassword").has_value()) phases.push_back(ResetPassword());
    for (Activity& phase : machine_.PhasesFor(instance_, flush))
      phases.push_back(std::move(phase));
    if (!phases.empty()) {
      phases.insert(phases.begin(), {.kind = ActivityKind::kLag, .lasts = machine_.pace().status_lag});
    }
    if (window_moved_ && phases.empty()) ApplyInNewWindow(phases);
    machine_.Begin(instance_, std::move(phases));
  }

 private:
  Checked<void> CheckState() const {
    if (!IsSettled(instance_)) {
      return Refuse("InvalidDBInstanceState",
                    "Database instance " + instance_.identifier + " is not in available state.");
    }
    if (instance_.base_status == "available") return {};
    // A database that cannot start with its parameters may be given others.
    if (instance_.base_status == "incompatible-parameters" && Has(input_, "DBParameterGroupName")) return {};
    return Refuse("InvalidDBInstanceState",
                  "Database instance " + instance_.identifier + " is not in available state.");
  }

  void ReadAsked() {
    for (const SettingRow& row : SettingRows()) {
      if (row.modify.empty()) continue;
      const Value* value = Find(input_, row.modify);
      if (value == nullptr || value->IsNull() || row.setting == "MasterUserPassword") continue;
      asked_[std::string(row.setting)] = Spelled(request_, row.setting, *value);
    }
    ReadLogs();
    if (const Value* changes = Find(asked_, "AdditionalStorageVolumes"); changes != nullptr && changes->Is<List>()) {
      const Value* before = Find(instance_.pending, "AdditionalStorageVolumes");
      if (before == nullptr) before = Find(instance_.settings, "AdditionalStorageVolumes");
      asked_["AdditionalStorageVolumes"] =
          MergeVolumes(before == nullptr ? List{} : before->As<List>(), changes->As<List>());
    }
    if (BoolOr(input_, "DisableDomain") || TextOr(asked_, "Domain") == "none") {
      for (const SettingRow& row : SettingRows()) {
        if (row.setting.starts_with("Domain") && Has(instance_.settings, row.setting)) {
          asked_[std::string(row.setting)] = nullptr;
        } else if (row.setting.starts_with("Domain")) {
          asked_.erase(std::string(row.setting));
        }
      }
    }
    if (BoolOr(input_, "UseDefaultProcessorFeatures")) asked_["ProcessorFeatures"] = nullptr;
    if (TextsAt(asked_, "VpcSecurityGroupIds").empty()) asked_.erase("VpcSecurityGroupIds");  // the last set stays
    // Values of Performance Insights arrive with it.
    if (BoolOr(asked_, "EnablePerformanceInsights") && !BoolOr(instance_.settings, "EnablePerformanceInsights")) {
      asked_.try_emplace("PerformanceInsightsRetentionPeriod", 7);
      if (!Has(instance_.settings, "PerformanceInsightsKMSKeyId")) {
        asked_.try_emplace("PerformanceInsightsKMSKeyId", KeyArn(machine_, request_.scope, "alias/aws/rds"));
      }
    }
  }

  void ReadLogs() {
    const Value* change = Find(input_, "CloudwatchLogsExportConfiguration");
    if (change == nullptr || !change->Is<Properties>()) return;
    auto wanted = TextsAt(instance_.settings, "EnableCloudwatchLogsExports");
    for (std::string& type : TextsAt(change->As<Properties>(), "EnableLogTypes")) {
      if (std::ranges::find(wanted, type) == wanted.end()) wanted.push_back(std::move(type));
    }
    for (const std::string& type : TextsAt(change->As<Properties>(), "DisableLogTypes"))
      std::erase(wanted, type);
    std::ranges::sort(wanted);
    asked_["EnableCloudwatchLogsExports"] = ToList(wanted);
  }

  Checked<void> CheckVersion() {
    auto wanted = TextAt(asked_, "EngineVersion");
    if (!wanted.has_value()) return {};
    const std::string current = TextOr(instance_.settings, "EngineVersion");
    const std::string name(engine_.name);
    if (*wanted == current) return {};
    auto resolved = ResolveVersion(engine_, *wanted);
    if (!resolved.has_value()) {
      return InvalidCombination("Cannot find version " + *wanted + " for " + name);
    }
    asked_["EngineVersion"] = *resolved;
    if (*resolved == current) return {};
    const auto targets = UpgradeTargets(engine_, current);
    auto target = std::ranges::find(targets, *resolved, &UpgradeTarget::version);
    if (target == targets.end()) {
      return InvalidCombination("Cannot upgrade " + name + " from " + current + " to " + *resolved);
    }
    if (!target->major) return {};
    if (!BoolOr(input_, "AllowMajorVersionUpgrade")) {
      return InvalidCombination(
          "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.");
    }
    if (instance_.real) {
      return InvalidCombination("Cannot upgrade " + name + " from " + current + " to " + *resolved +
                                ": this instance runs a real database, and major upgrades with data are not built yet");
    }
    const std::string family = FamilyOf(engine_, *resolved);
    const std::string group = TextOr(instance_.settings, "DBParameterGroupName");
    if (!Has(asked_, "DBParameterGroupName")) {
      if (!IsDefaultGroup(group)) {
        return InvalidCombination("The current DB parameter group " + group +
                                  " is custom. You must explicitly specify a new DB parameter group, either default or "
                                  "custom, for the engine version upgrade.");
      }
      asked_["DBParameterGroupName"] = "default." + family;
    }
    group_with_version_ = true;
    return {};
  }

  // What waits for a new major version and has no meaning without it, when a version of another one is asked for in its
  // place.
  [[nodiscard]] std::vector<std::string> QueuedWithVersion() const {
    std::vector<std::string> settings;
    const auto queued = TextAt(instance_.pending, "EngineVersion");
    const auto asked = TextAt(asked_, "EngineVersion");
    if (!queued.has_value() || !asked.has_value() || MajorOf(engine_, *queued) == MajorOf(engine_, *asked))
      return settings;
    for (const char* setting : {"DBParameterGroupName", "OptionGroupName"}) {
      if (Has(instance_.pending, setting)) settings.emplace_back(setting);
    }
    return settings;
  }

  Checked<void> CheckPasswordMode() const {
    const auto password = TextAt(input_, "MasterUserPassword");
    const auto manage = BoolAt(input_, "ManageMasterUserPassword");
    const bool managed = !instance_.secret.empty();
    if (password.has_value()) {
      if (manage == true || (managed && !manage.has_value())) {
        return InvalidCombination(
            "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword "
            "enabled.");
      }
      if (!instance_.source_resource_id.empty()) {
        return InvalidCombination("The master password of a read replica can't be modified.");
      }
      RDSTEADY_CHECK(CheckPassword(engine_, *password));
    }
    if (manage == false && managed && !password.has_value()) {
      return InvalidCombination("A MasterUserPassword is required when ManageMasterUserPassword is turned off.");
    }
    if (Has(input_, "MasterUserSecretKmsKeyId") && manage != true) {
      return InvalidCombination("MasterUserSecretKmsKeyId can be given only when ManageMasterUserPassword is true.");
    }
    if (BoolOr(input_, "RotateMasterUserPassword")) {
      if (!now_wanted_) {
        return InvalidCombination("You must specify ApplyImmediately when you rotate the master user password.");
      }
      if (!managed) return InvalidCombination("The master user password isn't managed, and can't be rotated.");
    }
    return {};
  }

  Checked<void> CheckRename() const {
    const auto name = TextAt(asked_, "DBInstanceIdentifier");
    if (!name.has_value()) return {};
    RDSTEADY_CHECK(CheckIdentifier("NewDBInstanceIdentifier", *name));
    if (*name != instance_.identifier && machine_.FindInstance(request_.scope, *name) != nullptr) {
      return Refuse("DBInstanceAlreadyExists", "DB instance already exists");
    }
    return {};
  }

  Checked<void> CheckReplicaRules() const {
    const auto days = IntAt(asked_, "BackupRetentionPeriod");
    if (days == 0 && !machine_.ReplicasOf(instance_).empty()) {
      return InvalidCombination("Automated backups can't be disabled on a DB instance that has read replicas.");
    }
    if (Has(asked_, "ReplicaMode") && !engine_.name.starts_with("oracle")) {
      return InvalidCombination("ReplicaMode is only valid for Oracle read replicas.");
    }
    return {};
  }

  Checked<void> CheckEngineSpecific() const {
    const std::string name(engine_.name);
    if (const auto engine = TextAt(asked_, "Engine");
        engine.has_value() && *engine != name && *engine != name + "-cdb") {
      return InvalidCombination("Cannot change the engine of a DB instance from " + name + " to " + *engine + ".");
    }
    if (Has(input_, "AutomationMode") || Has(input_, "ResumeFullAutomationModeMinutes")) {
      return InvalidCombination("AutomationMode is only valid for RDS Custom.");
    }
    if (Has(asked_, "MultiTenant") && !now_wanted_) {
      return InvalidCombination(
          "You must specify ApplyImmediately when you convert to the multi-tenant configuration.");
    }
    if (BoolOr(instance_.settings, "MultiTenant") && BoolAt(asked_, "MultiTenant") == false) {
      return InvalidCombination("A multi-tenant DB instance can't be converted back.");
    }
    if (Has(asked_, "ProcessorFeatures") && !name.starts_with("oracle") && !name.starts_with("sqlserver")) {
      return InvalidCombination("Processor features can't be set for engine " + name + ".");
    }
    if (const auto type = TextAt(asked_, "DBInstanceClass")) {
      auto parts = Split(*type, '.');
      if (parts.size() < 3 || parts[0] != "db" || (machine_.options().strict && !FindClass(*type).has_value())) {
        return InvalidValue("Invalid DB Instance class: " + *type);
      }
    }
    return {};
  }

  Checked<void> CheckSubnetMove() const {
    const auto name = TextAt(asked_, "DBSubnetGroupName");
    const std::string current = TextOr(instance_.settings, "DBSubnetGroupName");
    if (!name.has_value() || *name == current) return {};
    const SubnetGroup* from = FindSubnetGroup(machine_, request_.scope, current);
    const SubnetGroup* to = FindSubnetGroup(machine_, request_.scope, *name);
    if (to == nullptr) return Refuse("DBSubnetGroupNotFoundFault", "DB subnet group '" + *name + "' does not exist.");
    if (from != nullptr && from->vpc_id == to->vpc_id) {
      return Refuse("InvalidVPCNetworkStateFault",
                    "You cannot move DB instance " + instance_.identifier + " to subnet group " + *name +
                        ". The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet group "
                        "in a different VPC than the specified DB instance and try again.");
    }
    if (BoolOr(instance_.settings, "MultiAZ")) {
      return Refuse("InvalidVPCNetworkStateFault", "A Multi-AZ DB instance can't be moved to another VPC.");
    }
    if (!instance_.source_resource_id.empty() || !machine_.ReplicasOf(instance_).empty()) {
      return Refuse("InvalidVPCNetworkStateFault",
                    "A DB instance with read replicas, or a read replica, can't be moved to another VPC.");
    }
    return {};
  }

  // Growth of less than a tenth becomes a tenth; the answer then shows more than was asked.
  void RoundGrowth() {
    const auto asked = IntAt(asked_, "AllocatedStorage");
    const std::int64_t current = IntOr(instance_.settings, "AllocatedStorage");
    if (!asked.has_value() || *asked <= current || engine_.name.starts_with("sqlserver")) return;
    const std::int64_t least = (current * 11 + 9) / 10;
    if (*asked < least) asked_["AllocatedStorage"] = least;
  }

  [[nodiscard]] bool IsCurrent(const SettingRow& row, const Value& value) const {
    const Value* current = Find(instance_.settings, row.setting);
    if (current == nullptr) {
      return value.IsNull() || ((row.flags & kZeroIsUnset) != 0 && value == Value(0)) || value == Value(false);
    }
    return *current == value;
  }

  void ApplyOne(const std::string& setting, const Value& value) {
    const SettingRow& row = *FindSetting(setting);
    if (setting == "DBInstanceIdentifier") {
      // Even the same name reboots.
      Defer(setting, value);
      return;
    }
    if (row.timing == Timing::kSpecial) return;
    const bool current = IsCurrent(row, value);
    if (setting == "MaxAllocatedStorage") {
      const Value* size = Find(asked_, "AllocatedStorage");
      if (size == nullptr) size = Find(instance_.settings, "AllocatedStorage");
      if (value == *size) {
        instance_.settings.erase(setting);
      } else {
        instance_.settings[setting] = value;
      }
      return;
    }
    if (setting == "BackupRetentionPeriod" && value != Value(0) && *Find(instance_.settings, setting) != Value(0)) {
      instance_.settings[setting] = value;  // between two values above 0: soon, without the queue
      instance_.pending.erase(setting);
      return;
    }
    if (row.timing == Timing::kNow && row.status.empty()) {
      window_moved_ |= setting == "PreferredMaintenanceWindow" && !current;
      instance_.settings[setting] = value;
      return;
    }
    if (current) {
      // The current value withdraws what is queued, when it is sent to be applied now.
      if (now_wanted_) Withdraw(setting);
      return;
    }
    Defer(setting, value);
    if (row.timing == Timing::kNow) at_once_.push_back(setting);
  }

  void Withdraw(const std::string& setting) {
    DropWhatWaitsWith(setting);
    instance_.pending.erase(setting);
    instance_.pending_on_reboot.erase(setting);
  }

  void DropWhatWaitsWith(const std::string& setting) {
    if (setting != "EngineVersion") return;
    for (const std::string& with : QueuedWithVersion())
      instance_.pending.erase(with);
  }

  void Defer(const std::string& setting, const Value& value) {
    DropWhatWaitsWith(setting);
    if (instance_.pending.empty()) instance_.pending_since = machine_.now();
    if (setting != "DBInstanceIdentifier") instance_.pending_since = machine_.now();
    instance_.pending[setting] = value;
    instance_.pending_on_reboot.erase(setting);
  }

  void ApplyParameterGroup() {
    const auto name = TextAt(asked_, "DBParameterGroupName");
    if (!name.has_value()) return;
    if (group_with_version_ && Has(instance_.pending, "EngineVersion")) {
      Defer("DBParameterGroupName", *name);
      return;
    }
    if (*name == TextOr(instance_.settings, "DBParameterGroupName")) return;
    // The name at once, the values at the next reboot.
    instance_.settings["DBParameterGroupName"] = *name;
    machine_.AddEvent(instance_, {"configuration change"}, "Updated to use DBParameterGroup " + *name);
    instance_.facets.push_back({.kind = ActivityKind::kParameters, .lasts = machine_.pace().applying_parameters});
  }

  void ApplySecurityGroups() {
    const auto ids = TextsAt(asked_, "VpcSecurityGroupIds");
    if (ids.empty()) return;
    bool changed = false;
    for (auto& [id, status] : instance_.security_groups) {
      if (std::ranges::find(ids, id) != ids.end()) {
        if (status == "removing") status = "adding";
        continue;
      }
      status = "removing";
      changed = true;
    }
    for (const std::string& id : ids)
      changed |= instance_.security_groups.try_emplace(id, "adding").second;
    instance_.settings["VpcSecurityGroupIds"] = ToList(ids);
    if (changed) {
      instance_.facets.push_back({.kind = ActivityKind::kSecurityGroups, .lasts = machine_.pace().modifying});
    }
  }

  void ApplySecret() {
    const auto manage = BoolAt(input_, "ManageMasterUserPassword");
    if (manage == false) {
      instance_.secret.clear();
      instance_.settings.erase("ManageMasterUserPassword");
      instance_.settings.erase("MasterUserSecretKmsKeyId");
    }
    if (manage == true && instance_.secret.empty()) {
      instance_.settings["ManageMasterUserPassword"] = true;
      if (const Value* key = Find(asked_, "MasterUserSecretKmsKeyId")) {
        instance_.settings["MasterUserSecretKmsKeyId"] = *key;
      }
      StartManagedSecret(request_, instance_);
    } else if (BoolOr(input_, "RotateMasterUserPassword")) {
      instance_.secret["SecretStatus"] = "rotating";
      instance_.facets.push_back({.kind = ActivityKind::kSecret, .lasts = machine_.pace().resetting_credentials});
    }
  }

  Activity ResetPassword() {
    instance_.next_verifier = VerifierOf(machine_, engine_, *TextAt(input_, "MasterUserPassword"));
    instance_.pending["MasterUserPassword"] = true;  // shown masked; the verifier stands elsewhere
    return {.kind = ActivityKind::kResetPassword,
            .status = "resetting-master-credentials",
            .lasts = machine_.pace().resetting_credentials,
            .verb = EngineVerb::kSetPassword};
  }

  // A window that is moved over the present opens at once.
  void ApplyInNewWindow(std::vector<Activity>& phases) {
    auto window = ParseMaintenanceWindow(TextOr(instance_.settings, "PreferredMaintenanceWindow"));
    if (!window.has_value() || !IsInside(*window, machine_.now())) return;
    std::vector<std::string> keys;
    for (const auto& [setting, value] : instance_.pending) {
      if (!instance_.pending_on_reboot.contains(setting)) keys.push_back(setting);
    }
    phases = machine_.PhasesFor(instance_, keys);
    for (const Maintenance& maintenance : instance_.maintenance) {
      if (ApplyDateOf(instance_, maintenance).has_value()) phases.push_back(PhaseOf(machine_, maintenance));
    }
    if (!phases.empty()) {
      phases.insert(phases.begin(), {.kind = ActivityKind::kLag, .lasts = machine_.pace().status_lag});
    }
  }

  const Request& request_;
  Machine& machine_;
  const Properties& input_;
  Instance& instance_;
  const Engine& engine_;
  bool now_wanted_;
  Properties asked_;                  // by the names of CreateDBInstance
  std::vector<std::string> at_once_;  // pending, but waits for nothing
  bool group_with_version_ = false;
  bool window_moved_ = false;
};

}  // namespace

Outcome ModifyDBInstance(const Request& request) {
  auto instance = RequireInstance(request, "DBInstanceIdentifier");
  if (!instance.has_value()) return std::unexpected(instance.error());
  Modification modification(request, **instance);
  RDSTEADY_CHECK(modification.Check());
  modification.Apply();
  return Properties{{"DBInstance", RenderInstance(request.machine, **instance)}};
}

}  // namespace rdsteady::local::sim
