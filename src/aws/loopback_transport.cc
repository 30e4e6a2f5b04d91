#include "aws/loopback_transport.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"

namespace rdsteady::aws {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Parser = http::response_parser<http::string_body>;

constexpr std::size_t kReadBlock = 64 * 1024;
constexpr std::uint32_t kMaxHeader = 256 * 1024;

// nullopt: not for this transport.
std::optional<tcp::endpoint> LoopbackOf(std::string_view origin) {
  const Result<Url> url = ParseUrl(origin);
  if (!url || url->scheme != "http") return std::nullopt;
  std::string host = url->host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  error_code failed;
  const auto address = asio::ip::make_address(host, failed);
  if (failed || !address.is_loopback()) return std::nullopt;
  return tcp::endpoint(address, static_cast<std::uint16_t>(url->port == 0 ? 80 : url->port));
}

bool IsHeaderSafe(const std::pair<std::string, std::string>& header) {
  constexpr std::string_view kForbidden("\r\n\0", 3);
  return header.first.find_first_of(kForbidden) == std::string::npos &&
         header.second.find_first_of(kForbidden) == std::string::npos;
}

std::string Render(const wire::HttpRequest& message) {
  std::string text = fmt::format("{} {}{}{} HTTP/1.1\r\n", message.method, message.path,
                                 message.query.empty() ? "" : "?", message.query);
  for (const auto& [name, value] : message.headers)
    text += fmt::format("{}: {}\r\n", name, value);
  text += fmt::format("Accept: */*\r\nContent-Length: {}\r\n\r\n", message.body.size());
  text += message.body;
  return text;
}

HttpFailure Failure(FailureKind kind, bool sent, std::string detail) {
  return {.kind = kind, .request_sent = sent, .detail = std::move(detail)};
}

}  // namespace

// The connections that wait for their next request, and those that are in use, so that the end of the transport ends
// them. Kept as plain descriptors: a socket object belongs to one executor, and the next request may come from another.
class LoopbackPool {
 public:
  explicit LoopbackPool(std::size_t max_answer_bytes) : max_answer_bytes_(max_answer_bytes) {}
  ~LoopbackPool() {
    for (const auto& [endpoint, descriptors] : idle_) {
      for (const int descriptor : descriptors)
        ::close(descriptor);
    }
  }

  [[nodiscard]] std::size_t max_answer_bytes() const { return max_answer_bytes_; }

  // -1 when none waits.
  int Take(const tcp::endpoint& endpoint) {
    const std::scoped_lock lock(mutex_);
    auto& descriptors = idle_[endpoint];
    while (!descriptors.empty()) {
      const int descriptor = descriptors.back();
      descriptors.pop_back();
      // Readable although nothing was asked: the server has hung up, or does not keep to the protocol.
      char byte = 0;
      if (::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return descriptor;
      }
      ::close(descriptor);
    }
    return -1;
  }
  void Keep(const tcp::endpoint& endpoint, int descriptor) {
    const std::scoped_lock lock(mutex_);
    idle_[endpoint].push_back(descriptor);
  }

  // False when the transport has ended.
  [[nodiscard]] bool Enter(int descriptor) {
    const std::scoped_lock lock(mutex_);
    if (!stopped_) used_.insert(descriptor);
    return !stopped_;
  }
  void Leave(int descriptor) {
    const std::scoped_lock lock(mutex_);
    used_.erase(descriptor);
  }
  void Stop() {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    // Their coroutines, wherever they run, read an end.
    for (const int descriptor : used_)
      ::shutdown(descriptor, SHUT_RDWR);
  }
  [[nodiscard]] bool stopped() const {
    const std::scoped_lock lock(mutex_);
    return stopped_;
  }

 private:
  const std::size_t max_answer_bytes_;
  mutable std::mutex mutex_;
  bool stopped_ = false;
  std::map<tcp::endpoint, std::vector<int>> idle_;
  std::set<int> used_;
};

