// A manifest as YAML text that loads to the same.
#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/json.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "manifest/manifest.h"

namespace rdsteady::manifest {
namespace {

bool IsSafePlain(std::string_view text) {
  if (text.empty() || text == "null" || text == "Null" || text == "NULL" || text == "<<") return false;
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == '/' || c == ':';
  };
  return std::ranges::all_of(text, safe) && !text.starts_with('-') && !text.starts_with(':') && !text.ends_with(':') &&
         !text.starts_with("...");
}

// Characters that JSON leaves as they are and YAML does not take raw, or takes for a line's end.
std::string EscapeForYaml(std::string text) {
  struct Row {
    std::string_view raw;
    std::string_view escaped;
  };
  constexpr Row kRows[] = {{"\x7F", "\\u007f"},   {"\u2028", "\\u2028"}, {"\u2029", "\\u2029"},
                           {"\uFEFF", "\\ufeff"}, {"\uFFFE", "\\ufffe"}, {"\uFFFF", "\\uffff"}};
  for (const Row& row : kRows)
    text = ReplaceAll(std::move(text), row.raw, row.escaped);
  for (std::size_t at = text.find('\xC2'); at != std::string::npos; at = text.find('\xC2', at + 1)) {
    const auto next = static_cast<unsigned char>(text[at + 1]);
    if (next <= 0x9F) text.replace(at, 2, fmt::format("\\u00{:02x}", next));
  }
  return text;
}

// Where variables are replaced, "${" is written so that it is none.
std::string Scalar(std::string_view text, bool has_variables = true) {
  if (IsSafePlain(text)) return std::string(text);
  return EscapeForYaml(JsonQuote(has_variables ? ReplaceAll(std::string(text), "${", "$${") : std::string(text)));
}

std::string Reference(const Secret& secret) {
  switch (secret.source()) {
    case Secret::Source::kEnv: return fmt::format("{{env: {}}}", Scalar(secret.reference().front(), false));
    case Secret::Source::kFile: return fmt::format("{{file: {}}}", Scalar(secret.reference().front(), false));
    case Secret::Source::kCommand: {
      std::vector<std::string> argv;
      for (const std::string& argument : secret.reference())
        argv.push_back(Scalar(argument, false));
      return fmt::format("{{command: [{}]}}", Join(argv, ", "));
    }
    case Secret::Source::kLiteral: break;
  }
  return {};
}

std::string Flow(const Value& value) {
  return std::visit(Overloaded{
                        [](std::monostate) { return std::string("null"); },
                        [](bool flag) { return std::string(flag ? "true" : "false"); },
                        [](std::int64_t number) { return std::to_string(number); },
                        [](double number) { return FormatDouble(number); },
                        [](const std::string& text) { return Scalar(text); },
                        [](const List& list) {
                          std::vector<std::string> items;
                          for (const Value& item : list)
                            items.push_back(Flow(item));
                          return "[" + Join(items, ", ") + "]";
                        },
                        [](const Properties& map) {
                          std::vector<std::string> members;
                          for (const auto& [key, member] : map)
                            members.push_back(Scalar(key) + ": " + Flow(member));
                          return "{" + Join(members, ", ") + "}";
                        },
                        [](const Secret& secret) { return Reference(secret); },
                    },
                    value.storage());
}

std::string Wait(const WaitSettings& wait) {
  std::vector<std::string> members;
  if (wait.delay) members.push_back(fmt::format("delay: {}s", wait.delay->count()));
  if (wait.max_attempts) members.push_back(fmt::format("max_attempts: {}", *wait.max_attempts));
  if (wait.timeout) members.push_back(fmt::format("timeout: {}s", wait.timeout->count()));
  return members.empty() ? std::string() : "wait: {" + Join(members, ", ") + "}\n";
}

std::string Texts(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts)
    items.push_back(Scalar(text));
  return "[" + Join(items, ", ") + "]";
}

void AppendProperty(std::string& out, const std::string& name, const Value& value) {
  const Properties* map = value.If<Properties>();
  const Secret* secret = value.If<Secret>();
  if (secret != nullptr && secret->source() == Secret::Source::kLiteral) {
    out += fmt::format("    # {}: a literal secret stood here; refer to it: {{env: NAME}}\n", name);
  } else if (map != nullptr && !map->empty()) {
    out += fmt::format("    {}:\n", name);
    for (const auto& [key, member] : *map)
      out += fmt::format("      {}: {}\n", Scalar(key), Flow(member));
  } else {
    out += fmt::format("    {}: {}\n", name, Flow(value));
  }
}

