// HTTP and signatures over real sockets, with a fake in place of the control plane.
#include <arpa/inet.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fstream>
#include <random>
#include <thread>

#include "base/json.h"
#include "base/text.h"
#include "local/engine/engine_test_support.h"
#include "local/server/frontend.h"
#include "local/server/http_server.h"
#include "wire/query.h"

namespace rdsteady::local {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

const wire::Credentials kKeys{.access_key_id = "LOCALRDSTEST", .secret_access_key = "secretsecretsecret"};
constexpr const char* kForm = "application/x-www-form-urlencoded; charset=utf-8";

// A peer that sends what it wants and reads what comes.
class Peer {
 public:
  explicit Peer(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<std::uint16_t>(port));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
  }
  void Send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server may hang up on us: that is what some tests want
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void EndSending() { ::shutdown(socket_.get(), SHUT_WR); }
  // Everything until the server closes; "TIMEOUT" is appended when it does not within ten seconds.
  std::string ReadAll() {
    while (Fill()) {
    }
    return std::exchange(text_, {});
  }
  // One answer with its body.
  std::string ReadOne() {
    while (true) {
      const auto header = text_.find("\r\n\r\n");
      if (header != std::string::npos) {
        const auto at = text_.find("Content-Length: ");
        const std::size_t length =
            at == std::string::npos || at > header ? 0 : static_cast<std::size_t>(std::atoi(text_.c_str() + at + 16));
        if (text_.size() >= header + 4 + length) {
          std::string one = text_.substr(0, header + 4 + length);
          text_.erase(0, one.size());
          return one;
        }
      }
      if (!Fill()) return std::exchange(text_, {}) + "CLOSED";
    }
  }

 private:
  bool Fill() {
    pollfd wait{socket_.get(), POLLIN, 0};
    if (::poll(&wait, 1, 10'000) != 1) {
      text_ += "TIMEOUT";
      return false;
    }
    char block[4096];
    const ssize_t got = ::recv(socket_.get(), block, sizeof block, 0);
    if (got <= 0) return false;
    text_.append(block, static_cast<std::size_t>(got));
    return true;
  }
  Fd socket_;
  std::string text_;
};

class ProtocolTest : public ::testing::Test {
 protected:
  void TearDown() override {
    if (!http_) return;
    boost::asio::post(io_, [this] { http_->Close(); });
    boost::asio::post(io_, [this] { io_.stop(); });
    thread_.join();
    workers_.join();
  }

  void Serve(HttpLimits limits = {}) {
    log_ = std::make_unique<AccessLog>(folder_.path() + "/access.log");
    frontend_.emplace(
        Frontend::Options{.credentials = kKeys,
                          .account = "123456789012",
                          .version = "1.2.3",
                          .handle = [this](const Call& call) { return handle_(call); },
                          .describe_key = [this](const std::string& region,
                                                 const Properties& input) { return describe_key_(region, input); },
                          .status = [] { return Properties{{"instances", List{}}}; },
                          .access_log = log_.get(),
                          .log = [this](std::string_view line) { server_log_ += line; },
                          .clock = &clock_});
    http_.emplace(io_, workers_.get_executor(),
                  HttpServer::Handlers{
                      .request = [this](const wire::HttpRequest& request,
                                        const std::string& remote) { return frontend_->Handle(request, remote); },
                      .refusal = [this](int status, const std::string& why,
                                        const std::string& remote) { return frontend_->Refuse(status, why, remote); }},
                  limits);
    auto port = http_->Listen("127.0.0.1", 0);
    ASSERT_TRUE(port) << Describe(port.error());
    port_ = *port;
    thread_ = std::thread([this] { io_.run(); });
  }

