#include "aws/retry.h"

#include <gmock/gmock.h>

namespace rdsteady::aws {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Instant kNow = *ParseIso8601("2026-01-02T03:04:05Z");

struct Case {
  const char* name;
  AttemptOutcome outcome;
  AttemptKind kind;
  bool read_repeats;
  bool change_repeats;
  bool change_unknown;
};

AttemptOutcome Answered(int status, std::string_view code = "") {
  return {.http_status = status, .code = code};
}
AttemptOutcome Failed(FailureKind kind, bool sent) {
  return {.failure = kind, .request_sent = sent};
}
AttemptOutcome Cut() {
  return {.http_status = 200, .answer_cut = true};
}

class RetryTest : public ::testing::TestWithParam<Case> {};

TEST_P(RetryTest, RepeatsAReadWhenItMayHelpAndAChangeOnlyWhenItHadNoEffect) {
  const Case& test = GetParam();
  RetryTokens tokens;
  EXPECT_EQ(Classify(test.outcome), test.kind);
  EXPECT_EQ(DecideRetry({}, test.outcome, false, 1, std::nullopt, tokens, 0.5).repeat, test.read_repeats);
  EXPECT_EQ(DecideRetry({}, test.outcome, true, 1, std::nullopt, tokens, 0.5).repeat, test.change_repeats);
  EXPECT_FALSE(OutcomeUnknown(test.outcome, false));
  EXPECT_EQ(OutcomeUnknown(test.outcome, true), test.change_unknown);
}

INSTANTIATE_TEST_SUITE_P(
    Retry, RetryTest,
    ::testing::Values(
        Case{"Throttling", Answered(400, "Throttling"), AttemptKind::kThrottled, true, true, false},
        Case{"RequestLimit", Answered(503, "RequestLimitExceeded"), AttemptKind::kThrottled, true, true, false},
        Case{"SlowDown", Answered(503, "SlowDown"), AttemptKind::kThrottled, true, true, false},
        Case{"TooMany", Answered(429), AttemptKind::kThrottled, true, true, false},
        Case{"InternalFailure", Answered(500, "InternalFailure"), AttemptKind::kTransient, true, false, true},
        Case{"NoBody500", Answered(500), AttemptKind::kTransient, true, false, true},
        Case{"BadGateway", Answered(502), AttemptKind::kTransient, true, false, true},
        Case{"Unavailable", Answered(503, "ServiceUnavailable"), AttemptKind::kTransient, true, false, true},
        Case{"GatewayTimeout", Answered(504), AttemptKind::kTransient, true, false, true},
        Case{"NotImplemented", Answered(501), AttemptKind::kFinal, false, false, true},
        Case{"RequestTimeout", Answered(400, "RequestTimeout"), AttemptKind::kTimeout, true, false, true},
        Case{"NotFound", Answered(404, "DBInstanceNotFound"), AttemptKind::kFinal, false, false, false},
        Case{"Denied", Answered(403, "AccessDenied"), AttemptKind::kFinal, false, false, false},
        Case{"Redirect", Answered(302), AttemptKind::kFinal, false, false, false},
        Case{"Unreadable", Answered(200), AttemptKind::kFinal, false, false, true},
        Case{"Cut", Cut(), AttemptKind::kTransient, true, false, true},
        Case{"Expired", Answered(403, "ExpiredToken"), AttemptKind::kExpired, false, false, false},
        Case{"Skew", Answered(403, "RequestExpired"), AttemptKind::kSkew, false, false, false},
        Case{"Mismatch", Answered(403, "SignatureDoesNotMatch"), AttemptKind::kSkew, false, false, false},
        Case{"Refused", Failed(FailureKind::kConnect, false), AttemptKind::kTransient, true, true, false},
        Case{"Dns", Failed(FailureKind::kDns, false), AttemptKind::kTransient, true, true, false},
        Case{"ConnectTimeout", Failed(FailureKind::kTimeout, false), AttemptKind::kTimeout, true, true, false},
        Case{"AnswerTimeout", Failed(FailureKind::kTimeout, true), AttemptKind::kTimeout, true, false, true},
        Case{"ResetBefore", Failed(FailureKind::kReset, false), AttemptKind::kTransient, true, true, false},
        Case{"ResetAfter", Failed(FailureKind::kReset, true), AttemptKind::kTransient, true, false, true},
        Case{"Truncated", Failed(FailureKind::kTruncated, true), AttemptKind::kTransient, true, false, true},
        Case{"Tls", Failed(FailureKind::kTls, false), AttemptKind::kFinal, false, false, false},
        Case{"TooLarge", Failed(FailureKind::kTooLarge, true), AttemptKind::kFinal, false, false, true},
        Case{"NotHttp", Failed(FailureKind::kMalformed, true), AttemptKind::kFinal, false, false, true},
        Case{"Cancelled", Failed(FailureKind::kCancelled, true), AttemptKind::kFinal, false, false, true},
        Case{"Unusable", Failed(FailureKind::kUnusable, false), AttemptKind::kFinal, false, false, false}),
    [](const auto& param) { return param.param.name; });

TEST(Retry, TheDelayDoublesToItsCap) {
  RetryTokens tokens;
  const std::vector<std::int64_t> expected = {1000, 2000, 4000, 8000, 16000, 20000, 20000};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const RetryDecision decision =
        DecideRetry({.attempts = 50}, Answered(500), false, static_cast<int>(i) + 1, std::nullopt, tokens, 0.999999);
    EXPECT_NEAR(static_cast<double>(decision.delay.count()), static_cast<double>(expected[i]), 1.0);
  }
  EXPECT_EQ(DecideRetry({.attempts = 50}, Answered(500), false, 3, std::nullopt, tokens, 0.25).delay, Millis(1000));
  EXPECT_EQ(DecideRetry({.attempts = 50}, Answered(500), false, 3, std::nullopt, tokens, 0.0).delay, Millis(0));
  EXPECT_TRUE(DecideRetry({.attempts = 5000}, Answered(500), false, 4000, std::nullopt, tokens, 0.5).delay <=
              seconds(20));
}

