// What the control plane asks of a database engine, and what comes back. Values only; see engine/engine_host.h for who
// carries them out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"

namespace rdsteady::local {

enum class EngineVerb : std::uint8_t {
  // Create the data directory, start, create database and user. With source_resource_id: as its replica. With
  // snapshot_id: from its data; with log_of besides: with what that instance's log has after it.
  kProvision,
  kStart,  // start an existing data directory
  kStop,
  kRestart,      // stop and start with the spec's parameters, port and address
  kReload,       // write the spec's parameters; what is dynamic takes effect, what is static waits for kRestart
  kSetPassword,  // master user gets spec.password_verifier
  kPromote,      // a replica becomes writable
  kDestroy,      // stop and remove everything of the instance
  kSnapshot,     // copy the data into snapshot_id
  kDiscard,      // remove the snapshot that resource_id names
};

struct EngineSpec {
  std::string resource_id;     // DbiResourceId: names the directory, never changes
  std::string identifier;      // DBInstanceIdentifier, for messages
  std::string engine;          // postgres
  std::string engine_version;  // 15.10: the major decides which binaries run
  std::string address;         // of 127.0.0.0/8, the instance's own
  int port = 0;
  std::string db_name;  // empty: none is created
  std::string master_username;
  // What the engine stores in place of a password: SCRAM-SHA-256$4096:<salt>$<stored>:<server> for PostgreSQL.
  std::string password_verifier;
  std::map<std::string, std::string> parameters;  // evaluated values that a user set; system defaults are not listed
  std::string source_resource_id;                 // of a replica; empty otherwise
  std::string source_address;
  int source_port = 0;
  std::int64_t memory_bytes = 0;         // the instance class's memory, 0 when unknown
  bool keeps_log = false;                // whether its log is archived, so that points in time can be restored
  std::string snapshot_id;               // kSnapshot: to make; kProvision: to restore
  std::string oldest_snapshot_id;        // kSnapshot: the log before that one is no longer needed
  std::string log_of;                    // a resource id
  std::optional<Instant> restore_until;  // nothing: all of the log
};

struct EngineJob {
  std::uint64_t id = 0;
  EngineVerb verb = EngineVerb::kProvision;
  EngineSpec spec;
};

struct EngineReport {
  std::uint64_t job_id = 0;
  bool ok = true;
  std::string message;  // why it failed, for the event and the status reason; no secret
};

}  // namespace rdsteady::local
