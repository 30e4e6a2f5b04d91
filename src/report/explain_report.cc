#include "report/explain_report.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/text.h"
#include "report/rules.h"
#include "report/table_words.h"

namespace rdsteady::report {
namespace {

Properties Head(std::string_view subject) {
  return {{"format_version", kFormatVersion}, {"type", "explanation"}, {"subject", subject}};
}

void PutText(Properties& json, std::string_view member, std::string_view text) {
  if (!text.empty()) json.emplace(member, text);
}
void PutList(Properties& json, std::string_view member, List list) {
  if (!list.empty()) json.emplace(member, std::move(list));
}

// ---- the parts of a row --------------------------------------------------------------------------------------------

List BirthsOf(const model::Kind& kind, const model::Property& property) {
  List births;
  std::set<std::string_view> seen;
  for (auto birth = kind.births.rbegin(); birth != kind.births.rend(); ++birth) {
    if ((property.calls & birth->bit) == 0 || !seen.insert(birth->operation.view()).second) continue;
    Properties one{{"operation", birth->operation.view()}};
    if (property.update == model::Update::kKey && birth->key_as != property.name) one.emplace("as", birth->key_as);
    births.emplace_back(std::move(one));
  }
  return births;
}

List OperationsOf(const model::Kind& kind, std::string_view property) {
  List operations;
  for (const model::SeparateOperation& operation : kind.operations) {
    if (operation.property != property) continue;
    Properties one{{"what", Word(operation.what)}, {"operation", operation.operation.view()}};
    if (operation.max_items > 0) one.emplace("most_items", operation.max_items);
    if (!operation.from_statuses.empty())
      one.emplace("from_statuses", List(operation.from_statuses.begin(), operation.from_statuses.end()));
    if (!operation.needed_path.empty())
      one.emplace("needed_when", fmt::format("{} is {}", operation.needed_path, operation.needed_value));
    if (!operation.carries.empty()) one.emplace("carries", List(operation.carries.begin(), operation.carries.end()));
    operations.emplace_back(std::move(one));
  }
  return operations;
}

Value ReadOf(const model::Kind& kind, const model::Property& property) {
  Properties read;
  PutText(read, "live", property.live);
  PutText(read, "live_or", property.live_or);
  PutText(read, "live_ignore", property.live_ignore);
  if (!property.pending.empty()) read.emplace("scheduled", fmt::format("{}.{}", kind.pending_root, property.pending));
  else PutText(read, "scheduled", property.pending_elsewhere);
  PutText(read, "scheduled_ignore", property.pending_ignore);
  PutText(read, "absent_equals", property.absent_equals);
  for (const model::ExtraRead& extra : kind.extra_reads) {
    if (extra.property == property.name) read.emplace("extra_read", extra.operation);
  }
  return read;
}

List GuardsOf(const model::Property& property) {
  List guards;
  for (const model::Guard& guard : property.guards) {
    using Scope = model::Guard::Scope;
    const std::string_view effect = guard.scope == Scope::kCompare  ? "not compared"
                                    : guard.scope == Scope::kAlways ? "neither compared nor sent"
                                                                    : "not sent at creation";
    guards.emplace_back(Properties{{"rule", guard.rule}, {"reason", guard.reason}, {"effect", effect}});
  }
  return guards;
}

List ChecksOf(std::span<const model::Check> rows) {
  List checks;
  for (const model::Check& check : rows) {
    Properties one{{"rule", check.rule}, {"offline", check.offline}};
    if (const RuleMeaning* meaning = FindRuleMeaning(check.rule)) one.emplace("meaning", meaning->meaning);
    PutText(one, "advice", check.advice);
    checks.emplace_back(std::move(one));
  }
  return checks;
}

// `flag`: the member that resets the property, whose costs stand in rows of its own (DisableDomain).
void AddEffects(const model::Kind& kind, std::string_view property, bool flag, List& effects) {
  for (const model::DisruptionRow& row : model::DisruptionRows(kind, property)) {
    Properties one{
        {"engines", row.engines},
        {"deployment", row.deployment},
        {"condition", flag ? fmt::format("null ({}): {}", property, row.condition) : std::string(row.condition)},
        {"disruption", Word(row.disruption)},
        {"storage_optimization", Word(row.storage_optimization)},
        {"when", Word(row.when)},
        {"reversible", Word(row.reversible)},
        {"destroys", Word(row.destroys)},
        {"confidence", Word(row.confidence)},
        {"confirmed", row.confidence == model::Confidence::kGuide}};
    PutText(one, "destroys_what", row.destroys_what);
    PutText(one, "note", row.note);
    if (row.refused) one.emplace("refused", true);
    effects.emplace_back(std::move(one));
  }
}

List SettledOf(const model::Kind& kind, std::string_view property) {
  List facets;
  for (const model::Facet& facet : kind.facets) {
    if (facet.property != property) continue;
    Properties one{{"path", facet.path}, {"settled", List(facet.settled.begin(), facet.settled.end())}};
    if (!facet.failed.empty()) one.emplace("failed", List(facet.failed.begin(), facet.failed.end()));
    facets.emplace_back(std::move(one));
  }
  return facets;
}

Value KindToJson(const model::Kind& kind) {
  Properties json = Head("kind");
  json.emplace("kind", kind.name);
  json.emplace("key", kind.key);
  json.emplace("describe", kind.describe);
  PutText(json, "modify", kind.modify.view());
  List births;
  std::set<std::string_view> seen;
  for (auto birth = kind.births.rbegin(); birth != kind.births.rend(); ++birth) {
    if (!seen.insert(birth->operation.view()).second) continue;
    List selectors;
    for (const model::Birth& other : kind.births) {
      if (other.operation == birth->operation && !other.selector.empty()) selectors.emplace_back(other.selector);
    }
    Properties one{{"operation", birth->operation.view()}};
    PutList(one, "selectors", std::move(selectors));
    births.emplace_back(std::move(one));
  }
  json.emplace("births", std::move(births));
  List properties;
  for (const model::Property& property : kind.properties) {
    Properties one{{"property", property.name}, {"changes", Word(property.update)}};
    PutText(one, "note", property.note);
    properties.emplace_back(std::move(one));
  }
  json.emplace("properties", std::move(properties));
  List settings;
  for (const std::string_view setting : SettingsOf(kind))
    settings.emplace_back(setting);
  PutList(json, "settings", std::move(settings));
  PutList(json, "checks", ChecksOf(kind.checks));
  return json;
}

Value RuleToJson(const RuleMeaning& rule) {
  Properties json = Head("rule");
  json.emplace("rule", rule.rule);
  json.emplace("meaning", rule.meaning);
  List uses;
  const auto use = [&](const model::Kind& kind, std::string_view property, std::string_view as, std::string_view text) {
    Properties one{{"kind", kind.name}, {"as", as}};
    PutText(one, "property", property);
    PutText(one, as == "guard" ? "reason" : "advice", text);
    uses.emplace_back(std::move(one));
  };
  for (const model::Kind* kind : model::Kinds()) {
    for (const model::Property& property : kind->properties) {
      for (const model::Guard& guard : property.guards) {
        if (guard.rule == rule.rule) use(*kind, property.name, "guard", guard.reason);
      }
      for (const model::Check& check : property.checks) {
        if (check.rule == rule.rule) use(*kind, property.name, "check", check.advice);
      }
    }
    for (const model::Check& check : kind->checks) {
      if (check.rule == rule.rule) use(*kind, {}, "check", check.advice);
    }
  }
  PutList(json, "uses", std::move(uses));
  return json;
}

// ---- finding what was asked ----------------------------------------------------------------------------------------

const model::Property* PropertyOf(const model::Kind& kind, std::string_view word) {
  for (const model::Property& property : kind.properties) {
    if (EqualsIgnoreCase(property.name, word)) return &property;
    if (!property.modify_as.empty() && EqualsIgnoreCase(property.modify_as, word)) return &property;
    if (property.reset == model::Reset::kSendFlag && EqualsIgnoreCase(property.reset_with, word)) return &property;
  }
  return nullptr;
}

// A row, else a setting; null when the kind has neither.
Value MemberOf(const model::Kind& kind, std::string_view word) {
  if (const model::Property* property = PropertyOf(kind, word)) return PropertyToJson(kind, *property);
  for (const std::string_view setting : SettingsOf(kind)) {
    if (EqualsIgnoreCase(setting, word)) return SettingToJson(kind, setting);
  }
  return {};
}

std::vector<std::string_view> MembersOf(const model::Kind& kind) {
  std::vector<std::string_view> names = SettingsOf(kind);
  for (const model::Property& property : kind.properties)
    names.push_back(property.name);
  return names;
}

Result<Value> ExplainMember(const model::Kind& kind, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('.'));
  Value found = MemberOf(kind, name);
  if (!found.IsNull()) return found;
  const std::string near = DidYouMean(name, MembersOf(kind));
  return Fail(ErrorCategory::kUsage, fmt::format("{} has no property '{}'", kind.name, name),
              near.empty() ? fmt::format("'rdsteady explain {}' lists what it has", kind.name) : near);
}

Result<Value> ExplainBare(std::string_view word) {
  List found;
  std::string all;
  for (const model::Kind* kind : model::Kinds()) {
    Value one = MemberOf(*kind, word.substr(0, word.find('.')));
    if (one.IsNull()) continue;
    all += fmt::format("{}{}.{}", all.empty() ? "" : ", ", kind->name, TextOf(one, "property"));
    found.push_back(std::move(one));
  }
  if (found.size() == 1) return std::move(found.front());
  if (!found.empty())
    return Fail(ErrorCategory::kUsage, fmt::format("several kinds have '{}'", word), "say which: " + all);
  std::vector<std::string_view> known;
  for (const model::Kind* kind : model::Kinds()) {
    known.push_back(kind->name);
    std::ranges::copy(MembersOf(*kind), std::back_inserter(known));
  }
  for (const RuleMeaning& rule : RuleMeanings())
    known.push_back(rule.rule);
  std::ranges::sort(known);
  known.erase(std::ranges::unique(known).begin(), known.end());
  const std::string near = DidYouMean(word, known);
  return Fail(ErrorCategory::kUsage, fmt::format("there is no kind, property or rule '{}'", word),
              near.empty() ? "write KIND, KIND.PROPERTY or a rule's name: DBInstance.StorageType, GROW-ONLY" : near);
}

}  // namespace

