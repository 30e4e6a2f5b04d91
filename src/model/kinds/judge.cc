#include "model/kinds/judge.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/text.h"
#include "model/kinds/sight.h"

namespace rdsteady::model {
namespace {

class Judgement {
 public:
  Judgement(const Kind& kind, const Sight& sight, Knowledge knowledge)
      : kind_(kind), sight_(sight), knowledge_(knowledge) {}

  std::vector<Objection> Run() && {
    for (const Property& property : kind_.properties) {
      const Value* stated = Find(sight_.desired, property.name);
      if (stated == nullptr) continue;
      JudgeBounds(property, *stated);
      JudgeChecks(property.checks, property.name);
    }
    JudgeChecks(kind_.checks, {});
    return std::move(objections_);
  }

 private:
  void JudgeBounds(const Property& property, const Value& stated) {
    if (const auto number = IntegerOf(stated); number && property.range.IsStated()) {
      if (*number < property.range.least || *number > property.range.most) {
        Object("RANGE", property.name,
               fmt::format("{} is {}, and must be {} to {}", property.name, *number, property.range.least,
                           property.range.most),
               {});
      }
    }
    const std::string_view text = TextOf(stated);
    if (text.empty() || property.values.empty()) return;
    if (std::ranges::any_of(property.values, [text](std::string_view value) { return EqualsIgnoreCase(value, text); }))
      return;
    Object("VALUES", property.name,
           fmt::format("{} is '{}', and must be {}", property.name, text, QuotedAlternatives(property.values)),
           DidYouMean(text, property.values));
  }

  void JudgeChecks(std::span<const Check> checks, std::string_view property) {
    for (const Check& check : checks) {
      if (knowledge_ != Knowledge::kLive && !check.offline) continue;
      if (knowledge_ == Knowledge::kNothing && check.at_birth) continue;
      std::string text = check.objection(sight_);
      if (text.empty()) continue;
      Object(check.rule, property, std::move(text),
             check.hint != nullptr ? check.hint(sight_) : std::string(check.advice));
    }
  }

  void Object(std::string_view rule, std::string_view property, std::string text, std::string hint) {
    objections_.push_back({std::string(rule), std::string(property), std::move(text), std::move(hint)});
  }

  const Kind& kind_;
  const Sight& sight_;
  Knowledge knowledge_;
  std::vector<Objection> objections_;
};

}  // namespace

const Guard* HeldBy(const Property& property, const Sight& sight, Purpose purpose) {
  const Guard::Scope other = purpose == Purpose::kCompare ? Guard::Scope::kBirth : Guard::Scope::kCompare;
  const auto found = std::ranges::find_if(
      property.guards, [&](const Guard& guard) { return guard.scope != other && guard.holds(sight); });
  return found == property.guards.end() ? nullptr : &*found;
}

std::vector<Objection> Judge(const Kind& kind, const Sight& sight, Knowledge knowledge) {
  return Judgement(kind, sight, knowledge).Run();
}

}  // namespace rdsteady::model
