// Secrets from where their references point: an environment variable, a file, a command's standard output.
//
// The content lives in memory for as long as its call needs it; no message, log or file holds it. Thread-safe.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "apply/apply.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::api {

class ProcessSecretSource final : public apply::SecretSource {
 public:
  // A command that has not ended after `time_limit`, or when `stop` is requested, is killed.
  explicit ProcessSecretSource(std::stop_token stop = {},
                               std::chrono::milliseconds time_limit = std::chrono::seconds(30))
      : stop_(std::move(stop)), time_limit_(time_limit) {}

  // One trailing line end is removed from what a file or a command gives. Errors: kUsage, naming the reference
  // (variable not set, file unreadable, command not found, failed, too slow, more than 64 KiB, empty, a NUL byte);
  // kInterrupted.
  [[nodiscard]] Result<std::string> Resolve(const Secret& secret) override;

 private:
  std::stop_token stop_;
  std::chrono::milliseconds time_limit_;
};

}  // namespace rdsteady::api
