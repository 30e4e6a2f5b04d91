// CreateDBSnapshot, DeleteDBSnapshot, DescribeDBSnapshots, and the snapshots that deletions and stops ask for.
#include "local/sim/snapshots.h"

#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/pages.h"
#include "local/sim/render.h"
#include "local/sim/validate.h"

namespace rdsteady::local::sim {
namespace {

bool IsManual(const Snapshot& snapshot) {
  return TextOr(snapshot.answer, "SnapshotType") == "manual";
}

}  // namespace

std::string SnapshotNameOf(const Scope& scope, std::string_view reference) {
  const std::string lower = ToLower(reference);
  const std::string start = ArnOf(scope, "snapshot", "");
  return lower.starts_with(start) ? lower.substr(start.size()) : lower;
}

Checked<Snapshot*> RequireSnapshot(const Request& request, std::string_view member) {
  const std::string reference = TextOr(request.input, member);
  Snapshot* snapshot = request.machine.FindSnapshot(request.scope, SnapshotNameOf(request.scope, reference));
  if (snapshot == nullptr) return Refuse("DBSnapshotNotFound", "DBSnapshot " + reference + " not found.");
  return snapshot;
}

Checked<void> CheckNewSnapshot(const Request& request, std::string_view member, const std::string& name) {
  RDSTEADY_CHECK(CheckIdentifier(member, name, 255));
  Machine& machine = request.machine;
  if (machine.FindSnapshot(request.scope, name) != nullptr) {
    return Refuse("DBSnapshotAlreadyExists", "Cannot create the snapshot because a snapshot with the identifier " +
                                                 ToLower(name) + " already exists.");
  }
  const auto& snapshots = machine.RealmOf(request.scope).snapshots;
  const auto manual = std::ranges::count_if(snapshots, [](const auto& known) { return IsManual(known.second); });
  const std::size_t most = machine.options().quotas.manual_snapshots;
  if (static_cast<std::size_t>(manual) >= most) {
    return Refuse("SnapshotQuotaExceeded", "Cannot create more than " + std::to_string(most) + " manual snapshots");
  }
  return {};
}

Activity TakeManualSnapshot(const Request& request, const Instance& instance, const std::string& name,
                            std::string status) {
  Machine& machine = request.machine;
  const std::string identifier = ToLower(name);
  machine.AddSnapshot(instance, identifier, "manual");
  machine.AddEvent(request.scope, {.source_type = "db-snapshot",
                                   .source = identifier,
                                   .source_arn = ArnOf(request.scope, "snapshot", identifier),
                                   .message = "Creating manual snapshot",
                                   .categories = {"creation"}});
  return {.kind = ActivityKind::kBackup,
          .status = std::move(status),
          .lasts = machine.pace().backing_up,
          .argument = identifier};
}

Outcome CreateDBSnapshot(const Request& request) {
  auto found = RequireInstance(request, "DBInstanceIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  const std::string name = TextOr(request.input, "DBSnapshotIdentifier");
  RDSTEADY_CHECK(CheckTags(request.input));
  RDSTEADY_CHECK(CheckNewSnapshot(request, "DBSnapshotIdentifier", name));
  if (!IsSettled(instance) || instance.base_status != "available") {
    return Refuse("InvalidDBInstanceState", "Cannot create a snapshot because the database instance " +
                                                instance.identifier + " is not currently in the available state.");
  }
  Machine& machine = request.machine;
  Activity backup = TakeManualSnapshot(request, instance, name, "backing-up");
  PutTags(request, ArnOf(request.scope, "snapshot", backup.argument));
  const std::string identifier = backup.argument;
  machine.Begin(instance, {std::move(backup)});
  return Properties{
      {"DBSnapshot", RenderSnapshot(machine, request.scope, *machine.FindSnapshot(request.scope, identifier))}};
}

Outcome DeleteDBSnapshot(const Request& request) {
  auto found = RequireSnapshot(request, "DBSnapshotIdentifier");
  if (!found.has_value()) return std::unexpected(found.error());
  const Snapshot& snapshot = **found;
  if (!IsManual(snapshot)) {
    return Refuse("InvalidDBSnapshotState",
                  "Cannot delete the automated snapshot " + snapshot.identifier +
                      ": automated snapshots are deleted with their retention period or their DB instance.");
  }
  if (snapshot.status == "creating") {
    return Refuse("InvalidDBSnapshotState", "Cannot delete the snapshot because it is not in the available state: " +
                                                snapshot.identifier + " is creating.");
  }
  Machine& machine = request.machine;
  Properties shown = RenderSnapshot(machine, request.scope, snapshot);
  shown["Status"] = "deleted";
  machine.AddEvent(request.scope, {.source_type = "db-snapshot",
                                   .source = snapshot.identifier,
                                   .source_arn = ArnOf(request.scope, "snapshot", snapshot.identifier),
                                   .message = "Deleted manual snapshot",
                                   .categories = {"deletion"}});
  machine.EraseSnapshot(request.scope, std::string(snapshot.identifier));
  return Properties{{"DBSnapshot", std::move(shown)}};
}

Outcome DescribeDBSnapshots(const Request& request) {
  auto filters =
      ReadFilters(request, {"db-instance-id", "db-snapshot-id", "dbi-resource-id", "snapshot-type", "engine"});
  if (!filters.has_value()) return std::unexpected(filters.error());
  for (auto& [filter, values] : *filters) {
    for (std::string& value : values) {
      if (filter == "db-instance-id") value = InstanceNameOf(value);
      if (filter == "db-snapshot-id") value = SnapshotNameOf(request.scope, value);
    }
  }
  const std::string name = SnapshotNameOf(request.scope, TextOr(request.input, "DBSnapshotIdentifier"));
  const std::string source = InstanceNameOf(TextOr(request.input, "DBInstanceIdentifier"));
  const std::string resource = TextOr(request.input, "DbiResourceId");
  const std::string type = ToLower(TextOr(request.input, "SnapshotType"));
  // Nothing is shared or public here, and there is no AWS Backup: those lists are empty.
  constexpr std::string_view kTypes[] = {"", "automated", "manual", "shared", "public", "awsbackup"};
  if (std::ranges::find(kTypes, type) == std::end(kTypes)) {
    return InvalidValue("Invalid snapshot type: " + type);
  }
  std::vector<Item> items;
  for (const auto& [key, snapshot] : request.machine.RealmOf(request.scope).snapshots) {
    const Properties& answer = snapshot.answer;
    if ((!name.empty() && key != name) || (!source.empty() && TextOr(answer, "DBInstanceIdentifier") != source) ||
        (!resource.empty() && !EqualsIgnoreCase(TextOr(answer, "DbiResourceId"), resource)) ||
        (!type.empty() && TextOr(answer, "SnapshotType") != type) || !Passes(*filters, "db-snapshot-id", key) ||
        !Passes(*filters, "engine", TextOr(answer, "Engine")) ||
        !Passes(*filters, "db-instance-id", TextOr(answer, "DBInstanceIdentifier")) ||
        !Passes(*filters, "dbi-resource-id", TextOr(answer, "DbiResourceId")) ||
        !Passes(*filters, "snapshot-type", TextOr(answer, "SnapshotType"))) {
      continue;
    }
    items.push_back({key, RenderSnapshot(request.machine, request.scope, snapshot)});
  }
  if (!name.empty() && items.empty()) return Refuse("DBSnapshotNotFound", "DBSnapshot " + name + " not found.");
  return CutPage(request, "DBSnapshots", std::move(items));
}

}  // namespace rdsteady::local::sim
