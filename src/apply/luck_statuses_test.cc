// Statuses that nobody wishes for, after each kind of call: terminal ones, ones that a person has to end, and an
// `available` that is not true yet. Real failures of engines first, then every row of the table by script.
#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "model/kinds/compare.h"
#include "support/bad_luck.h"
#include "support/outcomes.h"

namespace rdsteady::apply {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

const ExecuteOptions kNow{.plan = {.when = plan::When::kNow}};
const local::SimOptions kRealEngines{.seed = 7, .real_engines = {{"postgres", "15"}}};

std::string Orders(std::string_view more, std::string_view storage = "20") {
  return fmt::format(R"(
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15
    DBInstanceClass: db.m6g.large
    AllocatedStorage: {}
    MasterUsername: orders_admin
    MasterUserPassword: {{env: PW}}
{})",
                     storage, more);
}

Error ErrorOf(const Result<ApplyOutcome>& outcome) {
  const ResourceOutcome resource = OutcomeOf(outcome);
  return resource.errors.empty() ? Error{} : resource.errors.front();
}

TEST(LuckWithStatuses, AnEngineThatDoesNotComeUpIsAnErrorWithTheServicesEvents) {
  World world(kRealEngines);
  world.rds.engine = [](const local::EngineJob& job) {
    return local::EngineReport{.job_id = job.id, .ok = false, .message = "no space left on the device"};
  };
  const auto outcome = world.Apply(Orders("    password_version: 1\n"));
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
  EXPECT_EQ(ErrorOf(outcome).message,
            "its status is failed: it cannot be repaired: restore a snapshot or a point in time under another name");
  EXPECT_THAT(ErrorOf(outcome).hint, AllOf(StartsWith("the service's own events: 2026-03-04T05:06"),
                                           HasSubstr("DB instance creation failed: no space left on the device")));
  EXPECT_EQ(world.rds.MutatingCalls().size(), 1U);

  // The next run leaves it as it is, and says so.
  world.rds.ForgetCalls();
  const auto again = world.Apply(Orders("    password_version: 1\n"));
  EXPECT_EQ(OutcomeOf(again).result, ResourceResult::kRefused);
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

// The group's values keep the engine from starting; the name of another group brings it back.
TEST(LuckWithStatuses, IncompatibleParametersAreSaidAndHealed) {
  World world(kRealEngines);
  const auto with_group = [](std::string_view name, int connections) {
    return fmt::format(R"(
DBParameterGroup:
  {0}:
    DBParameterGroupFamily: postgres15
    Description: of a test
    Parameters: {{max_connections: {1}}}
)",
                       name, connections) +
           Orders(fmt::format("    DBParameterGroupName: {}\n    reboot: if-pending\n", name));
  };
  bool broken = false;
  world.rds.engine = [&](const local::EngineJob& job) {
    const bool bad = broken && job.verb == local::EngineVerb::kRestart;
    return local::EngineReport{
        .job_id = job.id, .ok = !bad, .message = bad ? "could not create shared memory segment" : ""};
  };
  ASSERT_EQ(OutcomeOf(world.Apply(with_group("mine", 200))).result, ResourceResult::kCreated);
  broken = true;
  const auto failed = world.Apply(with_group("mine", 900));
  EXPECT_EQ(OutcomeOf(failed).result, ResourceResult::kFailed);
  EXPECT_EQ(At(world, "DBInstanceStatus"), Value("incompatible-parameters"));
  EXPECT_EQ(ErrorOf(failed).message,
            "its status is incompatible-parameters: correct the parameter group or associate another, then reboot the "
            "instance");
  EXPECT_THAT(ErrorOf(failed).hint, HasSubstr("could not be restarted with its parameter group: could not create "
                                              "shared memory segment"));

  broken = false;
  const auto healed = world.Apply(with_group("other", 100));
  EXPECT_EQ(OutcomeOf(healed).result, ResourceResult::kUpdated) << ErrorOf(healed).message;
  EXPECT_EQ(At(world, "DBInstanceStatus"), Value("available"));
  EXPECT_EQ(At(world, "DBParameterGroups[0].DBParameterGroupName"), Value("other"));
}

struct Moment {
  const char* name;
  const char* operation;  // after which the status shows
  std::string before;
  std::string yaml;
};

std::vector<Moment> Moments() {
  return {
      {"creation", "CreateDBInstance", "", Orders("    password_version: 1\n    Tags: {a: b}\n")},
      {"modification", "ModifyDBInstance", Orders("    Tags: {a: b}\n"),
       Orders("    MultiAZ: true\n    Tags: {a: c}\n")},
      {"last call", "AddTagsToResource", Orders("    Tags: {a: b}\n"), Orders("    Tags: {a: c}\n")},
  };
}

