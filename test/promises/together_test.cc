// The counts of all shares of the worlds, summed: every property row was in every state that it can have, and every
// ingredient was there, often enough to mean something.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/json.h"
#include "tally.h"

namespace rdsteady::promises {
namespace {

TEST(PromisesTogether, EveryRowWasInEveryStateOftenEnough) {
  Tally tally;
  for (int share = 0; share < RDSTEADY_SHARES; ++share) {
    const std::filesystem::path path = std::filesystem::path(RDSTEADY_TALLIES) / fmt::format("worlds-{}.json", share);
    std::ifstream file(path);
    ASSERT_TRUE(file) << path << " is missing: the share of worlds that writes it has not run";
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const Result<Value> saved = ParseJson(text);
    ASSERT_TRUE(saved) << path << ": " << saved.error().message;
    tally.Add(*saved);
  }
  fmt::print("{}\n", tally.Render());
  EXPECT_EQ(tally.worlds(), RDSTEADY_ALL_WORLDS);
  EXPECT_EQ(tally.broken(), 0U);
  EXPECT_THAT(tally.Missing(), testing::IsEmpty());
}

}  // namespace
}  // namespace rdsteady::promises
