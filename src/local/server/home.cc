#include "local/server/home.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/json.h"
#include "wire/sigv4.h"

namespace rdsteady::local {
namespace {

namespace fs = std::filesystem;

// What the runtime folder's path may have so that "/s/<resource id>/.s.PGSQL.<port>" still is a socket's path.
constexpr std::size_t kMaxRuntimePath = 107 - 48;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::unexpected<Error> SystemFailure(const std::string& path) {
  return Fail(ErrorCategory::kUsage, fmt::format("{}: {}", path, std::strerror(errno)));
}

// A folder of ours: made with `mode`, or there already, ours, and writable by nobody else.
Result<void> OwnFolder(const std::string& path, mode_t mode) {
  std::error_code failed;
  fs::create_directories(fs::path(path).parent_path(), failed);
  if (failed) return Fail(ErrorCategory::kUsage, fmt::format("{}: {}", path, failed.message()));
  if (::mkdir(path.c_str(), mode) == 0) {
    if (::chmod(path.c_str(), mode) != 0) return SystemFailure(path);  // whatever the umask is
    return {};
  }
  if (errno != EEXIST) return SystemFailure(path);
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return SystemFailure(path);
  if (S_ISLNK(info.st_mode) && ::stat(path.c_str(), &info) != 0) return SystemFailure(path);
  if (!S_ISDIR(info.st_mode)) return Fail(ErrorCategory::kUsage, fmt::format("{} is no folder", path));
  if (info.st_uid != ::geteuid()) {
    return Fail(ErrorCategory::kUsage, fmt::format("{} belongs to another user", path),
                "choose another folder with RDSTEADY_HOME");
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Fail(ErrorCategory::kUsage, fmt::format("{} can be written by other users", path),
                fmt::format("chmod go-w {}", path));
  }
  return {};
}

constexpr std::chrono::seconds kChildDeadline{10};  // between a server's fork and what its child becomes

struct flock WholeFile() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string Text(const Properties& properties, std::string_view name) {
  const Value* value = Find(properties, name);
  const auto* text = value == nullptr ? nullptr : value->If<std::string>();
  return text == nullptr ? std::string() : *text;
}

Result<std::optional<Properties>> ReadJson(const std::string& path) {
  auto text = ReadWhole(path);
  if (!text) return Fail(text.error());
  if (!*text) return std::nullopt;
  auto value = ParseJson(**text);
  if (!value || !value->Is<Properties>()) {
    return Fail(ErrorCategory::kUsage, fmt::format("{} is damaged", path),
                "stop the local RDS, remove the file and start again");
  }
  return value->As<Properties>();
}

// 0: none stands there.
pid_t PidIn(const Properties& endpoint) {
  const Value* pid = Find(endpoint, "pid");
  return pid != nullptr && pid->Is<std::int64_t>() ? static_cast<pid_t>(pid->As<std::int64_t>()) : 0;
}

// Whether the server that wrote endpoint.json is gone. One that has not written it yet lives.
bool HolderIsDead(const HomeFiles& files) {
  const auto endpoint = ReadJson(files.endpoint);
  const pid_t pid = endpoint && *endpoint ? PidIn(**endpoint) : 0;
  return pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
}

}  // namespace

HomeFiles::HomeFiles(const Places& places)
    : state(places.home + "/state.sqlite"),
      credentials(places.home + "/credentials.json"),
      lock(places.home + "/lock"),
      engines(places.home + "/engines"),
      access_log(places.home + "/log/access.log"),
      server_log(places.home + "/log/server.log"),
      endpoint(places.runtime + "/endpoint.json"),
      start_lock(places.runtime + "/start.lock"),
      sockets(places.runtime + "/s") {}

Result<Places> FindPlaces() {
  const uid_t uid = ::geteuid();
  if (const std::string set = Environment("RDSTEADY_HOME"); !set.empty()) {
    std::error_code failed;
    std::string home = fs::absolute(set, failed).lexically_normal().string();
    while (home.size() > 1 && home.back() == '/')
      home.pop_back();
    if (failed) return Fail(ErrorCategory::kUsage, fmt::format("RDSTEADY_HOME={}: {}", set, failed.message()));
    std::string runtime = home + "/run";
    if (runtime.size() > kMaxRuntimePath) {
      const std::string name = wire::Sha256Hex(home).substr(0, 12);
      runtime = uid == 0 ? fmt::format("/run/rdsteady-{}", name) : fmt::format("/tmp/rdsteady-{}-{}", uid, name);
    }
    return Places{.home = home, .runtime = runtime};
  }
  if (uid == 0) return Places{.home = "/var/lib/rdsteady", .runtime = "/run/rdsteady"};

  std::string state = Environment("XDG_STATE_HOME");
  if (state.empty() || state[0] != '/') {
    const std::string home = Environment("HOME");
    if (home.empty() || home[0] != '/') {
      return Fail(ErrorCategory::kUsage, "there is no home folder to keep the local RDS in: HOME is not set",
                  "set RDSTEADY_HOME to a folder");
    }
    state = home + "/.local/state";
  }
  std::string runtime = Environment("XDG_RUNTIME_DIR");
  runtime = runtime.empty() || runtime[0] != '/' ? std::string() : runtime + "/rdsteady";
  if (runtime.empty() || runtime.size() > kMaxRuntimePath) runtime = fmt::format("/tmp/rdsteady-{}", uid);
  return Places{.home = state + "/rdsteady", .runtime = runtime};
}

Result<void> PrepareFolders(const Places& places) {
  // As root the databases' user has to pass through on the way to its own folders.
  const mode_t passable = ::geteuid() == 0 ? 0711 : 0700;
  if (auto made = OwnFolder(places.home, passable); !made) return made;
  if (auto made = OwnFolder(places.home + "/log", 0700); !made) return made;
  return OwnFolder(places.runtime, passable);
}

Result<std::optional<Fd>> Lock(const std::string& path, std::chrono::milliseconds deadline) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return SystemFailure(path);
  const auto end = std::chrono::steady_clock::now() + deadline;
  // A lock of the open file, not of the process: it is ours even if another part of this program opens the file.
  for (struct flock lock = WholeFile(); ::fcntl(file.get(), F_OFD_SETLK, &lock) != 0; lock = WholeFile()) {
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) return SystemFailure(path);
    if (std::chrono::steady_clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return file;
}

bool IsLocked(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  struct flock lock = WholeFile();
  return file.valid() && ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

Result<std::optional<Fd>> LockHome(const Places& places) {
  const HomeFiles files(places);
  auto lock = Lock(files.lock, std::chrono::milliseconds(0));
  if (!lock || *lock || !HolderIsDead(files)) return lock;
  return Lock(files.lock, kChildDeadline);
}

Presence LookForServer(const Places& places) {
  const HomeFiles files(places);
  // A file alone proves nothing: a server that was killed leaves it behind.
  if (!IsLocked(files.lock) || HolderIsDead(files)) return Presence::kNone;
  return ::access(files.endpoint.c_str(), F_OK) == 0 ? Presence::kRunning : Presence::kStarting;
}

Result<void> WriteAtomically(const std::string& path, const std::string& text, mode_t mode) {
  const std::string fresh = fmt::format("{}.{}.new", path, ::getpid());
  ::unlink(fresh.c_str());
  const Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file.valid()) return SystemFailure(fresh);
  const bool written = ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!written || ::fsync(file.get()) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0) {
    auto failure = SystemFailure(path);
    ::unlink(fresh.c_str());
    return failure;
  }
  return {};
}

