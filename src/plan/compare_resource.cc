#include "plan/compare_resource.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/kinds/compare.h"
#include "model/kinds/judge.h"
#include "model/kinds/read_trace.h"
#include "plan/forecast.h"

namespace rdsteady::plan {
namespace {

using model::Property;
using model::Update;

constexpr std::string_view kNamedKeyRule = "KMS-RESOLVE";

bool IsMap(const Property& property) {
  return property.compare == model::Compare::kTextMap || property.compare == model::Compare::kParameterMap;
}

bool IsForeignKey(const Property& property, std::string_view key) {
  return std::ranges::any_of(property.foreign_keys, [&](std::string_view prefix) { return key.starts_with(prefix); });
}

// The comparison of one resource; each Visit adds to `out`.
class Comparer {
 public:
  Comparer(const manifest::DesiredResource& desired, const Observation& observed, const Options& options)
      : desired_(desired),
        observed_(observed),
        options_(options),
        sight_(SightOf(desired, observed, options.others, options.keys.get())) {}

  Comparison Run() && {
    for (const auto& [name, want] : desired_.properties) {
      if (const Property* property = model::FindProperty(*desired_.kind, name)) Visit(*property, want);
    }
    VisitName();
    VisitPasswordVersion();
    WaitTogether();
    JudgeDifferences();
    return std::move(out_);
  }

 private:
  void Visit(const Property& property, const Value& want) {
    switch (property.update) {
      case Update::kKey: return;
      case Update::kModifier:
        return Decide(property, {}, Verdict::kNotCompared, want, {}, {}, "travels with another property");
      case Update::kWriteOnly: return Decide(property, {}, Verdict::kNotCompared, want, {}, {}, "cannot be read back");
      case Update::kServiceOwned:
        return Decide(property, {}, Verdict::kNotCompared, want, {}, {}, "owned by the service");
      case Update::kRefused:
        return Refuse(property, "RETIRED", fmt::format("{} was retired by RDS", property.name),
                      std::string(property.note));
      case Update::kBirth: return VisitBirth(property, want);
      case Update::kModify:
      case Update::kOperation:
      case Update::kImmutable: break;
    }
    if (observed_.unread.contains(property.name)) {
      Decide(property, {}, Verdict::kUnknowable, want, {}, {}, "could not be read");
      out_.notes.push_back(fmt::format("{} could not be read and is left as it is", property.name));
      return;
    }
    if (const model::Guard* guard = model::HeldBy(property, sight_, model::Purpose::kCompare)) {
      Decide(property, {}, Verdict::kNotCompared, want, model::ReadLive(property, observed_.live), {},
             std::string(guard->reason), guard->rule);
      return;
    }
    if (IsMap(property)) return VisitMap(property, want);
    if (property.absent_is_unknown && model::ReadLive(property, observed_.live).IsNull())
      return Unknown(property, want);
    VisitValue(property, want);
  }

  // What the answer should carry and does not is unknown, not empty.
  void Unknown(const Property& property, const Value& want) {
    Decide(property, {}, Verdict::kUnknowable, want, {}, {}, "the answer does not carry it");
    out_.notes.push_back(fmt::format("{} is not in the answer and is left as it is", property.name));
  }

  // Under its old name it is renamed; under the stated one it is left so. A queued rename away from the stated name
  // cannot be taken back: RDS restarts a database that is renamed to the name that it has.
  void VisitName() {
    const Property* key = model::FindProperty(*desired_.kind, desired_.kind->key);
    if (key == nullptr || key->modify_as.empty()) return;
    const Value want(desired_.name);
    const Value live = model::ReadLive(*key, observed_.live);
    if (live.IsNull()) return;
    if (!model::Reached(*key, sight_, want, live)) return VisitValue(*key, want);
    const std::optional<Value> pending = model::ReadPending(*key, observed_.live);
    if (!pending || model::Reached(*key, sight_, want, *pending)) return;
    Decide(*key, {}, Verdict::kRefused, want, live, *pending, "is to be renamed to another name", "RENAME-REBOOTS");
    Refuse(*key, "PENDING-RENAME",
           fmt::format("it will be renamed to {}, and the stated name will then be gone", ToDisplay(*pending)),
           fmt::format("name it {} here with renamed_from: {}, or rename it back once it has happened",
                       ToDisplay(*pending), desired_.name));
  }

