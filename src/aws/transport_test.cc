// CurlTransport, and LoopbackTransport, whose callers must not be able to tell them apart: what both can do is tested
// of both.
#include "aws/curl_transport.h"

#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "aws/loopback_transport.h"
#include "aws/test_server.h"

namespace rdsteady::aws {
namespace {

using ::testing::HasSubstr;

HttpRequest Post(const std::string& origin, std::string body = "Action=X", bool repeatable = true) {
  return {.origin = origin,
          .message = {.headers = {{"Host", origin.substr(origin.find("//") + 2)},
                                  {"Content-Type", "application/x-www-form-urlencoded"}},
                      .body = std::move(body)},
          .repeatable = repeatable};
}

// Runs one exchange to its end.
Exchange Send(HttpTransport& transport, HttpRequest request, Deadline deadline = {}) {
  boost::asio::io_context context;
  std::optional<Exchange> out;
  boost::asio::co_spawn(context, transport.Send(std::move(request), deadline),
                        [&](std::exception_ptr, Exchange exchange) { out = std::move(exchange); });
  context.run();
  return std::move(*out);
}

// Fails when it is asked for anything.
class NoTransport final : public HttpTransport {
 public:
  boost::asio::awaitable<Exchange> Send(HttpRequest request, Deadline) override {
    ADD_FAILURE() << "not for the loopback transport: " << request.origin;
    co_return std::unexpected(HttpFailure{});
  }
};

enum class Which : std::uint8_t { kCurl, kLoopback };

std::unique_ptr<HttpTransport> Make(Which which, std::size_t max_answer_bytes = std::size_t{64} << 20) {
  if (which == Which::kCurl) return std::make_unique<CurlTransport>(CurlOptions{.max_answer_bytes = max_answer_bytes});
  return std::make_unique<LoopbackTransport>(std::make_unique<NoTransport>(), max_answer_bytes);
}

std::string NameOf(Which which) {
  return which == Which::kCurl ? "Curl" : "Loopback";
}

class TransportTest : public ::testing::TestWithParam<Which> {};
INSTANTIATE_TEST_SUITE_P(Both, TransportTest, ::testing::Values(Which::kCurl, Which::kLoopback),
                         [](const auto& param) { return NameOf(param.param); });

std::string Shown(const Exchange& exchange) {
  if (exchange) return fmt::format("HTTP {}", exchange->status);
  return fmt::format("{}{}", ToString(exchange.error().kind), exchange.error().request_sent ? ", sent" : ", not sent");
}

// A file of this test, removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) {
    char path[] = "/tmp/rdsteady_aws_XXXXXX";
    const int file = ::mkstemp(path);
    path_ = path;
    ::close(file);
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// An environment variable for the length of a scope.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

TEST_P(TransportTest, SendsWhatItIsGivenAndReturnsWhatCame) {
  TestServer server([](const Received&) { return Http(418, "<x/>", "X-One: 1\r\nx-amzn-RequestId: abc\r\n"); });
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  HttpRequest request = Post(server.url(), "Action=DescribeDBInstances");
  request.message.path = "/a//b";
  request.message.query = "x=%20";
  request.message.headers.emplace_back("X-Empty", "");
  const Exchange exchange = Send(transport, request);
  ASSERT_TRUE(exchange);
  EXPECT_EQ(exchange->status, 418);
  EXPECT_EQ(exchange->body, "<x/>");
  EXPECT_EQ(*wire::FindHeader(exchange->headers, "x-amzn-requestid"), "abc");
  const Received got = server.received().at(0);
  EXPECT_EQ(got.line, "POST /a//b?x=%20 HTTP/1.1");
  EXPECT_EQ(got.body, "Action=DescribeDBInstances");
  EXPECT_EQ(*wire::FindHeader(got.headers, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(*wire::FindHeader(got.headers, "x-empty"), "");
  EXPECT_EQ(wire::FindHeader(got.headers, "expect"), nullptr);
}

TEST_P(TransportTest, ALargeBodyDoesNotWaitForLeave) {
  TestServer server([](const Received& request) { return Http(200, std::to_string(request.body.size())); });
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  const Exchange exchange = Send(transport, Post(server.url(), std::string(3'000'000, 'x')));
  ASSERT_TRUE(exchange);
  EXPECT_EQ(exchange->body, "3000000");
  EXPECT_EQ(wire::FindHeader(server.received().at(0).headers, "expect"), nullptr);
}

TEST_P(TransportTest, KeepsConnectionsForReadsAndTakesAFreshOneForWhatMustNotBeRepeated) {
  TestServer server([](const Received&) { return Http(200, "ok"); });
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(Shown(Send(transport, Post(server.url()))), "HTTP 200");
  EXPECT_EQ(server.connections(), 1);
  ASSERT_EQ(Shown(Send(transport, Post(server.url(), "", false))), "HTTP 200");
  EXPECT_EQ(server.connections(), 2);
}

TEST_P(TransportTest, AConnectionThatDiedInUseIsNotFollowedByASecondRequestThatChangesSomething) {
  // The first answer keeps the connection open; the second request on any connection is met with an end.
  TestServer server([](const Received& request) {
    return request.number == 1 ? Http(200, "ok") : Reply{.then = Reply::Then::kClose};
  });
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  ASSERT_EQ(Shown(Send(transport, Post(server.url()))), "HTTP 200");
  EXPECT_EQ(Shown(Send(transport, Post(server.url(), "Action=CreateDBInstance", false))), "reset, sent");
  EXPECT_EQ(server.received().size(), 2U);
}

TEST(CurlTransport, InflatesWhatItAskedFor) {
  // "hello" by gzip.
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00", 25);
  TestServer server([&](const Received&) { return Http(200, packed, "Content-Encoding: gzip\r\n"); });
  CurlTransport transport;
  const Exchange exchange = Send(transport, Post(server.url()));
  ASSERT_TRUE(exchange) << exchange.error().detail;
  EXPECT_EQ(exchange->body, "hello");
  EXPECT_THAT(*wire::FindHeader(server.received().at(0).headers, "accept-encoding"), HasSubstr("gzip"));
}

TEST_P(TransportTest, DoesNotFollowRedirects) {
  TestServer server([](const Received&) { return Http(302, "", "Location: http://127.0.0.1:1/\r\n"); });
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  EXPECT_EQ(Shown(Send(transport, Post(server.url()))), "HTTP 302");
}

struct FaultCase {
  const char* name;
  Reply reply;
  const char* shown;
};

class FaultTest : public ::testing::TestWithParam<std::tuple<Which, FaultCase>> {};

TEST_P(FaultTest, IsToldApart) {
  const auto& [which, fault] = GetParam();
  TestServer server([&](const Received&) { return fault.reply; });
  const auto transport = Make(which, 1000);
  Deadline deadline;
  if (fault.reply.then == Reply::Then::kHold) deadline.total = std::chrono::seconds(2);
  EXPECT_EQ(Shown(Send(*transport, Post(server.url(), "", false), deadline)), fault.shown);
}

INSTANTIATE_TEST_SUITE_P(
    Transport, FaultTest,
    ::testing::Combine(
        ::testing::Values(Which::kCurl, Which::kLoopback),
        ::testing::Values(
            FaultCase{"ClosedWithoutAnswer", {.then = Reply::Then::kClose}, "reset, sent"},
            FaultCase{"ResetWithoutAnswer", {.then = Reply::Then::kReset}, "reset, sent"},
            FaultCase{"ClosedInHeaders",
                      {.bytes = "HTTP/1.1 200 OK\r\nConte", .then = Reply::Then::kClose},
                      "truncated, sent"},
            FaultCase{"ClosedInBody",
                      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", .then = Reply::Then::kClose},
                      "truncated, sent"},
            FaultCase{"ResetInBody",
                      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", .then = Reply::Then::kReset},
                      "truncated, sent"},
            FaultCase{
                "ClosedInChunks",
                {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", .then = Reply::Then::kClose},
                "truncated, sent"},
            FaultCase{"SilentForTooLong", {.then = Reply::Then::kHold}, "timeout, sent"},
            FaultCase{"SilentInBody",
                      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", .then = Reply::Then::kHold},
                      "timeout, sent"},
            FaultCase{"NotHttp", {.bytes = "SSH-2.0-OpenSSH_9.2\r\n", .then = Reply::Then::kClose}, "malformed, sent"},
            FaultCase{"BadEncoding", Http(200, "not gzip", "Content-Encoding: gzip\r\n"), "malformed, sent"},
            FaultCase{"TooLarge", Http(200, std::string(1001, 'x')), "too large, sent"},
            FaultCase{"TooLargeInChunks",
                      {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                                std::string(2000, 'x') + "\r\n0\r\n\r\n"},
                      "too large, sent"},
            FaultCase{
                "ManyChunks",
                {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"},
                "HTTP 200"},
            FaultCase{"EndsWithTheConnection",
                      {.bytes = "HTTP/1.1 200 OK\r\n\r\nabc", .then = Reply::Then::kClose},
                      "HTTP 200"},
            FaultCase{"AnInterimAnswerFirst",
                      {.bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n"},
                      "HTTP 418"},
            FaultCase{"JustLargeEnough", Http(200, std::string(1000, 'x')), "HTTP 200"})),
    [](const auto& param) { return NameOf(std::get<0>(param.param)) + std::get<1>(param.param).name; });

TEST_P(TransportTest, ARefusedConnectionSentNothing) {
  int port = 0;
  {
    TestServer server([](const Received&) { return Reply{}; });
    port = server.port();
  }
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  const Exchange exchange = Send(transport, Post(fmt::format("http://127.0.0.1:{}", port), "", false));
  EXPECT_EQ(Shown(exchange), "connect, not sent");
  EXPECT_THAT(exchange.error().detail, HasSubstr(fmt::format("127.0.0.1 port {}", port)));
}

TEST(CurlTransport, AnUnknownHostSentNothing) {
  CurlTransport transport;
  // .invalid is reserved: no resolver knows it.
  EXPECT_EQ(Shown(Send(transport, Post("http://rds.invalid", "", false))), "dns, not sent");
}

TEST(CurlTransport, TlsTrustsTheBundleThatIsNamedAndNothingElse) {
  const TestCertificate certificate = MakeTestCertificate();
  TestServer server([](const Received&) { return Http(200, "ok"); }, &certificate);
  const TemporaryFile bundle(certificate.pem);
  const TemporaryFile other(MakeTestCertificate().pem);
  {
    CurlTransport transport({.ca_bundle = bundle.path()});
    EXPECT_EQ(Shown(Send(transport, Post(server.url()))), "HTTP 200");
  }
  for (const std::string& ca_bundle : {std::string(), other.path()}) {
    CurlTransport transport({.ca_bundle = ca_bundle});
    EXPECT_EQ(Shown(Send(transport, Post(server.url(), "", false))), "tls, not sent") << ca_bundle;
  }
  CurlTransport transport({.ca_bundle = "/nowhere/ca.pem"});
  const Exchange exchange = Send(transport, Post(server.url(), "", false));
  EXPECT_EQ(Shown(exchange), "unusable, not sent");
  EXPECT_THAT(exchange.error().detail, HasSubstr("/nowhere/ca.pem"));
}

TEST(CurlTransport, TlsToAServerWithoutItIsNotATimeOut) {
  TestServer server([](const Received&) { return Reply{}; });
  CurlTransport transport;
  server.RefuseToRead();
  const Exchange exchange = Send(transport, Post(fmt::format("https://127.0.0.1:{}", server.port()), "", false));
  ASSERT_FALSE(exchange);
  EXPECT_FALSE(exchange.error().request_sent);
  EXPECT_NE(exchange.error().kind, FailureKind::kTimeout);
}

TEST(CurlTransport, ProxiesComeFromTheEnvironment) {
  TestServer proxy([](const Received&) { return Http(200, "from the proxy"); });
  const Variable http_proxy("http_proxy", proxy.url());
  CurlTransport transport;
  Exchange exchange = Send(transport, Post("http://rds.invalid"));
  ASSERT_TRUE(exchange) << exchange.error().detail;
  EXPECT_EQ(exchange->body, "from the proxy");
  EXPECT_EQ(proxy.received().at(0).line, "POST http://rds.invalid/ HTTP/1.1");

  const Variable no_proxy("no_proxy", ".invalid");
  EXPECT_EQ(Shown(Send(transport, Post("http://rds.invalid"))), "dns, not sent");
}

TEST_P(TransportTest, LoopbackIsSpokenToDirectly) {
  TestServer proxy([](const Received&) { return Http(500, ""); });
  TestServer server([](const Received&) { return Http(200, "ok"); });
  const Variable http_proxy("http_proxy", proxy.url());
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  EXPECT_EQ(Shown(Send(transport, Post(server.url()))), "HTTP 200");
  EXPECT_EQ(proxy.connections(), 0);
}

TEST(CurlTransport, AProxyThatRefusesTheTunnelSentNothingToTheService) {
  TestServer proxy([](const Received&) { return Http(403, "no"); });
  const Variable https_proxy("https_proxy", proxy.url());
  CurlTransport transport;
  const Exchange exchange = Send(transport, Post("https://rds.invalid", "", false));
  EXPECT_EQ(Shown(exchange), "connect, not sent");
  EXPECT_THAT(exchange.error().detail, HasSubstr("403"));
}

TEST_P(TransportTest, AHeaderCannotSmuggleAnother) {
  TestServer server([](const Received&) { return Http(200, "ok"); });
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  HttpRequest request = Post(server.url());
  request.message.headers.emplace_back("X-Amz-Security-Token", "a\r\nX-Evil: 1");
  const Exchange exchange = Send(transport, request);
  EXPECT_EQ(Shown(exchange), "unusable, not sent");
  EXPECT_EQ(exchange.error().detail, "a header holds a line break");
  EXPECT_EQ(server.connections(), 0);
}

TEST_P(TransportTest, CancellationEndsAnExchangeThatIsUnderWay) {
  TestServer server([](const Received&) { return Reply{.then = Reply::Then::kHold}; });
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  boost::asio::io_context context;
  boost::asio::cancellation_signal stop;
  std::optional<Exchange> out;
  boost::asio::co_spawn(context, transport.Send(Post(server.url(), "", false), {}),
                        boost::asio::bind_cancellation_slot(
                            stop.slot(), [&](std::exception_ptr, Exchange exchange) { out = std::move(exchange); }));
  std::thread canceller([&] {
    server.WaitForRequests(1);
    boost::asio::post(context, [&] { stop.emit(boost::asio::cancellation_type::terminal); });
  });
  context.run();
  canceller.join();
  EXPECT_EQ(Shown(*out), "cancelled, sent");
  stop.emit(boost::asio::cancellation_type::terminal);  // after the end: nothing
}

TEST_P(TransportTest, TheEndOfTheTransportEndsWhatIsUnderWay) {
  TestServer server([](const Received&) { return Reply{.then = Reply::Then::kHold}; });
  auto transport = Make(GetParam());
  boost::asio::io_context context;
  std::optional<Exchange> out;
  boost::asio::co_spawn(context, transport->Send(Post(server.url(), "", false), {}),
                        [&](std::exception_ptr, Exchange exchange) { out = std::move(exchange); });
  context.poll();
  server.WaitForRequests(1);
  transport.reset();
  context.run();
  EXPECT_EQ(Shown(*out), "cancelled, sent");
}

TEST_P(TransportTest, ManyExchangesFromSeveralEventLoopsAtOnce) {
  TestServer server([](const Received& request) { return Http(200, request.body); });
  const auto owned = Make(GetParam());
  HttpTransport& transport = *owned;
  constexpr int kLoops = 3;
  constexpr int kEach = 40;
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int loop = 0; loop < kLoops; ++loop) {
    threads.emplace_back([&, loop] {
      boost::asio::io_context context;
      for (int i = 0; i < kEach; ++i) {
        const std::string body = fmt::format("{}-{}", loop, i);
        boost::asio::co_spawn(context, transport.Send(Post(server.url(), body), {}),
                              [&right, body](std::exception_ptr, Exchange exchange) {
                                if (exchange && exchange->body == body) ++right;
                              });
      }
      context.run();
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(right, kLoops * kEach);
}

// What LoopbackTransport is asked for and hands on, by its origin.
class Noting final : public HttpTransport {
 public:
  explicit Noting(std::vector<std::string>& origins) : origins_(origins) {}
  boost::asio::awaitable<Exchange> Send(HttpRequest request, Deadline) override {
    origins_.push_back(request.origin);
    co_return HttpResponse{.status = 299, .headers = {}, .body = {}};
  }

 private:
  std::vector<std::string>& origins_;
};

TEST(LoopbackTransport, HandsOnWhateverIsNotPlainHttpToALoopbackAddress) {
  std::vector<std::string> handed_on;
  LoopbackTransport transport(std::make_unique<Noting>(handed_on));
  const std::vector<std::string> others = {"https://127.0.0.1:1",    "http://localhost:1",  "http://rds.invalid",
                                           "http://127.0.0.1.x.org", "http://192.0.2.1:80", "http://[2001:db8::1]"};
  for (const std::string& origin : others)
    EXPECT_EQ(Shown(Send(transport, Post(origin))), "HTTP 299") << origin;
  EXPECT_EQ(handed_on, others);
}

TEST(LoopbackTransport, AReadIsAskedAgainWhenItsKeptConnectionTurnsOutDead) {
  // The second request on a connection is met with an end, after it has been read.
  TestServer server([last = 0](const Received& request) mutable {
    return std::exchange(last, request.connection) == request.connection ? Reply{.then = Reply::Then::kClose}
                                                                         : Http(200, request.body);
  });
  LoopbackTransport transport(std::make_unique<NoTransport>());
  ASSERT_EQ(Shown(Send(transport, Post(server.url(), "one"))), "HTTP 200");
  const Exchange second = Send(transport, Post(server.url(), "two"));
  ASSERT_EQ(Shown(second), "HTTP 200");
  EXPECT_EQ(second->body, "two");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.received().size(), 3U);
}

TEST(LoopbackTransport, AConnectionOnWhichTheServerSaidItsLastIsNotKept) {
  TestServer server([](const Received&) {
    Reply reply = Http(200, "ok", "Connection: close\r\n");
    reply.then = Reply::Then::kClose;
    return reply;
  });
  LoopbackTransport transport(std::make_unique<NoTransport>());
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(Shown(Send(transport, Post(server.url()))), "HTTP 200");
  EXPECT_EQ(server.received().size(), 2U);
}

TEST(LoopbackTransport, SaysWhatItWaitedFor) {
  TestServer server([](const Received&) { return Reply{.then = Reply::Then::kHold}; });
  LoopbackTransport transport(std::make_unique<NoTransport>());
  const Exchange exchange = Send(transport, Post(server.url(), "", false), {.total = Millis(50)});
  ASSERT_FALSE(exchange);
  EXPECT_EQ(exchange.error().detail, "no answer in time");
}

}  // namespace
}  // namespace rdsteady::aws
