#include "report/iam_report.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "report/table_words.h"

namespace rdsteady::report {
namespace {

// What IAM allows of a customer's managed policy, white space not counted.
constexpr std::size_t kLongestPolicy = 6144;

using Conditions = std::vector<plan::PermissionCondition>;

// One action with all that it is allowed on.
struct Grant {
  std::set<std::string> resources;
  std::set<std::pair<std::string, bool>> reasons;  // with whether it is confirmed
};

struct Statement {
  std::string sid;
  std::map<std::string, Grant> actions;  // all with the same resources
  Conditions conditions;
};

// Actions of one purpose that are allowed on the same, under the same conditions, share a statement.
std::vector<Statement> StatementsOf(const std::vector<plan::Permission>& permissions) {
  std::vector<std::string> purposes;  // in the order in which they came up
  std::map<std::tuple<std::string, Conditions, std::string>, Grant> grants;
  for (const plan::Permission& permission : permissions) {
    if (std::ranges::find(purposes, permission.purpose) == purposes.end()) purposes.push_back(permission.purpose);
    Grant& grant = grants[{permission.purpose, permission.conditions, permission.action}];
    grant.resources.insert(permission.resource);
    grant.reasons.emplace(permission.reason, permission.confirmed);
  }
  std::vector<Statement> statements;
  for (const std::string& purpose : purposes) {
    const std::size_t first = statements.size();
    for (auto& [key, grant] : grants) {
      const auto& [of, conditions, action] = key;
      if (of != purpose) continue;
      const auto same = std::find_if(
          statements.begin() + static_cast<std::ptrdiff_t>(first), statements.end(), [&](const Statement& statement) {
            return statement.conditions == conditions && statement.actions.begin()->second.resources == grant.resources;
          });
      Statement& statement = same == statements.end() ? statements.emplace_back() : *same;
      statement.conditions = conditions;
      statement.actions.emplace(action, grant);
    }
    for (std::size_t i = first; i < statements.size(); ++i)
      statements[i].sid = i == first ? purpose : fmt::format("{}{}", purpose, i - first + 1);
  }
  return statements;
}

Value DocumentOf(const std::vector<Statement>& statements) {
  List list;
  for (const Statement& statement : statements) {
    List actions;
    for (const auto& [action, grant] : statement.actions)
      actions.emplace_back(action);
    const auto& resources = statement.actions.begin()->second.resources;
    Properties json{{"Sid", statement.sid},
                    {"Effect", "Allow"},
                    {"Action", std::move(actions)},
                    {"Resource", List(resources.begin(), resources.end())}};
    Properties conditions;
    for (const plan::PermissionCondition& condition : statement.conditions) {
      Value& test = conditions.try_emplace(condition.test, Properties{}).first->second;
      test.If<Properties>()->emplace(condition.key, condition.value);
    }
    if (!conditions.empty()) json.emplace("Condition", std::move(conditions));
    list.emplace_back(std::move(json));
  }
  return Properties{{"Version", "2012-10-17"}, {"Statement", std::move(list)}};
}

void AddReasons(List& reasons, std::string_view policy, const std::vector<Statement>& statements) {
  for (const Statement& statement : statements) {
    for (const auto& [action, grant] : statement.actions) {
      for (const auto& [reason, confirmed] : grant.reasons) {
        reasons.emplace_back(Properties{{"policy", policy},
                                        {"sid", statement.sid},
                                        {"action", action},
                                        {"reason", reason},
                                        {"confirmed", confirmed}});
      }
    }
  }
}

}  // namespace

Value PoliciesToJson(const plan::Permissions& permissions) {
  return Properties{{"plan", DocumentOf(StatementsOf(permissions.plan))},
                    {"apply", DocumentOf(StatementsOf(permissions.apply))}};
}

Value IamToJson(const plan::Permissions& permissions) {
  const std::vector<Statement> plan = StatementsOf(permissions.plan);
  const std::vector<Statement> apply = StatementsOf(permissions.apply);
  Properties json{
      {"format_version", kFormatVersion}, {"type", "iam"}, {"plan", DocumentOf(plan)}, {"apply", DocumentOf(apply)}};
  List reasons;
  AddReasons(reasons, "plan", plan);
  AddReasons(reasons, "apply", apply);
  json.emplace("reasons", std::move(reasons));
  List notes;
  for (const std::string_view policy : {"plan", "apply"}) {
    const std::string document = ToJson(*Find(json, policy));
    const auto length = document.size() - static_cast<std::size_t>(std::ranges::count(document, ' '));
    if (length <= kLongestPolicy) continue;
    notes.emplace_back(
        fmt::format("the policy for {} has {} characters, and IAM takes {} in a managed policy: split the "
                    "manifest, or write '*' for the names",
                    policy, length, kLongestPolicy));
  }
  json.emplace("notes", std::move(notes));
  return json;
}

std::string IamText(const Value& iam, const TextStyle& style) {
  // Actions with one reason share its lines.
  std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> statements;
  for (const Value& one : ListOf(iam, "reasons")) {
    if (TextOf(one, "policy") != "apply") continue;
    const std::string_view sid = TextOf(one, "sid");
    if (statements.empty() || statements.back().first != sid) statements.emplace_back(sid, 0);
    auto& lines = statements.back().second;
    const std::string reason =
        fmt::format("{}{}", TextOf(one, "reason"), FlagOf(one, "confirmed") ? "" : " (not confirmed)");
    const auto same = std::ranges::find(lines, reason, [](const auto& line) { return line.second; });
    if (same == lines.end()) lines.emplace_back(TextOf(one, "action"), reason);
    else same->first += fmt::format(", {}", TextOf(one, "action"));
  }
  std::string out;
  for (const auto& [sid, lines] : statements) {
    out += Paint(style, Ink::kBold, sid) + "\n";
    for (const auto& [actions, reason] : lines)
      out += Wrapped(Printable(actions), "  ", "  ") + Wrapped(Printable(reason), "    ", "    ");
  }
  for (const Value& note : ListOf(iam, "notes"))
    out += Wrapped("note: " + Printable(note.As<std::string>()), "", "  ");
  return out;
}

}  // namespace rdsteady::report
