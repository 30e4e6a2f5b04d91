#include "wire/canonical.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "wire/crypto.h"

namespace rdsteady::wire {
namespace {

std::string Query(std::string_view query) {
  return CanonicalQuery(QueryParameters(query));
}

TEST(CanonicalPath, IsNormalisedAndEscapedOnceMore) {
  EXPECT_EQ(CanonicalPath(""), "/");
  EXPECT_EQ(CanonicalPath("/"), "/");
  EXPECT_EQ(CanonicalPath("//"), "/");
  EXPECT_EQ(CanonicalPath("/a"), "/a");
  EXPECT_EQ(CanonicalPath("/a/"), "/a/");
  EXPECT_EQ(CanonicalPath("//a//b//"), "/a/b/");
  EXPECT_EQ(CanonicalPath("/./a/./b"), "/a/b");
  EXPECT_EQ(CanonicalPath("/a/../b"), "/b");
  EXPECT_EQ(CanonicalPath("/a/.."), "/");
  EXPECT_EQ(CanonicalPath("/../../a"), "/a");
  EXPECT_EQ(CanonicalPath("/a%20b"), "/a%2520b");
  EXPECT_EQ(CanonicalPath("/~user/-_."), "/~user/-_.");
  EXPECT_EQ(CanonicalPath("/a:b@c"), "/a%3Ab%40c");
}

TEST(CanonicalQuery, IsEscapedAndSortedByNameThenValue) {
  EXPECT_EQ(Query(""), "");
  EXPECT_EQ(Query("b=2&a=1"), "a=1&b=2");
  EXPECT_EQ(Query("a=2&a=1"), "a=1&a=2");
  EXPECT_EQ(Query("a"), "a=");
  EXPECT_EQ(Query("a&b="), "a=&b=");
  EXPECT_EQ(Query("a=b=c"), "a=b%3Dc");
  EXPECT_EQ(Query("a=x+y"), "a=x%2By");
  EXPECT_EQ(Query("a=%7e%2f%2F"), "a=~%2F%2F");
  EXPECT_EQ(Query("a=%zz%4"), "a=%25zz%254");
  EXPECT_EQ(Query("a=1&&b=2&"), "a=1&b=2");
  EXPECT_EQ(Query("X-Amz-Signature=1&a=2"), "a=2");
  EXPECT_EQ(Query("x-amz-signature=1"), "x-amz-signature=1");
  // By the escaped name: "%2B" stands before "1", and a name before its longer kin.
  EXPECT_EQ(Query("1=b&%2B=a"), "%2B=a&1=b");
  EXPECT_EQ(Query("ab=1&a=2&a-b=3"), "a=2&a-b=3&ab=1");
  EXPECT_EQ(Query("\xC3\xBC=1"), "%C3%BC=1");
}

TEST(CanonicalHeaderValue, IsTrimmedWithSingleBlanks) {
  EXPECT_EQ(CanonicalHeaderValue("  a  b\t\tc "), "a b c");
  EXPECT_EQ(CanonicalHeaderValue(""), "");
  EXPECT_EQ(CanonicalHeaderValue(" \t"), "");
  EXPECT_EQ(CanonicalHeaderValue("\"a   b\""), "\"a b\"");
}

TEST(CanonicalRequest, JoinsItsParts) {
  const HttpRequest request{.method = "POST",
                            .path = "/a b",
                            .headers = {{"Host", "h:1"}, {"X-Two", " b  c "}, {"x-two", "a"}, {"X-Amz-Date", "d"}}};
  const std::vector<std::string> names = {"host", "x-amz-date", "x-two"};
  EXPECT_EQ(CanonicalRequest(request, "q=1", names, "hash"),
            "POST\n/a%20b\nq=1\nhost:h:1\nx-amz-date:d\nx-two:b c,a\n\nhost;x-amz-date;x-two\nhash");
}

// The example in AWS's description of the derived key.
TEST(SigningKey, MatchesThePublishedExample) {
  const Digest key = SigningKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam");
  EXPECT_EQ(HexEncode(key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  EXPECT_EQ(SigningKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam"), key);
  EXPECT_NE(SigningKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "rds"), key);
}

}  // namespace
}  // namespace rdsteady::wire
