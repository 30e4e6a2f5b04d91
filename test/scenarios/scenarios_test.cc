// Runs every folder beside this file as a scenario: manifest and observed state in, plan out, compared byte for byte.
//
//   manifest.yaml   what is stated; its first comment line names the rule that the scenario pins
//   observed.json   {"DBInstance/orders": {...the describe answer's item...}, "DBInstance/gone": null}
//   policy.yaml     optional: a policy file; the plan then shows the approvals that are left to give
//   options.json    optional: {"when": "now", "flush_pending": true, "allow_update": [...], "max_disruption":
//                   "degraded", "approve": [...], "allow_irreversible": [...], "now": "2026-03-08T05:10:00Z"}
//   plan.json, plan.txt   what must come out
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/json.h"
#include "manifest/manifest.h"
#include "plan/plan.h"
#include "plan/reads.h"
#include "report/plan_report.h"

namespace rdsteady {
namespace {

namespace fs = std::filesystem;

fs::path Root() {
  return fs::path(RDSTEADY_SOURCE_DIR) / "test" / "scenarios";
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(Root())) {
    if (entry.is_directory() && fs::exists(entry.path() / "manifest.yaml")) names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

// Positions in the expected files name the manifest by its bare name, wherever the checkout lies.
class OneFile final : public manifest::FileSource {
 public:
  explicit OneFile(fs::path path) : path_(std::move(path)) {}
  [[nodiscard]] Result<std::string> Read(const std::string&) const override { return ReadFile(path_); }
  [[nodiscard]] std::optional<std::vector<std::string>> List(const std::string&) const override { return std::nullopt; }

 private:
  fs::path path_;
};

plan::World ReadWorld(const fs::path& folder) {
  plan::World world;
  const Result<Value> json = ParseJson(ReadFile(folder / "observed.json"));
  EXPECT_TRUE(json.has_value()) << folder;
  if (!json) return world;
  for (const auto& [id, live] : json->As<Properties>()) {
    const auto slash = id.find('/');
    const model::Kind* kind = model::FindKind(id.substr(0, slash));
    EXPECT_NE(kind, nullptr) << id;
    if (kind == nullptr) continue;
    world.emplace(plan::KeyOf(*kind, id.substr(slash + 1)), plan::Observation{.exists = !live.IsNull(), .live = live});
  }
  return world;
}

plan::Options ReadOptions(const fs::path& folder) {
  plan::Options options{
      .now = ParseIso8601("2026-03-04T05:06:07Z").value(), .region = "us-east-1", .account = "123456789012"};
  if (!fs::exists(folder / "options.json")) return options;
  const Result<Value> json = ParseJson(ReadFile(folder / "options.json"));
  EXPECT_TRUE(json.has_value()) << folder;
  if (!json) return options;
  if (const Value* when = json->Find("when")) {
    options.when = *when == Value("now") ? plan::When::kNow : plan::When::kWindow;
    options.when_is_explicit = true;
  }
  if (const Value* now = json->Find("now")) options.now = ParseIso8601(now->As<std::string>()).value();
  for (const auto& [member, ids] :
       {std::pair("approve", &options.approve), std::pair("allow_irreversible", &options.allow_irreversible)}) {
    const Value* list = json->Find(member);
    for (const Value& id : list == nullptr ? List() : list->As<List>())
      ids->insert(id.As<std::string>());
  }
  if (const Value* flush = json->Find("flush_pending")) options.flush_pending = *flush == Value(true);
  if (const Value* list = json->Find("allow_update")) {
    options.allow_update.emplace();
    for (const Value& name : list->As<List>())
      options.allow_update->push_back(name.As<std::string>());
  }
  if (const Value* limit = json->Find("max_disruption")) {
    for (const auto disruption : {model::Disruption::kNone, model::Disruption::kDegraded, model::Disruption::kFailover,
                                  model::Disruption::kRestart, model::Disruption::kOutage}) {
      if (*limit == Value(model::ToString(disruption))) options.max_disruption = disruption;
    }
    EXPECT_TRUE(options.max_disruption.has_value());
  }
  return options;
}

bool Accepting() {
  return std::getenv("RDSTEADY_ACCEPT") != nullptr;
}

void Compare(const fs::path& path, const std::string& actual) {
  if (Accepting()) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(ReadFile(path), actual) << path << "\nRDSTEADY_ACCEPT=1 writes it anew, for review";
}

class Scenario : public ::testing::TestWithParam<std::string> {};

TEST_P(Scenario, PlansAsWritten) {
  const fs::path folder = Root() / GetParam();
  EXPECT_TRUE(ReadFile(folder / "manifest.yaml").starts_with("# Rule: "))
      << "the first line names the rule that the scenario pins";
  manifest::LoadOutcome loaded = manifest::Load({"manifest.yaml"}, OneFile(folder / "manifest.yaml"));
  ASSERT_TRUE(loaded.manifest.has_value()) << Render(loaded.diagnostics);
  const bool with_policy = fs::exists(folder / "policy.yaml");
  if (with_policy) {
    manifest::PolicyOutcome policy = manifest::LoadPolicy("policy.yaml", OneFile(folder / "policy.yaml"));
    ASSERT_TRUE(policy.policy.has_value()) << Render(policy.diagnostics);
    loaded.manifest->policy.Add(*std::move(policy.policy));
  }
  const plan::World world = ReadWorld(folder);
  const plan::Options options = ReadOptions(folder);
  const plan::Plan plan = plan::MakePlan(*loaded.manifest, world, options);
  const std::vector<plan::ApprovalNeed> needs =
      with_policy ? plan::ApprovalsNeeded(plan, options) : std::vector<plan::ApprovalNeed>();
  EXPECT_EQ(ToJson(report::PlanToJson(plan)),
            ToJson(report::PlanToJson(plan::MakePlan(*loaded.manifest, world, ReadOptions(folder)))))
      << "the same inputs must give the same plan";
  Compare(folder / "plan.json", ToJson(report::PlanToJson(plan, needs), {.pretty = true}) + "\n");
  Compare(folder / "plan.txt", report::PlanText(report::PlanToJson(plan, needs)));
  if (Accepting()) GTEST_SKIP() << "expected files written";
}

// What a plan is made of, apart from sentences and hours.
std::string Essence(const plan::Plan& plan) {
  std::string text;
  const Value json = report::PlanToJson(plan);
  for (const Value& resource : json.Find("resources")->As<List>()) {
    for (const char* member : {"resource", "fate", "steps", "refusals"}) {
      if (const Value* found = resource.Find(member)) text += ToJson(*found);
    }
  }
  return text;
}

// Whatever changes the plan when it goes from the answer was read by a decision, and is known to have been.
TEST_P(Scenario, ReadsWhatItDependsOn) {
  const fs::path folder = Root() / GetParam();
  manifest::LoadOutcome loaded = manifest::Load({"manifest.yaml"}, OneFile(folder / "manifest.yaml"));
  ASSERT_TRUE(loaded.manifest.has_value());
  const plan::World world = ReadWorld(folder);
  const plan::Options options = ReadOptions(folder);
  plan::Reads reads;
  const std::string before = Essence(plan::MakePlan(*loaded.manifest, world, options, reads));
  EXPECT_EQ(before, Essence(plan::MakePlan(*loaded.manifest, world, options)));
  EXPECT_TRUE(plan::MovedSince(reads, world).empty());
  for (const auto& [key, observation] : world) {
    if (!observation.exists) continue;
    for (const auto& [member, value] : observation.live.As<Properties>()) {
      plan::World other = world;
      Properties live = observation.live.As<Properties>();
      live.erase(member);
      other.at(key).live = std::move(live);
      if (Essence(plan::MakePlan(*loaded.manifest, other, options)) == before) continue;
      EXPECT_FALSE(plan::MovedSince(reads, other).empty()) << key.name << ": " << member;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, ::testing::ValuesIn(Names()), [](const auto& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(Scenarios, AreThere) {
  EXPECT_GE(Names().size(), 20U);
}

}  // namespace
}  // namespace rdsteady
