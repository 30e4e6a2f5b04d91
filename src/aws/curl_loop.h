// CurlLoop: the thread that drives libcurl. It knows nothing of coroutines; CurlTransport brings them together.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "aws/http.h"

namespace rdsteady::aws {

struct CurlOptions {
  std::string ca_bundle{};  // PEM; empty: the system's
  std::size_t max_answer_bytes = std::size_t{64} << 20;
};

// Thread-safe.
class CurlLoop {
 public:
  // Called exactly once per Start, on the loop's thread or on the one that stops the loop.
  using Done = std::move_only_function<void(Exchange)>;

  explicit CurlLoop(CurlOptions options);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  [[nodiscard]] std::uint64_t NewId();
  void Start(std::uint64_t id, HttpRequest request, Deadline deadline, Done done);
  // Nothing happens when the exchange is over.
  void Cancel(std::uint64_t id);
  // Ends every exchange with kCancelled, joins the thread, and answers every later Start so. The destructor does it
  // too.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rdsteady::aws
