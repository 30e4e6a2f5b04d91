#include "local/engine/postgres_instance.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "local/engine/port_holder.h"
#include "local/engine/postgres_files.h"

namespace rdsteady::local {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStartDeadline{120'000};
constexpr milliseconds kReplayDeadline{7'200'000};  // of a backup, and of the log after it
constexpr milliseconds kFastStopDeadline{60'000};
constexpr milliseconds kImmediateStopDeadline{10'000};
constexpr std::size_t kMaxSocketPath = 107;
constexpr off_t kMaxLog = 16 * 1024 * 1024;

// A share of the machine for each instance; what the class would have had is the upper bound.
std::int64_t MemoryBudget(std::int64_t of_class) {
  const std::int64_t machine = ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE);
  const std::int64_t share = std::max<std::int64_t>(machine / 16, 16 << 20);
  return of_class > 0 ? std::min(share, of_class) : share;
}

// What a server that did not start said about it, without times and process numbers.
std::string Complaint(const std::string& log) {
  std::vector<std::string> said;
  for (const std::string_view line : Split(log, '\n')) {
    for (const std::string_view mark : {"FATAL:", "PANIC:", "invalid", "could not", "unrecognized"}) {
      const auto at = line.find(mark);
      if (at == std::string_view::npos) continue;
      const auto level = line.find(":  ");
      std::string_view text = line.substr(level == std::string_view::npos ? at : level + 3);
      said.emplace_back(Trim(text));
      break;
    }
    if (said.size() == 3) break;
  }
  if (!said.empty()) return Join(said, "; ");
  // Before it opens its log it writes bare lines: "postgres: ...".
  const auto lines = Split(Trim(log), '\n');
  return lines.back().empty() ? "it said nothing" : std::string(lines.back());
}

bool WorksIn(const std::string& pid, const std::string& data) {
  std::error_code failed;
  return fs::read_symlink("/proc/" + pid + "/cwd", failed) == data && !failed;
}

}  // namespace

PostgresInstance::PostgresInstance(const PostgresSurroundings& around, std::string resource_id)
    : around_(around), id_(std::move(resource_id)), folder_(around.engines + "/" + id_) {}

std::string PostgresInstance::SocketFolder(const std::string& resource_id) const {
  return around_.sockets + "/" + ToLower(resource_id);
}

bool PostgresInstance::Exists(const char* name) const {
  struct stat info{};
  return ::lstat(File(name).c_str(), &info) == 0;
}

Result<void> PostgresInstance::Write(const char* name, const std::string& text) const {
  // A new file each time, never through a link that the engine's user may have put there; then one rename.
  const std::string path = File(name);
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file.valid()) return SystemFailure(fresh);
  ::fchmod(file.get(), 0644);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) return SystemFailure(fresh);
  if (::rename(fresh.c_str(), path.c_str()) != 0) return SystemFailure(path);
  return {};
}

Result<std::string> PostgresInstance::Tool(Command command) const {
  const std::string name = fs::path(command.argv[0]).filename();
  auto finished = RunProcess(command, around_.user, around_.cancel);
  if (!finished) return Fail(finished.error());
  if (finished->cancelled) return Interrupted();
  if (finished->timed_out) return Fail(ErrorCategory::kFailed, fmt::format("{} did not end in time", name));
  if (finished->exit_status != 0) {
    return Fail(ErrorCategory::kFailed,
                fmt::format("{} failed: {}", name, ReplaceAll(std::string(Trim(finished->output)), "\n", "; ")));
  }
  return std::move(finished->output);
}

