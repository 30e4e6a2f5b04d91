#include "report/plan_report.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "report/decision_report.h"

namespace rdsteady::report {
namespace {

List Texts(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// The last guard before a value is shown: what belongs to a sensitive member and is text after all, is not.
Value Masked(bool sensitive, const Value& value) {
  return sensitive && value.Is<std::string>() ? Value("****") : value;
}

Properties MaskedMembers(std::string_view operation_name, const Properties& parameters) {
  const model::Operation* operation = model::FindOperation(operation_name);
  Properties out;
  for (const auto& [name, value] : parameters) {
    const model::Member* member =
        operation == nullptr || operation->input == nullptr ? nullptr : model::FindMember(*operation->input, name);
    const bool sensitive =
        member == nullptr ? model::IsSensitiveName(name) : member->sensitive || member->shape->sensitive;
    out.emplace(name, Masked(sensitive, value));
  }
  return out;
}

Value ForecastToJson(const plan::Forecast& forecast) {
  Properties json{{"disruption", Word(forecast.disruption)},
                  {"when", Word(forecast.when)},
                  {"reversible", Word(forecast.reversible)},
                  {"destroys", Word(forecast.destroys)},
                  {"storage_optimization", Word(forecast.storage_optimization)},
                  {"confirmed", forecast.confirmed}};
  if (forecast.window) json.emplace("window", FormatIso8601(*forecast.window));
  if (!forecast.notes.empty()) json.emplace("notes", Texts(forecast.notes));
  return json;
}

Value StepToJson(const plan::ResourcePlan& resource, const plan::Step& step) {
  List changes;
  for (const plan::Change& change : step.changes) {
    const bool sensitive = IsSensitiveProperty(*resource.kind, change.property);
    Properties json{{"id", plan::ChangeId(resource.Id(), change.property)},
                    {"property", change.property},
                    {"from", Masked(sensitive, change.from)},
                    {"to", Masked(sensitive, change.to)},
                    {"forecast", ForecastToJson(change.forecast)}};
    if (std::string where = Position(change.where); !where.empty()) json.emplace("where", std::move(where));
    changes.emplace_back(std::move(json));
  }
  Properties json{{"action", Word(step.action)},
                  {"operation", step.operation.view()},
                  {"parameters", MaskedMembers(step.operation.view(), step.parameters)},
                  {"apply_immediately", step.apply_immediately},
                  {"changes", std::move(changes)}};
  if (!step.flushes.empty()) json.emplace("flushes", Texts(step.flushes));
  if (step.conditional) json.emplace("conditional", true);
  if (step.confirm_pending) json.emplace("confirm_pending", true);
  // The birth without a selector makes an empty database where other births would bring data along.
  const auto births = resource.kind->births;
  if (step.action == plan::Action::kCreate && births.size() > 1 && step.operation == births.back().operation) {
    json.emplace("new_and_empty", true);
  }
  return json;
}

Value ResourceToJson(const plan::ResourcePlan& resource, Detail detail) {
  Properties json{{"resource", resource.Id()},
                  {"kind", resource.kind->name},
                  {"name", resource.name},
                  {"fate", Word(resource.fate)}};
  if (!resource.steps.empty() && resource.fate != plan::Fate::kRefused) {  // a refused resource is left alone
    List steps;
    for (const plan::Step& step : resource.steps)
      steps.push_back(StepToJson(resource, step));
    json.emplace("steps", std::move(steps));
    json.emplace("disruption", Word(resource.WorstDisruption()));
  }
  if (!resource.refusals.empty()) {
    List refusals;
    for (const plan::Refusal& refusal : resource.refusals) {
      Properties one{{"rule", refusal.rule}, {"message", refusal.message}};
      if (!refusal.property.empty()) one.emplace("property", refusal.property);
      if (!refusal.advice.empty()) one.emplace("advice", refusal.advice);
      if (std::string where = Position(refusal.where); !where.empty()) one.emplace("where", std::move(where));
      refusals.emplace_back(std::move(one));
    }
    json.emplace("refusals", std::move(refusals));
  }
  if (!resource.scheduled.empty()) json.emplace("scheduled", Texts(resource.scheduled));
  if (!resource.notes.empty()) json.emplace("notes", Texts(resource.notes));
  if (!resource.depends_on.empty()) {
    List keys;
    for (const plan::ResourceKey& key : resource.depends_on)
      keys.emplace_back(key.kind + "/" + key.name);
    json.emplace("depends_on", std::move(keys));
  }
  if (detail == Detail::kDecisions) json.emplace("decisions", DecisionsToJson(resource));
  if (resource.next_window) json.emplace("next_window", FormatIso8601(*resource.next_window));
  return json;
}

std::string Indented(std::string_view text, std::string_view indent) {
  std::string out;
  for (const std::string_view line : Split(text, '\n'))
    out += std::string(out.empty() ? "" : "\n") + std::string(indent) + Printable(line);
  return out;
}

struct Look {
  std::string_view symbol;
  Ink ink;
};

Look LookOf(std::string_view fate) {
  if (fate == "create") return {"+", Ink::kGreen};
  if (fate == "update") return {"~", Ink::kYellow};
  if (fate == "scheduled") return {">", Ink::kCyan};
  if (fate == "refused") return {"!", Ink::kRed};
  return {" ", Ink::kPlain};
}

// What becomes of a value that goes. An operation of its own takes it away, or ends what it said; a modification goes
// back to what RDS takes by itself.
std::string_view WordForGone(std::string_view resource, std::string_view operation) {
  using What = model::SeparateOperation::What;
  const model::Kind* kind = model::FindKind(resource.substr(0, resource.find('/')));
  if (kind == nullptr) return "(reset)";
  const auto row = std::ranges::find_if(
      kind->operations, [&](const model::SeparateOperation& one) { return one.operation.view() == operation; });
  if (row == kind->operations.end()) return "(reset)";
  if (row->what == What::kRemove) return "(removed)";
  return row->what == What::kPromote ? "(none)" : "(reset)";
}

void AppendChange(std::string& out, const Value& change, bool creating, std::string_view gone) {
  const Value* from = change.Find("from");
  const Value* to = change.Find("to");
  const std::string property = Printable(TextOf(change, "property"));
  if (creating) {
    out += fmt::format("    {}: {}\n", property, Shown(*to));
    return;
  }
  out += fmt::format("    {}: {} -> {}\n", property, from->IsNull() ? "(none)" : Shown(*from),
                     to->IsNull() ? gone : Shown(*to));
  const Value& forecast = *change.Find("forecast");
  out += fmt::format("        {}\n", ForecastText(forecast));
  for (const Value& note : ListOf(forecast, "notes"))
    out += Indented("note: " + note.As<std::string>(), "        ") + "\n";
}

// What comes into being costs nobody anything: its steps show what it will be, without forecasts.
void AppendStep(std::string& out, const Value& step, bool creating, std::string_view resource) {
  std::string line = fmt::format("  {}", TextOf(step, "operation"));
  if (FlagOf(step, "new_and_empty")) line += ": new, empty";
  if (FlagOf(step, "conditional")) line += ", if what comes before asks for it";
  if (TextOf(step, "action") == "withdraw") line += ": withdraws what waits";
  if (FlagOf(step, "apply_immediately")) line += " (ApplyImmediately)";
  out += line + "\n";
  for (const Value& change : ListOf(step, "changes"))
    AppendChange(out, change, creating, WordForGone(resource, TextOf(step, "operation")));
  for (const Value& flushed : ListOf(step, "flushes")) {
    out += fmt::format("    also runs what waits: {}\n", Printable(flushed.As<std::string>()));
  }
  if (FlagOf(step, "confirm_pending"))
    out += "    sent only if the waiting value is still there after three readings\n";
}

void AppendResource(std::string& out, const Value& resource, const TextStyle& style) {
  const std::string_view fate = TextOf(resource, "fate");
  const List& notes = ListOf(resource, "notes");
  const List& decisions = ListOf(resource, "decisions");
  if (fate == "unchanged" && notes.empty() && decisions.empty()) return;
  const Look look = LookOf(fate);
  out += Paint(style, look.ink, fmt::format("{} {}: {}", look.symbol, Printable(TextOf(resource, "resource")), fate)) +
         "\n";
  for (const Value& step : ListOf(resource, "steps"))
    AppendStep(out, step, fate == "create", TextOf(resource, "resource"));
  for (const Value& line : ListOf(resource, "scheduled"))
    out += "  scheduled: " + Printable(line.As<std::string>()) + "\n";
  for (const Value& refusal : ListOf(resource, "refusals")) {
    std::string subject = Printable(TextOf(refusal, "property"));
    if (!subject.empty()) subject += ": ";
    out += Indented(fmt::format("refused: {}{} [{}]", subject, TextOf(refusal, "message"), TextOf(refusal, "rule")),
                    "  ") +
           "\n";
    if (!TextOf(refusal, "where").empty()) out += fmt::format("    at {}\n", Printable(TextOf(refusal, "where")));
    if (!TextOf(refusal, "advice").empty())
      out += Indented("advice: " + std::string(TextOf(refusal, "advice")), "    ") + "\n";
  }
  for (const Value& note : notes)
    out += Indented("note: " + note.As<std::string>(), "  ") + "\n";
  if (!decisions.empty()) out += "  why:\n" + DecisionsText(decisions, fate == "create", style);
}

}  // namespace

Value PlanToJson(const plan::Plan& plan, std::span<const plan::ApprovalNeed> approvals, Detail detail) {
  List resources;
  std::size_t create = 0;
  std::size_t update = 0;
  std::size_t scheduled = 0;
  std::size_t refused = 0;
  std::size_t unchanged = 0;
  std::size_t calls = 0;
  for (const plan::ResourcePlan& resource : plan.resources) {
    resources.push_back(ResourceToJson(resource, detail));
    if (resource.fate != plan::Fate::kRefused) calls += resource.steps.size();  // a refused resource is left alone
    switch (resource.fate) {
      case plan::Fate::kCreate: ++create; break;
      case plan::Fate::kUpdate: ++update; break;
      case plan::Fate::kScheduled: ++scheduled; break;
      case plan::Fate::kRefused: ++refused; break;
      case plan::Fate::kUnchanged: ++unchanged; break;
    }
  }
  List needs;
  for (const plan::ApprovalNeed& need : approvals) {
    Properties one{{"resource", need.resource},
                   {"property", need.property},
                   {"why", need.why},
                   {"irreversible", need.irreversible}};
    if (need.asked) one.emplace("asked", true);
    needs.emplace_back(std::move(one));
  }
  return Properties{{"format_version", kFormatVersion},
                    {"type", "plan"},
                    {"region", plan.region},
                    {"account", plan.account},
                    {"endpoint", plan.endpoint},
                    {"when", Word(plan.when)},
                    {"resources", std::move(resources)},
                    {"approvals", std::move(needs)},
                    {"counts", Properties{{"create", create},
                                          {"update", update},
                                          {"scheduled", scheduled},
                                          {"refused", refused},
                                          {"unchanged", unchanged},
                                          {"calls", calls}}}};
}

std::string Shown(const Value& value) {
  constexpr std::size_t kLongest = 200;
  std::string text = Printable(ToDisplay(value));
  if (text.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
      --end;
    text = fmt::format("{}... ({} bytes)", text.substr(0, end), text.size());
  }
  return text;
}

std::string ForecastText(const Value& forecast) {
  std::vector<std::string> parts;
  const std::string_view when = TextOf(forecast, "when");
  const std::string_view window = TextOf(forecast, "window");
  if (when == "now") parts.emplace_back("now");
  else if (when == "soon") parts.emplace_back("as soon as possible, whatever is asked");
  else if (when == "window")
    parts.push_back(window.empty() ? "in the next maintenance window" : fmt::format("in the window of {}", window));
  else if (when == "next-reboot") parts.emplace_back("at the next reboot");
  else if (when == "unknown") parts.emplace_back("when is not known");

  const std::string_view disruption = TextOf(forecast, "disruption");
  if (disruption == "none") parts.emplace_back("no disruption");
  else if (disruption == "unknown") parts.emplace_back("disruption not known, take it as an outage");
  else parts.emplace_back(disruption);

  const std::string_view optimization = TextOf(forecast, "storage_optimization");
  if (optimization == "yes") parts.emplace_back("storage optimization follows");
  else if (optimization == "maybe") parts.emplace_back("storage optimization may follow");

  const std::string_view reversible = TextOf(forecast, "reversible");
  if (reversible == "yes") parts.emplace_back("reversible");
  else if (reversible == "no") parts.emplace_back("cannot be undone");
  else parts.emplace_back("whether it can be undone is not known");

  const std::string_view destroys = TextOf(forecast, "destroys");
  if (destroys == "other") parts.emplace_back("DESTROYS something (see the note)");
  else if (destroys == "replication-link") parts.emplace_back("DESTROYS the replication link");
  else if (destroys != "nothing") parts.push_back(fmt::format("DESTROYS {}", destroys));
  if (!FlagOf(forecast, "confirmed")) parts.emplace_back("expected, not confirmed by AWS's reference");
  return Join(parts, "; ");
}

std::string PlanSummary(const Value& plan) {
  const Value& counts = *plan.Find("counts");
  std::vector<std::string> parts;
  const auto add = [&](std::string_view member, std::string_view words) {
    if (const auto count = NumberOf(counts, member); count != 0) parts.push_back(fmt::format("{} {}", count, words));
  };
  add("create", "to create");
  add("update", "to update");
  add("refused", "refused");
  const auto calls = NumberOf(counts, "calls");
  if (parts.empty()) {
    const auto scheduled = NumberOf(counts, "scheduled");
    const auto total = static_cast<std::size_t>(NumberOf(counts, "unchanged") + scheduled);
    std::string text =
        fmt::format("nothing to do: {} {} as stated", Counted(total, "resource"), total == 1 ? "is" : "are");
    if (scheduled != 0) text += fmt::format(", {} with scheduled changes", scheduled);
    return text;
  }
  add("scheduled", "scheduled");
  add("unchanged", "unchanged");
  return fmt::format("{}; {} to make", Join(parts, ", "), Counted(static_cast<std::size_t>(calls), "call"));
}

std::string PlanText(const Value& plan, const TextStyle& style) {
  std::string out;
  for (const Value& resource : ListOf(plan, "resources"))
    AppendResource(out, resource, style);
  if (const List& approvals = ListOf(plan, "approvals"); !approvals.empty()) {
    out += "needs approval:\n";
    for (const Value& need : approvals) {
      const std::string id = fmt::format("{}.{}", TextOf(need, "resource"), TextOf(need, "property"));
      out += fmt::format("  {}: {}\n", Printable(id), Printable(TextOf(need, "why")));
      if (FlagOf(need, "asked")) out += fmt::format("    only by a person, or with --approve {}\n", Printable(id));
      if (FlagOf(need, "irreversible")) out += fmt::format("    only with --allow-irreversible {}\n", Printable(id));
    }
  }
  out += Paint(style, Ink::kBold, PlanSummary(plan)) + "\n";
  return out;
}

}  // namespace rdsteady::report