TEST(LuckWithStatuses, EveryStatusThatDoesNotEndByItselfEndsTheRunWithItsAdviceAndTheEvents) {
  const model::Kind& kind = *model::FindKind("DBInstance");
  int rows = 0;
  for (const Moment& moment : Moments()) {
    World first;
    if (!moment.before.empty()) ASSERT_TRUE(first.Apply(moment.before));
    first.timer.RunFor(5min);
    const World::Saved saved = first.Save();
    for (const model::StatusRow& row : kind.statuses) {
      const bool terminal = row.status_class == model::StatusClass::kTerminal;
      if (!terminal && row.status_class != model::StatusClass::kNeedsAction) continue;
      SCOPED_TRACE(fmt::format("{} after {}", row.status, moment.name));
      ++rows;
      World world(saved);
      BadLuck luck(world);
      bool shown = false;
      luck.After(moment.operation, [&] { shown = true; });
      luck.Show([&](Properties& item) {
        if (shown) item.insert_or_assign("DBInstanceStatus", row.status);
      });
      const Instant begun = world.timer.Now();
      const auto outcome = world.Apply(moment.yaml, kNow, &luck);
      EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kFailed);
      EXPECT_THAT(ErrorOf(outcome).message, HasSubstr(fmt::format("its status is {}", row.status)));
      EXPECT_THAT(ErrorOf(outcome).message + ErrorOf(outcome).hint, HasSubstr(std::string(row.advice)));
      EXPECT_THAT(ErrorOf(outcome).hint, HasSubstr("the service's own events: "));
      EXPECT_LE(world.timer.Now() - begun, terminal ? Millis(1min) : Millis(5min));
    }
  }
  EXPECT_EQ(rows, 3 * (8 + 7));
}

// Storage is full in the middle of a run: nothing but growth is sent, and then the rest.
TEST(LuckWithStatuses, FullStorageIsGrownFirstAndTheRestFollows) {
  World world;
  ASSERT_TRUE(world.Apply(Orders("")));
  BadLuck luck(world);
  bool full = true;
  luck.After("ModifyDBInstance", [&] { full = false; });
  luck.Show([&](Properties& item) {
    if (full) item.insert_or_assign("DBInstanceStatus", "storage-full");
  });
  const auto outcome = world.Apply(Orders("    BackupRetentionPeriod: 9\n", "40"), kNow, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUpdated) << ErrorOf(outcome).message;
  EXPECT_THAT(luck.sent(),
              ElementsAre("ModifyDBInstance AllocatedStorage=40 ApplyImmediately=true DBInstanceIdentifier=orders",
                          "ModifyDBInstance BackupRetentionPeriod=9 DBInstanceIdentifier=orders"));
}

TEST(LuckWithStatuses, StorageThatIsFullSinceThePlanStopsWhatIsNotGrowth) {
  World world;
  ASSERT_TRUE(world.Apply(Orders("")));
  BadLuck luck(world);
  bool full = false;
  world.between_plan_and_execute = [&] { full = true; };
  luck.Show([&](Properties& item) {
    if (full) item.insert_or_assign("DBInstanceStatus", "storage-full");
  });
  const auto outcome = world.Apply(Orders("    BackupRetentionPeriod: 9\n"), kNow, &luck);
  EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kRefused);
  EXPECT_EQ(ErrorOf(outcome).message,
            "its status is storage-full, in which RDS accepts no change but of AllocatedStorage");
  EXPECT_THAT(ErrorOf(outcome).hint, StartsWith("raise AllocatedStorage, and nothing else, first; the service's own "
                                                "events: "));
  EXPECT_THAT(luck.sent(), IsEmpty());
}

// `available` for up to nine seconds after the call was accepted, then a minute of work: the run ends after that.
TEST(LuckWithStatuses, AStaleAvailableIsNotTakenForDone) {
  struct Case {
    const char* edit;
    const char* path;
    Value wanted;
  };
  const std::vector<Case> cases = {
      {"    MultiAZ: true\n", "MultiAZ", true},
      {"    PubliclyAccessible: true\n", "PubliclyAccessible", true},
      {"    Port: 6432\n", "Endpoint.Port", 6432},
      {"    MonitoringInterval: 60\n    MonitoringRoleArn: "
       "arn:aws:iam::123456789012:role/m\n",
       "MonitoringInterval", 60},
      {"    EnableIAMDatabaseAuthentication: true\n", "IAMDatabaseAuthenticationEnabled", true}};
  World first;
  ASSERT_TRUE(first.Apply(Orders("")));
  const World::Saved saved = first.Save();
  for (const Millis lag : {250ms, 9000ms}) {
    for (const Case& one : cases) {
      SCOPED_TRACE(fmt::format("{} {} ms", one.edit, lag.count()));
      World world(saved, {.seed = 7, .pace = {.modifying = 60s, .status_lag = lag}});
      const Instant begun = world.timer.Now();
      BadLuck luck(world);
      const auto outcome = world.Apply(Orders(one.edit), kNow, &luck);
      EXPECT_EQ(OutcomeOf(outcome).result, ResourceResult::kUpdated) << ErrorOf(outcome).message;
      EXPECT_GE(world.timer.Now() - begun, 60s);
      EXPECT_EQ(At(world, "DBInstanceStatus"), Value("available"));
      EXPECT_EQ(At(world, one.path), one.wanted);
      EXPECT_THAT(At(world, "PendingModifiedValues").As<Properties>(), IsEmpty());
      EXPECT_THAT(luck.sent(), SizeIs(1));
    }
  }
}

}  // namespace
}  // namespace rdsteady::apply