Result<std::string> PostgresInstance::Sql(PostgresInstall& install, const std::string& resource_id,
                                          const std::string& sql) const {
  // Terse: a longer message would quote the statement, and with it a verifier.
  auto output = Tool({.argv = {install.Tool("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v",
                               "VERBOSITY=terse", "-h", SocketFolder(resource_id), "-p", std::to_string(kSocketPort),
                               "-U", std::string(kPostgresAdmin), "-d", "postgres", "-f", "-"},
                      .input = sql});
  if (!output) return output;
  return std::string(Trim(*output));
}

Result<std::string> PostgresInstance::Configuration(const EngineSpec& spec, PostgresInstall& install,
                                                    std::string& remarks) {
  auto prepared = install.Prepare(around_.engines, around_.user, around_.cancel);
  if (!prepared) return Fail(prepared.error());
  auto checked = CheckParameters(spec.parameters, (*prepared)->settings, MemoryBudget(spec.memory_bytes),
                                 [&](std::string_view library) { return install.LibraryExists(library); });
  remarks = Join(checked.remarks, "; ");

  std::optional<PostgresUpstream> upstream;
  const std::string source = ReadFile(File("source"));
  // Without the signal file it was promoted, whatever we noted before.
  if (!source.empty() && Exists("data/standby.signal")) {
    auto control = Tool({.argv = {install.Tool("pg_controldata"), "-D", File("data")}});
    if (!control) return control;
    upstream = PostgresUpstream{.socket_folder = SocketFolder(source),
                                .slot = SlotName(id_),
                                .application_name = ToLower(id_),
                                .minimums = ParseControlData(*control)};
  }
  return RenderConfig(spec, checked.applied,
                      {.hba = File("hba.conf"), .ident = File("ident.conf"), .socket_folder = SocketFolder(id_)},
                      upstream, replay_);
}

Result<std::string> PostgresInstance::PrepareFolder(const EngineSpec& spec, PostgresInstall& install) {
  auto prepared = install.Prepare(around_.engines, around_.user, around_.cancel);
  if (!prepared) return Fail(prepared.error());
  if (auto made = MakeFolder(folder_, around_.user); !made) return Fail(made.error());
  if (!spec.source_resource_id.empty()) {
    if (auto copied = CopyFromSource(spec, install); !copied) return Fail(copied.error());
    return std::string();
  }
  if (!spec.snapshot_id.empty()) {
    if (auto copied = CopyFromSnapshot(spec); !copied) return Fail(copied.error());
    return std::string();
  }
  return Tool({.argv = {"/bin/cp", "-a", "--reflink=auto", "--", (*prepared)->data, File("data")}});
}

Result<void> PostgresInstance::CopyFromSource(const EngineSpec& spec, PostgresInstall& install) {
  // Before the slot is made: should we die in between, Destroy() knows where to look for it.
  if (auto noted = Write("source", spec.source_resource_id); !noted) return noted;
  const std::string slot = QuoteLiteral(SlotName(id_));
  const std::string make_slot = fmt::format(
      "SELECT pg_create_physical_replication_slot({0}, true) WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE "
      "slot_name = {0})",
      slot);
  // The source may be in the middle of a restart.
  Result<std::string> made = std::string();
  for (int attempt = 0; attempt < 40; ++attempt) {
    made = Sql(install, spec.source_resource_id, make_slot);
    if (made || made.error().category == ErrorCategory::kInterrupted) break;
    if (!Pause(milliseconds(250), around_.cancel)) return Interrupted();
  }
  if (!made) return Fail(std::move(made.error()).Within("while connecting to the replica's source"));
  auto copied =
      Tool({.argv = {install.Tool("pg_basebackup"), "-D", File("data"), "-h", SocketFolder(spec.source_resource_id),
                     "-p", std::to_string(kSocketPort), "-U", std::string(kPostgresAdmin), "-X", "stream", "-S",
                     SlotName(id_), "-c", "fast", "--no-sync", "-w"},
            .deadline = std::chrono::hours(2)});
  if (!copied) return Fail(copied.error());
  // In place of pg_basebackup -R, which would write the connection into postgresql.auto.conf, above our configuration.
  return Write("data/standby.signal", "");
}

Result<std::string> PostgresInstance::Provision(const EngineSpec& spec, PostgresInstall& install) {
  if (Exists("provisioned")) return Start(spec, install, false);
  // What an earlier attempt left behind is of no use.
  FindRunning();
  if (auto stopped = Stop(); !stopped) return stopped;
  std::error_code failed;
  fs::remove_all(folder_, failed);
  if (failed) return Fail(ErrorCategory::kFailed, fmt::format("{}: {}", folder_, failed.message()));

  if (auto prepared = PrepareFolder(spec, install); !prepared) return prepared;
  auto started = spec.log_of.empty() ? Start(spec, install, false) : Replay(spec, install);
  if (!started) return started;
  if (spec.source_resource_id.empty() && spec.snapshot_id.empty()) {
    if (auto made = Sql(install, id_, ProvisionSql(spec)); !made) return made;
  }
  if (auto marked = Write("provisioned", ""); !marked) return Fail(marked.error());
  return started;
}

Result<std::string> PostgresInstance::Start(const EngineSpec& spec, PostgresInstall& install, bool again) {
  if (!Exists("data/PG_VERSION")) {
    return Fail(ErrorCategory::kFailed, fmt::format("the data of {} is gone from {}", spec.identifier, folder_));
  }
  std::string remarks;
  auto config = Configuration(spec, install, remarks);
  if (!config) return config;
  FindRunning();
  if (process_ && !again && ReadFile(File("postgresql.conf")) == *config) return remarks;
  if (auto stopped = Stop(); !stopped) return stopped;
  if (auto launched = Launch(spec, install, *config); !launched) return Fail(launched.error());
  return remarks;
}

Result<void> PostgresInstance::Launch(const EngineSpec& spec, PostgresInstall& install, const std::string& config) {
  if (auto gone = AwaitStragglers(); !gone) return gone;
  const std::string sockets = SocketFolder(id_);
  const std::string socket = fmt::format(".s.PGSQL.{}", spec.port);
  if (sockets.size() + 1 + socket.size() > kMaxSocketPath) {
    return Fail(ErrorCategory::kFailed, fmt::format("{}/{} is too long for a socket's path ({} bytes at most)", sockets,
                                                    socket, kMaxSocketPath));
  }
  // Nobody works on the data, so what lies here is an earlier server's. Its lock file would bar the new one for as long
  // as some process has the number in it, a zombie included.
  std::error_code failed;
  fs::remove_all(sockets, failed);
  if (auto made = MakeFolder(sockets, around_.user); !made) return made;
  const std::string link = fmt::format("{}/.s.PGSQL.{}", sockets, kSocketPort);
  if (::symlink(socket.c_str(), link.c_str()) != 0) return SystemFailure(link);
  if (auto written = Write("postgresql.conf", config); !written) return written;
  if (auto written = Write("hba.conf", RenderHba()); !written) return written;
  if (auto written = Write("ident.conf", RenderIdent(around_.user.name)); !written) return written;
  if (auto kept = KeepLog(spec.keeps_log); !kept) return kept;

  if (const auto holder = PortHolder(spec.address, spec.port)) {
    return Fail(ErrorCategory::kFailed,
                fmt::format("{} port {} is already used by {}", spec.address, spec.port, *holder));
  }
  const std::string path = File("postgres.log");
  const Fd log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!log.valid()) return SystemFailure(path);
  off_t log_start = ::lseek(log.get(), 0, SEEK_END);
  if (log_start > kMaxLog && ::ftruncate(log.get(), 0) == 0) log_start = 0;
  auto started = StartProcess(
      {.argv = {install.Tool("postgres"), "-D", File("data"), "-c", "config_file=" + File("postgresql.conf")}},
      around_.user, log.get());
  if (!started) return Fail(started.error());
  process_ = std::move(*started);
  auto ready = AwaitReady(log_start, spec.snapshot_id.empty() ? kStartDeadline : kReplayDeadline);
  if (!ready && process_) (void)Stop();
  return ready;
}

