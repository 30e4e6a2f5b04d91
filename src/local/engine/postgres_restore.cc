// Snapshots of an instance's data, and instances that are made from them.
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "local/engine/postgres_files.h"
#include "local/engine/postgres_instance.h"

namespace rdsteady::local {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::chrono::hours kCopyDeadline{2};
constexpr std::string_view kEndedTooEarly = "recovery ended before configured recovery target was reached";

}  // namespace

Result<std::string> PostgresInstance::Snapshot(const EngineSpec& spec, PostgresInstall& install) {
  const std::string final = around_.engines + "/" + spec.snapshot_id;
  std::error_code failed;
  if (!fs::exists(final, failed)) {
    // Until it is whole, under a name that is swept at the next start and that no earlier attempt has had.
    std::string part = around_.engines + "/trash-" + spec.snapshot_id + "-XXXXXX";
    if (::mkdtemp(part.data()) == nullptr) return SystemFailure(part);
    if (auto made = MakeFolder(part, around_.user); !made) return Fail(made.error());
    if (auto copied = CopyData(part + "/data", install); !copied) {
      (void)RemoveTree(part);
      return Fail(copied.error());
    }
    if (::rename(part.c_str(), final.c_str()) != 0) return SystemFailure(final);
  }
  if (spec.oldest_snapshot_id.empty() || !Exists("archive")) return std::string();
  const std::string first =
      ParseFirstLogFile(ReadFile(around_.engines + "/" + spec.oldest_snapshot_id + "/data/backup_label"));
  if (first.empty()) return std::string();
  return Tool({.argv = {install.Tool("pg_archivecleanup"), File("archive"), first}});
}

Result<void> PostgresInstance::CopyData(const std::string& folder, PostgresInstall& install) {
  if (!Exists("data/PG_VERSION")) {
    return Fail(ErrorCategory::kFailed, fmt::format("the data is gone from {}", folder_));
  }
  FindRunning();
  Result<std::string> copied;
  if (process_) {
    copied = Tool({.argv = {install.Tool("pg_basebackup"), "-D", folder, "-h", SocketFolder(id_), "-p",
                            std::to_string(kSocketPort), "-U", std::string(kPostgresAdmin), "-X", "stream", "-c",
                            "fast", "--no-sync", "-w"},
                   .deadline = kCopyDeadline});
  } else {
    // Nobody writes, so the files are consistent as they lie there; after a crash they hold the log to recover from.
    if (auto gone = AwaitStragglers(); !gone) return gone;
    copied = Tool({.argv = {"/bin/cp", "-a", "--reflink=auto", "--", File("data"), folder}, .deadline = kCopyDeadline});
  }
  if (!copied) return Fail(copied.error());
  return {};
}

Result<void> PostgresInstance::CopyFromSnapshot(const EngineSpec& spec) {
  const std::string source = around_.engines + "/" + spec.snapshot_id + "/data";
  std::error_code failed;
  if (!fs::exists(source + "/PG_VERSION", failed)) {
    return Fail(ErrorCategory::kFailed, fmt::format("the data of the snapshot is gone from {}", source));
  }
  auto copied =
      Tool({.argv = {"/bin/cp", "-a", "--reflink=auto", "--", source, File("data")}, .deadline = kCopyDeadline});
  if (!copied) return Fail(copied.error());
  // What belonged to the life of the server that was copied: it may have been a replica, and had replicas.
  for (const char* name :
       {"data/standby.signal", "data/recovery.signal", "data/postmaster.pid", "data/postmaster.opts"})
    ::unlink(File(name).c_str());
  for (const auto& slot : fs::directory_iterator(File("data/pg_replslot"), failed)) {
    if (auto removed = RemoveTree(slot.path()); !removed) return removed;
  }
  return {};
}

Result<void> PostgresInstance::KeepLog(bool keep) {
  return keep ? MakeFolder(File("archive"), around_.user) : RemoveTree(File("archive"));
}

