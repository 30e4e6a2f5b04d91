// Promises 1 and 2 of the design, over worlds made from the property tables: a second run makes no mutating call, and
// what is unstated is untouched. RDSTEADY_WORLD=N runs world N alone and shows what it does; RDSTEADY_WORLDS=N:COUNT
// runs a share of them and leaves its counts in the file RDSTEADY_TALLY, for together_test.cc.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/json.h"
#include "base/text.h"
#include "judge.h"
#include "lagging.h"
#include "prior.h"
#include "tally.h"

namespace rdsteady::promises {
namespace {

using apply::ResourceResult;

constexpr std::uint64_t kWorlds = 1000;  // unless the environment says which
constexpr std::size_t kEnough = 60;      // broken worlds; more tell nothing new

// What the service, and not the program, has to refuse: it alone knows.
struct Expected {
  std::string_view fragment;
  std::string_view why;
};
constexpr Expected kExpected[] = {
    {"it has disappeared while it was waited for", "--flush-pending has let run the rename that others queued"},
    {"AutomationMode is only valid for RDS Custom", "which engines a property is for is the service's to say"},
    {"doesn't support the network type DUAL", "what the subnets can do is the service's to say"},
};

bool IsSuccess(ResourceResult result) {
  return result == ResourceResult::kUnchanged || result == ResourceResult::kCreated ||
         result == ResourceResult::kUpdated || result == ResourceResult::kScheduled;
}

std::string Show(const Error& error) {
  return fmt::format("{} [{} {}] hint: {}", error.message, error.operation, error.aws_code, error.hint);
}

class Trial {
 public:
  Trial(std::uint64_t number, Tally& tally)
      : plan_(PlanWorld(number)),
        tally_(tally),
        lagging_(world_, plan_),
        api_(world_, lagging_),
        others_(world_, plan_),
        other_others_(without_, plan_) {
    options_.plan.when = plan_.when;
    options_.plan.flush_pending = plan_.flush_pending;
  }

  // Faults of the promises; empty: they held.
  Faults Run() {
    Judge();
    std::set<std::string_view> ingredients = others_.ingredients();
    if (lagging_.stale_statuses() > 0) ingredients.insert(NameOf(Ingredient::kStaleStatus));
    if (lagging_.stale_values() > 0) ingredients.insert(NameOf(Ingredient::kStaleValues));
    tally_.Count(ingredients);
    tally_.CountWorld(!faults_.empty());
    return std::move(faults_);
  }
  const WorldPlan& plan() const { return plan_; }
  const std::string& log() const { return log_; }

 private:
  void Judge() {
    const auto made = others_.Furnish();
    if (!made || !other_others_.Furnish()) {
      return Fault("the world could not be made: " + (made ? std::string("twin") : Show(made.error())));
    }
    tally_.Count(others_.refused());
    for (const Refused& refused : others_.refused()) {
      log_ += fmt::format("others were refused {}: {}\n", refused.property, refused.message);
      // What others have queued has to wait: a world without it would not be the one that it is counted as.
      if (refused.property.starts_with('(')) return Fault("others could not queue: " + refused.message);
    }
    const std::vector<Value> before = LiveOf(world_);
    const Result<plan::Plan> planned = world_.Plan(manifest_, options_.plan, &api_);
    if (!planned) return Fault("no plan: " + Show(planned.error()));
    for (std::size_t i = 0; i < plan_.resources.size(); ++i) {
      const plan::ResourcePlan* resource = FindPlan(*planned, plan_.resources[i]);
      if (resource == nullptr) return Fault("not planned: " + IdOf(plan_.resources[i]));
      tally_.Count(plan_.resources[i], *resource, before[i]);
    }
    if (!Succeeds(*planned)) return;
    SyncTwin();
    if (!plan_.flush_pending) CompareWithTwin(*planned, true);
    Again("at once");
    if (std::ranges::any_of(plan_.resources, &ResourceWorld::renamed)) return;
    world_.timer.RunFor(std::chrono::minutes(2));
    SyncTwin();
    // The service acts by itself in both or in none.
    std::vector<bool> calm = others_.Calm();
    const std::vector<bool> other_calm = other_others_.Calm();
    for (std::size_t i = 0; i < calm.size(); ++i)
      calm[i] = calm[i] && other_calm[i];
    others_.Between(calm);
    other_others_.Between(calm);
    // Where one of the two was refused (what waits differs), they are no longer the same in that.
    const auto refused = [](const Prior& prior) {
      return std::ranges::any_of(prior.refused(), [](const Refused& one) { return one.property.starts_with('('); });
    };
    excused_ = refused(others_) || refused(other_others_);
    Again("after others changed what is not stated");
    world_.timer.RunFor(std::chrono::days(8));
    SyncTwin();
    Again("after the maintenance window");
    SyncTwin();
    CompareWithTwin(*planned, false);
  }

