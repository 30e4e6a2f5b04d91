#include "report/decision_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/plan_report.h"
#include "report/table_words.h"

namespace rdsteady::report {
namespace {

Value Masked(bool sensitive, const Value& value) {
  return sensitive && value.Is<std::string>() ? Value("****") : value;
}

// A refused resource is left alone: nothing is sent, whatever its steps would have been.
std::string_view SentBy(const plan::ResourcePlan& resource, std::string_view property) {
  if (resource.fate == plan::Fate::kRefused) return {};
  for (const plan::Step& step : resource.steps) {
    if (std::ranges::any_of(step.changes, [&](const plan::Change& change) { return change.property == property; }))
      return step.operation.view();
  }
  return {};
}

const plan::Refusal* RefusalOf(const plan::ResourcePlan& resource, std::string_view property) {
  const auto found = std::ranges::find(resource.refusals, property, &plan::Refusal::property);
  return found == resource.refusals.end() ? nullptr : &*found;
}

Ink InkOf(std::string_view verdict) {
  if (verdict == "refused") return Ink::kRed;
  if (verdict == "differs") return Ink::kYellow;
  if (verdict == "scheduled") return Ink::kCyan;
  return Ink::kPlain;
}

}  // namespace

List DecisionsToJson(const plan::ResourcePlan& resource) {
  List decisions;
  for (const plan::Decision& decision : resource.decisions) {
    const bool sensitive = IsSensitiveProperty(*resource.kind, decision.property);
    const plan::Refusal* refusal = RefusalOf(resource, decision.property);
    Properties json{{"property", decision.property},
                    {"verdict", Word(refusal == nullptr ? decision.verdict : plan::Verdict::kRefused)},
                    {"desired", Masked(sensitive, decision.desired)},
                    {"live", Masked(sensitive, decision.live)},
                    {"scheduled", Masked(sensitive, decision.scheduled)},
                    {"reason", refusal == nullptr ? decision.reason : refusal->message}};
    if (refusal != nullptr) json.emplace("rule", refusal->rule);
    else if (!decision.rule.empty()) json.emplace("rule", decision.rule);
    const model::Property* row = model::FindProperty(*resource.kind, plan::PropertyOf(decision.property));
    if (row != nullptr) json.emplace("compared", ComparedAs(row->compare));
    if (const std::string_view call = SentBy(resource, decision.property); !call.empty()) json.emplace("sent_by", call);
    decisions.emplace_back(std::move(json));
  }
  return decisions;
}

std::string DecisionsText(const List& decisions, bool creating, const TextStyle& style) {
  constexpr std::string_view kIndent = "        ";
  std::string out;
  for (const Value& decision : decisions) {
    const std::string_view verdict = TextOf(decision, "verdict");
    const std::string_view call = TextOf(decision, "sent_by");
    std::string words(verdict == "not-compared" ? "not compared" : verdict);
    if (creating && verdict == "differs") words = "new";
    if (const std::string_view rule = TextOf(decision, "rule"); !rule.empty()) words += fmt::format(" [{}]", rule);
    if (!call.empty()) words += fmt::format(", sent by {}", call);
    else if (verdict == "differs") words += ", not sent";
    out += fmt::format("    {}: {}\n", Printable(TextOf(decision, "property")), Paint(style, InkOf(verdict), words));

    const Value& live = *decision.Find("live");
    const Value& scheduled = *decision.Find("scheduled");
    std::string values = "stated " + Shown(*decision.Find("desired"));
    if (!creating) values += live.IsNull() ? "; live: nothing" : "; live " + Shown(live);
    if (!scheduled.IsNull()) values += "; scheduled " + Shown(scheduled);
    out += Wrapped(values, kIndent, kIndent);

    // What the first line says already is not said twice.
    std::string why = Printable(TextOf(decision, "reason"));
    if (why == verdict || why == "new") why.clear();
    const std::string_view compared = TextOf(decision, "compared");
    const bool was_compared = verdict == "equal" || verdict == "differs" || verdict == "scheduled";
    if (!creating && was_compared && !compared.empty())
      why += fmt::format("{}compared {}", why.empty() ? "" : "; ", compared);
    if (!why.empty()) out += Wrapped(why, kIndent, kIndent);
  }
  return out;
}

}  // namespace rdsteady::report