Result<std::uint64_t> PostgresInstance::SaveLogOf(const std::string& source, PostgresInstall& install, bool& runs) {
  PostgresInstance other(around_, source);
  other.FindRunning();
  runs = other.process_.has_value();
  if (!runs) {
    auto control = Tool({.argv = {install.Tool("pg_controldata"), "-D", other.File("data")}});
    if (!control) return Fail(control.error());
    constexpr std::string_view kLabel = "Latest checkpoint location:";
    for (const std::string_view line : Split(*control, '\n')) {
      if (!line.starts_with(kLabel)) continue;
      if (const auto position = ParseLogPosition(Trim(line.substr(kLabel.size())))) return *position;
    }
    return Fail(ErrorCategory::kFailed, fmt::format("{} does not tell where its log ends", other.File("data")));
  }
  // Something is committed after whatever is asked for, so that a recovery that stops at a time finds that time passed;
  // then what is left of the log goes to the archive.
  Result<std::string> switched = std::string();
  for (int attempt = 0; attempt < 40; ++attempt) {
    switched = Sql(install, source,
                   "SELECT pg_current_xact_id();\n"
                   "SELECT pg_walfile_name(lsn) || ' ' || lsn FROM pg_switch_wal() AS lsn;");
    if (switched || switched.error().category == ErrorCategory::kInterrupted) break;
    if (!Pause(milliseconds(250), around_.cancel)) return Interrupted();
  }
  if (!switched) return Fail(std::move(switched.error()).Within("while asking the source for its log"));
  const std::string last_line(Split(*switched, '\n').back());
  const auto words = Split(last_line, ' ');
  const auto position = words.size() == 2 ? ParseLogPosition(words[1]) : std::nullopt;
  if (!position) return Fail(ErrorCategory::kFailed, fmt::format("'{}' is no position in a log", last_line));
  const std::string file = other.File("archive") + "/" + std::string(words[0]);
  for (int attempt = 0; attempt < 3000; ++attempt) {
    if (::access(file.c_str(), F_OK) == 0) return *position;
    if (!Pause(milliseconds(20), around_.cancel)) return Interrupted();
  }
  return Fail(ErrorCategory::kFailed, fmt::format("the source's log did not come to {} within 60 s", file));
}

Result<std::string> PostgresInstance::Replay(const EngineSpec& spec, PostgresInstall& install) {
  bool runs = false;
  const auto end = SaveLogOf(spec.log_of, install, runs);
  if (!end) return Fail(end.error());
  const std::string other = "../../" + spec.log_of;
  replay_ = PostgresReplay{.archive = other + "/archive",
                           .more_log = runs ? std::string() : other + "/data/pg_wal",
                           .until = spec.restore_until};
  if (auto written = Write("data/recovery.signal", ""); !written) return Fail(written.error());
  auto started = Start(spec, install, false);
  bool whole = !spec.restore_until.has_value();
  if (!started && started.error().message.contains(kEndedTooEarly)) {
    // Nothing was committed after the time that was asked for: then it is all that there is, provided that it is all.
    replay_->until.reset();
    whole = true;
    started = Start(spec, install, false);
  }
  replay_.reset();
  if (!started) return started;
  if (whole) {
    if (auto checked = CheckReplayed(*end); !checked) return Fail(checked.error());
  }
  // What only a start can change, and told it what to do, is taken back.
  return Start(spec, install, true);
}

Result<void> PostgresInstance::CheckReplayed(std::uint64_t until) {
  // The new timeline tells where it left the old one.
  std::string newest;
  std::error_code failed;
  for (const auto& file : fs::directory_iterator(File("data/pg_wal"), failed)) {
    const std::string name = file.path().filename();
    if (name.ends_with(".history")) newest = std::max(newest, name);
  }
  const auto branch = newest.empty() ? std::nullopt : ParseBranchPoint(ReadFile(File("data/pg_wal") + "/" + newest));
  if (branch && *branch >= until) return {};
  (void)Stop();
  return Fail(ErrorCategory::kFailed,
              fmt::format("a part of the source's log is missing: it was read up to {:X}/{:X} of {:X}/{:X}",
                          branch.value_or(0) >> 32, branch.value_or(0) & 0xffffffff, until >> 32, until & 0xffffffff));
}

}  // namespace rdsteady::local
