#include "local/engine/process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace rdsteady::local {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxOutput = 64 * 1024;

// The whole environment of every child. Nothing of ours is passed on: it may hold a secret that a manifest names.
constexpr std::array<const char*, 6> kEnvironment{
    "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=/nonexistent", "TMPDIR=/tmp", nullptr};

// glibc 2.36 has a wrapper, whose header cannot be used from C++ (it lacks extern "C").
int PidFd(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

struct ChildPlan {
  const char* program;
  char* const* argv;
  const char* folder;
  const EngineUser* user;
  int input;
  int output;
  pid_t ends_with;  // killed when this process is gone; -1: lives on
};

// Between fork and exec in a program with threads only async-signal-safe calls are allowed: no allocation, no lock.
// The raw system calls set the ids of this process alone; libc's would look for its threads, which did not survive.
[[noreturn]] void BecomeChild(const ChildPlan& plan) {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGPIPE, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCHLD, SIGUSR1, SIGUSR2}) {
    ::signal(signal, SIG_DFL);
  }
  ::setsid();
  ::umask(077);
  bool ok = ::dup2(plan.input, 0) == 0 && ::dup2(plan.output, 1) == 1 && ::dup2(plan.output, 2) == 2;
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  if (ok && plan.user->switches) {
    ok = ::syscall(SYS_setgroups, 0, nullptr) == 0 &&
         ::syscall(SYS_setresgid, plan.user->gid, plan.user->gid, plan.user->gid) == 0 &&
         ::syscall(SYS_setresuid, plan.user->uid, plan.user->uid, plan.user->uid) == 0;
  }
  ok = ok && ::chdir(plan.folder) == 0;
  if (plan.ends_with > 0) {
    // After the change of ids, which clears it. Whoever died before is nobody's parent any more.
    ok = ok && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == plan.ends_with;
  }
  if (ok) ::execve(plan.program, plan.argv, const_cast<char* const*>(kEnvironment.data()));
  ::_exit(127);
}

enum class Lives : std::uint8_t { kOn, kWithUs };

Result<Running> Spawn(const Command& command, const EngineUser& user, int input, int output, Lives lives) {
  std::vector<char*> argv;
  argv.reserve(command.argv.size() + 1);
  for (const std::string& argument : command.argv)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const ChildPlan plan{.program = argv[0],
                       .argv = argv.data(),
                       .folder = command.folder.c_str(),
                       .user = &user,
                       .input = input,
                       .output = output,
                       .ends_with = lives == Lives::kWithUs ? ::getpid() : -1};
  const pid_t pid = ::fork();
  if (pid == 0) BecomeChild(plan);
  if (pid < 0) {
    return Fail(ErrorCategory::kInternal, fmt::format("cannot start {}: {}", command.argv[0], std::strerror(errno)));
  }
  // The child is ours and not reaped yet, so the number cannot have been given to another process.
  Fd handle(PidFd(pid));
  return Running{.pid = pid, .handle = std::move(handle)};
}

Result<Fd> MemoryFile(std::string_view content) {
  Fd file(::memfd_create("rdsteady", MFD_CLOEXEC));
  if (!file.valid()) return Fail(ErrorCategory::kInternal, "cannot create a file in memory");
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written <= 0) return Fail(ErrorCategory::kInternal, "cannot write a file in memory");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::string ReadTail(int fd) {
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size <= 0) return {};
  const auto length = std::min<std::size_t>(static_cast<std::size_t>(size), kMaxOutput);
  std::string text(length, '\0');
  const ssize_t got = ::pread(fd, text.data(), length, size - static_cast<off_t>(length));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

int Reap(const Running& process) {
  siginfo_t info{};
  if (::waitid(P_PIDFD, static_cast<id_t>(process.handle.get()), &info, WEXITED) != 0) return -1;
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) Reset(other.Release());
  return *this;
}

void Fd::Reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<Finished> RunProcess(const Command& command, const EngineUser& user, int cancel) {
  auto input = MemoryFile(command.input);
  if (!input) return Fail(input.error());
  auto output = MemoryFile({});
  if (!output) return Fail(output.error());
  auto process = Spawn(command, user, input->get(), output->get(), Lives::kWithUs);
  if (!process) return Fail(process.error());

  Finished finished;
  const auto end = steady_clock::now() + command.deadline;
  while (true) {
    std::array<pollfd, 2> waits{pollfd{process->handle.get(), POLLIN, 0}, pollfd{cancel, POLLIN, 0}};
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now()).count();
    const int ready = left <= 0 ? 0 : ::poll(waits.data(), waits.size(), static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready > 0 && (waits[0].revents & POLLIN) != 0) break;
    finished.cancelled = ready > 0;
    finished.timed_out = ready <= 0;
    // The group: tools such as initdb have children of their own.
    ::kill(-process->pid, SIGKILL);
    ::kill(process->pid, SIGKILL);
    break;
  }
  finished.exit_status = Reap(*process);
  finished.output = ReadTail(output->get());
  return finished;
}

Result<Running> StartProcess(const Command& command, const EngineUser& user, int log) {
  auto input = MemoryFile(command.input);
  if (!input) return Fail(input.error());
  return Spawn(command, user, input->get(), log, Lives::kOn);
}

Result<Running> WatchProcess(pid_t pid) {
  Fd handle(PidFd(pid));
  if (!handle.valid()) return Fail(ErrorCategory::kInternal, fmt::format("process {} is gone", pid));
  return Running{.pid = pid, .handle = std::move(handle)};
}

bool AwaitExit(const Running& process, milliseconds deadline, int cancel) {
  const auto end = steady_clock::now() + deadline;
  while (true) {
    std::array<pollfd, 2> waits{pollfd{process.handle.get(), POLLIN, 0}, pollfd{cancel, POLLIN, 0}};
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now()).count();
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(std::max<long>(left, 0)));
    if (ready > 0 && (waits[0].revents & POLLIN) != 0) {
      Reap(process);
      return true;
    }
    if (ready >= 0 || errno != EINTR) return false;
  }
}

bool Pause(milliseconds duration, int cancel) {
  pollfd wait{cancel, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(duration.count())) <= 0;
}

}  // namespace rdsteady::local
