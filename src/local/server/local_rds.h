// LocalRds: the running local RDS: HTTP server, control plane, store and engines together.
//
//   auto rds = LocalRds::Open({.home = home});   // Errors: kUsage (home unusable, another server owns it), kInternal
//   rds->Run();                                  // returns after Stop(), SIGTERM handling is the caller's
//
// Open() binds and recovers; Run() serves on the calling thread; Stop() may be called from any thread or signal-safe
// context through the returned object. Everything listens on loopback only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "local/sim/sim.h"
#include "rdsteady/error.h"
#include "wire/sigv4.h"

namespace rdsteady::local {

// Where things live. As root: /var/lib/rdsteady and /run/rdsteady; as a user: the XDG state and runtime folders;
// RDSTEADY_HOME moves all of it.
struct Places {
  std::string home;     // state.sqlite, credentials.json, lock, log/, engines/
  std::string runtime;  // endpoint.json, start.lock, sockets (short path)
};
// The only function here that reads the environment.
[[nodiscard]] Result<Places> FindPlaces();

// Observes and may hold calls; tests use it to kill a client before and after a call's effect. Runs on the server's
// thread pool, one call at a time per connection.
struct ServerHooks {
  std::function<void(const Call&)> before_effect{};
  std::function<void(const Call&)> after_effect{};
};

struct LocalRdsOptions {
  Places places;
  int port = 0;  // 0: the last one used, else any free one
  std::string address = "127.0.0.1";
  SimOptions sim{};
  bool simulate_all = false;  // no engine is started; everything is simulated
  ServerHooks hooks{};
};

// What a client needs: written to runtime/endpoint.json by the server.
struct LocalEndpoint {
  std::string url;      // http://127.0.0.1:PORT
  std::string region;   // us-east-1
  std::string account;  // 123456789012
  wire::Credentials credentials;
  int pid = 0;
  std::string version;
};

class LocalRds {
 public:
  [[nodiscard]] static Result<std::unique_ptr<LocalRds>> Open(LocalRdsOptions options);
  ~LocalRds();
  [[nodiscard]] const LocalEndpoint& endpoint() const;
  void Run();
  void Stop();

 private:
  class Impl;
  explicit LocalRds(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// For clients, and for the daemon's life. Each waits, with a deadline, for what it says.
[[nodiscard]] Result<LocalEndpoint> ReadEndpoint(const Places& places);  // kUsage when it is not running
// Idempotent. Runs `program local start --foreground --port N` and what else is given (--simulate), away from the
// terminal and without the caller's environment, which may hold secrets.
[[nodiscard]] Result<LocalEndpoint> StartDaemon(const Places& places, const std::string& program, int port,
                                                const std::vector<std::string>& more_arguments = {});
// Idempotent; stops the databases too, those of a server that was killed included.
[[nodiscard]] Result<void> StopDaemon(const Places& places);
[[nodiscard]] Result<void> ResetState(const Places& places);  // REQUIRES: not running
[[nodiscard]] Result<Properties> DaemonStatus(const Places& places);

}  // namespace rdsteady::local
