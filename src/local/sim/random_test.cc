// Random operations and clock steps: whatever is done, every transition ends, nothing pends for ever, pages hold
// everything once, kept texts are what would be rendered anew, and a control plane that is loaded from its records is
// the one that wrote them.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "local/sim/instance_pages.h"
#include "local/sim/lab.h"
#include "wire/query.h"

namespace rdsteady::local::sim {
namespace {

class Life {
 public:
  explicit Life(std::uint32_t seed)
      : random_(seed),
        lab_({.seed = seed, .real_engines = {{"postgres", "15"}}}),
        // Every other life has room for two or three texts only.
        page_bytes_(seed % 2 == 0 ? 12'000 : 1'000'000),
        pages_(page_bytes_) {
    lab_.engines_work = false;
  }

  void Run(int steps) {
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      Step();
      ServeSome();
      CheckAnswers();
    }
    Rest();
  }

  int accepted = 0;
  int refused = 0;
  int unchanged = 0;
  int asked = 0;     // texts of instances that pages were put together from
  int rendered = 0;  // of them, those that had to be made

 private:
  std::size_t Pick(std::size_t count) { return random_() % count; }
  bool Chance(int percent) { return Pick(100) < static_cast<std::size_t>(percent); }
  std::string SnapshotName() { return "s" + std::to_string(Pick(3)); }
  std::string Name() { return "db" + std::to_string(Pick(6)); }
  template <class T>
  T OneOf(std::initializer_list<T> choices) {
    return *(choices.begin() + Pick(choices.size()));
  }

  void Call(std::string_view operation, Properties input) {
    auto answer = lab_.Handle(operation, std::move(input));
    if (answer.has_value()) {
      ++accepted;
      return;
    }
    ++refused;
    EXPECT_NE(answer.error().code, "InternalFailure") << operation;
    EXPECT_FALSE(answer.error().message.empty()) << operation << " " << answer.error().code;
  }

  Properties Modification() {
    Properties input{{"DBInstanceIdentifier", Name()}, {"ApplyImmediately", Chance(50)}};
    const int members = 1 + static_cast<int>(Pick(3));
    for (int i = 0; i < members; ++i) {
      switch (Pick(22)) {
        case 0: input["DBInstanceClass"] = OneOf({"db.m6g.large", "db.r6g.xlarge", "db.m3.medium"}); break;
        case 1: input["AllocatedStorage"] = OneOf({20, 21, 100, 400, 500}); break;
        case 2: input["MultiAZ"] = Chance(50); break;
        case 3: input["BackupRetentionPeriod"] = OneOf({0, 1, 7}); break;
        case 4: input["DeletionProtection"] = Chance(20); break;
        case 5: input["DBPortNumber"] = OneOf({5432, 5433}); break;
        case 6: input["MasterUserPassword"] = "long-enough"; break;
        case 7: input["DBParameterGroupName"] = OneOf({"default.postgres15", "pg"}); break;
        case 8: input["VpcSecurityGroupIds"] = List{OneOf({"sg-1", "sg-2"})}; break;
        case 9: input["EngineVersion"] = OneOf({"15.19", "15.20", "16", "14"}); break;
        case 10: input["AllowMajorVersionUpgrade"] = true; break;
        case 11: input["NewDBInstanceIdentifier"] = Name(); break;
        case 12: input["StorageType"] = OneOf({"gp2", "gp3", "io1", "standard"}); break;
        case 13: input["Iops"] = OneOf({1000, 3000, 12000}); break;
        case 14: input["PreferredMaintenanceWindow"] = OneOf({"sun:05:00-sun:06:00", "wed:10:00-wed:11:00"}); break;
        case 15: input["CACertificateIdentifier"] = OneOf({"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1"}); break;
        case 16: input["CertificateRotationRestart"] = false; break;
        case 17: input["EnableIAMDatabaseAuthentication"] = Chance(50); break;
        case 18: input["ManageMasterUserPassword"] = Chance(50); break;
        case 19: input["MaxAllocatedStorage"] = OneOf({20, 1000}); break;
        case 20: input["Domain"] = OneOf({"d-1234567890", "none"}); break;
        default: input["PubliclyAccessible"] = Chance(50); break;
      }
    }
    return input;
  }