namespace {

// One connection for the length of one exchange, with the watch over its time.
class Wire {
 public:
  Wire(asio::any_io_executor executor, std::shared_ptr<LoopbackPool> pool, const tcp::endpoint& endpoint)
      : pool_(std::move(pool)), endpoint_(endpoint), socket_(executor), timer_(executor) {}
  ~Wire() { Forget(); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  [[nodiscard]] bool used_before() const { return used_before_; }
  [[nodiscard]] bool sent() const { return sent_; }
  [[nodiscard]] bool answered() const { return answered_; }  // a byte of the answer has come
  [[nodiscard]] Exchange Cancelled() {
    cancelled_ = true;
    return Ended(FailureKind::kCancelled, {});
  }

  asio::awaitable<Exchange> Run(const HttpRequest& request, std::chrono::steady_clock::time_point started,
                                Deadline deadline, bool fresh) {
    error_code failed;
    if (!fresh) {
      const int descriptor = pool_->Take(endpoint_);
      if (descriptor >= 0) {
        socket_.assign(endpoint_.protocol(), descriptor, failed);
        if (failed) ::close(descriptor);
        used_before_ = socket_.is_open();
      }
    }
    if (!socket_.is_open()) {
      socket_.open(endpoint_.protocol(), failed);
      if (failed) co_return std::unexpected(Failure(FailureKind::kUnusable, false, failed.message()));
      if (!pool_->Enter(socket_.native_handle())) co_return Cancelled();
      Arm(std::min(started + deadline.connect, started + deadline.total));
      co_await socket_.async_connect(endpoint_, asio::redirect_error(asio::use_awaitable, failed));
      if (failed) {
        co_return Ended(FailureKind::kConnect,
                        fmt::format("failed to connect to {} port {}: {}", endpoint_.address().to_string(),
                                    endpoint_.port(), failed.message()),
                        failed);
      }
      error_code ignored;
      socket_.set_option(tcp::no_delay(true), ignored);
    } else if (!pool_->Enter(socket_.native_handle())) {
      co_return Cancelled();
    }
    Arm(started + deadline.total);
    const std::string text = Render(request.message);
    sent_ = true;
    co_await asio::async_write(socket_, asio::buffer(text), asio::redirect_error(asio::use_awaitable, failed));
    // A server that answers before it has read everything, and hangs up, is still to be heard.
    if (failed == asio::error::operation_aborted) co_return Ended(FailureKind::kReset, failed.message(), failed);
    co_return co_await Read();
  }

 private:
  void Arm(std::chrono::steady_clock::time_point end) {
    timer_.expires_at(end);
    timer_.async_wait([this, alive = std::weak_ptr<int>(alive_)](error_code cancelled) {
      if (cancelled || alive.expired()) return;
      expired_ = true;
      error_code ignored;
      socket_.cancel(ignored);
    });
  }

  asio::awaitable<Exchange> Read() {
    error_code failed;
    boost::beast::flat_buffer buffer;
    // Interim answers (100 to 199) come before the one that counts.
    for (;;) {
      Parser parser;
      parser.header_limit(kMaxHeader);
      parser.body_limit(pool_->max_answer_bytes());
      parser.eager(true);
      for (bool end = false; !parser.is_done();) {
        if (buffer.size() > 0) {
          const std::size_t taken = parser.put(buffer.data(), failed);
          buffer.consume(taken);
          if (failed == http::error::need_more) failed = {};
          if (failed) co_return Unreadable(failed);
          if (parser.is_done()) break;
          if (taken > 0 && buffer.size() > 0) continue;
        }
        if (end) {
          parser.put_eof(failed);
          if (failed || !parser.is_done()) {
            co_return Ended(FailureKind::kTruncated, "the answer ends in the middle");
          }
          break;
        }
        const std::size_t got = co_await socket_.async_read_some(buffer.prepare(kReadBlock),
                                                                 asio::redirect_error(asio::use_awaitable, failed));
        buffer.commit(got);
        if (got > 0) answered_ = true;
        if (failed == asio::error::eof && answered_ && !pool_->stopped()) {
          end = true;
        } else if (failed) {
          co_return Ended(answered_ ? FailureKind::kTruncated : FailureKind::kReset,
                          "the connection ended: " + failed.message(), failed);
        }
      }
      const auto& message = parser.get();
      if (message.result_int() / 100 == 1) continue;
      HttpResponse response{.status = static_cast<int>(message.result_int()), .headers = {}, .body = {}};
      for (const auto& field : message)
        response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
      const std::string* encoding = wire::FindHeader(response.headers, "content-encoding");
      if (encoding != nullptr && !EqualsIgnoreCase(*encoding, "identity")) {
        co_return Ended(FailureKind::kMalformed, fmt::format("the answer is packed by '{}', unasked", *encoding));
      }
      const bool again = message.keep_alive() && buffer.size() == 0;
      response.body = std::move(parser.get().body());
      Forget();
      error_code ignored;
      if (again && !pool_->stopped()) {
        const int descriptor = socket_.release(ignored);
        if (!ignored) pool_->Keep(endpoint_, descriptor);
      }
      co_return response;
    }
  }

  [[nodiscard]] Exchange Unreadable(error_code why) {
    if (why == http::error::body_limit) {
      return Ended(FailureKind::kTooLarge,
                   fmt::format("the answer is larger than {} bytes", pool_->max_answer_bytes()));
    }
    return Ended(FailureKind::kMalformed, "the answer is not HTTP: " + why.message());
  }

  // A failure, unless the exchange was ended from outside: by its deadline, its caller or the transport's end.
  [[nodiscard]] Exchange Ended(FailureKind kind, std::string detail, error_code failed = {}) {
    // Nothing but the watch and the caller's cancellation aborts an operation.
    if (failed == asio::error::operation_aborted && !expired_) cancelled_ = true;
    if (pool_->stopped() || cancelled_) {
      kind = FailureKind::kCancelled;
      detail = "cancelled";
    } else if (expired_) {
      kind = FailureKind::kTimeout;
      detail = sent_ ? "no answer in time" : "no connection in time";
    }
    return std::unexpected(Failure(kind, sent_, std::move(detail)));
  }

  void Forget() {
    alive_.reset();
    timer_.cancel();
    if (socket_.is_open()) pool_->Leave(socket_.native_handle());
  }

  std::shared_ptr<LoopbackPool> pool_;
  const tcp::endpoint endpoint_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  bool used_before_ = false;
  bool sent_ = false;
  bool answered_ = false;
  bool expired_ = false;
  bool cancelled_ = false;
};

}  // namespace

LoopbackTransport::LoopbackTransport(std::unique_ptr<HttpTransport> others, std::size_t max_answer_bytes)
    : pool_(std::make_shared<LoopbackPool>(max_answer_bytes)), others_(std::move(others)) {}

LoopbackTransport::~LoopbackTransport() {
  pool_->Stop();
}

asio::awaitable<Exchange> LoopbackTransport::Send(HttpRequest request, Deadline deadline) {
  const auto endpoint = LoopbackOf(request.origin);
  if (!endpoint) co_return co_await others_->Send(std::move(request), deadline);
  if (!std::ranges::all_of(request.message.headers, IsHeaderSafe)) {
    co_return std::unexpected(Failure(FailureKind::kUnusable, false, "a header holds a line break"));
  }
  // Held here: the transport may end before this does.
  const std::shared_ptr<LoopbackPool> pool = pool_;
  const auto executor = co_await asio::this_coro::executor;
  const auto started = std::chrono::steady_clock::now();
  // What must not be repeated never travels on a connection that may be dead.
  for (bool fresh = !request.repeatable;; fresh = true) {
    Wire wire(executor, pool, *endpoint);
    std::optional<Exchange> exchange;
    try {
      exchange = co_await wire.Run(request, started, deadline, fresh);
    } catch (const boost::system::system_error&) {
      // Cancelled between two operations; the next one says so by throwing.
      exchange = wire.Cancelled();
    }
    const bool died_idle =
        !*exchange && exchange->error().kind == FailureKind::kReset && wire.used_before() && !wire.answered();
    if (!died_idle) co_return std::move(*exchange);
  }
}

}  // namespace rdsteady::aws
