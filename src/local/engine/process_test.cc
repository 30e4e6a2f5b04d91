#include "local/engine/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "local/engine/engine_test_support.h"

namespace rdsteady::local {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

// A tool that copies a database would go on writing where the next server sweeps and begins anew.
TEST(ProcessTest, AToolEndsWithTheServerThatRunsIt) {
  const TestFolder folder;
  const std::string pipe = folder.path() + "/pid";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const pid_t server = ::fork();
  if (server == 0) {
    (void)RunProcess({.argv = {"/bin/sh", "-c", "echo $$ > " + pipe + "; exec sleep 600"}, .deadline = 10min}, {});
    ::_exit(0);
  }
  pid_t tool = -1;
  std::ifstream(pipe) >> tool;  // until it has been written
  ASSERT_GT(tool, 0);
  const Result<Running> watched = WatchProcess(tool);
  ASSERT_TRUE(watched.has_value());
  ASSERT_EQ(::kill(server, SIGKILL), 0);
  ::waitpid(server, nullptr, 0);
  EXPECT_TRUE(AwaitExit(*watched, 30s));
}

TEST(ProcessTest, WhatIsStartedLivesOn) {
  const TestFolder folder;
  const std::string pipe = folder.path() + "/pid";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const pid_t server = ::fork();
  if (server == 0) {
    const int log = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)StartProcess({.argv = {"/bin/sh", "-c", "echo $$ > " + pipe + "; exec sleep 600"}}, {}, log);
    ::_exit(0);
  }
  pid_t database = -1;
  std::ifstream(pipe) >> database;
  ASSERT_GT(database, 0);
  const Result<Running> watched = WatchProcess(database);
  ASSERT_TRUE(watched.has_value());
  ::waitpid(server, nullptr, 0);
  EXPECT_FALSE(AwaitExit(*watched, 200ms));
  ASSERT_EQ(::kill(database, SIGKILL), 0);
  EXPECT_TRUE(AwaitExit(*watched, 30s));
}

}  // namespace
}  // namespace rdsteady::local
