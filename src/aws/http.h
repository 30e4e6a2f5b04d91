// HTTP as this layer needs it: one request, one complete answer or a failure whose kind says what may be repeated.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/time.h"
#include "wire/sigv4.h"

namespace rdsteady::aws {

struct HttpRequest {
  std::string origin;  // "https://rds.us-east-1.amazonaws.com", "http://127.0.0.1:8080"; no trailing slash
  wire::HttpRequest message;
  // True when a lost answer may be answered by sending the request once more. A request for which that is false never
  // travels on a connection that was used before: HTTP clients repeat a request when such a connection turns out dead.
  bool repeatable = false;
};

struct HttpResponse {
  int status = 0;
  wire::Headers headers;
  std::string body;
};

struct Deadline {
  Millis connect{10'000};  // name look-up, connection and TLS
  Millis total{60'000};    // all of it, the answer included
};

enum class FailureKind : std::uint8_t {
  kUnusable,   // the transport itself: libcurl is missing, a bad URL, an unreadable CA bundle
  kDns,        // the name of the host or the proxy could not be looked up
  kConnect,    // refused, unreachable
  kTls,        // the server's certificate or the handshake
  kTimeout,    // connect or total time was over
  kReset,      // the connection ended before an answer
  kTruncated,  // the answer ended in the middle
  kMalformed,  // not HTTP, or an encoding that cannot be read
  kTooLarge,   // more than the limit
  kCancelled,
};

struct HttpFailure {
  FailureKind kind = FailureKind::kUnusable;
  bool request_sent = false;  // some of the request left: it may have taken effect
  std::string detail;         // for people; holds no header and no body
};

using Exchange = std::expected<HttpResponse, HttpFailure>;

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  // Resumes on the coroutine's executor. Cancellation ends the exchange and yields kCancelled.
  [[nodiscard]] virtual boost::asio::awaitable<Exchange> Send(HttpRequest request, Deadline deadline) = 0;
};

[[nodiscard]] std::string_view ToString(FailureKind kind);

// "Sun, 06 Nov 1994 08:49:37 GMT", the form that servers must send; nullopt for anything else.
[[nodiscard]] std::optional<Instant> ParseHttpDate(std::string_view text);

// The parts of a URL that an endpoint may have.
struct Url {
  std::string scheme;  // http or https
  std::string host;    // lower case; an IPv6 address keeps its brackets
  int port = 0;        // 0: the scheme's default
  std::string path;    // begins with '/'; "/" when the URL has none

  [[nodiscard]] std::string Origin() const;
  [[nodiscard]] std::string HostHeader() const;  // with the port unless it is the default
};
// Errors: kUsage, naming what is wrong without repeating a password that the URL may hold.
[[nodiscard]] Result<Url> ParseUrl(std::string_view text);

}  // namespace rdsteady::aws
