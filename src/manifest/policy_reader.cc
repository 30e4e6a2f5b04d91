#include "manifest/policy_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "manifest/encoding.h"
#include "manifest/manifest.h"
#include "manifest/scalar.h"
#include "manifest/yaml.h"

namespace rdsteady::manifest {
namespace {

using Word = Policy::Word;
using Is = Policy::Requirement::Is;
using model::Kind;

constexpr std::array<std::string_view, 5> kMembers = {"max_disruption", "others", "overridable", "rules", "updatable"};
constexpr std::array<std::string_view, 5> kRuleMembers = {"allow_irreversible", Policy::kCreate, "flush",
                                                          "max_disruption", "require"};
constexpr std::array<std::string_view, 4> kConditions = {"at_least", "at_most", "like", "one_of"};

bool HasWildcard(std::string_view pattern) {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

class Reader {
 public:
  Reader(const Reading& reading, PolicyOf of) : reading_(reading), of_(of) {}

  Policy Read(const Node& node) && {
    if (!IsMap(node, "policy")) return {};
    ReadOverridable(node);
    for (const Entry& entry : node.entries())
      ReadMember(entry);
    FinishAllowList();
    return std::move(policy_);
  }

 private:
  // First of all, because every row says whether a flag may lift it.
  void ReadOverridable(const Node& node) {
    const Entry* entry = FindEntry(node, "overridable");
    if (entry == nullptr) return;
    if (of_ == PolicyOf::kManifest) {
      return Refuse(*entry->key, "a manifest's own policy cannot be overridable",
                    "flags never loosen it; a policy file (--policy) may say overridable: true");
    }
    overridable_ =
        ReadChoice(reading_, *entry->value, "overridable",
                   std::array{std::pair{std::string_view("true"), true}, std::pair{std::string_view("false"), false}})
            .value_or(false);
  }

  void ReadMember(const Entry& entry) {
    const std::string_view key = entry.key->text();
    const Node& value = *entry.value;
    if (key == "updatable") {
      allow_list_.scope = ScopeAt(*entry.key);
      has_allow_list_ = true;
      const std::optional<std::vector<std::string>> names = ReadTexts(reading_, value, "updatable");
      for (std::size_t i = 0; names && i < names->size(); ++i) {
        const Result<void> good = CheckUpdatable((*names)[i]);
        if (good) allow_list_.names.push_back((*names)[i]);
        else Refuse(*value.items()[i], good.error().message, good.error().hint);
      }
    } else if (key == "others") {
      allow_list_.others = ReadChoice(reading_, value, "others",
                                      std::array{std::pair{std::string_view("refuse"), Policy::Others::kRefuse},
                                                 std::pair{std::string_view("report"), Policy::Others::kReport}})
                               .value_or(Policy::Others::kRefuse);
    } else if (key == "max_disruption") {
      ReadLimit(entry, ScopeAt(*entry.key));
    } else if (key == "rules") {
      ReadRules(value);
    } else if (key != "overridable" && !key.starts_with("x-")) {
      std::string hint = SuggestName(key, kMembers);
      if (model::FindKind(key) != nullptr) hint = fmt::format("rules of {} stand below rules:", key);
      Refuse(*entry.key, fmt::format("unknown member '{}' of policy", key), std::move(hint));
    }
  }

  void FinishAllowList() {
    if (has_allow_list_) policy_.allow_lists.push_back(std::move(allow_list_));
  }

  void ReadLimit(const Entry& entry, Policy::Scope scope) {
    const std::optional<std::string> text = ReadText(reading_, *entry.value, "max_disruption");
    if (!text) return;
    const Result<model::Disruption> most = ParseMaxDisruption(*text);
    if (!most) Refuse(*entry.value, most.error().message, most.error().hint);
    else policy_.limits.push_back({std::move(scope), *most});
  }

  void ReadRules(const Node& node) {
    if (!IsMap(node, "rules", "write rules below their kind and a pattern of names: {DBInstance: {prod-*: {...}}}"))
      return;
    std::vector<std::string_view> names;
    for (const Kind* kind : model::Kinds())
      names.push_back(kind->name);
    for (const Entry& entry : node.entries()) {
      const std::string_view name = entry.key->text();
      const Kind* kind = model::FindKind(name);
      if (kind == nullptr) {
        if (name.starts_with("x-")) continue;
        const model::Shape* shape = model::FindShape(name);
        const bool later = shape != nullptr && shape->type == model::ShapeType::kStructure;
        Refuse(*entry.key,
               later ? fmt::format("kind '{}' is not supported yet", name) : fmt::format("unknown kind '{}'", name),
               later ? fmt::format("this version knows {}", QuotedAlternatives(names)) : SuggestName(name, names));
      } else if (IsMap(*entry.value, name, "write a pattern of names, and the rules below it: {prod-*: {...}}")) {
        for (const Entry& pattern : entry.value->entries())
          ReadPattern(*kind, pattern);
      }
    }
  }

  void ReadPattern(const Kind& kind, const Entry& pattern) {
    const std::string_view names = pattern.key->text();
    if (names.starts_with("x-") && !pattern.value->IsMap()) return;
    if (names.empty()) return Refuse(*pattern.key, "a pattern of names is empty", "write \"*\" for all of them");
    if (!IsMap(*pattern.value, fmt::format("{} {}", kind.name, names), "write PROPERTY: ask below it")) return;
    for (const Entry& entry : pattern.value->entries())
      ReadRule(kind, names, entry);
  }

  void ReadRule(const Kind& kind, std::string_view names, const Entry& entry) {
    const std::string_view key = entry.key->text();
    const Node& value = *entry.value;
    Policy::Scope scope = ScopeAt(*entry.key);
    scope.kind = &kind;
    scope.names = names;
    if (key.starts_with("x-")) return;
    if (key == "max_disruption") return ReadLimit(entry, std::move(scope));
    if (key == "require") return ReadRequirements(kind, scope, value);
    if (key == "flush") {
      const std::optional<bool> allowed = ReadChoice(
          reading_, value, key,
          std::array{std::pair{std::string_view("allow"), true}, std::pair{std::string_view("never"), false}});
      if (allowed) policy_.flushes.push_back({std::move(scope), *allowed});
      return;
    }
    if (key == "allow_irreversible") {
      const std::optional<std::vector<std::string>> properties = ReadTexts(reading_, value, key);
      for (std::size_t i = 0; properties && i < properties->size(); ++i) {
        if (!IsProperty(kind, *value.items()[i], (*properties)[i], {})) continue;
        Policy::Scope at = scope;
        at.where = reading_.document.Span(*value.items()[i]);
        policy_.grants.push_back({std::move(at), (*properties)[i]});
      }
      return;
    }
    const bool creation = key == Policy::kCreate;
    if (!creation && !IsProperty(kind, *entry.key, key, kRuleMembers)) return;
    const std::optional<Word> word = creation ? ReadCreationWord(value) : ReadWord(value, key);
    if (!word) return;
    if (*word == Word::kWindow && kind.apply_immediately.empty()) {
      return Refuse(value, fmt::format("{} of {} cannot wait: the kind has no maintenance window", key, kind.name),
                    "write ask or never");
    }
    policy_.rules.push_back({std::move(scope), std::string(key), *word});
  }

  std::optional<Word> ReadWord(const Node& node, std::string_view what) {
    return ReadChoice(
        reading_, node, what,
        std::array{std::pair{std::string_view("never"), Word::kNever}, std::pair{std::string_view("ask"), Word::kAsk},
                   std::pair{std::string_view("window"), Word::kWindow},
                   std::pair{std::string_view("now"), Word::kNow}});
  }
  std::optional<Word> ReadCreationWord(const Node& node) {
    return ReadChoice(
        reading_, node, Policy::kCreate,
        std::array{std::pair{std::string_view("never"), Word::kNever}, std::pair{std::string_view("ask"), Word::kAsk},
                   std::pair{std::string_view("now"), Word::kNow}});
  }

  // "AllocatedStorage", "Tags.owner", "Storage*": something that a change can be named by.
  bool IsProperty(const Kind& kind, const Node& at, std::string_view pattern,
                  std::span<const std::string_view> beside) {
    const KindTypes& types = KindTypes::Of(kind);
    std::vector<std::string_view> known = types.names();
    for (const model::SeparateOperation& operation : kind.operations)
      known.push_back(operation.property);
    known.push_back(kind.key);  // a rename
    const std::size_t dot = pattern.find('.');
    const std::string_view name = pattern.substr(0, dot);
    if (HasWildcard(name)) {
      if (std::ranges::any_of(known, [&](std::string_view one) { return MatchesPattern(name, one); })) return true;
      Refuse(at, fmt::format("no property of {} is like '{}'", kind.name, name));
      return false;
    }
    if (!IsOneOf(name, known)) {
      known.insert(known.end(), beside.begin(), beside.end());
      Refuse(at, fmt::format("unknown property '{}' of {}", name, kind.name), SuggestName(name, known));
      return false;
    }
    if (dot == std::string_view::npos) return true;
    const PropertyType* type = types.Find(name);
    if (type == nullptr || type->form != PropertyType::Form::kTextMap) {
      Refuse(at, fmt::format("{} has no keys of its own", name), fmt::format("write {}", name));
      return false;
    }
    if (dot + 1 < pattern.size()) return true;
    Refuse(at, fmt::format("'{}' ends with a dot", pattern), fmt::format("write {} for all of its keys", name));
    return false;
  }

  // ---- require -----------------------------------------------------------------------------------------------------

  void ReadRequirements(const Kind& kind, const Policy::Scope& scope, const Node& node) {
    if (!IsMap(node, "require", "write PROPERTY: VALUE below it")) return;
    const KindTypes& types = KindTypes::Of(kind);
    for (const Entry& entry : node.entries()) {
      const std::string_view name = entry.key->text();
      if (name.starts_with("x-")) continue;
      const PropertyType* type = types.Find(name);
      if (type == nullptr) {
        Refuse(*entry.key, fmt::format("unknown property '{}' of {}", name, kind.name),
               SuggestName(name, types.names()));
        continue;
      }
      // Before the value is looked at: it may be a secret that somebody wrote here.
      if (type->sensitive || type->property->compare == model::Compare::kNever ||
          type->property->update == model::Update::kKey) {
        Refuse(*entry.key, fmt::format("{} cannot be required: no answer of the service shows it", name));
        continue;
      }
      Policy::Requirement row{.scope = scope, .property = type->property};
      row.scope.where = reading_.document.Span(*entry.key);
      if (type->form == PropertyType::Form::kTextMap) ReadKeys(std::move(row), *entry.value);
      else ReadValue(std::move(row), *type, entry);
    }
  }

  void ReadValue(Policy::Requirement row, const PropertyType& type, const Entry& entry) {
    const bool takes_map = type.shape != nullptr && type.shape->type == model::ShapeType::kStructure;
    if (entry.value->IsMap() && !takes_map) {
      const auto shape = type.form == PropertyType::Form::kShape ? type.shape->type : model::ShapeType::kList;
      const bool number = shape == model::ShapeType::kInteger || shape == model::ShapeType::kLong;
      const bool text = shape == model::ShapeType::kString;
      const bool version = type.property->compare == model::Compare::kVersion;
      return ReadConditions(row, *entry.value, number || version, text, [&](const Node& node) {
        return TypeProperty(reading_, type, {.key = entry.key, .value = &node});
      });
    }
    if (std::optional<Value> value = TypeProperty(reading_, type, entry)) {
      row.value = *std::move(value);
      policy_.requirements.push_back(std::move(row));
    }
  }

  void ReadKeys(Policy::Requirement row, const Node& node) {
    const std::string name(row.property->name);
    if (!IsMap(node, name, "write the keys that must be there below it: {owner: {like: \"*\"}}")) return;
    for (const Entry& entry : node.entries()) {
      row.key = entry.key->text();
      row.scope.where = reading_.document.Span(*entry.key);
      const auto read = [&](const Node& value) -> std::optional<Value> {
        std::optional<std::string> text = ReadText(reading_, value, row.Name());
        return text ? std::optional<Value>(*std::move(text)) : std::nullopt;
      };
      if (entry.value->IsMap()) {
        ReadConditions(row, *entry.value, false, true, read);
      } else if (std::optional<Value> value = read(*entry.value)) {
        row.value = *std::move(value);
        policy_.requirements.push_back(row);
      }
    }
  }

  template <class ReadOne>
  void ReadConditions(const Policy::Requirement& row, const Node& node, bool bounded, bool text, const ReadOne& read) {
    if (node.entries().empty()) {
      return Refuse(node, fmt::format("{} requires nothing", row.Name()),
                    fmt::format("write a value, or one of {}", QuotedAlternatives(kConditions)));
    }
    for (const Entry& entry : node.entries()) {
      const std::string_view key = entry.key->text();
      Policy::Requirement one = row;
      if (key == "at_least" || key == "at_most") {
        if (!bounded) {
          Refuse(*entry.key, fmt::format("{} has no size for '{}' to compare", row.Name(), key),
                 "numbers and versions have");
          continue;
        }
        one.is = key == "at_least" ? Is::kAtLeast : Is::kAtMost;
      } else if (key == "like") {
        if (!text) {
          Refuse(*entry.key, fmt::format("{} is no text that could be like a pattern", row.Name()));
          continue;
        }
        one.is = Is::kLike;
        const std::optional<std::string> pattern = ReadText(reading_, *entry.value, row.Name() + ".like");
        if (!pattern) continue;
        one.value = *pattern;
        policy_.requirements.push_back(std::move(one));
        continue;
      } else if (key == "one_of") {
        one.is = Is::kOneOf;
        ReadOneOf(std::move(one), *entry.value, read);
        continue;
      } else {
        Refuse(*entry.key, fmt::format("unknown condition '{}' of {}", key, row.Name()),
               fmt::format("conditions are {}", QuotedAlternatives(kConditions)));
        continue;
      }
      std::optional<Value> value = read(*entry.value);
      if (!value) continue;
      one.value = *std::move(value);
      policy_.requirements.push_back(std::move(one));
    }
  }

  template <class ReadOne>
  void ReadOneOf(Policy::Requirement row, const Node& node, const ReadOne& read) {
    const std::string what = row.Name() + ".one_of";
    if (!HasValue(reading_, node, what)) return;
    if (!node.IsList() || node.items().empty()) {
      return Refuse(node, fmt::format("{} takes a list of values, not {}", what,
                                      node.IsList() ? "an empty one" : Describe(node)));
    }
    List values;
    for (const Node* item : node.items()) {
      std::optional<Value> value = read(*item);
      if (!value) return;
      values.push_back(*std::move(value));
    }
    row.value = std::move(values);
    policy_.requirements.push_back(std::move(row));
  }

  // ---- small helps -------------------------------------------------------------------------------------------------

  [[nodiscard]] Policy::Scope ScopeAt(const Node& key) const {
    return {.where = reading_.document.Span(key), .overridable = overridable_};
  }

  bool IsMap(const Node& node, std::string_view what, std::string hint = {}) {
    if (!HasValue(reading_, node, what)) return false;
    if (node.IsMap()) return true;
    Refuse(node, fmt::format("{} takes a map, not {}", what, Describe(node)), std::move(hint));
    return false;
  }

  void Refuse(const Node& node, std::string message, std::string hint = {}) {
    reading_.faults.Error(reading_.document.Span(node), std::move(message), std::move(hint));
  }

  const Reading& reading_;
  const PolicyOf of_;
  Policy policy_;
  Policy::AllowList allow_list_;
  bool has_allow_list_ = false;
  bool overridable_ = false;
};

}  // namespace

Policy ReadPolicy(const Reading& reading, const Node& node, PolicyOf of) {
  return Reader(reading, of).Read(node);
}

PolicyOutcome LoadPolicy(const std::string& path, const FileSource& source) {
  Faults faults;
  PolicyOutcome outcome;
  const SourceSpan at_file{std::make_shared<const SourceFile>(SourceFile{path, {}}), 0, 0, 1};
  Result<std::string> text = source.Read(path);
  if (!text) {
    faults.Error(at_file, text.error().message, text.error().hint);
  } else if (text->size() > kMaxFileBytes) {
    faults.Error(at_file, "larger than 64 MiB");
  } else if (const auto file = CheckedText(path, *std::move(text), faults)) {
    const Document document = ParseYaml(file, faults);
    const Node* root = document.root();
    const Entry* below = root != nullptr && root->IsMap() ? FindEntry(*root, "policy") : nullptr;
    if (root == nullptr || (root->IsScalar() && root->absent)) {
      if (!document.broken()) faults.Error(at_file, "the file is empty", "a policy has members such as rules:");
    } else {
      const Reading reading{document, faults};
      for (const Entry& entry : below == nullptr ? std::span<const Entry>() : root->entries()) {
        const std::string_view key = entry.key->text();
        if (&entry == below || key.starts_with("x-")) continue;
        faults.Error(document.Span(*entry.key), fmt::format("'{}' stands beside policy: in a policy file", key),
                     model::FindKind(key) != nullptr
                         ? "a policy file states no resources; rules stand below policy.rules"
                         : "write it below policy:");
      }
      outcome.policy = ReadPolicy(reading, below == nullptr ? *root : *below->value, PolicyOf::kFile);
    }
  }
  if (faults.errors() > 0) outcome.policy.reset();
  outcome.diagnostics = std::move(faults).Take();
  return outcome;
}

}  // namespace rdsteady::manifest