  [[nodiscard]] std::string Host() const { return fmt::format("127.0.0.1:{}", port_); }
  [[nodiscard]] wire::HttpRequest Post(std::string body) const {
    wire::HttpRequest request{.headers = {{"Host", Host()}, {"Content-Type", kForm}}};
    request.body = std::move(body);
    return request;
  }
  static std::string Text(const wire::HttpRequest& request) {
    std::string text = fmt::format("{} {}{}{} HTTP/1.1\r\n", request.method, request.path,
                                   request.query.empty() ? "" : "?", request.query);
    for (const auto& [name, value] : request.headers)
      text += fmt::format("{}: {}\r\n", name, value);
    return text + fmt::format("Content-Length: {}\r\n\r\n{}", request.body.size(), request.body);
  }
  [[nodiscard]] std::string Signed(std::string body, const wire::Credentials& keys = kKeys, std::string service = "rds",
                                   Millis age = Millis(0)) const {
    wire::HttpRequest request = Post(std::move(body));
    wire::Sign(request, keys, {.region = "eu-west-1", .service = std::move(service)}, clock_.Now() - age);
    return Text(request);
  }
  [[nodiscard]] std::string Ask(const std::string& text) const {
    Peer peer(port_);
    peer.Send(text);
    return peer.ReadOne();
  }
  void ExpectAlive() const {
    EXPECT_THAT(Ask(Signed("Action=DescribeDBInstances&Version=2014-10-31")),
                HasSubstr("<DescribeDBInstancesResponse xmlns="));
  }
  // The access log's lines.
  [[nodiscard]] std::vector<Properties> Logged() const {
    std::ifstream file(folder_.path() + "/access.log");
    std::vector<Properties> lines;
    for (std::string line; std::getline(file, line);) {
      const auto value = ParseJson(line);
      EXPECT_TRUE(value) << line;
      if (value) lines.push_back(value->As<Properties>());
    }
    return lines;
  }

