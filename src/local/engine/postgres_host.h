// PostgresHost: the EngineHost that runs real PostgreSQL servers on this machine.
//
// One queue per instance, worked off by a few threads; a thread of its own watches the servers and starts one again
// that died by itself (a few times; then it stays down and the log says so). Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "local/engine/engine_host.h"
#include "rdsteady/error.h"

namespace rdsteady::local {

struct PostgresHostOptions {
  std::string engines;  // made when it is not there, owned by the engine's user
  std::string sockets;  // likewise; short
  std::string programs = "/usr/lib/postgresql";
  std::function<void(std::string_view)> log = [](std::string_view) {};  // called from any thread
  std::chrono::seconds deaths_within{60};  // a server that dies more often than three times in this time stays down
  bool prepare_early = true;               // make the template while nobody waits for it
};

// Errors: kUsage when the folders cannot be used by the engine's user, naming the folder that bars it.
[[nodiscard]] Result<std::unique_ptr<EngineHost>> MakePostgresHost(PostgresHostOptions options);

// Stops the servers that run on data directories below `engines` and whose parent was killed. REQUIRES: no host works
// on the folder.
void StopOrphanedServers(const std::string& engines);

}  // namespace rdsteady::local
