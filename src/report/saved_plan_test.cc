// Saved plans: the file comes back as it was, and what makes it void is told apart.
#include "report/saved_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "wire/crypto.h"

namespace rdsteady::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Properties Live() {
  return {{"AllocatedStorage", 100},
          {"BackupRetentionPeriod", 7},
          {"DBInstanceArn", "arn:aws:rds:us-east-1:123456789012:db:orders"},
          {"DBInstanceClass", "db.m6g.large"},
          {"DBInstanceIdentifier", "orders"},
          {"DBInstanceStatus", "available"},
          {"Engine", "postgres"},
          {"EngineVersion", "15.10"},
          {"LatestRestorableTime", "2026-03-04T05:00:00Z"},
          {"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}};
}

manifest::Manifest Orders() {
  manifest::Manifest manifest;
  manifest.resources.push_back({.kind = model::FindKind("DBInstance"),
                                .name = "orders",
                                .properties = {{"DBInstanceClass", "db.m6g.xlarge"},
                                               {"MasterUserPassword", Secret::FromEnv("ORDERS_DB_PASSWORD")}}});
  return manifest;
}

api::Planned PlannedAt(const char* time, manifest::Manifest manifest, Properties live = Live()) {
  api::Planned planned{.manifest = std::move(manifest),
                       .options = {.now = ParseIso8601(time).value(), .region = "us-east-1", .account = "123456789012"},
                       .world = {{{"DBInstance", "orders"}, {.exists = true, .live = std::move(live)}}}};
  planned.plan = plan::MakePlan(planned.manifest, planned.world, planned.options, planned.reads);
  planned.plan.endpoint = "https://rds.us-east-1.amazonaws.com";
  return planned;
}

SavedPlan Reread(const api::Planned& planned) {
  const Result<std::string> text = SavePlan(planned);
  EXPECT_TRUE(text.has_value()) << text.error().message;
  Result<SavedPlan> saved = ReadSavedPlan(*text);
  EXPECT_TRUE(saved.has_value()) << saved.error().message;
  return *std::move(saved);
}

constexpr const char* kThen = "2026-03-04T05:06:07Z";

TEST(SavedPlans, ComeBackAsTheyWere) {
  api::Planned planned = PlannedAt(kThen, Orders());
  planned.options.when = plan::When::kNow;
  planned.options.when_is_explicit = true;
  planned.options.flush_pending = true;
  planned.options.allow_update = {{"DBInstanceClass"}};
  planned.options.max_disruption = model::Disruption::kFailover;
  planned.options.approve = {"DBInstance/orders.DBInstanceClass"};
  planned.options.allow_irreversible = {"DBInstance/orders.MultiTenant"};
  const SavedPlan saved = Reread(planned);
  EXPECT_EQ(saved.region, "us-east-1");
  EXPECT_EQ(saved.account, "123456789012");
  EXPECT_EQ(saved.endpoint, "https://rds.us-east-1.amazonaws.com");
  EXPECT_EQ(saved.options.when, plan::When::kNow);
  EXPECT_TRUE(saved.options.when_is_explicit);
  EXPECT_TRUE(saved.options.flush_pending);
  EXPECT_EQ(saved.options.allow_update, planned.options.allow_update);
  EXPECT_EQ(saved.options.max_disruption, planned.options.max_disruption);
  EXPECT_EQ(saved.options.approve, planned.options.approve);
  EXPECT_THAT(saved.options.allow_irreversible, IsEmpty());  // said anew when it is applied
  EXPECT_EQ(saved.manifest.resources.at(0).properties, planned.manifest.resources.at(0).properties);
  EXPECT_EQ(saved.reads.size(), 1U);
}

TEST(SavedPlans, HoldForAsLongAsNothingTheyReadMoves) {
  const SavedPlan saved = Reread(PlannedAt(kThen, Orders()));
  EXPECT_THAT(ReasonsAgainst(saved, PlannedAt(kThen, saved.manifest)), IsEmpty());
  Properties live = Live();
  live["LatestRestorableTime"] = "2026-03-05T07:00:00Z";
  live["BackupRetentionPeriod"] = 8;
  EXPECT_THAT(ReasonsAgainst(saved, PlannedAt("2026-03-08T05:30:00Z", saved.manifest, live)), IsEmpty());
  live["DBInstanceClass"] = "db.m6g.2xlarge";
  EXPECT_THAT(ReasonsAgainst(saved, PlannedAt(kThen, saved.manifest, live)),
              ElementsAre("DBInstance/orders.DBInstanceClass was db.m6g.large, and is db.m6g.2xlarge"));
}

TEST(SavedPlans, AWindowThatHasPassedRefuses) {
  const SavedPlan saved = Reread(PlannedAt(kThen, Orders()));
  EXPECT_THAT(ReasonsAgainst(saved, PlannedAt("2026-03-08T06:00:00Z", saved.manifest)),
              ElementsAre("the maintenance window of 2026-03-08T05:00:00Z, on which DBInstance/orders.DBInstanceClass "
                          "counted, has passed: the next begins at 2026-03-15T05:00:00Z"));
}

TEST(SavedPlans, AnotherTargetRefuses) {
  const SavedPlan saved = Reread(PlannedAt(kThen, Orders()));
  api::Planned other = PlannedAt(kThen, saved.manifest);
  other.plan.account = "999999999999";
  EXPECT_THAT(ReasonsAgainst(saved, other),
              ElementsAre("it was made for account 123456789012, and this is 999999999999"));
  EXPECT_THAT(
      ReasonsAgainstTarget(saved, "eu-west-1", "http://127.0.0.1:1"),
      ElementsAre("it was made for region us-east-1, and this is eu-west-1",
                  "it was made for endpoint https://rds.us-east-1.amazonaws.com, and this is http://127.0.0.1:1"));
}

TEST(SavedPlans, AnotherPlanRefusesThoughNothingHasMoved) {
  const SavedPlan saved = Reread(PlannedAt(kThen, Orders()));
  manifest::Manifest stricter = saved.manifest;
  stricter.policy.rules.push_back(
      {{.kind = model::FindKind("DBInstance")}, "DBInstanceClass", manifest::Policy::Word::kNever});
  EXPECT_THAT(ReasonsAgainst(saved, PlannedAt(kThen, stricter)),
              ElementsAre(HasSubstr("DBInstance/orders would be refused now: DBInstanceClass may not be changed")));
  manifest::Manifest other = saved.manifest;
  other.resources[0].properties["DBInstanceClass"] = "db.m6g.2xlarge";
  EXPECT_THAT(ReasonsAgainst(saved, PlannedAt(kThen, other)),
              ElementsAre("DBInstance/orders would be planned otherwise now"));
}

TEST(SavedPlans, EveryEditIsNoticed) {
  const std::string text = SavePlan(PlannedAt(kThen, Orders())).value();
  int edits = 0;
  for (std::size_t at = text.find_first_of("0123456789"); at != std::string::npos;
       at = text.find_first_of("0123456789", at + 1), ++edits) {
    std::string edited = text;
    edited[at] = edited[at] == '9' ? '8' : static_cast<char>(edited[at] + 1);
    const Result<SavedPlan> read = ReadSavedPlan(edited);
    EXPECT_FALSE(read.has_value()) << text.substr(at > 30 ? at - 30 : 0, 40);
  }
  EXPECT_GT(edits, 50);
  for (std::size_t length = 0; length + 2 < text.size(); length += 7) {
    const Result<SavedPlan> read = ReadSavedPlan(text.substr(0, length));
    ASSERT_FALSE(read.has_value()) << length;
    EXPECT_EQ(read.error().category, ErrorCategory::kUsage) << length;
  }
}

// Who writes a digest of his own gets an answer all the same, and no crash.
TEST(SavedPlans, StrangeMembersBehindAGoodDigestAreRefused) {
  const Value whole = ParseJson(SavePlan(PlannedAt(kThen, Orders())).value()).value();
  for (const auto& [name, value] : whole.As<Properties>()) {
    if (name == "digest" || name == "made_at") continue;
    for (const Value& strange : {Value(), Value(7), Value("text"), Value(List{Value(1)}), Value(Properties{})}) {
      Properties members = whole.As<Properties>();
      members.erase("digest");
      members.insert_or_assign(name, strange);
      members.emplace("digest", "sha256:" + HexEncode(wire::Sha256(ToJson(members))));
      const Result<SavedPlan> read = ReadSavedPlan(ToJson(members));
      // An empty map of options, target, reads or plan is odd and harmless: it fits no live plan.
      if (read) {
        EXPECT_THAT(ReasonsAgainst(*read, PlannedAt(kThen, Orders())), testing::Not(IsEmpty())) << name;
      }
    }
  }
}

}  // namespace
}  // namespace rdsteady::report
