// Pending maintenance: what RDS wants to do by itself, when it will, and how that is brought forward.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/operations.h"
#include "local/sim/pages.h"
#include "local/sim/windows.h"

namespace rdsteady::local::sim {
namespace {

constexpr std::array<std::string_view, 5> kActions = {"ca-certificate-rotation", "db-upgrade", "hardware-maintenance",
                                                      "os-upgrade", "system-update"};

Properties Render(const Instance& instance, const Maintenance& maintenance) {
  Properties out{{"Action", maintenance.action}, {"Description", maintenance.description}};
  auto put = [&](std::string name, std::optional<Instant> at) {
    if (at.has_value()) out[std::move(name)] = FormatIso8601(*at, true);
  };
  put("AutoAppliedAfterDate", maintenance.auto_applied_after);
  put("ForcedApplyDate", maintenance.forced);
  put("CurrentApplyDate", ApplyDateOf(instance, maintenance));
  if (!maintenance.opt_in.empty()) out["OptInStatus"] = maintenance.opt_in;
  return out;
}

Properties Render(const Instance& instance) {
  List details;
  for (const Maintenance& maintenance : instance.maintenance)
    details.push_back(Render(instance, maintenance));
  return {{"ResourceIdentifier", ArnOf(instance.scope, "db", instance.identifier)},
          {"PendingMaintenanceActionDetails", std::move(details)}};
}

// Only instances have maintenance here, and only those of the caller's region are known to it.
Checked<Instance*> RequireResource(const Request& request, const std::string& arn) {
  const std::string start = ArnOf(request.scope, "db", "");
  Instance* instance =
      arn.starts_with(start) ? request.machine.FindInstance(request.scope, arn.substr(start.size())) : nullptr;
  if (instance == nullptr) return Refuse("ResourceNotFoundFault", "The specified resource " + arn + " was not found.");
  return instance;
}

}  // namespace

std::optional<Instant> ApplyDateOf(const Instance& instance, const Maintenance& maintenance) {
  std::optional<Instant> date;
  auto consider = [&](Instant at) {
    if (!date.has_value() || at < *date) date = at;
  };
  if (maintenance.forced.has_value()) consider(*maintenance.forced);
  if (const auto window = ParseMaintenanceWindow(TextOr(instance.settings, "PreferredMaintenanceWindow"))) {
    if (maintenance.opt_in == "next-maintenance") consider(NextWeekly(*window, maintenance.opted_at));
    if (maintenance.auto_applied_after.has_value()) consider(NextWeekly(*window, *maintenance.auto_applied_after));
  }
  return date;
}

Activity PhaseOf(const Machine& machine, const Maintenance& maintenance) {
  return {.kind = ActivityKind::kMaintain,
          .status = maintenance.action == "db-upgrade" ? "upgrading" : "maintenance",
          .lasts = machine.pace().modifying,
          .argument = maintenance.action,
          .verb = EngineVerb::kRestart};
}

Checked<void> OfferMaintenance(Machine& machine, const Scope& scope, std::string_view identifier,
                               MaintenanceOffer offer) {
  Instance* instance = machine.FindInstance(scope, identifier);
  if (instance == nullptr) {
    return Refuse("DBInstanceNotFound", "DBInstance " + std::string(identifier) + " not found.");
  }
  if (std::ranges::find(kActions, offer.action) == kActions.end()) {
    return InvalidValue("Invalid maintenance action '" + offer.action + "'. Must be one of " +
                        QuotedAlternatives(kActions));
  }
  std::erase_if(instance->maintenance, [&](const Maintenance& known) { return known.action == offer.action; });
  instance->maintenance.push_back({.action = std::move(offer.action),
                                   .description = std::move(offer.description),
                                   .opt_in = {},
                                   .auto_applied_after = offer.auto_applied_after,
                                   .forced = offer.forced});
  machine.Pump(*instance);
  return {};
}

void Machine::EndMaintenance(Instance& instance, const Activity& done) {
  std::erase_if(instance.maintenance, [&](const Maintenance& known) { return known.action == done.argument; });
  const Engine* engine = FindEngine(TextOr(instance.settings, "Engine"));
  if (done.argument == "db-upgrade" && engine != nullptr) {
    for (const UpgradeTarget& target : UpgradeTargets(*engine, TextOr(instance.settings, "EngineVersion"))) {
      if (target.automatic) instance.settings["EngineVersion"] = target.version;
    }
    const std::string queued = TextOr(instance.pending, "EngineVersion");
    // What was queued may have been overtaken.
    if (!queued.empty() && CompareVersions(queued, TextOr(instance.settings, "EngineVersion")) <= 0) {
      instance.pending.erase("EngineVersion");
    }
  }
  if (done.argument == "ca-certificate-rotation") {
    const bool has_default = TextOr(instance.settings, "CACertificateIdentifier") == "rds-ca-rsa2048-g1";
    instance.settings["CACertificateIdentifier"] = has_default ? "rds-ca-rsa4096-g1" : "rds-ca-rsa2048-g1";
    instance.pending.erase("CACertificateIdentifier");
    instance.pending_on_reboot.erase("CACertificateIdentifier");
  }
  AddEvent(instance, {"maintenance"}, "Finished applying maintenance: " + done.argument);
}

Outcome DescribePendingMaintenanceActions(const Request& request) {
  auto filters = ReadFilters(request, {"db-cluster-id", "db-instance-id"});
  if (!filters.has_value()) return std::unexpected(filters.error());
  if (auto names = filters->find("db-instance-id"); names != filters->end()) {
    for (std::string& name : names->second)
      name = InstanceNameOf(name);
  }
  const std::string resource = TextOr(request.input, "ResourceIdentifier");
  const Instance* only = nullptr;
  if (!resource.empty()) {
    auto found = RequireResource(request, resource);
    if (!found.has_value()) return std::unexpected(found.error());
    only = *found;
  }
  std::vector<Item> items;
  for (const auto& [identifier, instance] : request.machine.RealmOf(request.scope).instances) {
    const bool wanted = (only == nullptr || only == &instance) && Passes(*filters, "db-instance-id", identifier) &&
                        !filters->contains("db-cluster-id");
    if (wanted && !instance.maintenance.empty()) items.push_back({identifier, Render(instance)});
  }
  return CutPage(request, "PendingMaintenanceActions", std::move(items));
}

Outcome ApplyPendingMaintenanceAction(const Request& request) {
  auto found = RequireResource(request, TextOr(request.input, "ResourceIdentifier"));
  if (!found.has_value()) return std::unexpected(found.error());
  Instance& instance = **found;
  Machine& machine = request.machine;
  const std::string action = TextOr(request.input, "ApplyAction");
  const std::string opt_in = TextOr(request.input, "OptInType");
  if (opt_in != "immediate" && opt_in != "next-maintenance" && opt_in != "undo-opt-in") {
    return InvalidValue("Invalid value '" + opt_in +
                        "' for OptInType. Must be one of 'immediate', 'next-maintenance' or 'undo-opt-in'");
  }
  auto pending = std::ranges::find(instance.maintenance, action, &Maintenance::action);
  if (pending == instance.maintenance.end()) {
    return Refuse("ResourceNotFoundFault",
                  "The action " + action + " is not pending for DB instance " + instance.identifier + ".");
  }
  if (pending->opt_in == "immediate") {
    return InvalidCombination("The action " + action + " is being applied immediately, which can't be undone.");
  }
  if (opt_in == "immediate") {
    RDSTEADY_CHECK(RequireAvailable(instance));
    pending->opt_in = opt_in;
    machine.Begin(instance,
                  {{.kind = ActivityKind::kLag, .lasts = machine.pace().status_lag}, PhaseOf(machine, *pending)});
  } else {
    pending->opt_in = opt_in == "undo-opt-in" ? std::string() : opt_in;
    pending->opted_at = machine.now();
    machine.Touch(instance);
  }
  return Properties{{"ResourcePendingMaintenanceActions", Render(instance)}};
}

}  // namespace rdsteady::local::sim
