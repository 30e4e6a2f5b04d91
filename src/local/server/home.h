// The local RDS's folders and files: made with the right owner and permissions, locked against a second server, and
// read by clients.
#pragma once

#include <optional>
#include <string>

#include "local/engine/process.h"
#include "local/server/local_rds.h"

namespace rdsteady::local {

struct HomeFiles {
  explicit HomeFiles(const Places& places);
  std::string state;        // home/state.sqlite
  std::string credentials;  // home/credentials.json
  std::string lock;         // home/lock: held as long as a server runs
  std::string engines;      // home/engines
  std::string access_log;   // home/log/access.log
  std::string server_log;   // home/log/server.log
  std::string endpoint;     // runtime/endpoint.json
  std::string start_lock;   // runtime/start.lock: held while a start is under way
  std::string sockets;      // runtime/s
};

// Creates what is missing. Errors: kUsage when a folder belongs to somebody else, may be written by others, or cannot
// be created.
[[nodiscard]] Result<void> PrepareFolders(const Places& places);

// Locks `path`, waiting until the deadline. The lock ends with the descriptor, kill -9 included. nullopt: held by
// another.
[[nodiscard]] Result<std::optional<Fd>> Lock(const std::string& path, std::chrono::milliseconds deadline);
[[nodiscard]] bool IsLocked(const std::string& path);
// Takes the home for a server, or for what needs that none runs; nullopt when one does. A server that was killed while
// it started a database leaves the lock to that child until it is a program of its own: such a moment is waited for.
[[nodiscard]] Result<std::optional<Fd>> LockHome(const Places& places);

// Whether a server runs on these places, as its lock and its endpoint.json tell.
enum class Presence : std::uint8_t { kNone, kStarting, kRunning };
[[nodiscard]] Presence LookForServer(const Places& places);

// Written to a new file and renamed, so that a reader sees the old or the new text, never a part.
[[nodiscard]] Result<void> WriteAtomically(const std::string& path, const std::string& text, mode_t mode);
// nullopt when it is not there.
[[nodiscard]] Result<std::optional<std::string>> ReadWhole(const std::string& path);

// The key pair that this home's server accepts; made at the first call.
[[nodiscard]] Result<wire::Credentials> LoadCredentials(const Places& places, bool create);
[[nodiscard]] Result<void> WriteEndpoint(const Places& places, const LocalEndpoint& endpoint);

// `count` random letters out of `alphabet`, from the system.
[[nodiscard]] std::string RandomText(std::size_t count, std::string_view alphabet);

}  // namespace rdsteady::local
