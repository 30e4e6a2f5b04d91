#include "aws/client.h"

#include <deque>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "aws/curl_transport.h"
#include "aws/test_server.h"
#include "aws/virtual_timer.h"
#include "base/text.h"

namespace rdsteady::aws {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Instant kStart = *ParseIso8601("2026-01-02T03:04:05Z");
constexpr char kSecretKey[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

const model::Operation& Op(std::string_view name) {
  return *model::FindOperation(name);
}

Exchange Answered(int status, std::string body, wire::Headers headers = {}) {
  return HttpResponse{.status = status, .headers = std::move(headers), .body = std::move(body)};
}
Exchange Failed(FailureKind kind, bool sent) {
  return std::unexpected(HttpFailure{.kind = kind, .request_sent = sent, .detail = "detail"});
}
Exchange Good() {
  return Answered(200, NoInstancesXml());
}
std::string CreatedXml() {
  return "<CreateDBInstanceResponse "
         "xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><CreateDBInstanceResult><DBInstance>"
         "<DBInstanceIdentifier>orders</DBInstanceIdentifier></DBInstance></CreateDBInstanceResult><ResponseMetadata>"
         "<RequestId>r</RequestId></ResponseMetadata></CreateDBInstanceResponse>";
}

// Answers from a list; takes a second of virtual time for each.
class ScriptedTransport final : public HttpTransport {
 public:
  explicit ScriptedTransport(VirtualTimer& timer) : timer_(timer) {}
  boost::asio::awaitable<Exchange> Send(HttpRequest request, Deadline) override {
    sent.push_back(std::move(request));
    most_at_once = std::max(most_at_once, ++now_);
    co_await timer_.Sleep(seconds(1));
    --now_;
    if (script.empty()) co_return Good();
    Exchange next = std::move(script.front());
    script.pop_front();
    co_return next;
  }
  std::deque<Exchange> script;
  std::vector<HttpRequest> sent;
  int most_at_once = 0;

 private:
  VirtualTimer& timer_;
  int now_ = 0;
};

class ListedCredentials final : public CredentialsProvider {
 public:
  boost::asio::awaitable<Result<Credentials>> Get(bool refresh) override {
    if (refresh && at + 1 < list.size()) ++at;
    if (list.empty()) co_return Fail(ErrorCategory::kCredentials, "no credentials were found");
    co_return list[at];
  }
  std::vector<Credentials> list = {{.keys = {.access_key_id = "AKIDEXAMPLE", .secret_access_key = kSecretKey}}};
  std::size_t at = 0;
};

class SignedClientTest : public ::testing::Test {
 protected:
  Result<Properties> Call(std::string_view operation, Properties input = {}) {
    return timer_.Run(client().Call(Op(operation), std::move(input)));
  }
  SignedClient& client() {
    if (!client_) client_.emplace(options_, credentials_, transport_, timer_);
    return *client_;
  }
  [[nodiscard]] std::string Header(std::size_t request, std::string_view name) const {
    const std::string* value = wire::FindHeader(transport_->sent.at(request).message.headers, name);
    return value == nullptr ? "(none)" : *value;
  }
  static std::string Shown(const Result<Properties>& result) {
    if (result) return "ok";
    return Describe(result.error()) + (result.error().outcome_unknown ? " (outcome unknown)" : "");
  }

  boost::asio::io_context context_;
  VirtualTimer timer_{context_, kStart};
  std::shared_ptr<ScriptedTransport> transport_ = std::make_shared<ScriptedTransport>(timer_);
  std::shared_ptr<ListedCredentials> credentials_ = std::make_shared<ListedCredentials>();
  SignedClientOptions options_{.region = "us-east-1",
                               .endpoint_url = "https://rds.us-east-1.amazonaws.com",
                               .random = [] { return std::uint64_t{1} << 63; }};  // half way
  std::optional<SignedClient> client_;
};

TEST_F(SignedClientTest, SendsASignedFormAndReadsTheAnswer) {
  const Result<Properties> result = Call("DescribeDBInstances", {{"DBInstanceIdentifier", "orders"}});
  ASSERT_TRUE(result) << Shown(result);
  EXPECT_TRUE(result->at("DBInstances").As<List>().empty());
  const HttpRequest& sent = transport_->sent.at(0);
  EXPECT_EQ(sent.origin, "https://rds.us-east-1.amazonaws.com");
  EXPECT_EQ(sent.message.method + sent.message.path + sent.message.query, "POST/");
  EXPECT_EQ(sent.message.body, "Action=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=orders");
  EXPECT_TRUE(sent.repeatable);
  EXPECT_EQ(Header(0, "host"), "rds.us-east-1.amazonaws.com");
  EXPECT_THAT(Header(0, "user-agent"), ::testing::MatchesRegex("rdsteady/[0-9.]+"));
  EXPECT_EQ(Header(0, "x-amz-date"), "20260102T030405Z");
  EXPECT_EQ(Header(0, "amz-sdk-request"), "attempt=1; max=3");
  EXPECT_EQ(Header(0, "amz-sdk-invocation-id"), "80000000-0000-4000-8000-000000000000");
  const auto claim = wire::ReadClaim(sent.message);
  ASSERT_TRUE(claim);
  EXPECT_TRUE(wire::Verify(sent.message, *claim, credentials_->list[0].keys, kStart));
}

TEST_F(SignedClientTest, AnEndpointKeepsItsPathAndPort) {
  options_.endpoint_url = "http://127.0.0.1:4566/base";
  ASSERT_EQ(Shown(Call("DescribeDBInstances")), "ok");
  EXPECT_EQ(transport_->sent.at(0).origin, "http://127.0.0.1:4566");
  EXPECT_EQ(transport_->sent.at(0).message.path, "/base");
  EXPECT_EQ(Header(0, "host"), "127.0.0.1:4566");
}

TEST_F(SignedClientTest, SignsEveryAttemptAnewUnderOneInvocation) {
  transport_->script = {Answered(503, ""), Answered(500, ErrorXml("InternalFailure")), Good()};
  ASSERT_EQ(Shown(Call("DescribeDBInstances")), "ok");
  ASSERT_EQ(transport_->sent.size(), 3U);
  // A second for each answer; half of 1 s, then half of 2 s.
  EXPECT_EQ(timer_.Now(), kStart + Millis(4500));
  EXPECT_EQ(Header(0, "x-amz-date"), "20260102T030405Z");
  EXPECT_EQ(Header(1, "x-amz-date"), "20260102T030406Z");
  EXPECT_EQ(Header(2, "x-amz-date"), "20260102T030408Z");
  EXPECT_EQ(Header(2, "amz-sdk-request"), "attempt=3; max=3");
  EXPECT_EQ(Header(0, "amz-sdk-invocation-id"), Header(2, "amz-sdk-invocation-id"));
  for (const HttpRequest& request : transport_->sent) {
    EXPECT_TRUE(
        wire::Verify(request.message, *wire::ReadClaim(request.message), credentials_->list[0].keys, timer_.Now()));
  }
}

TEST_F(SignedClientTest, WaitsAsLongAsTheServiceAsks) {
  transport_->script = {Answered(400, ErrorXml("Throttling", "Rate exceeded"), {{"Retry-After", "4"}}), Good()};
  ASSERT_EQ(Shown(Call("DescribeDBInstances")), "ok");
  EXPECT_EQ(Header(1, "x-amz-date"), "20260102T030410Z");
}

struct ErrorCase {
  const char* name;
  const char* operation;
  Exchange exchange;
  const char* shown;
  const char* hint;
  std::size_t attempts;
};

class SignedClientErrorTest : public SignedClientTest, public ::testing::WithParamInterface<ErrorCase> {};

TEST_P(SignedClientErrorTest, NamesOperationCodeRequestAndWhatToDo) {
  const ErrorCase& test = GetParam();
  for (std::size_t i = 0; i < 3; ++i)
    transport_->script.push_back(test.exchange);
  const Result<Properties> result = Call(test.operation, test.operation == std::string_view("CreateDBInstance")
                                                             ? Properties{{"DBInstanceIdentifier", "orders"}}
                                                             : Properties{});
  EXPECT_EQ(Shown(result), test.shown);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().hint, test.hint);
  EXPECT_EQ(transport_->sent.size(), test.attempts);
}

constexpr char kReadBack[] =
    "it is not known whether the call took effect: run the same command again, it begins by reading what is";
constexpr char kNetwork[] = "check the endpoint (--endpoint-url, AWS_ENDPOINT_URL), the region and the network";
constexpr char kReport[] = "try again; when it persists, report the request id to AWS";
constexpr char kNotRds[] = "check that the endpoint is RDS's, and that no proxy answers in its place";
constexpr char kHtml[] = "<html>\n <head><title>Sign in</title>\n</head></html>";

INSTANTIATE_TEST_SUITE_P(
    Client, SignedClientErrorTest,
    ::testing::Values(
        ErrorCase{"NotFound", "DescribeDBInstances",
                  Answered(404, ErrorXml("DBInstanceNotFound", "DBInstance x not found.")),
                  "service: DescribeDBInstances: DBInstanceNotFound: DBInstance x not found. (request id from-the-xml)",
                  "", 1},
        ErrorCase{"NoMessage", "DescribeDBInstances", Answered(400, ErrorXml("Odd", "")),
                  "service: DescribeDBInstances: Odd: the service gave no message (HTTP 400) (request id from-the-xml)",
                  "", 1},
        ErrorCase{"Denied", "CreateDBInstance", Answered(403, ErrorXml("AccessDenied", "You may not.")),
                  "service: CreateDBInstance: AccessDenied: You may not. (request id from-the-xml)",
                  "allow rds:CreateDBInstance to this identity", 1},
        ErrorCase{
            "UnknownKey", "DescribeDBInstances", Answered(403, ErrorXml("InvalidClientTokenId", "No such key.")),
            "credentials: DescribeDBInstances: InvalidClientTokenId: No such key. (request id from-the-xml)",
            "the service does not know this access key: check which account, partition and endpoint it belongs to", 1},
        ErrorCase{"Expired", "DescribeDBInstances", Answered(403, ErrorXml("ExpiredToken", "The token has expired.")),
                  "credentials: DescribeDBInstances: ExpiredToken: The token has expired. (request id from-the-xml)",
                  "the session has ended: renew the credentials and run again", 1},
        ErrorCase{"Throttled", "CreateDBInstance", Answered(400, ErrorXml("Throttling", "Rate exceeded")),
                  "service: CreateDBInstance: Throttling: Rate exceeded (request id from-the-xml), after 3 attempts",
                  "the account's request rate is used up: try again later, or allow more attempts with --call-attempts",
                  3},
        ErrorCase{"ReadFails", "DescribeDBInstances", Answered(500, ErrorXml("InternalFailure", "Sorry.")),
                  "service: DescribeDBInstances: InternalFailure: Sorry. (request id from-the-xml), after 3 attempts",
                  kReport, 3},
        ErrorCase{"CreateFails", "CreateDBInstance", Answered(500, ErrorXml("InternalFailure", "Sorry.")),
                  "service: CreateDBInstance: InternalFailure: Sorry. (request id from-the-xml) (outcome unknown)",
                  kReadBack, 1},
        ErrorCase{
            "EmptyError", "DescribeDBInstances", Answered(500, "", {{"x-amzn-RequestId", "from-the-header"}}),
            "transport: DescribeDBInstances: HTTP 500 from https://rds.us-east-1.amazonaws.com with an empty answer "
            "(request id from-the-header), after 3 attempts",
            kReport, 3},
        ErrorCase{
            "HtmlError", "DescribeDBInstances", Answered(403, kHtml, {{"Content-Type", "text/html"}}),
            "transport: DescribeDBInstances: HTTP 403 from https://rds.us-east-1.amazonaws.com with an answer that is "
            "not RDS's (text/html): <html> <head><title>Sign in</title> </head></html>",
            kNotRds, 1},
        ErrorCase{
            "Redirect", "CreateDBInstance",
            Answered(302, "", {{"Location", "https://login.example.com/?token=geheim"}}),
            "transport: CreateDBInstance: https://rds.us-east-1.amazonaws.com redirects to https://login.example.com/ "
            "(HTTP 302)",
            "redirects are not followed: give the service's own endpoint with --endpoint-url", 1},
        ErrorCase{"ProxyAuthentication", "DescribeDBInstances", Answered(407, ""),
                  "transport: DescribeDBInstances: the proxy asks for authentication (HTTP 407)",
                  "put user and password into the proxy's URL (https_proxy), or exclude the endpoint with no_proxy", 1},
        ErrorCase{"Refused", "CreateDBInstance", Failed(FailureKind::kConnect, false),
                  "transport: CreateDBInstance: cannot connect to https://rds.us-east-1.amazonaws.com: detail, after 3 "
                  "attempts",
                  kNetwork, 3},
        ErrorCase{
            "NoAnswerToARead", "DescribeDBInstances", Failed(FailureKind::kTimeout, true),
            "transport: DescribeDBInstances: no answer from https://rds.us-east-1.amazonaws.com in time: detail, after "
            "3 attempts",
            kNetwork, 3},
        ErrorCase{
            "NoAnswerToACreate", "CreateDBInstance", Failed(FailureKind::kTimeout, true),
            "transport: CreateDBInstance: no answer from https://rds.us-east-1.amazonaws.com in time: detail (outcome "
            "unknown)",
            kReadBack, 1},
        ErrorCase{"ResetAfterACreate", "CreateDBInstance", Failed(FailureKind::kReset, true),
                  "transport: CreateDBInstance: the connection to https://rds.us-east-1.amazonaws.com ended before an "
                  "answer: "
                  "detail (outcome unknown)",
                  kReadBack, 1},
        ErrorCase{
            "NoTls", "DescribeDBInstances", Failed(FailureKind::kTls, false),
            "transport: DescribeDBInstances: no trusted TLS connection to https://rds.us-east-1.amazonaws.com: detail",
            "name the certificates to trust with AWS_CA_BUNDLE, or check the host name in the endpoint", 1}),
    [](const auto& param) { return param.param.name; });

TEST_F(SignedClientTest, AGoodStatusWithAPageInPlaceOfAnAnswerIsNotRepeated) {
  transport_->script = {Answered(200, kHtml, {{"Content-Type", "text/html"}})};
  const Result<Properties> result = Call("DescribeDBInstances");
  EXPECT_THAT(Shown(result),
              HasSubstr("the answer from https://rds.us-east-1.amazonaws.com cannot be read (HTTP 200)"));
  EXPECT_THAT(Shown(result), HasSubstr("<html> <head>"));
  EXPECT_EQ(transport_->sent.size(), 1U);
}

TEST_F(SignedClientTest, ACutAnswerToAReadIsRepeatedAndToAChangeIsNot) {
  const std::string half = CreatedXml().substr(0, 150);
  transport_->script = {Answered(200, NoInstancesXml().substr(0, 150)), Answered(200, ""), Good()};
  EXPECT_EQ(Shown(Call("DescribeDBInstances")), "ok");
  transport_->script = {Answered(200, half), Answered(200, CreatedXml())};
  const Result<Properties> result = Call("CreateDBInstance", {{"DBInstanceIdentifier", "orders"}});
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().outcome_unknown);
  EXPECT_EQ(transport_->sent.size(), 4U);
}

