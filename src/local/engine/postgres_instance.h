// PostgresInstance: one database instance's PostgreSQL server: its folder, its process, its users.
//
//   engines/<resource id>/   data/  postgresql.conf  hba.conf  ident.conf  postgres.log
//                            provisioned (a mark: creation came to its end)  source (of a replica: whose)
//                            archive/ (the log since the oldest automated backup)
//   engines/<snapshot id>/   data/ (a copy that no server runs on)
//   sockets/<resource id>/   the Unix socket; only the engine's user may enter
//
// Every operation is idempotent: after a crash of ours at any moment the same operation again leads to the same state.
// A server that outlived us is found through its own postmaster.pid and adopted, or stopped when it has to change.
// Not thread-safe: one operation at a time. Errors are kFailed with a sentence for people, or kInterrupted when
// `cancel` became readable.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "local/engine/postgres_install.h"
#include "local/engine/process.h"
#include "local/sim/engine_job.h"

namespace rdsteady::local {

struct PostgresSurroundings {
  std::string engines;  // folder of the instances and the template
  std::string sockets;  // short: a socket's path has at most 107 bytes
  EngineUser user;
  int cancel = -1;  // eventfd
};

class PostgresInstance {
 public:
  PostgresInstance(const PostgresSurroundings& around, std::string resource_id);

  // Each answers what is worth telling people: parameters that were not applied. Mostly empty.
  [[nodiscard]] Result<std::string> Provision(const EngineSpec& spec, PostgresInstall& install);
  // Running with this configuration when it returns. `again` restarts a server that runs.
  [[nodiscard]] Result<std::string> Start(const EngineSpec& spec, PostgresInstall& install, bool again);
  [[nodiscard]] Result<std::string> Reload(const EngineSpec& spec, PostgresInstall& install);
  [[nodiscard]] Result<std::string> SetPassword(const EngineSpec& spec, PostgresInstall& install);
  [[nodiscard]] Result<std::string> Promote(const EngineSpec& spec, PostgresInstall& install);
  // Makes spec.snapshot_id of the data, whether the server runs or not.
  [[nodiscard]] Result<std::string> Snapshot(const EngineSpec& spec, PostgresInstall& install);
  [[nodiscard]] Result<std::string> Stop();
  [[nodiscard]] Result<std::string> Destroy(PostgresInstall* install);

  // The server's process while one is known to run.
  [[nodiscard]] const std::optional<Running>& process() const { return process_; }
  // Takes note that the process ended by itself.
  void Lost() { process_.reset(); }

 private:
  [[nodiscard]] std::string File(const char* name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::string SocketFolder(const std::string& resource_id) const;
  [[nodiscard]] bool Exists(const char* name) const;
  [[nodiscard]] Result<void> Write(const char* name, const std::string& text) const;

  [[nodiscard]] Result<std::string> PrepareFolder(const EngineSpec& spec, PostgresInstall& install);
  [[nodiscard]] Result<void> CopyFromSource(const EngineSpec& spec, PostgresInstall& install);
  [[nodiscard]] Result<void> CopyData(const std::string& folder, PostgresInstall& install);
  // postgres_restore.cc
  [[nodiscard]] Result<void> CopyFromSnapshot(const EngineSpec& spec);
  [[nodiscard]] Result<std::string> Replay(const EngineSpec& spec, PostgresInstall& install);
  [[nodiscard]] Result<std::uint64_t> SaveLogOf(const std::string& source, PostgresInstall& install, bool& runs);
  [[nodiscard]] Result<void> CheckReplayed(std::uint64_t until);
  [[nodiscard]] Result<void> KeepLog(bool keep);
  // The configuration's text; remarks are added.
  [[nodiscard]] Result<std::string> Configuration(const EngineSpec& spec, PostgresInstall& install,
                                                  std::string& remarks);
  [[nodiscard]] Result<void> Launch(const EngineSpec& spec, PostgresInstall& install, const std::string& config);
  [[nodiscard]] Result<void> AwaitReady(off_t log_start, std::chrono::milliseconds deadline);
  // Finds a server that runs on our data directory, whoever started it.
  void FindRunning();
  [[nodiscard]] Result<void> AwaitStragglers() const;
  [[nodiscard]] Result<std::string> Sql(PostgresInstall& install, const std::string& resource_id,
                                        const std::string& sql) const;
  [[nodiscard]] Result<std::string> Tool(Command command) const;
  void DropSlot(PostgresInstall& install) const;

  const PostgresSurroundings& around_;
  std::string id_;
  std::string folder_;
  std::optional<Running> process_;
  std::optional<PostgresReplay> replay_;  // while it is being restored to a point in time
};

}  // namespace rdsteady::local
