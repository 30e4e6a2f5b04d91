// Runs every scenario and compares what is planned with what stands in its folder, byte for byte.
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "base/json.h"
#include "plan/reads.h"
#include "report/plan_report.h"
#include "scenario.h"

namespace rdsteady::scenarios {
namespace {

bool Accepting() {
  return std::getenv("RDSTEADY_ACCEPT") != nullptr;
}

class Scenario : public ::testing::TestWithParam<std::string> {};

TEST_P(Scenario, PlansAsWritten) {
  const Input input = Load(GetParam());
  EXPECT_TRUE(input.rule_line.starts_with("# Rule: ")) << "the first line names the rule that the scenario pins";
  const Output planned = PlanOf(input);
  EXPECT_EQ(planned, PlanOf(input)) << "the same inputs must give the same plan";
  if (Accepting()) {
    const auto write = [](const std::filesystem::path& path, const std::string& text) {
      std::ofstream(path, std::ios::binary) << text;
    };
    write(FolderOf(GetParam()) / "plan.json", planned.json);
    write(FolderOf(GetParam()) / "plan.txt", planned.text);
    write(FolderOf(GetParam()) / "calls.txt", planned.calls);
    GTEST_SKIP() << "expected files written, for review";
  }
  const Output expected = Expected(GetParam());
  EXPECT_EQ(expected.json, planned.json) << "RDSTEADY_ACCEPT=1 writes it anew, for review";
  EXPECT_EQ(expected.text, planned.text);
  EXPECT_EQ(expected.calls, planned.calls);
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

// Whatever changes the plan when it goes from the answer was read by a decision, and is known to have been. The one
// exception moves by itself all the time, and forward only.
TEST_P(Scenario, ReadsWhatItDependsOn) {
  const Input input = Load(GetParam());
  plan::Reads reads;
  const std::string before = Essence(plan::MakePlan(input.manifest, input.world, input.options, reads));
  EXPECT_EQ(before, Essence(plan::MakePlan(input.manifest, input.world, input.options)));
  EXPECT_TRUE(plan::MovedSince(reads, input.world, input.options.keys.get()).empty());
  for (const auto& [key, observation] : input.world) {
    if (!observation.exists) continue;
    for (const auto& [member, value] : observation.live.As<Properties>()) {
      if (member == "LatestRestorableTime") continue;
      plan::World other = input.world;
      Properties live = observation.live.As<Properties>();
      live.erase(member);
      other.at(key).live = std::move(live);
      if (Essence(plan::MakePlan(input.manifest, other, input.options)) == before) continue;
      EXPECT_FALSE(plan::MovedSince(reads, other, input.options.keys.get()).empty()) << key.name << ": " << member;
    }
  }
  if (input.options.keys == nullptr) return;
  for (const auto& [name, key] : *input.options.keys) {
    if (key.what == model::NamedKey::What::kUntold) continue;
    model::KeyNames keys = *input.options.keys;
    keys.at(name) = {model::NamedKey::What::kKnown, "arn:aws:kms:us-east-1:123456789012:key/9"};
    EXPECT_FALSE(plan::MovedSince(reads, input.world, &keys).empty()) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, ::testing::ValuesIn(Names()), [](const auto& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(Scenarios, AreThere) {
  EXPECT_GE(Names().size(), 150U);
}

}  // namespace
}  // namespace rdsteady::scenarios
