// The public library against a local RDS in the same process, over real sockets; its databases are simulated.
#include "rdsteady/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "local/server/local_rds.h"

namespace rdsteady {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ClientTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string name = "/tmp/rdsteady-client-XXXXXX";  // short, because sockets lie in it
    folder_ = ::mkdtemp(name.data());
    local::LocalRdsOptions options;
    options.places = {.home = folder_ + "/home", .runtime = folder_ + "/run"};
    options.simulate_all = true;
    auto server = local::LocalRds::Open(std::move(options));
    ASSERT_TRUE(server.has_value()) << server.error().message;
    server_ = std::move(*server);
    thread_ = std::thread([] { server_->Run(); });
  }
  static void TearDownTestSuite() {
    if (server_ != nullptr) server_->Stop();
    if (thread_.joinable()) thread_.join();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  static Client Connected() {
    const local::LocalEndpoint& endpoint = server_->endpoint();
    return Client(
        {.region = endpoint.region,
         .endpoint_url = endpoint.url,
         .call_attempts = 2,
         .credentials = AccessKey{endpoint.credentials.access_key_id, endpoint.credentials.secret_access_key}});
  }
  static Properties Instance(const std::string& name, int storage = 20) {
    return {{"DBInstanceIdentifier", name},      {"Engine", "postgres"},
            {"DBInstanceClass", "db.m6g.large"}, {"AllocatedStorage", storage},
            {"MasterUsername", "someone"},       {"MasterUserPassword", Secret::Literal("long-enough-secret")}};
  }

  static inline std::string folder_;
  static inline std::unique_ptr<local::LocalRds> server_;
  static inline std::thread thread_;
};

TEST_F(ClientTest, CreatesThenFindsNothingToDoThenUpdates) {
  Client client = Connected();
  std::vector<Event::What> seen;
  const rdsteady::Run run{.on_event = [&](const Event& event) { seen.push_back(event.what); }};
  const auto created = client.CreateOrUpdate("DBInstance", Instance("a"), {}, run);
  ASSERT_TRUE(created.has_value()) << Describe(created.error());
  EXPECT_EQ(created->result, OutcomeResult::kCreated);
  ASSERT_EQ(created->calls.size(), 1U);
  EXPECT_EQ(created->calls[0].operation, "CreateDBInstance");
  EXPECT_EQ(*created->resources[0].live.Find("DBInstanceStatus"), Value("available"));
  EXPECT_THAT(seen, testing::Contains(Event::What::kDone));

  const auto again = client.CreateOrUpdate("DBInstance", Instance("a"));
  ASSERT_TRUE(again.has_value()) << Describe(again.error());
  EXPECT_EQ(again->result, OutcomeResult::kUnchanged);
  EXPECT_TRUE(again->calls.empty());

  const auto refused = client.CreateOrUpdate("DBInstance", Instance("a", 30), {.when = When::kNow});
  ASSERT_TRUE(refused.has_value()) << Describe(refused.error());
  EXPECT_EQ(refused->result, OutcomeResult::kRefused);
  ASSERT_EQ(refused->plan.ApprovalsNeeded().size(), 1U);
  EXPECT_EQ(refused->plan.ApprovalsNeeded()[0].property, "AllocatedStorage");

  const auto updated = client.CreateOrUpdate("DBInstance", Instance("a", 30), {.when = When::kNow, .approve = true});
  ASSERT_TRUE(updated.has_value()) << Describe(updated.error());
  EXPECT_EQ(updated->result, OutcomeResult::kUpdated);
  ASSERT_EQ(updated->calls.size(), 1U);
  EXPECT_THAT(updated->calls[0].members, ElementsAre("AllocatedStorage", "ApplyImmediately", "DBInstanceIdentifier"));
}