  // A source acts at birth. Only promotion (an explicit null) and a replica's own link mean something later.
  void VisitBirth(const Property& property, const Value& want) {
    const Value live = model::ReadLive(property, observed_.live);
    if (want.IsNull()) {
      if (live.IsNull()) return Decide(property, {}, Verdict::kEqual, want, live, {}, "has no source");
      Decide(property, {}, Verdict::kDiffers, want, live, {}, "an explicit null promotes it");
      Differ(Difference::What::kChange, property, {}, live, want);
      return;
    }
    if (property.compare == model::Compare::kNever || live.IsNull()) {
      Decide(property, {}, Verdict::kNotCompared, want, live, {}, "acts at birth only", "RESTORE-ONCE");
      if (property.compare != model::Compare::kNever) {
        out_.notes.push_back(fmt::format(
            "{} is stated, and the live resource has no source: what is stated acts at birth only", property.name));
      }
      return;
    }
    if (model::Reached(property, sight_, want, live))
      return Decide(property, {}, Verdict::kEqual, want, live, {}, "as stated");
    if (IsOldNameOf(property, want, live))
      return Decide(property, {}, Verdict::kEqual, want, live, {}, "the source is to be renamed to what is stated");
    Decide(property, {}, Verdict::kRefused, want, live, {}, "a source cannot be changed", "REPLICA-GONE");
    Refuse(property, "REPLICA-GONE",
           fmt::format("{} is {} and cannot become {}: the source of an existing resource is fixed", property.name,
                       ToDisplay(live), ToDisplay(want)),
           "create another replica of the stated source under a new name, or state the live source");
  }

  // A reference follows the resource that it names through a rename.
  bool IsOldNameOf(const Property& property, const Value& want, const Value& live) const {
    if (options_.others == nullptr || !want.Is<std::string>()) return false;
    const std::string_view old = options_.others->OldName(property.references, want.As<std::string>());
    return !old.empty() && model::Reached(property, sight_, Value(old), live);
  }

  void VisitValue(const Property& property, const Value& want) {
    const Value live = model::ReadLive(property, observed_.live);
    const model::NamedKey* key = model::NamedKeyOf(property, sight_, want);
    if (key != nullptr && key->what == model::NamedKey::What::kMissing)
      return RefuseMissingKey(property, want, live, *key);
    const std::optional<Value> pending = model::ReadPending(property, observed_.live);
    const bool live_reached = model::Reached(property, sight_, want, live);
    if (live_reached && !pending) return DecideEqual(property, want, live);
    if (pending && model::Reached(property, sight_, want, *pending)) {
      if (live_reached && *pending == live)
        return Decide(property, {}, Verdict::kEqual, want, live, *pending, "as stated");
      const bool held = property.held_until_restart != nullptr && property.held_until_restart(sight_);
      const bool deferrable = IsDeferrable({.property = &property, .from = live, .to = want});
      const bool flush = options_.when == When::kNow && deferrable && !held;
      const bool waits =
          property.timing != model::Timing::kImmediate && property.timing != model::Timing::kAsynchronous;
      Decide(property, {}, flush ? Verdict::kDiffers : Verdict::kScheduled, want, live, *pending,
             flush   ? "scheduled, and wanted now"
             : held  ? "waits for the next restart"
             : waits ? "waits for the maintenance window"
                     : "is on its way",
             "SELF-PENDING");
      out_.decisions.back().until = held    ? model::ActsWhen::kNextReboot
                                    : waits ? model::ActsWhen::kWindow
                                            : model::ActsWhen::kAsynchronous;
      // Beyond a floor it is what waits that is run: the floor itself may be less than what is live.
      const bool floor = property.compare == model::Compare::kStorageFloor;
      if (flush) Differ(Difference::What::kFlush, property, {}, live, floor ? *pending : want);
      return;
    }
    if (pending && live_reached) {
      const bool waits =
          property.timing != model::Timing::kImmediate && property.timing != model::Timing::kAsynchronous;
      Decide(property, {}, Verdict::kDiffers, want, live, *pending,
             fmt::format("live is as stated, but {} is {}", ToDisplay(*pending), waits ? "scheduled" : "on its way"),
             "SELF-PENDING");
      // What acts at once does not wait in the queue: it cannot be taken back, only changed again.
      if (waits) Differ(Difference::What::kWithdraw, property, {}, *pending, want);
      else Differ(Difference::What::kChange, property, {}, *pending, want);
      return;
    }
    if (IsImmutable(property, want, live)) {
      return Decide(property, {}, Verdict::kRefused, want, live, pending.value_or(Value()),
                    "cannot be changed to what is stated");
    }
    Decide(property, {}, Verdict::kDiffers, want, live, pending.value_or(Value()), "differs");
    Differ(Difference::What::kChange, property, {}, live, want);
  }

