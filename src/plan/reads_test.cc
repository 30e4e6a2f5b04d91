// What a plan reads of live answers, and what of it may move without voiding a saved plan.
#include "plan/reads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdsteady::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const model::Kind& Instance() {
  return *model::FindKind("DBInstance");
}

Properties Live() {
  return {
      {"AllocatedStorage", 100},
      {"BackupRetentionPeriod", 7},
      {"DBInstanceArn", "arn:aws:rds:us-east-1:123456789012:db:orders"},
      {"DBInstanceClass", "db.m6g.large"},
      {"DBInstanceIdentifier", "orders"},
      {"DBInstanceStatus", "available"},
      {"Engine", "postgres"},
      {"EngineVersion", "15.10"},
      {"LatestRestorableTime", "2026-03-04T05:00:00Z"},
      {"MultiAZ", true},
      {"PendingModifiedValues", Properties{}},
      {"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"},
      {"StorageType", "gp3"},
      {"TagList", List{Properties{{"Key", "team"}, {"Value", "theirs"}}, Properties{{"Key", "x"}, {"Value", "y"}}}}};
}

class ReadsTest : public testing::Test {
 protected:
  // Plans with these properties stated, and keeps what was read.
  void Make(Properties stated, When when = When::kWindow) {
    manifest::Manifest manifest;
    manifest.resources.push_back({.kind = &Instance(), .name = "orders", .properties = std::move(stated)});
    const World world = {{KeyOf(Instance(), "orders"), {.exists = true, .live = Live()}}};
    const Options options{.when = when, .now = ParseIso8601("2026-03-04T05:06:07Z").value()};
    (void)MakePlan(manifest, world, options, reads_);
  }

  // The same where KMS says this of what is stated.
  static Options WithKeys(model::KeyNames keys) {
    return {.keys = std::make_shared<const model::KeyNames>(std::move(keys)),
            .now = ParseIso8601("2026-03-04T05:06:07Z").value()};
  }

  // "what: from -> to" of what has moved when the answer has this member in place of its own.
  std::vector<std::string> After(const std::string& member, Value value) {
    Properties live = Live();
    if (value.IsNull()) live.erase(member);
    else live.insert_or_assign(member, std::move(value));
    std::vector<std::string> moved;
    for (const Moved& one :
         MovedSince(reads_, {{KeyOf(Instance(), "orders"), {.exists = true, .live = live}}}, nullptr)) {
      EXPECT_EQ(one.resource, "DBInstance/orders");
      moved.push_back(one.what + ": " + ToDisplay(one.from) + " -> " + ToDisplay(one.to));
    }
    return moved;
  }

  Reads reads_;
};

TEST_F(ReadsTest, WhatIsStatedIsReadAndNothingThatDecidesNothing) {
  Make({{"BackupRetentionPeriod", 14}});
  EXPECT_THAT(After("BackupRetentionPeriod", 9), ElementsAre("BackupRetentionPeriod: 7 -> 9"));
  EXPECT_THAT(After("LatestRestorableTime", "2026-03-04T05:05:00Z"), IsEmpty());
  EXPECT_THAT(After("AllocatedStorage", 120), IsEmpty());
  EXPECT_THAT(After("TagList", List{}), IsEmpty());
  EXPECT_THAT(After("PreferredMaintenanceWindow", "mon:05:00-mon:06:00"), IsEmpty());
  EXPECT_THAT(After("LatestRestorableTime", {}), IsEmpty());
}

TEST_F(ReadsTest, WhatIsAsStatedIsReadToo) {
  Make({{"BackupRetentionPeriod", 7}});
  EXPECT_THAT(After("BackupRetentionPeriod", 9), ElementsAre("BackupRetentionPeriod: 7 -> 9"));
}

TEST_F(ReadsTest, WhatIsScheduledIsReadWithItsProperty) {
  Make({{"DBInstanceClass", "db.m6g.xlarge"}});
  EXPECT_THAT(After("PendingModifiedValues", Properties{{"DBInstanceClass", "db.m6g.xlarge"}}),
              ElementsAre("DBInstanceClass (scheduled): null -> db.m6g.xlarge"));
  EXPECT_THAT(After("PendingModifiedValues", Properties{{"AllocatedStorage", 200}}), IsEmpty());
  EXPECT_THAT(After("PreferredMaintenanceWindow", "mon:05:00-mon:06:00"),
              ElementsAre("PreferredMaintenanceWindow: sun:05:00-sun:06:00 -> mon:05:00-mon:06:00"));
}