TEST_F(ClientTest, AnAllowListRefusesTheRest) {
  Client client = Connected();
  ASSERT_TRUE(client.CreateOrUpdate("DBInstance", Instance("guarded")).has_value());
  Properties desired = Instance("guarded");
  desired["BackupRetentionPeriod"] = 9;
  const auto refused =
      client.CreateOrUpdate("DBInstance", desired, {.approve = true, .allow_update = {{"AllocatedStorage"}}});
  ASSERT_TRUE(refused.has_value()) << Describe(refused.error());
  EXPECT_EQ(refused->result, OutcomeResult::kRefused);
  EXPECT_TRUE(refused->plan.HasRefusals());
  EXPECT_THAT(refused->plan.ToText(), HasSubstr("BackupRetentionPeriod"));
  EXPECT_TRUE(refused->calls.empty());
}

TEST_F(ClientTest, WhatDestroysIsNamedOrRefused) {
  Client client = Connected();
  ASSERT_TRUE(client.CreateOrUpdate("DBInstance", Instance("precious")).has_value());
  Properties desired = Instance("precious");
  desired["BackupRetentionPeriod"] = 0;
  Change change{.when = When::kNow, .approve = true};
  const auto refused = client.CreateOrUpdate("DBInstance", desired, change);
  ASSERT_TRUE(refused.has_value()) << Describe(refused.error());
  EXPECT_EQ(refused->result, OutcomeResult::kRefused);
  EXPECT_TRUE(refused->calls.empty());
  const auto applied = client.Apply(refused->plan);
  ASSERT_FALSE(applied.has_value());
  EXPECT_EQ(applied.error().category, ErrorCategory::kRefused);
  EXPECT_EQ(applied.error().message,
            "DBInstance/precious.BackupRetentionPeriod was not agreed to by name: destroys: backups");
  change.allow_irreversible = {"DBInstance/precious.BackupRetentionPeriod"};
  const auto updated = client.CreateOrUpdate("DBInstance", desired, change);
  ASSERT_TRUE(updated.has_value()) << Describe(updated.error());
  EXPECT_EQ(updated->result, OutcomeResult::kUpdated);
}

TEST_F(ClientTest, WhatAPolicyAsksAboutIsNamedOrRefused) {
  Client client = Connected();
  const auto manifest = Manifest::Parse(
      "policy: {rules: {DBSubnetGroup: {asked: {create: ask}}}}\n"
      "DBSubnetGroup:\n"
      "  asked:\n"
      "    DBSubnetGroupDescription: d\n"
      "    SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]\n");
  ASSERT_TRUE(manifest.has_value()) << manifest.error().message;
  const auto plan = client.MakePlan(*manifest, {.approve = true});
  ASSERT_TRUE(plan.has_value()) << Describe(plan.error());
  ASSERT_EQ(plan->ApprovalsNeeded().size(), 1U);
  EXPECT_TRUE(plan->ApprovalsNeeded()[0].asked);
  EXPECT_EQ(client.Apply(*plan).error().hint, "name it in Change::approve_by_name");
  const auto named = client.MakePlan(*manifest, {.approve_by_name = {"DBSubnetGroup/asked.create"}});
  ASSERT_TRUE(named.has_value()) << Describe(named.error());
  EXPECT_TRUE(client.Apply(*named).has_value());
}

TEST_F(ClientTest, PolicyFilesTightenAManifest) {
  Client client = Connected();
  const auto manifest = Manifest::Parse(
      "DBSubnetGroup:\n"
      "  forbidden:\n"
      "    DBSubnetGroupDescription: d\n"
      "    SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]\n");
  ASSERT_TRUE(manifest.has_value()) << manifest.error().message;
  const std::filesystem::path policy = std::filesystem::path(testing::TempDir()) / "policy.yaml";
  std::ofstream(policy) << "rules: {DBSubnetGroup: {forb*: {create: never}}}\n";
  const auto tight = manifest->WithPolicies({policy});
  ASSERT_TRUE(tight.has_value()) << tight.error().message;
  const auto plan = client.MakePlan(*tight);
  ASSERT_TRUE(plan.has_value()) << Describe(plan.error());
  EXPECT_TRUE(plan->HasRefusals());
  EXPECT_FALSE(client.MakePlan(*manifest).value().HasRefusals());
  std::ofstream(policy) << "rules: {DBSubnetGroup: {forb*: {create: nevr}}}\n";
  const auto faulty = manifest->WithPolicies({policy, "/nonexistent"});
  ASSERT_FALSE(faulty.has_value());
  EXPECT_EQ(faulty.error().category, ErrorCategory::kUsage);
  EXPECT_THAT(faulty.error().message, HasSubstr("did you mean 'never'?"));
  EXPECT_THAT(faulty.error().message, HasSubstr("/nonexistent: error: "));
  std::filesystem::remove(policy);
}