Result<std::optional<std::string>> ReadWhole(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT) return std::nullopt;
    return SystemFailure(path);
  }
  std::string text;
  char block[4096];
  ssize_t got = 0;
  while ((got = ::read(file.get(), block, sizeof block)) > 0)
    text.append(block, static_cast<std::size_t>(got));
  if (got < 0) return SystemFailure(path);
  return text;
}

std::string RandomText(std::size_t count, std::string_view alphabet) {
  std::string text;
  while (text.size() < count) {
    unsigned char byte = 0;
    if (::getrandom(&byte, 1, 0) != 1) continue;
    // Bytes beyond the last whole multiple would make the first letters likelier.
    if (byte < 256 / alphabet.size() * alphabet.size()) text += alphabet[byte % alphabet.size()];
  }
  return text;
}

Result<wire::Credentials> LoadCredentials(const Places& places, bool create) {
  const HomeFiles files(places);
  auto read = ReadJson(files.credentials);
  if (!read) return Fail(read.error());
  if (*read) {
    wire::Credentials found{.access_key_id = Text(**read, "AccessKeyId"),
                            .secret_access_key = Text(**read, "SecretAccessKey")};
    if (!found.access_key_id.empty() && !found.secret_access_key.empty()) return found;
  }
  if (!create) {
    return Fail(ErrorCategory::kUsage, fmt::format("{} is missing or incomplete", files.credentials),
                "start the local RDS again");
  }
  wire::Credentials made{
      .access_key_id = "LOCALRDS" + RandomText(12, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
      .secret_access_key = RandomText(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")};
  const Properties text{{"AccessKeyId", made.access_key_id}, {"SecretAccessKey", made.secret_access_key}};
  if (auto written = WriteAtomically(files.credentials, ToJson(text, {.pretty = true}) + "\n", 0600); !written) {
    return Fail(written.error());
  }
  return made;
}

Result<void> WriteEndpoint(const Places& places, const LocalEndpoint& endpoint) {
  // The secret key stays in credentials.json, the one place for it.
  const Properties text{{"format_version", 1},         {"url", endpoint.url}, {"region", endpoint.region},
                        {"account", endpoint.account}, {"pid", endpoint.pid}, {"version", endpoint.version}};
  return WriteAtomically(HomeFiles(places).endpoint, ToJson(text, {.pretty = true}) + "\n", 0600);
}

Result<LocalEndpoint> ReadEndpoint(const Places& places) {
  const HomeFiles files(places);
  if (LookForServer(places) == Presence::kNone) {
    return Fail(ErrorCategory::kUsage, "the local RDS is not running", "start it with 'rdsteady local start'");
  }
  auto read = ReadJson(files.endpoint);
  if (!read) return Fail(read.error());
  if (!*read) return Fail(ErrorCategory::kUsage, "the local RDS is still starting", "try again in a moment");
  auto credentials = LoadCredentials(places, false);
  if (!credentials) return Fail(credentials.error());
  return LocalEndpoint{.url = Text(**read, "url"),
                       .region = Text(**read, "region"),
                       .account = Text(**read, "account"),
                       .credentials = std::move(*credentials),
                       .pid = PidIn(**read),
                       .version = Text(**read, "version")};
}

}  // namespace rdsteady::local
