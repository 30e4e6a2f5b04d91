// The daemon as a process: started, found, killed, started again, stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <set>
#include <thread>

#include "base/json.h"
#include "base/text.h"
#include "local/engine/process.h"
#include "local/server/local_rds_test_support.h"

namespace rdsteady::local {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kProgram = RDSTEADY_LOCAL_SERVER;
constexpr const char* kCanary = "canary-Daemon-55aa";

class DaemonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("RDSTEADY_HOME", (folder_.path() + "/home").c_str(), 1);
    ::setenv("RDSTEADY_TEST_CANARY", kCanary, 1);
    auto places = FindPlaces();
    ASSERT_TRUE(places);
    places_ = *places;
  }
  void TearDown() override {
    const auto stopped = StopDaemon(places_);
    EXPECT_TRUE(stopped) << Describe(stopped.error());
  }
  static std::string Contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(file)), {});
  }
  // Only when it is gone for good is its lock free.
  static void KillHard(int pid) {
    auto process = WatchProcess(pid);
    ASSERT_TRUE(process);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    ASSERT_TRUE(AwaitExit(*process, std::chrono::seconds(10)));
  }
  LocalEndpoint Start() {
    auto endpoint = StartDaemon(places_, kProgram, 0);
    EXPECT_TRUE(endpoint) << Describe(endpoint.error());
    return endpoint ? *endpoint : LocalEndpoint{};
  }

  TestFolder folder_;
  Places places_;
};

TEST_F(DaemonTest, StartAndStopMayBeRepeatedAndConcurrentStartsYieldOneServer) {
  std::vector<std::future<Result<LocalEndpoint>>> starts;
  for (int i = 0; i < 6; ++i) {
    starts.push_back(std::async(std::launch::async, [&] { return StartDaemon(places_, kProgram, 0); }));
  }
  std::set<int> pids;
  for (auto& start : starts) {
    auto endpoint = start.get();
    ASSERT_TRUE(endpoint) << Describe(endpoint.error());
    pids.insert(endpoint->pid);
  }
  EXPECT_EQ(pids.size(), 1U);
  EXPECT_EQ(Start().pid, *pids.begin());
  // Nothing of our environment went along, and it is no child of ours.
  const std::string proc = "/proc/" + std::to_string(*pids.begin());
  EXPECT_THAT(Contents(proc + "/environ"), HasSubstr("RDSTEADY_HOME="));
  EXPECT_THAT(Contents(proc + "/environ"), Not(HasSubstr(kCanary)));
  EXPECT_THAT(Contents(proc + "/status"), Not(HasSubstr("PPid:\t" + std::to_string(::getpid()) + "\n")));

  ASSERT_TRUE(StopDaemon(places_));
  EXPECT_FALSE(ReadEndpoint(places_));
  EXPECT_FALSE(std::filesystem::exists(places_.runtime + "/endpoint.json"));
  ASSERT_TRUE(StopDaemon(places_));
}

