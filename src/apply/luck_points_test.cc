// Every kind of step meets every kind of bad luck, at each place where it is sent: refused for the state of the moment,
// throttled, its request lost, its answer lost. Each run ends where the undisturbed one does, having sent nothing else.
#include <algorithm>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "model/kinds/compare.h"
#include "support/bad_luck.h"

namespace rdsteady::apply {
namespace {

using testing::IsEmpty;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

struct Course {
  const char* name;
  std::string before;
  std::string yaml;
  std::vector<const char*> operations;  // of an undisturbed run, in order
};

std::string Orders(std::string_view more, std::string_view name = "orders") {
  return fmt::format(R"(
DBInstance:
  {}:
    Engine: postgres
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {{env: PW}}
{})",
                     name, more);
}

std::string Group(std::string_view parameters) {
  return fmt::format(R"(
DBParameterGroup:
  mine:
    DBParameterGroupFamily: postgres15
    Description: of a test
    Parameters: {{{}}}
)",
                     parameters);
}

std::string Role(std::string_view role) {
  return fmt::format(
      "    AssociatedRoles: [{{RoleArn: \"arn:aws:iam::123456789012:role/{}\", FeatureName: s3Import}}]\n", role);
}

std::vector<Course> Courses() {
  const auto with_group = [](std::string_view name) {
    return fmt::format("    EngineVersion: 15\n    DBParameterGroupName: {}\n    BackupRetentionPeriod: ", name);
  };
  const std::string replica = R"(  copy:
    SourceDBInstanceIdentifier: )";
  return {
      {"creation",
       "",
       Orders("    password_version: 1\n    power: stopped\n    Tags: {service: orders}\n" + Role("s3")),
       {"CreateDBInstance", "AddRoleToDBInstance", "AddTagsToResource", "StopDBInstance"}},
      {"changes",
       Orders(with_group("default.postgres15") + "7\n    Tags: {service: orders}\n" + Role("one")),
       Orders(with_group("theirs") +
              "14\n    MultiAZ: true\n    password_version: 2\n    reboot: if-pending\n"
              "    Tags: {team: a, service: null}\n" +
              Role("two")),
       {"ModifyDBInstance", "RemoveRoleFromDBInstance", "AddRoleToDBInstance", "AddTagsToResource",
        "RemoveTagsFromResource", "RebootDBInstance"}},
      {"group",
       Group("max_connections: 200, log_min_duration_statement: 1"),
       Group("max_connections: 300, log_min_duration_statement: null"),
       {"ModifyDBParameterGroup", "ResetDBParameterGroup"}},
      {"promotion",
       Orders("    BackupRetentionPeriod: 7\n") + replica + "orders\n",
       Orders("    BackupRetentionPeriod: 7\n") + replica + "null\n    MultiAZ: true\n",
       {"PromoteReadReplica", "ModifyDBInstance"}},
      {"rename",
       Orders("    Tags: {a: b}\n"),
       Orders("    renamed_from: orders\n    Tags: {a: c}\n", "payments"),
       {"ModifyDBInstance", "AddTagsToResource"}},
      {"start",
       Orders("    power: stopped\n"),
       Orders("    power: running\n    BackupRetentionPeriod: 9\n"),
       {"StartDBInstance", "ModifyDBInstance"}},
      {"copy",
       Orders("    BackupRetentionPeriod: 7\n"),
       Orders("    BackupRetentionPeriod: 7\n") + R"(  copy:
    SourceDBInstanceIdentifier: orders
    UseLatestRestorableTime: true
    MonitoringInterval: 60
    MonitoringRoleArn: arn:aws:iam::123456789012:role/m
)",
       {"RestoreDBInstanceToPointInTime", "ModifyDBInstance"}},
  };
}

// ---- what is there afterwards ---------------------------------------------------------------------------------------

const std::set<std::string, std::less<>> kMadeUp = {
    "InstanceCreateTime",   "LatestRestorableTime",         "DbiResourceId", "CertificateDetails", "Address",
    "AutomaticRestartTime", "EnhancedMonitoringResourceArn"};