std::vector<std::string_view> SettingsOf(const model::Kind& kind) {
  std::set<std::string_view> names;
  for (const model::SeparateOperation& operation : kind.operations)
    names.insert(operation.property);
  for (const model::DisruptionRow& row : model::DisruptionRows(kind))
    names.insert(row.property);
  std::vector<std::string_view> settings;
  std::ranges::copy_if(names, std::back_inserter(settings),
                       [&kind](std::string_view name) { return PropertyOf(kind, name) == nullptr; });
  return settings;
}

Value PropertyToJson(const model::Kind& kind, const model::Property& property) {
  Properties json = Head("property");
  json.emplace("kind", kind.name);
  json.emplace("property", property.name);
  json.emplace("value", ValueTypeToJson(kind, property));
  json.emplace("changes", Word(property.update));
  json.emplace("how_it_changes", HowItChanges(property.update));
  PutText(json, "acts", WhenItActs(property));
  PutText(json, "null", NullMeans(property));
  PutText(json, "references", property.references);
  PutText(json, "note", property.note);
  if (property.one_way) json.emplace("one_way", true);
  PutList(json, "births", BirthsOf(kind, property));
  if ((property.calls & model::kModify) != 0 && !kind.modify.empty() && property.update != model::Update::kRefused) {
    Properties modify{{"operation", kind.modify.view()}};
    PutText(modify, "as", property.modify_as);
    json.emplace("modify", std::move(modify));
  }
  PutList(json, "operations", OperationsOf(kind, property.name));
  json.emplace("read", ReadOf(kind, property));
  json.emplace("compared", ComparedAs(property.compare));
  List companions;
  for (const model::Companion& companion : property.companions) {
    companions.emplace_back(Properties{{"property", companion.property},
                                       {"when", companion.needed == nullptr ? "always" : "where needed"},
                                       {"only_together", companion.only_together}});
  }
  PutList(json, "companions", std::move(companions));
  PutList(json, "settled", SettledOf(kind, property.name));
  List effects;
  AddEffects(kind, property.name, false, effects);
  if (property.reset == model::Reset::kSendFlag) AddEffects(kind, property.reset_with, true, effects);
  PutList(json, "effects", std::move(effects));
  PutList(json, "guards", GuardsOf(property));
  PutList(json, "checks", ChecksOf(property.checks));
  return json;
}

