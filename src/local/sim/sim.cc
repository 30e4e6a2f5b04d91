#include "local/sim/sim.h"

#include "local/sim/input.h"
#include "local/sim/keys.h"
#include "local/sim/machine.h"
#include "local/sim/operations.h"
#include "local/sim/pages.h"
#include "local/sim/render.h"
#include "local/sim/validate.h"

namespace rdsteady::local {

class Sim::Impl {
 public:
  explicit Impl(SimOptions options) : machine(std::move(options)) {}
  sim::Machine machine;
};

Sim::Sim(SimOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Sim::~Sim() = default;
Sim::Sim(Sim&&) noexcept = default;
Sim& Sim::operator=(Sim&&) noexcept = default;

std::expected<void, std::string> Sim::Load(const std::vector<Record>& records, Instant now) {
  return impl_->machine.Load(records, now);
}

std::expected<InstancePage, Fault> Sim::Page(const Call& call, Instant now) {
  impl_->machine.AdvanceTo(now);
  if (auto checked = sim::CheckShape(*call.operation->input, call.input); !checked.has_value()) {
    return std::unexpected(checked.error());
  }
  const sim::Scope scope{call.account, call.region};
  auto found = sim::FindInstances({.machine = impl_->machine, .scope = scope, .input = call.input});
  if (!found.has_value()) return std::unexpected(found.error());
  InstancePage page{.instances = {}, .marker = std::move(found->marker)};
  page.instances.reserve(found->instances.size());
  for (const sim::Instance* instance : found->instances) {
    page.instances.push_back({instance->resource_id, impl_->machine.RevisionOf(*instance)});
  }
  return page;
}

Properties Sim::Show(std::string_view resource_id) {
  const sim::Instance* instance = impl_->machine.FindByResource(resource_id);
  return instance == nullptr ? Properties{} : sim::RenderInstance(impl_->machine, *instance);
}

Answer Sim::Handle(const Call& call, Instant now) {
  impl_->machine.AdvanceTo(now);
  if (call.operation == nullptr) return sim::Refuse("InvalidAction", "The request names no operation.");
  const std::string_view name = call.operation->name;
  const sim::Handler handler = sim::FindHandler(name);
  if (handler == nullptr) {
    return sim::Refuse("InvalidAction", std::string(name) + " is not implemented by the local RDS");
  }
  if (call.operation->input != nullptr) {
    if (auto checked = sim::CheckShape(*call.operation->input, call.input); !checked.has_value()) {
      return std::unexpected(checked.error());
    }
  }
  const sim::Scope scope{call.account, call.region};
  return handler({.machine = impl_->machine, .scope = scope, .input = call.input});
}

void Sim::Advance(Instant now) {
  impl_->machine.AdvanceTo(now);
}

std::optional<Instant> Sim::NextTimer() const {
  return impl_->machine.NextTimer();
}

std::expected<void, Fault> Sim::OfferMaintenance(const std::string& account, const std::string& region,
                                                 const std::string& identifier, MaintenanceOffer offer, Instant now) {
  impl_->machine.AdvanceTo(now);
  return sim::OfferMaintenance(impl_->machine, {account, region}, identifier, std::move(offer));
}

Answer Sim::DescribeKey(const std::string& account, const std::string& region, const Properties& input, Instant now) {
  impl_->machine.AdvanceTo(now);
  return sim::DescribeKey(impl_->machine, {account, region}, input);
}

void Sim::OnEngineReport(const EngineReport& report, Instant now) {
  impl_->machine.Report(report, now);
}

std::vector<EngineJob> Sim::TakeEngineJobs() {
  return impl_->machine.TakeEngineJobs();
}

std::vector<Record> Sim::TakeChangedRecords() {
  return impl_->machine.TakeChangedRecords();
}

Properties Sim::Summary() const {
  List instances;
  for (const auto& [scope, realm] : impl_->machine.realms()) {
    for (const auto& [identifier, instance] : realm.instances) {
      Properties one{{"account", scope.account},
                     {"region", scope.region},
                     {"identifier", identifier},
                     {"engine", sim::TextOr(instance.settings, "Engine")},
                     {"engine_version", sim::TextOr(instance.settings, "EngineVersion")},
                     {"status", sim::ShownStatus(instance)},
                     {"real", instance.real},
                     {"resource_id", instance.resource_id},
                     {"address", instance.address},
                     {"port", sim::IntOr(instance.settings, "Port")}};
      if (!instance.status_reason.empty()) one["status_reason"] = instance.status_reason;
      instances.push_back(std::move(one));
    }
  }
  return {{"instances", std::move(instances)}};
}

}  // namespace rdsteady::local
