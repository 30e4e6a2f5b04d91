// The daemon's life as its clients see it: start, stop, status, reset.
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/json.h"
#include "base/text.h"
#include "local/engine/postgres_host.h"
#include "local/server/home.h"
#include "local/server/local_rds.h"
#include "local/server/loopback_client.h"

namespace rdsteady::local {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The engines' recovery after a crash is not waited for: the server answers before its databases are up.
constexpr milliseconds kStartDeadline{30'000};
// Fast shutdown of the databases with their checkpoints, then less polite means; see PostgresHost.
constexpr milliseconds kStopDeadline{60'000};

// Of the caller's environment the daemon sees only this. A manifest's secrets come from environment variables, and a
// daemon that some `apply` started lives on with them.
constexpr std::array<std::string_view, 13> kPassedOn{
    "HOME",          "USER",         "LOGNAME",       "PATH",         "LANG",         "LC_ALL",           "TMPDIR",
    "RDSTEADY_HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "LLVM_PROFILE_FILE"};

std::vector<std::string> DaemonEnvironment() {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (std::ranges::find(kPassedOn, name) != kPassedOn.end() || name.starts_with("XDG_"))
      environment.emplace_back(text);
  }
  return environment;
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts)
    pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Double fork: the daemon is nobody's child and has no terminal. Answers its process number.
Result<pid_t> Launch(const std::vector<std::string>& arguments, int log) {
  const std::vector<std::string> environment = DaemonEnvironment();
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  std::array<int, 2> channel{};
  if (::pipe2(channel.data(), O_CLOEXEC) != 0) return Fail(ErrorCategory::kInternal, std::strerror(errno));
  const Fd from(channel[0]);
  Fd to(channel[1]);
  const pid_t middle = ::fork();
  if (middle < 0) return Fail(ErrorCategory::kInternal, fmt::format("cannot fork: {}", std::strerror(errno)));
  if (middle == 0) {
    // Only async-signal-safe calls from here on: the caller may have threads.
    ::setsid();
    const pid_t daemon = ::fork();
    if (daemon != 0) {
      (void)!::write(to.get(), &daemon, sizeof daemon);
      ::_exit(0);
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, 0);
    ::dup2(log, 1);
    ::dup2(log, 2);
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    (void)!::chdir("/");
    ::execve(argv[0], argv.data(), envp.data());
    constexpr std::string_view kFailed = "the program cannot be run\n";
    (void)!::write(2, kFailed.data(), kFailed.size());
    ::_exit(127);
  }
  to.Reset();
  pid_t daemon = -1;
  const bool told = ::read(from.get(), &daemon, sizeof daemon) == sizeof daemon;
  int status = 0;
  while (::waitpid(middle, &status, 0) < 0 && errno == EINTR) {
  }
  if (!told || daemon < 0) return Fail(ErrorCategory::kInternal, "the local RDS could not be started");
  return daemon;
}

std::string Since(const std::string& path, std::uintmax_t start) {
  const auto text = ReadWhole(path);
  if (!text || !*text || (*text)->size() <= start) return {};
  std::string tail = (*text)->substr(start);
  constexpr std::size_t kMost = 2000;
  if (tail.size() > kMost) tail.erase(0, tail.size() - kMost);
  return std::string(Trim(tail));
}

Result<void> CheckVersion(const LocalEndpoint& running) {
  if (running.version == RDSTEADY_VERSION) return {};
  return Fail(ErrorCategory::kUsage,
              fmt::format("the local RDS that runs (process {}) is rdsteady {}, and this is {}", running.pid,
                          running.version, RDSTEADY_VERSION),
              "restart it with 'rdsteady local restart'");
}

Result<LocalEndpoint> AwaitHealthy(const Places& places, pid_t daemon, std::uintmax_t log_start) {
  const HomeFiles files(places);
  const auto end = steady_clock::now() + kStartDeadline;
  const auto failed = [&](std::string_view what) {
    const std::string said = Since(files.server_log, log_start);
    return Fail(ErrorCategory::kFailed, fmt::format("the local RDS {}{}{}", what, said.empty() ? "" : ": ", said),
                fmt::format("its log is {}", files.server_log));
  };
  const auto process = WatchProcess(daemon);
  while (true) {
    if (auto endpoint = ReadEndpoint(places); endpoint && endpoint->pid == daemon) {
      auto health =
          AskLoopback(endpoint->url, {.method = "GET", .path = "/_rdsteady/health"}, nullptr, milliseconds(2'000));
      if (health && health->status == 200) return endpoint;
    }
    if (!process || AwaitExit(*process, milliseconds(10))) return failed("did not start");
    if (steady_clock::now() > end) {
      ::kill(daemon, SIGTERM);
      return failed(fmt::format("did not answer within {} s", kStartDeadline.count() / 1000));
    }
  }
}

}  // namespace

Result<LocalEndpoint> StartDaemon(const Places& places, const std::string& program, int port,
                                  const std::vector<std::string>& more_arguments) {
  const auto running = [&]() -> Result<LocalEndpoint> {
    auto endpoint = ReadEndpoint(places);
    if (!endpoint) return endpoint;
    if (auto same = CheckVersion(*endpoint); !same) return Fail(same.error());
    return endpoint;
  };
  if (LookForServer(places) == Presence::kRunning) return running();
  if (auto made = PrepareFolders(places); !made) return Fail(made.error());
  const HomeFiles files(places);
  auto turn = Lock(files.start_lock, kStartDeadline + milliseconds(10'000));
  if (!turn) return Fail(turn.error());
  if (!*turn) return Fail(ErrorCategory::kFailed, "another start of the local RDS does not come to its end");
  // Whoever had the turn before us may have started it; and one that somebody started by hand may be on its way.
  const auto end = steady_clock::now() + kStartDeadline;
  while (LookForServer(places) == Presence::kStarting && steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  if (LookForServer(places) != Presence::kNone) return running();
  const Fd log(::open(files.server_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!log.valid()) {
    return Fail(ErrorCategory::kUsage, fmt::format("{}: {}", files.server_log, std::strerror(errno)));
  }
  const off_t log_start = ::lseek(log.get(), 0, SEEK_END);
  std::vector<std::string> arguments{program, "local", "start", "--foreground", "--port", std::to_string(port)};
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  auto daemon = Launch(arguments, log.get());
  if (!daemon) return Fail(daemon.error());
  return AwaitHealthy(places, *daemon, static_cast<std::uintmax_t>(std::max<off_t>(log_start, 0)));
}

Result<void> StopDaemon(const Places& places) {
  const HomeFiles files(places);
  auto endpoint = ReadEndpoint(places);
  if (!endpoint) {
    if (LookForServer(places) != Presence::kNone) return Fail(endpoint.error());
    // A server that was killed leaves its databases running.
    StopOrphanedServers(files.engines);
    return {};
  }
  auto process = WatchProcess(endpoint->pid);
  if (process) {
    // The number is the lock holder's: it was written by it, and the lock is still held.
    if (IsLocked(files.lock)) ::kill(endpoint->pid, SIGTERM);
    if (!AwaitExit(*process, kStopDeadline)) {
      return Fail(ErrorCategory::kFailed,
                  fmt::format("the local RDS (process {}) did not stop within {} s", endpoint->pid,
                              kStopDeadline.count() / 1000),
                  fmt::format("its log is {}", files.server_log));
    }
  }
  return {};
}

Result<void> ResetState(const Places& places) {
  const HomeFiles files(places);
  std::error_code failed;
  if (!std::filesystem::exists(places.home, failed)) return {};
  auto lock = LockHome(places);
  if (!lock) return Fail(lock.error());
  if (!*lock) {
    return Fail(ErrorCategory::kUsage, "the local RDS is running: its state cannot be reset",
                "stop it with 'rdsteady local stop' first");
  }
  StopOrphanedServers(files.engines);
  // The state last: should this be interrupted, a second reset finds everything that it has to remove.
  for (const std::string& path :
       {files.engines, files.sockets, files.endpoint, files.state + "-wal", files.state + "-shm", files.state}) {
    std::filesystem::remove_all(path, failed);
    if (failed) return Fail(ErrorCategory::kFailed, fmt::format("{}: {}", path, failed.message()));
  }
  return {};
}

Result<Properties> DaemonStatus(const Places& places) {
  auto endpoint = ReadEndpoint(places);
  if (!endpoint) return Fail(endpoint.error());
  auto answer = AskLoopback(endpoint->url, {.method = "GET", .path = "/_rdsteady/status"}, &endpoint->credentials,
                            milliseconds(10'000));
  if (!answer) return Fail(answer.error());
  auto value = ParseJson(answer->body);
  if (answer->status != 200 || !value || !value->Is<Properties>()) {
    return Fail(ErrorCategory::kTransport,
                fmt::format("the local RDS at {} answered its status with {}", endpoint->url, answer->status),
                "restart it with 'rdsteady local restart'");
  }
  return value->As<Properties>();
}

}  // namespace rdsteady::local