void AppendResource(std::string& out, const DesiredResource& resource) {
  std::string body;
  if (!resource.renamed_from.empty()) body += fmt::format("    renamed_from: {}\n", Scalar(resource.renamed_from));
  for (const auto& [name, value] : resource.properties)
    AppendProperty(body, name, value);
  if (const std::string wait = Wait(resource.wait); !wait.empty()) body += "    " + wait;
  if (resource.power)
    body += fmt::format("    power: {}\n", *resource.power == Power::kRunning ? "running" : "stopped");
  if (resource.reboot != RebootPolicy::kNever) {
    body += fmt::format("    reboot: {}\n", resource.reboot == RebootPolicy::kWindow ? "window" : "if-pending");
  }
  if (resource.password_version) body += fmt::format("    password_version: {}\n", *resource.password_version);
  if (!resource.exact.empty()) body += fmt::format("    exact: {}\n", Texts(resource.exact));
  out += body.empty() ? fmt::format("  {}: {{}}\n", Scalar(resource.name))
                      : fmt::format("  {}:\n{}", Scalar(resource.name), body);
}

// What all lists allow: an entry that every other list holds, or something wider than it.
std::vector<std::string> Common(const std::vector<Policy::AllowList>& lists) {
  static constexpr std::string_view kImplied = "DBInstance.";
  const auto bare = [](std::string_view entry) {
    return entry.starts_with(kImplied) ? entry.substr(kImplied.size()) : entry;
  };
  const auto holds = [&](const Policy::AllowList& list, std::string_view narrow) {
    return std::ranges::any_of(list.names, [&](const std::string& entry) {
      const std::string_view wide = bare(entry);
      return narrow.starts_with(wide) && (narrow.size() == wide.size() || narrow[wide.size()] == '.');
    });
  };
  std::vector<std::string> common;
  for (const Policy::AllowList& list : lists) {
    for (const std::string& entry : list.names) {
      const auto allows = [&](const Policy::AllowList& other) { return holds(other, bare(entry)); };
      const auto same = [&](const std::string& other) { return bare(other) == bare(entry); };
      if (std::ranges::all_of(lists, allows) && std::ranges::none_of(common, same)) common.push_back(entry);
    }
  }
  return common;
}

std::string Condition(const Policy::Requirement& row) {
  switch (row.is) {
    case Policy::Requirement::Is::kEqual: break;
    case Policy::Requirement::Is::kAtLeast: return "at_least: " + Flow(row.value);
    case Policy::Requirement::Is::kAtMost: return "at_most: " + Flow(row.value);
    case Policy::Requirement::Is::kOneOf: return "one_of: " + Flow(row.value);
    case Policy::Requirement::Is::kLike: return "like: " + Flow(row.value);
  }
  return {};
}

// What two files state is joined: a file can state a property once for a pattern of names.
class PolicyWriter {
 public:
  explicit PolicyWriter(const Policy& policy) : policy_(policy) {}

  std::string Write() && {
    if (!policy_.allow_lists.empty()) {
      out_ += fmt::format("  updatable: {}\n", Texts(Common(policy_.allow_lists)));
      const auto reports = [](const Policy::AllowList& list) { return list.others == Policy::Others::kReport; };
      if (std::ranges::all_of(policy_.allow_lists, reports)) out_ += "  others: report\n";
    }
    if (const auto most = Least(nullptr, "*")) out_ += fmt::format("  max_disruption: {}\n", model::ToString(*most));
    std::string rules;
    for (const model::Kind* kind : model::Kinds()) {
      std::string patterns;
      for (const std::string& names : NamesOf(*kind))
        patterns += fmt::format("      {}:\n{}", Scalar(names, false), PatternOf(*kind, names));
      if (!patterns.empty()) rules += fmt::format("    {}:\n{}", kind->name, patterns);
    }
    if (!rules.empty()) out_ += "  rules:\n" + rules;
    return out_.empty() ? std::string() : "policy:\n" + out_;
  }

 private:
  template <class Visit>
  void ForEachScope(const Visit& visit) const {
    const auto all = [&](const auto& rows) {
      for (const auto& row : rows)
        visit(row.scope);
    };
    all(policy_.limits);
    all(policy_.rules);
    all(policy_.flushes);
    all(policy_.grants);
    all(policy_.requirements);
  }

  // In the order in which they were stated.
  std::vector<std::string> NamesOf(const model::Kind& kind) const {
    std::vector<std::string> names;
    ForEachScope([&](const Policy::Scope& scope) {
      if (scope.kind == &kind && std::ranges::find(names, scope.names) == names.end()) names.push_back(scope.names);
    });
    return names;
  }

  std::optional<model::Disruption> Least(const model::Kind* kind, std::string_view names) const {
    std::optional<model::Disruption> least;
    for (const Policy::Limit& limit : policy_.limits) {
      if (limit.scope.kind != kind || limit.scope.names != names) continue;
      if (!least || limit.most < *least) least = limit.most;
    }
    return least;
  }