  TestFolder folder_;
  SystemClock clock_;
  std::function<Answer(const Call&)> handle_ = [](const Call&) { return Properties{}; };
  std::function<Answer(const std::string& region, const Properties& input)> describe_key_ =
      [](const std::string&, const Properties&) { return Properties{}; };
  std::string server_log_;
  std::unique_ptr<AccessLog> log_;
  std::optional<Frontend> frontend_;
  boost::asio::io_context io_{1};
  boost::asio::thread_pool workers_{2};
  std::optional<HttpServer> http_;
  std::thread thread_;
  int port_ = 0;
};

std::string ErrorXml(std::string_view code, std::string_view message) {
  return fmt::format("<Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>", code, message);
}

TEST_F(ProtocolTest, ASignedPostReachesTheCallAndItsAnswerComesBack) {
  Call seen;
  handle_ = [&](const Call& call) -> Answer {
    seen = call;
    return Properties{{"DBInstances", List{Properties{{"DBInstanceIdentifier", "orders"}}}}};
  };
  Serve();
  const std::string answer = Ask(Signed("Action=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=a+b%2Bc"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/xml\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr("\r\nx-amzn-RequestId: "));
  EXPECT_THAT(answer, HasSubstr("<DBInstanceIdentifier>orders</DBInstanceIdentifier>"));
  EXPECT_EQ(seen.account, "123456789012");
  EXPECT_EQ(seen.region, "eu-west-1");
  EXPECT_EQ(seen.operation->name, "DescribeDBInstances");
  EXPECT_EQ(Find(seen.input, "DBInstanceIdentifier")->As<std::string>(), "a b+c");
}

TEST_F(ProtocolTest, TheRequestIdInTheHeaderIsThatOfTheBody) {
  Serve();
  const std::string answer = Ask(Signed("Action=DescribeDBInstances&Version=2014-10-31"));
  const auto at = answer.find("x-amzn-RequestId: ");
  ASSERT_NE(at, std::string::npos);
  const std::string id = answer.substr(at + 18, 36);
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_THAT(answer, HasSubstr("<RequestId>" + id + "</RequestId>"));
}

TEST_F(ProtocolTest, APresignedGetIsACallToo) {
  Call seen;
  handle_ = [&](const Call& call) -> Answer {
    seen = call;
    return Properties{};
  };
  Serve();
  wire::HttpRequest request{.method = "GET",
                            .query = "Action=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=a%2Bb%20c",
                            .headers = {{"Host", Host()}}};
  request.query = wire::PresignQuery(request, kKeys, {.region = "us-west-2"}, clock_.Now(), std::chrono::seconds(60));
  EXPECT_THAT(Ask(Text(request)), HasSubstr("<DescribeDBInstancesResponse xmlns="));
  EXPECT_EQ(seen.region, "us-west-2");
  EXPECT_EQ(Find(seen.input, "DBInstanceIdentifier")->As<std::string>(), "a+b c");
}

TEST_F(ProtocolTest, AFaultOfTheCallKeepsItsCodeAndStatus) {
  handle_ = [](const Call&) -> Answer {
    return std::unexpected(
        Fault{.code = "DBInstanceNotFound", .message = "DBInstance x < y not found.", .http_status = 404});
  };
  Serve();
  const std::string answer = Ask(Signed("Action=DescribeDBInstances&Version=2014-10-31"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(answer, HasSubstr(ErrorXml("DBInstanceNotFound", "DBInstance x &lt; y not found.")));
}

TEST_F(ProtocolTest, SignaturesAreVerified) {
  handle_ = [](const Call&) -> Answer {
    ADD_FAILURE() << "an unauthenticated request reached the control plane";
    return Properties{};
  };
  Serve();
  const std::string body = "Action=DescribeDBInstances&Version=2014-10-31";
  EXPECT_THAT(Ask(Text(Post(body))),
              AllOf(StartsWith("HTTP/1.1 403 "),
                    HasSubstr(ErrorXml("MissingAuthenticationToken", "Request is missing Authentication Token"))));
  EXPECT_THAT(
      Ask(Signed(body, {.access_key_id = "AKIDOTHER", .secret_access_key = kKeys.secret_access_key})),
      AllOf(StartsWith("HTTP/1.1 403 "),
            HasSubstr(ErrorXml("InvalidClientTokenId", "The security token included in the request is invalid."))));
  EXPECT_THAT(Ask(Signed(body, {.access_key_id = kKeys.access_key_id,
                                .secret_access_key = kKeys.secret_access_key,
                                .session_token = "token"})),
              HasSubstr("<Code>InvalidClientTokenId</Code>"));
  EXPECT_THAT(Ask(Signed(body, {.access_key_id = kKeys.access_key_id, .secret_access_key = "wrong"})),
              AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("<Code>SignatureDoesNotMatch</Code>")));
  EXPECT_THAT(Ask(Signed(body, kKeys, "ec2")),
              HasSubstr(ErrorXml("SignatureDoesNotMatch", "Credential should be scoped to correct service: 'rds'.")));
  EXPECT_THAT(
      Ask(Signed(body, kKeys, "rds", std::chrono::minutes(20))),
      AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("<Code>RequestExpired</Code>"), HasSubstr("Signature expired")));
  // A body that is not the signed one.
  std::string tampered = Signed(body);
  tampered.replace(tampered.find("DescribeDBInstances"), 19, "DescribeDBSnapshots");
  EXPECT_THAT(Ask(tampered), HasSubstr("<Code>SignatureDoesNotMatch</Code>"));
  wire::HttpRequest half = Post(body);
  half.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=nothing");
  EXPECT_THAT(Ask(Text(half)), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("<Code>IncompleteSignature</Code>")));
}

// KMS speaks another protocol at the same port; the header says which one is meant.
TEST_F(ProtocolTest, KmsAnswersBesideRds) {
  describe_key_ = [](const std::string& region, const Properties& input) -> Answer {
    if (Find(input, "KeyId")->As<std::string>() == "alias/none")
      return std::unexpected(Fault{.code = "NotFoundException", .message = "Alias x is not found."});
    return Properties{{"KeyMetadata", Properties{{"Arn", "arn in " + region}}}};
  };
  Serve();
  const auto ask = [&](std::string target, std::string body, std::string service = "kms",
                       const wire::Credentials& keys = kKeys) {
    wire::HttpRequest request{.headers = {{"Host", Host()},
                                          {"Content-Type", "application/x-amz-json-1.1"},
                                          {"X-Amz-Target", std::move(target)}},
                              .body = std::move(body)};
    wire::Sign(request, keys, {.region = "eu-west-1", .service = std::move(service)}, clock_.Now());
    return Ask(Text(request));
  };
  const std::string target = "TrentService.DescribeKey";
  EXPECT_THAT(ask(target, R"({"KeyId": "alias/orders"})"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: application/x-amz-json-1.1\r\n"),
                    HasSubstr("\r\nx-amzn-RequestId: "), HasSubstr(R"({"KeyMetadata": {"Arn": "arn in eu-west-1"}})")));
  EXPECT_THAT(ask(target, R"({"KeyId": "alias/none"})"),
              AllOf(StartsWith("HTTP/1.1 400 "),
                    HasSubstr(R"({"__type": "NotFoundException", "message": "Alias x is not found."})")));
  EXPECT_THAT(ask(target, "[]"), HasSubstr(R"("__type": "SerializationException")"));
  EXPECT_THAT(ask("TrentService.CreateKey", "{}"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr(R"("__type": "UnknownOperationException")")));
  EXPECT_THAT(ask("DynamoDB_20120810.ListTables", "{}"), HasSubstr(R"("__type": "UnknownOperationException")"));
  EXPECT_THAT(ask(target, "{}", "rds"),
              AllOf(StartsWith("HTTP/1.1 403 "),
                    HasSubstr(R"({"__type": "InvalidSignatureException", "message": "Credential should be scoped to )"
                              R"(correct service: 'kms'."})")));
  EXPECT_THAT(ask(target, "{}", "kms", {.access_key_id = kKeys.access_key_id, .secret_access_key = "wrong"}),
              AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr(R"("__type": "InvalidSignatureException")")));
  EXPECT_THAT(ask(target, "{}", "kms", {.access_key_id = "AKIDOTHER", .secret_access_key = "x"}),
              HasSubstr(R"("__type": "UnrecognizedClientException")"));
  EXPECT_THAT(Ask(Signed("Action=DescribeDBInstances&Version=2014-10-31", kKeys, "kms")),
              HasSubstr("Credential should be scoped to correct service: 'rds'."));
  const std::vector<Properties> logged = Logged();
  ASSERT_FALSE(logged.empty());
  EXPECT_EQ(*Find(logged[0], "operation"), Value("DescribeKey"));
  EXPECT_EQ(*Find(logged[0], "mutating"), Value(false));
  EXPECT_EQ(*Find(logged[0], "parameters"), Value(Properties{{"KeyId", "alias/orders"}}));
  EXPECT_EQ(*Find(logged[1], "code"), Value("NotFoundException"));
  ExpectAlive();
}