TEST_F(SignedClientTest, AWrongClockIsCorrectedOnceAndRemembered) {
  const wire::Headers later = {{"Date", "Fri, 02 Jan 2026 04:04:06 GMT"}};  // an hour ahead, at the first answer
  transport_->script = {Answered(403, ErrorXml("RequestExpired", "Request has expired."), later), Good(), Good()};
  EXPECT_EQ(Shown(Call("DescribeDBInstances")), "ok");
  EXPECT_EQ(Header(1, "x-amz-date"), "20260102T040406Z");
  EXPECT_EQ(Shown(Call("DescribeDBInstances")), "ok");
  EXPECT_EQ(Header(2, "x-amz-date"), "20260102T040407Z");
}

TEST_F(SignedClientTest, ASignatureThatIsWrongAtTheRightTimeIsNotRepeated) {
  transport_->script = {Answered(403,
                                 ErrorXml("SignatureDoesNotMatch",
                                          "It does not match. The Canonical String for this "
                                          "request should have been 'POST / geheim'"),
                                 {{"Date", "Fri, 02 Jan 2026 03:04:06 GMT"}})};
  const Result<Properties> result = Call("DescribeDBInstances");
  EXPECT_EQ(Shown(result),
            "credentials: DescribeDBInstances: SignatureDoesNotMatch: It does not match. (request id from-the-xml)");
  EXPECT_THAT(result.error().hint, HasSubstr("the secret access key does not belong to the access key id"));
  EXPECT_EQ(transport_->sent.size(), 1U);
}