  template <class Row>
  std::vector<const Row*> RowsOf(const std::vector<Row>& rows, const model::Kind& kind, std::string_view names) const {
    std::vector<const Row*> found;
    for (const Row& row : rows) {
      if (row.scope.kind == &kind && row.scope.names == names) found.push_back(&row);
    }
    return found;
  }

  std::string PatternOf(const model::Kind& kind, std::string_view names) const {
    std::string out;
    std::map<std::string, Policy::Word> words;
    for (const Policy::Rule* rule : RowsOf(policy_.rules, kind, names)) {
      const auto [at, fresh] = words.emplace(rule->property, rule->word);
      at->second = std::max(at->second, rule->word);
    }
    for (const auto& [property, word] : words)
      out += fmt::format("        {}: {}\n", Scalar(property, false), ToString(word));
    if (const auto most = Least(&kind, names))
      out += fmt::format("        max_disruption: {}\n", model::ToString(*most));
    const auto flushes = RowsOf(policy_.flushes, kind, names);
    if (!flushes.empty()) {
      const bool all = std::ranges::all_of(flushes, &Policy::Flush::allowed);
      out += fmt::format("        flush: {}\n", all ? "allow" : "never");
    }
    std::vector<std::string> granted;
    for (const Policy::Grant* grant : RowsOf(policy_.grants, kind, names))
      granted.push_back(grant->property);
    if (!granted.empty()) out += fmt::format("        allow_irreversible: {}\n", Texts(granted));
    const std::string required = RequirementsOf(RowsOf(policy_.requirements, kind, names));
    if (!required.empty()) out += "        require:\n" + required;
    return out;
  }

  static std::string RequirementsOf(const std::vector<const Policy::Requirement*>& rows) {
    std::string out;
    std::map<std::string_view, std::map<std::string, std::vector<const Policy::Requirement*>>> by_property;
    for (const Policy::Requirement* row : rows)
      by_property[row->property->name][row->key].push_back(row);
    for (const auto& [property, keys] : by_property) {
      std::vector<std::string> members;
      for (const auto& [key, conditions] : keys) {
        std::string value = One(conditions, out);
        members.push_back(key.empty() ? std::move(value) : fmt::format("{}: {}", Scalar(key, false), value));
      }
      const bool map = !keys.begin()->first.empty();
      out += fmt::format("          {}: {}\n", property, map ? "{" + Join(members, ", ") + "}" : members.front());
    }
    return out;
  }

  // The conditions on one value; what has no place beside them becomes a comment of `comments`.
  static std::string One(const std::vector<const Policy::Requirement*>& conditions, std::string& comments) {
    std::map<Policy::Requirement::Is, std::string> members;
    for (const Policy::Requirement* condition : conditions) {
      const bool equal = condition->is == Policy::Requirement::Is::kEqual;
      std::string text = equal ? Flow(condition->value) : Condition(*condition);
      const bool alone = members.contains(Policy::Requirement::Is::kEqual) || (equal && !members.empty());
      const auto same = members.find(condition->is);
      if (same != members.end() && same->second == text) continue;
      if (alone || same != members.end())
        comments += fmt::format("          # also: {}: {}\n", Scalar(condition->Name()), text);
      else members.emplace(condition->is, std::move(text));
    }
    if (const auto equal = members.find(Policy::Requirement::Is::kEqual); equal != members.end()) return equal->second;
    std::vector<std::string> texts;
    for (auto& [is, text] : members)
      texts.push_back(std::move(text));
    return "{" + Join(texts, ", ") + "}";
  }

  const Policy& policy_;
  std::string out_;
};

}  // namespace

std::string ToYaml(const Manifest& manifest) {
  std::string out;
  if (!manifest.region.empty()) out += fmt::format("region: {}\n", Scalar(manifest.region));
  if (!manifest.account.empty()) out += fmt::format("account: {}\n", JsonQuote(manifest.account));
  out += Wait(manifest.wait);
  out += PolicyWriter(manifest.policy).Write();
  std::vector<const model::Kind*> kinds;
  for (const DesiredResource& resource : manifest.resources) {
    if (std::ranges::find(kinds, resource.kind) == kinds.end()) kinds.push_back(resource.kind);
  }
  for (const model::Kind* kind : kinds) {
    out += fmt::format("{}{}:\n", out.empty() ? "" : "\n", kind->name);
    for (const DesiredResource& resource : manifest.resources) {
      if (resource.kind == kind) AppendResource(out, resource);
    }
  }
  return out;
}

}  // namespace rdsteady::manifest