TEST_F(ClientTest, PlansAManifestAndAppliesThePlan) {
  Client client = Connected();
  const auto manifest = Manifest::Parse(
      "DBSubnetGroup:\n"
      "  planned:\n"
      "    DBSubnetGroupDescription: d\n"
      "    SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]\n");
  ASSERT_TRUE(manifest.has_value()) << manifest.error().message;
  const auto plan = client.MakePlan(*manifest);
  ASSERT_TRUE(plan.has_value()) << Describe(plan.error());
  EXPECT_TRUE(plan->HasChanges());
  EXPECT_THAT(plan->ToText(), HasSubstr("+ DBSubnetGroup/planned: create\n"));
  EXPECT_THAT(plan->ToJson(), HasSubstr("\"format_version\": 1"));
  const auto outcome = client.Apply(*plan);
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
  EXPECT_EQ(outcome->result, OutcomeResult::kCreated);
  EXPECT_FALSE(client.MakePlan(*manifest)->HasChanges());
}

TEST_F(ClientTest, WithAvailabilityWaitsAndReturnsTheBodysValue) {
  Client client = Connected();
  ASSERT_TRUE(client.CreateOrUpdate("DBInstance", Instance("awaited")).has_value());
  const Wait wait{.delay = std::chrono::seconds(1), .max_attempts = 60};
  const Result<std::string> value = client.WithAvailability("awaited", wait, [&]() -> Result<std::string> {
    const auto answer = client.Call("RebootDBInstance", {{"DBInstanceIdentifier", "awaited"}});
    if (!answer) return Fail(answer.error());
    return ToDisplay(*answer->FindPath("DBInstance.DBInstanceIdentifier"));
  });
  ASSERT_TRUE(value.has_value()) << Describe(value.error());
  EXPECT_EQ(*value, "awaited");
  const auto now = client.Call("DescribeDBInstances", {{"DBInstanceIdentifier", "awaited"}});
  ASSERT_TRUE(now.has_value());
  EXPECT_EQ(*now->Find("DBInstances")->As<List>()[0].Find("DBInstanceStatus"), Value("available"));
}

TEST_F(ClientTest, ErrorsOfTheServiceCarryCodeAndRequest) {
  const auto answer = Connected().Call("DescribeDBInstances", {{"DBInstanceIdentifier", "nobody"}});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().category, ErrorCategory::kService);
  EXPECT_EQ(answer.error().aws_code, "DBInstanceNotFound");
  EXPECT_EQ(answer.error().http_status, 404);
  EXPECT_FALSE(answer.error().request_id.empty());
}

TEST_F(ClientTest, ManyThreadsShareOneClient) {
  Client client = Connected();
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5; ++n) {
        if (client.Call("DescribeDBParameterGroups").has_value()) ++good;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(good, 40);
}

TEST_F(ClientTest, AStopEndsAWait) {
  Client client = Connected();
  std::stop_source stop;
  // The first reading asks for the stop: nothing in this test depends on how long anything takes.
  const rdsteady::Run run{.stop = stop.get_token(), .on_event = [&](const Event&) { stop.request_stop(); }};
  Properties desired = Instance("stopped-early");
  const auto outcome = client.CreateOrUpdate("DBInstance", desired, {}, run);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().category, ErrorCategory::kInterrupted);
  // The next run goes on from what is.
  ASSERT_TRUE(client.CreateOrUpdate("DBInstance", desired).has_value());
}

}  // namespace
}  // namespace rdsteady
