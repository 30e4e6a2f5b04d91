#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "wire/crypto.h"
#include "wire/query.h"
#include "wire/sigv4.h"

namespace rdsteady::wire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

const Credentials kKeys{.access_key_id = "AKIDEXAMPLE",
                        .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const Scope kScope{.region = "us-east-1"};
const Instant kNow = *ParseIso8601("2026-01-02T03:04:05Z");

HttpRequest Signed(const Credentials& credentials = kKeys) {
  HttpRequest request{.headers = {{"Host", "127.0.0.1:8080"},
                                  {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                                  {"User-Agent", "test"}},
                      .body = "Action=DescribeDBInstances&Version=2014-10-31"};
  Sign(request, credentials, kScope, kNow);
  return request;
}
HttpRequest Presigned(seconds expires = minutes(15), const Credentials& credentials = kKeys) {
  HttpRequest request{
      .method = "GET", .query = "Action=DescribeDBInstances&Version=2014-10-31", .headers = {{"Host", "h"}}};
  request.query = PresignQuery(request, credentials, kScope, kNow, expires);
  return request;
}

std::string& HeaderOf(HttpRequest& request, std::string_view name) {
  for (auto& [header, value] : request.headers) {
    if (EqualsIgnoreCase(header, name)) return value;
  }
  ADD_FAILURE() << "no header " << name;
  return request.headers.front().second;
}

// "ok", or the fault's name and message.
std::string Outcome(const HttpRequest& request, Instant now = kNow, const Credentials& credentials = kKeys) {
  const auto told = [](const VerifyError& error) {
    constexpr std::string_view kNames[] = {"missing", "incomplete", "mismatch", "expired"};
    return std::string(kNames[static_cast<std::size_t>(error.fault)]) + ": " + error.message;
  };
  const auto claim = ReadClaim(request);
  if (!claim) return told(claim.error());
  const auto verified = Verify(request, *claim, credentials, now);
  return verified ? "ok" : told(verified.error());
}

constexpr std::string_view kMismatch = "mismatch: The request signature we calculated does not match";

TEST(Verify, AcceptsWhatSignMade) {
  EXPECT_EQ(Outcome(Signed()), "ok");
  EXPECT_EQ(Outcome(Presigned()), "ok");
  Credentials temporary = kKeys;
  temporary.session_token = "IQoJ/tok+en==";
  EXPECT_EQ(Outcome(Signed(temporary), kNow, temporary), "ok");
  EXPECT_EQ(Outcome(Presigned(minutes(15), temporary), kNow, temporary), "ok");
}

TEST(ReadClaim, TellsWhoSignedForWhat) {
  Credentials temporary = kKeys;
  temporary.session_token = "TOKEN/x==";
  for (const HttpRequest& request : {Signed(temporary), Presigned(minutes(1), temporary)}) {
    const auto claim = ReadClaim(request);
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->access_key_id, "AKIDEXAMPLE");
    EXPECT_EQ(claim->date, "20260102");
    EXPECT_EQ(claim->region, "us-east-1");
    EXPECT_EQ(claim->service, "rds");
    EXPECT_EQ(claim->session_token, "TOKEN/x==");
    EXPECT_EQ(claim->presigned, request.method == "GET");
  }
}

TEST(Verify, AnythingTamperedWithFails) {
  const std::vector<std::pair<std::string, std::function<void(HttpRequest&)>>> changes = {
      {"method", [](HttpRequest& r) { r.method = "GET"; }},
      {"path", [](HttpRequest& r) { r.path = "/x"; }},
      {"query", [](HttpRequest& r) { r.query = "a=b"; }},
      {"body", [](HttpRequest& r) { r.body.back() = '0'; }},
      {"body cut", [](HttpRequest& r) { r.body.pop_back(); }},
      {"body grown", [](HttpRequest& r) { r.body += "&x=1"; }},
      {"host", [](HttpRequest& r) { HeaderOf(r, "host") = "127.0.0.1:8081"; }},
      {"host twice", [](HttpRequest& r) { r.headers.emplace_back("host", "other"); }},
      {"content type", [](HttpRequest& r) { HeaderOf(r, "content-type") = "text/plain"; }},
      {"second", [](HttpRequest& r) { HeaderOf(r, "x-amz-date") = "20260102T030406Z"; }},
      {"scope",
       [](HttpRequest& r) {
         std::string& header = HeaderOf(r, "authorization");
         header = ReplaceAll(header, "us-east-1", "us-east-2");
       }},
      {"service",
       [](HttpRequest& r) {
         std::string& header = HeaderOf(r, "authorization");
         header = ReplaceAll(header, "/rds/", "/iam/");
       }},
      {"key id",
       [](HttpRequest& r) {
         std::string& header = HeaderOf(r, "authorization");
         header = ReplaceAll(header, "AKIDEXAMPLE", "AKIDEXAMPLF");
       }},
      {"signed headers",
       [](HttpRequest& r) {
         std::string& header = HeaderOf(r, "authorization");
         header = ReplaceAll(header, "content-type;", "");
       }},
      {"signature's last digit",
       [](HttpRequest& r) {
         char& last = HeaderOf(r, "authorization").back();
         last = last == '0' ? '1' : '0';
       }},
      {"signature cut", [](HttpRequest& r) { HeaderOf(r, "authorization").pop_back(); }},
      {"signature grown", [](HttpRequest& r) { HeaderOf(r, "authorization") += '0'; }},
      {"signature in capitals",
       [](HttpRequest& r) {
         std::string& header = HeaderOf(r, "authorization");
         const auto at = header.find("Signature=") + 10;
         header = header.substr(0, at) + ToUpper(header.substr(at));
       }},
  };
  for (const auto& [what, change] : changes) {
    HttpRequest request = Signed();
    change(request);
    EXPECT_THAT(Outcome(request), HasSubstr(std::string(kMismatch))) << what;
  }
  HttpRequest other_day = Signed();
  HeaderOf(other_day, "x-amz-date") = "20260103T030405Z";
  EXPECT_EQ(Outcome(other_day, *ParseIso8601("2026-01-03T03:04:05Z")),
            "mismatch: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP");
  Credentials other = kKeys;
  other.secret_access_key += "x";
  EXPECT_THAT(Outcome(Signed(), kNow, other), HasSubstr(std::string(kMismatch)));
}

TEST(Verify, EveryByteOfAPresignedQueryCounts) {
  const HttpRequest good = Presigned();
  const std::size_t signature = good.query.find("&X-Amz-Signature=");
  ASSERT_EQ(Outcome(good), "ok");
  for (std::size_t i = 0; i < good.query.size(); ++i) {
    HttpRequest bad = good;
    bad.query[i] = bad.query[i] == 'x' ? 'y' : 'x';
    EXPECT_NE(Outcome(bad), "ok") << i << (i > signature ? " (signature)" : "") << ": " << bad.query;
  }
  HttpRequest grown = good;
  grown.query += "&MaxRecords=20";
  EXPECT_THAT(Outcome(grown), HasSubstr(std::string(kMismatch)));
}

TEST(Verify, SessionTokensMustBeTheCredentials) {
  Credentials temporary = kKeys;
  temporary.session_token = "token";
  EXPECT_THAT(Outcome(Signed(), kNow, temporary), HasSubstr(std::string(kMismatch)));
  EXPECT_THAT(Outcome(Signed(temporary)), HasSubstr(std::string(kMismatch)));
  HttpRequest exchanged = Signed(temporary);
  HeaderOf(exchanged, "x-amz-security-token") = "other";
  EXPECT_THAT(Outcome(exchanged, kNow, temporary), HasSubstr(std::string(kMismatch)));
  HttpRequest added = Signed();
  added.headers.emplace_back("X-Amz-Security-Token", "token");
  EXPECT_EQ(Outcome(added, kNow, temporary),
            "incomplete: 'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization");
}

TEST(Verify, ClocksMayDifferByTheAllowedSkewOnly) {
  EXPECT_EQ(Outcome(Signed(), kNow + minutes(5)), "ok");
  EXPECT_EQ(Outcome(Signed(), kNow - minutes(5)), "ok");
  EXPECT_EQ(
      Outcome(Signed(), kNow + minutes(5) + seconds(1)),
      "expired: Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030906Z - 5 min.)");
  EXPECT_EQ(
      Outcome(Signed(), kNow - minutes(5) - seconds(1)),
      "expired: Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z (20260102T025904Z + 5 "
      "min.)");
  // A wrong signature is not told apart from a right one by its age.
  HttpRequest request = Signed();
  request.body += "x";
  EXPECT_THAT(Outcome(request, kNow + minutes(6)), HasSubstr("expired: "));
}

TEST(Verify, PresignedUrlsLiveAsLongAsTheySay) {
  EXPECT_EQ(Outcome(Presigned(minutes(15)), kNow + minutes(15)), "ok");
  EXPECT_THAT(Outcome(Presigned(minutes(15)), kNow + minutes(15) + seconds(1)),
              HasSubstr("expired: Signature expired"));
  EXPECT_EQ(Outcome(Presigned(std::chrono::hours(168)), kNow + std::chrono::hours(168)), "ok");
  EXPECT_THAT(Outcome(Presigned(), kNow - minutes(6)), HasSubstr("expired: Signature not yet current"));
  for (const int expires : {0, -1, 604801}) {
    EXPECT_EQ(Outcome(Presigned(seconds(expires))),
              "incomplete: X-Amz-Expires must be a number of seconds from 1 to 604800");
  }
}

TEST(Verify, UnsignedRequestsAreMissingTheirToken) {
  HttpRequest request{.headers = {{"Host", "h"}}, .body = "Action=DescribeDBInstances"};
  EXPECT_EQ(Outcome(request), "missing: Request is missing Authentication Token");
}

TEST(Verify, MalformedSignaturesSayWhatIsWrong) {
  const auto with = [](std::string authorization) {
    HttpRequest request = Signed();
    HeaderOf(request, "authorization") = std::move(authorization);
    return Outcome(request);
  };
  const std::string c = "Credential=AKIDEXAMPLE/20260102/us-east-1/rds/aws4_request";
  const std::string h = "SignedHeaders=content-type;host;x-amz-date";
  const std::string s = "Signature=" + std::string(64, '0');
  const std::string start = "AWS4-HMAC-SHA256 ";
  constexpr auto kStart = "incomplete: Authorization header must start with 'AWS4-HMAC-SHA256'";
  constexpr auto kOnce =
      "incomplete: Authorization header must hold Credential, SignedHeaders and Signature once each, and nothing else";
  constexpr auto kCredential = "incomplete: Credential must be KEY/YYYYMMDD/REGION/SERVICE/aws4_request";
  EXPECT_EQ(with(""), kStart);
  EXPECT_EQ(with("Basic dXNlcjpwYXNz"), kStart);
  EXPECT_EQ(with("AWS4-HMAC-SHA256"), kStart);
  EXPECT_EQ(with("AWS4-HMAC-SHA256-X " + c), kStart);
  EXPECT_EQ(with(start + h + ", " + s), "incomplete: Authorization header requires 'Credential' parameter");
  EXPECT_EQ(with(start + c + ", " + s), "incomplete: Authorization header requires 'SignedHeaders' parameter");
  EXPECT_EQ(with(start + c + ", " + h), "incomplete: Authorization header requires 'Signature' parameter");
  EXPECT_EQ(with(start + c + ", " + h + ", " + s + ", " + s), kOnce);
  EXPECT_EQ(with(start + c + ", " + h + ", " + s + ", X=1"), kOnce);
  EXPECT_EQ(with(start + c + ", " + h + ", Signature"), kOnce);
  EXPECT_EQ(with(start + "Credential=AKID/20260102/us-east-1/rds, " + h + ", " + s), kCredential);
  EXPECT_EQ(with(start + "Credential=AKID/20260102/us-east-1/rds/aws5_request, " + h + ", " + s), kCredential);
  EXPECT_EQ(with(start + "Credential=/20260102/us-east-1/rds/aws4_request, " + h + ", " + s), kCredential);
  EXPECT_EQ(with(start + c + ", SignedHeaders=Host;x-amz-date, " + s),
            "incomplete: SignedHeaders must be lower-case names joined by ';'");
  EXPECT_EQ(with(start + c + ", SignedHeaders=host;host;x-amz-date, " + s),
            "incomplete: SignedHeaders must be lower-case names joined by ';'");
  EXPECT_EQ(with(start + c + ", SignedHeaders=x-amz-date, " + s),
            "incomplete: 'host' must be a 'SignedHeader' in the AWS Authorization");
  EXPECT_EQ(with(start + c + ", SignedHeaders=host, " + s),
            "incomplete: 'x-amz-date' or 'date' must be a 'SignedHeader' in the AWS Authorization");
  EXPECT_EQ(with(start + c + ", SignedHeaders=host;x-absent;x-amz-date, " + s),
            "incomplete: the signed header 'x-absent' is not in the request");
  HttpRequest bad_date = Signed();
  HeaderOf(bad_date, "x-amz-date") = "2026-01-02T03:04:05Z";
  EXPECT_EQ(Outcome(bad_date), "incomplete: the date must be in ISO-8601 basic format: YYYYMMDDTHHMMSSZ");
  HttpRequest both = Signed();
  both.query = Presigned().query;
  EXPECT_EQ(Outcome(both), "incomplete: the request is signed both in its header and in its query");
  for (const std::string name :
       {"X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"}) {
    HttpRequest request = Presigned();
    request.query = ReplaceAll(request.query, name + "=", "Y=");
    EXPECT_EQ(Outcome(request), "incomplete: the query requires '" + name + "'");
  }
}

TEST(Verify, WhiteSpaceInHeadersAndBetweenPartsDoesNotMatter) {
  HttpRequest request{.headers = {{"HOST", "h"}, {"Content-Type", "  text/plain;   charset=utf-8\t "}}, .body = "x"};
  Sign(request, kKeys, kScope, kNow);
  EXPECT_EQ(Outcome(request), "ok");
  HeaderOf(request, "content-type") = "text/plain; charset=utf-8";
  EXPECT_EQ(Outcome(request), "ok");
  HttpRequest compact = Signed();
  HeaderOf(compact, "authorization") = ReplaceAll(HeaderOf(compact, "authorization"), ", ", ",");
  EXPECT_EQ(Outcome(compact), "ok");
  HttpRequest wide = Signed();
  HeaderOf(wide, "authorization") = ReplaceAll(HeaderOf(wide, "authorization"), ", ", " ,   ");
  EXPECT_EQ(Outcome(wide), "ok");
}

// Requests that sign Date were made by botocore at 2026-01-02T03:04:05Z.
TEST(Verify, ReadsTheDateHeaderWhereThatIsSigned) {
  HttpRequest request{
      .headers = {
          {"Host", "rds.us-east-1.amazonaws.com"},
          {"Date", "Fri, 02 Jan 2026 03:04:05 -0000"},
          {"Authorization",
           "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/rds/aws4_request, SignedHeaders=date;host, "
           "Signature=d4622d180ccb8cf8ea9c1eaa51810fbd357e7096911e979ddf19b5f9e71a2085"}}};
  EXPECT_EQ(Outcome(request), "ok");
  HttpRequest changed = request;
  HeaderOf(changed, "date") = "Fri, 02 Jan 2026 03:04:05 GMT";
  EXPECT_THAT(Outcome(changed), HasSubstr(std::string(kMismatch)));
  for (const std::string date :
       {"", "Fri, 02 Jan 2026", "Fri, 02 Foo 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:05 CET"}) {
    HeaderOf(changed, "date") = date;
    EXPECT_EQ(Outcome(changed), "incomplete: the date must be in ISO-8601 basic format: YYYYMMDDTHHMMSSZ") << date;
  }
  request.headers.emplace_back("X-Amz-Date", "20260102T030405Z");
  EXPECT_EQ(Outcome(request), "incomplete: 'x-amz-date' or 'date' must be a 'SignedHeader' in the AWS Authorization");
}

TEST(Verify, HeadersThatHopsMayChangeAreNotSigned) {
  HttpRequest request = Signed();
  HeaderOf(request, "user-agent") = "another";
  request.headers.emplace_back("Connection", "close");
  request.headers.emplace_back("X-Amzn-Trace-Id", "Root=1");
  EXPECT_EQ(Outcome(request), "ok");
}

TEST(Verify, ContentHashHeaderNeverReplacesTheBodysHash) {
  HttpRequest request{.headers = {{"Host", "h"}, {"X-Amz-Content-Sha256", Sha256Hex("x")}}, .body = "x"};
  Sign(request, kKeys, kScope, kNow);
  EXPECT_EQ(Outcome(request), "ok");
  request.body = "y";
  EXPECT_THAT(Outcome(request), HasSubstr(std::string(kMismatch)));
}

TEST(Sign, AgainReplacesTheOldSignature) {
  Credentials temporary = kKeys;
  temporary.session_token = "token";
  HttpRequest request = Signed(temporary);
  Sign(request, kKeys, kScope, kNow + minutes(10));
  EXPECT_EQ(Outcome(request, kNow + minutes(10)), "ok");
  EXPECT_EQ(FindHeader(request.headers, "x-amz-security-token"), nullptr);
  EXPECT_EQ(request.headers.size(), 5U);
}

TEST(Sign, ManyKeysAndScopesDoNotMixUp) {
  // More of them than are remembered, in turns.
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 9; ++i) {
      const Credentials credentials{.access_key_id = "A", .secret_access_key = "secret" + std::to_string(i)};
      HttpRequest request{.headers = {{"Host", "h"}}};
      Sign(request, credentials, {.region = "r" + std::to_string(i % 2), .service = "rds"}, kNow);
      EXPECT_EQ(Outcome(request, kNow, credentials), "ok");
      for (int other = 0; other < 9; ++other) {
        if (other == i) continue;
        const Credentials wrong{.access_key_id = "A", .secret_access_key = "secret" + std::to_string(other)};
        EXPECT_NE(Outcome(request, kNow, wrong), "ok");
      }
    }
  }
}

