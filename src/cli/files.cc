#include "cli/files.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace rdsteady::cli {
namespace {

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void> WritePrivateFile(const std::string& path, std::string_view text) {
  const auto refuse = [&](int reason) {
    return Fail(ErrorCategory::kUsage, fmt::format("'{}' cannot be written: {}", path, std::strerror(reason)));
  };
  struct stat there{};
  if (::stat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode))
    return Fail(ErrorCategory::kUsage, fmt::format("'{}' cannot be written: it is no file", path));
  // Beside the file, because a rename within one folder is whole or not at all; created with 0600.
  std::string beside = path + ".XXXXXX";
  const int file = ::mkostemp(beside.data(), O_CLOEXEC);
  if (file < 0) return refuse(errno);
  int failed = 0;
  if (!WriteAll(file, text) || ::fsync(file) != 0) failed = errno;
  if (::close(file) != 0 && failed == 0) failed = errno;
  if (failed == 0 && ::rename(beside.c_str(), path.c_str()) != 0) failed = errno;
  if (failed == 0) return {};
  ::unlink(beside.c_str());
  return refuse(failed);
}

}  // namespace rdsteady::cli
