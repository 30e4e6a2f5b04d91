#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "cli/arguments.h"

namespace rdsteady::cli {
namespace {

using testing::ElementsAre;

std::vector<std::string> Words(std::string_view line) {
  std::vector<std::string> words;
  for (const std::string_view word : Split(line, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

Arguments Good(std::string_view line) {
  auto parsed = ParseCommandLine(Words(line));
  EXPECT_TRUE(parsed.has_value()) << line << ": " << (parsed ? "" : parsed.error().err);
  return parsed ? *parsed : Arguments{};
}

struct Mistaken {
  const char* line;
  const char* message;
};

class Mistakes : public testing::TestWithParam<Mistaken> {};

TEST_P(Mistakes, AreToldExactlyAndExitWith64) {
  const auto parsed = ParseCommandLine(Words(GetParam().line));
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().err, GetParam().message);
  EXPECT_EQ(parsed.error().out, "");
  EXPECT_EQ(static_cast<int>(parsed.error().status), 64);
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, Mistakes,
    testing::Values(
        Mistaken{"aply", "error: unknown command 'aply' of 'rdsteady'\n  hint: did you mean 'apply'?\n"},
        Mistaken{"frobnicate", "error: unknown command 'frobnicate' of 'rdsteady'\n  hint: see rdsteady --help\n"},
        Mistaken{"plan --jsn", "error: unknown flag '--jsn' of 'rdsteady plan'\n  hint: did you mean '--json'?\n"},
        Mistaken{"plan --xyzzy=1",
                 "error: unknown flag '--xyzzy' of 'rdsteady plan'\n  hint: see rdsteady plan --help\n"},
        Mistaken{"--local plan", "error: '--local' must stand after the command\n  hint: rdsteady COMMAND --local\n"},
        Mistaken{"local strat", "error: unknown command 'strat' of 'rdsteady local'\n  hint: did you mean 'start'?\n"},
        Mistaken{"local stop now",
                 "error: 'rdsteady local stop' takes no argument 'now'\n  hint: see rdsteady local stop --help\n"},
        Mistaken{"export", "error: 'rdsteady export' is not built yet\n  hint: the README lists what is there\n"},
        Mistaken{"schema --json",
                 "error: 'rdsteady schema' is not built yet\n  hint: the README lists what is there\n"},
        Mistaken{"explain",
                 "error: 'rdsteady explain' needs a subject\n  hint: rdsteady explain DBInstance.StorageType\n"},
        Mistaken{"iam --local", "error: unknown flag '--local' of 'rdsteady iam'\n  hint: see rdsteady iam --help\n"},
        Mistaken{"local advance 3h",
                 "error: 'rdsteady local advance' is not built yet\n  hint: the README lists what is there\n"},
        Mistaken{"apply --plan x m.yaml --when now --policy p.yaml --yes",
                 "error: a saved plan was made with its own: files of a manifest, --policy, --when cannot stand beside "
                 "--plan\n  hint: make another plan with them: rdsteady plan --out FILE\n"},
        Mistaken{"apply --when tomorrow", "error: --when is 'tomorrow', and must be 'window' or 'now'\n"},
        Mistaken{"apply --delay 2m --max-attempts 0",
                 "error: --delay is '2m', and must be a whole number from 1 to 86400\n"
                 "error: --max-attempts is '0', and must be a whole number from 1 to 1000000\n"},
        Mistaken{"plan --local --profile p --endpoint-url http://x",
                 "error: --local and --profile exclude each other\n  hint: the local RDS has credentials of its own\n"
                 "error: --local and --endpoint-url exclude each other\n  hint: --local knows the endpoint\n"},
        Mistaken{"apply --var size", "error: --var must be NAME=VALUE\n  hint: --var size=50\n"},
        Mistaken{"apply --allow-irreversible orders.MultiTenant",
                 "error: --allow-irreversible is 'orders.MultiTenant', and must be KIND/NAME.PROPERTY\n"
                 "  hint: plan shows how each change is named\n"},
        Mistaken{
            "apply --max-disruption restrat",
            "error: --max-disruption is 'restrat', and must be 'none', 'degraded', 'failover', 'restart' or 'outage'\n"
            "  hint: did you mean 'restart'?\n"},
        Mistaken{"delete DBInstanc/orders --skip-final-snapshot",
                 "error: 'DBInstanc/orders' is no KIND/NAME\n  hint: did you mean 'DBInstance'?\n"},
        Mistaken{"delete",
                 "error: 'rdsteady delete' needs the resource\n  hint: rdsteady delete DBInstance/orders "
                 "--final-snapshot orders-last\n"},
        Mistaken{"delete DBInstance/a --skip-final-snapshot --final-snapshot b",
                 "error: --final-snapshot and --skip-final-snapshot exclude each other\n"},
        Mistaken{"token --host h --port 0 --user u",
                 "error: --port is '0', and must be a whole number from 1 to 65535\n"},
        Mistaken{"token",
                 "error: 'rdsteady token' needs --host\nerror: 'rdsteady token' needs --port\nerror: 'rdsteady token' "
                 "needs --user\n"},
        Mistaken{"local start --simulate", "error: --simulate needs --foreground\n"}));

TEST(CommandLine, TheManifestIsRdsteadyYamlWhenNoneIsNamed) {
  EXPECT_THAT(Good("plan").files, ElementsAre("rdsteady.yaml"));
  EXPECT_THAT(Good("plan a.yaml -f b --file c").files, ElementsAre("a.yaml", "b", "c"));
  EXPECT_THAT(Good("wait").files, ElementsAre("rdsteady.yaml"));
}

TEST(CommandLine, SavedPlansAndWhatSettlesThem) {
  EXPECT_EQ(Good("plan --out p.plan m.yaml").plan_out, "p.plan");
  EXPECT_TRUE(Good("plan --explain m.yaml").explain);
  EXPECT_FALSE(Good("plan m.yaml").explain);
  EXPECT_EQ(Good("explain DBInstance.Port").subject, "DBInstance.Port");
  EXPECT_EQ(Good("iam m.yaml").files, std::vector<std::string>{"m.yaml"});
  const Arguments apply = Good(
      "apply --plan p.plan --yes --approve DBInstance/a.Port --allow-irreversible DBInstance/a.MultiTenant --region r");
  EXPECT_EQ(apply.plan_file, "p.plan");
  EXPECT_THAT(apply.plan.approve, ElementsAre("DBInstance/a.Port"));
  EXPECT_THAT(Good("plan --policy a --policy b").policy_files, ElementsAre("a", "b"));
  EXPECT_TRUE(Good("plan --when window").plan.when_is_explicit);
  EXPECT_FALSE(Good("plan").plan.when_is_explicit);
}

TEST(CommandLine, AScriptsFlags) {
  const Arguments arguments = Good(
      "apply x.json --allow-update AllocatedStorage,DBInstanceClass --delay 120 --max-attempts 60 --call-attempts 21 "
      "--when now -y");
  ASSERT_TRUE(arguments.plan.allow_update.has_value());
  EXPECT_THAT(*arguments.plan.allow_update, ElementsAre("AllocatedStorage", "DBInstanceClass"));
  EXPECT_EQ(arguments.wait.delay, std::chrono::seconds(120));
  EXPECT_EQ(arguments.wait.max_attempts, 60);
  EXPECT_EQ(arguments.call_attempts, 21);
  EXPECT_EQ(arguments.when, plan::When::kNow);
  EXPECT_TRUE(arguments.yes);
}

TEST(CommandLine, WaitTakesResourcesOrFiles) {
  const Arguments arguments = Good("wait DBInstance/orders DBSubnetGroup/a --for deleted");
  ASSERT_EQ(arguments.targets.size(), 2U);
  EXPECT_EQ(arguments.targets[0].Id(), "DBInstance/orders");
  EXPECT_EQ(arguments.goal, apply::WaitGoal::kDeleted);
  EXPECT_THAT(Good("wait folder/file.yaml").files, ElementsAre("folder/file.yaml"));
}

TEST(CommandLine, VariablesMayHoldEqualsSigns) {
  EXPECT_EQ(Good("plan --var a=b=c").vars.at("a"), "b=c");
}

TEST(CommandLine, HelpNamesEveryCommandAndFlag) {
  const auto help = ParseCommandLine({"--help"});
  ASSERT_FALSE(help.has_value());
  EXPECT_EQ(help.error().status, ExitStatus::kConverged);
  for (const char* word :
       {"validate", "plan", "apply", "wait", "status", "call", "delete", "token", "local", "export", "Exit status"}) {
    EXPECT_NE(help.error().out.find(word), std::string::npos) << word;
  }
  const auto apply = ParseCommandLine({"apply", "--help"});
  ASSERT_FALSE(apply.has_value());
  for (const char* word : {"--when", "--flush-pending", "--yes", "--approve", "--allow-irreversible", "--allow-update",
                           "--max-disruption", "--delay", "--max-attempts", "--timeout", "--no-wait",
                           "--detailed-exit-code", "--policy", "--local", "--json"}) {
    EXPECT_NE(apply.error().out.find(word), std::string::npos) << word;
  }
}

TEST(CommandLine, VersionIsOneLine) {
  const auto version = ParseCommandLine({"--version"});
  ASSERT_FALSE(version.has_value());
  EXPECT_TRUE(version.error().out.starts_with("rdsteady 0."));
}

TEST(ExitStatusOf, TheGravestWins) {
  using enum ExitStatus;
  const ExitStatus order[] = {kConverged, kScheduled, kCallsToMake, kAccepted, kRefused, kFailed, kUsage, kInterrupted};
  for (std::size_t i = 0; i < std::size(order); ++i) {
    for (std::size_t j = i; j < std::size(order); ++j) {
      EXPECT_EQ(Gravest(order[i], order[j]), order[j]);
      EXPECT_EQ(Gravest(order[j], order[i]), order[j]);
    }
  }
}

}  // namespace
}  // namespace rdsteady::cli