Value Plain(const Value& value) {
  if (const auto* list = value.If<List>()) {
    List plain;
    std::ranges::transform(*list, std::back_inserter(plain), Plain);
    return plain;
  }
  if (const auto* members = value.If<Properties>()) {
    Properties plain;
    for (const auto& [name, member] : *members) {
      if (!kMadeUp.contains(name)) plain.emplace(name, Plain(member));
    }
    return plain;
  }
  static const std::regex kId("db-[A-Z0-9]{20,}");
  return value.Is<std::string>() ? Value(std::regex_replace(value.As<std::string>(), kId, "db-ID")) : value;
}

std::string StateOf(World& world) {
  world.timer.RunFor(5min);  // backups
  std::string state;
  for (const char* name : {"orders", "payments", "copy"})
    state += fmt::format("{}: {}\n", name, ToDisplay(Plain(world.Live("DBInstance", name))));
  const auto parameters =
      world.CallAsOther("DescribeDBParameters", {{"DBParameterGroupName", "mine"}, {"Source", "user"}});
  if (parameters) state += ToDisplay(Value(*parameters));
  return state;
}

std::vector<std::string> Plain(const std::vector<std::string>& calls) {
  std::vector<std::string> plain;
  for (const std::string& call : calls)
    plain.push_back(Plain(Value(call)).As<std::string>());
  return plain;
}

std::vector<std::string> Results(const Result<ApplyOutcome>& outcome) {
  if (!outcome) return {Describe(outcome.error())};
  std::vector<std::string> results;
  for (const ResourceOutcome& resource : outcome->resources) {
    results.push_back(fmt::format("{} {}", resource.resource, ToString(resource.result)));
    for (const Error& error : resource.errors)
      results.push_back(Describe(error));
  }
  return results;
}

const ExecuteOptions kNow{.plan = {.when = plan::When::kNow}};

struct Undisturbed {
  World::Saved before;
  std::vector<std::string> sent;
  std::vector<std::string> results;
  std::string state;
};

Undisturbed RunUndisturbed(const Course& course) {
  Undisturbed undisturbed;
  World first;
  EXPECT_TRUE(first.CallAsOther(
      "CreateDBParameterGroup",
      {{"DBParameterGroupName", "theirs"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "of others"}}));
  if (!course.before.empty()) EXPECT_TRUE(first.Apply(course.before));
  first.timer.RunFor(20min);
  undisturbed.before = first.Save();
  World world(undisturbed.before);
  BadLuck luck(world);
  undisturbed.results = Results(world.Apply(course.yaml, kNow, &luck));
  undisturbed.sent = Plain(luck.sent());
  undisturbed.state = StateOf(world);
  return undisturbed;
}

// ---- what it meets --------------------------------------------------------------------------------------------------

void MeetWrongState(BadLuck& luck, const std::string& operation, int nth) {
  const bool of_a_group = operation.contains("DBParameterGroup");
  luck.Refuse(operation, of_a_group ? "InvalidDBParameterGroupState" : "InvalidDBInstanceState",
              "it is not in the right state for that", 3, nth);
}
void MeetThrottling(BadLuck& luck, const std::string& operation, int nth) {
  luck.Refuse(operation, "Throttling", "Rate exceeded", 3, nth);
}
void LoseRequest(BadLuck& luck, const std::string& operation, int nth) {
  luck.Lose(operation, BadLuck::Lost::kRequest, 1, nth);
}
void LoseAnswer(BadLuck& luck, const std::string& operation, int nth) {
  luck.Lose(operation, BadLuck::Lost::kAnswer, 1, nth);
}

struct Fault {
  const char* name;
  void (*meet)(BadLuck&, const std::string&, int);
};
constexpr Fault kFaults[] = {{"wrong state", MeetWrongState},
                             {"throttled", MeetThrottling},
                             {"request lost", LoseRequest},
                             {"answer lost", LoseAnswer}};

