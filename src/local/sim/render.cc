#include "local/sim/render.h"

#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/network.h"
#include "local/sim/setting_table.h"

namespace rdsteady::local::sim {
namespace {

std::string Text(Instant at) {
  return FormatIso8601(at, true);
}

Properties RenderPending(const Instance& instance) {
  Properties out;
  for (const auto& [setting, value] : instance.pending) {
    const SettingRow* row = FindSetting(setting);
    if (row == nullptr || row->pending.empty()) continue;
    out[std::string(row->pending)] = setting == "MasterUserPassword" ? Value("****") : value;
  }
  if (const Value* logs = Find(instance.pending, "EnableCloudwatchLogsExports")) {
    const auto before = TextsAt(instance.settings, "EnableCloudwatchLogsExports");
    const auto after = TextsAt(instance.pending, "EnableCloudwatchLogsExports");
    auto missing = [](const std::vector<std::string>& from, const std::vector<std::string>& in) {
      std::vector<std::string> texts;
      std::ranges::copy_if(from, std::back_inserter(texts),
                           [&](const std::string& text) { return std::ranges::find(in, text) == in.end(); });
      return ToList(texts);
    };
    Properties change;
    if (List enable = missing(after, before); !enable.empty()) change["LogTypesToEnable"] = std::move(enable);
    if (List disable = missing(before, after); !disable.empty()) change["LogTypesToDisable"] = std::move(disable);
    if (!logs->IsNull() && !change.empty()) out["PendingCloudwatchLogsExports"] = std::move(change);
  }
  return out;
}

void RenderGroups(Machine& machine, const Instance& instance, Properties& out) {
  const Properties& settings = instance.settings;
  out["DBParameterGroups"] = List{Properties{{"DBParameterGroupName", TextOr(settings, "DBParameterGroupName")},
                                             {"ParameterApplyStatus", ParameterApplyStatus(machine, instance)}}};
  List options;
  const bool option_pending = Has(instance.pending, "OptionGroupName");
  options.push_back(Properties{{"OptionGroupName", TextOr(settings, "OptionGroupName")},
                               {"Status", option_pending ? "pending-maintenance-removal" : "in-sync"}});
  if (option_pending) {
    options.push_back(Properties{{"OptionGroupName", TextOr(instance.pending, "OptionGroupName")},
                                 {"Status", "pending-maintenance-apply"}});
  }
  out["OptionGroupMemberships"] = std::move(options);
  List security;
  for (const auto& [id, status] : instance.security_groups) {
    security.push_back(Properties{{"VpcSecurityGroupId", id}, {"Status", status}});
  }
  out["VpcSecurityGroups"] = std::move(security);
  out["DBSecurityGroups"] = List{};
  if (SubnetGroup* group = FindSubnetGroup(machine, instance.scope, TextOr(settings, "DBSubnetGroupName"))) {
    out["DBSubnetGroup"] = RenderSubnetGroup(machine, instance.scope, *group);
  }
}

void RenderDomain(const Instance& instance, Properties& out) {
  List memberships;
  if (Has(instance.settings, "Domain") || Has(instance.settings, "DomainFqdn")) {
    Properties membership{{"Domain", TextOr(instance.settings, "Domain")}, {"Status", instance.domain_status}};
    for (auto [setting, answer] :
         {std::pair{"DomainFqdn", "FQDN"}, std::pair{"DomainOu", "OU"}, std::pair{"DomainIAMRoleName", "IAMRoleName"},
          std::pair{"DomainAuthSecretArn", "AuthSecretArn"}, std::pair{"DomainDnsIps", "DnsIps"}}) {
      if (const Value* value = Find(instance.settings, setting)) membership[answer] = *value;
    }
    memberships.push_back(std::move(membership));
  }
  out["DomainMemberships"] = std::move(memberships);
}

void RenderVolumes(const Instance& instance, Properties& out) {
  const Value* volumes = Find(instance.settings, "AdditionalStorageVolumes");
  if (volumes == nullptr || !volumes->Is<List>()) return;
  List shown = volumes->As<List>();
  for (Value& volume : shown)
    (*volume.If<Properties>())["StorageVolumeStatus"] = "ACTIVE";
  out["AdditionalStorageVolumes"] = std::move(shown);
}

void RenderReplication(Machine& machine, const Instance& instance, Properties& out) {
  List replicas;
  std::vector<std::string> names;
  for (const Instance* replica : machine.ReplicasOf(instance)) {
    if (replica->base_status == "creating") continue;  // listed once it is there
    names.push_back(replica->scope == instance.scope ? replica->identifier
                                                     : ArnOf(replica->scope, "db", replica->identifier));
  }
  std::ranges::sort(names);
  out["ReadReplicaDBInstanceIdentifiers"] = ToList(names);
  if (instance.source_reference.empty()) return;
  out["ReadReplicaSourceDBInstanceIdentifier"] = instance.source_reference;
  if (instance.base_status == "creating") return;
  const bool replicating = instance.base_status == "available";
  out["StatusInfos"] = List{Properties{{"StatusType", "read replication"},
                                       {"Normal", replicating},
                                       {"Status", replicating ? "replicating" : "stopped"}}};
}

}  // namespace

List RenderTags(Machine& machine, const Scope& scope, const std::string& arn) {
  List tags;
  const auto& all = machine.RealmOf(scope).tags;
  if (auto found = all.find(arn); found != all.end()) {
    for (const auto& [key, value] : found->second)
      tags.push_back(Properties{{"Key", key}, {"Value", value}});
  }
  return tags;
}

std::string DefaultOptionGroup(const Engine& engine, std::string_view version) {
  return "default:" + std::string(engine.name) + "-" + ReplaceAll(MajorOf(engine, version), ".", "-");
}

Properties RenderInstance(Machine& machine, const Instance& instance) {
  const Properties& settings = instance.settings;
  const std::string arn = ArnOf(instance.scope, "db", instance.identifier);
  Properties out;
  for (const SettingRow& row : SettingRows()) {
    if (row.answer.empty()) continue;
    if (const Value* value = Find(settings, row.setting)) out[std::string(row.answer)] = *value;
  }
  out["DBInstanceIdentifier"] = instance.identifier;
  out["DBInstanceStatus"] = ShownStatus(instance);
  out["DbiResourceId"] = instance.resource_id;
  out["DBInstanceArn"] = arn;
  out["DbInstancePort"] = 0;
  if (instance.endpoint_known) {
    out["Endpoint"] = Properties{
        {"Address", instance.address}, {"Port", IntOr(settings, "Port")}, {"HostedZoneId", "Z2R2ITUGPM61AM"}};
    out["InstanceCreateTime"] = Text(instance.created);
  }
  out["PendingModifiedValues"] = RenderPending(instance);
  out["TagList"] = RenderTags(machine, instance.scope, arn);
  out["AssociatedRoles"] = instance.roles;
  out["ActivityStreamStatus"] = "stopped";
  RenderGroups(machine, instance, out);
  RenderDomain(instance, out);
  RenderVolumes(instance, out);
  RenderReplication(machine, instance, out);
  if (BoolOr(settings, "MultiAZ") && instance.endpoint_known) {
    for (const std::string& zone : ZonesOf(instance.scope)) {
      if (zone == TextOr(settings, "AvailabilityZone")) continue;
      out["SecondaryAvailabilityZone"] = zone;
      break;
    }
  }
  if (!instance.endpoint_known) out.erase("AvailabilityZone");
  if (const std::string ca = TextOr(settings, "CACertificateIdentifier"); !ca.empty() && instance.endpoint_known) {
    out["CertificateDetails"] =
        Properties{{"CAIdentifier", ca}, {"ValidTill", Text(instance.created + std::chrono::days(365))}};
  }
  if (IntOr(settings, "BackupRetentionPeriod") > 0 && instance.endpoint_known) {
    out["LatestRestorableTime"] = Text(LatestRestorable(machine, instance));
  }
  if (instance.base_status == "stopped") out["AutomaticRestartTime"] = Text(instance.stopped_at + kStoppedFor);
  if (!instance.secret.empty()) out["MasterUserSecret"] = instance.secret;
  if (IntOr(settings, "MonitoringInterval") > 0) {
    out["EnhancedMonitoringResourceArn"] = "arn:" + Partition(instance.scope.region) +
                                           ":logs:" + instance.scope.region + ":" + instance.scope.account +
                                           ":log-group:RDSOSMetrics:log-stream:" + instance.resource_id;
  }
  return out;
}

Properties RenderSnapshot(Machine& machine, const Scope& scope, const Snapshot& snapshot) {
  Properties out = snapshot.answer;
  out["Status"] = snapshot.status;
  out["PercentProgress"] = snapshot.status == "available" ? 100 : 0;
  out["TagList"] = RenderTags(machine, scope, ArnOf(scope, "snapshot", snapshot.identifier));
  return out;
}

}  // namespace rdsteady::local::sim