Result<void> PostgresInstance::AwaitReady(off_t log_start, milliseconds deadline) {
  const auto end = steady_clock::now() + deadline;
  const std::string number = std::to_string(process_->pid);
  while (true) {
    // The eighth line is the server's word about itself; a file with another number is an earlier server's.
    const std::string text = ReadFile(File("data/postmaster.pid"));
    const auto lines = Split(text, '\n');
    if (lines.size() >= 8 && lines[0] == number && Trim(lines[7]) == "ready") return {};
    if (AwaitExit(*process_, milliseconds(4))) {
      process_.reset();
      std::string log = ReadFile(File("postgres.log"));
      log.erase(0, std::min(log.size(), static_cast<std::size_t>(log_start)));
      return Fail(ErrorCategory::kFailed, fmt::format("PostgreSQL did not start: {}", Complaint(log)));
    }
    if (!Pause(milliseconds(0), around_.cancel)) return Interrupted();
    if (steady_clock::now() > end) {
      return Fail(ErrorCategory::kFailed, fmt::format("PostgreSQL did not become ready within {} s; see {}",
                                                      deadline.count() / 1000, File("postgres.log")));
    }
  }
}

void PostgresInstance::FindRunning() {
  if (process_ && !AwaitExit(*process_, milliseconds(0))) return;
  process_.reset();
  const std::string text = ReadFile(File("data/postmaster.pid"));
  const std::string number(Split(text, '\n').front());
  const auto pid = ParseInteger(number);
  if (!pid || *pid <= 1 || !WorksIn(number, File("data"))) return;
  auto watched = WatchProcess(static_cast<pid_t>(*pid));
  // Looked at again once the handle holds on to it: the number could have passed to another process in between.
  if (watched && WorksIn(number, File("data"))) process_ = std::move(*watched);
}