  void Step() {
    const std::string name = Name();
    const Properties named{{"DBInstanceIdentifier", name}};
    switch (Pick(25)) {
      case 0:
      case 1:
        Call("CreateDBInstance", PostgresMembers(name, {{"EngineVersion", OneOf({"15", "15.19", "16", "10.0.1"})},
                                                        {"BackupRetentionPeriod", OneOf({0, 1, 7})}}));
        break;
      case 2:
        Call("CreateDBInstanceReadReplica", {{"DBInstanceIdentifier", name}, {"SourceDBInstanceIdentifier", Name()}});
        break;
      case 3:
        Call("DeleteDBInstance",
             Chance(50) ? Properties{{"DBInstanceIdentifier", name}, {"SkipFinalSnapshot", true}}
                        : Properties{{"DBInstanceIdentifier", name}, {"FinalDBSnapshotIdentifier", SnapshotName()}});
        break;
      case 4: Call("RebootDBInstance", named); break;
      case 5: Call("StopDBInstance", named); break;
      case 6: Call("StartDBInstance", named); break;
      case 7: Call("PromoteReadReplica", named); break;
      case 8:
        Call("CreateDBParameterGroup",
             {{"DBParameterGroupName", "pg"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "d"}});
        break;
      case 9: Call("DeleteDBParameterGroup", {{"DBParameterGroupName", "pg"}}); break;
      case 10:
        Call("ModifyDBParameterGroup",
             {{"DBParameterGroupName", "pg"},
              {"Parameters", List{Properties{{"ParameterName", OneOf({"work_mem", "max_connections"})},
                                             {"ParameterValue", OneOf({"64", "128", "256"})},
                                             {"ApplyMethod", OneOf({"immediate", "pending-reboot"})}}}}});
        break;
      case 11: lab_.Pass(Millis(Pick(3000))); break;
      case 12:
        if (Chance(20)) lab_.Pass(std::chrono::hours(Pick(200)));
        break;
      case 13:
        if (Chance(20)) Reload();
        break;
      case 14: Call(Chance(60) ? "AddTagsToResource" : "RemoveTagsFromResource", Tagging(name)); break;
      case 15: Call(Chance(70) ? "CreateDBSubnetGroup" : "DeleteDBSubnetGroup", SubnetGroup()); break;
      case 16:
        Call(Chance(60) ? "AddRoleToDBInstance" : "RemoveRoleFromDBInstance",
             {{"DBInstanceIdentifier", name},
              {"RoleArn", "arn:aws:iam::123456789012:role/import"},
              {"FeatureName", "s3Import"}});
        break;
      case 17:
        // A replica beyond its region, which the source shows by its ARN.
        (void)lab_.Handle("CreateDBInstanceReadReplica",
                          {{"DBInstanceIdentifier", "far"},
                           {"SourceDBInstanceIdentifier", "arn:aws:rds:us-east-1:123456789012:db:" + name}},
                          "eu-west-1");
        break;
      case 18:
        Call("CreateDBSnapshot", {{"DBInstanceIdentifier", name}, {"DBSnapshotIdentifier", SnapshotName()}});
        break;
      case 19: Call("DeleteDBSnapshot", {{"DBSnapshotIdentifier", SnapshotName()}}); break;
      case 20:
        Call("RestoreDBInstanceFromDBSnapshot",
             {{"DBInstanceIdentifier", name}, {"DBSnapshotIdentifier", SnapshotName()}});
        break;
      case 21:
        Call("RestoreDBInstanceToPointInTime", {{"TargetDBInstanceIdentifier", name},
                                                {"SourceDBInstanceIdentifier", Name()},
                                                {"UseLatestRestorableTime", true}});
        break;
      default: Call("ModifyDBInstance", Modification()); break;
    }
  }

