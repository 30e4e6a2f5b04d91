// Interrupt anywhere, run again, arrive at the same place.
//
// The real program is held at the server's side before and after the effect of each call that it makes, killed there
// with SIGKILL, and run again. What is live then must be what an undisturbed run leaves, and one more run must make no
// mutating call. Every life has a server, a home and a program of its own; several lives run at once.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "local/server/local_rds.h"

namespace rdsteady {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBefore = R"(
DBSubnetGroup:
  my-subnet:
    DBSubnetGroupDescription: private subnets
    SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]
    Tags: {service: orders}
DBParameterGroup:
  my-group:
    DBParameterGroupFamily: postgres15
    Description: orders service
    Parameters: {log_min_duration_statement: 500, max_connections: 200}
DBInstance:
  orders:
    Engine: postgres
    EngineVersion: 15
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {env: ORDERS_DB_PASSWORD}
    password_version: 1
    DBSubnetGroupName: my-subnet
    DBParameterGroupName: my-group
    BackupRetentionPeriod: 7
    Tags: {service: orders}
  orders-replica:
    SourceDBInstanceIdentifier: orders
    DBInstanceClass: db.m6g.large
    BackupRetentionPeriod: 3
)";

// Several steps of several kinds: modify, password, tags both ways, parameters set and reset, reboot, promotion.
std::string Edited() {
  std::string text(kBefore);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"AllocatedStorage: 20", "AllocatedStorage: 40"},
           {"password_version: 1", "password_version: 2\n    reboot: if-pending"},
           {"BackupRetentionPeriod: 7\n    Tags: {service: orders}",
            "BackupRetentionPeriod: 14\n    Tags: {service: null, team: payments}"},
           {"{log_min_duration_statement: 500, max_connections: 200}",
            "{log_min_duration_statement: null, max_connections: 300}"},
           {"SourceDBInstanceIdentifier: orders", "SourceDBInstanceIdentifier: null"},
           {"private subnets", "other words"}}) {
    text = ReplaceAll(std::move(text), from, to);
  }
  return text;
}

// What else makes a database, and what else becomes of one; each with the calls that are made before.
struct Course {
  std::string_view before;              // the manifest that was applied undisturbed
  std::vector<std::string> prepared{};  // and the calls made then
  std::string_view manifest;
  int mutating = 0;  // calls of an undisturbed run, at the least
};

constexpr std::string_view kSource = R"(
DBInstance:
  orders:
    Engine: mysql
    EngineVersion: 8.0
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    MasterUserPassword: {env: ORDERS_DB_PASSWORD}
    BackupRetentionPeriod: 7
    Tags: {service: orders}
)";

// What a restore cannot take follows in a second call, and the password's version after that.
constexpr std::string_view kRestored = R"(
DBInstance:
  orders-copy:
    DBSnapshotIdentifier: before-friday
    DBInstanceClass: db.m6g.large
    MasterUserPassword: {env: ORDERS_DB_PASSWORD}
    password_version: 1
    PreferredMaintenanceWindow: mon:01:00-mon:02:00
    MaxAllocatedStorage: 100
    Tags: {service: copy}
)";

constexpr std::string_view kRestoredToATime = R"(
DBInstance:
  orders-then:
    SourceDBInstanceIdentifier: orders
    UseLatestRestorableTime: true
    DBInstanceClass: db.m6g.large
    PreferredMaintenanceWindow: mon:01:00-mon:02:00
    DeletionProtection: true
)";

constexpr std::string_view kRenamed = R"(
DBInstance:
  payments:
    renamed_from: orders
    Engine: mysql
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 40
    MasterUsername: orders_admin
    MasterUserPassword: {env: ORDERS_DB_PASSWORD}
    Tags: {service: payments}
)";

constexpr std::string_view kManaged = R"(
DBInstance:
  orders:
    Engine: mysql
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 20
    MasterUsername: orders_admin
    ManageMasterUserPassword: true
    MonitoringInterval: 60
    MonitoringRoleArn: arn:aws:iam::123456789012:role/monitoring
    EnableCloudwatchLogsExports: [error]
)";

