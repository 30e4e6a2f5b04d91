// Runs every scenario and compares what is planned with what stands in its folder, byte for byte.
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

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
