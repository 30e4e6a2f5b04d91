// docs/reference is what the tables say, and what they do not say is counted.
#include "report/reference.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "report/rules.h"
#include "report/words.h"

namespace rdsteady::report {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string& PageOf(const std::vector<ReferencePage>& pages, std::string_view file) {
  static const std::string kNone;
  const auto found = std::ranges::find(pages, file, &ReferencePage::file);
  return found == pages.end() ? kNone : found->text;
}

// RDSTEADY_ACCEPT=1 writes the pages; such a run counts as skipped, never as passed.
TEST(ReferenceTest, TheCommittedPagesAreThoseOfTheTables) {
  const fs::path folder = fs::path(RDSTEADY_SOURCE_DIR) / "docs" / "reference";
  const bool accepting = std::getenv("RDSTEADY_ACCEPT") != nullptr;
  for (const ReferencePage& page : ReferencePages()) {
    if (accepting) {
      std::ofstream(folder / page.file, std::ios::binary) << page.text;
      continue;
    }
    EXPECT_TRUE(ReadFile(folder / page.file) == page.text)
        << "docs/reference/" << page.file << " is stale: RDSTEADY_ACCEPT=1 writes it anew, for review";
  }
  if (accepting) GTEST_SKIP() << "docs/reference written";
}

TEST(ReferenceTest, EveryPropertyStatusAndRuleHasItsPlace) {
  const auto pages = ReferencePages();
  EXPECT_EQ(pages.size(), model::Kinds().size() + 3);
  for (const model::Kind* kind : model::Kinds()) {
    const std::string& page = PageOf(pages, std::string(kind->name) + ".md");
    for (const model::Property& property : kind->properties) {
      EXPECT_THAT(page, AllOf(HasSubstr("\n| [" + std::string(property.name) + "](#"),
                              HasSubstr("\n### " + std::string(property.name) + "\n")));
    }
    for (const model::StatusRow& row : kind->statuses)
      EXPECT_THAT(PageOf(pages, "statuses.md"), HasSubstr("\n| " + std::string(row.status) + " | "));
  }
  for (const RuleMeaning& rule : RuleMeanings())
    EXPECT_THAT(PageOf(pages, "rules.md"), AllOf(HasSubstr("\n## " + std::string(rule.rule) + "\n\n"),
                                                 HasSubstr(std::string(rule.meaning.substr(1)) + ".\n")));
  EXPECT_THAT(PageOf(pages, "DBInstance.md"), Not(HasSubstr("||")));
}

// Each is listed in docs/reference/not-confirmed.md with its reason. A number that falls is written here; none rises.
TEST(ReferenceTest, WhatIsNotConfirmedOnlyGetsLess) {
  constexpr std::ptrdiff_t kUnknown = 49;
  constexpr std::ptrdiff_t kExpected = 19;
  const auto cells = UncertainCells();
  const auto expected = std::ranges::count_if(cells, &UncertainCell::is_known);
  const auto unknown = static_cast<std::ptrdiff_t>(cells.size()) - expected;
  EXPECT_EQ(unknown, kUnknown);
  EXPECT_EQ(expected, kExpected);
  const auto pages = ReferencePages();
  for (const UncertainCell& cell : cells) {
    EXPECT_FALSE(cell.reason.empty());
    EXPECT_THAT(
        PageOf(pages, "not-confirmed.md"),
        AllOf(HasSubstr(cell.reason), HasSubstr(std::string(cell.kind->name) + "." + std::string(cell.property))));
  }
}

TEST(ReferenceTest, TheWorstIsToldByEngine) {
  const model::Kind& kind = *model::FindKind("DBInstance");
  EXPECT_EQ(WorstDisruption(kind, "Port"), "restart");
  EXPECT_EQ(WorstDisruption(kind, "StorageType"),
            "degraded (aurora, custom-oracle, custom-sqlserver, sqlserver), else unknown");
  EXPECT_EQ(WorstDisruption(kind, "AllocatedStorage"), "outage (sqlserver), else degraded");
  EXPECT_EQ(WorstDisruption(kind, "MasterUsername"), "");
}

// ---- rules ---------------------------------------------------------------------------------------------------------

std::set<std::string> RulesOfTheTables() {
  std::set<std::string> rules;
  for (const model::Kind* kind : model::Kinds()) {
    for (const model::Property& property : kind->properties) {
      for (const model::Guard& guard : property.guards)
        rules.emplace(guard.rule);
      for (const model::Check& check : property.checks)
        rules.emplace(check.rule);
    }
    for (const model::Check& check : kind->checks)
      rules.emplace(check.rule);
  }
  return rules;
}

TEST(RuleMeaningsTest, EveryRuleOfTheTablesHasOne) {
  for (const std::string& rule : RulesOfTheTables())
    EXPECT_NE(FindRuleMeaning(rule), nullptr) << rule << " needs a row in src/report/rules.cc";
}

// Rules of planning stand in no table; the scenarios have them.
TEST(RuleMeaningsTest, EveryRuleOfTheScenariosHasOne) {
  std::size_t plans = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(RDSTEADY_SOURCE_DIR) / "test" / "scenarios")) {
    if (!fs::exists(entry.path() / "plan.json")) continue;
    const Result<Value> plan = ParseJson(ReadFile(entry.path() / "plan.json"));
    ASSERT_TRUE(plan.has_value()) << entry.path();
    ++plans;
    for (const Value& resource : ListOf(*plan, "resources")) {
      for (const Value& refusal : ListOf(resource, "refusals")) {
        const std::string rule(TextOf(refusal, "rule"));
        EXPECT_NE(FindRuleMeaning(rule), nullptr) << rule << " needs a row in src/report/rules.cc";
      }
    }
  }
  EXPECT_GT(plans, 50U);
}

TEST(RuleMeaningsTest, NamesAreFoundWithoutCase) {
  ASSERT_NE(FindRuleMeaning("grow-only"), nullptr);
  EXPECT_EQ(FindRuleMeaning("grow-only")->rule, "GROW-ONLY");
  EXPECT_EQ(FindRuleMeaning("GROW"), nullptr);
  EXPECT_EQ(FindRuleMeaning("GROW-ONLY.x"), nullptr);
  ASSERT_NE(FindRuleMeaning("policy.rules.DBInstance.prod-*.Port"), nullptr);
  EXPECT_EQ(FindRuleMeaning("policy.rules.DBInstance.prod-*.Port")->rule, "policy.rules");
  EXPECT_EQ(FindRuleMeaning("policy.nothing"), nullptr);
}

}  // namespace
}  // namespace rdsteady::report
