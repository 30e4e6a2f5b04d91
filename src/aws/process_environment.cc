// The only part of the configuration that touches the process.
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "aws/config.h"

namespace rdsteady::aws {
namespace {

constexpr off_t kMaxFile = 8 << 20;

Result<std::optional<std::string>> ReadFile(const std::string& path) {
  const auto unreadable = [&](std::string_view why) {
    return Fail(ErrorCategory::kUsage, fmt::format("cannot read {}: {}", path, why));
  };
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return unreadable(std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) return unreadable("it is a folder");
  if (status.st_size > kMaxFile) return unreadable("it is larger than 8 MiB");
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(std::strerror(errno));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

Environment ProcessEnvironment() {
  Environment environment;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry = *at;
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    environment.variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  environment.read_file = ReadFile;
  return environment;
}

}  // namespace rdsteady::aws
