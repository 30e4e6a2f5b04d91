#include "report/status_report.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/plan_report.h"

namespace rdsteady::report {
namespace {

Value ResourceToJson(const plan::ResourcePlan& resource, const plan::Observation* observed) {
  const bool exists = observed != nullptr && observed->exists;
  Properties json{{"resource", resource.Id()}, {"exists", exists}};
  if (exists) {
    if (!resource.kind->status_path.empty()) {
      const Value* status = observed->live.FindPath(resource.kind->status_path);
      if (status != nullptr && status->Is<std::string>()) json.emplace("status", *status);
    }
    const Value* address = observed->live.FindPath("Endpoint.Address");
    const Value* port = observed->live.FindPath("Endpoint.Port");
    if (address != nullptr && port != nullptr) json.emplace("endpoint", ToDisplay(*address) + ":" + ToDisplay(*port));
  }
  List differs;
  List unknown;
  for (const plan::Decision& decision : resource.decisions) {
    if (!exists) break;
    if (decision.verdict == plan::Verdict::kUnknowable) unknown.emplace_back(decision.property);
    if (decision.verdict != plan::Verdict::kDiffers && decision.verdict != plan::Verdict::kRefused) continue;
    // A secret cannot be compared, so there is nothing to show on either side.
    const bool secret = IsSensitiveProperty(*resource.kind, decision.property);
    differs.emplace_back(Properties{{"property", decision.property},
                                    {"stated", secret ? Value("****") : decision.desired},
                                    {"live", secret ? Value("****") : decision.live}});
  }
  if (!differs.empty()) json.emplace("differs", std::move(differs));
  if (!unknown.empty()) json.emplace("unknown", std::move(unknown));
  if (!resource.scheduled.empty())
    json.emplace("scheduled", List(resource.scheduled.begin(), resource.scheduled.end()));
  List refused;
  for (const plan::Refusal& refusal : resource.refusals) {
    refused.emplace_back(Properties{{"property", refusal.property}, {"why", refusal.message}});
  }
  if (!refused.empty()) json.emplace("refused", std::move(refused));
  if (!resource.notes.empty()) json.emplace("notes", List(resource.notes.begin(), resource.notes.end()));
  return json;
}

}  // namespace

Value StatusToJson(const plan::Plan& plan, const plan::World& world) {
  List resources;
  for (const plan::ResourcePlan& resource : plan.resources) {
    const auto found = world.find(resource.observed);
    resources.push_back(ResourceToJson(resource, found == world.end() ? nullptr : &found->second));
  }
  return Properties{
      {"format_version", kFormatVersion}, {"type", "status"},          {"region", plan.region},
      {"account", plan.account},          {"endpoint", plan.endpoint}, {"resources", std::move(resources)}};
}

std::string StatusText(const Value& status, const TextStyle& style) {
  std::string out;
  std::size_t off = 0;
  for (const Value& resource : ListOf(status, "resources")) {
    const bool exists = FlagOf(resource, "exists");
    const List& differs = ListOf(resource, "differs");
    if (!exists || !differs.empty()) ++off;
    std::string state = exists ? "exists" : "does not exist";
    if (!TextOf(resource, "status").empty()) state = Printable(TextOf(resource, "status"));
    if (!TextOf(resource, "endpoint").empty()) state += " at " + Printable(TextOf(resource, "endpoint"));
    const Ink ink = exists && differs.empty() ? Ink::kPlain : Ink::kYellow;
    out += Paint(style, ink, Printable(TextOf(resource, "resource"))) + ": " + state + "\n";
    for (const Value& one : differs) {
      const Value& live = *one.Find("live");
      out += fmt::format("  differs: {} is {}, stated {}\n", Printable(TextOf(one, "property")),
                         live.IsNull() ? "not set" : Shown(live), Shown(*one.Find("stated")));
    }
    for (const Value& line : ListOf(resource, "scheduled"))
      out += "  scheduled: " + Printable(line.As<std::string>()) + "\n";
    for (const Value& name : ListOf(resource, "unknown"))
      out += "  could not be read: " + Printable(name.As<std::string>()) + "\n";
    for (const Value& one : ListOf(resource, "refused")) {
      out += fmt::format("  cannot be changed: {}{}{}\n", Printable(TextOf(one, "property")),
                         TextOf(one, "property").empty() ? "" : ": ", Printable(TextOf(one, "why")));
    }
    for (const Value& note : ListOf(resource, "notes"))
      out += "  note: " + Printable(note.As<std::string>()) + "\n";
  }
  const auto total = ListOf(status, "resources").size();
  const std::string summary =
      off == 0 ? fmt::format("{} as stated", total == 1 ? "1 resource is" : fmt::format("all {} resources are", total))
               : fmt::format("{} of {} {}", off, Counted(total, "resource"), off == 1 ? "differs" : "differ");
  return out + Paint(style, Ink::kBold, summary) + "\n";
}

}  // namespace rdsteady::report
