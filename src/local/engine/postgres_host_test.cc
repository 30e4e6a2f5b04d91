// Real PostgreSQL servers, through the EngineHost alone.
#include "local/engine/postgres_host.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "base/text.h"
#include "local/engine/engine_test_support.h"
#include "local/engine/engine_user.h"

namespace rdsteady::local {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kPassword = "canary-Engine-8f1c";

// Polls a condition; the servers' own moments (a replica that catches up, a death that is noticed) have no event that a
// test could await.
template <class Condition>
bool Eventually(Condition condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

class PostgresHostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Open();
    if (host_->Available().empty()) GTEST_SKIP() << host_->Explain();
    major_ = host_->Available().back().second;
  }

  void Open() {
    auto host = MakePostgresHost({.engines = folder_.path() + "/engines",
                                  .sockets = folder_.path() + "/s",
                                  .log =
                                      [this](std::string_view line) {
                                        const std::lock_guard lock(log_mutex_);
                                        log_ += std::string(line) + "\n";
                                      },
                                  // However slow the machine is, four deaths are too many.
                                  .deaths_within = std::chrono::hours(1),
                                  .prepare_early = false});
    ASSERT_TRUE(host) << Describe(host.error());
    host_ = std::move(*host);
  }

  EngineSpec Spec(int number) const {
    EngineSpec spec = TestSpec(number, major_, kPassword);
    spec.master_username = "Orders \"Admin\"";
    return spec;
  }
  static EngineSpec ReplicaOf(const EngineSpec& source, EngineSpec replica) {
    replica.source_resource_id = source.resource_id;
    replica.source_address = source.address;
    replica.source_port = source.port;
    return replica;
  }

  static Login LogIn(const EngineSpec& spec, const std::string& password = kPassword) {
    return {spec.address, spec.port, spec.master_username, password, spec.db_name};
  }
  static std::string Ask(const EngineSpec& spec, const std::string& sql) {
    Login login = LogIn(spec);
    return login.ok() ? login.Ask(sql) : "error: " + login.error();
  }
  void Do(EngineVerb verb, const EngineSpec& spec) {
    const EngineReport report = RunJob(*host_, verb, spec);
    ASSERT_TRUE(report.ok) << report.message;
  }
  [[nodiscard]] pid_t Postmaster(const EngineSpec& spec) const {
    std::ifstream file(folder_.path() + "/engines/" + spec.resource_id + "/data/postmaster.pid");
    pid_t pid = 0;
    file >> pid;
    return pid;
  }
  std::string Log() {
    const std::lock_guard lock(log_mutex_);
    return log_;
  }

  TestFolder folder_;
  std::string major_;
  std::mutex log_mutex_;
  std::string log_;
  std::unique_ptr<EngineHost> host_;  // the last to be made, the first to go
};

TEST_F(PostgresHostTest, TheMasterUserLogsInAndIsNoSuperuser) {
  const EngineSpec spec = Spec(1);
  Do(EngineVerb::kProvision, spec);

  Login login = LogIn(spec);
  ASSERT_TRUE(login.ok()) << login.error();
  EXPECT_EQ(login.Ask("SELECT current_database()"), "orders");
  EXPECT_EQ(login.Ask("SELECT rolsuper OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = current_user"),
            "f");
  EXPECT_EQ(login.Ask("SELECT rolcreatedb AND rolcreaterole FROM pg_roles WHERE rolname = current_user"), "t");
  EXPECT_EQ(login.Ask("SELECT pg_has_role('rds_superuser', 'member') AND pg_has_role('pg_monitor', 'member')"), "t");
  EXPECT_EQ(login.Ask("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'orders'"), "Orders \"Admin\"");
  EXPECT_EQ(login.Ask("CREATE TABLE t AS SELECT 1 AS x"), "");
  EXPECT_EQ(login.Ask("CREATE ROLE app LOGIN"), "");
  EXPECT_EQ(login.Ask("CREATE DATABASE other"), "");
  EXPECT_THAT(login.Ask("CREATE ROLE evil SUPERUSER"), StartsWith("error: "));
  EXPECT_THAT(login.Ask("SELECT pg_read_file('/etc/passwd')"), StartsWith("error: "));
  EXPECT_THAT(login.Ask("COPY t TO PROGRAM 'id'"), StartsWith("error: "));
  EXPECT_THAT(login.Ask("ALTER SYSTEM SET port = 1"), StartsWith("error: "));
}

TEST_F(PostgresHostTest, AWrongPasswordAndOurOwnSuperuserAreRefusedOverTcp) {
  const EngineSpec spec = Spec(1);
  Do(EngineVerb::kProvision, spec);
  EXPECT_THAT(LogIn(spec, "wrong").error(), HasSubstr("password authentication failed"));
  EXPECT_THAT(Login(spec.address, spec.port, "rdsadmin", "", "postgres").error(), HasSubstr("pg_hba.conf rejects"));
}

