#include "local/engine/postgres_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdsteady::local {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

PostgresSettings Settings() {
  return ParseSettings(
      "work_mem\tuser\tinteger\t64\t2147483647\t\tkB\n"
      "shared_buffers\tpostmaster\tinteger\t16\t1073741823\t\t8kB\n"
      "random_page_cost\tuser\treal\t0\t1.79769e+308\t\t\n"
      "autovacuum\tsighup\tbool\t\t\t\t\n"
      "wal_sync_method\tsighup\tenum\t\t\tfsync,fdatasync\t\n"
      "search_path\tuser\tstring\t\t\t\t\n"
      "shared_preload_libraries\tpostmaster\tstring\t\t\t\t\n"
      "server_version\tinternal\tstring\t\t\t\t\n"
      "port\tpostmaster\tinteger\t1\t65535\t\t\n"
      "a line of another kind\n");
}

struct ParameterCase {
  const char* name;
  const char* value;
  const char* applied;  // nullptr: left out
  const char* remark;   // nullptr: none
};

class CheckParametersTest : public ::testing::TestWithParam<ParameterCase> {};

TEST_P(CheckParametersTest, KeepsWhatTheServerCanTakeAndSaysWhatNot) {
  const ParameterCase& c = GetParam();
  const auto checked = CheckParameters({{c.name, c.value}}, Settings(), 64 << 20,
                                       [](std::string_view library) { return library == "pg_stat_statements"; });
  if (c.applied == nullptr) {
    EXPECT_THAT(checked.applied, IsEmpty());
  } else {
    EXPECT_THAT(checked.applied, ElementsAre(Pair(c.name, c.applied)));
  }
  if (c.remark == nullptr) {
    EXPECT_THAT(checked.remarks, IsEmpty());
  } else {
    EXPECT_THAT(checked.remarks, ElementsAre(c.remark));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Parameters, CheckParametersTest,
    ::testing::Values(
        ParameterCase{"work_mem", "4096", "4096", nullptr},
        ParameterCase{"work_mem", "63", nullptr, "work_mem was not applied: it is outside 64 to 2147483647"},
        ParameterCase{"work_mem", "4MB", nullptr, "work_mem was not applied: it is no number"},
        ParameterCase{"work_mem", "1.5", nullptr, "work_mem was not applied: it is no number"},
        ParameterCase{"random_page_cost", "1.1", "1.1", nullptr},
        ParameterCase{"random_page_cost", "-1", nullptr,
                      "random_page_cost was not applied: it is outside 0 to 1.79769e+308"},
        ParameterCase{"autovacuum", "1", "1", nullptr}, ParameterCase{"autovacuum", "OFF", "OFF", nullptr},
        ParameterCase{"autovacuum", "maybe", nullptr, "autovacuum was not applied: it is no boolean"},
        ParameterCase{"wal_sync_method", "FSYNC", "FSYNC", nullptr},
        ParameterCase{"wal_sync_method", "x", nullptr,
                      "wal_sync_method was not applied: it is none of fsync, fdatasync"},
        ParameterCase{"search_path", "a', b\\", "a', b\\", nullptr},
        ParameterCase{"search_path", "a\nport = 1", nullptr, "search_path was not applied: it has a line break"},
        ParameterCase{"shared_buffers", "4096", "4096", nullptr},
        ParameterCase{"shared_buffers", "262144", "8192",
                      "shared_buffers is 8192 here in place of 262144: this machine's memory is shared"},
        ParameterCase{"shared_preload_libraries", "pg_stat_statements, ../evil", "pg_stat_statements",
                      "shared_preload_libraries: ../evil is not installed here and was left out"},
        ParameterCase{"pg_stat_statements.track", "all", "all", nullptr},
        ParameterCase{"pg_stat_statements.x\ny", "1", nullptr,
                      "pg_stat_statements.x\ny was not applied: this server has no such parameter"},
        ParameterCase{"other.track", "all", nullptr, "other.track was not applied: this server has no such parameter"},
        ParameterCase{"rds.force_ssl", "1", nullptr,
                      "rds.force_ssl was not applied: this server has no such parameter"},
        ParameterCase{"no_such", "1", nullptr, "no_such was not applied: this server has no such parameter"},
        ParameterCase{"server_version", "1", nullptr,
                      "server_version was not applied: this server has no such parameter"},
        ParameterCase{"port", "1", nullptr, "port was not applied: the local RDS decides it"},
        ParameterCase{"archive_command", "rm -rf /", nullptr,
                      "archive_command was not applied: the local RDS decides it"}));

EngineSpec Spec() {
  return {.resource_id = "db-ABC",
          .address = "127.1.2.3",
          .port = 5433,
          .db_name = "or\"ders",
          .master_username = "adm\"in",
          .password_verifier = "SCRAM-SHA-256$4096:c2FsdA==$a'b:c"};
}

TEST(RenderConfigTest, OursWinsOverWhatIsGiven) {
  const std::string text = RenderConfig(Spec(), {{"max_connections", "7"}, {"log_line_prefix", "a'b\\c"}},
                                        {.hba = "/e/hba.conf", .ident = "/e/ident.conf", .socket_folder = "/s"}, {});
  EXPECT_THAT(text, HasSubstr("\nlisten_addresses = '127.1.2.3'\n"));
  EXPECT_THAT(text, HasSubstr("\nport = '5433'\n"));
  EXPECT_THAT(text, HasSubstr("\nmax_connections = '7'\n"));
  EXPECT_THAT(text, HasSubstr("\nlog_line_prefix = 'a''b\\\\c'\n"));
  EXPECT_THAT(text, HasSubstr("\nunix_socket_directories = '/s'\n"));
  EXPECT_THAT(text, Not(HasSubstr("primary_conninfo")));
}

TEST(RenderConfigTest, AReplicaIsNeverLowerThanItsSource) {
  const PostgresUpstream upstream{.socket_folder = "/s/db-source",
                                  .slot = "rdsteady_db_abc",
                                  .application_name = "db-abc",
                                  .minimums = {{"max_connections", 100}, {"max_locks_per_transaction", 64}}};
  const std::string text = RenderConfig(Spec(), {{"max_connections", "7"}}, {}, upstream);
  EXPECT_THAT(text, HasSubstr("\nmax_connections = '100'\n"));
  EXPECT_THAT(text, HasSubstr("\nmax_locks_per_transaction = '64'\n"));
  EXPECT_THAT(text,
              HasSubstr("\nprimary_conninfo = 'host=/s/db-source port=1 user=rdsadmin application_name=db-abc'\n"));
  EXPECT_THAT(text, HasSubstr("\nprimary_slot_name = 'rdsteady_db_abc'\n"));
}

TEST(ProvisionSqlTest, NamesAndTheVerifierAreQuoted) {
  const std::string sql = ProvisionSql(Spec());
  EXPECT_THAT(sql, HasSubstr("CREATE ROLE \"adm\"\"in\" LOGIN CREATEDB CREATEROLE"));
  EXPECT_THAT(sql, HasSubstr("PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$a''b:c'"));
  EXPECT_THAT(sql, HasSubstr("CREATE DATABASE \"or\"\"ders\" OWNER \"adm\"\"in\";"));
  EXPECT_THAT(sql, Not(HasSubstr("SUPERUSER")));
  EngineSpec without = Spec();
  without.db_name.clear();
  EXPECT_THAT(ProvisionSql(without), Not(HasSubstr("CREATE DATABASE")));
}

TEST(ControlDataTest, TheSettingsThatAReplicaNeedsAreRead) {
  EXPECT_THAT(
      ParseControlData("pg_control version number:            1300\n"
                       "max_connections setting:              120\n"
                       "max_worker_processes setting:         8\n"
                       "max_wal_senders setting:              10\n"
                       "max_prepared_xacts setting:           0\n"
                       "max_locks_per_xact setting:           64\n"
                       "track_commit_timestamp setting:       off\n"),
      ElementsAre(Pair("max_connections", 120), Pair("max_locks_per_transaction", 64),
                  Pair("max_prepared_transactions", 0), Pair("max_wal_senders", 10), Pair("max_worker_processes", 8)));
}

TEST(CheckParametersRemarks, EveryLibraryThatIsMissingIsNamed) {
  const auto checked = CheckParameters({{"shared_preload_libraries", "../evil,none"}}, Settings(), 1,
                                       [](std::string_view) { return false; });
  EXPECT_THAT(checked.applied, ElementsAre(Pair("shared_preload_libraries", "")));
  EXPECT_THAT(checked.remarks, ElementsAre("shared_preload_libraries: ../evil is not installed here and was left out",
                                           "shared_preload_libraries: none is not installed here and was left out"));
}

TEST(RenderConfigTest, TheLogIsKeptOnlyWhereItIsWanted) {
  EngineSpec spec = Spec();
  EXPECT_THAT(RenderConfig(spec, {}, {}, {}), HasSubstr("archive_command = '/bin/true'\n"));
  spec.keeps_log = true;
  EXPECT_THAT(RenderConfig(spec, {}, {}, {}), HasSubstr("archive_command = 'test -f ../archive/%f || "));
  EXPECT_THAT(RenderConfig(spec, {}, {}, {}), HasSubstr("archive_mode = 'on'\n"));
}

TEST(RenderConfigTest, AReplayReadsTheOtherLogUpToTheTime) {
  const std::string text = RenderConfig(Spec(), {}, {}, {},
                                        PostgresReplay{.archive = "../../db-A/archive",
                                                       .more_log = "../../db-A/data/pg_wal",
                                                       .until = ParseIso8601("2026-03-04T10:30:00Z")});
  EXPECT_THAT(text, HasSubstr("restore_command = '/bin/cp -- ../../db-A/archive/%f %p || /bin/cp -- "
                              "../../db-A/data/pg_wal/%f %p'\n"));
  EXPECT_THAT(text, HasSubstr("recovery_target_time = '2026-03-04 10:30:00.000+00'\n"));
  EXPECT_THAT(text, HasSubstr("hot_standby = 'off'\n"));
  EXPECT_THAT(RenderConfig(Spec(), {}, {}, {}, PostgresReplay{.archive = "a", .more_log = {}, .until = {}}),
              Not(HasSubstr("recovery_target_time =")));
}

TEST(ParseLogPositionTest, ReadsPositionsBranchesAndLabels) {
  EXPECT_EQ(ParseLogPosition("1/A0000028"), 0x1a0000028ULL);
  for (const char* bad : {"", "0", "0/", "/0", "0/x", "0/100000000", "0/1 "})
    EXPECT_EQ(ParseLogPosition(bad), std::nullopt) << bad;
  EXPECT_EQ(ParseBranchPoint("1\t0/3000148\tbefore\n\n2\t0/5000060\tno recovery target specified\n"), 0x5000060ULL);
  EXPECT_EQ(ParseBranchPoint("# a comment\n"), std::nullopt);
  EXPECT_EQ(ParseFirstLogFile("START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\nCHECKPOINT LOCATION"),
            "000000010000000000000002");
  for (const char* bad : {"", "START WAL LOCATION: 0/2000028\n", "START WAL LOCATION: 0/2 (file ../x)\n"})
    EXPECT_EQ(ParseFirstLogFile(bad), "") << bad;
}

}  // namespace
}  // namespace rdsteady::local
