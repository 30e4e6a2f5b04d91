// CurlTransport: HTTP over libcurl, on a thread of its own, for coroutines of any executor.
//
// The library is loaded and the thread started by the first Send. Connections are kept alive and shared by all calls;
// proxies follow http_proxy, https_proxy (HTTPS_PROXY) and no_proxy (NO_PROXY), except for loopback addresses, which
// are always spoken to directly. Redirects are not followed.
//
// Thread-safe. The transport must be destroyed before the executors of coroutines that are inside Send; those end with
// kCancelled.
#pragma once

#include <memory>
#include <string>

#include "aws/curl_loop.h"
#include "aws/http.h"

namespace rdsteady::aws {

class CurlTransport final : public HttpTransport {
 public:
  explicit CurlTransport(CurlOptions options = {});
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  [[nodiscard]] boost::asio::awaitable<Exchange> Send(HttpRequest request, Deadline deadline) override;

 private:
  std::shared_ptr<CurlLoop> loop_;
};

}  // namespace rdsteady::aws
