#include "local/engine/postgres_files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "local/engine/process.h"

namespace rdsteady::local {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::unexpected<Error> SystemFailure(const std::string& path) {
  return Fail(ErrorCategory::kFailed, fmt::format("{}: {}", path, std::strerror(errno)));
}

std::unexpected<Error> Interrupted() {
  return Fail(ErrorCategory::kInterrupted, "the server is stopping");
}

Result<void> MakeFolder(const std::string& path, const EngineUser& user) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return SystemFailure(path);
  // Through a handle: the engine's user could put a link in the folder's place.
  const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.valid()) return SystemFailure(path);
  if (user.switches && ::fchown(folder.get(), user.uid, user.gid) != 0) return SystemFailure(path);
  if (::fchmod(folder.get(), 0700) != 0) return SystemFailure(path);
  return {};
}

Result<void> RemoveTree(const std::string& path) {
  std::error_code failed;
  std::filesystem::remove_all(path, failed);
  if (failed) return Fail(ErrorCategory::kFailed, fmt::format("{}: {}", path, failed.message()));
  return {};
}

}  // namespace rdsteady::local