  void DecideEqual(const Property& property, const Value& want, const Value& live) {
    std::string reason = model::DoubtOf(property, sight_, want, live);
    if (!reason.empty()) out_.notes.push_back(reason);
    const bool is_named = property.compare == model::Compare::kKmsKey && want != live;
    if (reason.empty()) reason = is_named ? "the stated name is the live key's" : "as stated";
    Decide(property, {}, Verdict::kEqual, want, live, {}, std::move(reason), is_named ? kNamedKeyRule : "");
  }

  void RefuseMissingKey(const Property& property, const Value& want, const Value& live, const model::NamedKey& key) {
    Decide(property, {}, Verdict::kRefused, want, live, {}, "KMS knows no such key", kNamedKeyRule);
    Refuse(property, kNamedKeyRule,
           fmt::format("{} is {}, and KMS knows no such key: {}", property.name, ToDisplay(want), key.text),
           live.IsNull() ? "correct the name" : fmt::format("correct the name; the live key is {}", ToDisplay(live)));
  }

  void VisitMap(const Property& property, const Value& want) {
    static const Properties kNone;
    const Value live_value = model::ReadLive(property, observed_.live);
    if (live_value.IsNull()) return Unknown(property, want);
    const Properties& live = live_value.Is<Properties>() ? live_value.As<Properties>() : kNone;
    const Properties& stated = want.Is<Properties>() ? want.As<Properties>() : kNone;
    for (const auto& [key, value] : stated) {
      const Value* found = rdsteady::Find(live, key);
      const Value have = found == nullptr ? Value() : *found;
      if (model::KeyReached(property, value, have, model::LiveItem(property, observed_.live, key))) {
        Decide(property, key, Verdict::kEqual, value, have, {}, "as stated");
        continue;
      }
      Decide(property, key, Verdict::kDiffers, value, have, {}, "differs");
      Differ(Difference::What::kChange, property, key, have, value);
    }
    const bool whole = want.IsNull() || std::ranges::find(desired_.exact, property.name) != desired_.exact.end();
    if (whole) {
      for (const auto& [key, have] : live) {
        if (stated.contains(key) || IsForeignKey(property, key)) continue;
        if (model::KeyReached(property, Value(), have, model::LiveItem(property, observed_.live, key))) continue;
        Decide(property, key, Verdict::kDiffers, Value(), have, {}, "is not stated, and the map is exact");
        Differ(Difference::What::kChange, property, key, have, Value());
      }
    }
  }

  // A password cannot be read back; the tag says which version was set last, and on which database.
  void VisitPasswordVersion() {
    const Property* secret = model::FindProperty(*desired_.kind, desired_.kind->versioned_secret);
    const Property* tags = model::FindProperty(*desired_.kind, desired_.kind->version_tags);
    if (!desired_.password_version || secret == nullptr || tags == nullptr) return;
    const Value live_tags = model::ReadLive(*tags, observed_.live);
    const Value id = model::ReadPath(observed_.live, desired_.kind->stable_id);
    if (!live_tags.Is<Properties>() || !id.Is<std::string>()) {
      Decide(*secret, {}, Verdict::kUnknowable, {}, {}, {},
             "the tags could not be read, so the version that was set is not known");
      return;
    }
    const std::string wanted = fmt::format("{}/{}", id.As<std::string>(), *desired_.password_version);
    const Value* have = live_tags.Find(kPasswordVersionTag);
    model::ReadTrace::Note(observed_.live, model::ReadTrace::Place::What::kItem, tags->name, kPasswordVersionTag);
    if (have != nullptr && *have == Value(wanted)) return;
    const Value from = have == nullptr ? Value() : Value("version " + ToDisplay(*have));
    const Value* want = rdsteady::Find(desired_.properties, secret->name);
    if (want != nullptr && !options_.sent_in_this_run.contains(ChangeId(desired_.Id(), secret->name))) {
      Decide(*secret, {}, Verdict::kDiffers, *want, from, {}, "password_version is not the one that was set last");
      Differ(Difference::What::kChange, *secret, {}, from, *want);
    }
    Differ(Difference::What::kChange, *tags, kPasswordVersionTag, have == nullptr ? Value() : *have, Value(wanted));
  }