// A life mostly waits: ten seconds for a second look at what shows no transition.
constexpr int kLivesAtOnce = 32;

struct Hold {
  int at = -1;         // the call's number, from 0; -1: none
  bool after = false;  // after its effect, else before
};

// A server with a home of its own, and the place where calls are counted and held.
class Server {
 public:
  explicit Server(const fs::path& home) {
    local::LocalRdsOptions options{.places = {.home = home.string(), .runtime = (home / "run").string()},
                                   .simulate_all = true};
    // Short, but longer than the program's first pause between readings: it has to see them.
    const Millis brief(260);
    options.sim.pace = {.creating = brief,
                        .backing_up = brief,
                        .modifying = brief,
                        .storage_optimization = brief,
                        .rebooting = brief,
                        .stopping = brief,
                        .starting = brief,
                        .deleting = brief,
                        .resetting_credentials = brief,
                        .applying_parameters = brief,
                        .status_lag = Millis(100)};
    options.hooks.before_effect = [this](const local::Call& call) { Before(call); };
    options.hooks.after_effect = [this](const local::Call&) { After(); };
    Result<std::unique_ptr<local::LocalRds>> opened = local::LocalRds::Open(std::move(options));
    if (!opened) throw std::runtime_error(Describe(opened.error()));
    rds_ = std::move(*opened);
    thread_ = std::thread([this] { rds_->Run(); });
  }
  ~Server() {
    rds_->Stop();
    thread_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Runs the program to its end, or kills it where `hold` says. The exit status; nullopt when it was killed.
  std::optional<int> Apply(const fs::path& manifest, Hold hold = {}) {
    {
      const std::lock_guard lock(mutex_);
      calls_ = 0;
      mutating_ = 0;
      hold_ = hold;
      held_ = false;
      released_ = false;
    }
    const pid_t pid = Spawn(manifest);
    std::atomic<bool> ended = false;
    int status = 0;
    std::thread waiter([&] {
      waitpid(pid, &status, 0);
      const std::lock_guard lock(mutex_);
      ended = true;
      changed_.notify_all();
    });
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return held_ || ended; });
      if (held_) kill(pid, SIGKILL);
    }
    waiter.join();
    const std::lock_guard lock(mutex_);
    hold_ = {};
    released_ = true;
    changed_.notify_all();
    if (WIFSIGNALED(status)) return std::nullopt;
    return WEXITSTATUS(status);
  }

  [[nodiscard]] int calls() const { return calls_; }
  [[nodiscard]] int mutating() const { return mutating_; }

  [[nodiscard]] const local::LocalEndpoint& endpoint() const { return rds_->endpoint(); }
  [[nodiscard]] std::string output(const fs::path& manifest) const {
    std::ifstream in(manifest.string() + ".out");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

 private:
  void Before(const local::Call& call) {
    std::unique_lock lock(mutex_);
    Number() = calls_++;
    if (model::IsMutating(call.operation->name)) ++mutating_;
    if (hold_.at != Number() || hold_.after) return;
    HoldHere(lock);
    // The client is gone and its call must not take effect: the request ends here, as if it had never arrived.
    throw std::runtime_error("the client was killed before its call took effect");
  }
  void After() {
    std::unique_lock lock(mutex_);
    if (hold_.at == Number() && hold_.after) HoldHere(lock);
  }
  void HoldHere(std::unique_lock<std::mutex>& lock) {
    held_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return released_; });
  }
  // The number of the call that this thread is answering.
  static int& Number() {
    thread_local int number = -1;
    return number;
  }

  pid_t Spawn(const fs::path& manifest) const {
    const local::LocalEndpoint& at = rds_->endpoint();
    std::vector<std::string> args{RDSTEADY_PROGRAM,
                                  "apply",
                                  manifest.string(),
                                  "--endpoint-url",
                                  at.url,
                                  "--region",
                                  at.region,
                                  "--when",
                                  "now",
                                  "--yes",
                                  "--allow-irreversible",
                                  "DBInstance/orders-replica.SourceDBInstanceIdentifier"};
    std::vector<std::string> env{"AWS_ACCESS_KEY_ID=" + at.credentials.access_key_id,
                                 "AWS_SECRET_ACCESS_KEY=" + at.credentials.secret_access_key,
                                 "ORDERS_DB_PASSWORD=a-password-1", "HOME=/nonexistent", "PATH=/usr/bin:/bin"};
    std::vector<char*> argv;
    for (std::string& arg : args)
      argv.push_back(arg.data());
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (std::string& variable : env)
      envp.push_back(variable.data());
    envp.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, (manifest.string() + ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t pid = 0;
    const int error = posix_spawn(&pid, RDSTEADY_PROGRAM, &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("cannot start " RDSTEADY_PROGRAM);
    return pid;
  }

  std::unique_ptr<local::LocalRds> rds_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Hold hold_;
  bool held_ = false;
  bool released_ = false;
  std::atomic<int> calls_ = 0;
  std::atomic<int> mutating_ = 0;
};

fs::path FreshFolder(const std::string& name) {
  std::string pattern = (fs::temp_directory_path() / ("rdsteady-crash-" + name + "-XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Runs one command of the program against the server and gives what it printed.
std::string Ask(const Server& server, const fs::path& folder, const std::string& arguments) {
  const fs::path out = folder / "answer";
  const local::LocalEndpoint& at = server.endpoint();
  const std::string command = "AWS_ACCESS_KEY_ID=" + at.credentials.access_key_id +
                              " AWS_SECRET_ACCESS_KEY=" + at.credentials.secret_access_key + " " RDSTEADY_PROGRAM " " +
                              arguments + " --endpoint-url " + at.url + " --region " + at.region + " > " +
                              out.string() + " 2>/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0) << arguments;  // NOLINT(cert-env33-c): a fixed command of the test's own
  return Read(out);
}

// What is live, without what differs between any two lives: times, ids and addresses that the service makes up.
std::string LiveState(const Server& server, const fs::path& folder) {
  // A run that has nothing to do waits for nothing: what an earlier call began may still be on its way.
  (void)Ask(server, folder, "wait " + folder.string() + "/manifest.yaml --for settled");
  std::string all;
  for (const std::string call : {"DescribeDBInstances", "DescribeDBSubnetGroups", "DescribeDBParameterGroups"}) {
    all += Ask(server, folder, "call " + call);
  }
  if (all.find("\"my-group\"") != std::string::npos)
    all += Ask(server, folder, "call DescribeDBParameters DBParameterGroupName=my-group Source=user");

  std::istringstream lines(all);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const bool volatile_line =
        line.find("Time\"") != std::string::npos || line.find("\"Address\"") != std::string::npos ||
        line.find("ValidTill") != std::string::npos || line.find("\"VpcId\"") != std::string::npos ||
        line.find("\"SubnetIdentifier\"") != std::string::npos || line.find("\"DbiResourceId\"") != std::string::npos ||
        line.find("\"SecretArn\"") != std::string::npos;
    if (const auto tag = line.find("\"Value\": \"db-"); tag != std::string::npos) {
      line.replace(tag, line.find('/', tag) - tag, "\"Value\": \"ID");
    }
    if (!volatile_line) kept += line + "\n";
  }
  return kept;
}

class Crash : public ::testing::Test {
 protected:
  // A home in which `manifest` has been applied undisturbed; an empty text: a fresh one.
  static fs::path HomeAfter(const Course& course) {
    const fs::path home = FreshFolder("home");
    // Opened once at least, so that all lives share what the server makes up for a home: windows, zones, addresses.
    Server server(home);
    if (course.before.empty()) return home;
    const fs::path file = home / "manifest.yaml";
    std::ofstream(file) << course.before;
    EXPECT_EQ(server.Apply(file), 0) << server.output(file);
    for (const std::string& call : course.prepared)
      (void)Ask(server, home, "call --yes " + call);
    if (!course.prepared.empty()) {
      int looks = 0;
      while (Ask(server, home, "call DescribeDBSnapshots").find("\"creating\"") != std::string::npos &&
             ++looks < 1000) {
      }
      (void)Ask(server, home, "wait " + file.string() + " --for settled");
    }
    return home;
  }

  static fs::path CopyOf(const fs::path& home) {
    const fs::path copy = FreshFolder("life");
    fs::copy(home, copy, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    fs::remove_all(copy / "run");
    return copy;
  }

  // Kills one life at `hold`, runs again, and compares.
  static void Live(const fs::path& start, const std::string& manifest, const std::string& expected, Hold hold,
                   std::atomic<int>& unreached) {
    const std::string where = (hold.after ? "after call " : "before call ") + std::to_string(hold.at);
    const fs::path home = CopyOf(start);
    const fs::path file = home / "manifest.yaml";
    std::ofstream(file) << manifest;
    {
      Server server(home);
      if (const std::optional<int> ended = server.Apply(file, hold)) {
        // This life had a few readings less and was over before its call.
        EXPECT_EQ(*ended, 0) << where << ": " << server.output(file);
        ++unreached;
      }
      EXPECT_EQ(server.Apply(file), 0) << where << ": " << server.output(file);
      EXPECT_EQ(LiveState(server, home), expected) << where;
      EXPECT_EQ(server.Apply(file), 0) << where << ": " << server.output(file);
      EXPECT_EQ(server.mutating(), 0) << where << ": the run after must change nothing: " << server.output(file);
    }
    fs::remove_all(home);
  }

  static void KillEverywhere(const Course& course) {
    const fs::path start = HomeAfter(course);
    const std::string manifest(course.manifest);
    std::string expected;
    int calls = 0;
    int mutating = 0;
    {
      const fs::path home = CopyOf(start);
      const fs::path file = home / "manifest.yaml";
      std::ofstream(file) << manifest;
      Server server(home);
      ASSERT_EQ(server.Apply(file), 0) << server.output(file);
      calls = server.calls();
      mutating = server.mutating();
      expected = LiveState(server, home);
      fs::remove_all(home);
    }
    ASSERT_GE(mutating, course.mutating);
    std::printf("%d calls, %d of them mutating; a kill before and after each\n", calls, mutating);
    // The number of readings while something settles varies from life to life, so the last calls may not be reached.
    const int last = calls;
    std::atomic<int> unreached = 0;
    std::atomic<int> next = 0;
    std::vector<std::thread> workers;
    for (int worker = 0; worker < kLivesAtOnce; ++worker) {
      workers.emplace_back([&] {
        for (int life = next++; life < 2 * last; life = next++) {
          Live(start, manifest, expected, {.at = life / 2, .after = life % 2 == 1}, unreached);
        }
      });
    }
    for (std::thread& worker : workers)
      worker.join();
    std::printf("%d of %d lives were over before the call that should have killed them\n", unreached.load(), 2 * last);
    EXPECT_LE(unreached, 2 * last / 10);
    fs::remove_all(start);
  }
};

TEST_F(Crash, CreationArrivesAtTheSamePlace) {
  KillEverywhere({.before = {}, .manifest = kBefore, .mutating = 7});
}

TEST_F(Crash, ChangesOfManyStepsArriveAtTheSamePlace) {
  const std::string edited = Edited();
  KillEverywhere({.before = kBefore, .manifest = edited, .mutating = 8});
}

TEST_F(Crash, ARestoreArrivesAtTheSamePlace) {
  KillEverywhere({.before = kSource,
                  .prepared = {"CreateDBSnapshot DBInstanceIdentifier=orders DBSnapshotIdentifier=before-friday"},
                  .manifest = kRestored,
                  .mutating = 3});
}

TEST_F(Crash, ARestoreToATimeArrivesAtTheSamePlace) {
  KillEverywhere({.before = kSource, .manifest = kRestoredToATime, .mutating = 2});
}

TEST_F(Crash, ARenameArrivesAtTheSamePlace) {
  KillEverywhere({.before = kSource, .manifest = kRenamed, .mutating = 2});
}

TEST_F(Crash, ManagedPasswordsArriveAtTheSamePlace) {
  KillEverywhere({.before = kSource, .manifest = kManaged, .mutating = 1});
}

}  // namespace
}  // namespace rdsteady
