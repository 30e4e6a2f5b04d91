// The whole local RDS in this process: server, control plane, store, real PostgreSQL.
#include "local/server/local_rds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <sstream>
#include <thread>

#include "base/json.h"
#include "base/text.h"
#include "local/engine/process.h"
#include "local/server/home.h"
#include "local/server/local_rds_test_support.h"

namespace rdsteady::local {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kCanary = "canary-Local-71d2";

class LocalRdsTest : public ::testing::Test {
 protected:
  [[nodiscard]] Places Home() const { return {.home = folder_.path() + "/home", .runtime = folder_.path() + "/run"}; }
  static mode_t Mode(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
  }
  static std::string Contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(file)), {});
  }
  TestFolder folder_;
};

TEST_F(LocalRdsTest, ARealDatabaseIsCreatedSurvivesARestartOfTheServerAndIsDeleted) {
  LocalEndpoint before;
  {
    RunningLocalRds rds({.places = Home()});
    ASSERT_TRUE(rds.ok());
    before = rds.endpoint();
    auto created = rds.Call("CreateDBInstance", Orders(kCanary));
    ASSERT_TRUE(created) << Describe(created.error());
    const Value instance = AwaitStatus(rds.endpoint(), "orders", "available");
    EXPECT_EQ(*instance.FindPath("Endpoint.Port"), Value(5432));
    Login login = LogInTo(instance, kCanary);
    ASSERT_TRUE(login.ok()) << login.error();
    EXPECT_EQ(login.Ask("CREATE TABLE kept AS SELECT 42 AS x"), "");

    // Nobody but the client and the database's own users ever sees the password.
    std::vector<std::string> holders;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file() && Contents(entry.path()).find(kCanary) != std::string::npos) {
        holders.push_back(entry.path());
      }
    }
    for (const auto& process : std::filesystem::directory_iterator("/proc")) {
      const std::string pid = process.path().filename();
      if (!ParseInteger(pid) || pid == std::to_string(::getpid())) continue;
      for (const char* file : {"/cmdline", "/environ"}) {
        if (Contents(process.path().string() + file).find(kCanary) != std::string::npos) holders.push_back(pid + file);
      }
    }
    EXPECT_THAT(holders, ::testing::IsEmpty());
  }
  RunningLocalRds rds({.places = Home()});
  ASSERT_TRUE(rds.ok());
  // Configured clients go on working.
  EXPECT_EQ(rds.endpoint().url, before.url);
  EXPECT_EQ(rds.endpoint().credentials.secret_access_key, before.credentials.secret_access_key);
  const Value instance = AwaitStatus(rds.endpoint(), "orders", "available");
  std::string answer;
  for (int i = 0; i < 1200 && answer != "42"; ++i) {
    Login login = LogInTo(instance, kCanary);
    answer = login.ok() ? login.Ask("SELECT x FROM kept") : login.error();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(answer, "42");

  ASSERT_TRUE(rds.Call("DeleteDBInstance", {{"DBInstanceIdentifier", "orders"}, {"SkipFinalSnapshot", true}}));
  AwaitStatus(rds.endpoint(), "orders", "gone");
  EXPECT_THAT(LogInTo(instance, kCanary).error(), HasSubstr("Connection refused"));
}

TEST_F(LocalRdsTest, FilesAreForTheirOwnerOnly) {
  RunningLocalRds rds({.places = Home(), .simulate_all = true});
  ASSERT_TRUE(rds.ok());
  EXPECT_EQ(Mode(Home().home), ::geteuid() == 0 ? 0711U : 0700U);
  EXPECT_EQ(Mode(Home().home + "/credentials.json"), 0600U);
  EXPECT_EQ(Mode(Home().home + "/state.sqlite"), 0600U);
  EXPECT_EQ(Mode(Home().home + "/log"), 0700U);
  EXPECT_EQ(Mode(Home().runtime + "/endpoint.json"), 0600U);
  EXPECT_THAT(Contents(Home().runtime + "/endpoint.json"),
              ::testing::Not(HasSubstr(rds.endpoint().credentials.secret_access_key)));
}

