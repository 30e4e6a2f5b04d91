#include "report/reference.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/disruption.h"
#include "report/explain_report.h"
#include "report/rules.h"
#include "report/table_words.h"

namespace rdsteady::report {
namespace {

constexpr std::string_view kGenerated =
    "<!-- Made from the tables of the program: change those, then run the report tests with RDSTEADY_ACCEPT=1. -->\n";

// A cell of a table must stay on its line.
std::string Cell(std::string_view text) {
  return ReplaceAll(ReplaceAll(std::string(text), "|", "\\|"), "\n", " ");
}
// Small words begin large where a sentence stands alone; names of things stay as they are.
std::string Sentence(std::string_view text) {
  std::string out(text);
  const std::string_view first = text.substr(0, text.find(' '));
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  if (!first.empty() && std::ranges::all_of(first.substr(0, first.find_first_of(",;:")), is_small))
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out + ".";
}
std::string Code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}
std::string Codes(const List& list) {
  std::string out;
  for (const Value& value : list)
    out += fmt::format("{}`{}`", out.empty() ? "" : ", ", value.As<std::string>());
  return out;
}

bool ConcernsEngine(const model::DisruptionRow& row, std::string_view engine) {
  const auto engines = Split(row.engines, ' ');
  return row.engines == "all" || std::ranges::find(engines, engine) != engines.end();
}

// All engines that rows tell apart.
std::vector<std::string_view> EnginesOf(const model::Kind& kind) {
  std::set<std::string_view> engines;
  for (const model::DisruptionRow& row : model::DisruptionRows(kind)) {
    if (row.engines == "all") continue;
    for (const std::string_view engine : Split(row.engines, ' '))
      engines.insert(engine);
  }
  return {engines.begin(), engines.end()};
}

// ---- one property --------------------------------------------------------------------------------------------------

void Item(std::string& out, std::string_view label, std::string_view text) {
  if (!text.empty()) out += fmt::format("- {}: {}\n", label, text);
}

std::string CallsOf(const Value& json) {
  std::string out;
  for (const Value& birth : ListOf(json, "births")) {
    out += fmt::format("{}`{}`", out.empty() ? "" : ", ", TextOf(birth, "operation"));
    if (!TextOf(birth, "as").empty()) out += fmt::format(" (as `{}`)", TextOf(birth, "as"));
  }
  return out;
}

void AppendRead(std::string& out, const Value& read) {
  std::string live = Code(TextOf(read, "live"));
  if (!TextOf(read, "live_or").empty()) live += fmt::format(", else `{}`", TextOf(read, "live_or"));
  if (!TextOf(read, "live_ignore").empty()) live += fmt::format(", without those of `{}`", TextOf(read, "live_ignore"));
  if (!TextOf(read, "extra_read").empty()) live += fmt::format(", by `{}` where needed", TextOf(read, "extra_read"));
  Item(out, "read from", live);
  std::string scheduled = Code(TextOf(read, "scheduled"));
  if (!TextOf(read, "scheduled_ignore").empty())
    scheduled += fmt::format(", without those of `{}`", TextOf(read, "scheduled_ignore"));
  Item(out, "scheduled in", scheduled);
  if (!TextOf(read, "absent_equals").empty())
    Item(out, "when absent", "counts as " + Code(TextOf(read, "absent_equals")));
}

void AppendEffects(std::string& out, const Value& json) {
  if (ListOf(json, "effects").empty()) return;
  out += "\n| change | engines | deployment | effect | note |\n| --- | --- | --- | --- | --- |\n";
  for (const Value& effect : ListOf(json, "effects")) {
    out += fmt::format("| {} | {} | {} | {} | {} |\n", Cell(TextOf(effect, "condition")), TextOf(effect, "engines"),
                       TextOf(effect, "deployment"), Cell(EffectText(effect)), Cell(TextOf(effect, "note")));
  }
}

void AppendRules(std::string& out, const Value& json) {
  for (const Value& guard : ListOf(json, "guards")) {
    Item(out, "left out",
         fmt::format("[{}](rules.md): {} ({})", TextOf(guard, "rule"), TextOf(guard, "reason"),
                     TextOf(guard, "effect")));
  }
  for (const Value& check : ListOf(json, "checks")) {
    std::string text = fmt::format("[{}](rules.md): {}", TextOf(check, "rule"), TextOf(check, "meaning"));
    if (!TextOf(check, "advice").empty()) text += fmt::format("; {}", TextOf(check, "advice"));
    Item(out, "checked", text);
  }
}

void AppendProperty(std::string& out, const Value& json) {
  out += fmt::format("\n### {}\n\n", TextOf(json, "property"));
  if (!TextOf(json, "note").empty()) out += Sentence(TextOf(json, "note")) + "\n\n";
  if (const Value* value = json.Find("value")) {
    std::string takes = ValueTypeText(*value);
    if (const auto at = takes.find(", matching "); at != std::string::npos) {
      const std::string_view pattern = TextOf(*value, "pattern");
      takes.replace(at, 11 + pattern.size(), fmt::format(", matching `{}`", pattern));
    }
    Item(out, "takes", takes);
  }
  if (!TextOf(json, "references").empty()) Item(out, "names", fmt::format("a `{}`", TextOf(json, "references")));
  Item(out, "created by", CallsOf(json));
  Item(out, "changes", TextOf(json, "how_it_changes"));
  if (const Value* modify = json.Find("modify")) {
    const std::string_view as = TextOf(*modify, "as");
    Item(out, "modified by",
         Code(TextOf(*modify, "operation")) + (as.empty() ? std::string() : fmt::format(" (as `{}`)", as)));
  }
  for (const Value& operation : ListOf(json, "operations"))
    Item(out, TextOf(operation, "what"), Code(TextOf(operation, "operation")));
  Item(out, "acts", TextOf(json, "acts"));
  Item(out, "null", TextOf(json, "null"));
  if (FlagOf(json, "one_way")) Item(out, "one way", "cannot be taken back: needs `--allow-irreversible` by name");
  if (const Value* read = json.Find("read")) AppendRead(out, *read);
  Item(out, "compared", TextOf(json, "compared"));
  for (const Value& companion : ListOf(json, "companions")) {
    Item(out, "travels with",
         fmt::format("`{}`{}{}", TextOf(companion, "property"),
                     TextOf(companion, "when") == "always" ? "" : ", where RDS needs it beside the change",
                     FlagOf(companion, "only_together") ? "; only in one request with it" : ""));
  }
  for (const Value& facet : ListOf(json, "settled"))
    Item(out, "settled when", fmt::format("`{}` is {}", TextOf(facet, "path"), Codes(ListOf(facet, "settled"))));
  AppendRules(out, json);
  AppendEffects(out, json);
}

// ---- pages ---------------------------------------------------------------------------------------------------------

std::string KindPage(const model::Kind& kind) {
  std::string out = fmt::format("# {}\n\n{}\n", kind.name, kGenerated);
  out += fmt::format("Named by `{}`, read by `{}`", kind.key, kind.describe);
  if (!kind.modify.empty()) out += fmt::format(", modified by `{}`", kind.modify.view());
  out += ". `rdsteady explain " + std::string(kind.name) + ".PROPERTY` says the same in a terminal.\n\n";
  out += "| property | takes | changes | acts | worst disruption |\n| --- | --- | --- | --- | --- |\n";
  for (const model::Property& property : kind.properties) {
    const Value type = ValueTypeToJson(kind, property);
    out += fmt::format("| [{0}](#{1}) | {2} | {3} | {4} | {5} |\n", property.name, ToLower(property.name),
                       TextOf(type, "type"), Word(property.update), Cell(WhenItActs(property)),
                       Cell(WorstDisruption(kind, property.name)));
  }
  out +=
      "\nThe worst disruption is that of any change of the property, by engine; what only a reboot loads disturbs "
      "nobody "
      "by itself, and an unknown one is taken for an outage ([what is not confirmed](not-confirmed.md)).\n"
      "\n## Properties\n";
  for (const model::Property& property : kind.properties)
    AppendProperty(out, PropertyToJson(kind, property));
  const std::vector<std::string_view> settings = SettingsOf(kind);
  if (!settings.empty()) out += "\n## Settings and causes that are no property\n";
  for (const std::string_view setting : settings)
    AppendProperty(out, SettingToJson(kind, setting));
  return out;
}

std::string StatusPage() {
  std::string out = fmt::format("# Statuses\n\n{}\n", kGenerated);
  out +=
      "What a status that the service reports means for a run. `settled` is done, `transient` passes by itself and is "
      "waited for, `needs-action` wants a change, `terminal` wants a person and ends a wait at once, `gone` is being "
      "deleted. A status that is not listed counts as transient, and the plan says so.\n";
  for (const model::Kind* kind : model::Kinds()) {
    out += fmt::format("\n## {}\n\n", kind->name);
    if (kind->statuses.empty()) {
      out += "It has no status of its own: a call that is accepted is done.\n";
      continue;
    }
    out += "| status | class | accepts changes | what to do |\n| --- | --- | --- | --- |\n";
    for (const model::StatusRow& row : kind->statuses) {
      out += fmt::format("| {} | {} | {} | {} |\n", row.status, Word(row.status_class),
                         row.accepts_modify ? "yes" : "no", Cell(row.advice));
    }
  }
  return out;
}

std::string RulePage() {
  std::string out = fmt::format("# Rules\n\n{}\n", kGenerated);
  out +=
      "The names that plans, refusals and decisions show. A guard leaves a property out; a check finds what RDS would "
      "refuse before any call is made. `rdsteady explain RULE` says the same.\n";
  for (const RuleMeaning& rule : RuleMeanings()) {
    out += fmt::format("\n## {}\n\n{}\n", rule.rule, Sentence(rule.meaning));
    const Result<Value> json = Explain(rule.rule);
    if (!json || ListOf(*json, "uses").empty()) continue;
    out += "\n";
    for (const Value& use : ListOf(*json, "uses")) {
      std::string subject(TextOf(use, "kind"));
      if (!TextOf(use, "property").empty()) subject += fmt::format(".{}", TextOf(use, "property"));
      const bool guard = TextOf(use, "as") == "guard";
      const std::string_view text = guard ? TextOf(use, "reason") : TextOf(use, "advice");
      out += fmt::format("- {} {}{}\n", subject, guard ? "is left out" : "is checked",
                         text.empty() ? std::string() : fmt::format(": {}", text));
    }
  }
  return out;
}

std::string UncertainPage() {
  const std::vector<UncertainCell> cells = UncertainCells();
  const auto known = std::ranges::count_if(cells, &UncertainCell::is_known);
  std::string out = fmt::format("# What is not confirmed\n\n{}\n", kGenerated);
  out += fmt::format(
      "The table of effects says what a change does. AWS's reference leaves {} of its cells open: {} are not known, "
      "and "
      "a plan takes an unknown disruption for an outage; {} are expected, and a plan says that AWS's reference does "
      "not "
      "confirm them. Both numbers may only fall.\n\n",
      cells.size(), static_cast<std::ptrdiff_t>(cells.size()) - known, known);
  out += "| property | change | engines | cell | says | reason |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const UncertainCell& cell : cells) {
    std::string says = "not known";
    if (cell.is_known) says = fmt::format("{} ({})", model::ToString(cell.row->disruption), Word(cell.row->confidence));
    out += fmt::format("| {}.{} | {} | {} | {} | {} | {} |\n", cell.kind->name, cell.property,
                       cell.row == nullptr ? "any" : Cell(cell.row->condition),
                       cell.row == nullptr ? "all" : cell.row->engines, cell.cell, says, Cell(cell.reason));
  }
  return out;
}

}  // namespace

