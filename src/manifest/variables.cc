#include "manifest/variables.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "manifest/scalar.h"
#include "manifest/typing.h"

namespace rdsteady::manifest {
namespace {

class Replacer {
 public:
  Replacer(Document& document, Variables& variables, Faults& faults)
      : document_(document), variables_(variables), faults_(faults) {}

  void Run() {
    const Node* root = document_.root();
    if (root == nullptr || !root->IsMap()) return;
    if (const Entry* vars = FindEntry(*root, "vars")) Declare(*vars->value);
    if (!document_.file()->text.contains("${")) return;
    for (const Entry& entry : root->entries()) {
      RefuseInKey(*entry.key);
      if (entry.key->text() != "vars") VisitValue(entry);
    }
  }

 private:
  void Declare(const Node& vars) {
    const Reading reading{document_, faults_};
    if (!HasValue(reading, vars, "vars")) return;
    if (!vars.IsMap()) {
      faults_.Error(document_.Span(vars), fmt::format("vars takes a map, not {}", Describe(vars)),
                    "write {name: value}");
      return;
    }
    for (const Entry& entry : vars.entries()) {
      const std::string name(entry.key->text());
      variables_.known.insert(name);
      const auto given = variables_.given.find(name);
      if (!IsWord(name)) {
        faults_.Error(document_.Span(*entry.key), fmt::format("'{}' cannot name a variable", name),
                      "letters, digits and '_', not a digit first");
      } else if (given != variables_.given.end()) {
        values_[name] = given->second;
        variables_.used.insert(name);
      } else if (entry.value->IsScalar() && entry.value->absent) {
        faults_.Error(document_.Span(*entry.key), fmt::format("the variable '{}' has no value", name),
                      fmt::format("write one, or give it with --var {}=VALUE", name));
        values_[name] = std::nullopt;
      } else if (!entry.value->IsScalar() || entry.value->IsNull()) {
        faults_.Error(document_.Span(*entry.value),
                      fmt::format("the variable '{}' takes text, not {}", name, Describe(*entry.value)));
        values_[name] = std::nullopt;
      } else {
        if (entry.value->text().contains("${")) {
          faults_.Error(document_.Span(*entry.value), fmt::format("the variable '{}' holds another one", name),
                        "variables are not replaced in vars: write its value out");
        }
        values_[name] = std::string(entry.value->text());
      }
    }
  }

  // Secret properties hold references, or in a script's dictionary the secret itself: both are left as written.
  void VisitValue(const Entry& entry) {
    const bool secret = std::ranges::any_of(model::Kinds(), [&](const model::Kind* kind) {
      const PropertyType* type = KindTypes::Of(*kind).Find(entry.key->text());
      return type != nullptr && type->sensitive;
    });
    if (!secret) Visit(*entry.value);
  }

  // Depth is bounded by the reader's own limit, and so is the number of nodes, aliases counted.
  void Visit(const Node& node) {
    if (node.IsScalar()) {
      if (!node.substituted && node.text().contains("${")) Replace(node);
    } else if (node.IsList()) {
      for (const Node* item : node.items())
        Visit(*item);
    } else if (node.IsMap()) {
      for (const Entry& entry : node.entries()) {
        RefuseInKey(*entry.key);
        VisitValue(entry);
      }
    }
  }

  void RefuseInKey(const Node& key) {
    if (key.text().contains("${")) {
      faults_.Error(document_.Span(key), "variables are not replaced in keys", "write the name out");
    }
  }

  void Replace(const Node& node) {
    const std::string_view text = node.text();
    std::string replaced;
    bool faulty = false;
    std::size_t at = 0;
    while (at < text.size()) {
      if (text.substr(at).starts_with("$${")) {
        replaced += "${";
        at += 3;
        continue;
      }
      if (!text.substr(at).starts_with("${")) {
        replaced += text[at++];
        continue;
      }
      const std::size_t end = text.find('}', at);
      const std::string_view name =
          end == std::string_view::npos ? std::string_view() : text.substr(at + 2, end - at - 2);
      if (!IsWord(name)) {
        faults_.Error(SpanIn(node, text.substr(at, 2)), "'${' begins a variable, and no name and '}' follow",
                      "write $${ for the two characters themselves");
        faulty = true;
        at += 2;
        continue;
      }
      const std::string* value = Look(node, name);
      faulty = faulty || value == nullptr;
      if (value != nullptr) replaced += *value;
      at = end + 1;
    }
    document_.ReplaceText(node, replaced, faulty);
  }

  // nullptr: there is none, which has been reported.
  const std::string* Look(const Node& node, std::string_view name) {
    variables_.known.emplace(name);
    if (const auto given = variables_.given.find(name); given != variables_.given.end()) {
      variables_.used.emplace(name);
      return &given->second;
    }
    const auto found = values_.find(name);
    if (found != values_.end()) return found->second ? &*found->second : nullptr;
    std::vector<std::string_view> names;
    for (const auto& [known, value] : values_)
      names.push_back(known);
    std::string hint = SuggestName(name, names);
    if (hint.empty()) hint = fmt::format("declare it in vars: of this file, or give it with --var {}=VALUE", name);
    faults_.Error(SpanIn(node, fmt::format("${{{}}}", name)), fmt::format("no variable is named '{}'", name), hint);
    return nullptr;
  }

  SourceSpan SpanIn(const Node& node, std::string_view part) const {
    const std::size_t at = document_.Written(node).find(part);
    if (at == std::string_view::npos) return document_.Span(node);
    return document_.SpanOf(node.begin + at, node.begin + at + part.size());
  }

  Document& document_;
  Variables& variables_;
  Faults& faults_;
  std::map<std::string, std::optional<std::string>, std::less<>> values_;  // nullopt: its fault is reported already
};

}  // namespace

void ReplaceVariables(Document& document, Variables& variables, Faults& faults) {
  Replacer(document, variables, faults).Run();
}

}  // namespace rdsteady::manifest