Value SettingToJson(const model::Kind& kind, std::string_view setting) {
  Properties json = Head("setting");
  json.emplace("kind", kind.name);
  json.emplace("property", setting);
  PutList(json, "operations", OperationsOf(kind, setting));
  List effects;
  AddEffects(kind, setting, false, effects);
  PutList(json, "effects", std::move(effects));
  return json;
}

Result<Value> Explain(std::string_view subject) {
  const auto dot = subject.find('.');
  const auto kinds = model::Kinds();
  const auto kind = std::ranges::find_if(
      kinds, [&](const model::Kind* k) { return EqualsIgnoreCase(k->name, subject.substr(0, dot)); });
  if (kind != kinds.end()) {
    if (dot == std::string_view::npos || dot + 1 == subject.size()) return KindToJson(**kind);
    return ExplainMember(**kind, subject.substr(dot + 1));
  }
  // A rule's name is written in capitals; in any other case a property of the name comes first.
  const RuleMeaning* rule = FindRuleMeaning(subject);
  if (rule != nullptr && rule->rule == subject) return RuleToJson(*rule);
  if (dot == std::string_view::npos) {
    Result<Value> bare = ExplainBare(subject);
    return bare || rule == nullptr ? std::move(bare) : RuleToJson(*rule);
  }
  if (rule != nullptr) return RuleToJson(*rule);
  std::vector<std::string_view> names;
  for (const model::Kind* one : kinds)
    names.push_back(one->name);
  // "Tags.service" is a key of a property; anything else before a period was meant as a kind.
  const std::string_view first = subject.substr(0, dot);
  const std::string near = DidYouMean(first, names);
  if (near.empty()) return ExplainBare(first);
  return Fail(ErrorCategory::kUsage, fmt::format("there is no kind '{}'", first), near);
}

}  // namespace rdsteady::report
