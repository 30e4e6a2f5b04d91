// LoopbackTransport: HTTP/1.1 to literal loopback addresses over plain sockets, and everything else by another
// transport.
//
// A local RDS answers within a millisecond, and to load libcurl with its 33 shared libraries takes six: whoever speaks
// to 127.0.0.0/8 or [::1] without TLS, where no name is looked up and no proxy ever asked, does without. What a caller
// sees, failures included, is what CurlTransport would say. Redirects are not followed, answers not inflated (nor asked
// to be packed).
//
// Thread-safe; each executor has to run one handler at a time, as a loop on one thread does. The transport must be
// destroyed before the executors of coroutines that are inside Send; those end with kCancelled.
#pragma once

#include <cstddef>
#include <memory>

#include "aws/http.h"

namespace rdsteady::aws {

class LoopbackPool;

class LoopbackTransport final : public HttpTransport {
 public:
  // `others` sends what is not for here; made by the caller, used by this one only.
  explicit LoopbackTransport(std::unique_ptr<HttpTransport> others,
                             std::size_t max_answer_bytes = std::size_t{64} << 20);
  ~LoopbackTransport() override;
  LoopbackTransport(const LoopbackTransport&) = delete;
  LoopbackTransport& operator=(const LoopbackTransport&) = delete;

  [[nodiscard]] boost::asio::awaitable<Exchange> Send(HttpRequest request, Deadline deadline) override;

 private:
  std::shared_ptr<LoopbackPool> pool_;
  std::unique_ptr<HttpTransport> others_;
};

}  // namespace rdsteady::aws