Result<void> PostgresInstance::AwaitStragglers() const {
  // Backends of a server that was killed end by themselves when they notice; until then no new one can start.
  const std::string data = File("data");
  const auto end = steady_clock::now() + milliseconds(10'000);
  while (true) {
    bool any = false;
    std::error_code ignored;
    for (const auto& process : fs::directory_iterator("/proc", ignored)) {
      const std::string pid = process.path().filename();
      const auto number = ParseInteger(pid);
      if (!number || !WorksIn(pid, data)) continue;
      any = true;
      if (steady_clock::now() > end) ::kill(static_cast<pid_t>(*number), SIGKILL);
    }
    if (!any) break;
    if (!Pause(milliseconds(20), around_.cancel)) return Interrupted();
  }
  // Nobody works there, so the file is an earlier server's. Its number may by now be another program's, and PostgreSQL
  // would refuse to start.
  ::unlink((data + "/postmaster.pid").c_str());
  return {};
}

Result<std::string> PostgresInstance::Reload(const EngineSpec& spec, PostgresInstall& install) {
  std::string remarks;
  auto config = Configuration(spec, install, remarks);
  if (!config) return config;
  if (auto written = Write("postgresql.conf", *config); !written) return Fail(written.error());
  if (spec.keeps_log) {
    if (auto kept = KeepLog(true); !kept) return Fail(kept.error());
  }
  FindRunning();
  if (!process_) return remarks;
  // A new connection starts with what the postmaster has read. Asked for through SQL, the time of the last reading
  // tells when that is done.
  auto before = Sql(install, id_, "SELECT extract(epoch FROM clock_timestamp())");
  if (!before) return before;
  ::kill(process_->pid, SIGHUP);
  for (int attempt = 0; attempt < 200; ++attempt) {
    auto read = Sql(install, id_, fmt::format("SELECT extract(epoch FROM pg_conf_load_time()) >= {}", *before));
    if (!read) return read;
    if (*read == "t") {
      if (!spec.keeps_log) {
        if (auto dropped = KeepLog(false); !dropped) return Fail(dropped.error());
      }
      return remarks;
    }
    if (!Pause(milliseconds(10), around_.cancel)) return Interrupted();
  }
  return Fail(ErrorCategory::kFailed, "PostgreSQL did not read its configuration again");
}

Result<std::string> PostgresInstance::SetPassword(const EngineSpec& spec, PostgresInstall& install) {
  return Sql(install, id_, PasswordSql(spec));
}

Result<std::string> PostgresInstance::Promote(const EngineSpec& spec, PostgresInstall& install) {
  auto started = Start(spec, install, false);
  if (!started) return started;
  // One statement decides and acts, so that it may be repeated after a crash of ours.
  auto promoted = Sql(install, id_, "SELECT CASE WHEN pg_is_in_recovery() THEN pg_promote(true, 100) ELSE true END");
  if (!promoted) return promoted;
  if (*promoted != "t") return Fail(ErrorCategory::kFailed, "the replica was not promoted within 100 s");
  DropSlot(install);
  ::unlink(File("source").c_str());
  return Reload(spec, install);
}

void PostgresInstance::DropSlot(PostgresInstall& install) const {
  const std::string source = ReadFile(File("source"));
  if (source.empty() || ::access(SocketFolder(source).c_str(), F_OK) != 0) return;
  // A source that is gone or stopped took its slot with it, or keeps it within max_slot_wal_keep_size.
  (void)Sql(install, source,
            fmt::format("DO $$ BEGIN FOR i IN 1..50 LOOP BEGIN "
                        "PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = {0} AND "
                        "active; "
                        "PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = {0}; "
                        "EXIT; EXCEPTION WHEN object_in_use THEN PERFORM pg_sleep(0.05); END; END LOOP; END $$",
                        QuoteLiteral(SlotName(id_))));
}

Result<std::string> PostgresInstance::Stop() {
  FindRunning();
  if (!process_) return std::string();
  struct Step {
    int signal;
    milliseconds deadline;
  };
  for (const Step step : {Step{SIGINT, kFastStopDeadline}, Step{SIGQUIT, kImmediateStopDeadline},
                          Step{SIGKILL, kImmediateStopDeadline}}) {
    ::kill(process_->pid, step.signal);
    if (AwaitExit(*process_, step.deadline, around_.cancel)) {
      process_.reset();
      return std::string();
    }
    if (!Pause(milliseconds(0), around_.cancel)) return Interrupted();
  }
  return Fail(ErrorCategory::kFailed, fmt::format("process {} cannot be stopped", process_->pid));
}

Result<std::string> PostgresInstance::Destroy(PostgresInstall* install) {
  if (auto stopped = Stop(); !stopped) return stopped;
  if (install != nullptr) DropSlot(*install);
  std::error_code failed;
  fs::remove_all(SocketFolder(id_), failed);
  if (!fs::exists(folder_, failed)) return std::string();
  // Renamed first: a crash in the middle must not leave half a data directory under the instance's name.
  const std::string trash = around_.engines + "/trash-" + id_;
  fs::remove_all(trash, failed);
  fs::rename(folder_, trash, failed);
  if (failed) return Fail(ErrorCategory::kFailed, fmt::format("{}: {}", folder_, failed.message()));
  fs::remove_all(trash, failed);
  if (failed) return Fail(ErrorCategory::kFailed, fmt::format("{}: {}", trash, failed.message()));
  return std::string();
}

}  // namespace rdsteady::local