class LuckAtEveryPoint : public testing::TestWithParam<Course> {};

TEST_P(LuckAtEveryPoint, TheRunEndsWhereTheUndisturbedOneDoes) {
  const Course& course = GetParam();
  const Undisturbed undisturbed = RunUndisturbed(course);
  std::vector<std::string> operations;
  for (const std::string& call : undisturbed.sent)
    operations.push_back(call.substr(0, call.find(' ')));
  ASSERT_EQ(operations, std::vector<std::string>(course.operations.begin(), course.operations.end()))
      << testing::PrintToString(undisturbed.results);
  const std::set<std::string> approved(undisturbed.sent.begin(), undisturbed.sent.end());
  for (std::size_t point = 0; point < operations.size(); ++point) {
    const auto nth =
        std::count(operations.begin(), operations.begin() + static_cast<std::ptrdiff_t>(point), operations[point]);
    for (const Fault& fault : kFaults) {
      SCOPED_TRACE(fmt::format("{}, call {}: {}", fault.name, point, operations[point]));
      World world(undisturbed.before);
      BadLuck luck(world);
      fault.meet(luck, operations[point], static_cast<int>(nth));
      EXPECT_EQ(Results(world.Apply(course.yaml, kNow, &luck)), undisturbed.results);
      EXPECT_EQ(luck.unmet(), 0U);
      // A password cannot be read back, so that one whose answer was lost is set again.
      std::vector<std::string> sent = Plain(luck.sent());
      std::erase(sent, "ModifyDBInstance DBInstanceIdentifier=orders MasterUserPassword=(secret)");
      EXPECT_EQ(std::set<std::string>(sent.begin(), sent.end()), approved) << testing::PrintToString(sent);
      EXPECT_EQ(StateOf(world), undisturbed.state);
      world.rds.ForgetCalls();
      const auto again = world.Apply(course.yaml, kNow);
      EXPECT_TRUE(again);
      EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Courses, LuckAtEveryPoint, testing::ValuesIn(Courses()),
                         [](const auto& course) { return std::string(course.param.name); });

// Waiting for a state has an end, and so does the patience: after it the service's own words are the answer.
TEST(LuckWithStates, AStateThatNeverComesIsAnErrorAfterAnHour) {
  World world;
  ASSERT_TRUE(world.Apply(Orders("    BackupRetentionPeriod: 7\n")));
  BadLuck luck(world);
  luck.Refuse("ModifyDBInstance", "InvalidDBInstanceState", "Database instance is not in available state.",
              BadLuck::kAlways);
  world.rds.ForgetCalls();
  const auto outcome = world.Apply(Orders("    BackupRetentionPeriod: 9\n"), {}, &luck);
  EXPECT_THAT(Results(outcome),
              testing::ElementsAre("DBInstance/orders failed",
                                   testing::AllOf(testing::HasSubstr("InvalidDBInstanceState"),
                                                  testing::HasSubstr("Database instance is not in available state."),
                                                  testing::HasSubstr("after waiting 1h00m for it to pass"))));
  EXPECT_THAT(world.rds.MutatingCalls(), IsEmpty());
}

// The limit is of one wait: what was waited for an hour ago does not shorten the next one.
TEST(LuckWithStates, EachCallHasItsOwnPatience) {
  World world;
  ASSERT_TRUE(world.Apply(Orders("    BackupRetentionPeriod: 7\n    Tags: {a: b}\n")));
  BadLuck luck(world);
  luck.Refuse("ModifyDBInstance", "InvalidDBInstanceState", "not available", 600);
  luck.Refuse("AddTagsToResource", "InvalidDBInstanceState", "not available", 600);
  const auto outcome = world.Apply(Orders("    BackupRetentionPeriod: 9\n    Tags: {a: c}\n"), {}, &luck);
  EXPECT_THAT(Results(outcome), testing::ElementsAre("DBInstance/orders updated"));
}

}  // namespace
}  // namespace rdsteady::apply
