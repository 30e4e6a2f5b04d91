// DiskFileSource: manifests from this machine's files.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
#include "manifest/manifest.h"
#include "manifest/yaml.h"

namespace rdsteady::manifest {
namespace {

std::unexpected<Error> Unreadable(std::string reason, std::string hint = {}) {
  return Fail(ErrorCategory::kUsage, std::move(reason), std::move(hint));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

constexpr std::string_view kTooLarge = "larger than 64 MiB";

}  // namespace

Result<std::string> DiskFileSource::Read(const std::string& path) const {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return Unreadable("no such file");
    if (errno == EACCES) return Unreadable("no permission to read it");
    return Unreadable(fmt::format("cannot be read: {}", std::strerror(errno)));
  }
  struct stat status{};
  if (fstat(file.get(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return Unreadable("a folder, not a file");
    if (S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) > kMaxFileBytes) {
      return Unreadable(std::string(kTooLarge));
    }
  }
  std::string text;
  if (S_ISREG(status.st_mode)) text.reserve(static_cast<std::size_t>(status.st_size));
  char block[1 << 16];
  while (true) {
    const ssize_t count = read(file.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unreadable(fmt::format("cannot be read: {}", std::strerror(errno)));
    if (count == 0) return text;
    text.append(block, static_cast<std::size_t>(count));
    if (text.size() > kMaxFileBytes) return Unreadable(std::string(kTooLarge));  // a pipe, or a file that grows
  }
}

std::optional<std::vector<std::string>> DiskFileSource::List(const std::string& path) const {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::nullopt;
  std::vector<std::string> files;
  for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    const std::filesystem::path& entry = at->path();
    const std::string extension = ToLower(entry.extension().string());
    if (extension != ".yaml" && extension != ".yml" && extension != ".json") continue;
    if (entry.filename().string().starts_with('.') || at->is_directory(error)) continue;
    files.push_back(entry.string());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace rdsteady::manifest