TEST_F(PostgresHostTest, ListensOnItsOwnAddressOnly) {
  const EngineSpec spec = Spec(1);
  Do(EngineVerb::kProvision, spec);
  EngineSpec elsewhere = spec;
  elsewhere.address = TestAddress(2);
  EXPECT_THAT(LogIn(elsewhere).error(), HasSubstr("Connection refused"));
}

TEST_F(PostgresHostTest, EveryJobMayBeRepeated) {
  EngineSpec spec = Spec(1);
  spec.db_name = "postgres";
  Do(EngineVerb::kProvision, spec);
  EXPECT_EQ(Ask(spec, "CREATE TABLE kept()"), "");
  Do(EngineVerb::kProvision, spec);
  EXPECT_EQ(Ask(spec, "SELECT count(*) FROM kept"), "0");
  Do(EngineVerb::kStop, spec);
  Do(EngineVerb::kStop, spec);
  EXPECT_THAT(LogIn(spec).error(), HasSubstr("Connection refused"));
  Do(EngineVerb::kStart, spec);
  Do(EngineVerb::kStart, spec);
  EXPECT_EQ(Ask(spec, "SELECT count(*) FROM kept"), "0");
  Do(EngineVerb::kDestroy, spec);
  Do(EngineVerb::kDestroy, spec);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/engines/" + spec.resource_id));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/s/" + ToLower(spec.resource_id)));
  EXPECT_FALSE(RunJob(*host_, EngineVerb::kStart, spec).ok);
}

TEST_F(PostgresHostTest, AProvisioningThatWasCutOffIsDoneAnew) {
  const EngineSpec spec = Spec(1);
  Do(EngineVerb::kProvision, spec);
  // As if we had died before the mark was set: with users half made, and the server running.
  ASSERT_TRUE(std::filesystem::remove(folder_.path() + "/engines/" + spec.resource_id + "/provisioned"));
  Do(EngineVerb::kProvision, spec);
  EXPECT_EQ(Ask(spec, "SELECT current_database()"), "orders");
}

TEST_F(PostgresHostTest, TheMasterPasswordChanges) {
  EngineSpec spec = Spec(1);
  Do(EngineVerb::kProvision, spec);
  spec.password_verifier = TestVerifier("another");
  Do(EngineVerb::kSetPassword, spec);
  EXPECT_THAT(LogIn(spec).error(), HasSubstr("password authentication failed"));
  EXPECT_TRUE(LogIn(spec, "another").ok());
}

TEST_F(PostgresHostTest, DynamicParametersTakeEffectOnReloadAndStaticOnesOnRestart) {
  EngineSpec spec = Spec(1);
  spec.parameters = {{"max_connections", "37"}, {"work_mem", "1234"}, {"log_min_duration_statement", "500"}};
  Do(EngineVerb::kProvision, spec);
  EXPECT_EQ(Ask(spec, "SHOW max_connections"), "37");
  EXPECT_EQ(Ask(spec, "SELECT setting FROM pg_settings WHERE name = 'work_mem'"), "1234");

  spec.parameters = {{"max_connections", "44"}, {"work_mem", "2345"}};
  Do(EngineVerb::kReload, spec);
  EXPECT_EQ(Ask(spec, "SHOW max_connections"), "37");
  EXPECT_EQ(Ask(spec, "SELECT setting FROM pg_settings WHERE name = 'work_mem'"), "2345");
  EXPECT_EQ(Ask(spec, "SHOW log_min_duration_statement"), "-1");

  Do(EngineVerb::kRestart, spec);
  EXPECT_EQ(Ask(spec, "SHOW max_connections"), "44");
}

TEST_F(PostgresHostTest, ParametersThatCannotBeAppliedAreReportedAndDoNoHarm) {
  EngineSpec spec = Spec(1);
  spec.parameters = {{"listen_addresses", "*"},
                     {"no_such_parameter", "1"},
                     {"work_mem", "lots"},
                     {"log_line_prefix", "it's \\ %m "},
                     {"shared_preload_libraries", "pg_stat_statements,pg_not_there"},
                     {"pg_stat_statements.track", "all"},
                     {"rds.force_ssl", "1"}};
  const EngineReport report = RunJob(*host_, EngineVerb::kProvision, spec);
  ASSERT_TRUE(report.ok) << report.message;
  EXPECT_EQ(report.message,
            "listen_addresses was not applied: the local RDS decides it; "
            "no_such_parameter was not applied: this server has no such parameter; "
            "rds.force_ssl was not applied: this server has no such parameter; "
            "shared_preload_libraries: pg_not_there is not installed here and was left out; "
            "work_mem was not applied: it is no number");
  EXPECT_EQ(Ask(spec, "SHOW listen_addresses"), spec.address);
  EXPECT_EQ(Ask(spec, "SHOW log_line_prefix"), "it's \\ %m ");
  EXPECT_EQ(Ask(spec, "SHOW shared_preload_libraries"), "pg_stat_statements");
  EXPECT_EQ(Ask(spec, "SHOW pg_stat_statements.track"), "all");
}

