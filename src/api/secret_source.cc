#include "api/secret_source.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern char** environ;

namespace rdsteady::api {
namespace {

constexpr std::size_t kLimit = std::size_t{64} << 10;

std::unexpected<Error> Unresolved(const Secret& secret, std::string_view why, std::string hint = {}) {
  return Fail(ErrorCategory::kUsage, fmt::format("the secret from {} cannot be resolved: {}", secret.Describe(), why),
              std::move(hint));
}

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// Reads what is there now; false at the end.
bool ReadSome(int fd, std::string& out) {
  char buffer[4096];
  const ssize_t count = ::read(fd, buffer, sizeof buffer);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) return false;
  out.append(buffer, static_cast<std::size_t>(count));
  return true;
}

Result<std::string> ReadFile(const Secret& secret) {
  const std::string& path = secret.reference().front();
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return Unresolved(secret, std::strerror(errno));
  struct stat about{};
  if (::fstat(file.get(), &about) == 0 && S_ISDIR(about.st_mode)) return Unresolved(secret, "it is a folder");
  std::string text;
  while (text.size() <= kLimit && ReadSome(file.get(), text)) {
  }
  return text;
}

// Owns a child from its start to its end: whoever leaves early leaves no process behind.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // The wait status once it has ended.
  std::optional<int> Poll() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

Result<std::string> RunCommand(const Secret& secret, const std::stop_token& stop,
                               std::chrono::milliseconds time_limit) {
  std::vector<char*> argv;
  for (const std::string& word : secret.reference())
    argv.push_back(const_cast<char*>(word.c_str()));
  if (argv.empty()) return Unresolved(secret, "the command is empty");
  argv.push_back(nullptr);

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Unresolved(secret, std::strerror(errno));
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);

  // Standard error stays the user's, so that a password manager can say what is wrong; nothing is read from stdin.
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE})
    sigaddset(&defaults, signal);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int failure = ::posix_spawnp(&pid, argv.front(), &actions, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  writing.Close();
  if (failure != 0)
    return Unresolved(secret, std::strerror(failure), "commands are run without a shell: give the words as a list");

  Child child(pid);
  std::string text;
  bool open = true;
  const auto deadline = std::chrono::steady_clock::now() + time_limit;
  for (;;) {
    if (stop.stop_requested()) return Fail(ErrorCategory::kInterrupted, "interrupted while a secret was resolved");
    if (!open) {
      if (const auto status = child.Poll()) {
        if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return text;
        if (WIFSIGNALED(*status))
          return Unresolved(secret, fmt::format("it was ended by signal {}", WTERMSIG(*status)));
        return Unresolved(secret, fmt::format("it ended with status {}", WEXITSTATUS(*status)));
      }
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return Unresolved(secret,
                        fmt::format("it did not end within {} s", std::chrono::duration<double>(time_limit).count()));
    }
    pollfd waiting{.fd = open ? reading.get() : -1, .events = POLLIN, .revents = 0};
    // Short, because neither the stop nor the child's end wakes it.
    if (::poll(&waiting, 1, open ? 50 : 2) > 0) open = ReadSome(reading.get(), text);
    if (text.size() > kLimit) return Unresolved(secret, "it gave more than 64 KiB");
  }
}

Result<std::string> Checked(const Secret& secret, Result<std::string> text) {
  if (!text) return text;
  if (text->size() > kLimit) return Unresolved(secret, "it is larger than 64 KiB");
  if (secret.source() != Secret::Source::kEnv) {
    if (text->ends_with('\n')) text->pop_back();
    if (text->ends_with('\r')) text->pop_back();
  }
  if (text->empty()) return Unresolved(secret, "it is empty");
  if (text->find('\0') != std::string::npos) return Unresolved(secret, "it holds a NUL byte");
  return text;
}

}  // namespace

Result<std::string> ProcessSecretSource::Resolve(const Secret& secret) {
  switch (secret.source()) {
    case Secret::Source::kLiteral: return secret.Reveal();
    case Secret::Source::kEnv: {
      const char* text = std::getenv(secret.reference().front().c_str());
      if (text == nullptr) return Unresolved(secret, "the variable is not set");
      return Checked(secret, std::string(text));
    }
    case Secret::Source::kFile: return Checked(secret, ReadFile(secret));
    case Secret::Source::kCommand: return Checked(secret, RunCommand(secret, stop_, time_limit_));
  }
  return Unresolved(secret, "its source is not known");
}

}  // namespace rdsteady::api
