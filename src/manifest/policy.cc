// The rows of a policy: what they cover, what they require, and the words that flags share with them.
#include "manifest/policy.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "manifest/manifest.h"
#include "manifest/scalar.h"
#include "manifest/typing.h"
#include "model/kinds/compare.h"

namespace rdsteady::manifest {
namespace {

constexpr std::array kDisruptions = {model::Disruption::kNone, model::Disruption::kDegraded,
                                     model::Disruption::kFailover, model::Disruption::kRestart,
                                     model::Disruption::kOutage};

template <class Row>
void Append(std::vector<Row>& rows, std::vector<Row>&& more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool IsReached(const Policy::Requirement& required, const Value& want, const Value& have, const model::Sight& sight) {
  return required.key.empty() ? model::Reached(*required.property, sight, want, have)
                              : model::KeyReached(*required.property, want, have, {});
}

bool IsWithin(const Value& have, const Value& bound, bool at_least) {
  if (have.Is<std::int64_t>() && bound.Is<std::int64_t>()) {
    return at_least ? have.As<std::int64_t>() >= bound.As<std::int64_t>()
                    : have.As<std::int64_t>() <= bound.As<std::int64_t>();
  }
  if (!have.Is<std::string>() || !bound.Is<std::string>()) return false;
  const std::string& version = have.As<std::string>();
  const std::string& limit = bound.As<std::string>();
  // 15 as the most holds all of 15.
  if (model::IsVersionPrefix(limit, version)) return true;
  return at_least == (model::CompareVersions(version, limit) > 0);
}

}  // namespace

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  // Where the last * stood, and how much of the text it has taken so far.
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  std::size_t p = 0;
  std::size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || EqualsIgnoreCase(pattern.substr(p, 1), text.substr(t, 1)))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string_view ToString(Policy::Word word) {
  switch (word) {
    case Policy::Word::kNow: return "now";
    case Policy::Word::kWindow: return "window";
    case Policy::Word::kAsk: return "ask";
    case Policy::Word::kNever: return "never";
  }
  return "never";
}

bool Policy::Scope::Covers(const model::Kind& of, std::string_view name) const {
  return (kind == nullptr || kind->name == of.name) && MatchesPattern(names, name);
}

std::string Policy::Scope::Describe() const {
  return kind == nullptr ? std::string() : fmt::format("{} {}", kind->name, names);
}

std::string Policy::Requirement::Name() const {
  return key.empty() ? std::string(property->name) : fmt::format("{}.{}", property->name, key);
}

std::string Policy::Requirement::Describe() const {
  switch (is) {
    case Is::kEqual: return ToDisplay(value);
    case Is::kAtLeast: return "at least " + ToDisplay(value);
    case Is::kAtMost: return "at most " + ToDisplay(value);
    case Is::kOneOf: return "one of " + ToDisplay(value);
    case Is::kLike: return "like " + ToDisplay(value);
  }
  return {};
}

bool Policy::Requirement::HeldBy(const Value& have, const model::Sight& sight) const {
  switch (is) {
    case Is::kEqual: return IsReached(*this, value, have, sight);
    case Is::kAtLeast: return IsWithin(have, value, true);
    case Is::kAtMost: return IsWithin(have, value, false);
    case Is::kOneOf:
      return std::ranges::any_of(value.As<List>(),
                                 [&](const Value& one) { return IsReached(*this, one, have, sight); });
    case Is::kLike: return have.Is<std::string>() && MatchesPattern(value.As<std::string>(), have.As<std::string>());
  }
  return false;
}

void Policy::Add(Policy other) {
  Append(allow_lists, std::move(other.allow_lists));
  Append(limits, std::move(other.limits));
  Append(rules, std::move(other.rules));
  Append(flushes, std::move(other.flushes));
  Append(grants, std::move(other.grants));
  Append(requirements, std::move(other.requirements));
}

std::vector<Diagnostic> CheckRequirements(const Manifest& manifest) {
  std::vector<Diagnostic> diagnostics;
  const Value nothing;
  for (const DesiredResource& resource : manifest.resources) {
    const model::Sight sight{.desired = resource.properties, .live = nothing, .name = resource.name};
    for (const Policy::Requirement& required : manifest.policy.requirements) {
      if (!required.scope.Covers(*resource.kind, resource.name)) continue;
      const Value* stated = Find(resource.properties, required.property->name);
      if (stated != nullptr && !required.key.empty()) stated = stated->Find(required.key);
      if (stated == nullptr || required.HeldBy(*stated, sight)) continue;
      const auto where = resource.where_stated.find(required.property->name);
      diagnostics.push_back(
          {.message = fmt::format("{} of {} is {}, and must be {}", required.Name(), resource.Id(), ToDisplay(*stated),
                                  required.Describe()),
           .where = where == resource.where_stated.end() ? resource.where : where->second,
           .also = {{fmt::format("required here for {}", required.scope.Describe()), required.scope.where}}});
    }
  }
  return diagnostics;
}

Result<model::Disruption> ParseMaxDisruption(std::string_view text) {
  std::vector<std::string_view> words;
  for (const model::Disruption disruption : kDisruptions) {
    words.push_back(model::ToString(disruption));
    if (words.back() == text) return disruption;
  }
  return Fail(ErrorCategory::kUsage,
              fmt::format("the most disruption is {}, not '{}'", QuotedAlternatives(words), text),
              SuggestName(text, words));
}

Result<void> CheckUpdatable(std::string_view entry) {
  std::vector<std::string_view> parts;
  for (std::string_view rest = entry; parts.size() < 3;) {
    const std::size_t dot = parts.size() == 2 ? std::string_view::npos : rest.find('.');
    parts.push_back(rest.substr(0, dot));
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  const model::Kind* kind = model::FindKind(parts.front());
  if (kind != nullptr && parts.size() == 1) {
    return Fail(ErrorCategory::kUsage, fmt::format("'{}' names a kind, not a property", entry),
                fmt::format("write {}.PROPERTY", kind->name));
  }
  if (kind == nullptr && parts.size() > 1 &&
      KindTypes::Of(*model::FindKind("DBInstance")).Find(parts.front()) == nullptr) {
    std::vector<std::string_view> kinds;
    for (const model::Kind* known : model::Kinds())
      kinds.push_back(known->name);
    return Fail(ErrorCategory::kUsage, fmt::format("unknown kind '{}' in '{}'", parts.front(), entry),
                SuggestName(parts.front(), kinds));
  }
  if (kind == nullptr) kind = model::FindKind("DBInstance");
  else parts.erase(parts.begin());
  const std::string_view name = parts.front();
  const PropertyType* type = KindTypes::Of(*kind).Find(name);
  std::vector<std::string_view> known = KindTypes::Of(*kind).names();
  for (const model::SeparateOperation& operation : kind->operations)
    known.push_back(operation.property);
  if (!IsOneOf(name, known)) {
    return Fail(ErrorCategory::kUsage, fmt::format("unknown property '{}' of {}", name, kind->name),
                SuggestName(name, known));
  }
  if (parts.size() > 1 && (type == nullptr || type->form != PropertyType::Form::kTextMap)) {
    return Fail(ErrorCategory::kUsage, fmt::format("{}.{} has no keys of its own", kind->name, name),
                fmt::format("write {}.{}", kind->name, name));
  }
  if (parts.back().empty()) return Fail(ErrorCategory::kUsage, fmt::format("'{}' ends with a dot", entry));
  return {};
}

}  // namespace rdsteady::manifest