  // The first run. Whether all of it ended well.
  bool Succeeds(const plan::Plan& planned) {
    const auto outcome = world_.Apply(manifest_, options_, &api_);
    const std::vector<SentCall> sent = api_.Take();
    for (const SentCall& call : sent)
      log_ += fmt::format("sent {} {}\n", call.operation, ToDisplay(call.input));
    if (!outcome) {
      Fault("no outcome: " + Show(outcome.error()));
      return false;
    }
    for (std::string& fault : FaultsOfCalls(plan_, planned, *outcome, sent))
      Fault(std::move(fault));
    bool all = true;
    for (const apply::ResourceOutcome& resource : outcome->resources) {
      std::string first = resource.errors.empty() ? std::string() : resource.errors.front().message;
      const bool refused_by_plan = resource.result == ResourceResult::kRefused;
      if (!refused_by_plan && HasFixedDifference(planned, resource.resource))
        Fault(fmt::format("{} differs in what is fixed at birth, and is {}", resource.resource,
                          ToString(resource.result)));
      tally_.CountResult(fmt::format("{}{}", ToString(resource.result),
                                     refused_by_plan ? " " + RulesOf(planned, resource.resource) : std::string()));
      log_ += fmt::format("{}: {} {}\n", resource.resource, ToString(resource.result), first);
      for (const Error& error : resource.errors)
        log_ += "  " + Show(error) + "\n";
      if (IsSuccess(resource.result)) continue;
      all = false;
      const auto calls = std::ranges::count(outcome->mutating_calls, resource.resource, &apply::CallRecord::resource);
      if (refused_by_plan && calls != 0)
        Fault(fmt::format("{} was refused, and {} calls were made for it", resource.resource, calls));
      if (resource.result != ResourceResult::kFailed) continue;
      const bool expected =
          std::ranges::any_of(kExpected, [&](const Expected& e) { return first.contains(e.fragment); });
      if (!expected) Fault(fmt::format("{} failed: {}", resource.resource, first));
    }
    return all;
  }

  // Whether a property that RDS sets at birth only has another value.
  static bool HasFixedDifference(const plan::Plan& planned, const std::string& id) {
    return std::ranges::any_of(planned.resources, [&](const plan::ResourcePlan& resource) {
      return resource.Id() == id && std::ranges::any_of(resource.decisions, [&](const plan::Decision& decision) {
               const model::Property* row = model::FindProperty(*resource.kind, decision.property);
               return row != nullptr && row->update == model::Update::kImmutable &&
                      decision.verdict == plan::Verdict::kRefused;
             });
    });
  }

  static std::string RulesOf(const plan::Plan& planned, const std::string& id) {
    std::set<std::string> rules;
    for (const plan::ResourcePlan& resource : planned.resources) {
      if (resource.Id() != id) continue;
      for (const plan::Refusal& refusal : resource.refusals)
        rules.insert(refusal.rule);
    }
    return Join(std::vector<std::string>(rules.begin(), rules.end()), ",");
  }

  void Again(std::string_view when) {
    const auto outcome = world_.Apply(manifest_, options_, &api_);
    const std::vector<SentCall> sent = api_.Take();
    for (const SentCall& call : sent)
      Fault(fmt::format("run again {}: {} {}", when, call.operation, ToDisplay(call.input)));
    if (!outcome) return Fault(fmt::format("run again {}: {}", when, Show(outcome.error())));
    for (const apply::ResourceOutcome& resource : outcome->resources) {
      const bool well = resource.result == ResourceResult::kUnchanged || resource.result == ResourceResult::kScheduled;
      log_ += fmt::format("again {}: {} {}\n", when, resource.resource, ToString(resource.result));
      if (!well)
        Fault(fmt::format("run again {}: {} is {}: {}", when, resource.resource, ToString(resource.result),
                          resource.errors.empty() ? "" : Show(resource.errors.front())));
    }
  }

  void SyncTwin() {
    if (without_.timer.Now() < world_.timer.Now()) without_.timer.RunFor(world_.timer.Now() - without_.timer.Now());
  }

  void CompareWithTwin(const plan::Plan& planned, bool queue_too) {
    const std::vector<Value> have = LiveOf(world_);
    const std::vector<Value> without = LiveOf(without_);
    for (std::size_t i = 0; i < plan_.resources.size(); ++i) {
      ResourceWorld resource = plan_.resources[i];
      if (!resource.exists) continue;
      if (excused_) resource.stated.insert(resource.between.begin(), resource.between.end());
      for (std::string& fault : FaultsOfState(resource, *FindPlan(planned, resource), have[i], without[i], queue_too))
        Fault(std::move(fault));
    }
  }

