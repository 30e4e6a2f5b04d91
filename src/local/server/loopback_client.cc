#include "local/server/loopback_client.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "base/time.h"
#include "local/engine/process.h"

namespace rdsteady::local {

Result<LoopbackAnswer> AskLoopback(const std::string& url, wire::HttpRequest request,
                                   const wire::Credentials* credentials, std::chrono::milliseconds deadline) {
  constexpr std::string_view kScheme = "http://";
  const std::string host = url.starts_with(kScheme) ? url.substr(kScheme.size()) : url;
  const auto colon = host.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : ParseInteger(host.substr(colon + 1));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port.value_or(0)));
  const auto fail = [&](std::string_view why) {
    return Fail(ErrorCategory::kTransport, fmt::format("no answer from the local RDS at {}: {}", url, why));
  };
  if (!port || ::inet_pton(AF_INET, host.substr(0, colon).c_str(), &where.sin_addr) != 1) return fail("bad address");

  request.headers.emplace_back("Host", host);
  if (credentials != nullptr) {
    wire::Sign(request, *credentials, {.region = "us-east-1", .service = "rds"}, SystemClock().Now());
  }
  std::string text = fmt::format("{} {} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", request.method,
                                 request.path, request.body.size());
  for (const auto& [name, value] : request.headers)
    text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n" + request.body;

  const auto end = std::chrono::steady_clock::now() + deadline;
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
    return fail(std::strerror(errno));
  }
  if (::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
    return fail(std::strerror(errno));
  }
  std::string answer;
  while (true) {
    pollfd wait{socket.get(), POLLIN, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) == 0) return fail("it took too long");
    char block[4096];
    const ssize_t got = ::recv(socket.get(), block, sizeof block, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(std::strerror(errno));
    if (got == 0) break;
    answer.append(block, static_cast<std::size_t>(got));
  }
  const auto body = answer.find("\r\n\r\n");
  const auto status = answer.size() > 12 ? ParseInteger(std::string_view(answer).substr(9, 3)) : std::nullopt;
  if (body == std::string::npos || !status) return fail("it is not HTTP");
  return LoopbackAnswer{.status = static_cast<int>(*status), .body = answer.substr(body + 4)};
}

}  // namespace rdsteady::local