TEST(ConstantTimeEquals, ComparesLikeAnyOther) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "xbc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "ab"));
  EXPECT_FALSE(ConstantTimeEquals("", "a"));
}

TEST(Sha256, OfKnownTexts) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, test cases 2 and 6; the empty key must not mean the key of the call before.
TEST(HmacSha256, OfKnownTexts) {
  const auto hex = [](std::string_view key, std::string_view data) { return HexEncode(HmacSha256(key, data)); };
  EXPECT_EQ(hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex("", ""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(hex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

RC_GTEST_PROP(Verify, AnyRequestThatWasSignedVerifies,
              (const std::string& body, const std::string& path, const std::string& query, const std::string& value)) {
  HttpRequest request{.path = "/" + path,
                      .query = PercentEncode(query) + "=" + PercentEncode(body),
                      .headers = {{"host", "h"}, {"content-type", value}},
                      .body = body};
  Sign(request, kKeys, kScope, kNow);
  RC_ASSERT(Outcome(request) == "ok");
  request.body += "x";
  RC_ASSERT(Outcome(request) != "ok");
}

RC_GTEST_PROP(Verify, AnyAuthorizationHeaderIsJudged, (const std::string& noise)) {
  for (const std::string& header : {noise, "AWS4-HMAC-SHA256 " + noise, "AWS4-HMAC-SHA256 Credential=" + noise}) {
    HttpRequest request{.query = noise, .headers = {{"host", "h"}, {"authorization", header}}};
    RC_ASSERT(Outcome(request) != "ok");
  }
}

}  // namespace
}  // namespace rdsteady::wire