TEST_F(LocalRdsTest, ClientsFindTheServerWhileItRunsAndOnlyThen) {
  {
    RunningLocalRds rds({.places = Home(), .simulate_all = true});
    ASSERT_TRUE(rds.ok());
    const auto endpoint = ReadEndpoint(Home());
    ASSERT_TRUE(endpoint) << Describe(endpoint.error());
    EXPECT_EQ(endpoint->url, rds.endpoint().url);
    EXPECT_EQ(endpoint->pid, ::getpid());
    EXPECT_EQ(endpoint->account, "123456789012");
    EXPECT_EQ(endpoint->credentials.access_key_id, rds.endpoint().credentials.access_key_id);
    auto status = DaemonStatus(Home());
    ASSERT_TRUE(status) << Describe(status.error());
    EXPECT_EQ(status->at("pid"), Value(::getpid()));
    EXPECT_EQ(status->at("calls"), Value(0));
  }
  const auto endpoint = ReadEndpoint(Home());
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().message, "the local RDS is not running");
  EXPECT_EQ(endpoint.error().hint, "start it with 'rdsteady local start'");
  EXPECT_EQ(endpoint.error().category, ErrorCategory::kUsage);
}

TEST_F(LocalRdsTest, ASecondServerOnAHomeIsRefused) {
  RunningLocalRds rds({.places = Home(), .simulate_all = true});
  ASSERT_TRUE(rds.ok());
  const auto second = LocalRds::Open({.places = Home(), .simulate_all = true});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "a local RDS already runs on " + Home().home + ": process " +
                                        std::to_string(::getpid()) + " at " + rds.endpoint().url);
  EXPECT_TRUE(rds.Call("DescribeDBInstances", {}));
}

TEST_F(LocalRdsTest, TheLockThatADeadServersChildStillHoldsIsWaitedFor) {
  {
    ASSERT_TRUE(RunningLocalRds({.places = Home(), .simulate_all = true}).ok());
  }
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  ::waitpid(dead, nullptr, 0);
  std::ofstream(Home().runtime + "/endpoint.json") << R"({"pid": )" << dead << R"(, "url": "http://127.0.0.1:9"})";
  auto held = Lock(HomeFiles(Home()).lock, std::chrono::milliseconds(0));
  ASSERT_TRUE(held && *held);
  EXPECT_EQ(LookForServer(Home()), Presence::kNone);
  // The child becomes a program of its own in a moment.
  const std::jthread child([&] {
    (void)Pause(std::chrono::milliseconds(50), -1);
    held = std::nullopt;
  });
  EXPECT_TRUE(RunningLocalRds({.places = Home(), .simulate_all = true}).ok());
}

TEST_F(LocalRdsTest, TwoHomesGiveTheirDatabasesOtherAddresses) {
  const auto address = [](const Places& home) {
    RunningLocalRds rds({.places = home, .simulate_all = true});
    EXPECT_TRUE(rds.Call("CreateDBInstance", Orders(kCanary)));
    return ToDisplay(*AwaitStatus(rds.endpoint(), "orders", "available").FindPath("Endpoint.Address"));
  };
  const std::string first = address(Home());
  EXPECT_NE(first, address({.home = folder_.path() + "/home2", .runtime = folder_.path() + "/run2"}));
}

TEST_F(LocalRdsTest, AnAddressOfTheNetworkIsRefused) {
  const auto rds = LocalRds::Open({.places = Home(), .address = "0.0.0.0", .simulate_all = true});
  ASSERT_FALSE(rds);
  EXPECT_EQ(rds.error().message, "0.0.0.0 is not a loopback address");
}