TEST_F(PostgresHostTest, AServerThatDoesNotStartSaysWhy) {
  EngineSpec spec = Spec(1);
  // Each is within its range; the server refuses the two together.
  spec.parameters = {{"superuser_reserved_connections", "50"}, {"max_connections", "20"}};
  const EngineReport report = RunJob(*host_, EngineVerb::kProvision, spec);
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.message, HasSubstr("PostgreSQL did not start: "));
  EXPECT_THAT(report.message, HasSubstr("superuser_reserved_connections (50) must be less than max_connections (20)"));
}

TEST_F(PostgresHostTest, ATakenPortNamesItsHolder) {
  const EngineSpec spec = Spec(1);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(5432);
  inet_pton(AF_INET, spec.address.c_str(), &where.sin_addr);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
  ASSERT_EQ(::listen(socket, 1), 0);
  const EngineReport report = RunJob(*host_, EngineVerb::kProvision, spec);
  ::close(socket);
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.message, MatchesRegex(spec.address + " port 5432 is already used by process " +
                                           std::to_string(::getpid()) + " \\(.*\\)"));
  Do(EngineVerb::kProvision, spec);
}

TEST_F(PostgresHostTest, AReplicaStreamsFollowsItsSourceAndIsPromoted) {
  EngineSpec source = Spec(1);
  source.parameters = {{"max_connections", "120"}};
  Do(EngineVerb::kProvision, source);
  EXPECT_EQ(Ask(source, "CREATE TABLE t AS SELECT 1 AS x"), "");

  EngineSpec replica = ReplicaOf(source, Spec(2));
  // Lower than the source's, which a replica may not have: it is raised.
  replica.parameters = {{"max_connections", "30"}};
  Do(EngineVerb::kProvision, replica);
  EXPECT_EQ(Ask(replica, "SELECT pg_is_in_recovery()"), "t");
  EXPECT_EQ(Ask(replica, "SHOW max_connections"), "120");
  EXPECT_EQ(Ask(replica, "SELECT count(*) FROM t"), "1");
  EXPECT_EQ(Ask(source, "INSERT INTO t VALUES (2)"), "");
  EXPECT_TRUE(Eventually([&] { return Ask(replica, "SELECT count(*) FROM t") == "2"; }));
  EXPECT_THAT(Ask(replica, "INSERT INTO t VALUES (3)"), HasSubstr("read-only"));

  // The source moves to another port: the replica finds it again by itself.
  source.port = 5444;
  Do(EngineVerb::kRestart, source);
  EXPECT_EQ(Ask(source, "INSERT INTO t VALUES (3)"), "");
  EXPECT_TRUE(Eventually([&] { return Ask(replica, "SELECT count(*) FROM t") == "3"; }));

  Do(EngineVerb::kStop, replica);
  EXPECT_EQ(Ask(source, "INSERT INTO t VALUES (4)"), "");
  Do(EngineVerb::kStart, replica);
  EXPECT_TRUE(Eventually([&] { return Ask(replica, "SELECT count(*) FROM t") == "4"; }));

  Do(EngineVerb::kPromote, replica);
  Do(EngineVerb::kPromote, replica);
  EXPECT_EQ(Ask(replica, "INSERT INTO t VALUES (5)"), "");
  EXPECT_EQ(Ask(source, "SELECT count(*) FROM t"), "4");
  EXPECT_EQ(Ask(source, "SELECT count(*) FROM pg_replication_slots"), "0");
  Do(EngineVerb::kRestart, Spec(2));
  EXPECT_EQ(Ask(replica, "SELECT count(*) FROM t"), "5");
  EXPECT_EQ(Ask(replica, "SELECT pg_is_in_recovery()"), "f");
}

TEST_F(PostgresHostTest, ADestroyedReplicaLeavesNoSlotBehind) {
  const EngineSpec source = Spec(1);
  Do(EngineVerb::kProvision, source);
  const EngineSpec replica = ReplicaOf(source, Spec(2));
  Do(EngineVerb::kProvision, replica);
  EXPECT_EQ(Ask(source, "SELECT slot_name FROM pg_replication_slots"), "rdsteady_db_test2");
  Do(EngineVerb::kDestroy, replica);
  EXPECT_EQ(Ask(source, "SELECT count(*) FROM pg_replication_slots"), "0");
}