std::string WorstDisruption(const model::Kind& kind, std::string_view property) {
  const auto rows = model::DisruptionRows(kind, property);
  if (rows.empty()) return {};
  const auto worst_of = [&](auto concerns) {
    std::string_view word = "declined";
    int weight = -1;
    for (const model::DisruptionRow& row : rows) {
      if (row.refused || !concerns(row)) continue;
      const model::Disruption disruption =
          row.when == model::ActsWhen::kNextReboot ? model::Disruption::kNone : row.disruption;
      const bool replaces_unknown =
          word == Word(model::Disruption::kUnknown) && disruption == model::Disruption::kOutage;
      if (model::Weight(disruption) > weight || replaces_unknown) {
        weight = model::Weight(disruption);
        word = Word(disruption);
      }
    }
    return word;
  };
  std::map<std::string_view, std::vector<std::string>> engines;  // by word; the engines that it is said of
  for (const std::string_view engine : EnginesOf(kind)) {
    const auto concerns = [engine](const model::DisruptionRow& row) { return ConcernsEngine(row, engine); };
    if (std::ranges::none_of(rows, concerns)) continue;
    engines[worst_of(concerns)].emplace_back(engine);
  }
  if (engines.size() <= 1) return std::string(worst_of([](const model::DisruptionRow&) { return true; }));
  const auto most = std::ranges::max_element(engines, {}, [](const auto& entry) { return entry.second.size(); });
  std::string out;
  for (const auto& [word, names] : engines) {
    if (word != most->first) out += fmt::format("{} ({}), ", word, Join(names, ", "));
  }
  return out + "else " + std::string(most->first);
}