TEST_F(SignedClientTest, ExpiredCredentialsAreRenewedOnce) {
  credentials_->list.push_back(
      {.keys = {.access_key_id = "AKIDNEW", .secret_access_key = "new", .session_token = "tok"}});
  transport_->script = {Answered(403, ErrorXml("ExpiredToken")), Good()};
  EXPECT_EQ(Shown(Call("DescribeDBInstances")), "ok");
  EXPECT_THAT(Header(1, "authorization"), HasSubstr("Credential=AKIDNEW/"));
  EXPECT_EQ(Header(1, "x-amz-security-token"), "tok");
  transport_->script = {Answered(403, ErrorXml("ExpiredToken"))};
  EXPECT_THAT(Shown(Call("DescribeDBInstances")), HasSubstr("ExpiredToken"));
}

TEST_F(SignedClientTest, WithoutCredentialsNothingIsSent) {
  credentials_->list.clear();
  EXPECT_EQ(Shown(Call("DescribeDBInstances")), "credentials: DescribeDBInstances: no credentials were found");
  EXPECT_TRUE(transport_->sent.empty());
  EXPECT_EQ(client().statistics().calls, 0U);
}

TEST_F(SignedClientTest, AnInputThatCannotBeEncodedIsNotSent) {
  const Result<Properties> result = Call("DescribeDBInstances", {{"NoSuchMember", 1}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().category, ErrorCategory::kUsage);
  EXPECT_EQ(result.error().operation, "DescribeDBInstances");
  EXPECT_TRUE(transport_->sent.empty());
}

TEST_F(SignedClientTest, SecretsThatTheServiceQuotesAreMasked) {
  credentials_->list[0].keys.session_token = "IQoJb3JpZ2lu/token+==";
  const std::string echo =
      fmt::format("bad: hunter2+hunter2 and hunter2%2Bhunter2 and {} and IQoJb3JpZ2lu/token+==", kSecretKey);
  for (const Exchange& exchange : {Answered(400, ErrorXml("InvalidParameterValue", echo)), Answered(502, echo)}) {
    transport_->script = {exchange};
    const Result<Properties> result =
        Call("CreateDBInstance",
             {{"DBInstanceIdentifier", "orders"}, {"MasterUserPassword", Secret::Literal("hunter2+hunter2")}});
    ASSERT_FALSE(result);
    EXPECT_THAT(Shown(result), HasSubstr("bad: **** and **** and **** and ****"));
    EXPECT_THAT(Shown(result), Not(HasSubstr("hunter2")));
  }
  EXPECT_THAT(transport_->sent.at(0).message.body, HasSubstr("MasterUserPassword=hunter2%2Bhunter2"));
}

TEST_F(SignedClientTest, ACrossRegionReplicaCarriesAPresignedUrlWhichNoErrorShows) {
  transport_->script = {Answered(400, ErrorXml("InvalidParameterValue", "no good"))};
  const Result<Properties> result = Call(
      "CreateDBInstanceReadReplica", {{"DBInstanceIdentifier", "replica"},
                                      {"SourceDBInstanceIdentifier", "arn:aws:rds:us-west-2:123456789012:db:orders"}});
  EXPECT_THAT(transport_->sent.at(0).message.body,
              HasSubstr("PreSignedUrl=https%3A%2F%2Frds.us-west-2.amazonaws.com%2F"));
  EXPECT_THAT(Shown(result), Not(HasSubstr("Signature")));
}

TEST_F(SignedClientTest, CountsWhatWasDone) {
  transport_->script = {Answered(400, ErrorXml("Throttling")), Good(), Answered(200, CreatedXml()),
                        Answered(403, ErrorXml("AccessDenied"))};
  (void)Call("DescribeDBInstances");
  (void)Call("CreateDBInstance", {{"DBInstanceIdentifier", "orders"}});
  (void)Call("DescribeDBInstances");
  const CallStatistics counted = client().statistics();
  EXPECT_EQ(counted.calls, 3U);
  EXPECT_EQ(counted.mutating_calls, 1U);
  EXPECT_EQ(counted.attempts, 4U);
  EXPECT_EQ(counted.retried, 1U);
  EXPECT_EQ(counted.throttled, 1U);
  EXPECT_EQ(counted.failed, 1U);
}

TEST_F(SignedClientTest, SoManyCallsAtOnceAndNoMore) {
  options_.concurrency = 3;
  int done = 0;
  for (int i = 0; i < 10; ++i) {
    boost::asio::co_spawn(context_, client().Call(Op("DescribeDBInstances"), {}),
                          [&](std::exception_ptr, Result<Properties> result) { done += result ? 1 : 0; });
  }
  timer_.RunUntil([&] { return done == 10; });
  EXPECT_EQ(transport_->most_at_once, 3);
  EXPECT_EQ(timer_.Now(), kStart + seconds(4));
}

TEST_F(SignedClientTest, CancellationWhileWaitingForATurnOrBetweenAttemptsIsInterruptedAndFreesTheTurn) {
  options_.concurrency = 1;
  transport_->script = {Answered(503, "")};
  boost::asio::cancellation_signal stop_first;
  boost::asio::cancellation_signal stop_second;
  std::vector<std::string> ended;
  const auto start = [&](boost::asio::cancellation_signal& stop) {
    boost::asio::co_spawn(
        context_, client().Call(Op("DescribeDBInstances"), {}),
        boost::asio::bind_cancellation_slot(
            stop.slot(), [&](std::exception_ptr, Result<Properties> result) { ended.push_back(Shown(result)); }));
  };
  start(stop_first);
  start(stop_second);
  timer_.RunFor(Millis(1200));  // the first has had its answer and waits to repeat
  stop_second.emit(boost::asio::cancellation_type::terminal);
  timer_.RunReady();
  EXPECT_THAT(ended, ElementsAre("interrupted: DescribeDBInstances: interrupted"));
  stop_first.emit(boost::asio::cancellation_type::terminal);
  timer_.RunReady();
  EXPECT_EQ(ended.size(), 2U);
  EXPECT_EQ(Shown(Call("DescribeDBInstances")), "ok");
  EXPECT_EQ(transport_->sent.size(), 2U);
}

// Over a socket, with the real transport and the virtual clock for the waits between attempts.
class SocketClientTest : public ::testing::Test {
 protected:
  // Runs the context for real, and jumps over a wait between two attempts when there is one.
  Result<Properties> Call(const std::string& url, std::string_view operation, Properties input = {}, int attempts = 3) {
    SignedClient client({.region = "us-east-1",
                         .endpoint_url = url,
                         .retry = {.attempts = attempts},
                         .random = [] { return std::uint64_t{1} << 63; }},
                        credentials_, transport_, timer_);
    std::optional<Result<Properties>> out;
    boost::asio::co_spawn(context_, client.Call(Op(operation), std::move(input)),
                          [&](std::exception_ptr, Result<Properties> result) { out = std::move(result); });
    while (!out) {
      timer_.AdvanceToNext();
      context_.restart();
      context_.run_one_for(seconds(60));
    }
    return *out;
  }

  boost::asio::io_context context_;
  VirtualTimer timer_{context_, kStart};
  std::shared_ptr<CurlTransport> transport_ = std::make_shared<CurlTransport>();
  std::shared_ptr<ListedCredentials> credentials_ = std::make_shared<ListedCredentials>();
};

TEST_F(SocketClientTest, RepeatsAReadThroughEveryTransientFault) {
  TestServer server([](const Received& request) -> Reply {
    switch (request.number) {
      case 1: return {.then = Reply::Then::kReset};
      case 2: return Http(503, "<html/>", "", "text/html");
      case 3: return Http(400, ErrorXml("Throttling"), "Retry-After: 1\r\n");
      case 4: return {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<Desc", .then = Reply::Then::kClose};
      case 5: return Http(200, NoInstancesXml().substr(0, 120));
      default: return Http(200, NoInstancesXml());
    }
  });
  const Result<Properties> result = Call(server.url(), "DescribeDBInstances", {}, 6);
  ASSERT_TRUE(result) << Describe(result.error());
  const auto received = server.received();
  ASSERT_EQ(received.size(), 6U);
  for (const Received& request : received) {
    const wire::HttpRequest message{.headers = request.headers, .body = request.body};
    const auto claim = wire::ReadClaim(message);
    ASSERT_TRUE(claim);
    EXPECT_TRUE(wire::Verify(message, *claim, credentials_->list[0].keys, timer_.Now()));
  }
  EXPECT_NE(*wire::FindHeader(received[0].headers, "authorization"),
            *wire::FindHeader(received[5].headers, "authorization"));
}

TEST_F(SocketClientTest, ACreateWhoseAnswerWasLostArrivesOnce) {
  TestServer server([](const Received& request) {
    return request.number == 1 ? Http(200, NoInstancesXml()) : Reply{.then = Reply::Then::kClose};
  });
  ASSERT_TRUE(Call(server.url(), "DescribeDBInstances"));
  const Result<Properties> result = Call(server.url(), "CreateDBInstance", {{"DBInstanceIdentifier", "orders"}});
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().outcome_unknown);
  EXPECT_EQ(server.received().size(), 2U);
}

TEST_F(SocketClientTest, ACreateThatIsInterruptedUnderWayHasAnUnknownOutcome) {
  TestServer server([](const Received&) { return Reply{.then = Reply::Then::kHold}; });
  SignedClient client({.region = "us-east-1", .endpoint_url = server.url()}, credentials_, transport_, timer_);
  boost::asio::cancellation_signal stop;
  std::optional<Result<Properties>> out;
  boost::asio::co_spawn(
      context_, client.Call(Op("CreateDBInstance"), {{"DBInstanceIdentifier", "orders"}}),
      boost::asio::bind_cancellation_slot(
          stop.slot(), [&](std::exception_ptr, Result<Properties> result) { out = std::move(result); }));
  context_.poll();
  server.WaitForRequests(1);
  stop.emit(boost::asio::cancellation_type::terminal);
  context_.restart();
  context_.run();
  EXPECT_EQ(Describe(out->error()), "interrupted: CreateDBInstance: interrupted");
  EXPECT_TRUE(out->error().outcome_unknown);
}

TEST_F(SocketClientTest, ARefusedConnectionNamesTheEndpointAndWhatToCheck) {
  std::string url;
  {
    TestServer server([](const Received&) { return Reply{}; });
    url = server.url();
  }
  const Result<Properties> result = Call(url, "CreateDBInstance", {{"DBInstanceIdentifier", "orders"}});
  ASSERT_FALSE(result);
  EXPECT_THAT(Describe(result.error()), HasSubstr("transport: CreateDBInstance: cannot connect to " + url + ": "));
  EXPECT_FALSE(result.error().outcome_unknown);
}

}  // namespace
}  // namespace rdsteady::aws
