// The text of explanations, rendered from their JSON.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "report/explain_report.h"
#include "report/plan_report.h"
#include "report/table_words.h"

namespace rdsteady::report {
namespace {

constexpr std::string_view kIndent = "    ";
constexpr std::size_t kLabel = 14;

// A label of its own column, the text wrapped beside it.
void AppendLine(std::string& out, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  out += Wrapped(Printable(text), fmt::format("  {:<{}}", label, kLabel), std::string(kLabel + 2, ' '));
}

void AppendSection(std::string& out, const TextStyle& style, std::string_view title) {
  out += "\n" + Paint(style, Ink::kBold, title) + "\n";
}

std::string Names(const List& list) {
  std::vector<std::string> names;
  for (const Value& value : list)
    names.push_back(Printable(ToDisplay(value)));
  return Join(names, ", ");
}

void AppendOperations(std::string& out, const Value& json) {
  for (const Value& operation : ListOf(json, "operations")) {
    std::string text(TextOf(operation, "operation"));
    if (const auto most = NumberOf(operation, "most_items"); most > 0) text += fmt::format(", at most {} a call", most);
    if (!ListOf(operation, "from_statuses").empty())
      text += ", from status " + Names(ListOf(operation, "from_statuses"));
    if (!TextOf(operation, "needed_when").empty()) text += fmt::format(", when {}", TextOf(operation, "needed_when"));
    if (!ListOf(operation, "carries").empty()) text += ", with " + Names(ListOf(operation, "carries"));
    AppendLine(out, TextOf(operation, "what"), text);
  }
}

Ink InkOf(const Value& effect) {
  const std::string_view disruption = TextOf(effect, "disruption");
  if (FlagOf(effect, "refused") || disruption == "outage" || disruption == "unknown") return Ink::kRed;
  return disruption == "none" || disruption == "degraded" ? Ink::kPlain : Ink::kYellow;
}

void AppendEffects(std::string& out, const Value& json, const TextStyle& style) {
  const List& effects = ListOf(json, "effects");
  if (effects.empty()) return;
  AppendSection(out, style, "What a change does");
  for (const Value& effect : effects) {
    std::string where(TextOf(effect, "condition"));
    if (TextOf(effect, "engines") != "all") where += fmt::format(" ({})", TextOf(effect, "engines"));
    if (TextOf(effect, "deployment") != "any") where += fmt::format(" [{}]", TextOf(effect, "deployment"));
    out += Wrapped(Printable(where), "  ", kIndent);
    std::string text = Wrapped(Printable(EffectText(effect)), kIndent, kIndent);
    out += style.colour ? Paint(style, InkOf(effect), text.substr(0, text.size() - 1)) + "\n" : text;
    if (!TextOf(effect, "note").empty())
      out += Wrapped(Printable(fmt::format("note: {}", TextOf(effect, "note"))), kIndent, kIndent);
  }
}

void AppendRules(std::string& out, const Value& json, const TextStyle& style) {
  if (!ListOf(json, "guards").empty()) {
    AppendSection(out, style, "When it is left out");
    for (const Value& guard : ListOf(json, "guards"))
      out +=
          Wrapped(fmt::format("{}: {} ({})", TextOf(guard, "rule"), TextOf(guard, "reason"), TextOf(guard, "effect")),
                  "  ", kIndent);
  }
  if (!ListOf(json, "checks").empty()) {
    AppendSection(out, style, "What is checked before any call");
    std::string_view last;
    for (const Value& check : ListOf(json, "checks")) {
      if (TextOf(check, "rule") != last) {
        out += Wrapped(fmt::format("{}: {}{}", TextOf(check, "rule"), TextOf(check, "meaning"),
                                   FlagOf(check, "offline") ? " (offline too)" : ""),
                       "  ", kIndent);
      }
      last = TextOf(check, "rule");
      if (!TextOf(check, "advice").empty())
        out += Wrapped(fmt::format("advice: {}", TextOf(check, "advice")), kIndent, kIndent);
    }
  }
}

std::string Calls(const Value& json) {
  std::vector<std::string> calls;
  for (const Value& birth : ListOf(json, "births")) {
    const std::string_view as = TextOf(birth, "as");
    calls.push_back(as.empty() ? std::string(TextOf(birth, "operation"))
                               : fmt::format("{} (as {})", TextOf(birth, "operation"), as));
  }
  return Join(calls, ", ");
}

std::string PropertyText(const Value& json, const TextStyle& style) {
  std::string out =
      Paint(style, Ink::kBold, fmt::format("{}.{}", TextOf(json, "kind"), TextOf(json, "property"))) + "\n";
  AppendLine(out, "", TextOf(json, "note"));
  if (const Value* value = json.Find("value")) AppendLine(out, "takes", ValueTypeText(*value));
  AppendLine(out, "names", TextOf(json, "references").empty() ? "" : fmt::format("a {}", TextOf(json, "references")));
  AppendLine(out, "created by", Calls(json));
  AppendLine(out, "changes", TextOf(json, "how_it_changes"));
  if (const Value* modify = json.Find("modify")) {
    const std::string_view as = TextOf(*modify, "as");
    AppendLine(out, "modified by",
               as.empty() ? std::string(TextOf(*modify, "operation"))
                          : fmt::format("{} (as {})", TextOf(*modify, "operation"), as));
  }
  AppendOperations(out, json);
  AppendLine(out, "acts", TextOf(json, "acts"));
  AppendLine(out, "null", TextOf(json, "null"));
  if (FlagOf(json, "one_way")) AppendLine(out, "one way", "cannot be taken back: needs --allow-irreversible by name");
  if (const Value* read = json.Find("read")) {
    std::string live(TextOf(*read, "live"));
    if (!TextOf(*read, "live_or").empty()) live += fmt::format(", else {}", TextOf(*read, "live_or"));
    if (!TextOf(*read, "live_ignore").empty())
      live += fmt::format(", without those of {}", TextOf(*read, "live_ignore"));
    if (!TextOf(*read, "extra_read").empty()) live += fmt::format(", by {} where needed", TextOf(*read, "extra_read"));
    AppendLine(out, "read from", live);
    std::string scheduled(TextOf(*read, "scheduled"));
    if (!TextOf(*read, "scheduled_ignore").empty())
      scheduled += fmt::format(", without those of {}", TextOf(*read, "scheduled_ignore"));
    AppendLine(out, "scheduled in", scheduled);
    AppendLine(
        out, "when absent",
        TextOf(*read, "absent_equals").empty() ? "" : fmt::format("counts as {}", TextOf(*read, "absent_equals")));
  }
  AppendLine(out, "compared", TextOf(json, "compared"));
  for (const Value& companion : ListOf(json, "companions")) {
    AppendLine(out, "travels with",
               fmt::format("{}{}{}", TextOf(companion, "property"),
                           TextOf(companion, "when") == "always" ? "" : ", where RDS needs it beside the change",
                           FlagOf(companion, "only_together") ? "; and only in one request with it" : ""));
  }
  for (const Value& facet : ListOf(json, "settled"))
    AppendLine(out, "settled when", fmt::format("{} is {}", TextOf(facet, "path"), Names(ListOf(facet, "settled"))));
  AppendEffects(out, json, style);
  AppendRules(out, json, style);
  return out;
}

std::string KindText(const Value& json, const TextStyle& style) {
  std::string out = Paint(style, Ink::kBold, TextOf(json, "kind")) + "\n";
  AppendLine(out, "named by", TextOf(json, "key"));
  AppendLine(out, "read by", TextOf(json, "describe"));
  for (const Value& birth : ListOf(json, "births")) {
    std::string text(TextOf(birth, "operation"));
    if (!ListOf(birth, "selectors").empty()) text += ", where stated: " + Names(ListOf(birth, "selectors"));
    AppendLine(out, "created by", text);
  }
  AppendLine(out, "modified by", TextOf(json, "modify"));
  AppendSection(out, style, "Properties");
  std::size_t width = 0;
  for (const Value& property : ListOf(json, "properties"))
    width = std::max(width, TextOf(property, "property").size());
  for (const Value& property : ListOf(json, "properties")) {
    const std::string line =
        fmt::format("  {:<{}}  {:<13}", TextOf(property, "property"), width, TextOf(property, "changes"));
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  if (!ListOf(json, "settings").empty()) {
    AppendSection(out, style, "Settings and causes that are no property");
    for (const Value& setting : ListOf(json, "settings"))
      out += fmt::format("  {}\n", Printable(setting.As<std::string>()));
  }
  AppendRules(out, json, style);
  return out + fmt::format("\n'rdsteady explain {}.PROPERTY' says more of one of them\n", TextOf(json, "kind"));
}

std::string RuleText(const Value& json, const TextStyle& style) {
  std::string out = Paint(style, Ink::kBold, TextOf(json, "rule")) + "\n";
  AppendLine(out, "", TextOf(json, "meaning"));
  if (!ListOf(json, "uses").empty()) AppendSection(out, style, "Where it applies");
  for (const Value& use : ListOf(json, "uses")) {
    std::string subject(TextOf(use, "kind"));
    if (!TextOf(use, "property").empty()) subject += fmt::format(".{}", TextOf(use, "property"));
    out += Wrapped(TextOf(use, "as") == "guard" ? subject + " is left out: " + std::string(TextOf(use, "reason"))
                                                : subject + " is checked",
                   "  ", kIndent);
    if (!TextOf(use, "advice").empty())
      out += Wrapped(fmt::format("advice: {}", TextOf(use, "advice")), kIndent, kIndent);
  }
  return out;
}

}  // namespace

std::string EffectText(const Value& effect) {
  if (FlagOf(effect, "refused")) return "RDS declines it";
  Properties shown = effect.As<Properties>();
  std::string text = ForecastText(shown);
  if (const std::string_view what = TextOf(effect, "destroys_what"); !what.empty())
    text = ReplaceAll(text, "DESTROYS something (see the note)", fmt::format("DESTROYS the {}", what));
  return text;
}

std::string ExplanationText(const Value& explanation, const TextStyle& style) {
  const std::string_view subject = TextOf(explanation, "subject");
  if (subject == "kind") return KindText(explanation, style);
  if (subject == "rule") return RuleText(explanation, style);
  return PropertyText(explanation, style);
}

}  // namespace rdsteady::report