std::vector<UncertainCell> UncertainCells() {
  std::vector<UncertainCell> cells;
  for (const model::Kind* kind : model::Kinds()) {
    for (const model::DisruptionRow& row : model::DisruptionRows(*kind)) {
      const std::string reason = row.note.empty() ? "AWS's reference says nothing of it" : std::string(row.note);
      const auto add = [&](std::string_view cell, bool is_known) {
        cells.push_back({kind, &row, row.property, cell, is_known, reason});
      };
      if (row.disruption == model::Disruption::kUnknown) add("disruption", false);
      else if (row.confidence != model::Confidence::kGuide) add("disruption", true);
      if (row.when == model::ActsWhen::kUnknown) add("when", false);
      if (row.reversible == model::Reversible::kUnknown) add("reversible", false);
    }
    for (const model::Property& property : kind->properties) {
      const bool changes = property.update == model::Update::kModify || property.update == model::Update::kOperation ||
                           property.update == model::Update::kWriteOnly;
      if (changes && model::DisruptionRows(*kind, property.name).empty())
        cells.push_back({kind, nullptr, property.name, "disruption", false, "the table has no row for it"});
    }
  }
  return cells;
}

std::vector<ReferencePage> ReferencePages() {
  std::vector<ReferencePage> pages;
  for (const model::Kind* kind : model::Kinds())
    pages.push_back({fmt::format("{}.md", kind->name), KindPage(*kind)});
  pages.push_back({"statuses.md", StatusPage()});
  pages.push_back({"rules.md", RulePage()});
  pages.push_back({"not-confirmed.md", UncertainPage()});
  return pages;
}

}  // namespace rdsteady::report