TEST(Retry, AttemptsCountTheFirst) {
  RetryTokens tokens;
  EXPECT_TRUE(DecideRetry({.attempts = 3}, Answered(500), false, 2, std::nullopt, tokens, 0).repeat);
  EXPECT_FALSE(DecideRetry({.attempts = 3}, Answered(500), false, 3, std::nullopt, tokens, 0).repeat);
  EXPECT_FALSE(DecideRetry({.attempts = 1}, Answered(500), false, 1, std::nullopt, tokens, 0).repeat);
}

TEST(Retry, RepeatsArePaidForUntilTheBucketIsEmpty) {
  RetryTokens tokens;
  int repeats = 0;
  RetryDecision decision;
  while ((decision = DecideRetry({}, Answered(500), false, 1, std::nullopt, tokens, 0)).repeat)
    ++repeats;
  EXPECT_EQ(repeats, 100);
  EXPECT_TRUE(decision.out_of_tokens);
  tokens.Return(Refund(0));
  EXPECT_EQ(tokens.available(), 1);
  tokens.Return(Refund(10));
  EXPECT_EQ(DecideRetry({}, Failed(FailureKind::kTimeout, true), false, 1, std::nullopt, tokens, 0).cost, 10);
  tokens.Return(10'000);
  EXPECT_EQ(tokens.available(), RetryTokens::kCapacity);
}

TEST(Retry, WhatTheServiceAsksForIsHonouredWithinFiveSeconds) {
  RetryTokens tokens;
  const auto delay = [&](Millis asked) {
    return DecideRetry({}, Answered(503), false, 2, asked, tokens, 0.5).delay;  // backoff: 1 s
  };
  EXPECT_EQ(delay(Millis(10)), Millis(1000));
  EXPECT_EQ(delay(Millis(2500)), Millis(2500));
  EXPECT_EQ(delay(minutes(10)), Millis(6000));
}

TEST(Retry, ReadsRetryAfterInItsThreeForms) {
  EXPECT_EQ(ReadRetryAfter({{"Retry-After", "3"}}, kNow), seconds(3));
  EXPECT_EQ(ReadRetryAfter({{"retry-after", "3"}, {"X-Amz-Retry-After", "1500"}}, kNow), Millis(1500));
  EXPECT_EQ(ReadRetryAfter({{"Retry-After", "Fri, 02 Jan 2026 03:04:15 GMT"}}, kNow), seconds(10));
  EXPECT_EQ(ReadRetryAfter({{"Retry-After", "Fri, 02 Jan 2026 03:00:00 GMT"}}, kNow), seconds(0));
  for (const char* nonsense : {"", "-3", "soon", "3.5", "99999999999999999999"}) {
    EXPECT_EQ(ReadRetryAfter({{"Retry-After", nonsense}}, kNow), std::nullopt) << nonsense;
  }
  EXPECT_EQ(ReadRetryAfter({}, kNow), std::nullopt);
}

TEST(Retry, ASkewMattersFromFourMinutes) {
  const auto skew = [](const char* date) { return MeasureSkew({{"Date", date}}, kNow); };
  EXPECT_EQ(skew("Fri, 02 Jan 2026 03:08:05 GMT"), minutes(4));
  EXPECT_EQ(skew("Fri, 02 Jan 2026 03:08:04 GMT"), std::nullopt);
  EXPECT_EQ(skew("Fri, 02 Jan 2026 02:04:05 GMT"), -minutes(60));
  EXPECT_EQ(skew("yesterday"), std::nullopt);
  EXPECT_EQ(MeasureSkew({}, kNow), std::nullopt);
}

TEST(HttpDate, ReadsTheFormThatServersSendAndNoOther) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), ParseIso8601("1994-11-06T08:49:37Z"));
  EXPECT_EQ(ParseHttpDate(" Thu, 29 Feb 2024 23:59:59 GMT "), ParseIso8601("2024-02-29T23:59:59Z"));
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 31 Feb 2024 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Non 1994 08:49:37 GMT"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

