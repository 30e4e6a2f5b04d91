// AccessLog: one JSON object a line for every request that the server answered, written before the answer leaves.
//
//   {"access_key":"LOCALRDS...","code":"ok","duration_ms":1,"http_status":200,"mutating":true,
//    "operation":"CreateDBInstance","parameters":{...},"remote":"127.0.0.1:40000","request_id":"...","time":"..."}
//
// Sensitive parameters stand there as "****". Thread-safe. A line that cannot be written is lost, never an error of the
// request.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "base/time.h"
#include "local/engine/process.h"
#include "rdsteady/value.h"

namespace rdsteady::local {

struct AccessRecord {
  Instant time{};
  std::string request_id;
  std::string remote;
  std::string access_key;
  std::string operation;  // empty when the request named none that exists
  bool mutating = false;
  Properties parameters;  // redacted
  std::string code = "ok";
  int http_status = 200;
  Millis duration{0};
};

class AccessLog {
 public:
  // Past `max_bytes` the file becomes `<path>.1`, and a new one begins.
  explicit AccessLog(std::string path, std::int64_t max_bytes = 64 << 20);
  void Write(const AccessRecord& record);

 private:
  void Open();
  std::mutex mutex_;
  std::string path_;
  std::int64_t max_bytes_;
  Fd file_;
};

// Appends one line with the time in front to a log for people.
class ServerLog {
 public:
  explicit ServerLog(const std::string& path);
  void Write(std::string_view line);

 private:
  std::mutex mutex_;
  Fd file_;
};

}  // namespace rdsteady::local
