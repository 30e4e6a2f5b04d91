// rdsteady's error type and Result.
//
// Every fallible function returns Result<T>; no exception crosses the API. The category decides the exit status of
// the program; the other fields are for people. Messages start in lower case, have no trailing period, name the thing
// and never hold a secret. Errors are values: copyable, thread-compatible.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rdsteady {

enum class ErrorCategory : std::uint8_t {
  kUsage,        // bad flag, manifest or argument; nothing was called (exit 64)
  kRefused,      // policy, approval, impossible, or the world moved; nothing was sent for it (exit 3)
  kService,      // the service answered with an error (exit 1)
  kTransport,    // no usable answer: connection, TLS, time-out, truncated or malformed answer (exit 1)
  kCredentials,  // no credentials, or they were rejected (exit 1)
  kFailed,       // the resource reached a terminal status, or a wait ran out of time (exit 1)
  kInterrupted,  // stop was requested (exit 130 or 143)
  kInternal,     // a broken invariant that could be contained (exit 1)
};

[[nodiscard]] std::string_view ToString(ErrorCategory category);

struct Error {
  ErrorCategory category = ErrorCategory::kInternal;
  std::string message;
  std::string hint{};                  // what to do next; empty when there is nothing useful to say
  std::string resource{};              // "DBInstance/orders", when the error is about one resource
  std::string operation{};             // the API operation, when a call was made
  std::string aws_code{};              // the wire code, for example DBInstanceNotFound
  std::string request_id{};            // of the answer that carried the error
  int http_status = 0;                 // 0 when there was no answer
  bool outcome_unknown = false;        // a request was sent, and whether it took effect is not known
  std::vector<std::string> context{};  // outermost last: "while reading DBInstance/orders"

  // The same error with one more frame of context.
  [[nodiscard]] Error Within(std::string frame) && {
    context.push_back(std::move(frame));
    return std::move(*this);
  }
};

template <class T>
using Result = std::expected<T, Error>;

// Fail(ErrorCategory::kUsage, "no such file 'a.yaml'", "give the manifest's path")
[[nodiscard]] inline std::unexpected<Error> Fail(ErrorCategory category, std::string message, std::string hint = {}) {
  return std::unexpected(Error{.category = category, .message = std::move(message), .hint = std::move(hint)});
}
[[nodiscard]] inline std::unexpected<Error> Fail(Error error) {
  return std::unexpected(std::move(error));
}

// One line for logs and assertions: category, code, message, request id.
[[nodiscard]] std::string Describe(const Error& error);

}  // namespace rdsteady
