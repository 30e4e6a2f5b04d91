// HttpServer: HTTP/1.1 on loopback: connections, limits and time-outs. What a request means is the handler's.
//
// Sockets belong to the io_context's single thread; the handler runs on the workers, one call at a time per connection.
// A peer that is malformed, oversized or slow costs itself its connection and nobody else anything.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/text_pieces.h"
#include "rdsteady/error.h"
#include "wire/sigv4.h"

namespace rdsteady::local {

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/xml";
  TextPieces body{};
  wire::Headers headers{};  // besides Content-Type, Content-Length, Date and Connection
};

struct HttpLimits {
  std::size_t header_bytes = 64 * 1024;
  std::size_t body_bytes = 16 * 1024 * 1024;
  int connections = 512;
  std::chrono::milliseconds idle{30'000};     // between two requests
  std::chrono::milliseconds header{10'000};   // from a request's first byte to the end of its header
  std::chrono::milliseconds request{30'000};  // to the end of its body
  std::chrono::milliseconds write{30'000};
};

class HttpServer {
 public:
  struct Handlers {
    std::function<HttpAnswer(const wire::HttpRequest& request, const std::string& remote)> request;
    // The answer to what cannot be handed on: 400 malformed, 408 slow, 413 and 431 oversized, 503 too many connections.
    std::function<HttpAnswer(int status, const std::string& why, const std::string& remote)> refusal;
  };

  HttpServer(boost::asio::io_context& io, boost::asio::any_io_executor workers, Handlers handlers,
             HttpLimits limits = {});
  ~HttpServer();
  // Returns the port. Errors: kUsage when the address is not a loopback address, or the port is taken.
  [[nodiscard]] Result<int> Listen(const std::string& address, int port);
  // From the io_context's thread: accepts nobody any more and ends each connection after the request that it is at.
  void Close();
  [[nodiscard]] int connections() const;

  class Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace rdsteady::local