struct UrlCase {
  const char* text;
  const char* origin;
  const char* path;
};

TEST(Url, ReadsEndpoints) {
  for (const UrlCase& test :
       {UrlCase{"https://rds.us-east-1.amazonaws.com", "https://rds.us-east-1.amazonaws.com", "/"},
        UrlCase{"HTTPS://RDS.Example.com:443/", "https://rds.example.com", "/"},
        UrlCase{"http://127.0.0.1:8080/a/b", "http://127.0.0.1:8080", "/a/b"},
        UrlCase{"http://localhost:80", "http://localhost", "/"},
        UrlCase{"http://localhost:443", "http://localhost:443", "/"}, UrlCase{"http://[::1]:9", "http://[::1]:9", "/"},
        UrlCase{"http://[::1]", "http://[::1]", "/"}}) {
    const Result<Url> url = ParseUrl(test.text);
    ASSERT_TRUE(url) << test.text << ": " << url.error().message;
    EXPECT_EQ(url->Origin(), test.origin);
    EXPECT_EQ(url->path, test.path);
  }
}

TEST(Url, RefusesWhatIsNoEndpoint) {
  const std::pair<const char*, const char*> cases[] = {
      {"rds.us-east-1.amazonaws.com", "the URL has no http:// or https:// in front"},
      {"ftp://x", "the URL's scheme is neither http nor https"},
      {"http://", "the URL has no valid host name"},
      {"http://a b", "the URL has no valid host name"},
      {"http://[::1", "the URL has no valid host name"},
      {"http://user:geheim@x", "the URL holds a user name or password"},
      {"http://x?y=z", "the URL has a query or a fragment"},
      {"http://x:0", "the URL's port is not a number from 1 to 65535"},
      {"http://x:65536", "the URL's port is not a number from 1 to 65535"},
      {"http://x:", "the URL's port is not a number from 1 to 65535"},
      {"http://x/a b", "the URL's path holds characters that need escaping"},
  };
  for (const auto& [text, message] : cases) {
    const Result<Url> url = ParseUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().message, message) << text;
  }
}

}  // namespace
}  // namespace rdsteady::aws
