// Snapshots and restores with real data, through the EngineHost alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "local/engine/engine_test_support.h"
#include "local/engine/postgres_host.h"

namespace rdsteady::local {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kPassword = "canary-Engine-8f1c";

class PostgresRestoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Open();
    if (host_->Available().empty()) GTEST_SKIP() << host_->Explain();
    major_ = host_->Available().back().second;
  }

  void Open() {
    auto host = MakePostgresHost(
        {.engines = folder_.path() + "/engines", .sockets = folder_.path() + "/s", .prepare_early = false});
    ASSERT_TRUE(host) << Describe(host.error());
    host_ = std::move(*host);
  }

  EngineSpec Spec(int number) const {
    EngineSpec spec = TestSpec(number, major_, kPassword);
    spec.keeps_log = true;
    return spec;
  }
  static EngineSpec Into(EngineSpec spec, std::string snapshot, std::string oldest = {}) {
    spec.snapshot_id = std::move(snapshot);
    spec.oldest_snapshot_id = std::move(oldest);
    return spec;
  }
  static EngineSpec PointInTime(EngineSpec spec, std::string snapshot, const EngineSpec& of,
                                std::optional<Instant> until = {}) {
    spec.snapshot_id = std::move(snapshot);
    spec.log_of = of.resource_id;
    spec.restore_until = until;
    return spec;
  }

  static std::string Ask(const EngineSpec& spec, const std::string& sql) {
    Login login(spec.address, spec.port, spec.master_username, kPassword, spec.db_name);
    return login.ok() ? login.Ask(sql) : "error: " + login.error();
  }
  // The time by which everything that was committed so far is committed, and nothing of what comes.
  static Instant Now(const EngineSpec& spec) {
    // Its own clock, in whole milliseconds, with a little room on both sides.
    (void)Ask(spec, "SELECT pg_sleep(0.01)");
    const std::string text = Ask(spec, "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')");
    (void)Ask(spec, "SELECT pg_sleep(0.01)");
    return ParseIso8601(text).value_or(Instant{});
  }
  void Do(EngineVerb verb, const EngineSpec& spec) {
    const EngineReport report = RunJob(*host_, verb, spec);
    ASSERT_TRUE(report.ok) << report.message;
  }
  [[nodiscard]] std::string Folder(const std::string& id) const { return folder_.path() + "/engines/" + id; }
  [[nodiscard]] std::size_t Segments(const EngineSpec& spec) const {
    std::error_code none;
    std::size_t count = 0;
    for (const auto& file : fs::directory_iterator(Folder(spec.resource_id) + "/archive", none))
      count += file.path().filename().string().size() == 24 ? 1 : 0;
    return count;
  }

  TestFolder folder_;
  std::string major_;
  std::unique_ptr<EngineHost> host_;  // the last to be made, the first to go
};

