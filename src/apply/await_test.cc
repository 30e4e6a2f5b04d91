// Waiting without applying: `rdsteady wait`, and the library's waits.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "apply/async.h"
#include "apply/poller.h"
#include "support/in_process_rds.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

class Quiet final : public EventSink {
 public:
  void OnEvent(const Event&) override {}
};

class AwaitTest : public ::testing::Test {
 protected:
  static constexpr int kMany = 250;

  void CreateMany() {
    for (int i = 0; i < kMany; ++i) {
      const auto created = world_.CallAsOther("CreateDBInstance", {{"DBInstanceIdentifier", fmt::format("many-{}", i)},
                                                                   {"DBInstanceClass", "db.m6g.large"},
                                                                   {"Engine", "mysql"},
                                                                   {"AllocatedStorage", 20},
                                                                   {"BackupRetentionPeriod", 0},
                                                                   {"MasterUsername", "admin"},
                                                                   {"MasterUserPassword", "long-enough-1"}});
      ASSERT_TRUE(created.has_value()) << created.error().message;
    }
  }

  // All at once, by one poller, as the command does.
  std::vector<Result<Value>> AwaitAll(const std::vector<std::string>& names, WaitGoal goal) {
    world_.rds.ForgetCalls();
    Quiet quiet;
    Poller poller({world_.rds, world_.timer, quiet});
    std::vector<Result<Value>> endings(names.size());
    const auto one = [&](std::size_t i) -> asio::awaitable<void> {
      endings[i] = co_await AwaitResource(poller, *model::FindKind("DBInstance"), names[i], goal, {});
    };
    std::vector<asio::awaitable<void>> works;
    for (std::size_t i = 0; i < names.size(); ++i)
      works.push_back(one(i));
    world_.timer.Run(WhenAll(std::move(works)));
    return endings;
  }

  static std::vector<std::string> ManyNames() {
    std::vector<std::string> names;
    for (int i = 0; i < kMany; ++i)
      names.push_back(fmt::format("Many-{}", i));
    return names;
  }

  World world_;
};

TEST_F(AwaitTest, WaitsTogetherAreAnsweredByCommonReadings) {
  CreateMany();
  for (const Result<Value>& ending : AwaitAll(ManyNames(), WaitGoal::kSettled)) {
    ASSERT_TRUE(ending.has_value()) << ending.error().message;
    EXPECT_EQ(*ending->Find("DBInstanceStatus"), Value("available"));
  }
  EXPECT_GT(world_.rds.calls().size(), 4U) << "there was something to wait for";
  const std::size_t pages = (kMany + 99) / 100;
  // Each of them by itself would be a call for each and every interval.
  EXPECT_LT(world_.rds.calls().size(), 40 * pages);

  // With nothing left to wait for: the first alone, the others in one set of pages.
  for (const Result<Value>& ending : AwaitAll(ManyNames(), WaitGoal::kAvailable))
    ASSERT_TRUE(ending.has_value()) << ending.error().message;
  EXPECT_EQ(world_.rds.calls().size(), 1 + pages);
}

TEST_F(AwaitTest, OneThatIsNotThereIsSaidBesideThoseThatAre) {
  CreateMany();
  std::vector<std::string> names = ManyNames();
  names.emplace_back("nobody");
  const auto endings = AwaitAll(names, WaitGoal::kAvailable);
  ASSERT_FALSE(endings.back().has_value());
  EXPECT_EQ(endings.back().error().message, "it does not exist");
  EXPECT_EQ(endings.back().error().resource, "DBInstance/nobody");
  EXPECT_TRUE(std::ranges::all_of(endings.begin(), endings.end() - 1, [](const auto& e) { return e.has_value(); }));
  // A list may lag behind: that it is missing there was not taken for granted.
  EXPECT_NE(std::ranges::find(world_.rds.calls(), "DescribeDBInstances DBInstanceIdentifier"),
            world_.rds.calls().end());
}

TEST_F(AwaitTest, AServiceThatCannotBeReachedIsSaidAtOnce) {
  FaultyRds down(world_.rds, [](const model::Operation&, const Properties&) -> std::optional<FaultyRds::Fault> {
    return FaultyRds::Fault{.error = {.category = ErrorCategory::kService, .message = "cannot connect"}};
  });
  Quiet quiet;
  Poller poller({down, world_.timer, quiet});
  const Instant before = world_.timer.Now();
  const auto ending =
      world_.timer.Run(AwaitResource(poller, *model::FindKind("DBInstance"), "orders", WaitGoal::kSettled, {}));
  ASSERT_FALSE(ending.has_value());
  EXPECT_EQ(ending.error().message, "cannot connect");
  EXPECT_EQ(world_.timer.Now(), before);
}

}  // namespace
}  // namespace rdsteady::apply