TEST_F(PostgresHostTest, AServerThatIsKilledComesUpAgainUntilItDiesTooOften) {
  const EngineSpec spec = Spec(1);
  Do(EngineVerb::kProvision, spec);
  EXPECT_EQ(Ask(spec, "CREATE TABLE kept()"), "");
  for (int death = 1; death <= 3; ++death) {
    const pid_t pid = Postmaster(spec);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    ASSERT_TRUE(Eventually([&] { return Postmaster(spec) != pid && LogIn(spec).ok(); })) << death << "\n" << Log();
    EXPECT_EQ(Ask(spec, "SELECT count(*) FROM kept"), "0");
  }
  EXPECT_THAT(Log(), HasSubstr("orders1: its database server (process "));
  ASSERT_EQ(::kill(Postmaster(spec), SIGKILL), 0);
  EXPECT_TRUE(Eventually([&] {
    return Log().find("its database server died 4 times within 3600 s and stays down") != std::string::npos;
  }));
  // A start that is asked for is obeyed all the same.
  Do(EngineVerb::kStart, spec);
  EXPECT_EQ(Ask(spec, "SELECT count(*) FROM kept"), "0");
}

TEST_F(PostgresHostTest, ShutdownStopsEveryServerAndTheNextHostStartsThem) {
  const EngineSpec one = Spec(1);
  const EngineSpec two = Spec(2);
  Do(EngineVerb::kProvision, one);
  Do(EngineVerb::kProvision, two);
  host_->Shutdown();
  EXPECT_FALSE(LogIn(one).ok());
  EXPECT_FALSE(LogIn(two).ok());
  EXPECT_EQ(Postmaster(one), 0);
  Open();
  Do(EngineVerb::kStart, one);
  EXPECT_EQ(Ask(one, "SELECT 1"), "1");
}

TEST_F(PostgresHostTest, NoPasswordStandsInAFileAnArgumentOrAnEnvironment) {
  EngineSpec spec = Spec(1);
  spec.parameters = {{"log_statement", "all"}, {"log_min_duration_statement", "0"}};
  Do(EngineVerb::kProvision, spec);
  Do(EngineVerb::kSetPassword, spec);
  std::ostringstream everything;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    if (entry.is_regular_file()) everything << std::ifstream(entry.path()).rdbuf();
  }
  EXPECT_EQ(everything.str().find(kPassword), std::string::npos);
  std::ifstream log(folder_.path() + "/engines/" + spec.resource_id + "/postgres.log");
  const std::string logged((std::istreambuf_iterator<char>(log)), {});
  EXPECT_THAT(logged, Not(HasSubstr("SCRAM-SHA-256$")));
  std::ifstream environment("/proc/" + std::to_string(Postmaster(spec)) + "/environ");
  const std::string told((std::istreambuf_iterator<char>(environment)), {});
  EXPECT_THAT(told, HasSubstr("TZ=UTC"));
  EXPECT_THAT(told, Not(HasSubstr("RDSTEADY_TEST_CANARY")));
}

TEST_F(PostgresHostTest, AVersionThatIsNotInstalledIsAFailure) {
  EngineSpec spec = Spec(1);
  spec.engine_version = "9.1";
  EXPECT_EQ(RunJob(*host_, EngineVerb::kProvision, spec).message, "postgres 9 does not run on this machine");
  spec.address = "0.0.0.0";
  EXPECT_EQ(RunJob(*host_, EngineVerb::kProvision, spec).message, "'0.0.0.0' is no loopback address");
  spec.resource_id = "../../etc";
  EXPECT_EQ(RunJob(*host_, EngineVerb::kDestroy, spec).message, "'../../etc' is no resource id");
}

TEST(PostgresHostFolders, AFolderThatBarsTheEnginesUserIsNamed) {
  if (!FindEngineUser().switches) GTEST_SKIP() << "only root hands servers to another user";
  TestFolder folder;
  const std::string closed = folder.path() + "/closed";
  std::filesystem::create_directory(closed);
  ::chmod(closed.c_str(), 0700);
  const auto host = MakePostgresHost({.engines = closed + "/engines", .sockets = folder.path() + "/s"});
  ASSERT_FALSE(host);
  EXPECT_THAT(host.error().message,
              MatchesRegex(closed + " cannot be entered by the user [a-z]+, as whom database servers run"));
  EXPECT_EQ(host.error().hint, "chmod o+x " + closed + ", or choose another folder with RDSTEADY_HOME");
}

}  // namespace
}  // namespace rdsteady::local
