// A request to our own server, blocking, with a deadline for the whole of it: enough to ask how it is.
#pragma once

#include <chrono>
#include <string>

#include "rdsteady/error.h"
#include "wire/sigv4.h"

namespace rdsteady::local {

struct LoopbackAnswer {
  int status = 0;
  std::string body;
};

// `url` is http://ADDRESS:PORT; the request's host header and, when there are credentials, its signature are added
// here. Errors: kTransport.
[[nodiscard]] Result<LoopbackAnswer> AskLoopback(const std::string& url, wire::HttpRequest request,
                                                 const wire::Credentials* credentials,
                                                 std::chrono::milliseconds deadline);

}  // namespace rdsteady::local
