// Child processes: started as the engine's user, in a process group of their own, with a clean environment and no open
// file but the standard three; awaited with a deadline.
//
// What a child is told in secret goes through its standard input, never through its arguments or its environment.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "local/engine/engine_user.h"
#include "rdsteady/error.h"

namespace rdsteady::local {

// A file descriptor that is closed with its owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { Reset(); }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

struct Command {
  std::vector<std::string> argv;  // argv[0] is the program's path
  std::string input{};            // its standard input
  std::string folder = "/";       // its working folder
  std::chrono::milliseconds deadline{60'000};
};

struct Finished {
  int exit_status = -1;  // 128 + signal when it was killed
  std::string output;    // standard output and standard error together, at most the last 64 KiB
  bool timed_out = false;
  bool cancelled = false;
};

// Runs it to its end. It is killed when the deadline passes, when `cancel` (an eventfd, -1 for none) is readable, and
// with this process: what is left of a killed server must not go on writing into the folders of the next one.
// Errors: kInternal when it cannot be started.
[[nodiscard]] Result<Finished> RunProcess(const Command& command, const EngineUser& user, int cancel = -1);

// A process that goes on: its handle becomes readable when it ends.
struct Running {
  pid_t pid = -1;
  Fd handle;  // pidfd
};
// Standard output and error go to `log`, which stays the caller's.
[[nodiscard]] Result<Running> StartProcess(const Command& command, const EngineUser& user, int log);
// A handle for a process that is not our child. Errors: kInternal when it is gone.
[[nodiscard]] Result<Running> WatchProcess(pid_t pid);

// True when the process behind the handle ended within the time and before `cancel` became readable. A child of ours is
// reaped.
[[nodiscard]] bool AwaitExit(const Running& process, std::chrono::milliseconds deadline, int cancel = -1);
// Sleeps, but not beyond the moment when `cancel` becomes readable; false when it is.
[[nodiscard]] bool Pause(std::chrono::milliseconds duration, int cancel);

}  // namespace rdsteady::local
