#include "api/secret_source.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

namespace rdsteady::api {
namespace {

Error Failure(const Secret& secret) {
  ProcessSecretSource source;
  const Result<std::string> text = source.Resolve(secret);
  EXPECT_FALSE(text.has_value());
  return text ? Error{} : text.error();
}

std::string Written(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(SecretSource, ReadsAVariable) {
  ::setenv("RDSTEADY_TEST_SECRET", "p w\n", 1);
  EXPECT_EQ(ProcessSecretSource().Resolve(Secret::FromEnv("RDSTEADY_TEST_SECRET")), "p w\n");
  ::unsetenv("RDSTEADY_TEST_SECRET");
  const Error error = Failure(Secret::FromEnv("RDSTEADY_TEST_SECRET"));
  EXPECT_EQ(error.category, ErrorCategory::kUsage);
  EXPECT_EQ(error.message, "the secret from env RDSTEADY_TEST_SECRET cannot be resolved: the variable is not set");
}

TEST(SecretSource, ReadsAFileWithoutItsLastLineEnd) {
  EXPECT_EQ(ProcessSecretSource().Resolve(Secret::FromFile(Written("one", "canary\n"))), "canary");
  EXPECT_EQ(ProcessSecretSource().Resolve(Secret::FromFile(Written("crlf", "canary\r\n"))), "canary");
  EXPECT_EQ(ProcessSecretSource().Resolve(Secret::FromFile(Written("two", "canary\n\n"))), "canary\n");
}

TEST(SecretSource, FilesThatCannotBeSecretsAreNamed) {
  EXPECT_EQ(Failure(Secret::FromFile("/no/such/file")).message,
            "the secret from file /no/such/file cannot be resolved: No such file or directory");
  EXPECT_EQ(Failure(Secret::FromFile("/")).message, "the secret from file / cannot be resolved: it is a folder");
  EXPECT_TRUE(Failure(Secret::FromFile(Written("empty", "\n"))).message.ends_with("it is empty"));
  EXPECT_TRUE(
      Failure(Secret::FromFile(Written("nul", std::string("a\0b", 3)))).message.ends_with("it holds a NUL byte"));
  EXPECT_TRUE(Failure(Secret::FromFile(Written("big", std::string(70'000, 'x'))))
                  .message.ends_with("it is larger than 64 KiB"));
}

TEST(SecretSource, RunsACommandWithoutAShell) {
  EXPECT_EQ(ProcessSecretSource().Resolve(Secret::FromCommand({"printf", "%s\n", "$HOME;x"})), "$HOME;x");
  // Standard error is no part of it, and nothing can be read from standard input.
  EXPECT_EQ(ProcessSecretSource().Resolve(Secret::FromCommand({"sh", "-c", "echo warned >&2; cat; echo canary"})),
            "canary");
}

TEST(SecretSource, CommandsThatFailAreNamedWithoutWhatTheySaid) {
  const Error error = Failure(Secret::FromCommand({"sh", "-c", "echo canary; exit 7"}));
  EXPECT_EQ(error.message, "the secret from command sh cannot be resolved: it ended with status 7");
  EXPECT_EQ(Failure(Secret::FromCommand({"/no/such/program"})).message,
            "the secret from command /no/such/program cannot be resolved: No such file or directory");
  EXPECT_TRUE(Failure(Secret::FromCommand({"sh", "-c", "kill -9 $$"})).message.ends_with("it was ended by signal 9"));
  EXPECT_TRUE(Failure(Secret::FromCommand({"head", "-c", "100000", "/dev/zero"}))
                  .message.ends_with("it gave more than 64 KiB"));
}

TEST(SecretSource, ASlowCommandIsKilledAtItsLimit) {
  ProcessSecretSource source({}, std::chrono::milliseconds(100));
  const auto start = std::chrono::steady_clock::now();
  const Result<std::string> text = source.Resolve(Secret::FromCommand({"sleep", "1000"}));
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().message, "the secret from command sleep cannot be resolved: it did not end within 0.1 s");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST(SecretSource, ARequestedStopEndsTheWait) {
  std::stop_source stop;
  stop.request_stop();
  ProcessSecretSource source(stop.get_token());
  const Result<std::string> text = source.Resolve(Secret::FromCommand({"sleep", "1000"}));
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().category, ErrorCategory::kInterrupted);
}

}  // namespace
}  // namespace rdsteady::api
