#include "report/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace rdsteady::report {
namespace {

using apply::Event;
using testing::ElementsAre;

constexpr Instant kNow{std::chrono::milliseconds(1'767'225'600'000)};

Event Reading(std::string resource, std::string status, int percent = -1, Millis elapsed = {}) {
  return {.what = Event::What::kStatus,
          .at = kNow,
          .resource = std::move(resource),
          .status = std::move(status),
          .percent = percent,
          .elapsed = elapsed};
}

TEST(Progress, EachResourceHasItsStatusPercentAndTime) {
  ProgressModel model;
  model.Take(Reading("DBInstance/orders", "creating", 45, std::chrono::seconds(60)));
  model.Take(Reading("DBInstance/a", "backing-up"));
  EXPECT_THAT(model.Lines(kNow + std::chrono::seconds(12), {}),
              ElementsAre("DBInstance/orders  creating 45%  1m12s",  //
                          "DBInstance/a       backing-up  12s"));
}

TEST(Progress, WhatEndsStaysOnTheScreenAndLeavesTheBlock) {
  ProgressModel model;
  model.Take(Reading("DBInstance/orders", "creating"));
  EXPECT_THAT(
      model.Take({.what = Event::What::kNote, .at = kNow, .resource = "DBInstance/orders", .text = "simulated"}),
      ElementsAre("DBInstance/orders: note: simulated"));
  EXPECT_THAT(model.Take({.what = Event::What::kDone, .at = kNow, .resource = "DBInstance/orders", .text = "created"}),
              ElementsAre("DBInstance/orders: done: created"));
  EXPECT_TRUE(model.Lines(kNow, {}).empty());
}

TEST(Progress, NoLineIsEverWiderThanTheTerminalNorTheBlockHigher) {
  ProgressModel model;
  for (int i = 0; i < 50; ++i)
    model.Take(Reading(fmt::format("DBInstance/a-rather-long-name-{}", i), "configuring-enhanced-monitoring", 12));
  for (int columns = 1; columns < 120; ++columns) {
    for (const int rows : {1, 2, 5, 24}) {
      const auto lines = model.Lines(kNow + std::chrono::hours(3), {.columns = columns, .rows = rows});
      EXPECT_LE(lines.size(), static_cast<std::size_t>(std::max(2, rows) - 1));
      for (const std::string& line : lines)
        EXPECT_LT(line.size(), static_cast<std::size_t>(std::max(8, columns))) << line;
    }
  }
  EXPECT_EQ(model.Lines(kNow, {.columns = 80, .rows = 4}).back(), "... and 48 more");
}

TEST(Progress, ANarrowTerminalKeepsTimeAndPercent) {
  ProgressModel model;
  model.Take(Reading("DBInstance/orders", "creating", 45, std::chrono::seconds(72)));
  EXPECT_THAT(model.Lines(kNow, {.columns = 30, .rows = 24}), ElementsAre("DBInstance/or~ 45%  1m12s"));
}

TEST(Progress, CutsAtCodePoints) {
  EXPECT_EQ(CutTo("äöü", 3), "äöü");
  EXPECT_EQ(CutTo("äöüß", 3), "äö~");
  EXPECT_EQ(CutTo("abc", 1), "~");
}

class StandingClock final : public Clock {
 public:
  [[nodiscard]] Instant Now() const override { return kNow; }
};

TEST(Progress, TheBlockIsWipedAndEndsStandWhenItIsOver) {
  std::string out;
  const StandingClock clock;
  {
    LiveSink sink([&](std::string_view text) { out += text; }, clock, [] { return TerminalSize{}; }, {});
    sink.OnEvent(Reading("DBInstance/orders", "creating"));
    sink.OnEvent({.what = Event::What::kDone, .at = kNow, .resource = "DBInstance/orders", .text = "created"});
  }
  EXPECT_NE(out.find("DBInstance/orders: done: created\n"), std::string::npos) << out;
  EXPECT_TRUE(out.ends_with("created\n")) << out;
}

}  // namespace
}  // namespace rdsteady::report
