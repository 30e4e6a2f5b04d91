#include "report/saved_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "manifest/normal_form.h"
#include "report/plan_report.h"
#include "report/words.h"
#include "wire/crypto.h"

namespace rdsteady::report {
namespace {

using Place = model::ReadTrace::Place;

constexpr std::string_view kType = "saved-plan";
constexpr std::string_view kWords[] = {"live", "scheduled", "item", "carried", "path", "key"};  // of Place::What

std::string DigestOf(const Properties& members) {
  return "sha256:" + HexEncode(wire::Sha256(ToJson(members)));
}

Value Texts(const std::set<std::string, std::less<>>& texts) {
  return List(texts.begin(), texts.end());
}

// ---- out -----------------------------------------------------------------------------------------------------------

Value OptionsToJson(const plan::Options& options) {
  Properties json{{"when", Word(options.when)},
                  {"when_is_explicit", options.when_is_explicit},
                  {"flush_pending", options.flush_pending},
                  {"approve", Texts(options.approve)}};
  if (options.allow_update)
    json.emplace("allow_update", List(options.allow_update->begin(), options.allow_update->end()));
  if (options.max_disruption) json.emplace("max_disruption", Word(*options.max_disruption));
  return json;
}

Value ReadsToJson(const plan::Reads& reads) {
  Properties json;
  for (const auto& [key, of] : reads) {
    List list;
    for (const plan::Read& read : of.reads) {
      Properties one{{"what", kWords[static_cast<std::size_t>(read.place.what)]},
                     {"name", read.place.name},
                     {"value", read.value}};
      if (!read.place.detail.empty()) one.emplace("detail", read.place.detail);
      list.emplace_back(std::move(one));
    }
    json.emplace(fmt::format("{}/{}", key.kind, key.name),
                 Properties{{"exists", of.exists}, {"reads", std::move(list)}});
  }
  return json;
}

// ---- in ------------------------------------------------------------------------------------------------------------

std::unexpected<Error> NoSavedPlan(std::string why, std::string hint = {}) {
  return Fail(ErrorCategory::kUsage, std::move(why),
              hint.empty() ? "make one with: rdsteady plan --out FILE" : std::move(hint));
}

// Only what passed the digest gets here: it is strange where somebody has written a digest of his own.
std::unexpected<Error> Strange(std::string_view what) {
  return NoSavedPlan(fmt::format("it is no saved plan: {} is not what this version writes", what));
}

bool ReadTexts(const Value* list, std::vector<std::string>& out) {
  if (list == nullptr || !list->Is<List>()) return false;
  for (const Value& text : list->As<List>()) {
    if (!text.Is<std::string>()) return false;
    out.push_back(text.As<std::string>());
  }
  return true;
}

bool ReadOptions(const Value* json, plan::Options& options) {
  if (json == nullptr) return false;
  options.when = TextOf(*json, "when") == Word(plan::When::kNow) ? plan::When::kNow : plan::When::kWindow;
  options.when_is_explicit = FlagOf(*json, "when_is_explicit");
  options.flush_pending = FlagOf(*json, "flush_pending");
  std::vector<std::string> approve;
  if (!ReadTexts(json->Find("approve"), approve)) return false;
  options.approve.insert(approve.begin(), approve.end());
  if (const Value* list = json->Find("allow_update");
      list != nullptr && !ReadTexts(list, options.allow_update.emplace()))
    return false;
  if (json->Find("max_disruption") != nullptr) {
    const Result<model::Disruption> most = manifest::ParseMaxDisruption(TextOf(*json, "max_disruption"));
    if (!most) return false;
    options.max_disruption = *most;
  }
  return true;
}

bool ReadReads(const Value* json, plan::Reads& reads) {
  if (json == nullptr || !json->Is<Properties>()) return false;
  for (const auto& [id, of] : json->As<Properties>()) {
    const std::size_t slash = id.find('/');
    if (slash == std::string::npos || model::FindKind(id.substr(0, slash)) == nullptr) return false;
    plan::ResourceReads& into = reads[{id.substr(0, slash), id.substr(slash + 1)}];
    into.exists = FlagOf(of, "exists");
    for (const Value& one : ListOf(of, "reads")) {
      const auto word = std::ranges::find(kWords, TextOf(one, "what"));
      const Value* value = one.Find("value");
      if (word == std::end(kWords) || value == nullptr) return false;
      into.reads.push_back({{.what = static_cast<Place::What>(word - std::begin(kWords)),
                             .name = std::string(TextOf(one, "name")),
                             .detail = std::string(TextOf(one, "detail"))},
                            *value});
    }
  }
  return true;
}

// ---- now against then ----------------------------------------------------------------------------------------------

// What of a resource's plan makes it the same plan: its fate and steps, apart from the hour of windows, which is told
// apart, and from sentences for people.
Value Essence(const Value& resource) {
  List steps;
  for (const Value& step : ListOf(resource, "steps")) {
    Properties bare = step.As<Properties>();
    List changes;
    for (const Value& change : ListOf(step, "changes")) {
      Properties one = change.As<Properties>();
      if (const Value* forecast = change.Find("forecast"); forecast != nullptr && forecast->Is<Properties>()) {
        Properties told = forecast->As<Properties>();
        told.erase("window");
        told.erase("notes");
        one.insert_or_assign("forecast", std::move(told));
      }
      changes.emplace_back(std::move(one));
    }
    bare.insert_or_assign("changes", std::move(changes));
    steps.emplace_back(std::move(bare));
  }
  return Properties{{"fate", TextOf(resource, "fate")}, {"steps", std::move(steps)}};
}

std::map<std::string_view, const Value*> ByName(const List& resources) {
  std::map<std::string_view, const Value*> named;
  for (const Value& one : resources)
    named.emplace(TextOf(one, "resource"), &one);
  return named;
}

// By change, the start of the window that it waits for.
std::map<std::string_view, std::string_view> WindowsOf(const Value& resource) {
  std::map<std::string_view, std::string_view> windows;
  for (const Value& step : ListOf(resource, "steps")) {
    for (const Value& change : ListOf(step, "changes")) {
      const Value* forecast = change.Find("forecast");
      if (forecast != nullptr && forecast->Find("window") != nullptr)
        windows.emplace(TextOf(change, "id"), TextOf(*forecast, "window"));
    }
  }
  return windows;
}

void CompareResources(const Value& then, const Value& now, std::vector<std::string>& reasons) {
  const auto resources_then = ByName(ListOf(then, "resources"));
  for (const Value& after : ListOf(now, "resources")) {
    const std::string_view name = TextOf(after, "resource");
    const auto found = resources_then.find(name);
    if (found == resources_then.end()) {
      reasons.push_back(fmt::format("{} was not in it", name));
      continue;
    }
    const Value& before = *found->second;
    const auto windows = WindowsOf(after);
    for (const auto& [change, start] : WindowsOf(before)) {
      const auto next = windows.find(change);
      if (next == windows.end() || next->second == start) continue;
      reasons.push_back(
          fmt::format("the maintenance window of {}, on which {} counted, has passed: the next begins at {}", start,
                      change, next->second));
    }
    if (ToJson(Essence(before)) == ToJson(Essence(after))) continue;
    const List& refusals = ListOf(after, "refusals");
    const bool refused_before = !ListOf(before, "refusals").empty();
    reasons.push_back(!refusals.empty() && !refused_before
                          ? fmt::format("{} would be refused now: {}", name, TextOf(refusals.front(), "message"))
                          : fmt::format("{} would be planned otherwise now", name));
  }
}

void CompareTarget(std::string_view what, const std::string& then, const std::string& now,
                   std::vector<std::string>& reasons) {
  if (then != now) reasons.push_back(fmt::format("it was made for {} {}, and this is {}", what, then, now));
}

}  // namespace

Result<std::string> SavePlan(const api::Planned& planned) {
  Result<Value> manifest = manifest::ToNormalForm(planned.manifest);
  if (!manifest) return std::unexpected(std::move(manifest).error());
  const plan::Plan& plan = planned.plan;
  Properties members{
      {"type", kType},
      {"format_version", kSavedPlanFormat},
      {"made_at", FormatIso8601(planned.options.now)},
      {"target", Properties{{"region", plan.region}, {"account", plan.account}, {"endpoint", plan.endpoint}}},
      {"options", OptionsToJson(planned.options)},
      {"manifest", *std::move(manifest)},
      {"reads", ReadsToJson(planned.reads)},
      {"plan", PlanToJson(plan, plan::ApprovalsNeeded(plan, planned.options))}};
  std::string digest = DigestOf(members);
  members.emplace("digest", std::move(digest));
  return ToJson(members, {.pretty = true}) + "\n";
}

Result<SavedPlan> ReadSavedPlan(std::string_view text) {
  const Result<Value> json = ParseJson(text);
  if (!json) return NoSavedPlan(fmt::format("it is no saved plan, or is truncated: {}", json.error().message));
  const std::string_view type = TextOf(*json, "type");
  if (type == "plan")
    return NoSavedPlan("it is what `plan --json` prints, which is for reading: it does not hold what `apply` needs");
  if (!json->Is<Properties>() || type != kType) return NoSavedPlan("it is no saved plan");
  if (const auto format = NumberOf(*json, "format_version"); format != kSavedPlanFormat) {
    return Fail(ErrorCategory::kRefused,
                fmt::format("it is a saved plan of format {}, and this version reads {}", format, kSavedPlanFormat),
                "make the plan anew with this version");
  }
  Properties members = json->As<Properties>();
  members.erase("digest");
  if (TextOf(*json, "digest") != DigestOf(members)) {
    return NoSavedPlan("it has been edited or damaged since it was saved",
                       "change the manifest instead, and make the plan anew");
  }
  const Value* target = json->Find("target");
  const Value* manifest = json->Find("manifest");
  const Value* plan = json->Find("plan");
  if (target == nullptr || manifest == nullptr || plan == nullptr) return Strange("it");
  SavedPlan saved{.region = std::string(TextOf(*target, "region")),
                  .account = std::string(TextOf(*target, "account")),
                  .endpoint = std::string(TextOf(*target, "endpoint")),
                  .plan = *plan};
  if (!ReadOptions(json->Find("options"), saved.options)) return Strange("its options");
  if (!ReadReads(json->Find("reads"), saved.reads)) return Strange("what it read");
  Result<manifest::Manifest> stated = manifest::FromNormalForm(*manifest);
  if (!stated) return NoSavedPlan(fmt::format("it is no saved plan: {}", stated.error().message));
  saved.manifest = *std::move(stated);
  for (const manifest::DesiredResource& resource : saved.manifest.resources) {
    if (!saved.reads.contains(plan::KeyOf(*resource.kind, resource.name))) return Strange("what it read");
  }
  return saved;
}

std::vector<std::string> ReasonsAgainstTarget(const SavedPlan& saved, const std::string& region,
                                              const std::string& endpoint) {
  std::vector<std::string> reasons;
  CompareTarget("region", saved.region, region, reasons);
  CompareTarget("endpoint", saved.endpoint, endpoint, reasons);
  return reasons;
}

std::vector<std::string> ReasonsAgainst(const SavedPlan& saved, const api::Planned& planned) {
  std::vector<std::string> reasons = ReasonsAgainstTarget(saved, planned.plan.region, planned.plan.endpoint);
  CompareTarget("account", saved.account, planned.plan.account, reasons);
  if (!reasons.empty()) return reasons;
  for (const plan::Moved& moved : plan::MovedSince(saved.reads, planned.world, planned.options.keys.get())) {
    reasons.push_back(moved.what.empty() ? fmt::format("{} was {}, and is {}", moved.resource, ToDisplay(moved.from),
                                                       ToDisplay(moved.to))
                                         : fmt::format("{}.{} was {}, and is {}", moved.resource, moved.what,
                                                       ToDisplay(moved.from), ToDisplay(moved.to)));
  }
  // What has moved explains another plan well enough.
  if (!reasons.empty()) return reasons;
  CompareResources(saved.plan, PlanToJson(planned.plan), reasons);
  return reasons;
}

}  // namespace rdsteady::report