TEST_F(DaemonTest, AfterKillMinusNineTheDatabasesComeUpAgain) {
  const LocalEndpoint first = Start();
  ASSERT_TRUE(CallApi(first, "CreateDBInstance", Orders(kCanary)));
  const Value instance = AwaitStatus(first, "orders", "available");
  {
    Login login = LogInTo(instance, kCanary);
    ASSERT_TRUE(login.ok()) << login.error();
    EXPECT_EQ(login.Ask("CREATE TABLE kept AS SELECT 42 AS x"), "");
  }
  KillHard(first.pid);
  EXPECT_EQ(ReadEndpoint(places_).error().message, "the local RDS is not running");

  const LocalEndpoint second = Start();
  EXPECT_NE(second.pid, first.pid);
  EXPECT_EQ(second.url, first.url);
  AwaitStatus(second, "orders", "available");
  EXPECT_EQ(LogInTo(instance, kCanary).Ask("SELECT x FROM kept"), "42");

  // It is in the new server's care, not merely still running: stopping the server stops it.
  ASSERT_TRUE(StopDaemon(places_));
  EXPECT_FALSE(LogInTo(instance, kCanary).ok());

  // Killed with its database: both come back.
  const LocalEndpoint third = Start();
  AwaitStatus(third, "orders", "available");
  std::string answer;
  for (int i = 0; i < 600 && answer != "42"; ++i) {
    answer = LogInTo(instance, kCanary).Ask("SELECT x FROM kept");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(answer, "42");
}

TEST_F(DaemonTest, KilledInTheMiddleOfACreationItIsFinishedAfterwards) {
  const LocalEndpoint first = Start();
  ASSERT_TRUE(CallApi(first, "CreateDBInstance", Orders(kCanary)));
  KillHard(first.pid);
  const LocalEndpoint second = Start();
  const Value instance = AwaitStatus(second, "orders", "available");
  Login login = LogInTo(instance, kCanary);
  EXPECT_TRUE(login.ok()) << login.error();
}

TEST_F(DaemonTest, KilledTogetherWithItsDatabasesBothComeBack) {
  const LocalEndpoint first = Start();
  ASSERT_TRUE(CallApi(first, "CreateDBInstance", Orders(kCanary)));
  const Value instance = AwaitStatus(first, "orders", "available");
  EXPECT_EQ(LogInTo(instance, kCanary).Ask("CREATE TABLE kept AS SELECT 42 AS x"), "");
  const std::string id = instance.Find("DbiResourceId")->As<std::string>();
  const int postmaster = std::atoi(Contents(places_.home + "/engines/" + id + "/data/postmaster.pid").c_str());
  ASSERT_GT(postmaster, 1);
  KillHard(first.pid);
  KillHard(postmaster);
  AwaitStatus(Start(), "orders", "available");
  std::string answer;
  for (int i = 0; i < 600 && answer != "42"; ++i) {
    answer = LogInTo(instance, kCanary).Ask("SELECT x FROM kept");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(answer, "42");
}

TEST_F(DaemonTest, StoppedInTheMiddleOfACreationItIsFinishedAfterwards) {
  ASSERT_TRUE(CallApi(Start(), "CreateDBInstance", Orders(kCanary)));
  ASSERT_TRUE(StopDaemon(places_));
  const Value instance = AwaitStatus(Start(), "orders", "available");
  Login login = LogInTo(instance, kCanary);
  EXPECT_TRUE(login.ok()) << login.error();
}

TEST_F(DaemonTest, MoreArgumentsReachTheServer) {
  auto endpoint = StartDaemon(places_, kProgram, 0, {"--simulate"});
  ASSERT_TRUE(endpoint) << Describe(endpoint.error());
  const auto status = DaemonStatus(places_);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->at("engines"), Value("everything is simulated"));
}

TEST_F(DaemonTest, StopAfterAKillStopsTheOrphanedDatabasesToo) {
  const LocalEndpoint first = Start();
  ASSERT_TRUE(CallApi(first, "CreateDBInstance", Orders(kCanary)));
  const Value instance = AwaitStatus(first, "orders", "available");
  KillHard(first.pid);
  EXPECT_TRUE(LogInTo(instance, kCanary).ok());
  ASSERT_TRUE(StopDaemon(places_));
  EXPECT_FALSE(LogInTo(instance, kCanary).ok());
}

TEST_F(DaemonTest, AStartThatFailsShowsWhy) {
  std::filesystem::create_directories(places_.home);
  ::chmod(places_.home.c_str(), 0711);
  std::ofstream(places_.home + "/state.sqlite") << std::string(8192, 'x');
  const auto endpoint = StartDaemon(places_, kProgram, 0);
  ASSERT_FALSE(endpoint);
  EXPECT_THAT(endpoint.error().message, HasSubstr("the local RDS did not start: "));
  EXPECT_THAT(endpoint.error().message, HasSubstr("state.sqlite: the local RDS's state is damaged"));
  EXPECT_EQ(endpoint.error().hint, "its log is " + places_.home + "/log/server.log");

  const auto missing = StartDaemon(places_, "/no/such/program", 0);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("the program cannot be run"));
}

TEST_F(DaemonTest, ADaemonOfAnotherVersionIsRefused) {
  const LocalEndpoint running = Start();
  const std::string file = places_.runtime + "/endpoint.json";
  const std::string text = Contents(file);
  std::ofstream(file) << ReplaceAll(text, "\"" + running.version + "\"", "\"9.9.9\"");
  const auto endpoint = StartDaemon(places_, kProgram, 0);
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().message, "the local RDS that runs (process " + std::to_string(running.pid) +
                                          ") is rdsteady 9.9.9, and this is " + running.version);
  EXPECT_EQ(endpoint.error().hint, "restart it with 'rdsteady local restart'");
}

}  // namespace
}  // namespace rdsteady::local