TEST_F(LocalRdsTest, ADamagedStateIsAnErrorThatNamesTheFile) {
  std::filesystem::create_directories(Home().home);
  std::ofstream(Home().home + "/state.sqlite") << std::string(8192, 'x');
  const auto rds = LocalRds::Open({.places = Home(), .simulate_all = true});
  ASSERT_FALSE(rds);
  EXPECT_THAT(rds.error().message, MatchesRegex(".*/home/state.sqlite: the local RDS's state is damaged .*"));
}

TEST_F(LocalRdsTest, AFolderOfSomebodyElseIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make such a folder";
  std::filesystem::create_directories(Home().home);
  ASSERT_EQ(::chown(Home().home.c_str(), 12345, 12345), 0);
  const auto rds = LocalRds::Open({.places = Home(), .simulate_all = true});
  ASSERT_FALSE(rds);
  EXPECT_EQ(rds.error().message, Home().home + " belongs to another user");
}

TEST_F(LocalRdsTest, ResetNeedsAStoppedServerAndLeavesNothingOfItsState) {
  {
    RunningLocalRds rds({.places = Home(), .simulate_all = true});
    ASSERT_TRUE(rds.ok());
    ASSERT_TRUE(rds.Call("CreateDBInstance", Orders(kCanary)));
    const auto reset = ResetState(Home());
    ASSERT_FALSE(reset);
    EXPECT_EQ(reset.error().message, "the local RDS is running: its state cannot be reset");
  }
  ASSERT_TRUE(ResetState(Home()));
  ASSERT_TRUE(ResetState(Home()));
  RunningLocalRds rds({.places = Home(), .simulate_all = true});
  ASSERT_TRUE(rds.ok());
  EXPECT_TRUE(DescribeInstance(rds.endpoint(), "orders").IsNull());
}

TEST_F(LocalRdsTest, MaintenanceCanBeOfferedToAnInstance) {
  RunningLocalRds rds({.places = Home(), .simulate_all = true});
  ASSERT_TRUE(rds.ok());
  ASSERT_TRUE(rds.Call("CreateDBInstance", Orders(kCanary)));
  const auto offer = [&](std::string body, const wire::Credentials* keys) {
    const auto answer =
        AskLoopback(rds.endpoint().url, {.method = "POST", .path = "/_rdsteady/maintenance", .body = std::move(body)},
                    keys, std::chrono::seconds(60));
    return answer ? std::to_string(answer->status) + " " + answer->body : Describe(answer.error());
  };
  const wire::Credentials* keys = &rds.endpoint().credentials;
  EXPECT_THAT(offer(R"({"identifier": "orders", "action": "os-upgrade", "description": "d"})", keys),
              ::testing::StartsWith("200 "));
  const auto pending = rds.Call("DescribePendingMaintenanceActions", {});
  ASSERT_TRUE(pending) << Describe(pending.error());
  EXPECT_EQ(*Find(*pending, "PendingMaintenanceActions")->As<List>().at(0).Find("ResourceIdentifier"),
            Value("arn:aws:rds:us-east-1:123456789012:db:orders"));
  EXPECT_THAT(offer(R"({"identifier": "orders", "action": "os-upgrade"})", nullptr), ::testing::StartsWith("403 "));
  EXPECT_THAT(offer("[]", keys), HasSubstr("The body is no JSON object."));
  EXPECT_THAT(offer(R"({"name": "orders"})", keys), HasSubstr("Unknown member: name"));
  EXPECT_THAT(offer(R"({"forced": "soon"})", keys), HasSubstr("The member forced is no time: soon"));
  EXPECT_THAT(offer(R"({"identifier": "none", "action": "os-upgrade"})", keys), HasSubstr("DBInstanceNotFound"));
}

