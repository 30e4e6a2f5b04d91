#include "local/server/http_server.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <array>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <list>
#include <optional>

#include "base/text.h"
#include "local/engine/port_holder.h"

namespace rdsteady::local {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadBlock = 16 * 1024;
// How much of what a refused peer still sends is read and thrown away, so that the answer reaches it.
constexpr std::size_t kMaxLinger = 64 * 1024 * 1024;

std::string_view Reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Payload Too Large";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Answer";
  }
}

std::string Head(const HttpAnswer& answer, bool keep_alive) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::string text =
      fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\n",
                  answer.status, Reason(answer.status), answer.content_type, SizeOf(answer.body), fmt::gmtime(now));
  for (const auto& [name, value] : answer.headers)
    text += fmt::format("{}: {}\r\n", name, value);
  text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return text;
}

using Parser = http::request_parser<http::string_body>;

wire::HttpRequest ToRequest(Parser& parser) {
  const auto& message = parser.get();
  wire::HttpRequest request;
  request.method = std::string(message.method_string());
  const std::string_view target(message.target().data(), message.target().size());
  const auto question = target.find('?');
  request.path = std::string(target.substr(0, question));
  request.query = question == std::string_view::npos ? std::string() : std::string(target.substr(question + 1));
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(parser.get().body());
  return request;
}

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<HttpServer::Impl> {
 public:
  Impl(asio::io_context& io, asio::any_io_executor workers, Handlers handlers, HttpLimits limits)
      : io_(io), workers_(std::move(workers)), handlers_(std::move(handlers)), limits_(limits), acceptor_(io) {}

  Result<int> Listen(const std::string& address, int port) {
    error_code failed;
    const auto ip = asio::ip::make_address(address, failed);
    if (failed || !ip.is_loopback()) {
      return Fail(ErrorCategory::kUsage, fmt::format("{} is not a loopback address", address),
                  "the local RDS is not for a network; use an address of 127.0.0.0/8");
    }
    const tcp::endpoint where(ip, static_cast<std::uint16_t>(port));
    acceptor_.open(where.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(where, failed);
    if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) {
      error_code ignored;
      acceptor_.close(ignored);
      const auto holder = failed == asio::error::address_in_use ? PortHolder(address, port) : std::nullopt;
      return Fail(ErrorCategory::kUsage,
                  holder ? fmt::format("{} port {} is already used by {}", address, port, *holder)
                         : fmt::format("cannot listen on {} port {}: {}", address, port, failed.message()),
                  "choose another port with --port");
    }
    const int chosen = acceptor_.local_endpoint(failed).port();
    asio::co_spawn(io_, Accept(shared_from_this()), asio::detached);
    return chosen;
  }

  void Close() {
    closing_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    for (Connection* connection : connections_) {
      if (connection->idle) connection->socket.close(ignored);
    }
  }

  [[nodiscard]] int connections() const { return static_cast<int>(connections_.size()); }

 private:
  struct Connection {
    explicit Connection(tcp::socket accepted) : socket(std::move(accepted)), deadline(socket.get_executor()) {
      error_code ignored;
      const auto peer = socket.remote_endpoint(ignored);
      remote = fmt::format("{}:{}", peer.address().to_string(), peer.port());
      // Requests and answers are small and wait for each other.
      socket.set_option(tcp::no_delay(true), ignored);
    }
    tcp::socket socket;
    asio::steady_timer deadline;
    boost::beast::flat_buffer buffer;
    std::string remote;
    bool idle = true;  // nothing of a request has arrived
    bool expired = false;
  };

  // From now on the connection has this long for what it does next.
  static void Arm(const std::shared_ptr<Connection>& connection, std::chrono::steady_clock::time_point end) {
    connection->deadline.expires_at(end);
    connection->deadline.async_wait([weak = std::weak_ptr(connection)](error_code cancelled) {
      const auto self = weak.lock();
      if (cancelled || !self) return;
      self->expired = true;
      error_code ignored;
      self->socket.cancel(ignored);
    });
  }
  static void Disarm(Connection& connection) { connection.deadline.cancel(); }

  static asio::awaitable<void> Accept(std::shared_ptr<Impl> self) {
    asio::steady_timer pause(self->io_);
    while (!self->closing_) {
      error_code failed;
      tcp::socket socket = co_await self->acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failed));
      if (self->closing_) co_return;
      if (failed) {
        // Out of file descriptors, most likely: some will be given back.
        pause.expires_after(std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
        continue;
      }
      asio::co_spawn(self->io_, Serve(self, std::make_shared<Connection>(std::move(socket))), asio::detached);
    }
  }

  static asio::awaitable<void> Serve(std::shared_ptr<Impl> self, std::shared_ptr<Connection> connection) {
    self->connections_.push_back(connection.get());
    const auto place = std::prev(self->connections_.end());
    try {
      if (static_cast<int>(self->connections_.size()) > self->limits_.connections) {
        co_await self->Refuse(connection, 503, "too many connections");
      } else {
        while (co_await self->ServeOne(connection)) {
        }
      }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): out of memory for this peer's request
      // Only its connection ends.
    }
    self->connections_.erase(place);
  }

  // One request and its answer; false when the connection is to end.
  asio::awaitable<bool> ServeOne(std::shared_ptr<Connection> connection) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser.body_limit(limits_.body_bytes);
    parser.eager(true);
    error_code failed;
    if (!co_await Read(connection, parser, failed)) {
      if (connection->expired && !connection->idle) {
        co_await Refuse(connection, 408, "the request did not arrive in time");
      } else if (failed == http::error::body_limit) {
        co_await Refuse(connection, 413, fmt::format("the body is longer than {} bytes", limits_.body_bytes));
      } else if (failed == http::error::header_limit || failed == http::error::buffer_overflow) {
        co_await Refuse(connection, 431, fmt::format("the header is longer than {} bytes", limits_.header_bytes));
      } else if (failed.category() == http::make_error_code(http::error::bad_method).category()) {
        if (!connection->idle) co_await Refuse(connection, 400, "malformed HTTP: " + failed.message());
      }
      co_return false;
    }
    const bool keep_alive = parser.get().keep_alive() && !closing_;
    const bool with_body = parser.get().method() != http::verb::head;
    HttpAnswer answer = co_await Work(ToRequest(parser), connection->remote);
    std::string head = Head(answer, keep_alive && !closing_);
    if (!with_body) answer.body.clear();
    co_return co_await Send(connection, std::move(head), std::move(answer.body)) && keep_alive && !closing_;
  }

  asio::awaitable<bool> Read(std::shared_ptr<Connection> connection, Parser& parser, error_code& failed) {
    connection->idle = connection->buffer.size() == 0;
    auto first_byte = std::chrono::steady_clock::now();
    Arm(connection, first_byte + (connection->idle ? limits_.idle : limits_.header));
    bool header_done = false;
    while (true) {
      if (connection->buffer.size() > 0) {
        const std::size_t used = parser.put(connection->buffer.data(), failed);
        connection->buffer.consume(used);
        if (failed == http::error::need_more) failed = {};
        if (failed) break;
        if (parser.is_done()) {
          Disarm(*connection);
          co_return true;
        }
        if (!header_done && parser.is_header_done()) {
          header_done = true;
          Arm(connection, first_byte + limits_.request);
          if (EqualsIgnoreCase(std::string(parser.get()[http::field::expect]), "100-continue") &&
              !co_await Send(connection, "HTTP/1.1 100 Continue\r\n\r\n", {}, true)) {
            break;
          }
          if (parser.is_done()) {
            Disarm(*connection);
            co_return true;
          }
        }
        // The parser has taken nothing although there is something: it needs more than one piece to go on.
      }
      const std::size_t got = co_await connection->socket.async_read_some(
          connection->buffer.prepare(kReadBlock), asio::redirect_error(asio::use_awaitable, failed));
      connection->buffer.commit(got);
      if (failed == asio::error::eof && !connection->idle) {
        error_code end;
        parser.put_eof(end);
        failed = end ? end : http::make_error_code(http::error::partial_message);
        break;
      }
      if (failed) break;
      if (std::exchange(connection->idle, false)) {
        first_byte = std::chrono::steady_clock::now();
        Arm(connection, first_byte + limits_.header);
      }
    }
    Disarm(*connection);
    co_return false;
  }

  // Runs the handler on the workers and comes back to this thread.
  asio::awaitable<HttpAnswer> Work(wire::HttpRequest request, std::string remote) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(HttpAnswer)>(
        [this](auto handler, wire::HttpRequest moved, std::string peer) {
          asio::post(workers_,
                     [this, handler = std::move(handler), moved = std::move(moved), peer = std::move(peer)]() mutable {
                       HttpAnswer answer = handlers_.request(moved, peer);
                       const auto home = asio::get_associated_executor(handler);
                       asio::post(home, [handler = std::move(handler), answer = std::move(answer)]() mutable {
                         std::move(handler)(std::move(answer));
                       });
                     });
        },
        asio::use_awaitable, std::move(request), std::move(remote));
  }

  asio::awaitable<bool> Send(std::shared_ptr<Connection> connection, std::string head, TextPieces body,
                             bool interim = false) {
    if (!interim) Arm(connection, std::chrono::steady_clock::now() + limits_.write);
    error_code failed;
    std::vector<asio::const_buffer> buffers{asio::buffer(head)};
    buffers.reserve(body.size() + 1);
    for (const SharedText& piece : body)
      buffers.push_back(asio::buffer(*piece));
    co_await asio::async_write(connection->socket, buffers, asio::redirect_error(asio::use_awaitable, failed));
    if (!interim) Disarm(*connection);
    co_return !failed;
  }

  asio::awaitable<void> Refuse(std::shared_ptr<Connection> connection, int status, std::string why) {
    connection->expired = false;
    HttpAnswer answer = handlers_.refusal(status, why, connection->remote);
    std::string head = Head(answer, false);
    if (!co_await Send(connection, std::move(head), std::move(answer.body))) co_return;
    // Closing while the peer still sends would reset the connection and take the answer from it.
    error_code failed;
    connection->socket.shutdown(tcp::socket::shutdown_send, failed);
    Arm(connection, std::chrono::steady_clock::now() + std::chrono::seconds(2));
    std::array<char, kReadBlock> waste{};
    for (std::size_t read = 0; !failed && read < kMaxLinger;) {
      read += co_await connection->socket.async_read_some(asio::buffer(waste),
                                                          asio::redirect_error(asio::use_awaitable, failed));
    }
    Disarm(*connection);
  }

  asio::io_context& io_;
  const asio::any_io_executor workers_;
  const Handlers handlers_;
  const HttpLimits limits_;
  tcp::acceptor acceptor_;
  std::list<Connection*> connections_;
  bool closing_ = false;
};

HttpServer::HttpServer(asio::io_context& io, asio::any_io_executor workers, Handlers handlers, HttpLimits limits)
    : impl_(std::make_shared<Impl>(io, std::move(workers), std::move(handlers), limits)) {}

HttpServer::~HttpServer() = default;

Result<int> HttpServer::Listen(const std::string& address, int port) {
  return impl_->Listen(address, port);
}

void HttpServer::Close() {
  impl_->Close();
}

int HttpServer::connections() const {
  return impl_->connections();
}

}  // namespace rdsteady::local