  bool IsImmutable(const Property& property, const Value& want, const Value& live) {
    if (property.update != Update::kImmutable) return false;
    Refuse(
        property, "IMMUTABLE",
        fmt::format("{} is {} and cannot become {}: RDS sets it at creation only", property.name, ToDisplay(live),
                    model::ShownMeaning(property, sight_, want)),
        // What has no status holds no data.
        desired_.kind->status_path.empty()
            ? "create another one under a new name with the wanted value, and let refer to it what refers to this one"
            : "snapshot the database, restore it under a new name with the wanted value, move the clients, then "
              "delete the old one by hand");
    return true;
  }

  // What may change only together with a property that is scheduled waits with it, though no answer shows that it does:
  // the parameter group of a new major version.
  void WaitTogether() {
    for (const Decision& lead : out_.decisions) {
      const Property* property =
          lead.verdict == Verdict::kScheduled ? model::FindProperty(*desired_.kind, lead.property) : nullptr;
      if (property == nullptr) continue;
      for (const model::Companion& companion : property->companions) {
        if (!companion.only_together || (companion.needed != nullptr && !companion.needed(sight_))) continue;
        const auto waits = [&](const Difference& difference) {
          return difference.what == Difference::What::kChange && difference.property->name == companion.property;
        };
        if (std::erase_if(out_.differences, waits) == 0) continue;
        for (Decision& decision : out_.decisions) {
          if (decision.property != companion.property) continue;
          decision.verdict = Verdict::kScheduled;
          decision.scheduled = decision.desired;
          decision.reason = fmt::format("waits together with {}", lead.property);
        }
      }
    }
  }

  // What RDS would refuse is found here, before any call. What is as stated is not judged: whatever the rules say of
  // it, RDS has accepted it.
  void JudgeDifferences() {
    if (out_.differences.empty()) return;
    for (model::Objection& objection : model::Judge(*desired_.kind, sight_, model::Knowledge::kLive)) {
      const bool concerns =
          objection.property.empty() || std::ranges::any_of(out_.differences, [&](const Difference& difference) {
            return difference.property->name == objection.property;
          });
      if (!concerns) continue;
      for (Decision& decision : out_.decisions) {
        if (decision.property == objection.property) decision.verdict = Verdict::kRefused;
      }
      const SourceSpan where = WhereOf(objection.property);
      out_.refusals.push_back({std::move(objection.rule), std::move(objection.property), std::move(objection.text),
                               std::move(objection.hint), where});
    }
  }

  void Refuse(const Property& property, std::string_view rule, std::string message, std::string advice) {
    out_.refusals.push_back(
        {std::string(rule), std::string(property.name), std::move(message), std::move(advice), WhereOf(property.name)});
  }

  void Decide(const Property& property, std::string_view key, Verdict verdict, const Value& want, const Value& live,
              const Value& scheduled, std::string reason, std::string_view rule = {}) {
    std::string name(property.name);
    if (!key.empty()) name.append(".").append(key);
    out_.decisions.push_back({std::move(name), verdict, want, live, scheduled, std::string(rule), std::move(reason)});
  }

  void Differ(Difference::What what, const Property& property, std::string_view key, const Value& from,
              const Value& to) {
    out_.differences.push_back({what, &property, std::string(key), from, to, WhereOf(property.name)});
  }

  SourceSpan WhereOf(std::string_view property) const {
    const auto it = desired_.where_stated.find(property == desired_.kind->key ? "renamed_from" : property);
    return it == desired_.where_stated.end() ? desired_.where : it->second;
  }

  const manifest::DesiredResource& desired_;
  const Observation& observed_;
  const Options& options_;
  model::Sight sight_;
  Comparison out_;
};

}  // namespace

Comparison Compare(const manifest::DesiredResource& desired, const Observation& observed, const Options& options) {
  return Comparer(desired, observed, options).Run();
}

}  // namespace rdsteady::plan