  std::vector<Value> LiveOf(apply::World& world) {
    std::vector<Value> live;
    for (const ResourceWorld& resource : plan_.resources) {
      Value value = world.Live(resource.kind->name, resource.name);
      // The extra reads, as the rows name them.
      for (const model::ExtraRead& extra : resource.kind->extra_reads) {
        if (value.IsNull()) break;
        const Value* arn = value.Find(resource.kind->arn);
        const auto answer = world.CallAsOther(
            extra.operation,
            {{std::string(extra.resource_member), extra.by_arn && arn != nullptr ? *arn : Value(resource.name)}});
        if (const Value* items = answer ? Find(*answer, extra.items) : nullptr)
          value.If<Properties>()->insert_or_assign(std::string(extra.store_as), *items);
      }
      live.push_back(std::move(value));
    }
    return live;
  }

  void Fault(std::string text) { faults_.push_back(std::move(text)); }

  WorldPlan plan_;
  Tally& tally_;
  apply::World world_;
  apply::World without_;  // the same, where nothing is applied
  LaggingRds lagging_;
  RecordingRds api_;
  Prior others_;
  Prior other_others_;
  apply::ExecuteOptions options_;
  std::string manifest_ = plan_.Manifest();
  Faults faults_;
  bool excused_ = false;
  std::string log_;
};

TEST(Promises, EveryRowHasValuesOrAReason) {
  std::map<std::string, std::set<std::string>> values;
  std::set<std::string> known;
  for (const model::Kind* kind : model::Kinds()) {
    for (const model::Property& row : kind->properties)
      known.insert(fmt::format("{}.{}", kind->name, row.name));
    for (const Flavour& flavour : Flavours()) {
      for (const Bundle& bundle : BundlesOf(*kind, flavour)) {
        for (const Properties& choice : bundle.choices) {
          for (const auto& [name, value] : choice)
            values[fmt::format("{}.{}", kind->name, name)].insert(ToDisplay(value));
        }
      }
    }
    for (const model::Property& row : kind->properties) {
      if (row.update == model::Update::kKey || WhyNever(*kind, row, State::kStated)) continue;
      EXPECT_GE((values[fmt::format("{}.{}", kind->name, row.name)].size()), 2U)
          << kind->name << "." << row.name << " has no two values in values.cc";
    }
  }
  for (const auto& [name, list] : values)
    EXPECT_TRUE(known.contains(name)) << name << " has values, and no row";
}

// "2000:1000": which worlds a run is for.
std::pair<std::uint64_t, std::uint64_t> WorldsOf(const char* alone, const char* share) {
  if (alone != nullptr) return {std::strtoull(alone, nullptr, 10), 1};
  if (share == nullptr) return {0, kWorlds};
  char* end = nullptr;
  const std::uint64_t first = std::strtoull(share, &end, 10);
  return {first, *end == ':' ? std::strtoull(end + 1, nullptr, 10) : 0};
}

TEST(Promises, HoldInEveryWorld) {
  const char* alone = std::getenv("RDSTEADY_WORLD");
  const char* share = std::getenv("RDSTEADY_WORLDS");
  const char* file = std::getenv("RDSTEADY_TALLY");
  const auto [first, count] = WorldsOf(alone, share);
  ASSERT_GT(count, 0U) << "RDSTEADY_WORLDS is not of the form FIRST:COUNT";
  Tally tally;
  for (std::uint64_t number = first; number < first + count && tally.broken() < kEnough; ++number) {
    Trial trial(number, tally);
    const Faults faults = trial.Run();
    if (alone != nullptr) fmt::print("{}\n{}\n", trial.plan().Describe(), trial.log());
    if (!faults.empty()) ADD_FAILURE() << Join(faults, "\n") << "\n" << trial.log() << trial.plan().Describe();
    if (tally.worlds() % 100 == 0) {
      fmt::print("{} worlds, {} of them broken\n", tally.worlds(), tally.broken());
      std::fflush(stdout);
    }
  }
  if (alone != nullptr) return;
  if (file != nullptr) {
    ASSERT_TRUE(std::ofstream(file) << ToJson(tally.Save(), {.pretty = true}) << "\n") << file;
    return;  // what a share has seldom, the others may have
  }
  fmt::print("{}\n", tally.Render());
  EXPECT_THAT(tally.Missing(), testing::IsEmpty());
}

}  // namespace
}  // namespace rdsteady::promises