  Properties Tagging(const std::string& name) {
    Properties input{{"ResourceName", "arn:aws:rds:us-east-1:123456789012:db:" + name}};
    input["Tags"] = List{Properties{{"Key", "team"}, {"Value", OneOf({"a", "b & c"})}}};
    input["TagKeys"] = List{"team"};
    return input;
  }

  static Properties SubnetGroup() {
    return {{"DBSubnetGroupName", "random"},
            {"DBSubnetGroupDescription", "d"},
            {"SubnetIds", List{"subnet-0a1b2c3d", "subnet-4e5f6a7b"}}};
  }

  void ServeSome() {
    for (EngineJob& job : lab_.TakeJobs())
      waiting_.push_back(std::move(job));
    while (!waiting_.empty() && Chance(60)) {
      const EngineJob job = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
      lab_.Report(job, !Chance(5), "by chance");
    }
  }

  // The engines die with the control plane: what was not reported is asked for again.
  void Reload() {
    const std::string seen = World();
    waiting_.clear();
    looks_.clear();
    pages_ = InstancePages(page_bytes_);
    lab_.Restart();
    EXPECT_EQ(World(), seen);
  }

  std::string World() {
    return ToJson(lab_.Do("DescribeDBInstances", {})) + ToJson(lab_.Do("DescribeEvents", {})) +
           ToJson(lab_.Do("DescribeDBSnapshots", {}));
  }

  // What is shown of an instance changes only together with its revision.
  void CheckRevisions() {
    const model::Operation* operation = model::FindOperation("DescribeDBInstances");
    auto page = lab_.sim().Page(
        {.account = std::string(kAccount), .region = std::string(kRegion), .operation = operation, .input = {}},
        lab_.now());
    ASSERT_TRUE(page.has_value());
    for (const ShownInstance& shown : page->instances) {
      const std::string id(shown.resource_id);
      const std::string looks = ToJson(lab_.sim().Show(id));
      auto [known, fresh] = looks_.try_emplace(id, shown.revision, looks);
      if (!fresh && known->second.first == shown.revision) {
        EXPECT_EQ(known->second.second, looks);
        ++unchanged;
      }
      known->second = {shown.revision, looks};
    }
  }

  // What a page is put together from is what would be rendered and encoded anew, to the byte.
  void CheckPages() {
    const model::Operation* operation = model::FindOperation("DescribeDBInstances");
    const List some{Properties{{"Name", "db-instance-id"}, {"Values", List{"db1", "db3"}}}};
    for (const Properties& input : {Properties{}, Properties{{"DBInstanceIdentifier", Name()}},
                                    Properties{{"Filters", some}}, Properties{{"MaxRecords", 7}}}) {
      for (const std::string_view region : {kRegion, std::string_view("eu-west-1")}) {
        const local::Call call{
            .account = std::string(kAccount), .region = std::string(region), .operation = operation, .input = input};
        const std::uint64_t before = pages_.rendered();
        const auto kept = pages_.Describe(lab_.sim(), call, lab_.now());
        const auto fresh = lab_.sim().Handle(call, lab_.now());
        ASSERT_EQ(kept.has_value(), fresh.has_value());
        EXPECT_LE(pages_.bytes(), page_bytes_);
        if (!kept) {
          EXPECT_EQ(kept.error().message, fresh.error().message);
          continue;
        }
        const auto frame = wire::FrameResponse(*operation, "id");
        ASSERT_EQ(frame.head + Joined(*kept) + frame.tail, wire::EncodeResponse(*operation, *fresh, "id"));
        asked += static_cast<int>(kept->size()) - 2;
        rendered += static_cast<int>(pages_.rendered() - before);
      }
    }
  }