TEST_F(PostgresRestoreTest, ASnapshotHoldsWhatWasThereWhenItWasTaken) {
  const EngineSpec source = Spec(1);
  Do(EngineVerb::kProvision, source);
  EXPECT_EQ(Ask(source, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS x"), "");
  Do(EngineVerb::kSnapshot, Into(source, "snap-A"));
  EXPECT_EQ(Ask(source, "INSERT INTO t VALUES (0)"), "");
  Do(EngineVerb::kSnapshot, Into(source, "snap-A"));  // again: what is there stays

  EngineSpec copy = Into(Spec(2), "snap-A");
  copy.parameters = {{"work_mem", "8192"}};
  Do(EngineVerb::kProvision, copy);
  EXPECT_EQ(Ask(copy, "SELECT count(*) FROM t"), "1000");
  EXPECT_EQ(Ask(copy, "SHOW work_mem"), "8MB");
  EXPECT_EQ(Ask(copy, "INSERT INTO t VALUES (-1), (-2)"), "");
  EXPECT_EQ(Ask(copy, "CREATE ROLE app LOGIN"), "") << "the master user is what it was";
  EXPECT_EQ(Ask(source, "SELECT count(*) FROM t"), "1001") << "two databases from now on";
  Do(EngineVerb::kProvision, copy);
  EXPECT_EQ(Ask(copy, "SELECT count(*) FROM t"), "1002") << "a repeated job takes nothing back";

  Do(EngineVerb::kDiscard, {.resource_id = "snap-A"});
  Do(EngineVerb::kDiscard, {.resource_id = "snap-A"});
  EXPECT_FALSE(fs::exists(Folder("snap-A")));
  const EngineReport gone = RunJob(*host_, EngineVerb::kProvision, Into(Spec(3), "snap-A"));
  EXPECT_FALSE(gone.ok);
  EXPECT_THAT(gone.message, HasSubstr("the data of the snapshot is gone from "));
}

TEST_F(PostgresRestoreTest, AStoppedServerAndAReplicaHaveSnapshotsToo) {
  const EngineSpec source = Spec(1);
  Do(EngineVerb::kProvision, source);
  EXPECT_EQ(Ask(source, "CREATE TABLE t AS SELECT 1 AS x"), "");
  EngineSpec replica = Spec(2);
  replica.source_resource_id = source.resource_id;
  replica.source_address = source.address;
  replica.source_port = source.port;
  replica.keeps_log = false;
  Do(EngineVerb::kProvision, replica);
  Do(EngineVerb::kSnapshot, Into(replica, "snap-R"));
  Do(EngineVerb::kStop, source);
  Do(EngineVerb::kSnapshot, Into(source, "snap-S"));
  EXPECT_THAT(Ask(source, "SELECT 1"), HasSubstr("Connection refused")) << "a snapshot starts nothing";

  const EngineSpec of_replica = Into(Spec(3), "snap-R");
  const EngineSpec of_stopped = Into(Spec(4), "snap-S");
  Do(EngineVerb::kProvision, of_replica);
  Do(EngineVerb::kProvision, of_stopped);
  for (const EngineSpec& copy : {of_replica, of_stopped}) {
    EXPECT_EQ(Ask(copy, "INSERT INTO t VALUES (2) RETURNING x"), "2") << "it is nobody's replica";
    EXPECT_EQ(Ask(copy, "SELECT count(*) FROM t"), "2");
    EXPECT_EQ(Ask(copy, "SELECT count(*) FROM pg_replication_slots"), "0");
  }
}

TEST_F(PostgresRestoreTest, APointInTimeIsBetweenWhatWasCommittedBeforeAndAfter) {
  EngineSpec source = Spec(1);
  source.parameters = {{"max_connections", "150"}};
  Do(EngineVerb::kProvision, source);
  Do(EngineVerb::kSnapshot, Into(source, "snap-A", "snap-A"));
  EXPECT_EQ(Ask(source, "CREATE TABLE t AS SELECT 1 AS x"), "");
  const Instant first = Now(source);
  EXPECT_EQ(Ask(source, "INSERT INTO t VALUES (2)"), "");
  const Instant second = Now(source);
  EXPECT_EQ(Ask(source, "DROP TABLE t"), "");

  const EngineSpec early = PointInTime(Spec(2), "snap-A", source, first);
  Do(EngineVerb::kProvision, early);
  EXPECT_EQ(Ask(early, "SELECT count(*) FROM t"), "1");
  const EngineSpec late = PointInTime(Spec(3), "snap-A", source, second);
  Do(EngineVerb::kProvision, late);
  EXPECT_EQ(Ask(late, "SELECT count(*) FROM t"), "2");
  EXPECT_EQ(Ask(late, "SELECT pg_is_in_recovery()"), "f");
  EXPECT_EQ(Ask(late, "SHOW recovery_target_time"), "") << "nothing of the restore is left";
  EXPECT_EQ(Ask(late, "SHOW hot_standby"), "on");
  const EngineSpec all = PointInTime(Spec(4), "snap-A", source);
  Do(EngineVerb::kProvision, all);
  EXPECT_THAT(Ask(all, "SELECT count(*) FROM t"), HasSubstr("does not exist")) << "the end of the log";

  // It keeps a log of its own, from which it can be restored in turn.
  EXPECT_EQ(Ask(late, "INSERT INTO t VALUES (3)"), "");
  Do(EngineVerb::kSnapshot, Into(late, "snap-B", "snap-B"));
  EXPECT_EQ(Ask(late, "INSERT INTO t VALUES (4)"), "");
  const EngineSpec again = PointInTime(Spec(5), "snap-B", late);
  Do(EngineVerb::kProvision, again);
  EXPECT_EQ(Ask(again, "SELECT count(*) FROM t"), "4");
}

TEST_F(PostgresRestoreTest, AStoppedSourceIsRestoredToItsEnd) {
  const EngineSpec source = Spec(1);
  Do(EngineVerb::kProvision, source);
  Do(EngineVerb::kSnapshot, Into(source, "snap-A", "snap-A"));
  EXPECT_EQ(Ask(source, "CREATE TABLE t AS SELECT 1 AS x"), "");
  const Instant after = Now(source) + std::chrono::hours(1);
  Do(EngineVerb::kStop, source);
  // Nothing was committed after the time that is asked for.
  const EngineSpec late = PointInTime(Spec(2), "snap-A", source, after);
  Do(EngineVerb::kProvision, late);
  EXPECT_EQ(Ask(late, "SELECT count(*) FROM t"), "1");
  const EngineSpec all = PointInTime(Spec(3), "snap-A", source);
  Do(EngineVerb::kProvision, all);
  EXPECT_EQ(Ask(all, "SELECT count(*) FROM t"), "1");
}

TEST_F(PostgresRestoreTest, AHoleInTheLogIsAFailureAndNotALoss) {
  const EngineSpec source = Spec(1);
  Do(EngineVerb::kProvision, source);
  Do(EngineVerb::kSnapshot, Into(source, "snap-A", "snap-A"));
  EXPECT_EQ(Ask(source, "CREATE TABLE t AS SELECT 1 AS x"), "");
  Do(EngineVerb::kSnapshot, Into(source, "snap-B", "snap-A"));  // the log moves on to another file
  EXPECT_EQ(Ask(source, "INSERT INTO t VALUES (2)"), "");
  Do(EngineVerb::kSnapshot, Into(source, "snap-C", "snap-A"));
  std::string newest;
  for (const auto& file : fs::directory_iterator(Folder(source.resource_id) + "/archive")) {
    if (file.path().filename().string().size() == 24) newest = std::max(newest, file.path().string());
  }
  ASSERT_TRUE(fs::remove(newest));
  const Instant later = Now(source) + std::chrono::hours(1);
  for (const EngineSpec& spec :
       {PointInTime(Spec(2), "snap-A", source), PointInTime(Spec(3), "snap-A", source, later)}) {
    const EngineReport report = RunJob(*host_, EngineVerb::kProvision, spec);
    EXPECT_FALSE(report.ok);
    EXPECT_THAT(report.message, HasSubstr("a part of the source's log is missing: it was read up to "));
    EXPECT_THAT(Ask(spec, "SELECT 1"), HasSubstr("Connection refused"));
  }
}

TEST_F(PostgresRestoreTest, TheLogBeforeTheOldestBackupIsNotKept) {
  EngineSpec source = Spec(1);
  Do(EngineVerb::kProvision, source);
  for (const char* snapshot : {"snap-A", "snap-B", "snap-C"}) {
    EXPECT_EQ(Ask(source, "SELECT pg_current_xact_id() IS NULL"), "f");
    Do(EngineVerb::kSnapshot, Into(source, snapshot, "snap-A"));
  }
  const std::size_t before = Segments(source);
  EXPECT_GE(before, 3U);
  Do(EngineVerb::kSnapshot, Into(source, "snap-D", "snap-C"));
  EXPECT_LT(Segments(source), before);
  const EngineSpec copy = PointInTime(Spec(2), "snap-C", source);
  Do(EngineVerb::kProvision, copy);
  EXPECT_EQ(Ask(copy, "SELECT 1"), "1");
  source.keeps_log = false;
  Do(EngineVerb::kReload, source);
  EXPECT_FALSE(fs::exists(Folder(source.resource_id) + "/archive"));
  EXPECT_EQ(Ask(source, "SHOW archive_command"), "/bin/true");
}

TEST_F(PostgresRestoreTest, AHostThatDiesInTheMiddleLeavesNothingHalf) {
  const EngineSpec source = Spec(1);
  Do(EngineVerb::kProvision, source);
  EXPECT_EQ(Ask(source, "CREATE TABLE t AS SELECT generate_series(1, 100000) AS x"), "");
  Do(EngineVerb::kSnapshot, Into(source, "snap-A", "snap-A"));
  const EngineSpec copy = PointInTime(Spec(2), "snap-A", source);
  for (const auto& [verb, spec] :
       {std::pair(EngineVerb::kSnapshot, Into(source, "snap-B")), std::pair(EngineVerb::kProvision, copy)}) {
    host_->Submit({.id = 1, .verb = verb, .spec = spec}, [](const EngineReport&) {});
    host_->Shutdown();
    Open();
    Do(EngineVerb::kStart, source);
    Do(verb, spec);
  }
  EXPECT_EQ(Ask(copy, "SELECT count(*) FROM t"), "100000");
  EXPECT_TRUE(fs::exists(Folder("snap-B") + "/data/PG_VERSION"));
  for (const auto& entry : fs::directory_iterator(folder_.path() + "/engines"))
    EXPECT_FALSE(entry.path().filename().string().starts_with("trash-")) << entry.path();
}

}  // namespace
}  // namespace rdsteady::local