TEST_F(ReadsTest, ARequestThatWouldFlushReadsTheQueue) {
  Make({{"DBInstanceClass", "db.m6g.xlarge"}}, When::kNow);
  EXPECT_FALSE(After("PendingModifiedValues", Properties{{"AllocatedStorage", 200}}).empty());
}

TEST_F(ReadsTest, MapsAreReadKeyByKey) {
  Make({{"Tags", Properties{{"team", "ours"}, {"new", "1"}}}});
  const auto tags = [](const char* team, const char* x) {
    return List{Properties{{"Key", "team"}, {"Value", team}}, Properties{{"Key", "x"}, {"Value", x}}};
  };
  EXPECT_THAT(After("TagList", tags("theirs", "z")), IsEmpty());
  EXPECT_THAT(After("TagList", tags("ours", "y")), testing::SizeIs(1));
  EXPECT_THAT(After("TagList", tags("ours", "y")).front(), testing::StartsWith("Tags.team: "));
}

TEST_F(ReadsTest, AStatusThatPassesDecidesNothing) {
  Make({{"BackupRetentionPeriod", 14}});
  EXPECT_THAT(After("DBInstanceStatus", "backing-up"), IsEmpty());
  EXPECT_THAT(After("DBInstanceStatus", "modifying"), IsEmpty());
  EXPECT_THAT(After("DBInstanceStatus", "stopped"), ElementsAre("DBInstanceStatus: ready, or soon to be -> stopped"));
  EXPECT_THAT(After("DBInstanceStatus", "failed"), ElementsAre("DBInstanceStatus: ready, or soon to be -> failed"));
}

TEST_F(ReadsTest, ThatItIsThereIsRead) {
  Make({{"BackupRetentionPeriod", 14}});
  const std::vector<Moved> moved = MovedSince(reads_, {}, nullptr);
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].what, "");
  EXPECT_EQ(moved[0].from, Value("there"));
  EXPECT_EQ(moved[0].to, Value("not there"));
}

TEST(ReadTrace, NotesNothingWhereNoneLives) {
  const Value live(Live());
  {
    model::ReadTrace trace;
    trace.Watch(live);
    const model::ReadTrace::Pause pause;
    model::ReadTrace::Note(live, model::ReadTrace::Place::What::kPath, "Engine");
    EXPECT_THAT(trace.Of(live), IsEmpty());
  }
  model::ReadTrace::Note(live, model::ReadTrace::Place::What::kPath, "Engine");
}

// KMS-RESOLVE: what a name stood for is part of what was agreed to; what KMS did not tell is not.
TEST_F(ReadsTest, WhatANameOfAKeyStandsForMustStand) {
  using What = model::NamedKey::What;
  const std::string key = "arn:aws:kms:us-east-1:123456789012:key/1";
  Properties live = Live();
  live.emplace("KmsKeyId", key);
  const World world = {{KeyOf(Instance(), "orders"), {.exists = true, .live = live}}};
  manifest::Manifest manifest;
  manifest.resources.push_back({.kind = &Instance(), .name = "orders", .properties = {{"KmsKeyId", "alias/orders"}}});
  const auto moved = [&](model::NamedKey then, model::NamedKey now) {
    Reads reads;
    (void)MakePlan(manifest, world, WithKeys({{"alias/orders", std::move(then)}}), reads);
    const model::KeyNames keys = {{"alias/orders", std::move(now)}};
    std::vector<std::string> texts;
    for (const Moved& one : MovedSince(reads, world, &keys))
      texts.push_back(one.what + ": " + ToDisplay(one.from) + " -> " + ToDisplay(one.to));
    return texts;
  };
  EXPECT_THAT(moved({What::kKnown, key}, {What::kKnown, key}), IsEmpty());
  EXPECT_THAT(moved({What::kKnown, key}, {What::kKnown, "arn:2"}),
              ElementsAre("KmsKeyId (alias/orders): " + key + " -> arn:2"));
  EXPECT_THAT(moved({What::kKnown, key}, {What::kMissing, "gone"}),
              ElementsAre("KmsKeyId (alias/orders): " + key + " -> no key"));
  EXPECT_THAT(moved({What::kKnown, key}, {What::kUntold, "denied"}),
              ElementsAre("KmsKeyId (alias/orders): " + key + " -> null"));
  EXPECT_THAT(moved({What::kUntold, "denied"}, {What::kKnown, key}), IsEmpty());
}

}  // namespace
}  // namespace rdsteady::plan
