#include "model/kinds/window.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rdsteady::model {
namespace {

Window Daily(std::string_view text) {
  return ParseDailyWindow(text).value();
}
Window Weekly(std::string_view text) {
  return ParseWeeklyWindow(text).value();
}

TEST(WindowFormatTest, IsStrictButForCase) {
  EXPECT_EQ(Daily("03:00-03:30"), (Window{180, 210, kMinutesADay}));
  EXPECT_EQ(Weekly("Sun:05:00-sun:06:00"), Weekly("SUN:05:00-Sun:06:00"));
  EXPECT_EQ(Weekly("mon:00:00-mon:00:30"), (Window{0, 30, kMinutesAWeek}));
  EXPECT_EQ(Daily(" 03:00-03:30 "), Daily("03:00-03:30"));
  for (const char* text : {"", "03:00", "3:00-3:30", "03:00-24:00", "03:60-04:00", "03:00-03:30-04:00", "03.00-03.30",
                           "mon:03:00-mon:03:30", "+3:00-03:30", "03:00 - 03:30"}) {
    EXPECT_FALSE(ParseDailyWindow(text).has_value()) << text;
  }
  for (const char* text :
       {"03:00-03:30", "day:03:00-day:03:30", "monday:03:00-monday:03:30", "sun:05:00-06:00", "sun:05:00"}) {
    EXPECT_FALSE(ParseWeeklyWindow(text).has_value()) << text;
  }
}

TEST(WindowFormatTest, WrapsOverMidnightAndTheWeek) {
  EXPECT_EQ(Daily("23:45-00:15").Length(), 30);
  EXPECT_EQ(Weekly("sun:23:30-mon:00:30").Length(), 60);
  EXPECT_EQ(Weekly("sat:23:30-sun:00:30").Length(), 60);
}

TEST(WindowOverlapTest, TheDailyWindowRunsOnEveryWeekday) {
  struct Case {
    std::string_view daily;
    std::string_view weekly;
    bool expected;
  };
  for (const Case& c : {
           Case{"03:00-03:30", "wed:03:15-wed:03:45", true},
           Case{"03:00-03:30", "wed:03:30-wed:04:00", false},
           Case{"03:00-03:30", "wed:02:30-wed:03:00", false},
           Case{"23:45-00:15", "tue:00:00-tue:00:30", true},
           Case{"23:45-00:15", "sun:23:30-mon:00:00", true},
           Case{"00:00-00:30", "sun:23:30-mon:00:15", true},
           Case{"12:00-12:30", "sun:23:30-mon:00:30", false},
           Case{"12:00-12:30", "sat:11:00-sun:13:00", true},
           Case{"12:00-12:30", "sat:13:00-sun:11:00", false},
       }) {
    EXPECT_EQ(Overlap(Daily(c.daily), Weekly(c.weekly)), c.expected) << c.daily << " and " << c.weekly;
    EXPECT_EQ(Overlap(Weekly(c.weekly), Daily(c.daily)), c.expected) << c.daily << " and " << c.weekly;
  }
}

// Against the plain definition, minute by minute.
RC_GTEST_PROP(WindowPropertyTest, OverlapIsAMinuteInBoth, ()) {
  const Window daily{*rc::gen::inRange(0, kMinutesADay), *rc::gen::inRange(0, kMinutesADay), kMinutesADay};
  const int start = *rc::gen::inRange(0, kMinutesAWeek);
  const Window weekly{start, (start + *rc::gen::inRange(1, 2000)) % kMinutesAWeek, kMinutesAWeek};
  const auto runs = [](const Window& window, int minute) {
    return ((minute - window.start) % window.period + window.period) % window.period < window.Length();
  };
  bool expected = false;
  for (int minute = 0; minute < kMinutesAWeek; ++minute)
    expected = expected || (runs(daily, minute) && runs(weekly, minute));
  RC_ASSERT(Overlap(daily, weekly) == expected);
}

TEST(NextWindowTest, IsTheRunningOneOrTheNext) {
  const auto at = [](std::string_view text) { return ParseIso8601(text).value(); };
  // 2026-01-04 is a Sunday.
  const Window sunday = Weekly("sun:05:00-sun:06:00");
  EXPECT_EQ(NextWindow(sunday, at("2026-01-01T00:00:00Z")), at("2026-01-04T05:00:00Z"));
  EXPECT_EQ(NextWindow(sunday, at("2026-01-04T05:30:00Z")), at("2026-01-04T05:00:00Z"));
  EXPECT_EQ(NextWindow(sunday, at("2026-01-04T06:00:00Z")), at("2026-01-11T05:00:00Z"));
  const Window over = Weekly("sun:23:30-mon:00:30");
  EXPECT_EQ(NextWindow(over, at("2026-01-05T00:15:00Z")), at("2026-01-04T23:30:00Z"));
  EXPECT_EQ(NextWindow(over, at("2026-01-05T00:30:00Z")), at("2026-01-11T23:30:00Z"));
  EXPECT_EQ(NextWindow(Weekly("mon:00:00-mon:00:30"), at("1969-12-31T00:00:00Z")), at("1970-01-05T00:00:00Z"));
}

}  // namespace
}  // namespace rdsteady::model