TEST_F(ProtocolTest, WhatIsNoRequestOfTheApiIsAFault) {
  Serve();
  EXPECT_THAT(Ask(Signed("Version=2014-10-31")), HasSubstr("<Code>MissingAction</Code>"));
  EXPECT_THAT(Ask(Signed("Action=NoSuchThing&Version=2014-10-31")), HasSubstr("<Code>InvalidAction</Code>"));
  EXPECT_THAT(Ask(Signed("Action=%zz")), HasSubstr("<ErrorResponse"));
  EXPECT_THAT(Ask(Signed("{\"json\": true}")), HasSubstr("<ErrorResponse"));
  EXPECT_THAT(Ask(Signed("")), HasSubstr("<ErrorResponse"));
  wire::HttpRequest put = Post("x");
  put.method = "PUT";
  EXPECT_THAT(Ask(Text(put)), AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("<Code>InvalidAction</Code>")));
  wire::HttpRequest elsewhere = Post("x");
  elsewhere.path = "/somewhere";
  EXPECT_THAT(Ask(Text(elsewhere)), StartsWith("HTTP/1.1 404 "));
  ExpectAlive();
}

TEST_F(ProtocolTest, HealthNeedsNoSignatureAndStatusDoes) {
  Serve();
  EXPECT_THAT(Ask("GET /_rdsteady/health HTTP/1.1\r\nHost: x\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\"version\": \"1.2.3\"")));
  EXPECT_THAT(Ask("GET /_rdsteady/status HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 403 "));
  (void)Ask(Signed("Action=DescribeDBInstances&Version=2014-10-31"));
  (void)Ask(Signed("Action=DeleteDBInstance&Version=2014-10-31&DBInstanceIdentifier=x"));
  for (const char* service : {"rds", "rdsteady"}) {
    wire::HttpRequest status{.method = "GET", .path = "/_rdsteady/status", .headers = {{"Host", Host()}}};
    wire::Sign(status, kKeys, {.region = "us-east-1", .service = service}, clock_.Now());
    const std::string answer = Ask(Text(status));
    EXPECT_THAT(answer, HasSubstr("\"calls\": 2"));
    EXPECT_THAT(answer, HasSubstr("\"mutating_calls\": 1"));
    EXPECT_THAT(answer, HasSubstr("\"instances\": []"));
  }
}

