// What makes an answer change, and what does not; random lives compare every byte (random_test.cc).
#include "local/sim/instance_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "local/sim/lab.h"
#include "wire/query.h"

namespace rdsteady::local::sim {
namespace {

using testing::HasSubstr;
using testing::Not;

class InstancePagesTest : public testing::Test {
 protected:
  Call Describe(Properties input = {}) const {
    return {.account = std::string(kAccount),
            .region = std::string(kRegion),
            .operation = model::FindOperation("DescribeDBInstances"),
            .input = std::move(input)};
  }
  // The page from kept texts, after it was compared with the one that is rendered anew.
  std::string Page(Properties input = {}) {
    const Call call = Describe(std::move(input));
    const auto kept = pages_.Describe(lab_.sim(), call, lab_.now());
    const auto fresh = lab_.sim().Handle(call, lab_.now());
    EXPECT_TRUE(kept && fresh);
    if (!kept || !fresh) return {};
    const auto frame = wire::FrameResponse(*call.operation, "id");
    EXPECT_EQ(frame.head + Joined(*kept) + frame.tail, wire::EncodeResponse(*call.operation, *fresh, "id"));
    return Joined(*kept);
  }
  // How many texts a page of everything had to be made anew for.
  std::uint64_t Made() {
    const std::uint64_t before = pages_.rendered();
    (void)Page();
    return pages_.rendered() - before;
  }