TEST_F(LocalRdsTest, HooksHoldACallBeforeAndAfterItsEffect) {
  std::promise<void> reached;
  std::promise<void> go_on;
  RunningLocalRds rds({.places = Home(),
                       .simulate_all = true,
                       .hooks = {.before_effect =
                                     [&](const Call& call) {
                                       if (call.operation->name != "CreateDBInstance") return;
                                       reached.set_value();
                                       go_on.get_future().wait();
                                     },
                                 .after_effect = {}}});
  ASSERT_TRUE(rds.ok());
  auto create = std::async(std::launch::async, [&] { return rds.Call("CreateDBInstance", Orders(kCanary)); });
  reached.get_future().wait();
  EXPECT_TRUE(DescribeInstance(rds.endpoint(), "orders").IsNull());
  go_on.set_value();
  EXPECT_TRUE(create.get());
  EXPECT_FALSE(DescribeInstance(rds.endpoint(), "orders").IsNull());
}

TEST_F(LocalRdsTest, ManyClientsAtOnceAreServed) {
  RunningLocalRds rds({.places = Home(), .simulate_all = true});
  ASSERT_TRUE(rds.ok());
  std::vector<std::future<int>> clients;
  for (int client = 0; client < 8; ++client) {
    clients.push_back(std::async(std::launch::async, [&, client] {
      int good = 0;
      for (int i = 0; i < 10; ++i) {
        const std::string name = "group-" + std::to_string(client) + "-" + std::to_string(i);
        good +=
            rds.Call("CreateDBParameterGroup",
                     {{"DBParameterGroupName", name}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "x"}})
                .has_value();
        good += rds.Call("DescribeDBParameterGroups", {{"DBParameterGroupName", name}}).has_value();
      }
      return good;
    }));
  }
  for (auto& client : clients)
    EXPECT_EQ(client.get(), 20);
}

class FindPlacesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : kNames) {
      const char* value = std::getenv(name);
      if (value != nullptr) before_[name] = value;
      ::unsetenv(name);
    }
  }
  void TearDown() override {
    for (const char* name : kNames)
      ::unsetenv(name);
    for (const auto& [name, value] : before_)
      ::setenv(name.c_str(), value.c_str(), 1);
  }
  static constexpr std::array<const char*, 4> kNames{"RDSTEADY_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HOME"};
  std::map<std::string, std::string> before_;
};

TEST_F(FindPlacesTest, RdsteadyHomeMovesEverything) {
  ::setenv("RDSTEADY_HOME", "/tmp/some/../home/", 1);
  auto places = FindPlaces();
  ASSERT_TRUE(places);
  EXPECT_EQ(places->home, "/tmp/home");
  EXPECT_EQ(places->runtime, "/tmp/home/run");
}

TEST_F(FindPlacesTest, ALongHomeHasItsSocketsInAShortPath) {
  ::setenv("RDSTEADY_HOME", ("/tmp/" + std::string(100, 'x')).c_str(), 1);
  auto places = FindPlaces();
  ASSERT_TRUE(places);
  EXPECT_THAT(places->runtime, MatchesRegex("(/run/rdsteady|/tmp/rdsteady-[0-9]+)-[0-9a-f]+"));
  EXPECT_LT(places->runtime.size(), 50U);
  ::setenv("RDSTEADY_HOME", ("/tmp/" + std::string(100, 'y')).c_str(), 1);
  EXPECT_NE(FindPlaces()->runtime, places->runtime);
}

TEST_F(FindPlacesTest, RootAndUsersHaveTheirUsualFolders) {
  ::setenv("HOME", "/home/jane", 1);
  auto places = FindPlaces();
  ASSERT_TRUE(places);
  if (::geteuid() == 0) {
    EXPECT_EQ(places->home, "/var/lib/rdsteady");
    EXPECT_EQ(places->runtime, "/run/rdsteady");
    return;
  }
  EXPECT_EQ(places->home, "/home/jane/.local/state/rdsteady");
  EXPECT_EQ(places->runtime, "/tmp/rdsteady-" + std::to_string(::geteuid()));
  ::setenv("XDG_STATE_HOME", "/state", 1);
  ::setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
  EXPECT_EQ(FindPlaces()->home, "/state/rdsteady");
  EXPECT_EQ(FindPlaces()->runtime, "/run/user/1000/rdsteady");
}

}  // namespace
}  // namespace rdsteady::local