  void CheckAnswers() {
    CheckRevisions();
    CheckPages();
    std::set<std::string> addresses;
    const Properties answer = lab_.Do("DescribeDBInstances", {});
    for (const Value& instance : Find(answer, "DBInstances")->As<List>()) {
      const std::string& status = instance.Find("DBInstanceStatus")->As<std::string>();
      EXPECT_FALSE(status.empty());
      const Value* address = instance.FindPath("Endpoint.Address");
      if (address != nullptr) EXPECT_TRUE(addresses.insert(address->As<std::string>()).second) << "taken twice";
    }
  }

  // With engines that work, everything comes to rest; what still pends waits for a window or a reboot.
  void Rest() {
    for (int i = 0; i < 50; ++i) {
      for (EngineJob& job : lab_.TakeJobs())
        waiting_.push_back(std::move(job));
      if (waiting_.empty()) break;
      for (const EngineJob& job : std::exchange(waiting_, {}))
        lab_.Report(job);
      lab_.Settle();
    }
    lab_.engines_work = true;
    lab_.Settle();
    lab_.Pass(std::chrono::days(15));
    lab_.Settle();
    const Properties answer = lab_.Do("DescribeDBInstances", {});
    for (const Value& instance : Find(answer, "DBInstances")->As<List>()) {
      const std::string& status = instance.Find("DBInstanceStatus")->As<std::string>();
      const std::set<std::string> settled{"available", "failed", "incompatible-parameters", "incompatible-restore"};
      EXPECT_TRUE(settled.contains(status)) << status << " (a stopped one has been started by now)";
      if (status != "available") continue;
      for (const auto& [member, value] : instance.Find("PendingModifiedValues")->As<Properties>()) {
        EXPECT_EQ(member, "CACertificateIdentifier") << "only a certificate may wait for a reboot";
      }
      for (const Value& group : instance.Find("VpcSecurityGroups")->As<List>()) {
        EXPECT_EQ(*group.Find("Status"), Value("active"));
      }
      const Value& parameters = instance.Find("DBParameterGroups")->As<List>().at(0);
      EXPECT_NE(*parameters.Find("ParameterApplyStatus"), Value("applying"));
    }
    const Properties snapshots = lab_.Do("DescribeDBSnapshots", {});
    for (const Value& snapshot : Find(snapshots, "DBSnapshots")->As<List>()) {
      EXPECT_NE(*snapshot.Find("Status"), Value("creating"));
    }
    // What an engine failed to remove is tried again at the next start.
    lab_.Restart();
    lab_.Settle();
    for (const auto& [key, body] : lab_.records())
      EXPECT_FALSE(key.starts_with("discarded/")) << "the data of " << key << " is never removed";
  }

  std::mt19937 random_;
  Lab lab_;
  std::vector<EngineJob> waiting_;
  std::map<std::string, std::pair<std::uint64_t, std::string>> looks_;
  std::size_t page_bytes_;
  InstancePages pages_;
};

TEST(SimRandom, EveryLifeComesToRest) {
  constexpr std::uint32_t kLives = 100;
  int accepted = 0;
  int refused = 0;
  int unchanged = 0;
  int asked = 0;
  int rendered = 0;
  for (std::uint32_t seed = 1; seed <= kLives && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Life life(seed);
    life.Run(60);
    accepted += life.accepted;
    refused += life.refused;
    unchanged += life.unchanged;
    asked += life.asked;
    rendered += life.rendered;
  }
  // A test whose calls are all refused would prove nothing.
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(refused, 1000);
  EXPECT_GT(unchanged, 1000);
  EXPECT_GT(rendered, 1000);
  EXPECT_GT(asked - rendered, 10'000);
}

TEST(SimRandom, TheSameInputsGiveTheSameWorld) {
  auto records = [] {
    Lab lab({.seed = 7});
    lab.Create("orders");
    lab.Do("ModifyDBInstance", {{"DBInstanceIdentifier", "orders"}, {"MasterUserPassword", "long-enough"}});
    lab.Settle();
    return lab.records();
  };
  EXPECT_TRUE(records() == records());
}

}  // namespace
}  // namespace rdsteady::local::sim
