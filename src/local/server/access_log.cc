#include "local/server/access_log.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "base/json.h"

namespace rdsteady::local {
namespace {

Fd OpenForAppending(const std::string& path) {
  return Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
}

}  // namespace

AccessLog::AccessLog(std::string path, std::int64_t max_bytes) : path_(std::move(path)), max_bytes_(max_bytes) {
  Open();
}

void AccessLog::Open() {
  file_ = OpenForAppending(path_);
}

void AccessLog::Write(const AccessRecord& record) {
  const Properties line{{"time", FormatIso8601(record.time, true)},
                        {"request_id", record.request_id},
                        {"remote", record.remote},
                        {"access_key", record.access_key},
                        {"operation", record.operation},
                        {"mutating", record.mutating},
                        {"parameters", record.parameters},
                        {"code", record.code},
                        {"http_status", record.http_status},
                        {"duration_ms", record.duration.count()}};
  const std::string text = ToJson(line) + "\n";
  const std::lock_guard lock(mutex_);
  struct stat info{};
  if (::fstat(file_.get(), &info) == 0 && info.st_size > max_bytes_) {
    std::rename(path_.c_str(), (path_ + ".1").c_str());
    Open();
  }
  // One write to a file opened for appending: lines of two writers do not mix.
  (void)!::write(file_.get(), text.data(), text.size());
}

ServerLog::ServerLog(const std::string& path) : file_(OpenForAppending(path)) {}

void ServerLog::Write(std::string_view line) {
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  const std::string text = fmt::format("{} {}\n", FormatIso8601(now, true), line);
  const std::lock_guard lock(mutex_);
  (void)!::write(file_.get(), text.data(), text.size());
}

}  // namespace rdsteady::local