  Lab lab_;
  InstancePages pages_;
};

TEST_F(InstancePagesTest, AnEmptyListAndAnUnknownName) {
  EXPECT_EQ(Page(), "<DBInstances></DBInstances>");
  const auto refused = pages_.Describe(lab_.sim(), Describe({{"DBInstanceIdentifier", "nobody"}}), lab_.now());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "DBInstanceNotFound");
}

TEST_F(InstancePagesTest, EachIsMadeOnceAndOnlyWhatChangedIsMadeAgain) {
  lab_.Create("a");
  lab_.Create("b");
  lab_.Create("c");
  EXPECT_EQ(Made(), 3u);
  EXPECT_EQ(Made(), 0u);
  lab_.Pass(std::chrono::seconds(3));
  EXPECT_EQ(Made(), 0u) << "time alone changes nothing before a restorable time moves";
  lab_.Do("ModifyDBInstance", {{"DBInstanceIdentifier", "b"}, {"DeletionProtection", true}});
  EXPECT_EQ(Made(), 1u);
}

TEST_F(InstancePagesTest, StatusesFollowTheClockWithoutACall) {
  lab_.Create("a");
  lab_.Do("RebootDBInstance", {{"DBInstanceIdentifier", "a"}});
  EXPECT_THAT(Page(), HasSubstr("<DBInstanceStatus>rebooting</DBInstanceStatus>"));
  const auto due = lab_.sim().NextTimer();
  ASSERT_TRUE(due);
  lab_.Settle();
  EXPECT_THAT(Page(), HasSubstr("<DBInstanceStatus>available</DBInstanceStatus>"));
}

TEST_F(InstancePagesTest, ALaggingStatusIsSeenWhenItsTimeComes) {
  lab_.Create("a");
  lab_.Do("ModifyDBInstance",
          {{"DBInstanceIdentifier", "a"}, {"DBInstanceClass", "db.m6g.xlarge"}, {"ApplyImmediately", true}});
  EXPECT_THAT(Page(), HasSubstr("<DBInstanceStatus>available</DBInstanceStatus>"));
  lab_.Pass(Pace{}.status_lag + Millis(1));
  EXPECT_THAT(Page(), HasSubstr("<DBInstanceStatus>modifying</DBInstanceStatus>"));
}

TEST_F(InstancePagesTest, TheRestorableTimeMovesByItself) {
  lab_.Create("a", {{"BackupRetentionPeriod", 7}});
  const std::string before = Page();
  EXPECT_THAT(before, HasSubstr("<LatestRestorableTime>"));
  lab_.Pass(std::chrono::minutes(20));
  EXPECT_NE(Page(), before);
}

TEST_F(InstancePagesTest, AGroupThatItStandsOnIsShownAsItIsNow) {
  lab_.Do("CreateDBParameterGroup",
          {{"DBParameterGroupName", "pg"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "d"}});
  lab_.Create("a", {{"DBParameterGroupName", "pg"}});
  EXPECT_THAT(Page(), Not(HasSubstr("pending-reboot")));
  lab_.Do("ModifyDBParameterGroup", {{"DBParameterGroupName", "pg"},
                                     {"Parameters", List{Properties{{"ParameterName", "max_connections"},
                                                                    {"ParameterValue", "77"},
                                                                    {"ApplyMethod", "pending-reboot"}}}}});
  lab_.Settle();
  EXPECT_THAT(Page(), HasSubstr("<ParameterApplyStatus>pending-reboot</ParameterApplyStatus>"));
}

TEST_F(InstancePagesTest, ASourceShowsItsReplicaWhenItIsThereAndNoLonger) {
  lab_.Create("a", {{"BackupRetentionPeriod", 1}});
  (void)Page();
  lab_.Do("CreateDBInstanceReadReplica", {{"DBInstanceIdentifier", "r"}, {"SourceDBInstanceIdentifier", "a"}});
  lab_.Settle();
  EXPECT_THAT(Page({{"DBInstanceIdentifier", "a"}}), HasSubstr("<ReadReplicaDBInstanceIdentifier>r<"));
  lab_.Do("DeleteDBInstance", {{"DBInstanceIdentifier", "r"}, {"SkipFinalSnapshot", true}});
  lab_.Settle();
  EXPECT_THAT(Page({{"DBInstanceIdentifier", "a"}}), Not(HasSubstr("<ReadReplicaDBInstanceIdentifier>")));
}

TEST_F(InstancePagesTest, AnotherInstanceOfAKnownNameIsAnother) {
  lab_.Create("a");
  (void)Page();
  lab_.Do("DeleteDBInstance", {{"DBInstanceIdentifier", "a"}, {"SkipFinalSnapshot", true}});
  lab_.Settle();
  EXPECT_EQ(Page(), "<DBInstances></DBInstances>");
  lab_.Create("a", {{"AllocatedStorage", 77}});
  EXPECT_THAT(Page(), HasSubstr("<AllocatedStorage>77</AllocatedStorage>"));
}

TEST_F(InstancePagesTest, MarkersLeadThroughAllOfThem) {
  for (int i = 10; i < 40; ++i)
    lab_.Create("db" + std::to_string(i));
  const std::string first = Page({{"MaxRecords", 20}});
  const auto at = first.find("<Marker>");
  ASSERT_NE(at, std::string::npos);
  const std::string marker = first.substr(at + 8, first.find("</Marker>") - at - 8);
  const std::string second = Page({{"MaxRecords", 20}, {"Marker", marker}});
  EXPECT_THAT(second, HasSubstr("<DBInstanceIdentifier>db30<"));
  EXPECT_THAT(second, HasSubstr("<DBInstanceIdentifier>db39<"));
  EXPECT_THAT(second, Not(HasSubstr("<Marker>")));
}

TEST_F(InstancePagesTest, KeepsNoMoreThanItMay) {
  for (int i = 10; i < 30; ++i)
    lab_.Create("db" + std::to_string(i));
  const std::string all = Page();
  pages_ = InstancePages(20'000);
  EXPECT_EQ(Page(), all);
  EXPECT_GT(pages_.bytes(), 10'000u);
  EXPECT_LE(pages_.bytes(), 20'000u);
  (void)Page({{"DBInstanceIdentifier", "db10"}});
  const std::uint64_t made = pages_.rendered();
  (void)Page({{"DBInstanceIdentifier", "db10"}});
  EXPECT_EQ(pages_.rendered(), made) << "what was asked for last stays";
  pages_ = InstancePages(0);
  EXPECT_EQ(Page(), all);
  EXPECT_EQ(pages_.bytes(), 0u);
}

}  // namespace
}  // namespace rdsteady::local::sim