TEST_F(ProtocolTest, MalformedHttpIsAnsweredAndTheServerLivesOn) {
  Serve();
  for (const char* text :
       {"NONSENSE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nbad header\r\n\r\n", "\r\n\r\n\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00"}) {
    Peer peer(port_);
    peer.Send(text);
    peer.EndSending();
    const std::string answer = peer.ReadAll();
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 400 Bad Request\r\n"),
                              HasSubstr("<Code>MalformedHttpRequest</Code>"), HasSubstr("Connection: close")))
        << text;
  }
  ExpectAlive();
}

TEST_F(ProtocolTest, RandomBytesDoNoHarm) {
  Serve();
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    std::string text = i % 2 == 0 ? "" : Signed("Action=DescribeDBInstances&Version=2014-10-31");
    const std::size_t length = 1 + random() % 300;
    if (text.empty()) {
      for (std::size_t n = 0; n < length; ++n)
        text += static_cast<char>(random() % 256);
    } else {
      for (int n = 0; n < 3; ++n)
        text[random() % text.size()] = static_cast<char>(random() % 256);
    }
    Peer peer(port_);
    peer.Send(text);
    peer.EndSending();
    EXPECT_THAT(peer.ReadAll(), Not(HasSubstr("TIMEOUT")));
  }
  ExpectAlive();
}

TEST_F(ProtocolTest, OversizedHeadersAndBodiesAreRefused) {
  Serve();
  Peer header(port_);
  header.Send("POST / HTTP/1.1\r\nX-Long: " + std::string(70'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(header.ReadAll(), AllOf(StartsWith("HTTP/1.1 431 "), HasSubstr("the header is longer than 65536 bytes")));

  const std::string too_large =
      "<Error><Type>Sender</Type><Code>RequestEntityTooLarge</Code>"
      "<Message>the body is longer than 16777216 bytes</Message></Error>";
  Peer declared(port_);
  declared.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 16777217\r\n\r\n");
  EXPECT_THAT(declared.ReadAll(), AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr(too_large)));

  // Its length is not known before it has arrived, and the peer goes on sending after the refusal.
  Peer chunked(port_);
  chunked.Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  for (int i = 0; i < 18; ++i)
    chunked.Send(chunk);
  chunked.EndSending();
  EXPECT_THAT(chunked.ReadAll(), AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr(too_large)));
  ExpectAlive();
}

