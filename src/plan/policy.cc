#include "plan/policy.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/compare.h"
#include "model/kinds/disruption.h"
#include "plan/forecast.h"

namespace rdsteady::plan {
namespace {

using manifest::Policy;
using Word = Policy::Word;

// The kind whose properties an allow-list may name without their kind: that of the scripts it is carried over from.
constexpr std::string_view kBareKind = "DBInstance";

// "policy.yaml:14"; empty for what no file states.
std::string At(const Policy::Scope& scope) {
  return scope.where.file == nullptr ? std::string() : fmt::format("{}:{}", scope.where.file->path, scope.where.line);
}

// "policy.rules.DBInstance.prod-*.Port"
std::string RuleName(const Policy::Scope& scope, std::string_view member) {
  if (scope.kind == nullptr) return fmt::format("policy.{}", member);
  return fmt::format("policy.rules.{}.{}.{}", scope.kind->name, scope.names, member);
}

// "policy.yaml:14 says 'Port: never' for DBInstance prod-*"
std::string Saying(const Policy::Rule& rule) {
  return fmt::format("{} says '{}: {}' for {}", At(rule.scope), rule.property, ToString(rule.word),
                     rule.scope.Describe());
}

bool Names(std::string_view pattern, std::string_view change) {
  if (manifest::MatchesPattern(pattern, change)) return true;
  const std::size_t dot = change.find('.');
  return dot != std::string_view::npos && manifest::MatchesPattern(pattern, change.substr(0, dot));
}

}  // namespace

bool AllowListNames(std::string_view entry, std::string_view kind, std::string_view change) {
  const auto names = [&](std::string_view name) {
    return entry == fmt::format("{}.{}", kind, name) || (kind == kBareKind && entry == name);
  };
  return names(change) || names(PropertyOf(change));
}

PolicyJudge::PolicyJudge(const manifest::DesiredResource& desired, const Observation& observed, const Policy& policy,
                         const Options& options, ResourcePlan& out)
    : desired_(desired),
      kind_(*desired.kind),
      observed_(observed),
      policy_(policy),
      options_(options),
      out_(out),
      sight_(SightOf(desired, observed, options.others, options.keys.get())) {
  for (const Policy::Flush& flush : policy_.flushes) {
    if (!flush.scope.Covers(kind_, desired_.name)) continue;
    if (flush.allowed) flush_allowed_ = &flush;
    else if (!flush.scope.overridable || !options_.flush_pending) flush_forbidden_ = &flush;
  }
}

Options PolicyJudge::Tightened() const {
  Options options = options_;
  options.flush_pending = flush_forbidden_ == nullptr && (options.flush_pending || flush_allowed_ != nullptr);
  return options;
}

// ---- which rules speak of a change -------------------------------------------------------------------------------

bool PolicyJudge::Ruling::Says(Word word) const {
  return strictest != nullptr && strictest->word == word;
}

bool PolicyJudge::IsLifted(const Policy::Rule& rule, const std::string& name) const {
  if (!rule.scope.overridable) return false;
  if (rule.word == Word::kWindow) return options_.when_is_explicit && options_.when == When::kNow;
  return rule.word == Word::kNever && options_.approve.contains(ChangeId(desired_.Id(), name));
}

PolicyJudge::Ruling PolicyJudge::RulingOf(const std::vector<std::string>& names) const {
  Ruling ruling;
  for (const Policy::Rule& rule : policy_.rules) {
    if (!rule.scope.Covers(kind_, desired_.name) || rule.property == Policy::kCreate) continue;
    const auto name = std::ranges::find_if(names, [&](const std::string& one) { return Names(rule.property, one); });
    if (name == names.end() || IsLifted(rule, names.front())) continue;
    if (ruling.strictest == nullptr || rule.word > ruling.strictest->word) ruling.strictest = &rule;
    if (rule.word == Word::kWindow && ruling.window == nullptr) ruling.window = &rule;
  }
  return ruling;
}

std::vector<std::string> PolicyJudge::NamesOf(std::string_view change) const {
  // The tag that remembers the password's version comes and goes with the password.
  const bool is_version = !kind_.version_tags.empty() && PropertyOf(change) == kind_.version_tags &&
                          change.substr(kind_.version_tags.size() + 1) == kPasswordVersionTag;
  std::vector<std::string> names{std::string(is_version ? kind_.versioned_secret : change)};
  const model::Property* property = model::FindProperty(kind_, PropertyOf(names.front()));
  if (property == nullptr) return names;
  for (const model::Companion& companion : property->companions) {
    const model::Property* other = model::FindProperty(kind_, companion.property);
    if (other == nullptr || other->update != model::Update::kModifier) continue;
    if (companion.needed == nullptr || companion.needed(sight_)) names.emplace_back(other->name);
  }
  return names;
}

bool PolicyJudge::IsInWindow() const {
  const auto window = NextWindowOf(kind_, observed_.live, options_.now);
  return window && *window <= options_.now;
}

bool PolicyJudge::IsGranted(const std::string& name) const {
  return std::ranges::any_of(policy_.grants, [&](const Policy::Grant& grant) {
    return grant.scope.Covers(kind_, desired_.name) && Names(grant.property, name);
  });
}

// ---- before the steps --------------------------------------------------------------------------------------------

bool PolicyJudge::IsListed(const std::string& name, SourceSpan where) {
  const auto holds = [&](const std::vector<std::string>& list) {
    return std::ranges::any_of(list, [&](const std::string& entry) { return AllowListNames(entry, kind_.name, name); });
  };
  const auto refuse = [&](std::string_view rule, const std::string& at, bool report) {
    const std::string place = at.empty() ? std::string() : fmt::format(" ({})", at);
    if (report) {
      out_.notes.push_back(fmt::format("{} differs and is left as it is: {}{} does not list it", name, rule, place));
      return;
    }
    out_.refusals.push_back({std::string(rule), name,
                             fmt::format("{} may not be changed: {}{} does not list it", name, rule, place),
                             "add it there, or state the live value", where});
  };
  // Of two lists without it, the one that refuses is told.
  const Policy::AllowList* failing = nullptr;
  bool all_report = !policy_.allow_lists.empty();
  for (const Policy::AllowList& list : policy_.allow_lists) {
    const bool refuses = list.others == Policy::Others::kRefuse;
    all_report = all_report && !refuses;
    if (holds(list.names)) continue;
    if (list.scope.overridable && options_.allow_update && holds(*options_.allow_update)) continue;
    if (failing == nullptr || (refuses && failing->others == Policy::Others::kReport)) failing = &list;
  }
  if (failing != nullptr) {
    refuse("policy.updatable", At(failing->scope), failing->others == Policy::Others::kReport);
  } else if (options_.allow_update && !holds(*options_.allow_update)) {
    refuse("--allow-update", {}, all_report);
  } else {
    return true;
  }
  return false;
}

void PolicyJudge::JudgeDifferences(std::vector<Difference>& differences) {
  std::erase_if(differences, [&](const Difference& difference) {
    const std::vector<std::string> names = NamesOf(difference.Name());
    // Judged as something else (the version's tag): what is said of that is said once.
    const bool alias = names.front() != difference.Name();
    const std::size_t refusals = out_.refusals.size();
    const std::size_t notes = out_.notes.size();
    bool may = IsListed(names.front(), difference.where);
    const Ruling ruling = may ? RulingOf(names) : Ruling{};
    if (ruling.Says(Word::kNever)) {
      RefuseNever(*ruling.strictest, names.front(), difference.where);
      may = false;
    }
    if (alias) {
      out_.refusals.resize(refusals);
      out_.notes.resize(notes);
    }
    return !may;
  });
  Hold(differences);
}

void PolicyJudge::Hold(std::vector<Difference>& differences) {
  std::erase_if(differences, [&](Difference& difference) {
    const Ruling ruling = RulingOf(NamesOf(difference.Name()));
    // What takes a scheduled value back changes nothing but the queue.
    if (ruling.window == nullptr || difference.what == Difference::What::kWithdraw) return false;
    if (!IsDeferrable(difference)) {
      if (!IsInWindow()) RefuseAtOnce(*ruling.window, difference.Name(), difference.where);
      return !IsInWindow();
    }
    if (options_.when != When::kNow) return false;
    out_.notes.push_back(fmt::format("{} waits for the window, as {}", difference.Name(), Saying(*ruling.window)));
    if (difference.what == Difference::What::kFlush) {
      for (Decision& decision : out_.decisions) {
        if (decision.property != difference.Name()) continue;
        decision.verdict = Verdict::kScheduled;
        decision.reason = "waits to be applied, as the policy says";
      }
      return true;
    }
    difference.held = true;
    return false;
  });
  HoldTogether(differences);
}

// What must not go in another request than a change that is held goes with it.
void PolicyJudge::HoldTogether(std::vector<Difference>& differences) const {
  for (bool more = true; more;) {
    more = false;
    for (Difference& lead : differences) {
      for (const model::Companion& companion : lead.property->companions) {
        if (!companion.only_together || (companion.needed != nullptr && !companion.needed(sight_))) continue;
        for (Difference& other : differences) {
          if (other.property->name != companion.property || other.held == lead.held) continue;
          other.held = lead.held = more = true;
        }
      }
    }
  }
}

// ---- after the steps ---------------------------------------------------------------------------------------------

void PolicyJudge::JudgeSteps(std::size_t from) {
  for (std::size_t i = from; i < out_.steps.size();) {
    Step& step = out_.steps[i];
    step.flush_allowed = flush_allowed_ != nullptr && flush_forbidden_ == nullptr;
    // Power and reboot come from no difference: the lists have not seen them yet.
    const auto unlisted = [&](const Change& change) {
      return model::FindProperty(kind_, PropertyOf(change.property)) == nullptr &&
             !IsListed(change.property, change.where);
    };
    if (std::ranges::any_of(step.changes, unlisted)) {
      out_.steps.erase(out_.steps.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    for (Change& change : step.changes)
      JudgeChange(step, change);
    ++i;
  }
  JudgeDisruption();
  if (flush_forbidden_ != nullptr) JudgeFlushRefusals();
}

void PolicyJudge::JudgeChange(Step& step, Change& change) {
  const std::vector<std::string> names = NamesOf(change.property);
  const Ruling ruling = RulingOf(names);
  change.irreversible_allowed = IsGranted(names.front());
  if (ruling.strictest == nullptr || names.front() != change.property) return;
  if (ruling.Says(Word::kNever)) return RefuseNever(*ruling.strictest, change.property, change.where);
  if (ruling.window != nullptr && step.action != Action::kWithdraw &&
      change.forecast.when != model::ActsWhen::kWindow && !IsInWindow()) {
    return RefuseAtOnce(*ruling.window, change.property, change.where);
  }
  if (ruling.Says(Word::kNow)) change.consent = Consent::kGranted;
  if (ruling.Says(Word::kAsk)) change.consent = Consent::kAsk;
  change.consent_rule = Saying(*ruling.strictest);
}

void PolicyJudge::JudgeDisruption() {
  const Policy::Limit* least = nullptr;
  for (const Policy::Limit& limit : policy_.limits) {
    if (!limit.scope.Covers(kind_, desired_.name)) continue;
    if (limit.scope.overridable && options_.max_disruption) continue;
    if (least == nullptr || model::Weight(limit.most) < model::Weight(least->most)) least = &limit;
  }
  const auto judge = [&](model::Disruption most, std::string_view rule, const std::string& at) {
    for (const Step& step : out_.steps) {
      for (const Change& change : step.changes) {
        if (model::Weight(change.forecast.disruption) <= model::Weight(most)) continue;
        const auto said = [&](const Refusal& refusal) {
          return refusal.rule == rule && refusal.property == change.property;
        };
        if (std::ranges::any_of(out_.refusals, said)) continue;
        out_.refusals.push_back(
            {std::string(rule), change.property,
             fmt::format("{} would cause: {}; {}{} allows at most {}", change.property,
                         model::ToString(change.forecast.disruption), rule,
                         at.empty() ? std::string() : fmt::format(" ({})", at), model::ToString(most)),
             "leave it for an agreed time, or raise the limit", change.where});
      }
    }
  };
  if (least != nullptr) judge(least->most, RuleName(least->scope, "max_disruption"), At(least->scope));
  if (options_.max_disruption) judge(*options_.max_disruption, "--max-disruption", {});
}

// What the refusal of a flush advises would not help here.
void PolicyJudge::JudgeFlushRefusals() {
  for (Refusal& refusal : out_.refusals) {
    if (refusal.rule != "FOREIGN-PENDING") continue;
    refusal.advice = fmt::format("wait until the window has passed: {} says 'flush: never' for {}",
                                 At(flush_forbidden_->scope), flush_forbidden_->scope.Describe());
  }
}

void PolicyJudge::JudgeCreation() {
  const Policy::Rule* strictest = nullptr;
  for (const Policy::Rule& rule : policy_.rules) {
    if (rule.property != Policy::kCreate || !rule.scope.Covers(kind_, desired_.name)) continue;
    if (IsLifted(rule, std::string(Policy::kCreate))) continue;
    if (strictest == nullptr || rule.word > strictest->word) strictest = &rule;
  }
  if (strictest == nullptr) return;
  out_.creation_rule = Saying(*strictest);
  if (strictest->word == Word::kNow) out_.creation = Consent::kGranted;
  if (strictest->word == Word::kAsk) out_.creation = Consent::kAsk;
  if (strictest->word != Word::kNever) return;
  out_.refusals.push_back({RuleName(strictest->scope, Policy::kCreate),
                           {},
                           fmt::format("it does not exist and may not be created: {}", out_.creation_rule),
                           strictest->scope.overridable ? fmt::format("approve of it with --approve {}",
                                                                      ChangeId(desired_.Id(), Policy::kCreate))
                                                        : std::string("correct the name, or have the policy changed"),
                           desired_.where});
}

void PolicyJudge::RefuseNever(const Policy::Rule& rule, const std::string& name, SourceSpan where) {
  for (Decision& decision : out_.decisions) {
    if (decision.property != name || decision.verdict != Verdict::kDiffers) continue;
    decision.verdict = Verdict::kRefused;
    decision.rule = RuleName(rule.scope, rule.property);
  }
  out_.refusals.push_back(
      {RuleName(rule.scope, rule.property), name, fmt::format("{} may not be changed: {}", name, Saying(rule)),
       rule.scope.overridable ? fmt::format("approve of it with --approve {}", ChangeId(desired_.Id(), name))
                              : std::string("state what is live or leave it out, or have the policy changed"),
       where});
}

void PolicyJudge::RefuseAtOnce(const Policy::Rule& rule, const std::string& name, SourceSpan where) {
  const auto window = NextWindowOf(kind_, observed_.live, options_.now);
  out_.refusals.push_back(
      {RuleName(rule.scope, rule.property), name,
       fmt::format("{} acts at once whatever is asked and cannot be left to the window: {}", name, Saying(rule)),
       window ? fmt::format("run it during the maintenance window, which begins at {}", FormatIso8601(*window))
              : std::string("have the policy changed"),
       where});
}

// ---- what must hold ----------------------------------------------------------------------------------------------

void PolicyJudge::JudgeRequirements() {
  for (const Policy::Requirement& required : policy_.requirements) {
    if (required.scope.Covers(kind_, desired_.name)) Require(required);
  }
}

void PolicyJudge::Require(const Policy::Requirement& required) {
  const model::Property& property = *required.property;
  const Value* stated = rdsteady::Find(desired_.properties, property.name);
  const bool whole = std::ranges::find(desired_.exact, property.name) != desired_.exact.end();
  const bool is_stated =
      stated != nullptr && (required.key.empty() || stated->IsNull() || stated->Find(required.key) != nullptr || whole);
  const std::string must = fmt::format("must be {} ({})", required.Describe(), At(required.scope));
  const auto refuse = [&](std::string message, std::string advice) {
    const auto where = desired_.where_stated.find(property.name);
    out_.refusals.push_back({RuleName(required.scope, "require." + required.Name()), required.Name(),
                             std::move(message), std::move(advice),
                             where == desired_.where_stated.end() ? desired_.where : where->second});
  };
  Value have;
  if (is_stated) {
    const Value* found = required.key.empty() ? stated : stated->Find(required.key);
    if (found != nullptr) have = *found;
    if (required.HeldBy(have, sight_)) return;
    return refuse(fmt::format("{} is {}, and {}", required.Name(), ToDisplay(have), must), "state what is required");
  }
  const std::string advice = fmt::format("state {}", required.Name());
  if (!observed_.exists) {
    const model::Birth& birth = model::BirthOf(kind_, desired_.properties);
    if ((property.calls & (birth.bit | model::kModify)) == 0 && property.update != model::Update::kOperation) {
      // A restored database or a replica brings it along; nobody can state it.
      out_.notes.push_back(fmt::format("{} {}, which cannot be told before it exists", required.Name(), must));
      return;
    }
    return refuse(fmt::format("{} is not stated, and {}", required.Name(), must), advice);
  }
  have = model::ReadPending(property, observed_.live).value_or(model::ReadLive(property, observed_.live));
  if (observed_.unread.contains(property.name) || (!required.key.empty() && have.IsNull())) {
    return refuse(fmt::format("{} is not stated and was not read, and {}", required.Name(), must), advice);
  }
  if (!required.key.empty()) {
    const Value item = model::LiveItem(property, observed_.live, required.key);
    const Value* found = item.Find(property.item_value);
    have = found == nullptr ? Value() : *found;
  }
  if (required.HeldBy(have, sight_)) return;
  refuse(have.IsNull() ? fmt::format("{} is neither stated nor there, and {}", required.Name(), must)
                       : fmt::format("{} is {} and is not stated, and {}", required.Name(), ToDisplay(have), must),
         advice);
}

}  // namespace rdsteady::plan