TEST_F(ProtocolTest, ABodyJustWithinTheLimitIsTaken) {
  HttpLimits limits;
  limits.body_bytes = 100'000;
  Serve(limits);
  std::string body = "Action=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=";
  body += std::string(100'000 - body.size(), 'x');
  EXPECT_THAT(Ask(Signed(body)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask(Signed(body + "x")), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ProtocolTest, SlowPeersAreCutOff) {
  HttpLimits limits;
  limits.idle = limits.header = limits.request = std::chrono::milliseconds(150);
  Serve(limits);
  Peer silent(port_);
  EXPECT_EQ(silent.ReadAll(), "");
  Peer slow_header(port_);
  slow_header.Send("POST / HTTP/1.1\r\nHo");
  EXPECT_THAT(slow_header.ReadAll(), AllOf(StartsWith("HTTP/1.1 408 "), HasSubstr("<Code>RequestTimeout</Code>")));
  Peer slow_body(port_);
  slow_body.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_THAT(slow_body.ReadAll(), StartsWith("HTTP/1.1 408 "));
  // A byte now and then does not help: the time is that of the whole request.
  Peer drip(port_);
  const auto start = std::chrono::steady_clock::now();
  std::thread dripping([&] {
    for (int i = 0; i < 100 && std::chrono::steady_clock::now() < start + std::chrono::seconds(2); ++i) {
      drip.Send("X");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  EXPECT_THAT(drip.ReadAll(), StartsWith("HTTP/1.1 408 "));
  dripping.join();
  ExpectAlive();
}

TEST_F(ProtocolTest, APeerThatGoesAwayInTheMiddleDoesNoHarm) {
  Serve();
  for (const char* text : {"", "POST", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"}) {
    Peer peer(port_);
    peer.Send(text);
  }
  {
    Peer peer(port_);
    peer.Send(Signed("Action=DescribeDBInstances&Version=2014-10-31"));
  }
  ExpectAlive();
}

TEST_F(ProtocolTest, AConnectionServesManyRequestsPipelinedOnesInOrder) {
  handle_ = [](const Call& call) -> Answer {
    const Value* marker = Find(call.input, "Marker");
    return Properties{{"Marker", marker == nullptr ? Value("none") : *marker}};
  };
  Serve();
  Peer peer(port_);
  std::string burst;
  for (int i = 0; i < 20; ++i) {
    burst += Signed(fmt::format("Action=DescribeDBInstances&Version=2014-10-31&Marker=m{}", i));
  }
  peer.Send(burst);
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(peer.ReadOne(),
                AllOf(HasSubstr("Connection: keep-alive"), HasSubstr(fmt::format("<Marker>m{}</Marker>", i))));
  }
  wire::HttpRequest last = Post("Action=DescribeDBInstances&Version=2014-10-31");
  wire::Sign(last, kKeys, {.region = "us-east-1"}, clock_.Now());
  last.headers.emplace_back("Connection", "close");
  peer.Send(Text(last));
  EXPECT_THAT(peer.ReadAll(), HasSubstr("Connection: close"));
}

TEST_F(ProtocolTest, ExpectContinueIsAnswered) {
  Serve();
  wire::HttpRequest request = Post("Action=DescribeDBInstances&Version=2014-10-31");
  wire::Sign(request, kKeys, {.region = "us-east-1"}, clock_.Now());
  request.headers.emplace_back("Expect", "100-continue");
  const std::string text = Text(request);
  const auto body = text.find("\r\n\r\n") + 4;
  Peer peer(port_);
  peer.Send(text.substr(0, body));
  EXPECT_EQ(peer.ReadOne(), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.Send(text.substr(body));
  EXPECT_THAT(peer.ReadOne(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ProtocolTest, MoreConnectionsThanAllowedAreTurnedAwayAndRoomIsGivenBack) {
  HttpLimits limits;
  limits.connections = 3;
  Serve(limits);
  {
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 3; ++i) {
      peers.push_back(std::make_unique<Peer>(port_));
      peers.back()->Send(Signed("Action=DescribeDBInstances&Version=2014-10-31"));
      EXPECT_THAT(peers.back()->ReadOne(), StartsWith("HTTP/1.1 200 "));
    }
    EXPECT_THAT(Ask(Signed("Action=DescribeDBInstances&Version=2014-10-31")),
                AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("<Type>Receiver</Type><Code>ServiceUnavailable</Code>")));
    for (auto& peer : peers) {
      peer->EndSending();
      EXPECT_EQ(peer->ReadAll(), "");
    }
  }
  ExpectAlive();
}

TEST_F(ProtocolTest, ABrokenInvariantEndsOneRequestOnly) {
  bool broken = true;
  handle_ = [&](const Call&) -> Answer {
    if (std::exchange(broken, false)) throw std::runtime_error("invariant");
    return Properties{};
  };
  Serve();
  Peer peer(port_);
  peer.Send(Signed("Action=DescribeDBInstances&Version=2014-10-31"));
  EXPECT_THAT(peer.ReadOne(),
              AllOf(StartsWith("HTTP/1.1 500 "), HasSubstr("<Type>Receiver</Type><Code>InternalFailure</Code>")));
  EXPECT_THAT(server_log_, HasSubstr("DescribeDBInstances: invariant"));
  peer.Send(Signed("Action=DescribeDBInstances&Version=2014-10-31"));
  EXPECT_THAT(peer.ReadOne(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ProtocolTest, TheAccessLogSaysWhatWasAskedAndHoldsNoSecret) {
  Serve();
  (void)Ask(
      Signed("Action=CreateDBInstance&Version=2014-10-31&DBInstanceIdentifier=orders&MasterUserPassword=canary-1"));
  (void)Ask(Text(Post("Action=DescribeDBInstances&Version=2014-10-31")));
  (void)Ask("GET /_rdsteady/health HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto lines = Logged();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("operation"), Value("CreateDBInstance"));
  EXPECT_EQ(lines[0].at("mutating"), Value(true));
  EXPECT_EQ(lines[0].at("code"), Value("ok"));
  EXPECT_EQ(lines[0].at("http_status"), Value(200));
  EXPECT_EQ(lines[0].at("access_key"), Value(kKeys.access_key_id));
  EXPECT_EQ(*lines[0].at("parameters").Find("DBInstanceIdentifier"), Value("orders"));
  EXPECT_EQ(*lines[0].at("parameters").Find("MasterUserPassword"), Value("****"));
  EXPECT_EQ(lines[1].at("operation"), Value("DescribeDBInstances"));
  EXPECT_EQ(lines[1].at("mutating"), Value(false));
  EXPECT_EQ(lines[1].at("code"), Value("MissingAuthenticationToken"));
  EXPECT_EQ(lines[1].at("access_key"), Value(""));
  std::ifstream file(folder_.path() + "/access.log");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(text, Not(HasSubstr("canary-1")));
}

TEST_F(ProtocolTest, OnlyLoopbackAddressesAreListenedOn) {
  HttpServer server(io_, workers_.get_executor(), {});
  for (const char* address : {"0.0.0.0", "192.168.1.1", "8.8.8.8", "::", "localhost", ""}) {
    const auto port = server.Listen(address, 0);
    ASSERT_FALSE(port) << address;
    EXPECT_EQ(port.error().message, std::string(address) + " is not a loopback address");
  }
  Serve();
  const auto taken = server.Listen("127.0.0.1", port_);
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message,
              HasSubstr(fmt::format("127.0.0.1 port {} is already used by process {} (", port_, ::getpid())));
}

TEST(AccessLogTest, ALogThatHasGrownLargeBeginsAnew) {
  TestFolder folder;
  const std::string path = folder.path() + "/access.log";
  AccessLog log(path, 1'000);
  for (int i = 0; i < 20; ++i)
    log.Write({.operation = "DescribeDBInstances"});
  EXPECT_LT(std::filesystem::file_size(path), 1'500U);
  EXPECT_TRUE(std::filesystem::exists(path + ".1"));
}

}  // namespace
}  // namespace rdsteady::local
